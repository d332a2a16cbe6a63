"""How much a file's store holds: the newest rows in memory, and the oldest that must go when there are too many."""

from collections import deque
from collections.abc import Iterator

from simulator.store.reading import Reader
from simulator.store.store import Row

KEPT_ROWS = 2_000
KEPT_BYTES = 4 * 1024 * 1024
"""What stays in memory of that which is committed."""

SIZES_AT_ONCE = 512


class Room:
    """Counts rows and bytes; `first` is the oldest position that readers see."""

    def __init__(self, reader: Reader, span: tuple[int, int], held: tuple[int, int], limits: tuple[int, int]) -> None:
        self._reader = reader
        self.first, last = span
        self.first_in_memory = self._next = last + 1
        self._rows, self._bytes = held
        self._max_rows, self._max_bytes = limits
        self._newest: dict[int, tuple[Row | None, int]] = {}
        self._newest_bytes = 0
        self._committed = last
        self._oldest: deque[tuple[int, int]] = deque()

    @property
    def rows(self) -> int:
        """How many rows there are, those included that are still to go."""
        return self._rows

    @property
    def bytes(self) -> int:
        """How many bytes they weigh."""
        return self._bytes

    def add(self, position: int, row: Row, size: int) -> bool:
        """A row more; whether that is too much now."""
        self._newest[position] = (row, size)
        self._next = position + 1
        self._newest_bytes += size
        self._rows += 1
        self._bytes += size
        return self._rows > self._max_rows or self._bytes > self._max_bytes

    def make(self) -> int:
        """Drop the oldest rows until what is left fits, though never the newest; how many."""
        dropped = 0
        while (self._rows > self._max_rows or self._bytes > self._max_bytes) and self._rows > 1:
            size = self._drop_oldest()
            if size is None:
                break
            dropped += 1
            self.give_back(1, size)
        return dropped

    def give_back(self, rows: int, size: int) -> None:
        """Rows are gone."""
        self._rows -= rows
        self._bytes -= size

    def settled_to(self, position: int) -> None:
        """Rows up to this one are in the file: they need not stay in memory."""
        self._committed = max(self._committed, position)
        self._let_go()

    def forget(self, app_key: str) -> None:
        """Show the rows of an application no more; they count until they are gone."""
        self._oldest.clear()
        for position, (row, size) in self._newest.items():
            if row is not None and row.app_key == app_key:
                self._newest[position] = (None, size)

    def forget_all(self) -> None:
        """Every row is gone."""
        self._newest.clear()
        self._oldest.clear()
        self.first = self.first_in_memory = self._next
        self._rows = self._bytes = self._newest_bytes = 0

    def in_memory(self, position: int, last: int) -> Iterator[Row]:
        """Rows in memory between two positions."""
        newest = self._newest
        for wanted in range(max(position, self.first_in_memory), last + 1):
            row = newest[wanted][0]
            if row is not None:
                yield row

    def _let_go(self) -> None:
        """Keep in memory what is not committed, and the newest of the rest."""
        newest, position, held = self._newest, self.first_in_memory, self._newest_bytes
        while position <= self._committed and (len(newest) > KEPT_ROWS or held > KEPT_BYTES):
            held -= newest.pop(position)[1]
            position += 1
        self.first_in_memory, self._newest_bytes = position, held

    def _pop(self) -> tuple[Row | None, int]:
        """The oldest row in memory leaves it."""
        row, size = self._newest.pop(self.first_in_memory)
        self.first_in_memory += 1
        self._newest_bytes -= size
        return row, size

    def _drop_oldest(self) -> int | None:
        """The oldest row goes; its size, None where there is none."""
        while self.first < self.first_in_memory:
            if not self._oldest:
                self._oldest.extend(self._reader.sizes(self.first, self.first_in_memory - 1, SIZES_AT_ONCE))
            if not self._oldest:
                self.first = self.first_in_memory
                break
            position, size = self._oldest.popleft()
            if position >= self.first:
                self.first = position + 1
                return size
        while self._newest:
            row, size = self._pop()
            self.first = self.first_in_memory
            if row is not None:
                return size
        return None
