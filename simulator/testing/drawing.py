"""The call ladder of what a test did, and of a scenario, as text."""

from collections.abc import Iterable

from simulator.client.shapes import Row
from simulator.scenario.reports.chronicle import Chapter, Chronicle
from simulator.scenario.reports.ladder import ladder
from simulator.scenario.reports.printing import text_of
from simulator.scenario.results import Result, Status


def drawn(rows: Iterable[Row]) -> str:
    """The ladder of these rows of a journal; empty when nothing passed between anybody."""
    chapters: list[Chapter] = []
    chronicle = Chronicle(chapters.append)
    for row in rows:
        chronicle.row(row)
    chronicle.end(Result("test", "", "", Status.PASSED, 0))
    return drawn_chapter(chapters[0])


def drawn_chapter(chapter: Chapter) -> str:
    """The ladder of a chapter."""
    return "\n".join(text_of(line) for line in ladder(chapter))
