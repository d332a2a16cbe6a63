"""Who is reached in mode AXYB: X reaches its A, shown the caller's Y; Y reaches the B whom the calling A knows by it."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.telephony.bindings.axyb import AxBinding, AxybBindings, Relations
from simulator.telephony.numbering import XNumber
from simulator.telephony.release import NO_AXYB_BINDING, NO_Y_NUMBER, OWN_NUMBER, WRONG_DIRECTION
from simulator.telephony.routing import CallDirection, Route, RoutingRules, barred

FindY = Callable[[Relations], str | None]
"""A Y for a caller that this A does not know yet; None when there is none."""


@dataclass(frozen=True, slots=True)
class AxybRules:
    """What the profile leaves to the platform beside the rules of every mode."""

    common: RoutingRules
    wrong_direction_cause: int = WRONG_DIRECTION
    no_y_is_abnormal: bool = True


def route_axyb(dialled: XNumber, caller: str, bindings: AxybBindings, rules: AxybRules, find_y: FindY) -> Route:
    """Route a call to an X or a Y (axe_axyb_x.md 2.0, notifications.md 2.2, 2.6)."""
    refused = barred(dialled, caller, rules.common)
    if refused is not None:
        return refused
    yb = bindings.of_user_on(dialled.number, caller)
    if yb is not None:
        user_data = yb.user_data or bindings.get(yb.subscription_id).ax.user_data
        return _to_peer(bindings.get(yb.subscription_id).ax, yb.peer, user_data, rules)
    relations = bindings.on_x(dialled.number)
    if relations is not None:
        return _to_user(relations, caller, rules, find_y)
    own = bindings.is_peer_on(dialled.number, caller)
    return Route(CallDirection.ABNORMAL, refusal=OWN_NUMBER if own else NO_AXYB_BINDING)


def _to_peer(ax: AxBinding, peer: str, user_data: str | None, rules: AxybRules) -> Route:
    """A dials Y; B sees X."""
    direction = CallDirection.CALLER_TO_CALLEE
    if not ax.allows(user_calls=True):
        return _wrong_way(ax, direction, user_data, rules)
    return Route(
        direction,
        peer,
        None,
        ax.subscription_id,
        user_data,
        record=bool(ax.record),
        record_tone=ax.record_tone,
        shown=ax.x_number,
        bound_number=ax.x_number,
    )


def _to_user(relations: Relations, caller: str, rules: AxybRules, find_y: FindY) -> Route:
    """B dials X; A sees Y, which is promised here to a B that has none: it gets it when the call was dialled."""
    ax, yb, direction = relations.ax, relations.by_peer.get(caller), CallDirection.CALLEE_TO_CALLER
    user_data = (yb.user_data if yb else None) or ax.user_data
    if caller == ax.user:
        return _refused(ax, CallDirection.ABNORMAL, OWN_NUMBER, user_data)
    if not ax.allows(user_calls=False):
        return _wrong_way(ax, direction, user_data, rules)
    y_number = yb.y_number if yb else find_y(relations)
    if y_number is None:
        found = CallDirection.ABNORMAL if rules.no_y_is_abnormal else direction
        return _refused(ax, found, NO_Y_NUMBER, user_data)
    return Route(
        direction,
        ax.user,
        None,
        ax.subscription_id,
        user_data,
        record=bool(ax.record),
        record_tone=ax.record_tone,
        shown=y_number,
    )


def _wrong_way(ax: AxBinding, direction: CallDirection, user_data: str | None, rules: AxybRules) -> Route:
    counted = CallDirection.ABNORMAL if rules.common.wrong_direction_is_abnormal else direction
    return _refused(ax, counted, rules.wrong_direction_cause, user_data)


def _refused(ax: AxBinding, direction: CallDirection, cause: int, user_data: str | None) -> Route:
    return Route(
        direction, refusal=cause, subscription_id=ax.subscription_id, user_data=user_data, bound_number=ax.x_number
    )
