"""The one thread that writes: everything handed to it meanwhile goes into one transaction, so many waiters share a commit.

SQLite lets the interpreter go for every statement and takes it back afterwards, which a busy loop gives up only now and
then: so the statements are few, each with many rows.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from queue import Empty, SimpleQueue

from simulator.store.batch import Batch, Report
from simulator.store.chores import BIT, Chores
from simulator.store.opening import why_unwritable
from simulator.store.schema import end_use

AT_ONCE = (256, 32, 8, 1)
"""Rows of one statement."""

BATCHES_AT_ONCE = 1000
"""Turns of the loop in one transaction."""

BITS_AT_THE_END = 20
"""What is left to tidy up is done with before the file is closed, unless it is much: the next one goes on with it."""

ROW_COLUMNS, ENTRY_COLUMNS = 8, 2
MARKED = (
    """UPDATE state SET first_position = ?, last_position = ?, dropped = ?, last_sequence = ?, rows = ?, bytes = ?"""
)
CHECKPOINT_PAGES = 2000


class Writer:
    """Takes batches, commits them in order, and says of each when it is kept."""

    def __init__(self, connection: sqlite3.Connection, path: Path, tell: Callable[[Report], None]) -> None:
        self._connection = connection
        self._path = path
        self._tell = tell
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute("PRAGMA cache_size = -16384")
        self._chores = Chores(connection)
        self._chores.take_leftovers()
        self._batches: SimpleQueue[Batch | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def hand(self, batch: Batch) -> None:
        """Write this."""
        self._batches.put(batch)

    def close(self) -> None:
        """Write what was handed over, and end."""
        self._batches.put(None)
        self._thread.join()

    def _run(self) -> None:
        done = position = 0
        try:
            while (batches := self._next()) is not None:
                self._transact(batches)
                if batches:
                    done, position = batches[-1].number, batches[-1].marks.last_position
                weight = sum(batch.weight for batch in batches)
                freed = tuple(self._chores.freed)
                self._chores.freed.clear()
                is_tidy = not self._chores.has_some()
                if batches or freed or is_tidy:
                    self._tell(Report(done, position, weight, freed, is_tidy))
            for _ in range(BITS_AT_THE_END):
                if self._chores.has_rows():
                    self._transact(())
            end_use(self._connection)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing more is kept, and everybody must know
            self._tell(Report(done, failure=why_unwritable(self._path, error)))

    def _next(self) -> list[Batch] | None:
        """What is there, waiting for it unless there is something else to do; None: that was all."""
        found: list[Batch] = []
        try:
            batch = self._batches.get(block=not self._chores.has_some())
            while batch is not None:
                found.append(batch)
                if len(found) == BATCHES_AT_ONCE:
                    return found
                batch = self._batches.get_nowait()
        except Empty:
            return found
        if found:
            self._batches.put(None)
            return found
        return None

    def _transact(self, batches: Sequence[Batch]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            if batches:
                self._write(batches)
            new = sum(len(batch.rows) for batch in batches)
            self._chores.a_bit(max(BIT // 4, 2 * new) if batches else BIT)
            self._mark(batches)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        if not batches:
            self._chores.shrink_a_bit()

    def _write(self, batches: Sequence[Batch]) -> None:
        rows = [row for batch in batches for row in batch.rows]
        self._insert("rows", ROW_COLUMNS, rows)
        self._insert("log", ENTRY_COLUMNS, [entry for batch in batches for entry in batch.entries])
        chores = self._chores
        chores.rows += len(rows)
        chores.bytes += sum(row[6] for row in rows)
        for batch in batches:
            for app_key, secret in batch.secrets:
                self._keep_secret(app_key, secret)
            if batch.snapshot is not None:
                self._keep_snapshot(*batch.snapshot)
            if batch.forgets_all:
                chores.forget_all(batch.marks.first_position)
            for app_key, through in batch.forgotten.items():
                chores.forget(app_key, through)
            chores.drop_before(batch.marks.first_position)

    def _insert(self, table: str, columns: int, rows: Sequence[tuple[object, ...]]) -> None:
        for piece in pieces(rows):
            self._connection.execute(insertion(table, columns, len(piece)), tuple(chain.from_iterable(piece)))

    def _keep_secret(self, app_key: str, secret: str | None) -> None:
        if secret is None:
            self._connection.execute("DELETE FROM secrets WHERE app_key = ?", (app_key,))
        else:
            self._connection.execute("INSERT OR REPLACE INTO secrets VALUES (?, ?)", (app_key, secret))

    def _keep_snapshot(self, sequence: int, state: bytes) -> None:
        self._connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?)", (sequence, state))
        self._connection.execute("DELETE FROM snapshots WHERE sequence < ?", (sequence,))
        self._chores.entries_before(sequence)

    def _mark(self, batches: Sequence[Batch]) -> None:
        chores = self._chores
        if batches:
            self._connection.execute(MARKED, (*batches[-1].marks, chores.rows, chores.bytes))
        else:
            self._connection.execute("UPDATE state SET rows = ?, bytes = ?", (chores.rows, chores.bytes))


def pieces(rows: Sequence[tuple[object, ...]]) -> Iterator[Sequence[tuple[object, ...]]]:
    """The rows in pieces of the sizes that a statement may have, the largest first."""
    start = 0
    for size in AT_ONCE:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size


@cache
def insertion(table: str, columns: int, rows: int) -> str:
    """The statement that inserts so many rows."""
    one = f"({', '.join('?' * columns)})"
    return f"INSERT INTO {table} VALUES {', '.join([one] * rows)}"  # noqa: S608 - a table of ours
