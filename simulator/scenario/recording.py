"""What was told of one scenario, kept to be told again: how a process that plays hands its story to the one that reports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from simulator.client.shapes import Row
from simulator.scenario.results import Result
from simulator.scenario.watching import Opening, Watcher

Told = tuple[str, tuple[object, ...]]
"""A method of Watcher and what it was given."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One scenario: what watchers are to be told of it, its result, and how many wall seconds it took."""

    result: Result
    told: Sequence[Told] = field(default=(), repr=False)
    wall_seconds: float = 0

    def tell(self, watcher: Watcher) -> None:
        """Everything once more, in its order, but for the end."""
        for what, given in self.told:
            getattr(watcher, what)(*given)


class Recorder:
    """A watcher that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def begin(self, opening: Opening) -> None:
        """Kept."""
        self.told.append(("begin", (opening,)))

    def named(self, name: str, number: str) -> None:
        """Kept."""
        self.told.append(("named", (name, number)))

    def row(self, row: Row) -> None:
        """Kept."""
        self.told.append(("row", (row,)))

    def jump(self, before: datetime, after: datetime) -> None:
        """Kept."""
        self.told.append(("jump", (before, after)))

    def end(self, result: Result) -> None:
        """The result travels by itself."""

    def finish(self, results: Sequence[Result]) -> None:
        """A run is more than one scenario."""
