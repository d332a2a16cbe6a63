"""What a released call left behind, named as the platform names it (recording_auth_codes.md 1, notifications.md 3.1)."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from simulator.contract.profile import Profile
from simulator.contract.responses.common import ZONES
from simulator.telephony.calls import Call
from simulator.telephony.events import CallEventKind
from simulator.telephony.ids import recording_name
from simulator.telephony.recordings import Recording


def recording_of(
    call: Call, released_at: datetime, profile: Profile, bits: Callable[[], int], token: Callable[[], str]
) -> Recording | None:
    """The recording of a call that was to be recorded; None where nothing was said, or too little.

    Dice are thrown only where there is something to name.
    """
    answered_at = call.at(CallEventKind.ANSWERED)
    if answered_at is None:
        return None
    started_at = answered_at + timedelta(seconds=profile.recording_start_delay_seconds)
    seconds = (released_at - started_at).total_seconds()
    if (released_at - answered_at).total_seconds() < profile.recording_minimum_seconds or seconds <= 0:
        return None
    name = recording_name(bits(), started_at.astimezone(timezone(ZONES[profile.recording_time_zone])))
    bucket = f"sp-{call.app_key.lower()}"
    return Recording(name, profile.record_domain, bucket, call.app_key, call.call_id, started_at, seconds, token())
