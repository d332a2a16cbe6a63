"""How a receiver scored, by property: of the checks that were played, how many it passed (schemas/codes/properties.json)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import orjson

from simulator.client.shapes import Row
from simulator.resources import read_bytes
from simulator.scenario.reports.printing import Printer
from simulator.scenario.results import Failure, Result, Status, counted
from simulator.scenario.watching import Opening

WHY_WIDTH = 100
COUNTED = (Status.PASSED, Status.KNOWN, Status.FAILED)
"""Endings that say something of the receiver."""


@cache
def properties() -> Mapping[str, Mapping[str, str]]:
    """The properties by name, in the order of the table."""
    rows = orjson.loads(read_bytes("schemas/codes/properties.json"))["rows"]
    return {row["property"]: row for row in rows}


@dataclass(slots=True)
class Score:
    """One property: checks played and passed, those where nothing could be counted, and why the others failed."""

    name: str
    zh: str
    en: str
    played: int = 0
    passed: int = 0
    unprobed: int = 0
    why: list[str] = field(default_factory=list)

    @property
    def score(self) -> str:
        """`50 % (1 of 2)`, and whether the customer's own API was asked."""
        percent = round(100 * self.passed / self.played)
        seen = ", answers only" if self.unprobed else ""
        return f"{percent} % ({self.passed} of {self.played}{seen})"


class Scores:
    """A watcher that counts, and prints the table at the end; nothing where nothing was scored."""

    def __init__(self, show: Printer | None = None) -> None:
        self._show = show
        self._scores: dict[str, Score] = {}

    def rows(self) -> Sequence[Score]:
        """What was scored, in the order of the table."""
        return [self._scores[name] for name in properties() if name in self._scores]

    def sentence(self) -> str:
        """The whole in one line."""
        rows = self.rows()
        held = sum(row.passed == row.played for row in rows)
        unprobed = any(row.unprobed for row in rows)
        said = f"the receiver has {held} of {counted(len(rows), 'property').replace('propertys', 'properties')}"
        return (
            f"{said}; what it counted was not asked: --customer URL and [customer.probe] (README)" if unprobed else said
        )

    def as_json(self) -> Mapping[str, Any]:
        """The scores for a program."""
        return {
            row.name: {"passed": row.passed, "played": row.played, "unprobed": row.unprobed, "why": row.why}
            for row in self.rows()
        }

    def begin(self, opening: Opening) -> None:
        """Nothing is scored before the end."""

    def named(self, name: str, number: str) -> None:
        """Nothing is scored of names."""

    def row(self, row: Row) -> None:
        """Nothing is scored of rows."""

    def jump(self, before: datetime, after: datetime) -> None:
        """Time is not scored."""

    def end(self, result: Result) -> None:
        """One more check."""
        if not result.scored or result.status not in COUNTED:
            return
        about = properties()[result.scored]
        score = self._scores.setdefault(result.scored, Score(result.scored, about["zh"], about["en"]))
        score.played += 1
        score.passed += result.status is Status.PASSED
        score.unprobed += bool(result.unprobed)
        failures = [*([result.failure] if result.failure else ()), *result.known]
        score.why += [f"{result.name}: {_why(failure)}" for failure in failures]

    def finish(self, results: Sequence[Result]) -> None:
        """The table."""
        del results  # each was scored when it ended
        rows = self.rows()
        if self._show is None or not rows:
            return
        self._show([("how the receiver scored", "bold")])
        for row in rows:
            good = row.passed == row.played
            mark, style = ("✓", "green") if good else ("✗", "red")
            self._show([(f" {mark} {row.name:<26}", style), (f"{row.score:<24}", "bold"), (f"  {row.en}", "dim")])
            for why in row.why:
                self._show([(f"     {why}", style)], whole=True)
        self._show([(self.sentence(), "bold")])
        self._show([])


def _why(failure: Failure) -> str:
    """A failure in one line."""
    if not failure.findings:
        return failure.sentence
    first = failure.findings[0]
    got = first.got if len(first.got) <= WHY_WIDTH else f"{first.got[: WHY_WIDTH - 1]}…"
    return f"expected {first.expected}, got {got}"
