"""The customer's decision on a call to X, read from the answer to its callin and, for the sample receiver, written.

`schemas/decisions/callin.json` is the table: connect and close are its two branches (axe_axyb_x.md 3.2,
notifications.md 2.7).
"""

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import orjson

from simulator.contract.bodies import json_object
from simulator.contract.fields import Field, read, table
from simulator.contract.profile import Profile
from simulator.contract.schemas import known, validator
from simulator.telephony.commands.x import Close, Connect, Decision
from simulator.telephony.errors import Refused
from simulator.telephony.numbering import NumberKind, kind_of

SCHEMA = "decisions/callin"
ASKING = "notifications/x/callin"
MARK = "notifyMode"
CONNECT, CLOSE = "connect", "close"
NO_NUMBER = "is neither a +86 mobile nor a +86 landline number"
BRANCHES = {CONNECT: "then", CLOSE: "else"}


class BadDecision(Exception):
    """An answer that decides nothing; the sentence says what is wrong with it."""


def asks(notification: Any) -> bool:
    """Whether a notification's body waits for a decision: a callin of mode AXE may fit but for the mark that says so."""
    return validator(ASKING).is_valid(notification) and MARK in notification["statusInfo"]


def decision(body: bytes, profile: Profile) -> Decision:
    """The decision in an answer's body; raises BadDecision."""
    try:
        members = json_object(body, profile)
    except Refused as unreadable:
        raise BadDecision(unreadable.explanation) from None
    operation = _operation(members)
    info = _info(operation, members)
    lacking = next((field.wire for field in _fields(operation) if field.required and not _given(info, field)), None)
    if lacking is not None:
        raise BadDecision(f"the decision lacks {lacking}{_misspelled(lacking, info)}")
    try:
        values = read(_fields(operation), info, profile)
    except Refused as wrong:
        raise BadDecision(f"the decision's {wrong.explanation}") from None
    return Connect(**values) if operation == CONNECT else Close(**values)


def check_numbers(decided: Connect) -> None:
    """Raises BadDecision for the first number of a decision that is none."""
    wires = {field.core: field.wire for field in _fields(CONNECT)}
    for word, number in (("callee", decided.callee), ("display", decided.display)):
        if number is not None and kind_of(number) is NumberKind.MALFORMED:
            raise BadDecision(f"the decision's {wires[word]}: {number!r} {NO_NUMBER}")


def remarks(body: bytes) -> Iterator[str]:
    """What is perhaps misspelled in a valid decision: members that are ignored and look like one that would not be."""
    members = orjson.loads(body)
    operation = members[_wire_operation()]
    known = [field.wire for field in _fields(operation)]
    for name in _info(operation, members):
        near = difflib.get_close_matches(name, known, 1, 0.8)
        if name not in known and near:
            yield f"the decision's {name} is ignored; is {near[0]} meant?"


def written(decided: Mapping[str, object]) -> bytes:
    """A decision as a customer sends it, from the core's words: operation, and those of its branch."""
    operation = str(decided[_word(known(SCHEMA)["properties"][_wire_operation()])])
    names = {field.core: field.wire for field in _fields(operation)}
    info = {names[word]: _flag(value) for word, value in decided.items() if word in names}
    members: dict[str, object] = {_wire_operation(): operation}
    if info or operation == CONNECT:
        members[_branch(operation)[0]] = info
    return orjson.dumps(members)


def _operation(members: Mapping[str, Any]) -> str:
    name = _wire_operation()
    given = members.get(name)
    if given is None or given == "":
        raise BadDecision(f"the decision lacks {name}{_misspelled(name, members)}")
    if given not in (CONNECT, CLOSE):
        raise BadDecision(f"{name} is {given!r:.60}, instead of {CONNECT} or {CLOSE}")
    return str(given)


def _info(operation: str, members: Mapping[str, Any]) -> Mapping[str, object]:
    """The members of the operation's object, which may stand alone in a list."""
    name, needed = _branch(operation)
    info = members.get(name)
    if info is None:
        if needed:
            raise BadDecision(f"the decision lacks {name}{_misspelled(name, members)}")
        return {}
    if isinstance(info, list):
        if len(info) != 1:
            raise BadDecision(f"{name} is a list of {len(info)}, instead of an object or a list of one")
        info = info[0]
    if not isinstance(info, dict):
        raise BadDecision(f"{name} is {info!r:.60}, instead of an object or a list of one")
    return info


def _given(info: Mapping[str, object], field: Field) -> bool:
    return info.get(field.wire) not in (None, "")


def _misspelled(name: str, members: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, [other for other in members if other != name], 1)
    return f"; {near[0]!r} was given" if near else ""


@cache
def _wire_operation() -> str:
    return str(known(SCHEMA)["required"][0])


@cache
def _branch(operation: str) -> tuple[str, bool]:
    """The name of the operation's object, and whether it must be there."""
    branch = known(SCHEMA)[BRANCHES[operation]]
    (name,) = branch["properties"]
    return name, name in branch.get("required", ())


@cache
def _fields(operation: str) -> tuple[Field, ...]:
    (rule,) = known(SCHEMA)[BRANCHES[operation]]["properties"].values()
    return table(rule)


def _word(rule: Mapping[str, Any]) -> str:
    return str(rule["x-field"]["name"])


def _flag(value: object) -> object:
    """Flags travel as texts, as the documents have them."""
    return str(value).lower() if isinstance(value, bool) else value
