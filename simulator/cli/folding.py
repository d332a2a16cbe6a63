"""Texts in two languages folded to a width: Chinese characters are two columns wide, and a line may end after each."""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

UNIT = re.compile(r"\s+|[\u2e80-\u9fff](?:[,。;:、)!?]|[),;:])*|(?:(?![\u2e80-\u9fff])\S)+")
"""What stays together: a blank, a Chinese character with the punctuation behind it, a word of any other."""


def width_of(text: str) -> int:
    """How many columns a text takes."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def fold(text: str, width: int) -> list[str]:
    """The lines of a text, none wider than `width`; a word that is wider is cut."""
    return [line for one in text.split("\n") for line in _folded(one, width)] or [""]


def _folded(text: str, width: int) -> Iterator[str]:
    line, taken = "", 0
    for unit in _units(text, width):
        size = width_of(unit)
        if line and taken + size > width:
            yield line.rstrip()
            line, taken = "", 0
        if line or not unit.isspace():
            line, taken = line + unit, taken + size
    yield line.rstrip()


def _units(text: str, width: int) -> Iterator[str]:
    for unit in UNIT.findall(text):
        rest = unit
        while width_of(rest) > width:
            head = next(n for n in range(len(rest), 0, -1) if width_of(rest[:n]) <= width)
            yield rest[:head]
            rest = rest[head:]
        yield rest
