"""Answers of mode AXB as bytes, members in the order of the documents' examples (ax_axb.md 6 to 9)."""

from collections.abc import Sequence

from simulator.contract.encoding import encoded
from simulator.contract.profile import Profile
from simulator.contract.responses.common import SUCCESS, ZONES, WireAnswer, flag, local_time, queried_user_data
from simulator.telephony.bindings.axb import AxbBinding
from simulator.telephony.commands.axb import QueryAxb


def bound(binding: AxbBinding) -> WireAnswer:
    """The answer to bind: the values in effect, 0 where none was given (ax_axb.md 6)."""
    members = {
        "resultcode": "0",
        "resultdesc": "Success",
        "subscriptionId": binding.subscription_id,
        "relationNum": binding.x_number,
        "callDirection": binding.direction or 0,
        "duration": binding.lifetime_seconds or 0,
        "maxDuration": binding.max_minutes or 0,
    }
    return WireAnswer(200, "0", encoded(members))


def page(
    bindings: Sequence[AxbBinding], total_count: int, query: QueryAxb, app_key: str, profile: Profile
) -> WireAnswer:
    """The answer to query: a page of bindings (ax_axb.md 9)."""
    number = str if profile.page_number_type == "string" else int
    members = {
        **SUCCESS,
        "app_key": app_key,
        "relationNumList": [relation(binding, profile) for binding in bindings],
        "totalCount": total_count,
        "pageIndex": number(query.page_index),
        "pageSize": number(query.page_size),
    }
    return WireAnswer(200, "0", encoded(members))


def relation(binding: AxbBinding, profile: Profile) -> dict[str, object]:
    """One binding of a query answer; members that were never set are absent (observed.md, ax_axb.md 9)."""
    zone = ZONES[profile.subscribe_time_zone]
    members = {
        "subscriptionId": binding.subscription_id,
        "relationNum": binding.x_number,
        "callerNum": binding.caller,
        "calleeNum": binding.callee,
        "subscribeTime": local_time(binding.changed_at, zone),
        "callDirection": binding.direction,
        "duration": binding.lifetime_seconds,
        "maxDuration": binding.max_minutes,
        "recordFlag": flag(binding.record),
        "recordHintTone": binding.record_tone,
        "lastMinVoice": binding.last_minute_tone,
        "preVoice": tones(binding),
        "privateSms": flag(binding.sms),
        "userData": queried_user_data(binding.user_data, profile),
    }
    return {name: value for name, value in members.items() if value is not None}


def tones(binding: AxbBinding) -> dict[str, str] | None:
    """The preVoice object, None when neither tone was set."""
    files = {"callerHintTone": binding.caller_tone, "calleeHintTone": binding.callee_tone}
    return {name: file for name, file in files.items() if file is not None} or None
