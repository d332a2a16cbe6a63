"""What a customer's server must check of a notification: signature, JSON, schema, and that it came to the right place.

Obeys notifications.md 1.1 (headers), 2.1 and 3.1 (bodies). Where the words stand in a body is data: `x-notifications`
of `schemas/scenario.json`, and the one constant member that tells the notification schemas apart.
"""

import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import orjson

from simulator.contract.codes import DisconnectPoint, HangupCause, disconnect_points, hangup_causes
from simulator.contract.messages import BLOCK
from simulator.contract.number_states import number_causes, statuses
from simulator.contract.number_status import KIND
from simulator.contract.schemas import load, names, validator
from simulator.contract.send_results import send_results
from simulator.delivery.signature import Scheme, digest
from simulator.scenario.asking import Credentials
from simulator.scenario.loader import language
from simulator.scenario.scene import dig

PREFIX = "notifications/"
ATTRIBUTE = re.compile(r'([A-Za-z]+)="([^"]*)"')
SIGNATURE_RIGHT = "signature ok"
NONCE = re.compile(r'Nonce="([^"]*)"')
PATHS = {slot: slot.replace("_", "-") for slot in ("status", "callin", "fee", "sms", "sms_block", "number_status")}
"""The slots of a receiver with the path that each has under its base address."""
SLOTS = {
    "fee": ("fee",),
    "callin": ("callin", "status"),
    KIND: ("number-status", "status"),
    "sms": ("sms",),
    "sms_block": ("sms-block",),
}
"""Which paths a kind of notification may come to, where it is not `status`."""

TELLING = ("session_id", "number")
"""Words whose members mark what is told of one thing."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a notification tells: a call event, an SMS, one CDR or X number of a batch; unknown members are None."""

    kind: str
    session_id: str | None = None
    caller: str | None = None
    called: str | None = None
    cause: int | None = None
    number: str | None = None
    number_status: str | None = None
    number_cause: str | None = None
    send_result: int | None = None

    @property
    def number_text(self) -> str:
        """The status of an X number in words, and why; empty where none is told."""
        if self.number_status is None:
            return ""
        why = ""
        if isinstance(self.number_cause, str) and self.number_cause.isdecimal():
            row = number_causes().get(int(self.number_cause))
            why = f" ({self.number_cause} {row.en})" if row else f" ({self.number_cause} in no table)"
        return f"{self.number_status} {statuses().get(str(self.number_status), 'in no table')}{why}"

    @property
    def cause_text(self) -> str:
        """The cause, or what became of an SMS, in English and Chinese; empty where neither is told."""
        code = self.send_result if self.cause is None else self.cause
        if code is None or self.kind == BLOCK:
            return ""
        row = _row(code) if self.cause is not None else send_results().get(code)
        return f"{code} {row.en} {row.zh}" if row else f"{code} in no table"


def _row(code: int) -> HangupCause | DisconnectPoint | None:
    return hangup_causes().get(code) or disconnect_points().get(code)


@dataclass(frozen=True, slots=True)
class Judged:
    """A notification as its receiver sees it: what it tells, and every complaint about it."""

    kind: str
    told: tuple[Told, ...]
    complaints: tuple[str, ...]
    signed: bool = True
    """Whether the signature is right, or none was asked for."""


def judge(
    path: str, headers: Mapping[str, str], body: bytes, credentials: Credentials | None, mode: str | None = None
) -> Judged:
    """Check one POST; `headers` is looked up without regard to case; without credentials no signature is asked for.

    Without a mode it must be right in one of them.
    """
    complaints = list(_signature(headers, credentials)) if credentials else []
    signed = not complaints
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return Judged("?", (), (*complaints, f"the body is no JSON: {error}"), signed)
    schemas = schemas_of(value, mode)
    if not schemas:
        return Judged("?", (), (*complaints, "the body is no notification that has a schema"), signed)
    kind = schemas[0].rpartition("/")[2]
    complaints += _place(path, kind)
    complaints += _violations(schemas, value)
    return Judged(kind, tuple(_told(kind, value)), tuple(complaints), signed)


