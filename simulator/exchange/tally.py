"""What happened so far, as plain numbers: counted where a row is written, read when somebody looks (semantics 8).

An addition or two a row is all that the hot paths pay; names, labels and text are made by whoever shows the numbers.
Nothing that comes from outside can make the tables grow without end: beyond SERIES of a kind, all others are one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator
from typing import TypeVar

from simulator.delivery.delivery import FINISHED
from simulator.delivery.outcome import Answered
from simulator.exchange.rows import ApiExchange, AttemptEnded
from simulator.store.store import Row

SERIES = 500
"""Different keys of one table; what comes after them is counted as OTHER."""
OTHER = "other"
NO_CODE = "none"
"""The code of an answer that has no resultcode, such as a gateway's page."""
CLASSES = (OTHER, "1xx", "2xx", "3xx", "4xx", "5xx")
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of a histogram's buckets, in seconds; above the last there is one more."""

Key = TypeVar("Key", bound=Hashable)


class Seconds:
    """A histogram of durations."""

    __slots__ = ("_counts", "total")

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    def up_to(self) -> Iterator[tuple[float, int]]:
        """Each bound, and how many took no longer; the last bound is infinite."""
        count = 0
        for bound, here in zip((*BOUNDS, float("inf")), self._counts, strict=True):
            count += here
            yield bound, count


class Tally:
    """Counts the rows of a journal: requests by operation, code and status, the others by kind and what came of it."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str | None, str | None, int], int] = {}
        self.notifications: Counter[tuple[str, str]] = Counter()
        self.attempts: dict[tuple[str, str], int] = {}
        self.request_seconds = Seconds()
        """Is told by the API, from the request's head to its answer."""
        self.attempt_seconds = Seconds()
        self.lag_seconds = Seconds()
        """Is told by the clock's ticker: how late it woke."""

    def requests(self) -> Iterator[tuple[tuple[str, str, str], int]]:
        """How many requests to the API there were, by operation, result code and status."""
        for (operation, code, status), count in self._requests.items():
            yield (operation or OTHER, code or NO_CODE, str(status or OTHER)), count

    def add(self, row: Row) -> None:
        """One more row of the journal."""
        if isinstance(row, ApiExchange):
            key = (row.operation, row.result_code, row.status)
            try:
                self._requests[key] += 1
            except KeyError:
                count_new(self._requests, key, (OTHER, OTHER, 0))
        elif isinstance(row, AttemptEnded):
            self._attempt(row)

    def _attempt(self, row: AttemptEnded) -> None:
        kind, result = row.delivery.kind, row.attempt.result
        if isinstance(result, Answered):
            how = CLASSES[result.status // 100] if 100 <= result.status < 600 else OTHER
        else:
            how = result.kind if result else OTHER
        try:
            self.attempts[kind, how] += 1
        except KeyError:
            count_new(self.attempts, (kind, how), (OTHER, OTHER))
        self.attempt_seconds.add(row.attempt.wall_seconds or 0.0)
        if row.state in FINISHED:
            self.notifications[kind, row.state.value] += len(row.delivery.notifications)


def count_new(counts: dict[Key, int], key: Key, other: Key) -> None:
    """Count the first of `key`; where there are too many keys already, one of `other`."""
    if len(counts) >= SERIES:
        key = other
    counts[key] = counts.get(key, 0) + 1
