"""What a run has seen of the contract: hangup causes and operations, by mode."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from simulator.client.shapes import Row
from simulator.contract.codes import hangup_causes
from simulator.contract.operations import operations
from simulator.scenario.results import Result
from simulator.scenario.watching import Opening

DOCUMENTED = "documented"
Code = TypeVar("Code", int, str)


@dataclass(slots=True)
class Coverage:
    """A watcher that counts; a cause or operation was seen however often."""

    causes: set[tuple[str, int]] = field(default_factory=set)
    """With the mode in which each was seen."""
    operations: set[tuple[str, str]] = field(default_factory=set)
    _mode: str = ""

    def begin(self, opening: Opening) -> None:
        """What follows is of this scenario's mode."""
        self._mode = opening.scenario.mode

    def named(self, name: str, number: str) -> None:
        """Nothing is counted of names."""

    def row(self, row: Row) -> None:
        """Calls that were released, and requests that were answered as an operation's."""
        if row["kind"] == "call_event" and row.get("event") == "released":
            self.causes.add((self._mode, int(str(row["hangup_cause"]))))
        elif row["kind"] == "api_request" and row["operation"]:
            self.operations.add((self._mode, str(row["operation"])))

    def jump(self, before: datetime, after: datetime) -> None:
        """Time is not counted."""

    def end(self, result: Result) -> None:
        """Nothing to do."""

    def finish(self, results: Sequence[Result]) -> None:
        """Nothing to do."""

    @property
    def documented_causes(self) -> Sequence[int]:
        """The documented hangup causes that were seen, in the order of the table."""
        seen = {cause for _, cause in self.causes}
        return [code for code, row in hangup_causes().items() if row.provenance == DOCUMENTED and code in seen]

    def as_json(self) -> dict[str, object]:
        """The counts, and what was seen in which mode."""
        return {
            "hangup_causes": {"seen": len(self.documented_causes), "of": causes_there_are()},
            "operations": {"seen": len(self.operations), "of": operations_there_are()},
            "causes_by_mode": _by_mode(self.causes),
            "operations_by_mode": _by_mode(self.operations),
        }

    def sentence(self) -> str:
        """The counts in one line."""
        causes = f"{len(self.documented_causes)} of {causes_there_are()} documented hangup causes"
        return f"{causes}, {len(self.operations)} of {operations_there_are()} operations seen"


def causes_there_are() -> int:
    """How many hangup causes are documented."""
    return sum(row.provenance == DOCUMENTED for row in hangup_causes().values())


def operations_there_are() -> int:
    """How many operations the five modes have; those of every mode count in each."""
    modes = {row.mode for row in operations() if row.mode is not None} | {"X"}
    return sum(1 if row.mode is not None else len(modes) for row in operations())


def _by_mode(seen: set[tuple[str, Code]]) -> dict[str, list[Code]]:
    modes = sorted({mode for mode, _ in seen})
    return {mode: sorted(what for its, what in seen if its == mode) for mode in modes}
