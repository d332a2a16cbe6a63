"""The one reader of request members: a table made from the `x-field` words of a request schema.

What it tolerates is what production takes (ax_axb.md 0, observed.md): strings for integers and flags, integers for
texts, null and "" for absent.
"""

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from simulator.contract.profile import Profile
from simulator.contract.schemas import load
from simulator.telephony.errors import Reason, Refused

FLAGS: Mapping[object, bool] = {True: True, False: False, "true": True, "false": False}
LONGEST_INTEGER = 4000
"""Characters of an integer in a string: Python reads and writes no more than 4300 digits."""


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a request: its name on the wire, the core's word for it, and what is allowed in it."""

    wire: str
    core: str
    read: Callable[["Field", object], object]
    required: bool
    empty_means_none: bool
    minimum: int | None
    maximum: int | None
    longest: int | None
    pattern: re.Pattern[str] | None
    choices: frozenset[str] | None
    members: tuple["Field", ...]
    place: str = ""
    """`mode.operation.member`, as the profile's `ignored_request_members` names it."""
    least_above_zero: int | None = None
    """An integer is 0 or at least this (AXYB durations)."""


def text(field: Field, value: object) -> str:
    """A text, or an integer, 3.0 too, as its digits; raises ValueError saying what would be right."""
    if type(value) is int or (type(value) is float and value.is_integer()):
        value = str(int(value))
    if type(value) is not str:
        raise ValueError(f"a string is needed, not {value!r:.60}")
    if field.longest is not None and len(value) > field.longest:
        raise ValueError(f"at most {field.longest} characters are allowed, these are {len(value)}")
    if field.choices is not None and value not in field.choices:
        raise ValueError(f"{value!r:.60} is none of {', '.join(sorted(field.choices))}")
    if field.pattern is not None and not field.pattern.fullmatch(value):
        raise ValueError(f"{value!r:.60} has a character that is not allowed")
    return value


def integer(field: Field, value: object) -> int:
    """An integer, also in a string; raises ValueError saying what would be right."""
    number = whole(value)
    if number is None:
        raise ValueError(f"an integer is needed, not {value!r:.60}")
    if field.minimum is not None and number < field.minimum:
        raise ValueError(f"{number} is less than {field.minimum}")
    if field.maximum is not None and number > field.maximum:
        raise ValueError(f"{number} is more than {field.maximum}")
    if field.least_above_zero is not None and 0 < number < field.least_above_zero:
        raise ValueError(f"{number} is neither 0 nor at least {field.least_above_zero}")
    return number


def whole(value: object) -> int | None:
    """The integer that a JSON value is or spells; None when it does neither."""
    if type(value) is int:
        return value
    if type(value) is str and len(value) <= LONGEST_INTEGER and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    return int(value) if type(value) is float and value.is_integer() else None


def flag(_: Field, value: object) -> bool:
    """True or false, also in a string; raises ValueError saying what would be right."""
    if type(value) not in (bool, str) or value not in FLAGS:
        raise ValueError(f"true or false is needed, not {value!r:.60}")
    return FLAGS[value]


def group(_: Field, value: object) -> Mapping[str, object]:
    """An object; raises ValueError otherwise."""
    if type(value) is not dict:
        raise ValueError(f"an object is needed, not {value!r:.60}")
    return value


READERS: Mapping[str, Callable[[Field, object], object]] = {
    "text": text,
    "number": text,
    "voice_file": text,
    "integer": integer,
    "flag": flag,
    "object": group,
}


@cache
def fields(schema_name: str) -> tuple[Field, ...]:
    """The table of a request schema."""
    _, mode, operation = schema_name.removesuffix(".request").split("/")
    return tuple(replace(each, place=f"{mode}.{operation}.{each.wire}") for each in table(load(schema_name)))


@cache
def words(schema_name: str) -> Mapping[str, bool]:
    """The core's words that a request carries, those of nested objects too, and whether each is required."""
    return dict(_words(fields(schema_name)))


def _words(table: tuple["Field", ...]) -> Iterator[tuple[str, bool]]:
    for each in table:
        if each.members:
            yield from _words(each.members)
        else:
            yield each.core, each.required


def table(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a schema's properties, in its order."""
    required = schema.get("required", ())
    return tuple(field(wire, rule, required=wire in required) for wire, rule in schema["properties"].items())


def field(wire: str, rule: Mapping[str, Any], *, required: bool) -> Field:
    """One property of a request schema as a field."""
    word = rule["x-field"]
    kind = word["kind"]
    choices = frozenset(str(choice) for choice in rule.get("enum", ()) if choice not in (None, ""))
    pattern = rule.get("pattern") if kind != "integer" else None
    return Field(
        wire,
        word["name"],
        READERS[kind],
        required,
        word["empty"] == "allowed",
        rule.get("minimum"),
        rule.get("maximum"),
        rule.get("maxLength"),
        re.compile(pattern) if pattern else None,
        choices if choices and kind == "text" else None,
        table(rule) if kind == "object" else (),
        least_above_zero=rule.get("not", {}).get("exclusiveMaximum"),
    )


def read(table: tuple[Field, ...], members: Mapping[str, object], profile: Profile) -> dict[str, Any]:
    """The given members in the core's words; "" where it is allowed is given as None.

    Raises Refused(INVALID_PARAMETER) for the first field, in the order of the schema, that is missing or invalid.
    """
    values: dict[str, Any] = {}
    ignored = profile.ignored_request_members
    for each in table:
        if ignored and each.place in ignored:
            continue
        value = members.get(each.wire)
        if value is None or value == "":
            if each.required:
                raise missing(each.wire, set(members) - {known.wire for known in table}, profile)
            if value is not None and each.empty_means_none:
                values[each.core] = None
            continue
        try:
            worth = each.read(each, value)
        except ValueError as error:
            raise invalid(each.wire, str(error), profile) from None
        if each.members:
            values.update(read(each.members, worth, profile))  # type: ignore[arg-type]  # fields with members are read by `group`
        else:
            values[each.core] = worth
    return values


def missing(wire: str, unknown: Collection[str], profile: Profile) -> Refused:
    """The refusal of a request that lacks a member, with the unknown name it was perhaps given under."""
    near = difflib.get_close_matches(wire, unknown, 1)
    hint = f"; {near[0]!r} was given" if near else ""
    detail = profile.invalid_request_missing.replace("{name}", wire)
    return Refused(Reason.INVALID_PARAMETER, f"{wire} is missing or empty{hint}", detail=detail)


def invalid(wire: str, problem: str, profile: Profile) -> Refused:
    """The refusal of a member with a wrong value."""
    detail = profile.invalid_request_invalid.replace("{name}", wire)
    return Refused(Reason.INVALID_PARAMETER, f"{wire}: {problem}", detail=detail)
