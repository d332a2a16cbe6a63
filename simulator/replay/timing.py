"""When each recorded request is due again: its instants become seconds from the start; pure.

A silence that is longer than the longest gap is shortened to it, before the speed is applied, so that a night without
calls, or one wrong clock in a source, does not hold everything back.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

SLOWEST, FASTEST = 0.1, 1000.0
ORIGINAL, RATE, ASAP, VIRTUAL = "original", "rate", "asap", "virtual"
BEHIND_SECONDS = 0.1
"""A lateness of the slowest hundredth beyond which the schedule is not called kept."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How fast: `speed` times the original, `per_second` requests, one after the other without waiting (virtual)."""

    kind: str = ORIGINAL
    speed: float = 1.0
    per_second: float = 0.0
    longest_gap: float | None = 60.0

    @property
    def waits(self) -> bool:
        """Whether there is a schedule to keep."""
        return self.kind in (ORIGINAL, RATE)


class Pace:
    """The schedule of one replay, asked in the order of the requests."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._before: datetime | None = None
        self._seconds = 0.0
        self.count = 0
        self.shortened = 0
        """Silences that were longer than the longest gap."""
        self.left_out = 0.0
        """Recorded seconds that are gone by this."""

    @property
    def seconds(self) -> float:
        """When the last one is due that was asked for."""
        return self._seconds

    def due(self, at: datetime) -> float:
        """Seconds from the start at which a request that was recorded at `at` is due."""
        if self._timing.kind == RATE:
            self._seconds = self.count / self._timing.per_second
        elif self._timing.kind == ORIGINAL:
            self._seconds += self._gap(at) / self._timing.speed
        self.count += 1
        return self._seconds

    def _gap(self, at: datetime) -> float:
        before, self._before = self._before, at
        gap = (at - before).total_seconds() if before is not None else 0.0
        longest = self._timing.longest_gap
        if longest is None or gap <= longest:
            return gap
        self.shortened += 1
        self.left_out += gap - longest
        return longest


class Lags:
    """How much later than planned each request began; `held` counts those that waited for one before them."""

    def __init__(self) -> None:
        self._seconds = array("f")
        self.held = 0

    def note(self, seconds: float, *, held: bool) -> None:
        """One request began."""
        self._seconds.append(max(seconds, 0.0))
        self.held += held

    def quantiles(self, *shares: float) -> Sequence[float]:
        """The lateness that so many shares do not exceed; 0 where nothing began."""
        found = sorted(self._seconds)
        return [found[max(ceil(share * len(found)) - 1, 0)] if found else 0.0 for share in shares]
