"""Who is reached when X is dialled, and the hangup cause where nobody is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from simulator.telephony.bindings.axb import AxbBindings
from simulator.telephony.commands.axb import BindAxb
from simulator.telephony.numbering import NumberState, XNumber
from simulator.telephony.routes.axb import route_axb
from simulator.telephony.routing import CallDirection, Route, RoutingRules

AT = datetime(2026, 1, 1, tzinfo=UTC)
A, B, X, LANDLINE = "+8613900000001", "+8613900000002", "+8613800000001", "+8675512345678"
FORWARD, BACK, ABNORMAL = CallDirection.CALLER_TO_CALLEE, CallDirection.CALLEE_TO_CALLER, CallDirection.ABNORMAL


def route(caller: str, state: NumberState = NumberState.NORMAL, rules: RoutingRules | None = None, **bind) -> Route:
    bindings = AxbBindings()
    bindings.bind(BindAxb(A, bind.pop("callee", B), user_data="u", **bind), X, "s-1", AT)
    return route_axb(XNumber(X, "0755", state), caller, bindings, rules or RoutingRules())


@pytest.mark.parametrize(
    ("caller", "direction", "destination", "refusal"),
    [
        (A, None, B, None), (B, None, A, None),
        (A, 0, B, None), (B, 0, A, None),
        (A, 1, B, None), (B, 1, None, 8016),
        (A, 2, None, 8016), (B, 2, A, None),
    ],
)  # fmt: skip
def test_both_ways_by_direction(caller: str, direction: int | None, destination: str | None, refusal: int | None):
    found = route(caller, direction=direction)
    assert (found.destination, found.refusal) == (destination, refusal)
    assert found.direction is (FORWARD if caller == A else BACK)
    assert (found.subscription_id, found.user_data) == ("s-1", "u")


def test_a_call_in_the_wrong_direction_may_count_as_abnormal() -> None:
    found = route(B, direction=1, rules=RoutingRules(wrong_direction_is_abnormal=True))
    assert (found.direction, found.refusal, found.subscription_id) == (ABNORMAL, 8016, "s-1")


@pytest.mark.parametrize("state", NumberState)
def test_an_x_number_that_is_suspended_or_unavailable_reaches_nobody(state: NumberState) -> None:
    usable = state in (NumberState.NORMAL, NumberState.BINDING_FROZEN)
    assert route(A, state) == (route(A) if usable else Route(ABNORMAL, refusal=8055))


def test_a_stranger_reaches_nobody() -> None:
    assert route("+8613900000009") == Route(ABNORMAL, refusal=8014)
    assert route_axb(XNumber(X, "0755"), A, AxbBindings(), RoutingRules()) == Route(ABNORMAL, refusal=8014)


def test_a_landline_may_call_only_where_the_profile_says_so() -> None:
    assert route(LANDLINE, callee=LANDLINE) == Route(ABNORMAL, refusal=8023)
    allowed = route(LANDLINE, callee=LANDLINE, rules=RoutingRules(landline_may_call=True))
    assert (allowed.destination, allowed.refusal) == (A, None)
    assert route(A, callee=LANDLINE).destination == LANDLINE


@pytest.mark.parametrize(("minutes", "seconds"), [(None, None), (0, None), (1, 60), (1440, 86400)])
def test_the_route_carries_what_the_binding_said(minutes: int | None, seconds: int | None) -> None:
    found = route(A, max_minutes=minutes, record=True, record_tone="t.wav")
    assert found == replace(route(A), max_seconds=seconds, record=True, record_tone="t.wav")
