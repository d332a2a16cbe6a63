"""What a test sees of a call and of what the receivers were told: values with the names of the control plane's JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from simulator.client import shapes
from simulator.scenario.scene import record_about

ACKNOWLEDGED = "acknowledged"
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a call: dialled, forwarded, alerted, answered, released…"""

    event: str
    at: datetime
    hangup_cause: int | None = None
    released_by: str | None = None
    digits: str | None = None


@dataclass(frozen=True, slots=True)
class Cdr:
    """A call's detail record in the words of the field; its body on the wire is that of the `fee` notification."""

    direction: int
    caller: str
    x_number: str
    destination: str | None
    dialled_at: datetime
    forwarded_at: datetime | None
    alerted_at: datetime | None
    answered_at: datetime | None
    released_at: datetime
    failed_at: datetime | None
    hangup_cause: int
    disconnect_point: int
    q850: int
    sip_status: int
    subscription_id: str | None
    user_data: str | None


@dataclass(frozen=True, slots=True)
class Recording:
    """A call's recording; `deleted_at` is known once its CDR was pushed."""

    file_name: str
    domain: str
    seconds: float
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to the receiver: `status` when it answered, `failure` when it did not, `ended_at` None while it runs."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    acknowledged: bool
    reason: str
    remark: str
    status: int | None = None
    failure: str | None = None
    fault: str | None = None
    """What was wrong with it on purpose (schemas/faults.json)."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notification and how its delivery went: `body` is the whole message, `record` the part about its call.

    `state` is queued, in_flight, waiting, acknowledged or exhausted.
    """

    notification_id: str
    delivery_id: str
    kind: str
    app_key: str
    call_id: str | None
    message_id: str | None
    url: str
    state: str
    body: Any
    record: Mapping[str, Any]
    attempts: tuple[Attempt, ...]

    @property
    def acknowledged(self) -> bool:
        """Whether the receiver took it, at whichever attempt."""
        return self.state == ACKNOWLEDGED

    @property
    def failed(self) -> bool:
        """Whether the last attempt that has ended was not acknowledged."""
        ended = [attempt for attempt in self.attempts if attempt.ended_at is not None]
        return bool(ended) and not ended[-1].acknowledged


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the platform thinks of one answer of the receiver: acknowledged or not, and why; `remark` is for `--strict`."""

    kind: str
    attempt: int
    acknowledged: bool
    reason: str
    remark: str


@dataclass(frozen=True, slots=True, repr=False)
class PlayedCall:
    """A call with everything that came of it; `notifications` in the order of their first attempts."""

    call_id: str
    session_id: str
    app_key: str
    caller: str
    dialled: str
    destination: str | None
    outcome: str
    state: str
    subscription_id: str | None
    hangup_cause: int | None
    events: tuple[Event, ...]
    cdr: Cdr | None
    recording: Recording | None
    notifications: tuple[Told, ...]

    def __repr__(self) -> str:
        cause = "" if self.hangup_cause is None else f" {self.hangup_cause}"
        told = ", ".join(f"{told.kind} {told.state}" for told in self.notifications) or "nobody told"
        return f"<{self.call_id}: {self.caller} to {self.dialled}, {self.state}{cause}; {told}>"

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the receivers were told: `("callin", "callout", …, "fee")`."""
        return tuple(told.kind for told in self.notifications)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the platform thinks of every answer, in the order of the notifications and of their attempts."""
        return tuple(
            Verdict(told.kind, one.number, one.acknowledged, one.reason, one.remark)
            for told in self.notifications
            for one in told.attempts
            if one.ended_at is not None
        )

    @property
    def acknowledged(self) -> bool:
        """Whether the receivers took everything they were told about this call."""
        return all(told.acknowledged for told in self.notifications)

    def told(self, kind: str) -> Told:
        """The notification of this kind about the call; raises LookupError when there is none."""
        found = next((told for told in self.notifications if told.kind == kind), None)
        if found is None:
            raise LookupError(f"no {kind!r} was sent about this call; sent were: {', '.join(self.kinds) or 'none'}")
        return found


def call_seen(call: shapes.Call, notifications: tuple[Told, ...]) -> PlayedCall:
    """A call as the control plane has it."""
    events = tuple(_made(Event, event) for event in call["events"])
    causes = [event.hangup_cause for event in events if event.hangup_cause is not None]
    return _made(
        PlayedCall,
        {
            **call,
            "hangup_cause": causes[-1] if causes else None,
            "events": events,
            "cdr": _made(Cdr, call["cdr"]) if call["cdr"] else None,
            "recording": _made(Recording, call["recording"]) if call["recording"] else None,
            "notifications": notifications,
        },
    )


def told_seen(told: shapes.Notification, session_id: str | None) -> Told:
    """A notification as the control plane has it; with the session id of its call, `record` is what is about that."""
    attempts = tuple(_made(Attempt, attempt) for attempt in told["attempts"])
    body = told["body"]
    record = record_about(body, session_id) if session_id else body
    return _made(Told, {**told, "attempts": attempts, "record": record})


def _made(kind: Callable[..., Record], members: Mapping[str, Any]) -> Record:
    """A record from those members of a JSON object that it has; instants become datetimes."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass of this file
    return kind(**{name: _value(name, value) for name, value in members.items() if name in names})


def _value(name: str, value: Any) -> Any:
    is_instant = isinstance(value, str) and (name == "at" or name.endswith("_at"))
    return datetime.fromisoformat(value) if is_instant else value
