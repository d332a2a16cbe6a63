"""What a recorded body tells, in the core's words: its kind, and each thing it tells of (notifications.md 2 to 5).

Nothing in it is trusted: a member that is not what it should be counts as absent here, and `differences.py` says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator.contract.incidents import LONGEST, Incident, mode_of_record, of_cdr, of_disconnect
from simulator.contract.messages import BLOCK, MODES, NOTIFY
from simulator.contract.notifications import EVENT_TYPES, FEE
from simulator.contract.number_status import KIND as NUMBER_STATUS
from simulator.contract.samples import kinds
from simulator.telephony.events import CallEventKind

Json = Mapping[str, Any]
EVENT_KINDS = {event_type: kind for kind, event_type in EVENT_TYPES.items()}
FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%fZ")
ABOUT_CALLS, ABOUT_SMS = (*EVENT_KINDS, FEE), (NOTIFY, BLOCK)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a message tells of: an event, a CDR, an SMS or a number; None is what it does not say."""

    record: Json
    session_id: str | None = None
    at: datetime | None = None
    parties: tuple[str | None, str | None] = (None, None)
    subscription_id: str | None = None
    user_data: str | None = None
    incident: Incident | None = None
    """What a disconnect or CDR says of why the call ended."""


@dataclass(frozen=True, slots=True)
class Message:
    """A body that is a notification: `kind` is the name of its schema, `event` what happened to a call."""

    kind: str
    body: Json
    told: Sequence[Told]
    app_key: str | None = None
    mode: str | None = None
    """The mode that its CDRs name."""
    asks: bool = False
    """Whether the answer decides something."""

    @property
    def event(self) -> CallEventKind | None:
        """What happened to a call, where it tells of that."""
        return EVENT_KINDS.get(self.kind)


def recognised(body: object) -> Message | None:
    """The notification that a body is; None for one of no kind that the contract has."""
    if not isinstance(body, dict):
        return None
    kind = _kind(body)
    if kind in EVENT_KINDS:
        info = _object(body.get("statusInfo"))
        return Message(kind, body, (_event(kind, info),), asks=info.get("notifyMode") is not None and kind == "callin")
    if kind == FEE:
        return _cdrs(body)
    if kind == NUMBER_STATUS:
        return Message(kind, body, [Told(record) for record in _objects(body.get("numInfo"))])
    return Message(kind, body, (_sms(body),), _text(body, "appKey"), asks=kind == BLOCK) if kind else None


def what_it_says(body: object) -> str:
    """What a body that is no known notification calls itself, for the finding that shows it."""
    if not isinstance(body, dict):
        return f"a JSON {type(body).__name__}"
    return f"eventType {body['eventType']!r:.60}" if "eventType" in body else f"members {', '.join(body)!s:.80}"


def modes_with(kind: str) -> Sequence[str]:
    """The modes that have this kind of notification."""
    return next(row for row in kinds().values() if row.kind == kind).modes()


def instant(value: object) -> datetime | None:
    """A time as call events, CDRs or SMS notifications write it; naive, and UTC by the contract."""
    for form in FORMATS if isinstance(value, str) and len(value) < LONGEST else ():
        try:
            return datetime.strptime(value, form)  # type: ignore[arg-type] # noqa: DTZ007 - UTC by contract
        except ValueError:
            continue
    return None


def _kind(body: Json) -> str | None:
    named = body.get("eventType")
    if isinstance(named, str) and (named in ABOUT_CALLS or named == NUMBER_STATUS):
        return named
    if "smsEvent" not in body:
        return None
    mode = _object(body["smsEvent"]).get("notificationMode")
    return BLOCK if mode == MODES[BLOCK] else NOTIFY


def _event(kind: str, info: Json) -> Told:
    return Told(
        info,
        _text(info, "sessionId"),
        instant(info.get("timestamp")),
        (_text(info, "caller"), _text(info, "called")),
        _text(info, "subscriptionId"),
        _text(info, "userData"),
        of_disconnect(info) if EVENT_KINDS[kind] is CallEventKind.RELEASED else None,
    )


def _cdrs(body: Json) -> Message:
    records = list(_objects(body.get("feeLst")))
    modes = {mode_of_record(record) for record in records}
    keys = (_text(record, "appKey") for record in records)
    return Message(
        FEE, body, [_cdr(record) for record in records], next(keys, None), modes.pop() if len(modes) == 1 else None
    )


def _cdr(record: Json) -> Told:
    read = of_cdr(record)
    ends = instant(record.get("callEndTime"))
    return Told(record, read.session_id, ends, (read.caller, read.x_number), read.subscription_id, read.user_data, read)


def _sms(body: Json) -> Told:
    event = _object(body["smsEvent"])
    parties = (_text(event, "calling"), _text(event, "called"))
    ids = (_text(event, "subscriptionId"), _text(event, "userData"))
    return Told(event, _text(event, "smsIdentifier"), instant(event.get("timeStamp")), parties, *ids)


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> Iterator[Json]:
    yield from (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _text(members: Json, name: str) -> str | None:
    value = members.get(name)
    return value[:LONGEST] if isinstance(value, str) and value else None
