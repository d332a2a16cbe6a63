"""A store in memory, bounded by rows and by bytes."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import islice

from simulator.store.store import ANY, Only, Row


class MemoryStore:
    """Keeps the newest rows. Appending and reading from any position cost the same however much is stored."""

    committed: Callable[[], Awaitable[None]] | None = None

    def __init__(self, max_rows: int = 20_000, max_bytes: int = 16 * 1024 * 1024) -> None:
        self._rows: dict[int, Row] = {}
        self._max_rows = max_rows
        self._max_bytes = max_bytes
        self._bytes = 0
        self._first = 1
        self.last_position = 0
        self.dropped = 0

    @property
    def rows_kept(self) -> int:
        """How many rows are here."""
        return len(self._rows)

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
        self._rows[position] = row
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
        """Rows with a position greater than `after`, oldest first."""
        last = self.last_position if through is None else min(through, self.last_position)
        found = self._between(after + 1, last)
        if only != ANY:
            found = filter(only.has, found)
        if where is not None:
            found = filter(where, found)
        return tuple(islice(found, limit))

    def forget(self, app_key: str | None = None) -> None:
        """Forget the rows of one application, or all; positions go on counting."""
        if app_key is None:
            self._rows.clear()
            self._first, self._bytes = self.last_position + 1, 0
            return
        for position in [position for position, row in self._rows.items() if row.app_key == app_key]:
            self._bytes -= self._rows.pop(position).size

    def _between(self, position: int, last: int) -> Iterator[Row]:
        for wanted in range(max(position, self._first), last + 1):
            row = self._rows.get(wanted)
            if row is not None:
                yield row

    def _drop_oldest(self) -> None:
        row = self._rows.pop(self._first, None)
        self._first += 1
        if row is not None:
            self._bytes -= row.size
            self.dropped += 1
