"""What is pushed: call events and CDRs as the platform writes them, in its samples' order (notifications.md 2, 3).

Every body is checked against its schema here, before it can leave.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import cache, lru_cache

from simulator.contract.codes import hangup_causes
from simulator.contract.modes import ModeRow, mode_row
from simulator.contract.profile import Profile
from simulator.contract.schemas import Validator, validator
from simulator.delivery.notification import Slot
from simulator.telephony.calls import Call
from simulator.telephony.cdr import Cdr
from simulator.telephony.commands.calls import Party
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.recordings import Recording
from simulator.telephony.release import NORMAL

EVENT_TYPES = {
    CallEventKind.DIALLED: "callin",
    CallEventKind.COLLECTED: "collectInfo",
    CallEventKind.FORWARDED: "callout",
    CallEventKind.ALERTED: "alerting",
    CallEventKind.ANSWERED: "answer",
    CallEventKind.RELEASED: "disconnect",
}
FEE = "fee"
EMPTY_WHEN_UNSET = frozenset(
    (
        "callInTime",
        "fwdStartTime",
        "fwdAlertingTime",
        "fwdAnswerTime",
        "callEndTime",
        "failTime",
        "recordStartTime",
        "recordDomain",
        "recordBucketName",
        "recordObjectName",
    )
)
EXTENSION_MEMBERS = {
    "extendNum": ("extendNum",),
    "extendNumber": ("extendNumber",),
    "both": ("extendNum", "extendNumber"),
}
SETTING_DECIDES = ("AX", "AXB")
"""The modes whose pages disagree about the events that carry userData: user_data_in_events."""

RELEASE_DIRECTION = "release_direction"
RELEASED_BY = {Party.CALLER: 1, Party.CALLEE: 2}
"""Values of callRelDirection; a call that the platform released has none (notifications.md 2.1)."""

DOCUMENTED_DESCRIPTION = "The user releases the call."

Json = dict[str, object]


def slot_of(kind: CallEventKind) -> Slot:
    """Which receiver address an event goes to; the arrival may have one of its own (notifications.md 1.4)."""
    return Slot.CALLIN if kind is CallEventKind.DIALLED else Slot.STATUS


def asks(event_type: str, mode: str) -> bool:
    """Whether the receiver of an event must decide what becomes of the call (axe_axyb_x.md 3.1, notifyMode)."""
    return event_type == EVENT_TYPES[CallEventKind.DIALLED] and mode_row(mode).notify_mode is not None


@lru_cache(maxsize=1024)
def utc_text(at: datetime) -> str:
    """`yyyy-MM-dd HH:mm:ss` in UTC: the format of every time in events and CDRs."""
    return at.isoformat(" ", "seconds")[:19]


def call_event(
    call: Call, event: CallEvent, profile: Profile, mode: str, features: Collection[str] = frozenset()
) -> Json:
    """The body of one call event (notifications.md 2.1, 2.2, 2.4, 6); `features` are the application's switches."""
    event_type = EVENT_TYPES[event.kind]
    info: Json = {"sessionId": call.session_id, "timestamp": utc_text(event.at)}
    if event.kind is CallEventKind.COLLECTED:
        info["digitInfo"] = event.digits or ""
        return {"eventType": event_type, "statusInfo": info}
    row = mode_row(mode)
    info["caller"], called = _leg(call, event)
    if called is not None:
        info["called"] = called
    if event.release is not None:
        info["stateCode"] = event.release.cause
        _put(info, "stateDesc", describe(event.release.cause, profile))
    if event_type in row.subscription_id_in:
        _put(info, "subscriptionId", call.route.subscription_id)
    if _carries_user_data(event_type, call, profile, row):
        _put(info, "userData", call.route.user_data)
    if event.kind is CallEventKind.DIALLED:
        _put(info, "notifyMode", row.notify_mode)
    if RELEASE_DIRECTION in features and event.by is not None and call.at(CallEventKind.ANSWERED) is not None:
        info["callRelDirection"] = RELEASED_BY[event.by]
    return {"eventType": event_type, "statusInfo": info}


def _carries_user_data(event_type: str, call: Call, profile: Profile, row: ModeRow) -> bool:
    if event_type == "callin" and not profile.callin_user_data:
        return False
    if row.mode in SETTING_DECIDES:
        return event_type in profile.user_data_in_events
    return row.carries_user_data(event_type, call.route.direction.value)


def describe(cause: int, profile: Profile) -> str | None:
    """The stateDesc of a hangup cause; only that of 0 is documented (notifications.md 2.6)."""
    if cause == NORMAL:
        return DOCUMENTED_DESCRIPTION
    return hangup_causes()[cause].en if profile.state_desc == "catalogue" else None


def fee(cdr: Cdr, profile: Profile, mode: str, features: Collection[str] = frozenset()) -> Json:
    """One CDR (FeeInfo) in the order of the samples (notifications.md 3.1); `features` are the switches that are on."""
    record: Json = {}
    row = mode_row(mode)
    for name, value_of in FEE_MEMBERS:
        value = value_of(cdr, profile)
        if value is not None:
            record[name] = value
        elif name in EMPTY_WHEN_UNSET and profile.unset_cdr_members == "empty":
            record[name] = ""
        if name == "sessionId":
            _put(record, "notifyMode", row.notify_mode)
        elif name == "subscriptionId" and cdr.extension is not None:
            record.update(dict.fromkeys(EXTENSION_MEMBERS[profile.axe_cdr_extension_member], cdr.extension))
        elif name == "mptyId":
            record["serviceType"] = row.service_type
    if features:
        _add_support_members(record, cdr, profile, features)
    return record


