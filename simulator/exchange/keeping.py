"""Keeping the living and the last of the finished: a dictionary whose finished part is bounded."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import chain, islice
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Kept(Generic[Thing]):
    """Things by id. What is finished moves to the end of a queue, and the oldest finished ones are forgotten."""

    def __init__(self, finished_limit: int, on_forgotten: Callable[[Thing], None] = lambda _: None) -> None:
        self._limit = finished_limit
        self._on_forgotten = on_forgotten
        self._living: dict[str, Thing] = {}
        self._finished: OrderedDict[str, Thing] = OrderedDict()

    def __len__(self) -> int:
        return len(self._living) + len(self._finished)

    @property
    def living(self) -> int:
        """How many are not finished."""
        return len(self._living)

    def add(self, key: str, thing: Thing) -> None:
        """Something new, or something finished that lives again."""
        self._finished.pop(key, None)
        self._living[key] = thing

    def finish(self, key: str) -> None:
        """It is finished; the oldest finished beyond the limit is forgotten."""
        self._finished[key] = self._living.pop(key)
        if len(self._finished) > self._limit:
            _, oldest = self._finished.popitem(last=False)
            self._on_forgotten(oldest)

    def get(self, key: str) -> Thing | None:
        """The thing, living or finished; None when there is none or it was forgotten."""
        return self._living.get(key) or self._finished.get(key)

    def remove(self, key: str) -> None:
        """Forget it at once."""
        thing = self._living.pop(key, None) or self._finished.pop(key, None)
        if thing is not None:
            self._on_forgotten(thing)

    def newest(self, where: Callable[[Thing], bool], limit: int) -> Sequence[Thing]:
        """Those that `where` likes: the living, then the finished, each the newest first."""
        everything = chain(reversed(self._living.values()), reversed(self._finished.values()))
        return tuple(islice((thing for thing in everything if where(thing)), limit))
