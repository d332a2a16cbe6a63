"""Failures as annotations on the lines of the scenario files, in the words of GitHub's workflow commands."""

from collections.abc import Callable, Sequence
from datetime import datetime

from simulator.client.shapes import Row
from simulator.scenario.reports.visible import visible
from simulator.scenario.results import QUIET, Result, counted
from simulator.scenario.watching import Opening

ANNOTATIONS = 9
"""GitHub shows ten a step: nine failures, and how many more there are."""


class Annotations:
    """A watcher that says, at the end of a run, which lines to look at."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def begin(self, opening: Opening) -> None:
        """Nothing to say yet."""

    def named(self, name: str, number: str) -> None:
        """Nothing to say."""

    def row(self, row: Row) -> None:
        """Nothing to say."""

    def jump(self, before: datetime, after: datetime) -> None:
        """Nothing to say."""

    def end(self, result: Result) -> None:
        """Nothing to say before all have ended."""

    def finish(self, results: Sequence[Result]) -> None:
        """The annotations."""
        for line in annotations(results):
            self._say(line)


def annotations(results: Sequence[Result]) -> list[str]:
    """The failures as annotations of GitHub: nine of them, then how many more (it shows ten a step)."""
    bad = [result for result in results if result.status not in QUIET]
    shown = [_annotation(result) for result in bad[:ANNOTATIONS]]
    more = len(bad) - ANNOTATIONS
    return [*shown, f"::error title=pnsim::{counted(more, 'more scenario')} did not pass"] if more > 0 else shown


def _annotation(result: Result) -> str:
    place = result.failure.place if result.failure else None
    where = f"file={_property(place.file)},line={place.line}" if place else f"file={_property(result.file)}"
    lines = result.failure.lines() if result.failure else [result.status.value]
    return f"::error {where},title={_property(f'{result.name} {result.status.value}')}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    return visible(text, "\r\n").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
