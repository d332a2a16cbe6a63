"""How long an optional step may take: story time that no step inside it goes beyond."""

from contextvars import ContextVar
from datetime import datetime

LIMIT: ContextVar[datetime | None] = ContextVar("limit", default=None)
"""The instant at which the innermost optional step that is being played is given up."""


class TooLate(Exception):
    """The story time of an optional step is over."""


def cut(at: datetime) -> datetime:
    """An instant to go on to, or the limit where that comes before it."""
    limit = LIMIT.get()
    return at if limit is None else min(at, limit)
