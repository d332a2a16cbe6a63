"""The live feed: what the journal grew by, written once for everybody who watches (semantics 8).

One task looks a few times a second and hands every watcher the same bytes, so that fifty pages cost little more than
one. Rows come in brief, without bodies and headers. A watcher that cannot keep up, and everybody when more happened at
once than is shown, is told of a gap, and reads again what it shows.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence

import orjson

from simulator.clock import wall
from simulator.control.problems import Problem
from simulator.exchange.journal import Journal
from simulator.store.store import Row

TICK_SECONDS = 0.1
"""How long what happened may wait for more, while more and more happens."""
FIRST_SECONDS = 0.01
"""How long it may wait when nothing was told for a tick: somebody who plays one call wants to see it."""
ROWS_AT_ONCE = 300
"""Rows of one tick that are shown; of more, only that there were."""
CHUNKS_WAITING = 32
"""Ticks that a slow watcher may be behind."""
WATCHERS = 200
QUIET_SECONDS = 15.0
"""After so long without anything a comment is sent, so that nobody between takes the connection for dead."""
LONG_MEMBERS = frozenset(("body", "body_base64", "headers", "answer", "authentication", "violations"))

HELLO = b"retry: 1000\n\n"
STILL_HERE = b": still here\n\n"


class Watcher:
    """Somebody who follows: the chunks that wait for him, and whether some were lost."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue(CHUNKS_WAITING)
        self.lost = False

    def give(self, chunk: bytes) -> None:
        """One more chunk; it is lost where too many wait already."""
        try:
            self.waiting.put_nowait(chunk)
        except asyncio.QueueFull:
            self.lost = True


class Broadcast:
    """Follows the journal while somebody watches."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._watchers: set[Watcher] = set()
        self._position = 0
        self._looking: asyncio.Task[None] | None = None

    @property
    def watchers(self) -> int:
        """How many watch."""
        return len(self._watchers)

    def join(self, after: int | None) -> AsyncGenerator[bytes, None]:
        """Everything after a position, None: from now on, as server-sent events. Raises Problem 503 when too many watch.

        Whoever joins is told everything from this moment on, whenever the first bytes leave.
        """
        if len(self._watchers) >= WATCHERS:
            raise Problem(503, "too many watchers", f"{WATCHERS} follow the feed already, as many as may")
        watcher = Watcher()
        self._begin()
        self._watchers.add(watcher)
        return self._follow(watcher, HELLO + self._missed(after))

    def stop(self) -> None:
        """Nobody is told anything any more."""
        if self._looking is not None:
            self._looking.cancel()

    async def _follow(self, watcher: Watcher, first: bytes) -> AsyncGenerator[bytes, None]:
        try:
            yield first
            while True:
                yield await _next_chunk(watcher, self._journal)
        finally:
            self._watchers.discard(watcher)

    def _begin(self) -> None:
        """The first watcher starts the looking; what was before it is nobody's."""
        if self._looking is None or self._looking.done():
            self._position = self._journal.last_position
            self._looking = asyncio.ensure_future(self._look())

    def _missed(self, after: int | None) -> bytes:
        """What somebody who was away has missed, up to where the others are."""
        if after is None or after >= self._position:
            return _event("position", self._position, {"position": self._position})
        rows = self._journal.rows(after=after, limit=ROWS_AT_ONCE + 1)
        return _chunk([row for row in rows if row.position <= self._position], after, self._position)

    async def _look(self) -> None:
        told_at = -TICK_SECONDS
        while True:
            await self._journal.changed.next_change(self._position)
            if not self._watchers:
                return
            await wall.sleep(max(FIRST_SECONDS, told_at + TICK_SECONDS - wall.monotonic()))
            told_at = wall.monotonic()
            rows = self._journal.rows(after=self._position, limit=ROWS_AT_ONCE + 1)
            last = self._journal.last_position
            chunk = _chunk(rows, self._position, last)
            self._position = last
            for watcher in self._watchers:
                watcher.give(chunk)


async def _next_chunk(watcher: Watcher, journal: Journal) -> bytes:
    if watcher.lost and watcher.waiting.empty():
        watcher.lost = False
        return _event("gap", journal.last_position, {"position": journal.last_position})
    try:
        async with asyncio.timeout(QUIET_SECONDS):
            return await watcher.waiting.get()
    except TimeoutError:
        return STILL_HERE


def _chunk(rows: Sequence[Row], after: int, last: int) -> bytes:
    """Rows as events; where there are too many, or some are gone already, that there is a gap."""
    if not rows or len(rows) > ROWS_AT_ONCE or rows[0].position > after + 1:
        return _event("gap", last, {"position": last})
    return b"".join(_event("row", row.position, in_brief(row.as_json())) for row in rows)


def in_brief(row: Mapping[str, object]) -> dict[str, object]:
    """A row without what is long."""
    return {name: value for name, value in row.items() if name not in LONG_MEMBERS}


def _event(name: str, position: int, data: Mapping[str, object]) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (position, name.encode(), orjson.dumps(data))
