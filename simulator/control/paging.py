"""Lists in pages, and a cursor that says where the next page begins, whatever happens meanwhile.

What comes one after the other is shown the newest first: a cursor is the number that the last thing shown was given when
it was made, so nothing older than it is missed or shown twice. X numbers come in the order of their digits, bindings in
the order in which they were bound.
"""

from collections.abc import Callable, Iterable
from heapq import nlargest, nsmallest
from itertools import islice
from typing import Any, TypeVar

from simulator.config.checks import Check, WrongValueError, shown
from simulator.control.described import takes
from simulator.control.problems import Problem

Thing = TypeVar("Thing")
Place = tuple[Any, ...]
"""Where a thing stands in its list: no two stand in the same place."""

SEPARATOR = "~"
DIGITS_AT_MOST = 19


def page(
    things: Iterable[Thing],
    place: Callable[[Thing], Place],
    cursor: Place | None,
    limit: int,
    *,
    newest_first: bool = True,
) -> tuple[list[Thing], str | None]:
    """The first things behind the cursor, and the cursor of the next page; None when there is none."""
    if cursor is None:
        rest = things
    elif newest_first:
        rest = (thing for thing in things if place(thing) < cursor)
    else:
        rest = (thing for thing in things if place(thing) > cursor)
    found = (nlargest if newest_first else nsmallest)(limit + 1, rest, key=place)
    if len(found) <= limit:
        return found, None
    return found[:limit], SEPARATOR.join(map(str, place(found[limit - 1])))


def walked(
    things: Iterable[Thing], name: Callable[[Thing], str], cursor: str | None, limit: int
) -> tuple[list[Thing], str | None]:
    """The same of what has an order of its own; raises Problem 410 when what the last page ended with is gone."""
    rest = iter(things)
    if cursor is not None and not any(name(thing) == cursor for thing in rest):
        raise Problem(
            410,
            "page gone",
            f"the page before ended with {cursor!r:.80}, which has ended since; begin without a cursor",
        )
    found = list(islice(rest, limit + 1))
    return found[:limit], name(found[limit - 1]) if len(found) > limit else None


def cursor_of(numbers: int) -> Check[Place]:
    """A check of a cursor made of so many numbers."""

    @takes(type="string", pattern="^-?[0-9]+" + f"{SEPARATOR}-?[0-9]+" * (numbers - 1) + "$")
    def check(value: object) -> Place:
        parts = value.split(SEPARATOR) if isinstance(value, str) else []
        if len(parts) != numbers or not all(map(_is_number, parts)):
            raise _no_cursor(value)
        return tuple(map(int, parts))

    return check


@takes(type="string", minLength=1)
def cursor_by_name(value: object) -> str:
    """A check of a cursor that is a name."""
    if not isinstance(value, str) or not value:
        raise _no_cursor(value)
    return value


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdigit() and len(text) <= DIGITS_AT_MOST


def _no_cursor(value: object) -> WrongValueError:
    return WrongValueError(f"must be the `next` of a page, not {shown(value)}")
