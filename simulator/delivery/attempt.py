"""One HTTP request of a delivery, with its result."""

from dataclasses import dataclass
from datetime import datetime

from simulator.delivery.outcome import Result, Verdict


@dataclass(slots=True)
class Attempt:
    """The effort's `number`-th request, counted from 1; the members after `started_at` are there once it ended.

    `result` is kept in brief; the journal has the whole answer.
    """

    number: int
    started_at: datetime
    ended_at: datetime | None = None
    wall_seconds: float | None = None
    result: Result | None = None
    verdict: Verdict | None = None
    fault: str = ""
    """The fault that it was sent with on purpose."""
