"""Lists for people and programs: a table on a terminal, tab-separated lines elsewhere, one JSON array on request."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click
import orjson

if TYPE_CHECKING:
    from rich.console import Console

Row = Sequence[object]
ENTRY_INDENT = 4
READABLE = 14
"""Characters that a column needs before its cells are folded."""
GAP = 3
"""Characters between two columns."""


class Entry(NamedTuple):
    """One row for a person: its name and what it comes to, sentences, and codes or places in small print."""

    name: str
    value: str
    lines: Sequence[str]
    source: str


def print_json(value: object) -> None:
    """JSON, indented, to stdout."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))


def print_table(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Rows under column names: drawn where a person looks, plain where a program reads."""
    if sys.stdout.isatty():
        _draw(columns, rows)
    else:
        _print_plain(columns, rows)


def print_entries(columns: Sequence[str], rows: Iterable[Row], entry: Callable[[Row], Entry]) -> None:
    """Rows too long for a table: entries beneath one another where a person looks, plain where a program reads."""
    if sys.stdout.isatty():
        _draw_entries([entry(row) for row in rows])
    else:
        _print_plain(columns, rows)


def _print_plain(columns: Sequence[str], rows: Iterable[Row]) -> None:
    click.echo("\t".join(columns))
    for row in rows:
        click.echo("\t".join(_cell(cell) for cell in row))


def _draw(columns: Sequence[str], rows: Iterable[Row]) -> None:
    from rich.console import Console  # noqa: PLC0415 - 60 ms that only a terminal pays

    shown = [[_cell(cell) for cell in row] for row in rows]
    console = Console()
    if _width(columns, shown) <= console.width:
        _draw_table(console, columns, shown)
    else:
        _draw_rows(console, columns, shown)


def _width(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """What a table of these rows needs to be read: its first column whole, of the others what is not folded to shreds."""
    from rich.cells import cell_len  # noqa: PLC0415 - as in _draw

    wholes = [max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True)]
    return sum(wholes[:1]) + sum(min(whole, READABLE) for whole in wholes[1:]) + GAP * len(wholes)


def _draw_table(console: "Console", columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box  # noqa: PLC0415 - as in _draw
    from rich.table import Table  # noqa: PLC0415 - as in _draw
    from rich.text import Text  # noqa: PLC0415 - as in _draw

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for position, column in enumerate(columns):
        table.add_column(column, no_wrap=position == 0, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _draw_rows(console: "Console", columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Where a table has no room: each row by itself, every value after its name."""
    from rich.padding import Padding  # noqa: PLC0415 - as in _draw
    from rich.text import Text  # noqa: PLC0415 - as in _draw

    for first, *others in rows:
        console.print(Text(first, "bold", overflow="fold"))
        pairs = [((f"{name} ", "dim"), value) for name, value in zip(columns[1:], others, strict=True) if value]
        told = Text("  ", overflow="fold").join(Text.assemble(*pair) for pair in pairs)
        console.print(Padding(told, (0, 0, 0, ENTRY_INDENT), expand=False))


def _draw_entries(entries: Sequence[Entry]) -> None:
    from rich.console import Console  # noqa: PLC0415 - 60 ms that only a terminal pays
    from rich.padding import Padding  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    console = Console(highlight=False)
    for entry in entries:
        console.print(Text.assemble((entry.name, "bold cyan"), "  ", (_cell(entry.value), "bold")))
        for line in entry.lines:
            console.print(Padding(Text(_cell(line), overflow="fold"), (0, 0, 0, ENTRY_INDENT), expand=False))
        console.print(Padding(Text(entry.source, "dim", overflow="fold"), (0, 0, 0, ENTRY_INDENT), expand=False))
        console.print()


def _cell(cell: object) -> str:
    """On one line; what would steer a terminal or cannot be written is shown by its escape."""
    text = " ".join(str(cell).split())
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
