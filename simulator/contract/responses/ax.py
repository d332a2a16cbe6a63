"""Answers of mode AX as bytes (ax_axb.md 1 to 5, observed.md)."""

from collections.abc import Sequence
from datetime import timedelta

from simulator.contract.encoding import encoded
from simulator.contract.profile import Profile
from simulator.contract.responses.common import SUCCESS, ZONES, WireAnswer, flag, local_time, queried_user_data
from simulator.telephony.bindings.ax import AxBinding

NUMBER_TYPE = "mobile-virtual"


def bound(binding: AxBinding) -> WireAnswer:
    """The answer to bind (ax_axb.md 1)."""
    members = {"origNum": binding.user, "privateNum": binding.x_number, "subscriptionId": binding.subscription_id}
    return WireAnswer(200, "0", encoded({**SUCCESS, **members}))


def found(bindings: Sequence[AxBinding], profile: Profile) -> WireAnswer:
    """The answer to query, newest binding first (ax_axb.md 4)."""
    zone = ZONES[profile.subscribe_time_zone]
    members = {**SUCCESS, "privateNumList": [shown(binding, zone, profile) for binding in bindings]}
    return WireAnswer(200, "0", encoded(members))


def shown(binding: AxBinding, zone: timedelta, profile: Profile) -> dict[str, object]:
    """One binding of a query answer; members that were never set are absent."""
    tones = {"callerHintTone": binding.caller_tone, "calleeHintTone": binding.callee_tone}
    members = {
        "origNum": binding.user,
        "privateNum": binding.x_number,
        "privateNumType": NUMBER_TYPE,
        "subscribeTime": local_time(binding.bound_at, zone),
        "recordFlag": flag(binding.record),
        "recordHintTone": binding.record_tone if binding.record else None,
        "preVoice": {name: file for name, file in tones.items() if file is not None} or None,
        "calleeNumDisplay": binding.display,
        "subscriptionId": binding.subscription_id,
        "privateSms": flag(binding.sms),
        "maxDuration": binding.max_minutes,
        "lastMinVoice": binding.last_minute_tone,
        "turnFlag": binding.power,
        "callDirection": binding.direction,
        "userData": queried_user_data(binding.user_data, profile),
    }
    return {name: value for name, value in members.items() if value is not None}