def signature_of(headers: Mapping[str, str], credentials: Credentials) -> list[str]:
    """What is wrong with the signature of a notification; [] when it is right."""
    return list(_signature(headers, credentials))


def mark_of(headers: Iterable[tuple[str, str]], body: bytes) -> str:
    """What tells one request from all others: its nonce; of an unsigned one its body."""
    nonces = (NONCE.search(value) for name, value in headers if name.lower().startswith("x-"))
    return next((nonce[1] for nonce in nonces if nonce), sha256(body).hexdigest())


def _violations(schemas: Sequence[str], value: object) -> list[str]:
    """Nothing when the body obeys one of the schemas, else what the nearest of them says."""
    if any(validator(schema).is_valid(value) for schema in schemas):
        return []
    told = [validator(schema).violations(value) for schema in schemas]
    told.sort(key=len)
    return told[0]


def telling(body: bytes) -> tuple[Told, ...]:
    """What a notification tells, unjudged; () for a body that is none."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ()
    schemas = schemas_of(value)
    return tuple(_told(schemas[0].rpartition("/")[2], value)) if schemas else ()


def schemas_of(value: object, mode: str | None = None) -> Sequence[str]:
    """The names of the schemas, of this mode or of all, whose constant members the body has."""
    if not isinstance(value, dict):
        return ()
    inside = PREFIX if mode is None else f"{PREFIX}{mode.lower()}/"
    return [
        name
        for name, marks in _marks()
        if name.startswith(inside) and all(dig(value, path) == mark for path, mark in marks.items())
    ]


@cache
def _marks() -> Sequence[tuple[str, Mapping[str, str]]]:
    """What tells the notifications apart: the constant texts at the top of each, else those one level below (SMS)."""

    def constants(properties: Mapping[str, Any], above: str = "") -> dict[str, str]:
        return {above + key: rule["const"] for key, rule in properties.items() if isinstance(rule.get("const"), str)}

    def marks(properties: Mapping[str, Any]) -> dict[str, str]:
        inner = (constants(rule.get("properties", {}), f"{key}.") for key, rule in properties.items())
        return constants(properties) or {path: mark for found in inner for path, mark in found.items()}

    return tuple((name, marks(load(name)["properties"])) for name in names() if name.startswith(PREFIX))


def _place(path: str, kind: str) -> Iterator[str]:
    slots = SLOTS.get(kind, ("status",))
    came_to = path.rstrip("/").rpartition("/")[2]
    if came_to in PATHS.values() and came_to not in slots:
        yield f"a {kind} came to /{came_to}, instead of /{slots[0]}"


def _signature(headers: Mapping[str, str], credentials: Credentials) -> Iterator[str]:
    """What is wrong with the signature; nothing when it is right."""
    scheme = next((one for one in Scheme if f"X-{one.value}" in headers), None)
    if scheme is None:
        yield "unsigned: neither X-AKSK nor X-WSSE"
        return
    if not headers.get("Authorization", "").startswith(f"{scheme.value} "):
        yield f"Authorization does not begin with {scheme.value}"
    given = dict(ATTRIBUTE.findall(headers[f"X-{scheme.value}"]))
    missing = [name for name in ("Username", "PasswordDigest", "Nonce", "Created") if name not in given]
    if missing:
        yield f"X-{scheme.value} lacks {', '.join(missing)}"
    elif given["Username"] != credentials.app_key:
        yield f"signed by app {given['Username']!r}, instead of {credentials.app_key!r}"
    elif not _same(given["PasswordDigest"], digest(scheme, credentials.app_secret, given["Nonce"], given["Created"])):
        yield f"the {scheme.value} digest is not that of this app's secret"


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _told(kind: str, value: dict[str, Any]) -> Iterator[Told]:
    places = language()["x-notifications"]
    for record in _records(value, frozenset(key for word in TELLING for key in places[word])):
        found = {word: _first(record, keys) for word, keys in places.items()}
        yield Told(kind, **found)


def _records(value: object, marks: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The mappings in a body that are about one call or X number."""
    if isinstance(value, dict) and marks & set(value):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _records(inner, marks)


def _first(record: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((record[key] for key in keys if key in record), None)
