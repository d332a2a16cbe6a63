"""Who is reached in mode AXB: the other party of the caller's pair on X (ax_axb.md 6 and 10)."""

from simulator.telephony.bindings.axb import AxbBinding, AxbBindings
from simulator.telephony.numbering import XNumber
from simulator.telephony.release import NO_BINDING, WRONG_DIRECTION
from simulator.telephony.routing import CallDirection, Route, RoutingRules, barred, limit_seconds


def route_axb(x_number: XNumber, caller: str, bindings: AxbBindings, rules: RoutingRules) -> Route:
    """Route a call that `caller` makes to X in AXB mode (ax_axb.md 6 and 10, notifications.md 2.6)."""
    refused = barred(x_number, caller, rules)
    if refused is not None:
        return refused
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
        limit_seconds(binding.max_minutes),
        bool(binding.record),
        binding.record_tone,
    )
