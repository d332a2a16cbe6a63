"""The run as JUnit XML: one test case a scenario, the ladder as its output (semantics.md 21)."""

import re
from collections.abc import Callable
from typing import BinaryIO

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from simulator.scenario.reports.chronicle import Chapter
from simulator.scenario.reports.coverage import Coverage
from simulator.scenario.reports.ladder import ladder
from simulator.scenario.reports.printing import text_of
from simulator.scenario.reports.scoring import Scores
from simulator.scenario.results import Result, Status, known_lines

XML = b'<?xml version="1.0" encoding="UTF-8"?>\n'
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to carry, not even escaped."""

KINDS = {
    Status.FAILED: Failure,
    Status.SKIPPED: Skipped,
    Status.INCOMPLETE: Error,
    Status.BROKEN: Error,
    Status.UNREACHABLE: Error,
    Status.NOT_PLAYED: Skipped,
    Status.KNOWN: Skipped,
}


class Junit:
    """Collects a test case for every chapter and writes the file when the run has ended."""

    def __init__(self, coverage: Coverage, monotonic: Callable[[], float], scores: Scores | None = None) -> None:
        self._coverage = coverage
        self._scores = scores
        self._monotonic = monotonic
        self._since = monotonic()
        self._cases: list[TestCase] = []

    def add(self, chapter: Chapter) -> None:
        """One more scenario has ended."""
        now = self._monotonic()
        if chapter.result is not None:
            self._cases.append(_case(chapter, chapter.result, now - self._since))
        self._since = now

    def write(self, file: BinaryIO) -> None:
        """The document, whole; raises OSError."""
        suite = TestSuite("pnsim")
        suite.add_property("coverage", self._coverage.sentence())  # before the cases: the format has an order
        for row in self._scores.rows() if self._scores else ():
            suite.add_property(f"score.{row.name}", row.score)
        suite.add_testcases(self._cases)
        document = JUnitXml("pnsim")
        document.add_testsuite(suite)
        document.update_statistics()  # type: ignore[no-untyped-call]  # junitparser has no types
        file.write(XML + document.tostring())  # type: ignore[no-untyped-call]  # as above


def _case(chapter: Chapter, result: Result, seconds: float) -> TestCase:
    case = TestCase(result.name, classname=result.file, time=round(seconds, 3))
    kind = KINDS.get(result.status)
    if kind is not None:
        lines = [*(result.failure.lines() if result.failure else ()), *known_lines(result)] or [result.status.value]
        outcome = kind(sayable(lines[0]), result.status.value)
        outcome.text = sayable("\n".join(lines))
        case.result = [outcome]
    case.system_out = sayable(
        "\n".join((result.title, *result.remarks, "", *(text_of(line) for line in ladder(chapter))))
    )
    return case


def sayable(text: str) -> str:
    """`text` with a replacement character for everything that XML cannot carry."""
    return NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
