"""Requests go out when they are due: those about one call one after the other, others at the same time, so many at most.

Everything is bounded: who is due and cannot go, because one before it has not been answered or no lane is free, waits in
a queue of limited length, and beyond it the schedule waits, which its lags tell.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from simulator.contract.reading import Reading
from simulator.delivery.outcome import Answered, Result
from simulator.replay.recorded import Headers, Recorded
from simulator.replay.timing import VIRTUAL, Lags, Pace, Timing

QUEUE = 1000
UNREACHED_IN_A_ROW = 20
LOOK_SECONDS = 0.25
"""How long a wait takes no notice of a receiver that has gone."""
UNREACHED = frozenset(("connect", "connect_timeout", "tls", "forbidden"))
"""Kinds of failures where nobody took the request."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request, ready to go."""

    recorded: Recorded
    told: Reading
    url: str
    headers: Callable[[], Headers]
    """Asked when it goes: a signature has the time in it."""
    body: bytes
    chains: tuple[object, ...]
    """What it is about: of each of these one request goes at a time."""


@dataclass(slots=True)
class Course:
    """How a replay went: planned and real seconds, how late requests began, and why it ended before its end."""

    planned: float = 0.0
    seconds: float = 0.0
    lags: Lags = field(default_factory=Lags)
    begun: int = 0
    stopped: str = ""
    reached: bool = False
    """Whether anybody ever took a request."""


class Sender:
    """Sends parcels by a pace. `post` sends one; `ended` is told of every answer, in the order they come in."""

    def __init__(
        self,
        post: Callable[[Parcel], Awaitable[Result]],
        ended: Callable[[Parcel, Result], None],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._post, self._ended = post, ended
        self._monotonic, self._sleep = monotonic, sleep
        self._latest: dict[object, asyncio.Task[None]] = {}
        self._waiting = 0
        self._unreached = 0
        self._room = asyncio.Event()

    async def send(self, parcels: Iterable[Parcel], timing: Timing, pace: Pace, lanes: int) -> Course:
        """Everything, or until the receiver is out of reach."""
        course = Course()
        lane = asyncio.Semaphore(1 if timing.kind == VIRTUAL else lanes)
        most = 1 if timing.kind == VIRTUAL else QUEUE if timing.waits else lanes
        began = self._monotonic()
        async with asyncio.TaskGroup() as group:
            for parcel in parcels:
                due = began + pace.due(parcel.recorded.at)
                if timing.waits:
                    await self._until(due, course)
                await self._until_there_is_room(most)
                if course.stopped:
                    break
                self._waiting += 1
                before = {self._latest[chain] for chain in parcel.chains if chain in self._latest}
                due = due if timing.waits else self._monotonic()
                task = group.create_task(self._one(parcel, due, before, lane, course))
                self._latest.update(dict.fromkeys(parcel.chains, task))
        course.planned, course.seconds = pace.seconds, self._monotonic() - began
        return course

    async def _until(self, due: float, course: Course) -> None:
        while (early := due - self._monotonic()) > 0 and not course.stopped:
            await self._sleep(min(early, LOOK_SECONDS))

    async def _until_there_is_room(self, most: int) -> None:
        await self._sleep(0)  # what is ready goes first
        while self._waiting >= most:
            self._room.clear()
            await self._room.wait()

    async def _one(
        self, parcel: Parcel, due: float, before: "set[asyncio.Task[None]]", lane: asyncio.Semaphore, course: Course
    ) -> None:
        try:
            if before:
                await asyncio.wait(before)
            async with lane:
                if not course.stopped:
                    course.begun += 1
                    course.lags.note(self._monotonic() - due, held=bool(before))
                    result = await self._post(parcel)
                    self._watch(result, course)
                    self._ended(parcel, result)
        finally:
            self._leave(parcel)

    def _leave(self, parcel: Parcel) -> None:
        """Nobody needs to wait for this one any more."""
        this = asyncio.current_task()
        for chain in parcel.chains:
            if self._latest.get(chain) is this:
                del self._latest[chain]
        self._waiting -= 1
        self._room.set()

    def _watch(self, result: Result, course: Course) -> None:
        """Stop where nobody takes a request: at once as long as nobody ever did, later after so many in a row."""
        if isinstance(result, Answered) or result.kind not in UNREACHED:
            course.reached, self._unreached = True, 0
            return
        self._unreached += 1
        if not course.reached or self._unreached >= UNREACHED_IN_A_ROW:
            course.stopped = result.detail
