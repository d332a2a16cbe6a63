"""Starts of a scenario: its first call now, each further one when the one before has ended."""

from collections import deque
from datetime import datetime, timedelta

from simulator.exchange.calls import PlayedCall
from simulator.exchange.core import Busy, UnknownNumber
from simulator.load.stage import Stage
from simulator.load.tally import Tally
from simulator.telephony.calls import CallState
from simulator.telephony.errors import NotPossible

CALLS_AT_ONCE = 100_000
"""Calls of one process that may be under way; they bound its memory."""
SOON = timedelta(milliseconds=20)


class Starts:
    """Dials what a stage has, and knows what has not ended."""

    def __init__(self, stage: Stage, tally: Tally) -> None:
        self._stage = stage
        self._exchange = stage.exchange
        self._tally = tally
        self._under_way: deque[PlayedCall] = deque()
        self._stories = 0

    def begin(self, start: int, intended: datetime) -> None:
        """The `start`-th start, which was to be at this instant."""
        self._dial(start, 0, intended)

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

    def under_way(self) -> int:
        """How many calls and starts have not ended; the ended ones are counted by their hangup cause and let go."""
        under_way = self._under_way
        while under_way and under_way[0].call.state is CallState.RELEASED:
            played = under_way.popleft()
            if played.cdr is not None:
                self._tally.causes[played.cdr.release.cause] += 1
        return len(under_way) + self._stories
