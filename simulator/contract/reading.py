"""What a notification's body tells, whoever sent it: its kind, what it is about, why a call ended, numbers, its time.

Nothing in it is trusted: what is no text, number or time of the documented shape counts as absent (notifications.md 2
to 5). Whether it obeys its schema is another question.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson

from simulator.contract import decisions, sms_decisions
from simulator.contract.incidents import incidents
from simulator.contract.messages import BLOCK, MODES, NOTIFY
from simulator.contract.notifications import EVENT_TYPES
from simulator.contract.samples import Kind, kinds
from simulator.contract.schemas import validator
from simulator.telephony.events import CallEventKind

EVENT_TYPE, STATUS, RECORDS, NUMBERS, SMS = "eventType", "statusInfo", "feeLst", "numInfo", "smsEvent"
ARRIVAL = EVENT_TYPES[CallEventKind.DIALLED]
ABOUT = ("sessionId", "smsIdentifier", "number")
"""The member that says which call, SMS or X number something is about."""
CAUSES = ("stateCode", "ulFailReason")
PARTIES = (
    "caller",
    "called",
    "callerNum",
    "calleeNum",
    "fwdDisplayNum",
    "fwdDstNum",
    "bindNum",
    "calling",
    "virtualNumber",
)
INSTANTS = ("timestamp", "callEndTime", "failTime", "fwdAnswerTime", "callInTime", "timeStamp")
"""Where the instant of what is told stands; the first that is there counts."""
MOST_RECORDS = 1000
"""Records of one body that are looked at: ten times what a message may have."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one body tells; of a batch everything that its records tell.

    `kind` None: a body that no table has.
    """

    kind: Kind | None = None
    about_ids: Sequence[str] = ()
    causes: Sequence[int] = ()
    numbers: Sequence[str] = ()
    at: datetime | None = None
    app_key: str | None = None
    asks: bool = False
    """Whether its answer decides what becomes of a call or an SMS."""
    sender: str = ""
    """Who wrote the SMS that it asks about."""

    @property
    def event(self) -> str:
        """The word for its kind, as `pnsim trigger` has it; `?` where there is none."""
        return self.kind.event if self.kind else "?"


def read(body: bytes) -> Reading:
    """What a body tells; a Reading without a kind for one that is no JSON object of the documented shape."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Reading()
    return reading(value) if isinstance(value, dict) else Reading()


def reading(value: Mapping[str, Any]) -> Reading:
    """What a parsed body tells."""
    kind = _kind(value)
    records = tuple(_records(value))
    return Reading(
        kind,
        tuple(dict.fromkeys(_texts(records, ABOUT))),
        tuple(_causes(records)),
        tuple(dict.fromkeys(_texts(records, (*PARTIES, "number")))),
        _latest(records),
        next(iter(_texts((value, *records), ("appKey",))), None),
        _asks(value, kind),
        next(iter(_texts(records, ("calling",))), ""),
    )


def is_notification(value: object) -> bool:
    """Whether a value says that it is a notification, of a kind that we know or of another."""
    return isinstance(value, dict) and (
        isinstance(value.get(EVENT_TYPE), str) or isinstance(value.get(SMS), dict) or _kind(value) is not None
    )


def _kind(value: Mapping[str, Any]) -> Kind | None:
    event = value.get(SMS)
    if isinstance(event, dict):
        mode = event.get("notificationMode")
        return _kinds().get(BLOCK if mode == MODES[BLOCK] else NOTIFY)
    told = value.get(EVENT_TYPE)
    return _kinds().get(told) if isinstance(told, str) else None


@cache
def _kinds() -> Mapping[str, Kind]:
    return {kind.kind: kind for kind in kinds().values()}


def modes_of(body: bytes) -> Sequence[str]:
    """The modes that a body may be of: what a CDR says, else those whose schema it obeys, else those that have its kind."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ()
    kind = _kind(value) if isinstance(value, dict) else None
    if kind is None:
        return ()
    told = {call.mode for call in incidents(value) if call.mode is not None}
    possible = kind.modes()
    fitting = [mode for mode in possible if validator(kind.schema(mode)).is_valid(value)]
    return [mode for mode in possible if mode in told] or fitting or possible


def _asks(value: Mapping[str, Any], kind: Kind | None) -> bool:
    if kind is None or kind.kind not in (ARRIVAL, BLOCK):
        return False
    return decisions.asks(value) if kind.kind == ARRIVAL else sms_decisions.asks(value)


def _records(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in (STATUS, SMS):
        if isinstance(value.get(name), dict):
            yield value[name]
    for name in (RECORDS, NUMBERS):
        if isinstance(value.get(name), list):
            yield from (record for record in value[name][:MOST_RECORDS] if isinstance(record, dict))


def _texts(records: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[str]:
    found = (record.get(name) for record in records for name in names)
    return [text for text in found if isinstance(text, str) and text]


def _causes(records: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    for record in records:
        for name in CAUSES:
            code = record.get(name)
            text = str(code)
            if isinstance(code, int | str) and text.isascii() and text.isdecimal() and len(text) < 10:
                yield int(text)


def _latest(records: Sequence[Mapping[str, Any]]) -> datetime | None:
    """The latest instant that is told; a batch was sent when the last of its calls had ended."""
    return max((at for record in records if (at := _instant(record)) is not None), default=None)


def _instant(record: Mapping[str, Any]) -> datetime | None:
    return next((at for name in INSTANTS if (at := parsed_instant(record.get(name))) is not None), None)


def parsed_instant(text: object) -> datetime | None:
    """An instant in UTC from `yyyy-MM-dd HH:mm:ss` or from ISO 8601 with milliseconds and Z; None for anything else."""
    if not isinstance(text, str) or not 19 <= len(text) <= 32:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
