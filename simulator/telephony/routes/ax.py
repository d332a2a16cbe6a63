"""Who is reached in mode AX: A by everybody, a temporary callee by A (ax_axb.md 1, 5 and 10)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from simulator.telephony.bindings.ax import AxBinding, AxBindings
from simulator.telephony.numbering import XNumber
from simulator.telephony.release import (
    CALLEE_BUSY,
    NO_CALLBACK_RECORD,
    NO_CALLEE,
    NO_PERMISSION,
    REAL_NUMBER_NOT_ALLOWED,
    WRONG_DIRECTION,
)
from simulator.telephony.routing import CallDirection, Route, RoutingRules, barred, limit_seconds

ONLY_A, ONLY_OTHERS = 1, 2
OFF = "off"
REAL_NUMBER = "1"
"""The `display` of a binding whose A shall see who really calls."""


@dataclass(frozen=True, slots=True)
class AxRules:
    """What the profile leaves to the platform.

    The cause of calls to a binding that is switched off, whether the CDR of these and of calls without a temporary
    callee has the abnormal direction, and whether A may see who really calls.
    """

    switched_off_cause: int = NO_PERMISSION
    unreached_is_abnormal: bool = False
    real_number_allowed: bool = False
    calls_back: bool = False
    """Whether A without a callee reaches the last caller (memory call-back, notifications.md 1.4)."""
    fallback_number: str | None = None
    """Whom A reaches whom nobody has called; None: a prompt, then 8019."""
    tone_seconds: float = 5


class AxCall(NamedTuple):
    """A call that comes in on an X number; `is_busy`: another one is under way on it."""

    x_number: XNumber
    caller: str
    at: datetime
    is_busy: bool = False


def route_ax(call: AxCall, bindings: AxBindings, common: RoutingRules, rules: AxRules) -> Route:
    """Route a call to X: of A to the temporary callee, of anybody else to A."""
    refused = barred(call.x_number, call.caller, common)
    if refused is not None:
        return refused
    binding = bindings.on_x(call.x_number.number)
    if binding is None:
        return Route(CallDirection.ABNORMAL, refusal=NO_PERMISSION)
    is_a = call.caller == binding.user
    route = _along(binding, is_a=is_a)
    if binding.power == OFF:
        return _unreached(route, rules.switched_off_cause, abnormal=rules.unreached_is_abnormal)
    if binding.direction == (ONLY_OTHERS if is_a else ONLY_A):
        return _unreached(route, WRONG_DIRECTION, abnormal=common.wrong_direction_is_abnormal)
    if is_a:
        return _to_callee(route, call, bindings, rules)
    return _to_a(route, binding, call, rules)


def _along(binding: AxBinding, *, is_a: bool) -> Route:
    return Route(
        CallDirection.CALLER_TO_CALLEE if is_a else CallDirection.CALLEE_TO_CALLER,
        subscription_id=binding.subscription_id,
        user_data=binding.user_data,
        max_seconds=limit_seconds(binding.max_minutes),
        record=bool(binding.record),
        record_tone=binding.record_tone,
    )


def _unreached(route: Route, cause: int, *, abnormal: bool) -> Route:
    return replace(route, refusal=cause, direction=CallDirection.ABNORMAL if abnormal else route.direction)


def _to_callee(route: Route, call: AxCall, bindings: AxBindings, rules: AxRules) -> Route:
    """A reaches the temporary callee; without one the last caller, where the application has memory call-back."""
    callee = bindings.callee(call.x_number.number, call.at)
    if callee is not None:
        return replace(route, destination=callee.number, user_data=callee.user_data or route.user_data)
    if not rules.calls_back:
        return _unreached(route, NO_CALLEE, abnormal=rules.unreached_is_abnormal)
    destination = bindings.last_caller(call.x_number.number) or rules.fallback_number
    if destination is not None:
        return replace(route, destination=destination)
    unreached = _unreached(route, NO_CALLBACK_RECORD, abnormal=rules.unreached_is_abnormal)
    return replace(unreached, prompt_seconds=rules.tone_seconds)


def _to_a(route: Route, binding: AxBinding, call: AxCall, rules: AxRules) -> Route:
    to_a = replace(route, destination=binding.user)
    if call.is_busy:
        return replace(to_a, refusal=CALLEE_BUSY)
    if binding.display != REAL_NUMBER:
        return to_a
    if not rules.real_number_allowed:
        return replace(route, refusal=REAL_NUMBER_NOT_ALLOWED)
    return replace(to_a, shown=call.caller, foreign_display=True)
