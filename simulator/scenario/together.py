"""Lists of steps that go on together in story time, deterministically: one at a time, in the order of the lists.

At every instant each list acts in turn until all of it wait for the clock; then the clock goes to the earliest instant
that one of them waits for. Nothing here asks a clock or depends on how fast anything answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any

Play = Callable[[], Coroutine[Any, Any, None]]
Move = Callable[[datetime], Awaitable[datetime]]
"""Lets story time pass up to an instant, and answers where it is."""


class Turn:
    """One list among several: it waits for instants instead of moving the clock itself."""

    def __init__(self, play: Play) -> None:
        self.at: datetime | None = None
        """What instant it waits for; None while it acts, and when it has ended."""
        self.looking = False
        """Whether it wants to look whenever anything has happened."""
        self.acted = False
        self._play = play
        self._rests = asyncio.Event()
        self._go_on: asyncio.Future[datetime] | None = None
        self._task: asyncio.Task[None] | None = None

    async def until(self, at: datetime) -> datetime:
        """Wait until the clock has got there; answers where it is."""
        now = await self._wait(at, looking=False)
        while now < at:
            now = await self._wait(at, looking=False)
        return now

    async def look(self, at: datetime) -> datetime:
        """Wait until then, or until anything has happened."""
        return await self._wait(at, looking=True)

    async def begin(self) -> None:
        """Act for the first time."""
        self._task = asyncio.create_task(self._run())
        await self._rest()

    async def go_on(self, now: datetime) -> None:
        """Act again until it waits or has ended; raises what its steps raise."""
        if self._go_on is not None:
            self.at = None
            self._rests.clear()
            self._go_on.set_result(now)
            await self._rest()

    async def stop(self) -> None:
        """Its steps will not go on."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _wait(self, at: datetime, *, looking: bool) -> datetime:
        self.at, self.looking = at, looking
        self._go_on = asyncio.get_running_loop().create_future()
        self._rests.set()
        return await self._go_on

    async def _run(self) -> None:
        TURN.set(self)
        try:
            await self._play()
        finally:
            self.at = None
            self._rests.set()

    async def _rest(self) -> None:
        await self._rests.wait()
        if self._task is not None and self.at is None:
            await self._task


TURN: ContextVar[Turn | None] = ContextVar("turn", default=None)
"""The list that is being played, where there are several."""


def acted() -> None:
    """Something was done: the other lists may want to look before the clock moves."""
    turn = TURN.get()
    if turn is not None:
        turn.acted = True


async def together(plays: Sequence[Play], move: Move, now: datetime) -> None:
    """Play the lists together from `now` on; raises what the first of them raises, and stops the others."""
    turns = [Turn(play) for play in plays]
    try:
        for turn in turns:
            await turn.begin()
        while waiting := [turn for turn in turns if turn.at is not None]:
            news = any(turn.acted for turn in turns)
            for turn in turns:
                turn.acted = False
            if news:
                acted()  # so that those who go on together with all of these look too
            else:
                now = await move(min(turn.at for turn in waiting if turn.at is not None))
            await _each(waiting, now)
    finally:
        for turn in turns:
            await turn.stop()


async def _each(waiting: Sequence[Turn], now: datetime) -> None:
    """Those whose instant has come, and those who look, act in their order."""
    for turn in waiting:
        if turn.looking or (turn.at is not None and turn.at <= now):
            await turn.go_on(now)
