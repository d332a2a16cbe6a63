"""Lines of styled pieces: in colour and cut to the width on a terminal, plain text everywhere else."""

from collections.abc import Sequence
from typing import Literal, Protocol, TextIO

Piece = tuple[str, str]
"""A text and its style: a word of rich such as `dim`, `green`, `bold`; empty for none."""
Line = Sequence[Piece]


class Printer(Protocol):
    """Prints one line; `whole` folds what a terminal would else cut."""

    def __call__(self, line: Line, *, whole: bool = False) -> None: ...


def printer(stream: TextIO) -> Printer:
    """The way of printing that suits `stream`; rich is imported only for a terminal."""
    return _coloured(stream) if stream.isatty() else _plain(stream)


def text_of(line: Line) -> str:
    """A line without its styles."""
    return "".join(text for text, _ in line).rstrip()


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
    from rich.text import Text  # noqa: PLC0415 - as above

    console = Console(file=stream, highlight=False, emoji=False, markup=False)

    def show(line: Line, *, whole: bool = False) -> None:
        overflow: Literal["fold", "ellipsis"] = "fold" if whole else "ellipsis"
        console.print(Text.assemble(*line), no_wrap=not whole, overflow=overflow, crop=not whole)

    return show
