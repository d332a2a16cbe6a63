"""Wrong notifications on purpose, as data: the table `schemas/faults.json`, and rules that are checked against it.

A rule says which fault hits which messages, how many or how likely, and what the fault takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import Any

import orjson

from simulator.config.checks import shown
from simulator.contract.messages import BLOCK
from simulator.contract.notifications import asks
from simulator.contract.schemas import known, names
from simulator.delivery.fault import Parameters
from simulator.resources import read_bytes

FAULT = "fault"
MEMBER = "member"
"""The parameter that names a member of a body; without a value each message that is hit takes the next one."""
MOST_RULES = 100


class BadFault(ValueError):
    """A rule that cannot be; the sentence says what would be right."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that a rule takes, with its check as data."""

    name: str
    type: str
    zh: str
    en: str
    default: object = None
    minimum: float = 0
    maximum: float = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault: `sort` is order, bytes or answer; `asking` says whether it hits messages that ask for a decision."""

    fault: str
    sort: str
    asking: str
    kinds: tuple[str, ...]
    signed: bool
    page: str
    zh: str
    en: str
    parameters: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class FaultRule:
    """Which messages are hit by which fault; `kinds` empty: all, `count` None: until it is taken away."""

    fault: str
    kinds: tuple[str, ...] = ()
    count: int | None = None
    probability: float = 1.0
    parameters: Parameters = field(default_factory=dict)

    @property
    def row(self) -> FaultRow:
        """What the table says of its fault."""
        return fault_rows()[self.fault]


@cache
def fault_rows() -> Mapping[str, FaultRow]:
    """The table, by name and in its order."""
    rows = [
        FaultRow(**{**row, "kinds": tuple(row["kinds"]), "parameters": tuple(map(_setting, row["parameters"]))})
        for row in _table()["faults"]
    ]
    return MappingProxyType({row.fault: row for row in rows})


@cache
def shared_settings() -> tuple[Setting, ...]:
    """What every rule takes: kinds, count, probability."""
    return tuple(map(_setting, _table()["settings"]))


def rule(raw: object, mode: str | None = None) -> FaultRule:
    """A rule as it is written, for applications of a mode if one is given; raises BadFault."""
    if not isinstance(raw, Mapping):
        raise BadFault(f'must be an object such as {{"{FAULT}": "gzip", "count": 2}}, not {shown(raw)}')
    row = _row(raw)
    settings = {setting.name: setting for setting in (*shared_settings(), *row.parameters)}
    for name in raw:
        if name != FAULT and name not in settings:
            raise BadFault(f"{row.fault} has no {name!r}{_near(name, settings)}It takes: {', '.join(settings)}")
    values = {name: _checked(setting, raw.get(name)) for name, setting in settings.items()}
    kinds, count, probability = (values.pop(setting.name) for setting in shared_settings())
    made = FaultRule(row.fault, kinds or (), count, probability, values)
    if mode is not None:
        check_mode(made, mode)
    return made


def rules(raw: object, mode: str | None = None) -> tuple[FaultRule, ...]:
    """A list of rules; raises BadFault with the place of the first wrong one."""
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MOST_RULES:
        raise BadFault(f"faults must be a list of at most {MOST_RULES} objects, not {shown(raw):.60}")
    made = []
    for number, one in enumerate(raw, 1):
        try:
            made.append(rule(one, mode))
        except BadFault as wrong:
            raise BadFault(f"faults[{number}]: {wrong}") from None
    return tuple(made)


def check_mode(made: FaultRule, mode: str) -> None:
    """Whether the rule can hit anything in a mode; raises BadFault."""
    known = kinds_of(mode)
    for kind in made.kinds:
        if kind not in known:
            raise BadFault(f"no {kind!r} is pushed in mode {mode}{_near(kind, known)}There are: {', '.join(known)}")
        if made.row.kinds and kind not in made.row.kinds:
            raise BadFault(f"{made.fault} is about {', '.join(made.row.kinds)} only, not about {kind!r}")
    _check_asking(made, mode)
    if MEMBER in made.parameters and made.parameters[MEMBER] is not None:
        check = _check_member if _chooses(made.row) else _check_unknown
        check(str(made.parameters[MEMBER]), made.kinds or known, mode)


def concrete(made: FaultRule, hits: int, mode: str, kind: str, body: bytes) -> Parameters | None:
    """What the fault takes for this very message, the one after `hits` others; None where it cannot be hit."""
    if not _chooses(made.row):
        return made.parameters
    carried = carried_members(mode, kind, body)
    named = made.parameters[MEMBER]
    chosen = [name for name in carried if named in (None, name)]
    return {**made.parameters, MEMBER: chosen[hits % len(chosen)]} if chosen else None


@cache
def kinds_of(mode: str) -> tuple[str, ...]:
    """The kinds of notifications that a mode pushes: those that have a schema."""
    inside = f"notifications/{mode.lower()}/"
    return tuple(name.removeprefix(inside) for name in names() if name.startswith(inside))


@cache
def optional_members(mode: str, kind: str) -> tuple[str, ...]:
    """The members that may be absent from a kind of notification, at any depth."""
    objects = list(_objects(known(f"notifications/{mode.lower()}/{kind}")))
    mandatory = {name for one in objects for name in one.get("required", ())}
    return tuple(dict.fromkeys(name for one in objects for name in one["properties"] if name not in mandatory))


def carried_members(mode: str, kind: str, body: bytes) -> list[str]:
    """The optional members that a body really carries."""
    carried = set(_names(orjson.loads(body)))
    return [name for name in optional_members(mode, kind) if name in carried]


def as_written(made: FaultRule) -> dict[str, object]:
    """The rule with every value that it takes, as it could be written."""
    shared = {"kinds": list(made.kinds), "count": made.count, "probability": made.probability}
    return {FAULT: made.fault, **shared, **made.parameters}


def _chooses(row: FaultRow) -> bool:
    """Whether the fault takes away a member that its table leaves open."""
    return any(setting.name == MEMBER and setting.default is None for setting in row.parameters)


def _check_asking(made: FaultRule, mode: str) -> None:
    """Whether what the rule is about asks for a decision where it must, and does not where it may not."""
    asking = [kind for kind in kinds_of(mode) if asks(kind, mode) or kind == BLOCK]
    if made.row.asking == "only":
        there = f"those of mode {mode}: {', '.join(asking)}" if asking else f"there are none in mode {mode}"
        wrong = [kind for kind in made.kinds if kind not in asking]
        if wrong or not asking:
            beside = f", not about {wrong[0]!r}" if wrong else ""
            raise BadFault(f"{made.fault} is about notifications that ask for a decision{beside}; {there}")
    if made.row.asking == "no":
        for kind in made.kinds:
            if kind in asking:
                raise BadFault(
                    f"{made.fault} is not about {kind!r}, which asks for a decision: all else waits for that"
                )


def _check_unknown(member: str, kinds: Sequence[str], mode: str) -> None:
    for kind in kinds:
        if any(member in one["properties"] for one in _objects(known(f"notifications/{mode.lower()}/{kind}"))):
            raise BadFault(f"{member!r} is a member of {kind} in mode {mode}; name one that no page knows")


def _check_member(member: str, kinds: Sequence[str], mode: str) -> None:
    optional = dict.fromkeys(name for kind in kinds for name in optional_members(mode, kind))
    if member not in optional:
        about = " and ".join(kinds) if len(kinds) < len(kinds_of(mode)) else "any notification"
        there = ", ".join(optional) or "none"
        raise BadFault(
            f"{member!r} is no optional member of {about} of mode {mode}{_near(member, optional)}Optional: {there}"
        )


def _row(raw: Mapping[str, object]) -> FaultRow:
    table, name = fault_rows(), raw.get(FAULT)
    if name is None:
        raise BadFault(f"lacks {FAULT!r}: the name of one, such as 'gzip'; `pnsim faults --list` lists them")
    if not isinstance(name, str) or name not in table:
        raise BadFault(f"no fault {shown(name)}{_near(name, table)}`pnsim faults --list` lists all {len(table)}")
    return table[name]


def _checked(setting: Setting, value: Any) -> Any:
    """The value, or the default where it is not given; raises BadFault."""
    if value is None:
        return setting.default
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    right = {
        "integer": is_number and isinstance(value, int) and setting.minimum <= value <= setting.maximum,
        "number": is_number and setting.minimum <= value <= setting.maximum,
        "text": isinstance(value, str) and 0 < len(value) <= 100 and value.isprintable(),
        "choice": value in setting.choices,
        "kinds": isinstance(value, list | tuple) and all(isinstance(kind, str) for kind in value),
    }
    if not right[setting.type]:
        raise BadFault(f"{setting.name} must be {_wanted(setting)}, not {shown(value)}")
    if setting.type == "kinds":
        return tuple(dict.fromkeys(value))
    return float(value) if setting.type == "number" else value


def _wanted(setting: Setting) -> str:
    words = {
        "integer": f"a whole number from {setting.minimum:g} to {setting.maximum:.0f}",
        "number": f"a number from {setting.minimum:g} to {setting.maximum:.0f}",
        "text": "a text of 1 to 100 printable characters",
        "choice": f"one of {', '.join(setting.choices)}",
        "kinds": "a list of kinds of notifications, such as ['disconnect', 'fee']",
    }
    return words[setting.type]


def _near(name: object, known: Mapping[str, object] | Sequence[str]) -> str:
    near = get_close_matches(str(name), list(known), 1)
    return f"; did you mean {near[0]!r}? " if near else ". "


def _objects(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Every object that a schema describes, the outer ones first."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield schema
        schema = [inner for name, inner in schema.items() if name != "examples"]
    for inner in schema if isinstance(schema, list) else ():
        yield from _objects(inner)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from _names(inner)


def _setting(raw: Mapping[str, Any]) -> Setting:
    return Setting(**{**raw, "choices": tuple(raw.get("choices", ()))})


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = orjson.loads(read_bytes("schemas/faults.json"))
    return table
