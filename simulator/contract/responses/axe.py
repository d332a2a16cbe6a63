"""Answers of mode AXE as bytes, members in the order of the documents' tables (axe_axyb_x.md 1.1 to 1.6)."""

from collections.abc import Sequence

from simulator.contract.encoding import encoded
from simulator.contract.profile import Profile
from simulator.contract.responses.common import SUCCESS, WireAnswer, flag, queried_user_data
from simulator.telephony.bindings.axe import AxeBinding
from simulator.telephony.commands.axe import HOURS, SECONDS_IN


def bound(binding: AxeBinding) -> WireAnswer:
    """The answer to bind: X, extension and lifetimes in effect, in the unit that was asked in (axe_axyb_x.md 1.1)."""
    unit = SECONDS_IN[binding.time_unit or HOURS]
    callback = binding.lifetime_seconds if binding.callback_seconds is None else binding.callback_seconds
    members = {
        **SUCCESS,
        "subscriptionId": binding.subscription_id,
        "virtualNum": binding.x_number,
        "extendNum": binding.extension,
        "bindExpiredTime": binding.lifetime_seconds // unit,
        "callbackExpiredTime": callback // unit,
        "userData": binding.user_data,
    }
    return _answer({name: value for name, value in members.items() if value is not None})


def one(binding: AxeBinding, profile: Profile) -> WireAnswer:
    """The answer to query v1: the binding's members beside the result code (axe_axyb_x.md 1.4)."""
    return _answer({**SUCCESS, **binding_members(binding, profile)})


def page(bindings: Sequence[AxeBinding], following: str | None, profile: Profile) -> WireAnswer:
    """The answer to query v2: a list, and where it goes on (axe_axyb_x.md 1.5)."""
    members: dict[str, object] = {
        **SUCCESS,
        profile.axe_list_name: [binding_members(each, profile) for each in bindings],
    }
    if following is not None:
        members["nextCursor"] = following
    return _answer(members)


def next_cursor(last: tuple[int, int] | None, profile: Profile, *, more: bool) -> str | None:
    """`nextCursor` of a page; of the last one by the profile, of a single binding None."""
    if last is None:
        return None
    cursor = f"{last[0]:013d}_{last[1]}"
    return cursor if more else {"empty": "", "last": cursor}.get(profile.axe_list_end)


def counts(numbers: Sequence[tuple[str, int]], following: int | None, profile: Profile) -> WireAnswer:
    """The answer to the binding count: X numbers with how many bindings each carries (axe_axyb_x.md 1.6)."""
    listed = [{"number": number, profile.axe_count_member: count} for number, count in numbers]
    members: dict[str, object] = {**SUCCESS, profile.axe_count_list_name: listed}
    if following is not None:
        members["nextCursor"] = str(following)
    return _answer(members)


def binding_members(binding: AxeBinding, profile: Profile) -> dict[str, object]:
    """One binding; timeUnit and bindExpiredTime are those of the bind, what was never set is absent."""
    members = {
        "subscriptionId": binding.subscription_id,
        "virtualNum": binding.x_number,
        "extendNum": binding.extension,
        "bindNum": binding.user,
        "displayNumMode": binding.display,
        "recordFlag": flag(binding.record),
        "recordHintTone": binding.record_tone if binding.record else None,
        "callbackTone": binding.callback_tone,
        "callbackNum": binding.callback_number,
        "timeUnit": binding.time_unit,
        "bindExpiredTime": binding.lifetime,
        "callbackExpiredTime": binding.callback_lifetime,
        "userData": queried_user_data(binding.user_data, profile),
    }
    return {name: value for name, value in members.items() if value is not None}


def _answer(members: dict[str, object]) -> WireAnswer:
    return WireAnswer(200, "0", encoded(members))
