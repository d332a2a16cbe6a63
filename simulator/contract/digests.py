"""Digests and credentials are masked at equal length before anything of a request is kept."""

import re
from collections.abc import Iterable
from functools import lru_cache

SIGNATURES = ("x-aksk", "x-wsse")
USERNAME = re.compile(r'Username="([^"]*)"', re.IGNORECASE)
DIGEST = re.compile(r'PasswordDigest[ \t]*=[ \t]*"?([^",; \t]+)', re.IGNORECASE)
WORD = "digest"
"""The end of PasswordDigest, and of what it is called by mistake."""
SKIPPED = ' \t="'
ENDS = frozenset('",; \t')
USUAL = 'PasswordDigest="'
SCHEMES = frozenset({"aksk", "wsse", "basic", "bearer", "digest"})
"""What an Authorization begins with; alone it is no secret, any other single word may be one."""
SECRET_NAME = re.compile("cookie|token|secret|passw|api-?key|credential")


def masked(text: str) -> str:
    """A text with every PasswordDigest in it replaced by as many asterisks."""
    if "igest" not in text and "IGEST" not in text:
        return text
    before, mark, after = text.partition(USUAL)
    digest, quote, rest = after.partition('"')
    if not quote or "digest" in before.lower() or "digest" in rest.lower():
        return without_digests(text)
    return f'{before}{mark}{"*" * len(digest)}"{rest}'


def without_credentials(authorization: str) -> str:
    """An Authorization that is not the platform's, whose parts stand in quotes: all but its scheme is masked."""
    if '"' in authorization or authorization.lower() in SCHEMES:
        return authorization
    scheme, blank, rest = authorization.partition(" ")
    return f"{scheme}{blank}{'*' * len(rest)}" if blank else "*" * len(authorization)


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Whether a header of this name, in small letters, proves who somebody is, though the platform knows it not."""
    return SECRET_NAME.search(name) is not None


def without_digests(text: str) -> str:
    """The same, letter by letter: for digests that are written as no signed request writes them."""
    lowered = text.lower()
    pieces, done = [], 0
    at = lowered.find(WORD)
    while at >= 0:
        start = at + len(WORD)
        while start < len(text) and text[start] in SKIPPED:
            start += 1
        end = start
        while end < len(text) and text[end] not in ENDS:
            end += 1
        pieces += [text[done:start], "*" * (end - start)]
        done = end
        at = lowered.find(WORD, done)
    return "".join([*pieces, text[done:]])


def username(headers: Iterable[tuple[str, str]]) -> str | None:
    """The app key that a signed request or notification names (recording_auth_codes.md 2.3)."""
    for name, value in headers:
        if name.lower() in SIGNATURES:
            found = USERNAME.search(value)
            return found[1] if found else None
    return None


def digests(headers: Iterable[tuple[str, str]]) -> list[str]:
    """Every digest that the headers of a signature hold."""
    values = (value for name, value in headers if name.lower() in SIGNATURES)
    return [found for value in values for found in DIGEST.findall(value)]
