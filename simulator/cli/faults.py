"""`pnsim faults`: the table of faults, and those of a running simulator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from simulator.cli.loop import run as run_loop
from simulator.cli.reaching import Place, simulator_options
from simulator.cli.tables import Entry, Row, print_entries, print_json, print_table
from simulator.client.client import ControlClient
from simulator.client.shapes import Fault
from simulator.contract.faults import (
    FAULT,
    BadFault,
    FaultRow,
    Setting,
    as_written,
    fault_rows,
    rule,
    shared_settings,
)

SHARED = ("app_key", FAULT, "kinds", "count", "probability", "hits", "left")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    words: tuple[str, ...]
    add: bool
    clear: bool
    app: str | None
    place: Place
    as_json: bool


@click.command(short_help="Wrong notifications on purpose: list, set, take away.")
@click.argument("words", nargs=-1, metavar="[FAULT [NAME=VALUE]…]")
@click.option("--list", "as_table", is_flag=True, help="The table of all faults, with what each takes.")
@click.option("--add", is_flag=True, help="Keep the faults that are in force, and add this one behind them.")
@click.option("--clear", is_flag=True, help="Take the faults away: of --app, else of all applications.")
@click.option("--app", metavar="KEY", help="The application; needed where there are several.")
@simulator_options
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def faults(*, as_table: bool, **options: Any) -> None:
    """Let a running simulator send notifications that are wrong on purpose.

    With FAULT: from now on messages of the application are hit by it, by all that fit unless kinds, count or
    probability say less; what else it takes, --list says. Without: the faults in force.

    \b
    Examples:
      pnsim faults --list
      pnsim faults gzip kinds=disconnect,fee count=2 --app axb-demo
      pnsim faults late hours=5 probability=0.1 --app axb-demo --add
      pnsim faults --clear
    """
    asked = Asked(**options)
    if as_table:
        _print_table(asked)
        return
    if asked.clear and (asked.words or asked.add):
        raise click.UsageError("--clear takes faults away; to set others give FAULT alone")
    if asked.add and not asked.words:
        raise click.UsageError("--add needs a FAULT: `pnsim faults --list` lists them")
    wanted = _wanted(asked.words) if asked.words else None
    in_force = run_loop(_ask(asked, wanted))
    if asked.as_json:
        print_json(in_force)
        return
    print_table(("app", *SHARED[1:], "takes"), map(_rule, in_force))


def _print_table(asked: Asked) -> None:
    if asked.words or asked.clear or asked.add:
        raise click.UsageError("--list prints the table of faults and takes nothing else but --json")
    if asked.as_json:
        print_json([_as_json(row) for row in fault_rows().values()])
        return
    rows = ((row.fault, row.sort, row.en, row.zh, _takes(row), row.page) for row in fault_rows().values())
    print_entries((FAULT, "sort", "does", "含义", "takes", "page"), rows, _entry)
    click.echo(f"all take {', '.join(map(_told, shared_settings()))}", err=True)


def _entry(row: Row) -> Entry:
    name, sort, does, meaning, takes, page = map(str, row)
    return Entry(name, does, (meaning, f"takes {takes}" if takes else "takes nothing of its own"), f"{sort} · {page}")


def _takes(row: FaultRow) -> str:
    return "; ".join(map(_told, row.parameters))


def _told(setting: Setting) -> str:
    default = "" if setting.default is None else f" [{setting.default}]"
    return f"{setting.name}: {setting.en}{default}"


def _as_json(row: FaultRow) -> dict[str, object]:
    own = [{"name": one.name, "default": one.default, "zh": one.zh, "en": one.en} for one in row.parameters]
    members = ("fault", "sort", "asking", "kinds", "page", "zh", "en")
    return {**{name: getattr(row, name) for name in members}, "parameters": own}


def _rule(one: Fault) -> tuple[object, ...]:
    shared = [one[name] for name in SHARED]
    own = [f"{name}={value}" for name, value in one.items() if name not in SHARED and value is not None]
    return (*("" if cell is None else _plain(cell) for cell in shared), " ".join(own))


def _plain(cell: object) -> object:
    return ",".join(map(str, cell)) if isinstance(cell, list) else cell


def _wanted(words: Sequence[str]) -> dict[str, object]:
    """The rule that the words say, every value as what it must be; raises click.UsageError."""
    name, *settings = words
    row = fault_rows().get(name)
    known = {one.name: one for one in (*shared_settings(), *row.parameters)} if row else {}
    written: dict[str, object] = {FAULT: name}
    for word in settings:
        key, equals, value = word.partition("=")
        if not equals:
            raise click.UsageError(f"{word!r} is not NAME=VALUE, such as count=2 or kinds=disconnect,fee")
        written[key] = _value(known[key].type, value) if key in known else value
    try:
        made = rule(written)
    except BadFault as wrong:
        raise click.UsageError(str(wrong)) from None
    return as_written(made)


def _value(kind: str, text: str) -> object:
    """A value of the command line as what it must be; one that is not stays a text, to be complained of."""
    if kind == "kinds":
        return [one for one in text.split(",") if one]
    try:
        return int(text) if kind == "integer" else float(text) if kind == "number" else text
    except ValueError:
        return text


async def _ask(asked: Asked, wanted: dict[str, object] | None) -> list[Fault]:
    """Sets, takes away or only looks; the faults in force then."""
    async with asked.place.reached() as control:
        if asked.clear:
            await control.clear_faults(asked.app)
        if wanted is None:
            return await control.faults(asked.app)
        app_key = asked.app or await _only_app(control)
        before = await control.faults(app_key) if asked.add else []
        return await control.set_faults(app_key, [*map(_again, before), wanted])


def _again(one: Fault) -> dict[str, object]:
    """A rule in force, as it is written; of a counted one what is left."""
    written = {name: value for name, value in one.items() if name not in ("app_key", "hits", "left")}
    return {**written, "count": one["left"]}


async def _only_app(control: ControlClient) -> str:
    keys = [app["app_key"] for app in await control.apps()]
    if len(keys) != 1:
        there = ", ".join(keys) or "none"
        raise click.UsageError(f"whose notifications? Give --app KEY; there are: {there}")
    return keys[0]
