"""Lines of styled pieces: in colour and cut to the width on a terminal, plain text everywhere else."""

import re
from collections.abc import Sequence
from typing import Protocol, TextIO

from simulator.scenario.reports.visible import visible

Piece = tuple[str, str]
"""A text and its style: a word of rich such as `dim`, `green`, `bold`; empty for none."""
Line = Sequence[Piece]
FIRST_COLUMN = re.compile(r" *(?:\S+ {2,})?")
"""What stands before the column that a line fills: blanks, and a word with a gap behind it."""


class Printer(Protocol):
    """Prints one line; `whole` folds what a terminal would else cut, beneath the column that the line fills."""

    def __call__(self, line: Line, *, whole: bool = False) -> None: ...


def printer(stream: TextIO) -> Printer:
    """The way of printing that suits `stream`; rich is imported only for a terminal."""
    return _coloured(stream) if stream.isatty() else _plain(stream)


def text_of(line: Line) -> str:
    """A line without its styles, and without anything that steers a terminal."""
    return visible("".join(text for text, _ in line)).rstrip()


def _plain(stream: TextIO) -> Printer:
    encoding = getattr(stream, "encoding", None) or "utf-8"

    def show(line: Line, *, whole: bool = False) -> None:
        del whole  # nothing is cut
        known = text_of(line).encode(encoding, "replace").decode(encoding)
        stream.write(known + "\n")
        stream.flush()

    return show


def _coloured(stream: TextIO) -> Printer:
    from rich.console import Console  # noqa: PLC0415 - 60 ms, paid only on a terminal
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    console = Console(file=stream, highlight=False, emoji=False, markup=False)

    def show(line: Line, *, whole: bool = False) -> None:
        text = Text.assemble(*((visible(piece), style) for piece, style in line))
        if not whole:
            console.print(text, no_wrap=True, overflow="ellipsis")
            return
        first = FIRST_COLUMN.match(text.plain)
        head, rest = text.divide([first.end() if first else 0])
        grid = Table.grid()
        grid.add_column(width=head.cell_len, no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(head, rest)
        console.print(grid)

    return show
