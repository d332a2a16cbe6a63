"""Open arrival: a start of the scenario at every intended instant, whether or not earlier ones have ended."""

from collections import deque
from datetime import datetime, timedelta

from simulator.clock import wall
from simulator.exchange.calls import PlayedCall
from simulator.exchange.core import Busy, UnknownNumber
from simulator.load.plan import Plan
from simulator.load.stage import Stage
from simulator.load.tally import Tally
from simulator.telephony.calls import CallState
from simulator.telephony.errors import NotPossible

BURST = 20
"""Calls that are dialled before anybody else gets a turn."""
CALLS_AT_ONCE = 100_000
"""Calls of one process that may be under way; they bound its memory."""
LOOK_SECONDS = 0.02
"""How often a load that only waits for its end looks around."""
SOON = timedelta(milliseconds=20)


class Arrivals:
    """One process' starts, each at its own instant."""

    def __init__(self, stage: Stage, plan: Plan, tally: Tally) -> None:
        self._stage = stage
        self._exchange = stage.exchange
        self._tally = tally
        starts_a_second = plan.rate / stage.calls_per_start
        self._interval = plan.workers / starts_a_second
        self._offset = plan.index / starts_a_second
        starts = round(plan.seconds * starts_a_second)
        self._count = len(range(plan.index, starts, plan.workers))
        self._under_way: deque[PlayedCall] = deque()
        self._stories = 0

    async def run(self, began_at: datetime) -> None:
        """Every start, then wait until the last call has ended."""
        start = 0
        while start < self._count:
            start = self._start_what_is_due(start, began_at)
            await wall.sleep(self._seconds_until(start, began_at))
        while self._count_under_way():
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
            self._dial(start, 0, intended)
            start += 1
        self._count_under_way()
        return start

    def _dial(self, start: int, call: int, intended: datetime) -> None:
        if len(self._under_way) >= CALLS_AT_ONCE:
            self._tally.was_not_dialled("too many calls at once", f"{CALLS_AT_ONCE:,} are under way in this process")
            return
        try:
            played = self._stage.dial(start, call, intended)
        except Busy as busy:
            self._tally.was_not_dialled("too many open deliveries", str(busy))
            return
        except (NotPossible, UnknownNumber) as impossible:
            self._tally.was_not_dialled("not possible", str(impossible))
            return
        self._tally.was_dialled(self._exchange.clock.now() - intended)
        self._under_way.append(played)
        if call + 1 < self._stage.calls_per_start:
            self._stories += 1
            self._go_on_at(played.ends_at, played, start, call)

    def _go_on_at(self, at: datetime, played: PlayedCall, start: int, call: int) -> None:
        detail = f"call {call + 2} of start {start + 1}"
        self._exchange.deadlines.add(at, "load", detail, lambda due: self._go_on(due, played, start, call))

    def _go_on(self, due: datetime, played: PlayedCall, start: int, call: int) -> None:
        """The next call of a start, when the one before has ended; one that the receiver decides may end later."""
        if played.call.state is not CallState.RELEASED:
            self._go_on_at(played.ends_at if played.ends_at > due else due + SOON, played, start, call)
            return
        self._stories -= 1
        self._dial(start, call + 1, played.ends_at)

    def _count_under_way(self) -> int:
        """How many calls and starts have not ended; the ended ones are counted by their hangup cause and let go."""
        under_way = self._under_way
        while under_way and under_way[0].call.state is CallState.RELEASED:
            played = under_way.popleft()
            if played.cdr is not None:
                self._tally.causes[played.cdr.release.cause] += 1
        return len(under_way) + self._stories
