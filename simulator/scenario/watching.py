"""What a run tells those who watch it: reports are watchers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from simulator.client.shapes import Row
from simulator.scenario.language import Scenario
from simulator.scenario.results import Result

CDR_ROW = "cdr"
"""The kind of the rows that the world adds to the journal's: a finished call's CDR in the core's words."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A scenario that begins: who is who, and who is told."""

    scenario: Scenario
    cast: Mapping[str, str]
    seed: int
    app_key: str
    receiver: str


class Watcher(Protocol):
    """Is told of a run as it happens."""

    def begin(self, opening: Opening) -> None:
        """A scenario begins."""

    def named(self, name: str, number: str) -> None:
        """The scenario calls a number by this name from now on: one that a bind was given."""

    def row(self, row: Row) -> None:
        """The journal has got a row, or a call its CDR."""

    def jump(self, before: datetime, after: datetime) -> None:
        """The clock was moved."""

    def end(self, result: Result) -> None:
        """A scenario has ended, or was not played at all."""

    def finish(self, results: Sequence[Result]) -> None:
        """The run has ended."""


class Watchers:
    """Several watchers as one."""

    def __init__(self, watchers: Sequence[Watcher]) -> None:
        self._watchers = watchers

    def begin(self, opening: Opening) -> None:
        """Tell each."""
        self._each(lambda watcher: watcher.begin(opening))

    def named(self, name: str, number: str) -> None:
        """Tell each."""
        self._each(lambda watcher: watcher.named(name, number))

    def row(self, row: Row) -> None:
        """Tell each."""
        self._each(lambda watcher: watcher.row(row))

    def jump(self, before: datetime, after: datetime) -> None:
        """Tell each."""
        self._each(lambda watcher: watcher.jump(before, after))

    def end(self, result: Result) -> None:
        """Tell each."""
        self._each(lambda watcher: watcher.end(result))

    def finish(self, results: Sequence[Result]) -> None:
        """Tell each."""
        self._each(lambda watcher: watcher.finish(results))

    def _each(self, tell: Callable[[Watcher], None]) -> None:
        for watcher in self._watchers:
            tell(watcher)
