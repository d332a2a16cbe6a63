"""A store in a file: SQLite in WAL mode, written by one thread in groups, so that what was acknowledged outlives the process.

The event loop only buffers, and hands its buffer over once a turn: what one command wrote is in one transaction. The
newest rows stay in memory; all that is not committed yet is among them. The operating system has what is committed: it
survives the end of the process whichever way, while a power cut may take the last seconds (and never the file as a whole).
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue

import orjson

from simulator.store.batch import Batch, Marks, Report
from simulator.store.lock import FileLock
from simulator.store.log import StoreFailed
from simulator.store.opening import open_for_writing, why_unwritable
from simulator.store.reading import PAGE, Reader
from simulator.store.room import Room
from simulator.store.store import ANY, Only, Row
from simulator.store.writer import Writer

MAX_ROWS = 1_000_000
MAX_BYTES = 1024 * 1024 * 1024

WAITING_BYTES = 32 * 1024 * 1024
"""What the loop may be ahead of the writer; beyond that it waits."""

UNLOOPED_BYTES = 1024 * 1024
"""Without a running loop there are no turns: the buffer is handed over when it is so heavy."""


class SqliteStore:
    """The Store and the Log of one file; it belongs to one process, and in it to one event loop."""

    def __init__(self, path: Path, max_rows: int = MAX_ROWS, max_bytes: int = MAX_BYTES) -> None:
        """Open or make the file; raises CannotOpen."""
        self.path = path
        connection, lock, self.remark = open_for_writing(path)
        self._lock: FileLock | None = lock
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.failure: StoreFailed | None = None
        self.on_failed: Callable[[StoreFailed], None] = lambda _: None
        self._connection = connection
        self._writer = Writer(connection, path, self._tell)
        self._reader = Reader(path)
        first, self.last_position, self.dropped, self._last_sequence, rows, size = self._reader.state()
        self._room = Room(self._reader, (first, self.last_position), (rows, size), (max_rows, max_bytes))
        self._forgotten = self._reader.forgetting()
        self._batch = Batch(1)
        self._epoch = 0
        self._is_scheduled = self._is_tidy = False
        self._handed = self._done = self._waiting = 0
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()

    # --- rows ---

    @property
    def rows_kept(self) -> int:
        """How many rows are here, in the file or on their way; those of a forgotten application until they are gone."""
        return self._room.rows

    @property
    def bytes_kept(self) -> int:
        """How many bytes they hold on to, roughly."""
        return self._room.bytes

    def append(self, row: Row) -> int:
        """Remember a row, dropping the oldest where there is no room; raises StoreFailed."""
        if self.failure is not None:
            raise self.failure
        self.last_position = row.position = position = self.last_position + 1
        shown = row.as_json()
        encoded = _encoded(shown)
        size = max(row.size, len(encoded))
        at = shown.get("at")
        at = at if isinstance(at, str) else row.at.isoformat()
        batch = self._batch
        batch.rows.append((position, at, row.kind, row.app_key, row.call_id, row.message_id, size, encoded))
        batch.weight += size
        if self._room.add(position, row, size) and not self._forgotten:
            self.dropped += self._room.make()
        if not self._is_scheduled:
            self._schedule()
        return position

    def rows(
        self,
        *,
        after: int = 0,
        through: int | None = None,
        limit: int = 100,
        only: Only = ANY,
        where: Callable[[Row], bool] | None = None,
    ) -> Sequence[Row]:
        """Rows with a position greater than `after`, oldest first; those not committed yet too."""
        last = self.last_position if through is None else min(through, self.last_position)
        found = self._between(after + 1, last, min(limit, PAGE), only)
        if where is not None:
            found = filter(where, found)
        return tuple(islice(found, limit))

    def forget(self, app_key: str | None = None) -> None:
        """Forget the rows of one application, or all; positions go on counting."""
        if app_key is None:
            self._forgotten.clear()
            self._epoch += 1
            self._batch.rows.clear()
            self._batch.forgotten.clear()
            self._batch.forgets_all = True
            self._room.forget_all()
        else:
            self._forgotten[app_key] = self._batch.forgotten[app_key] = self.last_position
            self._room.forget(app_key)
        self._schedule()

    # --- the log ---

    def record(self, entry: bytes) -> int:
        """Remember a command before it is carried out; its sequence. Raises StoreFailed."""
        if self.failure is not None:
            raise self.failure
        self._last_sequence += 1
        self._batch.entries.append((self._last_sequence, entry))
        self._batch.weight += len(entry)
        if not self._is_scheduled:
            self._schedule()
        return self._last_sequence

    def entries(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Commands with a sequence greater than `after`, oldest first."""
        return self._reader.entries(after)

    def snapshot(self) -> tuple[int, bytes] | None:
        """The newest snapshot with the sequence of the last command that it has in it."""
        return self._reader.snapshot()

    def keep_snapshot(self, sequence: int, state: bytes) -> None:
        """Remember the state after a command; commands up to it, and older snapshots, go."""
        self._batch.snapshot = (sequence, state)
        self._batch.weight += len(state)
        self._schedule()

    def secrets(self) -> Mapping[str, str]:
        """The secrets of applications, by their key."""
        return self._reader.secrets()

    def keep_secret(self, app_key: str, secret: str | None) -> None:
        """Remember an application's secret; None: forget it."""
        self._batch.secrets.append((app_key, secret))
        self._schedule()

    # --- commits ---

    async def committed(self) -> None:
        """Wait until everything written so far survives the end of the process; raises StoreFailed."""
        if self.failure is not None:
            raise self.failure
        wanted = self._handed if self._batch.is_empty() else self._batch.number
        if wanted <= self._done:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append((wanted, waiter))
        await waiter

    def flush(self) -> None:
        """Hand over what is there and wait until it is kept, holding the loop; raises StoreFailed."""
        self._hand()
        while self._done < self._handed and self.failure is None:
            self._take(self._reports.get())
        self._absorb()
        if self.failure is not None:
            raise self.failure

    def tidy(self) -> None:
        """Wait, holding the loop, until what is to go is gone, which otherwise happens bit by bit."""
        self.flush()
        while not self._is_tidy and self.failure is None:
            self._take(self._reports.get())

    def close(self) -> None:
        """Keep what is there, and close; a store that failed just closes."""
        if self._lock is None:
            return
        self._hand()
        self._writer.close()
        self._absorb()
        self._reader.close()
        self._connection.close()
        self._lock.release()
        self._lock = None

    # --- inside ---

    def _between(self, position: int, last: int, page: int, only: Only) -> Iterator[Row]:
        """Rows between two positions: from the file what is not in memory."""
        room = self._room
        position = max(position, room.first)
        while position <= min(last, room.first_in_memory - 1):
            found = self._reader.rows(position, min(last, room.first_in_memory - 1), page, only)
            for stored in found:
                if stored.position > self._forgotten.get(stored.app_key or "", 0):
                    yield stored
            position = found[-1].position + 1 if len(found) == page else room.first_in_memory
        for row in room.in_memory(position, last):
            if only is ANY or only.has(row):
                yield row

    def _schedule(self) -> None:
        """See to it that the buffer is handed over when this turn of the loop ends."""
        if self._is_scheduled:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            if self._batch.weight > UNLOOPED_BYTES:
                self._hand()
            return
        self._loop = loop
        self._is_scheduled = True
        loop.call_soon(self._hand)

    def _hand(self) -> None:
        """Give the buffer to the writer."""
        self._is_scheduled = False
        batch = self._batch
        if batch.is_empty() or self.failure is not None:
            return
        batch.marks = Marks(self._room.first, self.last_position, self.dropped, self._last_sequence)
        self._handed = batch.number
        self._is_tidy = False
        self._waiting += batch.weight
        self._batch = Batch(batch.number + 1)
        self._writer.hand(batch)
        while self._waiting > WAITING_BYTES and self.failure is None:
            self._take(self._reports.get())

    def _tell(self, report: Report) -> None:
        """Called by the writer's thread."""
        self._reports.put(report)
        loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(self._absorb)
            except RuntimeError:  # the loop has ended; who closes the store takes the report
                return

    def _absorb(self) -> None:
        """Take what the writer has to say."""
        try:
            while True:
                self._take(self._reports.get_nowait())
        except Empty:
            return

    def _take(self, report: Report) -> None:
        if report.failure is not None:
            self._fail(report.failure)
            return
        self._done = max(self._done, report.done)
        self._is_tidy = report.is_tidy and self._done == self._handed
        self._waiting -= report.weight
        for freed in report.freed:
            if self._forgotten.get(freed.app_key) == freed.through:
                del self._forgotten[freed.app_key]
            if freed.epoch == self._epoch:
                self._room.give_back(freed.rows, freed.bytes)
        self._room.settled_to(report.position)
        while self._waiters and self._waiters[0][0] <= self._done:
            waiter = self._waiters.popleft()[1]
            if not waiter.done():
                waiter.set_result(None)

    def _fail(self, error: Exception) -> None:
        self.failure = error if isinstance(error, StoreFailed) else why_unwritable(self.path, error)
        self.on_failed(self.failure)
        while self._waiters:
            waiter = self._waiters.popleft()[1]
            if not waiter.done():
                waiter.set_exception(self.failure)


def _encoded(shown: Mapping[str, object]) -> bytes:
    """A row's JSON."""
    try:
        return orjson.dumps(shown)
    except TypeError:  # half a surrogate pair, or a number of more than 64 bits: rare, and written all the same
        return json.dumps(shown, default=str, ensure_ascii=False).encode("utf-8", "replace")
