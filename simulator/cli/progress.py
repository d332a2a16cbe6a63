"""How far a run is: one line on stderr, only where that is a terminal, gone when something else is printed or all is done."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TextIO

from simulator.client.shapes import Row
from simulator.scenario.results import QUIET, Result, Status
from simulator.scenario.watching import Opening, Watcher

if TYPE_CHECKING:
    from rich.console import Console

CLEAR = "\r\x1b[2K"
NAMED = 4
"""So many of the scenarios that are being played are named."""


class Progress(Protocol):
    """Shows how far a run is."""

    def around(self, watcher: Watcher) -> Watcher:
        """The watcher, followed; what it prints and the line do not get in each other's way."""

    def playing(self, names: Sequence[str]) -> None:
        """These are being played now."""

    def close(self) -> None:
        """Take the line away."""


def progress(planned: int, stream: TextIO | None = None) -> Progress:
    """For a run of so many scenarios on `stream`, which is stderr unless it is given; rich is imported for a terminal only."""
    stream = stream or sys.stderr
    if not stream.isatty():
        return NoProgress()
    from rich.console import Console  # noqa: PLC0415 - 60 ms, paid only on a terminal

    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    return NoProgress() if console.is_dumb_terminal or console.legacy_windows else ProgressLine(console, planned)


class NoProgress:
    """Nobody looks."""

    def around(self, watcher: Watcher) -> Watcher:
        """The watcher itself."""
        return watcher

    def playing(self, names: Sequence[str]) -> None:
        """Nothing to show."""

    def close(self) -> None:
        """Nothing to take away."""


class ProgressLine:
    """`12 of 63 · 1 failed · playing axb_busy, axb_no_answer`."""

    def __init__(self, console: "Console", planned: int) -> None:
        self._console = console
        self._planned = planned
        self._done = self._bad = 0
        self._names: Sequence[str] = ()
        self._line = ""

    def around(self, watcher: Watcher) -> Watcher:
        """Clears the line before each event and draws it after."""
        return _Around(watcher, self)

    def playing(self, names: Sequence[str]) -> None:
        """Draw the line anew with these names."""
        self._names = names
        self._render()
        self.show()

    def begun(self, name: str) -> None:
        """This one too is being played, in this process."""
        if name not in self._names:
            self.playing([*self._names, name])

    def ended(self, result: Result) -> None:
        """One more is done."""
        self._done += result.status is not Status.NOT_PLAYED
        self._bad += result.status not in QUIET
        self._names = [name for name in self._names if name != result.name]
        self._render()

    def hide(self) -> None:
        """Make room for what is printed."""
        self._console.file.write(CLEAR)
        self._console.file.flush()

    def show(self) -> None:
        """Draw the line."""
        self._console.file.write(CLEAR + self._line)
        self._console.file.flush()

    def close(self) -> None:
        """Take the line away."""
        self.hide()

    def _render(self) -> None:
        parts = [(f" {self._done} of {self._planned}", "bold")]
        parts += [(f" · {self._bad} not passed", "red")] if self._bad else []
        more = len(self._names) - NAMED
        named = ", ".join(self._names[:NAMED]) + (f" and {more} more" if more > 0 else "")
        parts += [(f" · playing {named}", "dim")] if named else []
        self._line = self._drawn(parts)

    def _drawn(self, parts: Sequence[tuple[str, str]]) -> str:
        from rich.text import Text  # noqa: PLC0415 - imported already where there is a console

        with self._console.capture() as drawn:
            text = Text.assemble(*parts)
            text.truncate(self._console.width - 1, overflow="ellipsis")  # a full line would wrap
            self._console.print(text, end="")
        return drawn.get()


class _Around:
    """Tells a watcher while the line is away."""

    def __init__(self, watcher: Watcher, line: ProgressLine) -> None:
        self._watcher = watcher
        self._line = line

    def begin(self, opening: Opening) -> None:
        """Tell it, and draw the line with this scenario."""
        self._tell(lambda: self._watcher.begin(opening))
        self._line.begun(opening.scenario.label)

    def named(self, name: str, number: str) -> None:
        """Tell it."""
        self._tell(lambda: self._watcher.named(name, number))

    def row(self, row: Row) -> None:
        """Tell it."""
        self._tell(lambda: self._watcher.row(row))

    def jump(self, before: datetime, after: datetime) -> None:
        """Tell it."""
        self._tell(lambda: self._watcher.jump(before, after))

    def end(self, result: Result) -> None:
        """Tell it, and count."""
        self._line.ended(result)
        self._tell(lambda: self._watcher.end(result))

    def finish(self, results: Sequence[Result]) -> None:
        """Tell it."""
        self._tell(lambda: self._watcher.finish(results))

    def _tell(self, tell: Callable[[], None]) -> None:
        self._line.hide()
        tell()
        self._line.show()
