"""Lists in pages: the newest first, and a cursor that says where the next page begins, whatever happens meanwhile.

A cursor is the instant and the id of the last thing that was shown: nothing older than it is missed or shown twice when
new things come between two pages.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from heapq import nlargest
from typing import TypeVar

from simulator.config.checks import WrongValueError, shown
from simulator.exchange.rows import instant

Thing = TypeVar("Thing")
Place = tuple[datetime, str]
"""When a thing came to be, and its id: no two have the same."""

SEPARATOR = "~"


def page(
    things: Iterable[Thing], place: Callable[[Thing], Place], cursor: Place | None, limit: int
) -> tuple[list[Thing], str | None]:
    """The newest things before the cursor, and the cursor of the next page; None when there is none."""
    older = things if cursor is None else (thing for thing in things if place(thing) < cursor)
    found = nlargest(limit + 1, older, key=place)
    if len(found) <= limit:
        return found, None
    at, name = place(found[limit - 1])
    return found[:limit], f"{instant(at)}{SEPARATOR}{name}"


def cursor(value: object) -> Place:
    """A cursor written in a query; raises WrongValueError."""
    at, _, name = value.partition(SEPARATOR) if isinstance(value, str) else ("", "", "")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not name:
        raise WrongValueError(f"must be the `next` of a page, not {shown(value)}")
    return found, name
