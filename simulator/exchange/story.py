"""Moving the clock: the ticker of a running clock, and `advance`, which fires what falls due (semantics 1 to 3)."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.clock import wall
from simulator.exchange.deadlines import Deadline
from simulator.exchange.exchange import Exchange
from simulator.exchange.feed import Signal
from simulator.telephony.errors import NotPossible

FARTHEST_SECONDS = 100 * 366 * 86400
"""One advance goes at most so far: a hundred years."""

LAST_YEAR, YEAR_SECONDS = 9000, 365 * 86_400
"""What falls due later than a story's last instant must still be an instant: there is none after the year 9999."""

FIRED_SHOWN = 1000
"""An advance answers with at most so many of the things that it fired."""


class AdvanceRunning(Exception):
    """The clock is being advanced already."""


@dataclass(frozen=True, slots=True)
class Fired:
    """Something that fell due."""

    at: datetime
    what: str
    detail: str


@dataclass(slots=True)
class Advanced:
    """Where the clock stands now, whether that is where it was to go, and what happened on the way."""

    now: datetime
    reached: bool = False
    fired: list[Fired] = field(default_factory=list)
    more: int = 0

    def add(self, deadline: Deadline) -> None:
        """One more fired; beyond the shown ones it is counted."""
        if len(self.fired) < FIRED_SHOWN:
            self.fired.append(Fired(deadline.at, deadline.what, deadline.detail))
        else:
            self.more += 1


class Story:
    """The one that moves the clock of an exchange."""

    def __init__(self, exchange: Exchange, monotonic: Callable[[], float]) -> None:
        self._exchange = exchange
        self._monotonic = monotonic
        self._advancing = False
        self._changed = Signal()
        exchange.deadlines.on_earlier = self._changed.fire

    @property
    def is_advancing(self) -> bool:
        """Whether the clock is being advanced."""
        return self._advancing

    def next_deadline_at(self) -> datetime | None:
        """When the next thing falls due by itself."""
        return self._exchange.deadlines.earliest()

    def set_scale(self, scale: float) -> None:
        """From now on story time passes `scale` times as fast as wall time. Raises AdvanceRunning, ValueError."""
        if self._advancing:
            raise AdvanceRunning("the clock is being advanced; change its scale when that has ended")
        now = self._exchange.now()
        self._exchange.clockwork.set_scale(scale)
        self._exchange.journal.note("clock", now, None, what="scale", scale=scale)
        self._changed.fire()

    async def run(self) -> None:
        """Fire what falls due while the clock runs; never returns."""
        while True:
            self._exchange.now()
            earliest = self.next_deadline_at()
            wait = None if earliest is None or self._advancing else self._exchange.clock.wall_seconds_until(earliest)
            asked_at = self._monotonic()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            late = -1.0 if wait is None else self._monotonic() - asked_at - wait
            if late >= 0:  # else something changed before it was time
                self._exchange.tally.lag_seconds.add(late)

    async def advance(self, seconds: float, wall_seconds: float = 60) -> Advanced:
        """Move the clock by `seconds`, firing everything due on the way and awaiting every attempt that starts.

        After `wall_seconds` it stops where it is. Raises AdvanceRunning when one runs, ValueError and NotPossible
        when it cannot be.
        """
        if not 0 <= seconds <= FARTHEST_SECONDS:
            raise ValueError(f"advance by {seconds:g} s is not possible: time goes forward, at most {FARTHEST_SECONDS}")
        if self._advancing:
            raise AdvanceRunning("the clock is being advanced already; wait for that to end")
        exchange = self._exchange
        now = exchange.now()
        if now.year + seconds / YEAR_SECONDS > LAST_YEAR:
            raise NotPossible(f"the story ends with the year {LAST_YEAR}, and this is {now:%Y-%m-%d}")
        exchange.clockwork.stand_still()
        advanced = Advanced(exchange.clock.now())
        start, target = advanced.now, advanced.now + timedelta(seconds=seconds)
        self._advancing = True
        exchange.deadlines.on_fired = advanced.add
        try:
            async with asyncio.timeout(wall_seconds):
                await self._walk(target, self._monotonic() + wall_seconds)
            advanced.reached = True
        except TimeoutError:
            pass
        finally:
            exchange.deadlines.on_fired = lambda _: None
            exchange.clockwork.go_on()
            self._advancing = False
            self._changed.fire()
        advanced.now = exchange.clock.now()
        exchange.journal.note(
            "clock",
            advanced.now,
            None,
            what="advanced",
            seconds=(advanced.now - start).total_seconds(),
            reached=advanced.reached,
        )
        return advanced

    async def _walk(self, target: datetime, give_up_at: float) -> None:
        exchange = self._exchange
        await exchange.outbox.settled()
        while True:
            earliest = exchange.deadlines.earliest()
            if earliest is None or earliest > target:
                break
            exchange.clockwork.jump(max(earliest, exchange.clock.now()))
            exchange.now()
            # where nothing is pushed nothing else would let the API in, or the time limit
            await wall.sleep(0)
            await exchange.outbox.settled()
            if self._monotonic() > give_up_at:
                raise TimeoutError
        exchange.clockwork.jump(target)
