"""Who is reached when an X or a Y of AXYB is dialled, and the hangup cause where nobody is (axe_axyb_x.md 2.0)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from simulator.telephony.bindings.axyb import AxybBindings
from simulator.telephony.commands.axyb import BindAx, BindYb
from simulator.telephony.numbering import NumberState, XNumber
from simulator.telephony.routes.axyb import AxybRules, route_axyb
from simulator.telephony.routing import CallDirection, Route, RoutingRules

AT = datetime(2026, 1, 1, tzinfo=UTC)
A, B, C, STRANGER, LANDLINE = "+8613900000001", "+8613900000002", "+8613900000003", "+8613900000004", "+8675512345678"
X, Y, Y2, FREE = (XNumber(f"+861700000000{n}", "0755") for n in range(1, 5))
FORWARD, BACK, ABNORMAL = CallDirection.CALLER_TO_CALLEE, CallDirection.CALLEE_TO_CALLER, CallDirection.ABNORMAL
RULES = AxybRules(RoutingRules())
TO_A = Route(BACK, A, None, "s-1", "a's", shown=Y.number)
TO_B = Route(FORWARD, B, None, "s-1", "a's", shown=X.number, bound_number=X.number)


def book(**of_a: object) -> AxybBindings:
    """A with B behind Y and C behind Y2; A2, who is B, with C behind Y, which it shares."""
    bindings = AxybBindings()
    bindings.bind_ax(BindAx(A, "0755", user_data="a's", **of_a), X, "s-1", 0, AT)  # type: ignore[arg-type]
    for peer, number in ((B, Y), (C, Y2)):
        command = BindYb(peer, "s-1", user_data="c's" if peer == C else None)
        bindings.bind_yb(bindings.new_yb(command, number.number, f"r-{peer}", AT, automatic=False), number, 10)
    return bindings


def route(
    dialled: XNumber, caller: str, rules: AxybRules = RULES, y_for_strangers: str | None = FREE.number, **of_a: object
) -> Route:
    return route_axyb(dialled, caller, book(**of_a), rules, lambda _: y_for_strangers)


def test_b_dials_x_and_a_sees_y() -> None:
    assert route(X, B) == TO_A
    assert route(X, C) == replace(TO_A, shown=Y2.number, user_data="c's")


def test_a_dials_y_and_b_sees_x() -> None:
    assert route(Y, A) == TO_B
    assert route(Y2, A) == replace(TO_B, destination=C, user_data="c's")


def test_a_stranger_who_dials_x_is_shown_by_the_y_that_was_found() -> None:
    assert route(X, STRANGER) == replace(TO_A, shown=FREE.number)


def test_without_a_y_a_stranger_reaches_nobody() -> None:
    nobody = Route(ABNORMAL, refusal=8031, subscription_id="s-1", user_data="a's", bound_number=X.number)
    assert route(X, STRANGER, y_for_strangers=None) == nobody
    counted = route(X, STRANGER, AxybRules(RoutingRules(), no_y_is_abnormal=False), None)
    assert counted == replace(nobody, direction=BACK)
    assert route(X, B, y_for_strangers=None) == TO_A


def test_ones_own_number_is_8032() -> None:
    own = Route(ABNORMAL, refusal=8032, subscription_id="s-1", user_data="a's", bound_number=X.number)
    assert route(X, A) == own
    assert route(Y, B) == Route(ABNORMAL, refusal=8032)


@pytest.mark.parametrize(("dialled", "caller"), [(Y, C), (Y, STRANGER), (Y2, B), (FREE, A), (FREE, B)])
def test_a_y_reaches_nobody_but_for_its_a(dialled: XNumber, caller: str) -> None:
    assert route(dialled, caller) == Route(ABNORMAL, refusal=8030)


@pytest.mark.parametrize(
    ("direction", "to_a", "to_b"),
    [(None, None, None), (0, None, None), (1, 8016, None), (2, None, 8016)],
)
def test_the_direction_forbids(direction: int | None, to_a: int | None, to_b: int | None) -> None:
    found = [
        route(X, B, direction=direction),
        route(X, STRANGER, direction=direction),
        route(Y, A, direction=direction),
    ]
    assert [one.refusal for one in found] == [to_a, to_a, to_b]
    assert [one.direction for one in found] == [BACK, BACK, FORWARD]
    assert {one.subscription_id for one in found} == {"s-1"}


def test_cause_and_count_of_a_forbidden_direction_are_the_profiles() -> None:
    rules = AxybRules(RoutingRules(wrong_direction_is_abnormal=True), wrong_direction_cause=8057)
    found = route(Y, A, rules, direction=2)
    assert (found.refusal, found.direction, found.bound_number) == (8057, ABNORMAL, X.number)


def test_a_landline_may_not_call_and_an_x_out_of_order_reaches_nobody() -> None:
    assert route(X, LANDLINE) == Route(ABNORMAL, refusal=8023)
    assert route(X, LANDLINE, AxybRules(RoutingRules(landline_may_call=True))).destination == A
    assert route(XNumber(X.number, "0755", NumberState.SUSPENDED), B) == Route(ABNORMAL, refusal=8055)


def test_a_route_carries_what_a_said_of_recording() -> None:
    for dialled, caller in ((X, B), (Y, A)):
        found = route(dialled, caller, record=True, record_tone="t.wav")
        assert found == replace(route(dialled, caller), record=True, record_tone="t.wav")


def test_two_as_reach_their_own_b_behind_one_y() -> None:
    bindings = book()
    bindings.bind_ax(BindAx(B, "0755"), FREE, "s-2", 0, AT)
    bindings.bind_yb(bindings.new_yb(BindYb(STRANGER, "s-2"), Y.number, "r", AT, automatic=False), Y, 10)
    routes = [route_axyb(Y, caller, bindings, RULES, lambda _: None) for caller in (A, B)]
    assert [one.destination for one in routes] == [B, STRANGER]