def _add_support_members(record: Json, cdr: Cdr, profile: Profile, features: Collection[str]) -> None:
    for feature, name, value_of in SUPPORT_MEMBERS:
        if feature in features:
            _put(record, name, value_of(cdr, profile))


def fee_body(fragments: Sequence[bytes]) -> bytes:
    """One message for 1 to 50 CDRs, from their JSON."""
    return b'{"eventType":"fee","feeLst":[' + b",".join(fragments) + b"]}"


def violations(event_type: str, body: Json, mode: str) -> list[str]:
    """How a body breaks its schema; empty for one that may leave."""
    check = _schema(event_type, mode)
    return [] if check.is_valid(body) else check.violations(body)


@cache
def _schema(event_type: str, mode: str) -> Validator:
    return validator(f"notifications/{mode.lower()}/{event_type}")


def fee_violations(record: Json, mode: str) -> list[str]:
    """How a CDR breaks its schema; empty for one that may leave."""
    return violations(FEE, {"eventType": FEE, "feeLst": [record]}, mode)


def _leg(call: Call, event: CallEvent) -> tuple[str, str | None]:
    """Caller and called as the event has them: the first leg until the call was forwarded, then the second."""
    if event.kind is CallEventKind.DIALLED or not call.was_forwarded:
        return call.caller, call.x_number
    return call.route.shown or call.x_number, call.route.destination


def _put(body: Json, name: str, value: object) -> None:
    if value is not None:
        body[name] = value


def _time(instant: Callable[[Cdr], datetime | None]) -> Callable[[Cdr, Profile], str | None]:
    def value(cdr: Cdr, _: Profile) -> str | None:
        at = instant(cdr)
        return None if at is None else utc_text(at)

    return value


def _of_recording(member: Callable[[Recording], object]) -> Callable[[Cdr, Profile], object]:
    """A name of the recording; with a download address the three are empty (notifications.md 3.1)."""

    def value(cdr: Cdr, _: Profile) -> object:
        if cdr.recording is None:
            return None
        return member(cdr.recording) if cdr.recording.address is None else ""

    return value


def _released_by(cdr: Cdr, _: Profile) -> int | None:
    return None if cdr.answered_at is None or cdr.released_by is None else RELEASED_BY[cdr.released_by]


def _talk_time(cdr: Cdr, profile: Profile) -> int | None:
    unanswered = 0 if profile.call_duration_unanswered == "zero" else None
    return unanswered if cdr.talk_seconds is None else cdr.talk_seconds


def _address(cdr: Cdr, _: Profile) -> str | None:
    return cdr.recording.address if cdr.recording else None


FEE_MEMBERS: tuple[tuple[str, Callable[[Cdr, Profile], object]], ...] = (
    ("direction", lambda cdr, _: cdr.direction.value),
    ("spId", lambda _, profile: profile.sp_id),
    ("appKey", lambda cdr, _: cdr.app_key),
    ("icid", lambda cdr, _: cdr.icid),
    ("bindNum", lambda cdr, profile: cdr.bound_number if profile.axyb_bind_num == "x" else cdr.x_number),
    ("sessionId", lambda cdr, _: cdr.session_id),
    ("subscriptionId", lambda cdr, _: cdr.subscription_id),
    ("callerNum", lambda cdr, _: cdr.caller),
    ("calleeNum", lambda cdr, _: cdr.x_number),
    ("fwdDisplayNum", lambda cdr, _: cdr.shown if cdr.forwarded_at else None),
    ("fwdDstNum", lambda cdr, _: cdr.destination),
    ("callInTime", _time(lambda cdr: cdr.dialled_at)),
    ("fwdStartTime", _time(lambda cdr: cdr.forwarded_at)),
    ("fwdAlertingTime", _time(lambda cdr: cdr.alerted_at)),
    ("fwdAnswerTime", _time(lambda cdr: cdr.answered_at)),
    ("callEndTime", _time(lambda cdr: cdr.released_at)),
    ("fwdUnaswRsn", lambda cdr, _: cdr.release.q850),
    ("failTime", _time(lambda cdr: cdr.failed_at)),
    ("ulFailReason", lambda cdr, _: cdr.release.disconnect_point),
    ("sipStatusCode", lambda cdr, _: cdr.release.sip_status),
    ("callOutUnaswRsn", lambda *_: 0),
    ("recordFlag", lambda cdr, _: int(cdr.recording is not None)),
    ("recordStartTime", _time(lambda cdr: cdr.recording.started_at if cdr.recording else None)),
    ("recordDomain", _of_recording(lambda recording: recording.domain)),
    ("recordBucketName", _of_recording(lambda recording: recording.bucket)),
    ("recordObjectName", _of_recording(lambda recording: recording.name)),
    ("ttsPlayTimes", lambda *_: 0),
    ("ttsTransDuration", lambda *_: 0),
    ("mptyId", lambda cdr, _: cdr.subscription_id),
    ("hostName", lambda _, profile: profile.call_host),
    ("userData", lambda cdr, profile: cdr.user_data if profile.user_data_in_cdr else None),
    ("voiceCheckType", lambda _, profile: profile.voice_check_type),
)
"""Every member with where it comes from; `serviceType` follows mptyId and is the application's mode."""

SUPPORT_MEMBERS: tuple[tuple[str, str, Callable[[Cdr, Profile], object]], ...] = (
    ("recording_url", "recordFileDownloadUrl", _address),
    ("area_code", "areaCode", lambda cdr, _: cdr.area_code),
    ("call_duration", "callDuration", _talk_time),
    (RELEASE_DIRECTION, "callRelDirection", _released_by),
)
"""Members that are there only when support switched them on, by feature (schemas/codes/features.json)."""
