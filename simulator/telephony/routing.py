"""Who is reached when X is dialled: a route, or the hangup cause why nobody is."""

from dataclasses import dataclass
from enum import Enum

from simulator.telephony.bindings.axb import AxbBinding, AxbBindings
from simulator.telephony.numbering import NumberKind, NumberState, XNumber, kind_of
from simulator.telephony.release import LANDLINE_CALLER, NO_BINDING, WRONG_DIRECTION, X_UNUSABLE


class CallDirection(Enum):
    """Which way a call goes through its binding; abnormal where no binding says."""

    CALLEE_TO_CALLER = 0
    CALLER_TO_CALLEE = 1
    ABNORMAL = 2


@dataclass(frozen=True, slots=True)
class Route:
    """Where a call goes: `refusal` is the hangup cause when it goes nowhere.

    A copy of what the binding said when the call arrived: a call lives on while its binding is changed or removed.
    """

    direction: CallDirection
    destination: str | None = None
    refusal: int | None = None
    subscription_id: str | None = None
    user_data: str | None = None
    max_seconds: int | None = None
    record: bool = False
    record_tone: str | None = None


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """What the profile leaves to the platform: may a landline call, which way counts a call in the wrong direction."""

    landline_may_call: bool = False
    wrong_direction_is_abnormal: bool = False


def route_axb(x_number: XNumber, caller: str, bindings: AxbBindings, rules: RoutingRules) -> Route:
    """Route a call that `caller` makes to X in AXB mode (ax_axb.md 6 and 10, notifications.md 2.6)."""
    if x_number.state in (NumberState.SUSPENDED, NumberState.UNAVAILABLE):
        return Route(CallDirection.ABNORMAL, refusal=X_UNUSABLE)
    if kind_of(caller) is NumberKind.LANDLINE and not rules.landline_may_call:
        return Route(CallDirection.ABNORMAL, refusal=LANDLINE_CALLER)
    binding = bindings.find(x_number.number, caller)
    if binding is None:
        return Route(CallDirection.ABNORMAL, refusal=NO_BINDING)
    if not binding.allows(caller):
        return _wrong_way(binding, caller, rules)
    return _along(binding, caller)


def _direction(binding: AxbBinding, caller: str) -> CallDirection:
    return CallDirection.CALLER_TO_CALLEE if caller == binding.caller else CallDirection.CALLEE_TO_CALLER


def _wrong_way(binding: AxbBinding, caller: str, rules: RoutingRules) -> Route:
    direction = CallDirection.ABNORMAL if rules.wrong_direction_is_abnormal else _direction(binding, caller)
    return Route(
        direction, refusal=WRONG_DIRECTION, subscription_id=binding.subscription_id, user_data=binding.user_data
    )


def _along(binding: AxbBinding, caller: str) -> Route:
    return Route(
        _direction(binding, caller),
        binding.other_party(caller),
        None,
        binding.subscription_id,
        binding.user_data,
        binding.max_minutes * 60 if binding.max_minutes else None,
        bool(binding.record),
        binding.record_tone,
    )
