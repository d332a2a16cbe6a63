"""Who is reached in mode AX, and the hangup cause where nobody is (ax_axb.md 1, 5, 10; notifications.md 2.6)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from simulator.telephony.bindings.ax import AxBindings, TemporaryCallee
from simulator.telephony.commands.ax import BindAx
from simulator.telephony.numbering import NumberState, XNumber
from simulator.telephony.routes.ax import AxCall, AxRules, route_ax
from simulator.telephony.routing import CallDirection, Route, RoutingRules

AT = datetime(2026, 1, 1, tzinfo=UTC)
A, B, C, X = "+8613900000001", "+8613900000002", "+8613900000003", "+8613800000001"
LANDLINE = "+8675512345678"
TO_CALLEE, TO_A, ABNORMAL = CallDirection.CALLER_TO_CALLEE, CallDirection.CALLEE_TO_CALLER, CallDirection.ABNORMAL
CALLEE = TemporaryCallee(B, AT + timedelta(seconds=60))


def route(
    caller: str,
    *,
    callee: TemporaryCallee | None = CALLEE,
    rules: AxRules | None = None,
    common: RoutingRules | None = None,
    busy: bool = False,
    **bind: object,
) -> Route:
    bindings = AxBindings()
    bindings.bind(BindAx(A, **{"user_data": "u", **bind}), X, "s-1", AT)  # type: ignore[arg-type]
    if callee is not None:
        bindings.set_callee(X, callee)
    call = AxCall(XNumber(X, "0755"), caller, AT, is_busy=busy)
    return route_ax(call, bindings, common or RoutingRules(), rules or AxRules())


def test_others_reach_a_and_a_the_temporary_callee() -> None:
    assert route(C) == Route(TO_A, A, None, "s-1", "u")
    assert route(A) == Route(TO_CALLEE, B, None, "s-1", "u")
    assert route(LANDLINE, common=RoutingRules(landline_may_call=True)) == Route(TO_A, A, None, "s-1", "u")


@pytest.mark.parametrize("callee", [None, replace(CALLEE, until=AT), replace(CALLEE, until=AT - timedelta(seconds=1))])
def test_a_without_a_temporary_callee_is_8013(callee: TemporaryCallee | None) -> None:
    assert route(A, callee=callee) == Route(TO_CALLEE, None, 8013, "s-1", "u")
    abnormal = route(A, callee=callee, rules=AxRules(unreached_is_abnormal=True))
    assert abnormal == Route(ABNORMAL, None, 8013, "s-1", "u")


def test_the_user_data_of_the_temporary_callee_beats_the_bindings() -> None:
    assert route(A, callee=replace(CALLEE, user_data="trip 8")).user_data == "trip 8"
    assert route(A, callee=CALLEE).user_data == "u"
    assert route(C, callee=replace(CALLEE, user_data="trip 8")).user_data == "u"


@pytest.mark.parametrize(
    ("direction", "a_may", "others_may"), [(None, True, True), (0, True, True), (1, True, False), (2, False, True)]
)
def test_call_direction_says_who_may_call(direction: int | None, a_may: bool, others_may: bool) -> None:
    assert route(A, direction=direction).refusal == (None if a_may else 8016)
    assert route(C, direction=direction).refusal == (None if others_may else 8016)


def test_a_call_in_the_wrong_direction_keeps_its_own_or_is_abnormal() -> None:
    assert route(C, direction=1) == Route(TO_A, None, 8016, "s-1", "u")
    assert route(A, direction=2) == Route(TO_CALLEE, None, 8016, "s-1", "u")
    common = RoutingRules(wrong_direction_is_abnormal=True)
    assert [route(who, direction=way, common=common).direction for who, way in ((C, 1), (A, 2))] == [ABNORMAL, ABNORMAL]


@pytest.mark.parametrize("caller", [A, C])
def test_a_binding_that_is_switched_off_has_the_profiles_cause(caller: str) -> None:
    assert route(caller, power="on").refusal is None
    assert (route(caller, power="off").refusal, route(caller, power="off").destination) == (8018, None)
    other = route(caller, power="off", rules=AxRules(switched_off_cause=8055, unreached_is_abnormal=True))
    assert (other.refusal, other.direction) == (8055, ABNORMAL)
    assert route(caller, power="off", direction=2 if caller == A else 1).refusal == 8018


def test_an_x_without_a_binding_is_8018() -> None:
    call = AxCall(XNumber(X, "0755"), A, AT)
    assert route_ax(call, AxBindings(), RoutingRules(), AxRules()) == Route(ABNORMAL, refusal=8018)


def test_a_landline_may_not_call_and_may_be_called() -> None:
    assert route(LANDLINE) == Route(ABNORMAL, refusal=8023)
    assert route(A, callee=replace(CALLEE, number=LANDLINE)).destination == LANDLINE


@pytest.mark.parametrize(("state", "cause"), [(NumberState.SUSPENDED, 8055), (NumberState.BINDING_FROZEN, None)])
def test_the_state_of_x_comes_before_its_binding(state: NumberState, cause: int | None) -> None:
    bindings = AxBindings()
    bindings.bind(BindAx(A), X, "s-1", AT)
    found = route_ax(AxCall(XNumber(X, "0755", state), C, AT), bindings, RoutingRules(), AxRules())
    assert found.refusal == cause


def test_a_third_party_meets_busy_while_a_call_is_under_way_and_a_does_not() -> None:
    assert route(C, busy=True) == Route(TO_A, A, 8102, "s-1", "u")
    assert route(A, busy=True).refusal is None
    assert route(C, busy=True, power="off").refusal == 8018


def test_the_real_number_is_shown_to_a_alone_and_only_where_the_platform_allows_it() -> None:
    allowed = AxRules(real_number_allowed=True)
    shown = route(C, display="1", rules=allowed)
    assert (shown.shown, shown.foreign_display) == (C, True)
    assert not route(C, rules=allowed).foreign_display
    assert route(A, display="1", rules=allowed).shown is None
    assert route(C, display="0", rules=allowed).shown is None
    assert route(C, display="1") == Route(TO_A, None, 8024, "s-1", "u")
    assert route(A, display="1").refusal is None


@pytest.mark.parametrize("caller", [A, C])
@pytest.mark.parametrize(("minutes", "seconds"), [(None, None), (0, None), (1, 60), (1440, 86400)])
def test_the_route_carries_what_the_binding_said(caller: str, minutes: int | None, seconds: int | None) -> None:
    found = route(caller, max_minutes=minutes, record=True, record_tone="t.wav")
    assert found == replace(route(caller), max_seconds=seconds, record=True, record_tone="t.wav")
