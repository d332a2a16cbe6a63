"""What falls due when: one heap, ordered by (instant, sequence)."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

COMPACT_ABOVE = 1024
"""Cancelled deadlines are swept out of the heap once they are that many and the majority."""


@dataclass(slots=True, eq=False)
class Deadline:
    """Something that happens at an instant; `what` and `detail` are for those who watch the clock move."""

    at: datetime
    what: str
    detail: str
    action: Callable[[datetime], None] | None


class Deadlines:
    """Everything that will happen by itself. Cancelling costs nothing now and little later."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Deadline]] = []
        self._sequence = 0
        self._cancelled = 0
        self.on_earlier: Callable[[], None] = lambda: None
        self.on_fired: Callable[[Deadline], None] = lambda _: None

    def __len__(self) -> int:
        return len(self._heap) - self._cancelled

    def add(self, at: datetime, what: str, detail: str, action: Callable[[datetime], None]) -> Deadline:
        """At `at`, call `action(at)`."""
        deadline = Deadline(at, what, detail, action)
        self._sequence += 1
        is_first = not self._heap or at < self._heap[0][0]
        heapq.heappush(self._heap, (at, self._sequence, deadline))
        if is_first:
            self.on_earlier()
        return deadline

    def cancel(self, deadline: Deadline) -> None:
        """It will not happen; harmless when it did already or was cancelled before."""
        if deadline.action is None:
            return
        deadline.action = None
        self._cancelled += 1
        if self._cancelled > COMPACT_ABOVE and self._cancelled > len(self._heap) // 2:
            self._heap = [entry for entry in self._heap if entry[2].action is not None]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def earliest(self) -> datetime | None:
        """The instant of the next deadline."""
        self._drop_cancelled()
        return self._heap[0][0] if self._heap else None

    def fire_due(self, now: datetime) -> None:
        """Let everything happen that is due by `now`, in order, each with its own instant."""
        while self._heap and self._heap[0][0] <= now:
            _, _, deadline = heapq.heappop(self._heap)
            action, deadline.action = deadline.action, None
            if action is None:
                self._cancelled -= 1
                continue
            self.on_fired(deadline)
            action(deadline.at)

    def _drop_cancelled(self) -> None:
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
            self._cancelled -= 1
