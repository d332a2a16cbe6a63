"""Open arrival: a start of the scenario at every intended instant, whether or not earlier ones have ended."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b

from simulator.clock import wall
from simulator.load.plan import Plan
from simulator.load.stage import Stage
from simulator.load.starts import Starts

BURST = 20
"""Calls that are dialled before anybody else gets a turn."""
LOOK_SECONDS = 0.02
"""How often a load that only waits for its end looks around."""
EVEN, POISSON = "even", "poisson"
GAPS = (EVEN, POISSON)
"""How far instants lie from one another: equally far, or by chance, as the calls of people who know nothing of each other."""
BITS = 64


class Arrivals:
    """One process' starts, each at its own instant."""

    def __init__(self, stage: Stage, plan: Plan, starts: Starts) -> None:
        self._exchange = stage.exchange
        self._starts = starts
        self._instants = instants(plan, stage.calls_per_start)
        self._begun = 0

    async def run(self, began_at: datetime) -> None:
        """Every start, then wait until the last call has ended."""
        intended = self._next(began_at)
        while intended is not None:
            intended = self._start_what_is_due(intended, began_at)
            await wall.sleep(self._seconds_until(intended))
        while self._starts.under_way():
            await wall.sleep(LOOK_SECONDS)

    def _next(self, began_at: datetime) -> datetime | None:
        seconds = next(self._instants, None)
        return None if seconds is None else began_at + timedelta(seconds=seconds)

    def _seconds_until(self, intended: datetime | None) -> float:
        return 0.0 if intended is None else max((intended - self._exchange.clock.now()).total_seconds(), 0.0)

    def _start_what_is_due(self, intended: datetime | None, began_at: datetime) -> datetime | None:
        """Dial what is due, a burst of it at most; the next instant."""
        now = self._exchange.now()
        for _ in range(BURST):
            if intended is None or intended > now:
                break
            self._starts.begin(self._begun, intended)
            self._begun += 1
            intended = self._next(began_at)
        self._starts.under_way()
        return intended


def instants(plan: Plan, calls_per_start: int) -> Iterator[float]:
    """When a process' starts are to begin, in seconds from the beginning of the load; the same seed, the same instants."""
    starts_a_second = plan.rate / calls_per_start
    if plan.arrivals == POISSON:
        yield from _by_chance(plan, starts_a_second / plan.workers)
        return
    for start in range(plan.index, round(plan.seconds * starts_a_second), plan.workers):
        yield start / starts_a_second


def _by_chance(plan: Plan, starts_a_second: float) -> Iterator[float]:
    """A Poisson process; those of several processes together are one of the whole rate."""
    at, start = 0.0, 0
    while True:
        drawn = int.from_bytes(blake2b(f"{plan.own_seed}:{start}".encode(), digest_size=BITS // 8).digest())
        at -= math.log(1 - drawn / (1 << BITS) * (1 - 2**-53)) / starts_a_second
        if at >= plan.seconds:
            return
        yield at
        start += 1
