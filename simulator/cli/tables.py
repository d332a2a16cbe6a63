"""Lists for people and programs: a table on a terminal, tab-separated lines elsewhere, one JSON array on request."""

import sys
from collections.abc import Iterable, Sequence

import click
import orjson

Row = Sequence[object]


def print_json(value: object) -> None:
    """JSON, indented, to stdout."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))


def print_table(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Rows under column names: drawn where a person looks, plain where a program reads."""
    if sys.stdout.isatty():
        _draw(columns, rows)
        return
    click.echo("\t".join(columns))
    for row in rows:
        click.echo("\t".join(_cell(cell) for cell in row))


def _draw(columns: Sequence[str], rows: Iterable[Row]) -> None:
    from rich import box  # noqa: PLC0415 - 60 ms that only a terminal pays
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for position, column in enumerate(columns):
        table.add_column(column, no_wrap=position == 0, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(cell)) for cell in row))
    Console().print(table)


def _cell(cell: object) -> str:
    return " ".join(str(cell).split())
