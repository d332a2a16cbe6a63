"""From bytes to members: what a request body or a URL query says, before anybody asks what it means (ax_axb.md 0)."""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

import orjson

from simulator.contract.profile import Profile
from simulator.telephony.errors import Reason, Refused

GZIP = b"\x1f\x8b"
KINDS = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false", type(None): "null"}


class UnreadableBody(Refused):
    """A body that is no JSON object; the profile's `invalid_json_code` says which result code it gets."""

    def __init__(self, explanation: str, profile: Profile) -> None:
        super().__init__(Reason.INVALID_PARAMETER, explanation, detail=profile.invalid_request_body)


class DuplicateName(ValueError):
    """An object of the body names a member twice."""


def json_object(body: bytes, profile: Profile) -> Mapping[str, object]:
    """The members of a JSON object; raises UnreadableBody with what is wrong and where."""
    try:
        members = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableBody(unreadable(body, error), profile) from None
    if not isinstance(members, dict):
        raise UnreadableBody(f"the body is JSON, but {KINDS[type(members)]} and no object", profile)
    if may_repeat(body, members):
        refuse_duplicates(body, profile)
    return members


def unreadable(body: bytes, error: orjson.JSONDecodeError) -> str:
    """Why a body is no JSON."""
    if not body.strip():
        return "the body is empty; a JSON object is needed"
    if body.startswith(GZIP):
        return "the body is gzip-compressed; JSON that is not compressed is needed"
    try:
        body.decode()
    except UnicodeDecodeError as wrong:
        return f"the body is no UTF-8: byte {wrong.start + 1} is 0x{body[wrong.start]:02x}"
    return f"the body is no JSON: {error.msg} (line {error.lineno}, column {error.colno})"


def may_repeat(body: bytes, members: Mapping[str, object]) -> bool:
    """Whether a name could stand in the body twice; the fast parser keeps only the last.

    A quick look: without escapes a body has two quotation marks for every name and text that was kept, or more.
    """
    if b"\\" in body:
        return True
    strings = len(members)
    for value in members.values():
        if type(value) is str:
            strings += 1
        elif isinstance(value, (dict, list)):
            inside = strings_of(value)
            if inside is None:
                return True
            strings += inside
    return body.count(b'"') != 2 * strings


def strings_of(value: Mapping[str, object] | Sequence[object]) -> int | None:
    """Names and texts in an object or array; None when it goes deeper than a quick look does."""
    values = list(value.values()) if isinstance(value, dict) else value
    if any(type(each) in (dict, list) for each in values):
        return None
    return sum(type(each) is str for each in values) + (len(value) if isinstance(value, dict) else 0)


def refuse_duplicates(body: bytes, profile: Profile) -> None:
    """Raises UnreadableBody when an object of the body names a member twice: two readers would see two requests."""
    try:
        json.loads(body, object_pairs_hook=without_duplicates)
    except DuplicateName as duplicate:
        raise UnreadableBody(f"the body names {duplicate} twice", profile) from None
    except (ValueError, RecursionError):
        raise UnreadableBody("the body is JSON to one reader and none to another", profile) from None


def without_duplicates(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """An object of its pairs; raises DuplicateName."""
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            raise DuplicateName(repr(name))
        members[name] = value
    return members


def query_members(query: str) -> Mapping[str, object]:
    """The members of a URL query, the first of several; `+` is a blank there, so a number's own must be %2B."""
    members: dict[str, object] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        members.setdefault(name, value)
    return members
