"""The reports of a run: what is printed, and the files that were asked for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import click

from simulator.clock import wall
from simulator.scenario.reports.chronicle import Chapter, Chronicle
from simulator.scenario.reports.coverage import Coverage
from simulator.scenario.reports.github import Annotations
from simulator.scenario.reports.ladder import ladder
from simulator.scenario.reports.ndjson import Ndjson
from simulator.scenario.reports.printing import Printer, printer
from simulator.scenario.reports.scoring import Scores
from simulator.scenario.reports.timeline import Timeline
from simulator.scenario.watching import Watcher, Watchers


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reports a run is to have; paths are of files that are written anew."""

    quiet: bool = False
    ladder: bool = False
    github: bool = False
    ndjson: Path | None = None
    junit: Path | None = None
    html: Path | None = None


@contextmanager
def reports(wanted: Wanted, monotonic: Callable[[], float] = wall.monotonic) -> Iterator[Watcher]:
    """One watcher for all of them; `monotonic` measures how long scenarios take.

    Raises BadParameter for a file that cannot be written, before anything is played.
    """
    show, coverage = printer(sys.stdout), Coverage()
    scores = Scores(show)
    with ExitStack() as stack:
        watchers: list[Watcher] = [coverage, scores, Timeline(show, coverage, details=not wanted.quiet)]
        if wanted.ladder:
            watchers.append(Chronicle(lambda chapter: _show(chapter, show)))
        if wanted.ndjson:
            watchers.append(Ndjson(stack.enter_context(_opened(wanted.ndjson, "--ndjson")), coverage, scores))
        if wanted.junit:
            watchers.append(_junit(stack.enter_context(_opened(wanted.junit, "--junit")), coverage, scores, monotonic))
        if wanted.html:
            watchers.append(_html(stack.enter_context(_opened(wanted.html, "--html")), coverage, scores))
        if wanted.github:
            watchers.append(Annotations(click.echo))
        yield Watchers(watchers)


def _show(chapter: Chapter, show: Printer) -> None:
    for line in ladder(chapter):
        show(line)
    show([])


def _junit(file: BinaryIO, coverage: Coverage, scores: Scores, monotonic: Callable[[], float]) -> Watcher:
    from simulator.scenario.reports.junit import Junit  # noqa: PLC0415 - an XML library, only for those who want it

    junit = Junit(coverage, monotonic, scores)
    return Chronicle(junit.add, lambda: junit.write(file))


def _html(file: BinaryIO, coverage: Coverage, scores: Scores) -> Watcher:
    from simulator.scenario.reports.html import page  # noqa: PLC0415 - only for those who want it

    chapters: list[Chapter] = []
    return Chronicle(chapters.append, lambda: file.write(page(chapters, coverage, scores).encode("utf-8", "replace")))


def _opened(path: Path, option: str) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", param_hint=option) from None
