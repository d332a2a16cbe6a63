"""`pnsim profile`, `pnsim schemas`: what the contract says, as lists."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from simulator.cli.options import config_option
from simulator.cli.tables import Entry, Row, print_entries, print_json, print_table
from simulator.config import EDITIONS, load

JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="One JSON array.")


@click.command(short_help="Settings of the platform's behaviour, with provenance.")
@click.argument("words", nargs=-1, metavar="[WORDS…]")
@config_option
@click.option("--edition", type=click.Choice(EDITIONS), help="Generation of the documents; else the configuration's.")
@JSON_OPTION
def profile(words: tuple[str, ...], config: Path | None, edition: str | None, *, as_json: bool) -> None:
    """Every setting where the platform's documents leave its behaviour open: value, default, where that comes from.

    With a configuration file the values are those in force for its simulator. Changed ones are
    marked with *, and `from` says by what: a line of the file, or an edition of the documents.

    \b
    Examples:
      pnsim profile
      pnsim profile --edition 2019
      pnsim profile retry --config pnsim.toml
    """
    from simulator.cli.profiles import settings_in_force  # noqa: PLC0415 - read only when asked for

    found = settings_in_force(load(config, os.environ, {"edition": edition}))
    rows = [
        row for row in found if all(word.lower() in f"{row['name']} {row['en']} {row['zh']}".lower() for word in words)
    ]
    if not rows:
        raise click.UsageError(f"no setting holds {' and '.join(words)}; `pnsim profile` lists all {len(found)}")
    if as_json:
        print_json(rows)
        return
    columns = ("setting", "value", "default", "from", "provenance", "page", "meaning")
    print_entries(columns, map(_setting, rows), _setting_entry)


def _setting(row: dict[str, Any]) -> tuple[object, ...]:
    name = f"* {row['name']}" if row["changed"] else row["name"]
    meaning = row["en"] if row["built"] else f"(not changeable in this version) {row['en']}"
    values = (_plain(row["value"]), _plain(row["default"]), row["from"])
    return (name, *values, row["provenance"], row["page"], meaning)


def _setting_entry(row: Row) -> Entry:
    name, value, default, origin, provenance, page, meaning = map(str, row)
    instead = "" if value == default else f"default {default}, changed by {origin} · "
    return Entry(name, value, (meaning,), f"{instead}{provenance} · {page}")


def _plain(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "(empty)"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _operations(*, as_json: bool) -> None:
    from simulator.contract.operations import operations  # noqa: PLC0415 - read only when asked for

    rows = [asdict(row) for row in operations()]
    if as_json:
        print_json(rows)
        return
    columns = ("mode", "operation", "method", "path", "page", "does")
    print_table(
        columns,
        ((row["mode"] or "every", *(row[key] for key in columns[1:5]), f"{row['en']} {row['zh']}") for row in rows),
    )


@click.command(short_help="The JSON Schemas: list them or print one.")
@click.argument("name", required=False)
@click.option("--openapi", is_flag=True, help="The OpenAPI 3.1 document of the API and of what is pushed.")
@click.option("--control-openapi", is_flag=True, help="The OpenAPI 3.1 document of the control plane.")
@click.option(
    "--operations", is_flag=True, help="The operations of every mode: method, path, where they are described."
)
@JSON_OPTION
def schemas(name: str | None, *, openapi: bool, control_openapi: bool, operations: bool, as_json: bool) -> None:
    """The JSON Schemas of everything that goes over the wire: all their names, or the one of NAME.

    \b
    Examples:
      pnsim schemas
      pnsim schemas notifications/axb/fee
      pnsim schemas --openapi > openapi.json
    """
    if sum((name is not None, openapi, control_openapi, operations)) > 1:
        raise click.UsageError("NAME, --openapi, --control-openapi and --operations are different things; give one")
    if openapi:
        from simulator.contract.openapi import document  # noqa: PLC0415 - read only when asked for

        print_json(document())
        return
    if control_openapi:
        from simulator.cli.control_document import control_document  # noqa: PLC0415 - as above

        print_json(control_document())
        return
    if operations:
        _operations(as_json=as_json)
        return
    from simulator.contract.schemas import UnknownSchemaError, load, names  # noqa: PLC0415 - read only when asked for

    if name is not None:
        try:
            print_json(load(name.removesuffix(".json")))
        except UnknownSchemaError as unknown:
            raise click.BadParameter(f"{unknown}; `pnsim schemas` lists all", param_hint="NAME") from None
        return
    listed = [{"name": one, "title": load(one)["title"]} for one in names()]
    if as_json:
        print_json(listed)
        return
    print_table(("name", "title"), ((row["name"], row["title"]) for row in listed))
