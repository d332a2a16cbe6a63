"""Open arrival: a start of the scenario at every intended instant, whether or not earlier ones have ended."""

from datetime import datetime, timedelta

from simulator.clock import wall
from simulator.load.plan import Plan
from simulator.load.stage import Stage
from simulator.load.starts import Starts

BURST = 20
"""Calls that are dialled before anybody else gets a turn."""
LOOK_SECONDS = 0.02
"""How often a load that only waits for its end looks around."""


class Arrivals:
    """One process' starts, each at its own instant."""

    def __init__(self, stage: Stage, plan: Plan, starts: Starts) -> None:
        self._exchange = stage.exchange
        self._starts = starts
        starts_a_second = plan.rate / stage.calls_per_start
        self._interval = plan.workers / starts_a_second
        self._offset = plan.index / starts_a_second
        self._count = len(range(plan.index, round(plan.seconds * starts_a_second), plan.workers))

    async def run(self, began_at: datetime) -> None:
        """Every start, then wait until the last call has ended."""
        start = 0
        while start < self._count:
            start = self._start_what_is_due(start, began_at)
            await wall.sleep(self._seconds_until(start, began_at))
        while self._starts.under_way():
            await wall.sleep(LOOK_SECONDS)

    def _instant(self, start: int, began_at: datetime) -> datetime:
        return began_at + timedelta(seconds=self._offset + start * self._interval)

    def _seconds_until(self, start: int, began_at: datetime) -> float:
        if start >= self._count:
            return 0.0
        return max((self._instant(start, began_at) - self._exchange.clock.now()).total_seconds(), 0.0)

    def _start_what_is_due(self, start: int, began_at: datetime) -> int:
        """Dial what is due, a burst of it at most; the next start."""
        now = self._exchange.now()
        for _ in range(BURST):
            intended = self._instant(start, began_at)
            if start >= self._count or intended > now:
                break
            self._starts.begin(start, intended)
            start += 1
        self._starts.under_way()
        return start
