"""Options of `pnsim request` from the request schemas: one a member, named by the core's word for it."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from simulator.contract.schemas import load
from simulator.scenario.loader import language

TYPES: dict[str, click.types.ParamType[Any]] = {"integer": click.INT, "flag": click.BOOL}
ALIASES = {"x_number": "--number"}


def member_options(operation: str) -> list[click.Option]:
    """An option for every member that the operation carries."""
    schema = load(str(language()["x-operations"][operation]["schema"]))
    required = set(schema.get("required", ()))
    return [_option(rule, is_required=name in required) for name, rule in _members(schema["properties"])]


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
