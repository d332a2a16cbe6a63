"""What a recorded notification says about settings of the profile: a table of readers, one a setting (README.md, Defaults).

A reader answers with the value of its setting that would make us send the same, or with nothing where the
notification does not say. Settings of what no notification shows have no reader.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from simulator.contract.codes import hangup_causes
from simulator.contract.differences import shown
from simulator.contract.messages import BLOCK, NOTIFY
from simulator.contract.notifications import DOCUMENTED_DESCRIPTION, EVENT_TYPES, FEE, SETTING_DECIDES
from simulator.contract.number_status import KIND as NUMBER_STATUS
from simulator.contract.profile import Profile
from simulator.contract.recognition import Told, instant
from simulator.telephony.events import CallEventKind
from simulator.telephony.release import (
    LANDLINE_CALLER,
    NO_CALLBACK_RECORD,
    NO_CALLEE,
    NO_Y_NUMBER,
    NORMAL,
    PLATFORM_RING_TIMEOUT,
    WRONG_DIRECTION,
)

ABNORMAL = 2
ROUNDED = timedelta(seconds=2)
CLASSIC = re.compile(r"\d+_\d+_4294967295_\d{14}@(?P<host>[A-Za-z0-9.-]{1,128})")
SHAPE_2022 = re.compile(r"\+?\d+_\+?\d+_\d+_[0-9a-f]{6,16}_\d+_\d+_\d+_\d+")
TIMES = ("fwdStartTime", "fwdAlertingTime", "fwdAnswerTime", "failTime")
EVENTS = tuple(EVENT_TYPES.values())
LANDLINE = re.compile(r"\+860?(10|2\d|[3-9]\d{2})\d{7,8}")
MOBILE = re.compile(r"\+861[3-9]\d{9}")


class Speaks(NamedTuple):
    """A notification speaks of a setting: the value it shows; `known` False: no value of the setting gives this."""

    setting: str
    value: Any
    fits: bool
    example: str
    known: bool = True


class About(NamedTuple):
    """What a reader is given: one thing that a notification of this kind and mode tells, under a profile."""

    kind: str
    mode: str
    told: Told
    profile: Profile

    def get(self, name: str) -> Any:
        """A member of the record."""
        return self.told.record.get(name)

    @property
    def cause(self) -> int | None:
        """Why the call ended, as far as it says."""
        return None if self.told.incident is None else self.told.incident.code


Reader = Callable[[About], Iterator[Speaks]]


def _plain(setting: str, value_of: Callable[[About], Any]) -> Reader:
    """A reader of a value that is shown or (None) not."""

    def read(about: About) -> Iterator[Speaks]:
        value = value_of(about)
        if value is not None:
            yield Speaks(setting, value, value == getattr(about.profile, setting), shown(value))

    return read


def _state_desc(about: About) -> Iterator[Speaks]:
    text, cause = about.get("stateDesc"), about.cause
    if cause is None or cause not in hangup_causes():
        return
    if cause == NORMAL:
        if text is not None and text != DOCUMENTED_DESCRIPTION:
            yield Speaks("state_desc", text, fits=False, example=shown(text), known=False)
        return
    value = "only_documented" if text is None else "catalogue" if text == hangup_causes()[cause].en else text
    known = value in ("only_documented", "catalogue")
    yield Speaks("state_desc", value, value == about.profile.state_desc, f"{cause}: {shown(text)}", known)


def _events_with_user_data(about: About) -> Iterator[Speaks]:
    """Shown where an event carries it; that one lacks it says nothing alone (calls.py of a capture asks the CDR)."""
    if about.mode not in SETTING_DECIDES or about.told.user_data is None:
        return
    ours = about.profile.user_data_in_events
    fits = about.kind in ours
    value = ours if fits else tuple(name for name in EVENTS if name in (*ours, about.kind))
    yield Speaks("user_data_in_events", value, fits, f"{about.kind}: {shown(about.told.user_data)}")


def _session_id(about: About) -> Iterator[Speaks]:
    session_id = about.told.session_id or ""
    classic = CLASSIC.fullmatch(session_id)
    if classic is not None or SHAPE_2022.fullmatch(session_id):
        shape = "classic" if classic else "2022"
        yield Speaks("session_id_shape", shape, shape == about.profile.session_id_shape, session_id)
    elif session_id:
        yield Speaks("session_id_shape", session_id, fits=False, example=shown(session_id), known=False)
    if classic is not None:
        yield Speaks("call_host", classic["host"], classic["host"] == about.profile.call_host, session_id)


def _unset_members(about: About) -> Iterator[Speaks]:
    values = [about.get(name) for name in TIMES]
    if "" in values:
        value = "empty"
    elif None in values:
        value = "omitted"
    else:
        return
    yield Speaks(
        "unset_cdr_members",
        value,
        value == about.profile.unset_cdr_members,
        f"fwdAnswerTime {shown(about.get('fwdAnswerTime'))}",
    )


def _extension(about: About) -> str | None:
    there = [name for name in ("extendNum", "extendNumber") if about.get(name) is not None]
    return ("both" if len(there) > 1 else there[0]) if about.mode == "AXE" and there else None


def _voice_check(about: About) -> Iterator[Speaks]:
    value = about.get("voiceCheckType")
    yield Speaks("voice_check_type", value, value == about.profile.voice_check_type, shown(value))


def _recording(about: About) -> Iterator[Speaks]:
    name, started = str(about.get("recordObjectName") or ""), instant(about.get("recordStartTime"))
    if started is None:
        return
    yield from _zone(about, name, started)
    answered, ended = instant(about.get("fwdAnswerTime")), instant(about.get("callEndTime"))
    ours = about.profile.recording_start_delay_seconds
    if answered is not None:
        late = (started - answered).total_seconds()
        yield Speaks("recording_start_delay_seconds", int(late), abs(late - ours) <= 1, f"{late:g} s after the answer")
    if answered is not None and ended is not None and (talked := (ended - answered).total_seconds()) >= 0:
        fits = talked >= about.profile.recording_minimum_seconds
        yield Speaks("recording_minimum_seconds", int(talked), fits, f"recorded, and talked {talked:g} s")


def _zone(about: About, name: str, started: datetime) -> Iterator[Speaks]:
    digits = name[:12]
    if not digits.isdecimal() or len(digits) < len("yymmddHHMMSS"):
        return
    try:
        named = datetime.strptime(digits, "%y%m%d%H%M%S")  # noqa: DTZ007 - the zone is what is asked
    except ValueError:
        return
    for zone, hours in (("UTC", 0), ("Asia/Shanghai", 8)):
        if abs(named - started - timedelta(hours=hours)) <= 5 * ROUNDED:
            yield Speaks("recording_time_zone", zone, zone == about.profile.recording_time_zone, name)
            return
    yield Speaks("recording_time_zone", name, fits=False, example=f"{name}, started {started}", known=False)


def _ring_limit(about: About) -> Iterator[Speaks]:
    started, ended = instant(about.get("fwdStartTime")), instant(about.get("callEndTime"))
    if about.cause == PLATFORM_RING_TIMEOUT and started is not None and ended is not None:
        seconds = (ended - started).total_seconds()
        fits = abs(seconds - about.profile.platform_ring_limit_seconds) <= ROUNDED.total_seconds()
        yield Speaks("platform_ring_limit_seconds", int(seconds), fits, f"{seconds:g} s after it was forwarded")


def _direction(
    setting: str, cause: int, mode: str | None = None, sign: tuple[str, str] = ("abnormal", "actual")
) -> Reader:
    """Which direction a CDR has whose call was turned away for this cause."""

    def value(about: About) -> str | None:
        given = about.get("direction")
        if about.cause != cause or not isinstance(given, int) or (mode is not None and about.mode != mode):
            return None
        return sign[0] if given == ABNORMAL else sign[1]

    return _plain(setting, value)


def _x_direction(about: About) -> int | None:
    given = about.get("direction")
    return given if about.mode == "X" and about.get("fwdDstNum") and isinstance(given, int) else None


def _landline(about: About) -> str | None:
    number = str(about.get("callerNum") or "")
    if not LANDLINE.fullmatch(number) or MOBILE.fullmatch(number):
        return None
    if about.cause == LANDLINE_CALLER:
        return str(LANDLINE_CALLER)
    return "allowed" if about.get("fwdStartTime") else None


def _unanswered_duration(about: About) -> str | None:
    return "zero" if about.get("callDuration") == 0 and not about.get("fwdAnswerTime") else None


def _number_cause(about: About) -> Iterator[Speaks]:
    status = about.get("status")
    if isinstance(status, str) and about.get("cause") is not None:
        ours = about.profile.number_status_cause_with
        fits = status in ours
        yield Speaks(
            "number_status_cause_with", ours if fits else (*ours, status), fits, f"status {status} with a cause"
        )


def _given(member: str) -> Callable[[About], Any]:
    return lambda about: about.get(member) or None


def _is_there(member: str) -> Callable[[About], bool | None]:
    return lambda about: True if about.get(member) else None


CALLIN, DISCONNECT = EVENT_TYPES[CallEventKind.DIALLED], EVENT_TYPES[CallEventKind.RELEASED]
READERS: Mapping[str, Sequence[Reader]] = {
    CALLIN: (_session_id, _plain("callin_user_data", _is_there("userData"))),
    DISCONNECT: (_state_desc,),
    FEE: (
        _plain("record_domain", _given("recordDomain")),
        _plain("call_host", _given("hostName")),
        _plain("sp_id", _given("spId")),
        _plain("user_data_in_cdr", _is_there("userData")),
        _unset_members,
        _plain("axe_cdr_extension_member", _extension),
        _voice_check,
        _recording,
        _ring_limit,
        _direction("wrong_direction_cdr", WRONG_DIRECTION),
        _direction("ax_unreached_cdr", NO_CALLEE, "AX"),
        _direction("axe_no_callback_cdr", NO_CALLBACK_RECORD, "AXE"),
        _direction("axyb_no_y_cdr", NO_Y_NUMBER, "AXYB"),
        _plain("x_cdr_direction", _x_direction),
        _plain("landline_caller", _landline),
        _plain("call_duration_unanswered", _unanswered_duration),
    ),
    NOTIFY: (_plain("sms_event", _given("event")), _plain("user_data_in_sms", _is_there("userData"))),
    BLOCK: (_plain("sms_event", _given("event")), _plain("sms_content_in_block", _is_there("smsContent"))),
    NUMBER_STATUS: (_number_cause,),
}
"""What each kind of notification can tell about settings; every call event is asked for userData too."""


def speaks_of(kind: str, mode: str, told: Told, profile: Profile) -> Iterator[Speaks]:
    """The settings that one thing told speaks of."""
    about = About(kind, mode, told, profile)
    for reader in READERS.get(kind, ()):
        yield from reader(about)
    if kind in EVENTS:
        yield from _events_with_user_data(about)


def lost_user_data(carried: str, mode: str, events: Mapping[str, Told], profile: Profile) -> Iterator[Speaks]:
    """Events that lack the userData which the CDR of their call carries, where the profile has them carry it."""
    if mode not in SETTING_DECIDES:
        return
    ours = profile.user_data_in_events
    for name in ours:
        if name in events and events[name].user_data is None and (name != CALLIN or profile.callin_user_data):
            less = tuple(one for one in ours if one != name)
            yield Speaks("user_data_in_events", less, fits=False, example=f"{name} without, CDR with {shown(carried)}")
