"""A long SMS in parts (notifications.md 4.1): Chinese up to 70 characters, then 67 each; pure English 160, then 154."""

from collections.abc import Sequence
from typing import NamedTuple


class Room(NamedTuple):
    """How many characters go into an SMS of one part, and into each part of a longer one."""

    alone: int
    each: int


ENGLISH, CHINESE = Room(160, 154), Room(70, 67)


def room_for(text: str) -> Room:
    """How much fits: a text of ASCII characters alone is pure English, every other one counts as Chinese."""
    return ENGLISH if text.isascii() else CHINESE


def parts(text: str) -> Sequence[str]:
    """The parts in their order; an empty text is one part."""
    room = room_for(text)
    if len(text) <= room.alone:
        return (text,)
    return tuple(text[start : start + room.each] for start in range(0, len(text), room.each))
