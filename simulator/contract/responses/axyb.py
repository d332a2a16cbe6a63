"""Answers of mode AXYB as bytes (axe_axyb_x.md 2.1 to 2.3)."""

from collections.abc import Sequence

from simulator.contract.encoding import encoded
from simulator.contract.profile import Profile
from simulator.contract.responses.common import SUCCESS, ZONES, WireAnswer, flag, local_time, queried_user_data
from simulator.telephony.bindings.axyb import AxBinding, YbBinding


def bound(subscription_id: str, number: str, user_data: str | None, profile: Profile) -> WireAnswer:
    """The answer to bind: X for an A, Y for a B; userData as it was sent (2.1)."""
    members = {**SUCCESS, "subscriptionId": subscription_id, "relationNumber": number}
    if user_data is not None and profile.axyb_bind_user_data == "echoed":
        members["userData"] = user_data
    return WireAnswer(200, "0", encoded(members))


def relations(ax: AxBinding, peers: Sequence[YbBinding], profile: Profile) -> WireAnswer:
    """The answer to query: a row for every B, one without Y and B where there is none (2.3)."""
    rows = [relation(ax, yb, profile) for yb in peers] or [relation(ax, None, profile)]
    return WireAnswer(200, "0", encoded({**SUCCESS, "xyRelationNumList": rows}))


def relation(ax: AxBinding, yb: YbBinding | None, profile: Profile) -> dict[str, object]:
    """One row; members that were never set are absent, lifetimes are those in effect, as texts."""
    own_id = yb is not None and profile.axyb_bind_id == "own"
    members = {
        "bindId": yb.relation_id if yb and own_id else ax.subscription_id,
        "numA": ax.user,
        "numX": ax.x_number,
        "numY": yb.y_number if yb else None,
        "numB": yb.peer if yb else None,
        "recordFlag": flag(ax.record),
        "recordHintTone": ax.record_tone,
        "subscribeTime": local_time((yb or ax).changed_at, ZONES[profile.subscribe_time_zone]),
        "callDirection": ax.direction,
        "duration": str(ax.lifetime_seconds),
        "ybDuration": str(yb.lifetime_seconds if yb else ax.yb_lifetime_seconds),
        "preVoiceX": ax.ring_tone,
        "preVoiceY": yb.ring_tone if yb else None,
        "userData": queried_user_data((yb.user_data if yb else None) or ax.user_data, profile),
    }
    return {name: value for name, value in members.items() if value is not None}
