"""Text from files and networks as it is shown: what would steer a terminal, a CI log or the eye is written out.

Control characters may colour, move or hide what stands around them, marks of direction turn it around, and a line break
begins a line that a CI takes for a command.
"""

import html
from unicodedata import category

STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of Unicode: controls, marks that have no form of their own, halves of characters, breaks of lines."""
JOINER = "\N{ZERO WIDTH JOINER}"
"""Only puts pictures together."""
LINES = "\n\t"
"""What stays as it is where a text has lines."""


def visible(text: str, keep: str = "") -> str:
    """`text` with every steering character as its escape, such as `\\x1b`; those in `keep` stay."""
    if text.isprintable():
        return text
    return "".join(
        one if one in keep or one == JOINER or category(one) not in STEERING else _escape(one) for one in text
    )


def escape(text: str, keep: str = "") -> str:
    """The same as text of an HTML page."""
    return html.escape(visible(text, keep))


def _escape(one: str) -> str:
    return one.encode("unicode_escape").decode()
