"""What falls due when: one heap, ordered by (instant, sequence)."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Protocol

COMPACT_ABOVE = 1024
"""Cancelled deadlines are swept out of the heap once they are that many and the majority."""

ALWAYS = 1 << 62


@dataclass(slots=True, eq=False)
class Deadline:
    """Something that happens at an instant; `what` and `detail` are for those who watch the clock move.

    `action(*arguments, at)` is data, so that it can be kept: a method of a part of the exchange, and what it is about.
    """

    at: datetime
    what: str
    detail: str
    action: Callable[..., None] | None
    arguments: tuple[object, ...] = ()


class Expiring(Protocol):
    """The owner of many things that end by themselves, each known by a key: one object for a million of them."""

    def is_current(self, key: str, at: datetime) -> bool:
        """Whether the thing still ends at `at`: it may have been taken away, or been given another end."""

    def describe(self, key: str) -> str:
        """The thing in a few words."""

    def expire(self, key: str, at: datetime) -> None:
        """It ends now."""


Entry = tuple[datetime, int, Deadline | Expiring, str]


class Deadlines:
    """Everything that will happen by itself. Cancelling costs nothing now and little later."""

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self._sequence = 0
        self._cancelled = 0
        self._dead: dict[tuple[Expiring, str], int] = {}
        """Up to which sequence the entries of a key are outdated, also where it was given its old end back since."""
        self.on_earlier: Callable[[], None] = lambda: None
        self.on_fired: Callable[[Deadline], None] = lambda _: None

    def __len__(self) -> int:
        return len(self._heap) - self._cancelled

    def begin_anew(self) -> None:
        """Nothing will happen, and nothing is outdated."""
        fresh = Deadlines()
        self._heap, self._cancelled, self._dead = fresh._heap, fresh._cancelled, fresh._dead

    def add(self, at: datetime, what: str, detail: str, action: Callable[..., None], *arguments: object) -> Deadline:
        """At `at`, call `action(*arguments, at)`."""
        deadline = Deadline(at, what, detail, action, arguments)
        self._push(at, deadline, "")
        return deadline

    def expire(self, at: datetime, owner: Expiring, key: str) -> None:
        """At `at`, what `owner` knows by `key` ends, if it then still does; `outdated` tells when it does not."""
        self._push(at, owner, key)

    def cancel(self, deadline: Deadline) -> None:
        """It will not happen; harmless when it did already or was cancelled before."""
        if deadline.action is not None:
            deadline.action = None
            self.outdated()

    def early(self, owner: Expiring, key: str) -> None:
        """One thing that is due happened before its turn: it is passed over when that comes, soon."""
        self._cancelled += 1
        self._dead[owner, key] = self._sequence

    def outdated(self, owner: Expiring | None = None, key: str = "") -> None:
        """One thing that was to happen no longer will: what `owner` knows by `key`, or a deadline that has no action."""
        self._cancelled += 1
        if owner is not None:
            self._dead[owner, key] = self._sequence
        useless = max(self._cancelled - len(self._heap) // 2, len(self._dead) - len(self._heap))
        if useless > 0 and max(self._cancelled, len(self._dead)) > COMPACT_ABOVE:
            self._heap = self.living()
            self._cancelled = 0
            self._dead.clear()

    def living(self) -> list[Entry]:
        """What will happen, in order: all that is worth remembering; a sorted list is a heap."""
        return sorted((entry for entry in self._heap if self._will_happen(entry)), key=itemgetter(0, 1))

    def earliest(self) -> datetime | None:
        """The instant of the next deadline."""
        while self._heap and not self._will_happen(self._heap[0]):
            heapq.heappop(self._heap)
            self._cancelled -= 1
        return self._heap[0][0] if self._heap else None

    def fire_due(self, now: datetime, expiries: int = ALWAYS) -> bool:
        """Let what is due by `now` happen, in order, each with its own instant; True when all of it did.

        After so many expiries it stops: a million bindings that end together must not keep a request waiting. Whoever
        asks meanwhile looks at the instants himself, and the rest happens with the next calls. What is outdated counts
        nothing, so that the same happens whenever it was swept out.
        """
        while self._heap and self._heap[0][0] <= now:
            entry = heapq.heappop(self._heap)
            at, _, owner, key = entry
            if isinstance(owner, Deadline):
                self._fire(owner)
            elif not self._will_happen(entry):
                self._cancelled -= 1
            else:
                self.on_fired(Deadline(at, "expiry", owner.describe(key), None))
                owner.expire(key, at)
                expiries -= 1
                if not expiries:
                    return not self._heap or self._heap[0][0] > now
        return True

    def _fire(self, deadline: Deadline) -> None:
        action, deadline.action = deadline.action, None
        if action is None:
            self._cancelled -= 1
            return
        self.on_fired(deadline)
        action(*deadline.arguments, deadline.at)

    def _push(self, at: datetime, owner: Deadline | Expiring, key: str) -> None:
        self._sequence += 1
        is_first = not self._heap or at < self._heap[0][0]
        heapq.heappush(self._heap, (at, self._sequence, owner, key))
        if is_first:
            self.on_earlier()

    def _will_happen(self, entry: Entry) -> bool:
        at, sequence, owner, key = entry
        if isinstance(owner, Deadline):
            return owner.action is not None
        return sequence > self._dead.get((owner, key), 0) and owner.is_current(key, at)
