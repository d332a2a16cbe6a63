"""The rows of the journal: one record type for each kind of thing that happens."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import orjson

from simulator.delivery.attempt import Attempt
from simulator.delivery.delivery import Delivery, DeliveryState
from simulator.delivery.outcome import Answered

BODY_KEPT = 64 * 1024
"""Bytes of a body that are kept; of a longer one the length and its hash say the rest."""

SECONDS = len("2026-01-01T00:00:00")

ROW_WEIGHT = 400
"""What a row weighs in bytes beside its bodies, roughly."""


@lru_cache(maxsize=16)
def instant(at: datetime) -> str:
    """An instant as text: ISO 8601, microseconds, Z. Of one instant there are many rows."""
    shown = orjson.dumps(at, option=orjson.OPT_UTC_Z)[1:-1].decode()  # a fifth of what isoformat takes
    return shown if at.microsecond else f"{shown[:SECONDS]}.000000{shown[SECONDS:]}"


def text(body: bytes) -> str:
    """A body for reading: what is no UTF-8 is shown as replacement characters."""
    return body.decode("utf-8", "replace")


@dataclass(slots=True, kw_only=True)
class JournalRow:
    """What every row has."""

    at: datetime
    app_key: str | None = None
    call_id: str | None = None
    message_id: str | None = None
    position: int = 0
    kind: str = ""

    @property
    def size(self) -> int:
        """Bytes it holds on to, roughly."""
        return ROW_WEIGHT

    def members(self) -> dict[str, object]:
        """What this kind of row has beside the members of every row."""
        return {}

    def as_json(self) -> dict[str, object]:
        """The row for a reader."""
        shared = {
            "position": self.position,
            "at": instant(self.at),
            "kind": self.kind,
            "app_key": self.app_key,
            "call_id": self.call_id,
        }
        if self.message_id is not None:
            shared["message_id"] = self.message_id
        shared.update(self.members())
        return shared


@dataclass(slots=True, kw_only=True)
class ApiExchange(JournalRow):
    """A request to the platform's API with its answer; digests in `headers` are masked before they come here."""

    kind: str = "api_request"
    operation: str | None
    method: str
    target: str
    http_version: str
    peer: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    body_length: int
    status: int
    answer: bytes
    result_code: str | None
    refusal: str = ""
    authentication: Mapping[str, object] | None = None

    @property
    def size(self) -> int:
        """Bytes it holds on to, roughly."""
        return 2 * ROW_WEIGHT + len(self.body) + len(self.answer)

    def members(self) -> dict[str, object]:
        """The exchange as text."""
        return {
            "operation": self.operation,
            "method": self.method,
            "target": self.target,
            "http_version": self.http_version,
            "peer": self.peer,
            "headers": [list(header) for header in self.headers],
            "body": text(self.body),
            "body_length": self.body_length,
            "status": self.status,
            "answer": text(self.answer),
            "result_code": self.result_code,
            "refusal": self.refusal,
            "authentication": dict(self.authentication) if self.authentication else None,
        }


@dataclass(slots=True, kw_only=True)
class ControlExchange(JournalRow):
    """A request to the control plane with its status."""

    kind: str = "control_request"
    method: str
    path: str
    status: int
    body: bytes = b""

    @property
    def size(self) -> int:
        """Bytes it holds on to, roughly."""
        return ROW_WEIGHT + len(self.body)

    def members(self) -> dict[str, object]:
        """Who asked what."""
        return {"method": self.method, "path": self.path, "status": self.status, "body": text(self.body)}


@dataclass(slots=True, kw_only=True)
class Noted(JournalRow):
    """A row whose members are few and known when it is written: state changes, call events, violations, clock."""

    detail: Mapping[str, object] = field(default_factory=dict)

    def members(self) -> dict[str, object]:
        """What was noted."""
        return dict(self.detail)


class Struck(NamedTuple):
    """What a fault let be sent: `body` is what follows the head, byte for byte, None where it is the delivery's own.

    Of a request that a fault wrote, `http_version` and every header are told; `segments` are the bytes of the body
    before and after a pause.
    """

    fault: str
    body: bytes | None = None
    http_version: str | None = None
    segments: tuple[int, ...] = ()


@dataclass(slots=True, kw_only=True)
class AttemptStarted(JournalRow):
    """An attempt is about to send its first byte."""

    kind: str = "attempt_started"
    delivery: Delivery
    number: int
    headers: tuple[tuple[str, str], ...]
    struck: Struck | None = None
    """What a fault made of it."""

    @property
    def size(self) -> int:
        """Bytes it holds on to, roughly; every attempt's row may be the last that holds the delivery's body."""
        own = 2 * ROW_WEIGHT + len(self.delivery.body)
        return own if self.struck is None else own + len(self.struck.body or b"")

    def members(self) -> dict[str, object]:
        """What is sent where."""
        return {
            **about(self.delivery),
            "number": self.number,
            "url": self.delivery.url,
            "headers": [list(header) for header in self.headers],
            "body": text(self.delivery.body),
            **(_struck(self.struck) if self.struck else {}),
        }


@dataclass(slots=True, kw_only=True)
class AttemptEnded(JournalRow):
    """An attempt has ended, whichever way; `answer` is what was kept of the answer's body, None without an answer.

    `state` is what the delivery is then, and `retry_at` when it is tried again.
    """

    kind: str = "attempt_ended"
    delivery: Delivery
    attempt: Attempt
    answer: bytes | None
    state: DeliveryState
    retry_at: datetime | None

    @property
    def size(self) -> int:
        """Bytes it holds on to, roughly."""
        return ROW_WEIGHT + len(self.answer) if self.answer else ROW_WEIGHT

    def members(self) -> dict[str, object]:
        """How it ended."""
        answer = {} if self.answer is None else {"answer": text(self.answer)}
        retry_at = {} if self.retry_at is None else {"retry_at": instant(self.retry_at)}
        state = {"state": self.state.value, **retry_at}
        return {**about(self.delivery), "number": self.attempt.number, **ended(self.attempt), **state, **answer}


def _struck(struck: Struck) -> dict[str, object]:
    """The fault, and what differs by it; a body that is no text also as base64."""
    shown: dict[str, object] = {"fault": struck.fault}
    if struck.body is not None:
        shown["body"] = text(struck.body)
        if text(struck.body).encode() != struck.body:
            shown["body_base64"] = b64encode(struck.body).decode()
    if struck.http_version is not None:
        shown["http_version"] = struck.http_version
    if struck.segments:
        shown["segments"] = list(struck.segments)
    return shown


def about(delivery: Delivery) -> dict[str, object]:
    """Which delivery a row is about."""
    return {
        "delivery_id": delivery.delivery_id,
        "notification_ids": [notification.notification_id for notification in delivery.notifications],
        "notification_kind": delivery.kind,
    }


def ended(attempt: Attempt) -> dict[str, object]:
    """The result of an attempt; empty while it runs."""
    if attempt.verdict is None:
        return {}
    shown: dict[str, object] = {
        "acknowledged": attempt.verdict.acknowledged,
        "reason": attempt.verdict.reason,
        "remark": attempt.verdict.remark,
        "wall_seconds": attempt.wall_seconds,
    }
    if attempt.fault:
        shown["fault"] = attempt.fault
    if isinstance(attempt.result, Answered):
        return {**shown, "status": attempt.result.status}
    return {**shown, "failure": attempt.result.kind if attempt.result else None}
