"""Ends what takes too long: one timer for everything that runs, since a timer each costs more than writing the request."""

import asyncio
import math
from typing import Protocol

TOLERANCE = 0.0005
"""Seconds by which a timer may fire early: event loops count in milliseconds."""


class Limited(Protocol):
    """What has a time limit."""

    def expire(self) -> None:
        """Time is up."""


class Sweeper:
    """Lets each watched thing expire at the first moment after its time, unless it was let off before."""

    def __init__(self) -> None:
        self._watched: dict[Limited, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = math.inf

    def watch(self, thing: Limited, at: float) -> None:
        """Let `thing` expire at loop time `at`."""
        self._watched[thing] = at
        if at < self._timer_at:
            self._arm(at)

    def let_off(self, thing: Limited) -> None:
        """It ended in time; harmless when it is not watched."""
        self._watched.pop(thing, None)

    def stop(self) -> None:
        """Nothing is watched any more."""
        self._watched.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_at = None, math.inf

    def _arm(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_at = asyncio.get_running_loop().call_at(at, self._sweep), at

    def _sweep(self) -> None:
        self._timer, self._timer_at = None, math.inf
        now = asyncio.get_running_loop().time() + TOLERANCE
        for thing in [thing for thing, at in self._watched.items() if at <= now]:
            if self._watched.pop(thing, None) is not None:
                thing.expire()
        # nobody re-arms when an exchange ends: the timer of one that ended early sweeps once for nothing
        if self._watched and self._timer is None:
            self._arm(min(self._watched.values()))
