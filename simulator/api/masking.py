"""Digests are masked at equal length before anything of a request is kept."""

WORD = "passworddigest"
SKIPPED = ' \t="'
ENDS = frozenset('",; \t')


def masked(value: str) -> str:
    """A header's value with every PasswordDigest in it replaced by as many asterisks."""
    return value if "igest" not in value and "IGEST" not in value else without_digests(value)


def without_digests(value: str) -> str:
    """The same, looking at every letter."""
    lowered = value.lower()
    pieces, done = [], 0
    at = lowered.find(WORD)
    while at >= 0:
        start = at + len(WORD)
        while start < len(value) and value[start] in SKIPPED:
            start += 1
        end = start
        while end < len(value) and value[end] not in ENDS:
            end += 1
        pieces += [value[done:start], "*" * (end - start)]
        done = end
        at = lowered.find(WORD, done)
    return "".join([*pieces, value[done:]])
