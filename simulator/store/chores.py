"""What a journal's file needs beside being written: rows and commands that are to go, and room given back, bit by bit."""

import sqlite3
from dataclasses import dataclass

from simulator.store.batch import Freed

BIT = 1000
"""Rows that go at once while nobody waits."""

VACUUM_BIT = 256
"""Free pages that are given back at once."""

FREE_PAGES = 2048
"""Free pages that may stay for what comes: 8 MiB."""

COUNTED = "SELECT count(*), coalesce(sum(size), 0) FROM rows WHERE position >= ? AND position < ?"
GONE = "DELETE FROM rows WHERE position >= ? AND position < ?"


@dataclass(slots=True)
class Forgetting:
    """An application whose rows are being taken away, window by window."""

    app_key: str
    next_position: int
    through: int
    rows: int = 0
    bytes: int = 0


class Chores:
    """Runs inside the writer's transactions and between them; `rows` and `bytes` are what the file has."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        one = connection.execute("SELECT rows, bytes, first_position, last_position FROM state").fetchone()
        self.rows, self.bytes, self._first, last = one
        self._lowest = self._first
        self._lowest_entry = self._first_entry = 0
        self._may_shrink = True
        pending = connection.execute("SELECT app_key, through FROM forgetting").fetchall()
        self._forgetting = [Forgetting(app_key, self._first, min(through, last)) for app_key, through in pending]
        (sequence,) = connection.execute("SELECT max(sequence) FROM snapshots").fetchone()
        if sequence is not None:
            self.entries_before(sequence)
        self._epoch = 0
        self.freed: list[Freed] = []

    def take_leftovers(self) -> None:
        """Take away what a crash left of the rows that had been dropped."""
        found = self._connection.execute("SELECT min(position) FROM rows").fetchone()[0]
        if found is not None and found < self._first:
            self._delete(found, self._first)

    def drop_before(self, first: int) -> None:
        """Rows before `first` are to go."""
        self._first = max(self._first, first)

    def entries_before(self, sequence: int) -> None:
        """Commands up to `sequence` are to go."""
        if not self._first_entry:
            found = self._connection.execute("SELECT min(sequence) FROM log").fetchone()[0]
            self._lowest_entry = found or sequence
        self._first_entry = sequence + 1

    def forget(self, app_key: str, through: int) -> None:
        """An application's rows up to a position are to go."""
        self._connection.execute("INSERT OR REPLACE INTO forgetting VALUES (?, ?)", (app_key, through))
        self._forgetting.append(Forgetting(app_key, self._first, through))

    def forget_all(self, first: int) -> None:
        """Every row before `first` is to go."""
        self._connection.execute("DELETE FROM forgetting")
        self._forgetting.clear()
        self._epoch += 1
        self.drop_before(first)

    def has_some(self) -> bool:
        """Whether something is left to do."""
        return self.has_rows() or self._may_shrink

    def has_rows(self) -> bool:
        """Whether rows or commands are left that are to go."""
        return self._lowest < self._first or bool(self._forgetting) or self._lowest_entry < self._first_entry

    def a_bit(self, rows: int = BIT) -> None:
        """Do a bit of it, inside a transaction."""
        if self._lowest < self._first:
            upto = min(self._first, self._lowest + rows)
            self._delete(self._lowest, upto)
            self._lowest = upto
        elif self._forgetting:
            self._forget_a_bit(self._forgetting[0], rows)
        elif self._lowest_entry < self._first_entry:
            upto = min(self._first_entry, self._lowest_entry + rows)
            self._connection.execute("DELETE FROM log WHERE sequence < ?", (upto,))
            self._lowest_entry = upto
        else:
            return
        self._may_shrink = True

    def shrink_a_bit(self) -> None:
        """Give free pages back, outside a transaction, once nothing else is left to do."""
        if self.has_rows():
            return
        (free,) = self._connection.execute("PRAGMA freelist_count").fetchone()
        self._may_shrink = free > FREE_PAGES
        if self._may_shrink:
            self._connection.execute(f"PRAGMA incremental_vacuum({VACUUM_BIT})").fetchall()

    def _delete(self, start: int, end: int) -> None:
        count, size = self._connection.execute(COUNTED, (start, end)).fetchone()
        self._connection.execute(GONE, (start, end))
        self.rows -= count
        self.bytes -= size

    def _forget_a_bit(self, job: Forgetting, rows: int) -> None:
        window = (job.next_position, min(job.through + 1, job.next_position + rows), job.app_key)
        count, size = self._connection.execute(f"{COUNTED} AND app_key = ?", window).fetchone()
        self._connection.execute(f"{GONE} AND app_key = ?", window)
        self.rows, self.bytes = self.rows - count, self.bytes - size
        job.rows, job.bytes = job.rows + count, job.bytes + size
        job.next_position = window[1]
        if job.next_position > job.through:
            del self._forgetting[0]
            self._connection.execute(
                "DELETE FROM forgetting WHERE app_key = ? AND through = ?", (job.app_key, job.through)
            )
            self.freed.append(Freed(job.app_key, job.through, job.rows, job.bytes, self._epoch))
