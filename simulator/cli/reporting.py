"""The reports of a run: what is printed, and the files that were asked for."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

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

if TYPE_CHECKING:
    from typing_extensions import Buffer


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

    Raises BadParameter for a file that cannot be written, before anything is played, or when its disk is full.
    """
    _refuse_one_file_for_two(wanted)
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


def _refuse_one_file_for_two(wanted: Wanted) -> None:
    taken: dict[Path, str] = {}
    for option, path in (("--ndjson", wanted.ndjson), ("--junit", wanted.junit), ("--html", wanted.html)):
        if path is None or (path.exists() and not path.is_file()):  # a pipe or a terminal may get several
            continue
        other = taken.setdefault(path.resolve(), option)
        if other != option:
            raise click.BadParameter(
                f"{path} is that of {other} already; give each a file of its own", param_hint=option
            )


def _opened(path: Path, option: str) -> BinaryIO:
    with _said(path, option):
        return Paper(path, option)


class Paper(io.BufferedWriter):
    """The file of a report; what cannot be written to it is said of its option. Raises BadParameter."""

    def __init__(self, path: Path, option: str) -> None:
        self._about = path, option
        super().__init__(io.FileIO(path, "wb"))

    def write(self, data: "Buffer", /) -> int:
        """As every file."""
        with _said(*self._about):
            return super().write(data)

    def flush(self) -> None:
        """As every file."""
        with _said(*self._about):
            super().flush()


@contextmanager
def _said(path: Path, option: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", param_hint=option) from None
