"""A store in memory: a ring bounded by rows and by bytes."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from simulator.store.store import Row


class MemoryStore:
    """Keeps the newest rows. Appending and reading from any position cost the same however much is stored."""

    def __init__(self, max_rows: int = 20_000, max_bytes: int = 16 * 1024 * 1024) -> None:
        self._ring: list[Row | None] = [None] * max_rows
        self._max_bytes = max_bytes
        self._bytes = 0
        self._first = 1
        self.last_position = 0
        self.dropped = 0

    def append(self, row: Row) -> int:
        """Remember a row, dropping the oldest where there is no room."""
        self.last_position = row.position = self.last_position + 1
        size = row.size
        self._bytes += size
        while self._first < row.position and self._is_over(row.position):
            self._drop_oldest()
        self._ring[row.position % len(self._ring)] = row
        return row.position

    def rows(self, *, after: int = 0, limit: int = 100, where: Callable[[Row], bool] | None = None) -> Sequence[Row]:
        """Rows with a position greater than `after`, oldest first."""
        found = (row for row in self._from(after + 1) if where is None or where(row))
        return tuple(islice(found, limit))

    def forget(self, app_key: str | None = None) -> None:
        """Forget the rows of one application, or all; positions go on counting."""
        for position in range(self._first, self.last_position + 1):
            slot = position % len(self._ring)
            row = self._ring[slot]
            if row is not None and (app_key is None or row.app_key == app_key):
                self._bytes -= row.size
                self._ring[slot] = None

    def _from(self, position: int) -> Iterator[Row]:
        for wanted in range(max(position, self._first), self.last_position + 1):
            row = self._ring[wanted % len(self._ring)]
            if row is not None:
                yield row

    def _is_over(self, position: int) -> bool:
        return self._bytes > self._max_bytes or position - self._first >= len(self._ring)

    def _drop_oldest(self) -> None:
        slot = self._first % len(self._ring)
        row = self._ring[slot]
        self._first += 1
        if row is not None:
            self._ring[slot] = None
            self._bytes -= row.size
            self.dropped += 1
