"""Options of `pnsim request` from the request schemas: one a member, named by the core's word for it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from simulator.contract.operations import Operation
from simulator.contract.schemas import load, names

TYPES: dict[str, click.types.ParamType[Any]] = {"integer": click.INT, "flag": click.BOOL}
ALIASES = {"x_number": "--number"}


def member_options(rows: Iterable[Operation]) -> list[click.Option]:
    """An option for every member that an operation carries in any of its modes."""
    options: dict[str, click.Option] = {}
    for row in (row for row in rows if row.request in names()):
        schema = load(row.request)
        required = set(schema.get("required", ()))
        for name, rule in _members(schema["properties"]):
            options.setdefault(rule["x-field"]["name"], _option(rule, is_required=name in required))
    return list(options.values())


def _members(properties: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members, those of nested objects too."""
    for name, rule in properties.items():
        if "properties" in rule:
            yield from _members(rule["properties"])
        else:
            yield name, rule


def _option(rule: Mapping[str, Any], *, is_required: bool) -> click.Option:
    """The option; one that the platform requires may be left out all the same: what it answers then is worth seeing."""
    word, kind = rule["x-field"]["name"], rule["x-field"]["kind"]
    flags = [f"--{word.replace('_', '-')}", *([ALIASES[word]] if word in ALIASES else [])]
    return click.Option(
        [*flags, word],
        type=TYPES.get(kind, click.STRING),
        help=("required: " if is_required else "") + rule["description"],
    )
