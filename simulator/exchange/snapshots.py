"""The state of an exchange as bytes, and a new exchange made equal to it.

A state holds no secret, no code and no names of code: what may stand in it is the register of `members.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from simulator.exchange.codec import Json, Reader, Unreadable, Writer
from simulator.exchange.exchange import Exchange
from simulator.exchange.members import PARTS, parts_of, register

FORM = 1
"""The form of states and entries; it is raised when what they say is understood in another way."""

ABOUT = "pnsim state"
FASTEST = 1e6
"""Story seconds of a wall second, more than anybody may ask for."""
NO_SECRETS: Mapping[str, str] = {}
GO_ON = (
    "Its rows can still be read and replayed (pnsim replay); to go on from it take the version that wrote it, "
    "or start with another file"
)


class BadState(Exception):
    """Bytes that no exchange can be made from; the sentence says why, and how to go on."""


def snapshot(exchange: Exchange, wall: datetime | None = None) -> bytes:
    """The whole state; equal exchanges give equal bytes. `wall`: the wall time at which it was so."""
    parts = parts_of(exchange)
    names = {id(part): name for name, part in parts.items()}
    rows: list[Json] = []
    writer = Writer(register(), lambda thing: names.get(id(thing)), rows)
    said = {name: _said(writer, part) for name, part in parts.items()}
    clock, dice = exchange.clock, exchange.core.dice
    whole = {
        ABOUT: FORM,
        "wall": None if wall is None else wall.isoformat(),
        "clock": [clock.now().isoformat(), clock.scale],
        "seed": exchange.core.ids.seed,
        "dice": dice.getstate(),
        "classes": dict(sorted(writer.used.items())),
        "parts": {name: members for name, members in said.items() if members},
        "rows": rows,
    }
    return orjson.dumps(whole)


def restore(exchange: Exchange, state: bytes, secrets: Mapping[str, str] = NO_SECRETS) -> datetime | None:
    """Make a new exchange equal to one that was written; answers the wall time of that. Raises BadState."""
    try:
        whole = orjson.loads(state)
        check_form(whole[ABOUT])
        return _restored(exchange, whole, secrets)
    except Unreadable as unreadable:
        raise BadState(f"this is no state of an exchange: {unreadable}. {GO_ON}") from None
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as wrong:
        raise BadState(f"this is no state of an exchange ({type(wrong).__name__}: {wrong!s:.200}). {GO_ON}") from None


def check_form(form: object) -> None:
    """Raises BadState for a state or an entry of another form."""
    if form != FORM:
        raise BadState(f"the state is of form {form!s:.20}, this version reads form {FORM}. {GO_ON}")


def _said(writer: Writer, part: object) -> dict[str, Json]:
    declared = PARTS.get(type(part))
    if declared is None:
        return {}
    return {name: writer.put(_worth_keeping(part, name)) for name in declared.state}


def _worth_keeping(part: Any, name: str) -> object:
    """An attribute; of the deadlines only what will happen, in order."""
    return part.living() if name == "_heap" else getattr(part, name)


def _restored(exchange: Exchange, whole: Mapping[str, Any], secrets: Mapping[str, str]) -> datetime | None:
    _check_classes(whole["classes"])
    parts = parts_of(exchange)
    reader = Reader(register(), parts.__getitem__, whole["rows"], lambda spec: secrets.get(_key(spec), ""))
    reader.read_rows()
    for name, members in whole["parts"].items():
        declared = PARTS[type(parts[name])].state
        if set(members) != set(declared):
            raise Unreadable(f"{name} has {', '.join(members)} where it should have {', '.join(declared)}")
        for member in declared:
            setattr(
                parts[name],
                member,
                _alike(getattr(parts[name], member), reader.get(members[member]), f"{name}.{member}"),
            )
    exchange.clock.restart(*_clock(*whole["clock"]))
    exchange.core.ids.reseed(whole["seed"])
    version, internal, following = whole["dice"]
    exchange.core.dice.setstate((version, tuple(internal), following))
    return None if whole["wall"] is None else datetime.fromisoformat(whole["wall"])


def _alike(there: object, value: object, name: str) -> object:
    """A value of the kind that stands there in a new exchange; raises Unreadable."""
    is_free = there is None or value is None or (isinstance(there, int | float) and isinstance(value, int | float))
    if not is_free and type(value) is not type(there):
        raise Unreadable(f"{name} is a {type(value).__name__} where it should be a {type(there).__name__}")
    return value


def _clock(at: str, scale: float) -> tuple[datetime, float]:
    """Where the clock stands and how it runs; raises Unreadable for what stops every clock."""
    instant = datetime.fromisoformat(at)
    if instant.tzinfo is None or type(scale) not in (int, float) or not 0 <= scale <= FASTEST:
        raise Unreadable(f"its clock is at {at!s:.40} with scale {scale!r:.40}")
    return instant, scale


def _check_classes(classes: Mapping[str, list[str]]) -> None:
    """Raises Unreadable where a class is unknown, or had other members."""
    known = register().by_name
    for name, members in classes.items():
        if name not in known:
            raise Unreadable(f"it has a {name!r:.60}, which this version does not know")
        if list(known[name].members) != members:
            raise Unreadable(f"its {name} has other members than in this version")


def _key(spec: object) -> str:
    return str(spec["app_key"]) if isinstance(spec, Mapping) else ""
