"""A disconnect or CDR of production in the core's words: what it says of one call, whole or not (notifications.md 2.1, 3.1).

Nothing in it is trusted: what is no text, number or time of the documented shape counts as absent.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from simulator.contract.modes import mode_rows

LONGEST = 256
DEEPEST = 10
"""How many levels of lists and objects are looked into."""
CAUSE_MEMBERS = ("stateCode", "ulFailReason")
INSTANTS = {
    "dialled_at": "callInTime",
    "forwarded_at": "fwdStartTime",
    "alerted_at": "fwdAlertingTime",
    "answered_at": "fwdAnswerTime",
    "released_at": "callEndTime",
    "failed_at": "failTime",
}
WHAT_TELLS = "a disconnect has stateCode in its statusInfo, a CDR has ulFailReason in its feeLst"
"""What a message must have to say why a call ended, for the sentence that refuses one that does not."""
TEXTS = {
    "session_id": ("sessionId",),
    "subscription_id": ("subscriptionId",),
    "user_data": ("userData",),
    "extension": ("extendNum", "extendNumber"),
    "caller": ("callerNum",),
    "x_number": ("calleeNum", "bindNum"),
    "shown": ("fwdDisplayNum",),
    "callee": ("fwdDstNum",),
}


@dataclass(frozen=True, slots=True)
class Incident:
    """One call as one record tells of it; None is what the record does not say.

    `cause` is the disconnect's, `disconnect_point` the CDR's. The parties of a disconnect are `legs`: those of the last
    leg that was tried (notifications.md 2.2).
    """

    kind: str
    mode: str | None = None
    cause: int | None = None
    disconnect_point: int | None = None
    q850: int | None = None
    sip_status: int | None = None
    direction: int | None = None
    talked: int | None = None
    recorded: bool | None = None
    session_id: str | None = None
    subscription_id: str | None = None
    user_data: str | None = None
    extension: str | None = None
    caller: str | None = None
    x_number: str | None = None
    shown: str | None = None
    callee: str | None = None
    legs: tuple[str | None, str | None] = (None, None)
    times: Mapping[str, datetime] = field(default_factory=dict)
    told_at: datetime | None = None
    """When the disconnect says that the call ended."""

    @property
    def ended_at(self) -> datetime | None:
        """When the call ended."""
        return self.times.get("released_at", self.told_at)

    @property
    def code(self) -> int | None:
        """Why the call was released, as far as the record says: a disconnect point counts as the cause of its number."""
        return self.disconnect_point if self.cause is None else self.cause


def incidents(value: object, depth: int = DEEPEST) -> Iterator[Incident]:
    """The calls that a message, a record, or a list of either tells of."""
    if isinstance(value, dict) and any(name in value for name in CAUSE_MEMBERS):
        yield of_disconnect(value) if "stateCode" in value else of_cdr(value)
    elif isinstance(value, dict | list) and depth:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from incidents(inner, depth - 1)


def event_type(value: object) -> str | None:
    """What a message says it is, for the sentence that refuses one that is none of these."""
    told = value.get("eventType") if isinstance(value, dict) else None
    return told[:LONGEST] if isinstance(told, str) else None


def joined(disconnect: Incident, cdr: Incident) -> Incident:
    """What the disconnect and the CDR of one call say together."""
    return replace(
        cdr, kind="disconnect and fee", cause=disconnect.cause, legs=disconnect.legs, told_at=disconnect.told_at
    )


def of_disconnect(record: Mapping[str, Any]) -> Incident:
    """What the members of a disconnect say."""
    return Incident(
        kind="disconnect",
        cause=_number(record, "stateCode"),
        **_texts(record, ("session_id", "subscription_id", "user_data")),
        legs=(_text(record, "caller"), _text(record, "called")),
        told_at=_instant(record, "timestamp"),
    )


def of_cdr(record: Mapping[str, Any]) -> Incident:
    """What one CDR says."""
    instants = ((word, _instant(record, name)) for word, name in INSTANTS.items())
    flag = _number(record, "recordFlag")
    return Incident(
        kind="fee",
        mode=mode_of_record(record),
        disconnect_point=_number(record, "ulFailReason"),
        q850=_number(record, "fwdUnaswRsn"),
        sip_status=_number(record, "sipStatusCode"),
        direction=_number(record, "direction"),
        talked=_number(record, "callDuration"),
        recorded=None if flag is None else bool(flag),
        **_texts(record, TEXTS),
        times={word: at for word, at in instants if at is not None},
    )


def mode_of_record(record: Mapping[str, Any]) -> str | None:
    """The mode by service type; notifyMode tells an X record from one of AXB (notifications.md 3.3)."""
    rows = [row for row in mode_rows() if row.service_type == record.get("serviceType")]
    blocks = record.get("notifyMode") is not None
    fitting = [row.mode for row in rows if (row.notify_mode is not None) == blocks]
    return fitting[0] if len(fitting) == 1 else None


def _texts(record: Mapping[str, Any], words: Iterable[str]) -> dict[str, Any]:
    found = {word: (_text(record, name) for name in TEXTS[word]) for word in words}
    return {word: next((text for text in texts if text is not None), None) for word, texts in found.items()}


def _text(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    return value[:LONGEST] if isinstance(value, str) and value else None


def _number(record: Mapping[str, Any], name: str) -> int | None:
    value = record.get(name)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _instant(record: Mapping[str, Any], name: str) -> datetime | None:
    text = _text(record, name)
    try:
        return None if text is None else datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - UTC by contract
    except ValueError:
        return None
