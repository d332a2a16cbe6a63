"""Who is reached in mode AX: A by everybody, a temporary callee by A (ax_axb.md 1, 5 and 10)."""

from dataclasses import dataclass
from datetime import datetime

from simulator.telephony.bindings.ax import AxBinding, AxBindings, TemporaryCallee
from simulator.telephony.numbering import XNumber
from simulator.telephony.release import CALLEE_BUSY, NO_CALLEE, NO_PERMISSION, WRONG_DIRECTION
from simulator.telephony.routing import CallDirection, Route, RoutingRules, barred, limit_seconds

ONLY_A, ONLY_OTHERS = 1, 2
OFF = "off"
REAL_CALLER = "1"


@dataclass(frozen=True, slots=True)
class AxRules:
    """What the profile leaves to the platform, and what the moment brings: is A talking through X already?"""

    routing: RoutingRules
    switched_off_cause: int
    at: datetime
    is_busy: bool


def route_ax(x_number: XNumber, caller: str, bindings: AxBindings, rules: AxRules) -> Route:
    """Route a call that `caller` makes to X in AX mode."""
    refused = barred(x_number, caller, rules.routing)
    if refused is not None:
        return refused
    binding = bindings.on_x(x_number.number)
    if binding is None:
        return Route(CallDirection.ABNORMAL, refusal=NO_PERMISSION)
    is_a = caller == binding.user
    if binding.power == OFF:
        return _refused(binding, is_a=is_a, cause=rules.switched_off_cause)
    if binding.direction == (ONLY_OTHERS if is_a else ONLY_A):
        return _refused(binding, is_a=is_a, cause=WRONG_DIRECTION)
    if is_a:
        return _to_callee(binding, bindings.callee(x_number.number, rules.at))
    return _to_a(binding, caller, is_busy=rules.is_busy)


def _refused(binding: AxBinding, *, is_a: bool, cause: int) -> Route:
    direction = CallDirection.CALLER_TO_CALLEE if is_a else CallDirection.CALLEE_TO_CALLER
    return Route(direction, None, cause, binding.subscription_id, binding.user_data)


def _to_callee(binding: AxBinding, callee: TemporaryCallee | None) -> Route:
    if callee is None:
        return _refused(binding, is_a=True, cause=NO_CALLEE)
    return Route(
        CallDirection.CALLER_TO_CALLEE,
        callee.number,
        None,
        binding.subscription_id,
        callee.user_data or binding.user_data,
        limit_seconds(binding.max_minutes),
        bool(binding.record),
        binding.record_tone,
    )


def _to_a(binding: AxBinding, caller: str, *, is_busy: bool) -> Route:
    return Route(
        CallDirection.CALLEE_TO_CALLER,
        binding.user,
        CALLEE_BUSY if is_busy else None,
        binding.subscription_id,
        binding.user_data,
        limit_seconds(binding.max_minutes),
        bool(binding.record),
        binding.record_tone,
        shown=caller if binding.display == REAL_CALLER else None,
    )
