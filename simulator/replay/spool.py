"""Recorded requests in a file of our own while they are sorted: of each only two numbers are held in memory.

So a source of any size and order is read once, refused before anything of it is sent, and sent in the order of time. The
file has no name, and is gone with the program.
"""

import tempfile
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import TracebackType

import orjson

from simulator.replay.recorded import Recorded, from_json

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Spool:
    """Requests that were added, in the order of their time; of one instant in the order they were added in."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="pnsim-replay-")  # noqa: SIM115 - closed by __exit__, as the spool is
        self._instants = array("q")
        self._offsets = array("q")
        self._order = array("L")
        self._end = 0
        self.disordered = 0
        """Requests that the source has after a later one."""

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()

    def __len__(self) -> int:
        """How many there are, those left out not counted."""
        return len(self._order)

    def add(self, recorded: Recorded) -> int:
        """Keep a request; its number, counted from 0."""
        line = orjson.dumps([recorded.source, recorded.as_json()]) + b"\n"
        self._file.write(line)
        instant = (recorded.at - EPOCH) // MICROSECOND
        if self._instants and instant < self._instants[-1]:
            self.disordered += 1
        self._instants.append(instant)
        self._offsets.append(self._end)
        self._order.append(len(self._order))
        self._end += len(line)
        return len(self._offsets) - 1

    def flags(self) -> bytearray:
        """A byte for each that was ever added, all 0, for `leave_only`."""
        return bytearray(len(self._offsets))

    def leave_only(self, wanted: "bytearray") -> None:
        """Forget the requests whose byte is 0."""
        self._order = array("L", (number for number in self._order if wanted[number]))

    def sort(self) -> None:
        """Order them by their time."""
        if self.disordered:
            self._order = array("L", sorted(self._order, key=self._instants.__getitem__))

    def first_at(self) -> datetime:
        """The instant of the first; there must be one."""
        return EPOCH + self._instants[self._order[0]] * MICROSECOND

    def numbered(self) -> Iterator[tuple[int, Recorded]]:
        """Number and request of each that is left, in their order."""
        for number in self._order:
            self._file.seek(self._offsets[number])
            source, line = orjson.loads(self._file.readline())
            yield number, from_json(line, source)

    def __iter__(self) -> Iterator[Recorded]:
        """Every request that is left, in their order."""
        return (recorded for _, recorded in self.numbered())
