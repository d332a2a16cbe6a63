"""Reading a journal in a file: for the process that writes it, and beside it for any other."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from simulator.store.log import StoreFailed
from simulator.store.opening import CannotOpen, is_at_rest, open_for_reading, why_unreadable
from simulator.store.store import ANY, Only

PAGE = 500
"""Rows read at a time: a reader holds up neither the loop nor the writer's housekeeping."""


@dataclass(slots=True)
class StoredRow:
    """A row as it was read back: what it has beside the members of every row is in its JSON alone."""

    position: int
    at: datetime
    kind: str
    app_key: str | None
    call_id: str | None
    message_id: str | None
    size: int
    row: bytes

    def as_json(self) -> dict[str, object]:
        """The row for a reader."""
        shown: dict[str, object] = orjson.loads(self.row)
        return shown


class Reader:
    """Reads rows, sizes and what the log keeps, over a connection of its own; raises StoreFailed where that cannot be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path.absolute(), isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA query_only = ON")

    def rows(self, first: int, last: int, limit: int, only: Only = ANY) -> Sequence[StoredRow]:
        """Rows between two positions, both included, oldest first."""
        wanted = [(name, value) for name, value in only._asdict().items() if value is not None]
        narrowed = "".join(f" AND {name} = ?" for name, _ in wanted)
        found = self._asked(
            "SELECT position, at, kind, app_key, call_id, message_id, size, row FROM rows "  # noqa: S608 - names of columns
            f"WHERE position BETWEEN ? AND ?{narrowed} ORDER BY position LIMIT ?",
            (first, last, *(value for _, value in wanted), limit),
        )
        return [StoredRow(position, datetime.fromisoformat(at), *rest) for position, at, *rest in found]

    def sizes(self, first: int, last: int, limit: int) -> list[tuple[int, int]]:
        """Positions and sizes, oldest first."""
        return self._asked(
            "SELECT position, size FROM rows WHERE position BETWEEN ? AND ? ORDER BY position LIMIT ?",
            (first, last, limit),
        )

    def state(self) -> tuple[int, int, int, int, int, int]:
        """First and last position, dropped, last sequence, rows, bytes."""
        one: tuple[int, int, int, int, int, int]
        (one,) = self._asked("SELECT first_position, last_position, dropped, last_sequence, rows, bytes FROM state")
        return one

    def forgetting(self) -> dict[str, int]:
        """Applications whose rows up to a position are still to go."""
        return dict(self._asked("SELECT app_key, through FROM forgetting"))

    def entries(self, after: int) -> Iterator[tuple[int, bytes]]:
        """Commands, oldest first."""
        select = "SELECT sequence, entry FROM log WHERE sequence > ? ORDER BY sequence LIMIT ?"
        while found := self._asked(select, (after, PAGE)):
            yield from found
            after = found[-1][0]

    def snapshot(self) -> tuple[int, bytes] | None:
        """The newest snapshot."""
        found = self._asked("SELECT sequence, state FROM snapshots ORDER BY sequence DESC LIMIT 1")
        return found[0] if found else None

    def secrets(self) -> Mapping[str, str]:
        """Secrets by application."""
        return dict(self._asked("SELECT app_key, secret FROM secrets"))

    def close(self) -> None:
        """Read no more."""
        self._connection.close()

    def _asked(self, select: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            return self._connection.execute(select, values).fetchall()
        except sqlite3.Error as error:
            raise StoreFailed(why_unreadable(self._path, error)) from None


def read_rows(path: Path, after: int = 0) -> Iterator[dict[str, object]]:
    """Every row of a journal, oldest first, a page at a time, also while somebody writes it; raises CannotOpen."""
    connection, was_at_rest = open_for_reading(path), is_at_rest(path)
    try:
        while True:
            found = _page(connection, path, after)
            if was_at_rest and not is_at_rest(
                path
            ):  # somebody began to write: what was read meanwhile may be half of it
                connection.close()
                connection, was_at_rest = open_for_reading(path), False
                continue
            if not found:
                return
            for _, row in found:
                yield _row(path, row)
            after = found[-1][0]
    finally:
        connection.close()


def _page(connection: sqlite3.Connection, path: Path, after: int) -> Sequence[tuple[int, bytes]]:
    try:
        return connection.execute(
            "SELECT position, row FROM rows WHERE position > ? ORDER BY position LIMIT ?", (after, PAGE)
        ).fetchall()
    except sqlite3.Error as error:
        raise CannotOpen(why_unreadable(path, error)) from None


def _row(path: Path, row: bytes) -> dict[str, object]:
    try:
        found = orjson.loads(row)
    except (orjson.JSONDecodeError, TypeError):
        found = None
    if not isinstance(found, dict):
        raise CannotOpen(f"{path}: is no journal of pnsim: a row in it is no JSON object")
    return found
