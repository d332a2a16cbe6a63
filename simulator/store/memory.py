"""A store in memory: a ring bounded by rows and by bytes."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from simulator.store.store import Row


class MemoryStore:
    """Keeps the newest rows. Appending and reading from any position cost the same however much is stored."""

    def __init__(self, max_rows: int = 20_000, max_bytes: int = 16 * 1024 * 1024) -> None:
        self._ring: list[Row | None] = [None] * max_rows
        self._max_rows = max_rows
        self._max_bytes = max_bytes
        self._bytes = 0
        self._first = 1
        self.last_position = 0
        self.dropped = 0

    @property
    def rows_kept(self) -> int:
        """How many rows are here; those in the middle that were forgotten with their application count until they drop."""
        return self.last_position + 1 - self._first

    @property
    def bytes_kept(self) -> int:
        """How many bytes they hold on to, roughly."""
        return self._bytes

    def append(self, row: Row) -> int:
        """Remember a row, dropping the oldest where there is no room."""
        self.last_position = row.position = position = self.last_position + 1
        self._bytes += row.size
        while self._first < position and (self._bytes > self._max_bytes or position - self._first >= self._max_rows):
            self._drop_oldest()
        self._ring[position % self._max_rows] = row
        return position

    def rows(self, *, after: int = 0, limit: int = 100, where: Callable[[Row], bool] | None = None) -> Sequence[Row]:
        """Rows with a position greater than `after`, oldest first."""
        found = (row for row in self._from(after + 1) if where is None or where(row))
        return tuple(islice(found, limit))

    def forget(self, app_key: str | None = None) -> None:
        """Forget the rows of one application, or all; positions go on counting."""
        if app_key is None:
            self._ring = [None] * len(self._ring)
            self._first, self._bytes = self.last_position + 1, 0
            return
        for position in range(self._first, self.last_position + 1):
            slot = position % self._max_rows
            row = self._ring[slot]
            if row is not None and row.app_key == app_key:
                self._bytes -= row.size
                self._ring[slot] = None

    def _from(self, position: int) -> Iterator[Row]:
        for wanted in range(max(position, self._first), self.last_position + 1):
            row = self._ring[wanted % self._max_rows]
            if row is not None:
                yield row

    def _drop_oldest(self) -> None:
        slot = self._first % self._max_rows
        row = self._ring[slot]
        self._first += 1
        if row is not None:
            self._ring[slot] = None
            self._bytes -= row.size
            self.dropped += 1
