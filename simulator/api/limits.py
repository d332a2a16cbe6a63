"""How many requests a minute of the story lets through: flow control and traffic control (recording_auth_codes.md 5)."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
KEPT = 10_000
"""Requesters that are remembered; of more, the one that was counted longest ago is forgotten."""

Requester = tuple[str, ...]


class MinuteLimits:
    """Counts requests by requester; a minute begins with the first request that is counted in it. Bounded."""

    def __init__(self) -> None:
        self._counted: OrderedDict[Requester, tuple[datetime, int]] = OrderedDict()

    def let_through(self, requesters: Sequence[Requester], limit: int, now: datetime) -> Requester | None:
        """Count a request for each of its requesters; or the first that has had its minute's requests, uncounted."""
        over = next((one for one in requesters if self._minute(one, now)[1] >= limit), None)
        if over is None:
            for one in requesters:
                began, count = self._minute(one, now)
                self._counted.pop(one, None)
                self._counted[one] = began, count + 1
            while len(self._counted) > KEPT:
                self._counted.popitem(last=False)
        return over

    def until(self, requester: Requester, now: datetime) -> datetime:
        """When the minute of a requester is over."""
        return self._minute(requester, now)[0] + MINUTE

    def clear(self) -> None:
        """Forget everything."""
        self._counted.clear()

    def _minute(self, requester: Requester, now: datetime) -> tuple[datetime, int]:
        """When its minute began, and how many were counted in it."""
        began, count = self._counted.get(requester, (now, 0))
        return (began, count) if began <= now < began + MINUTE else (now, 0)
