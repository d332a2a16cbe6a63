"""What a route is asked, checked against what it takes: path, query and JSON body."""

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import orjson

from simulator.config.checks import Check, WrongValueError
from simulator.control.problems import Problem


class Required:
    """In the place of a default: the member has none."""


REQUIRED = Required()


@dataclass(frozen=True, slots=True)
class Member:
    """A member that a route takes: its check, and what it is when it is not given."""

    check: Check[object]
    default: object = REQUIRED


Shape = Mapping[str, Member]

TWINS_SOUGHT = 1024 * 1024
"""Bytes of a body in which members given twice are looked for: all but those of the snapshot's route have no more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose members were checked: `body` and `query` have every member of the route's shapes."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the request, for the few routes that read one."""
    content: bytes = b""
    """The body as it came, for the one route that takes it whole."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers: a status and JSON, None for no body; or `text`, or `stream` of which the end is open."""

    json: object = None
    status: int = 200
    text: bytes | None = None
    stream: AsyncGenerator[bytes, None] | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def refuse_twins(content: bytes) -> None:
    """Raises Problem 400 where an object of this JSON has a member twice: of two readers one would take the other."""
    try:
        json.loads(content, object_pairs_hook=_with_single_names)
    except RecursionError:
        raise Problem(400, "not json", "the body is not JSON that anybody reads: it is nested too deep") from None


def _with_single_names(members: list[tuple[str, object]]) -> None:
    if len({name for name, _ in members}) < len(members):
        names = [name for name, _ in members]
        twin = next(name for name in names if names.count(name) > 1)
        raise Problem(
            400, "member given twice", f"the body has the member {twin!r:.80} twice in one object; leave one out"
        )


def read_json(content_type: str, content: bytes) -> Mapping[str, object]:
    """The JSON object of a body, {} for an empty one; raises Problem 415 or 400."""
    if not content:
        return {}
    if content_type != "application/json":
        raise Problem(415, "unsupported media type", f"the body must be application/json, not {content_type}")
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Problem(400, "not json", f"the body is not JSON: {error}") from None
    if content.count(b":") > 1 and len(content) <= TWINS_SOUGHT:
        refuse_twins(content)
    if not isinstance(value, dict):
        raise Problem(400, "not an object", "the body must be a JSON object in { }")
    return value


def checked(given: Mapping[str, object], shape: Shape, where: str) -> dict[str, object]:
    """Every member of `shape` with its value; raises Problem 422 for unknown, missing and wrong ones."""
    for name in given:
        if name not in shape:
            raise _unknown_member(name, shape, where)
    return {name: _member(name, member, given, where) for name, member in shape.items()}


def _member(name: str, member: Member, given: Mapping[str, object], where: str) -> object:
    if name not in given:
        if isinstance(member.default, Required):
            raise Problem(422, "missing member", f"{where} lacks {name!r}", valid=[name])
        return member.default
    try:
        return member.check(given[name])
    except WrongValueError as wrong:
        raise Problem(422, "wrong value", f"{where}: {name} {wrong}") from None


def _unknown_member(name: str, shape: Shape, where: str) -> Problem:
    near = get_close_matches(name, shape, 1)
    hint = f"did you mean {near[0]!r}? It takes" if near else "it takes"
    takes = f": {', '.join(shape)}" if shape else " none"
    return Problem(422, "unknown member", f"{where} has no member {name!r}; {hint}{takes}", valid=list(shape))
