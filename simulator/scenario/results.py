"""What a run comes to: one result a scenario, and the exit code of them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from simulator.scenario.places import Place
from simulator.scenario.verdict import Finding

LINES_SHOWN = 40


class Status(Enum):
    """How a scenario ended; `not played`: the run had ended before its turn."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    INCOMPLETE = "incomplete"
    BROKEN = "broken"
    UNREACHABLE = "unreachable"
    NOT_PLAYED = "not played"
    KNOWN = "failed as known"


@dataclass(frozen=True, slots=True)
class Failure:
    """Where and why a scenario stopped; `findings` for an expectation, `sentence` for everything else."""

    place: Place | None
    step: str
    sentence: str = ""
    findings: tuple[Finding, ...] = ()

    def lines(self) -> list[str]:
        """The failure for a person: at most 40 lines."""
        head = f"{self.place}: {self.step}" if self.place else self.step
        lines = [f"{head}: {self.sentence}" if self.sentence else head]
        for finding in self.findings:
            lines += [f"  expected  {finding.expected}", f"  got       {finding.got}"]
            lines += [f"  nearest   {finding.nearest}"] if finding.nearest else []
        if len(lines) <= LINES_SHOWN:
            return lines
        return [*lines[: LINES_SHOWN - 1], f"  … and {len(lines) - LINES_SHOWN + 1} lines more"]


class StepFailed(Exception):
    """A step that did not come out as it should."""

    def __init__(self, failure: Failure) -> None:
        super().__init__("\n".join(failure.lines()))
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario's outcome: how many of its steps were played, and why not all."""

    name: str
    file: str
    title: str
    status: Status
    steps_planned: int
    steps_done: int = 0
    failure: Failure | None = None
    given_up: int = 0
    """Notifications whose schedule was used up without an acknowledgement."""
    known: tuple[Failure, ...] = ()
    """Failures that are known, each with its reason: they do not fail the scenario."""
    scored: str = ""
    """The property of a receiver that the scenario scores."""
    unprobed: int = 0
    """Probes that were not judged, since the customer has none."""

    remarks: tuple[str, ...] = ()
    """Steps that were left out, and optional ones that were not done."""


PRECEDENCE = (
    (Status.BROKEN, 5),
    (Status.UNREACHABLE, 6),
    (Status.FAILED, 1),
    (Status.INCOMPLETE, 4),
    (Status.NOT_PLAYED, 4),
)
QUIET = frozenset({Status.PASSED, Status.SKIPPED, Status.KNOWN, Status.NOT_PLAYED})
"""Nothing went wrong in a scenario that ended so."""


def known_lines(result: Result) -> list[str]:
    """The known failures of a scenario for a person: at most 40 lines."""
    lines = [line for failure in result.known for line in failure.lines()]
    more = len(lines) - LINES_SHOWN + 1
    return lines if more <= 1 else [*lines[: LINES_SHOWN - 1], f"  … and {more} lines more"]


def counted(count: int, thing: str) -> str:
    """So many of a thing, in words."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def exit_code(results: Sequence[Result]) -> int:
    """0 passed, 1 failed, 4 nothing ran or not all of it, 5 the simulator broke, 6 out of reach."""
    statuses = {result.status for result in results}
    for status, code in PRECEDENCE:
        if status in statuses:
            return code
    return 0 if statuses & {Status.PASSED, Status.KNOWN} else 4


def summary(results: Sequence[Result]) -> str:
    """How many ended how, in one line."""
    counts = {status: sum(result.status is status for result in results) for status in Status}
    parts = [f"{count} {status.value}" for status, count in counts.items() if count]
    return ", ".join(parts) or "nothing ran: 0 scenarios"
