"""Who is reached in mode AXE, and the steps that collecting an extension makes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from simulator.clock.story import FIRST_INSTANT
from simulator.contract.network import axe_rules, call_tables, timing
from simulator.contract.profile import Profile
from simulator.telephony.bindings.axe import AxeBindings, Grant, Lifetimes
from simulator.telephony.commands.axe import BindAxe
from simulator.telephony.commands.calls import Dial
from simulator.telephony.numbering import NumberState, XNumber
from simulator.telephony.plan import plan_call
from simulator.telephony.routes.axe import AxeRules, Incoming, route_axe
from simulator.telephony.routing import CallDirection, Route, RoutingRules

X, A, B, C = "+8613800000001", "+8613900000001", "+8613900000002", "+8613900000003"
LANDLINE = "+8675528000001"
NOW = FIRST_INSTANT
FOR_EVER = Lifetimes(0)
RULES = axe_rules(Profile.default())
TIMING = timing(Profile.default())


def bound(*, lives: Lifetimes = FOR_EVER, extension: str = "07", **members) -> AxeBindings:
    book = AxeBindings()
    book.bind(BindAxe(A, **members), Grant("s-1", X, extension, lives), NOW)
    return book


def route(
    book: AxeBindings, caller: str = B, *keyed: str, rules: AxeRules = RULES, state: NumberState = NumberState.NORMAL,
    at=NOW, **wish,
) -> Route:  # fmt: skip
    call = Incoming(XNumber(X, "0755", state), caller, Dial(caller, X, extensions=keyed, **wish), at)
    return route_axe(call, book, RoutingRules(), rules)


def steps(found: Route, network=TIMING, **wish) -> list[tuple[str, float, str | None]]:
    plan = plan_call(Dial(B, X, **wish), found, network, call_tables())
    return [(step.kind.value, step.after.total_seconds(), step.digits) for step in plan]


def test_the_keyed_extension_leads_to_a() -> None:
    found = route(bound(user_data="mine", record=True, record_tone="t.wav"), B, "07")
    assert found == Route(
        CallDirection.CALLEE_TO_CALLER, A, None, "s-1", "mine", None, True, "t.wav", None, ("07",), "07"
    )  # fmt: skip
    assert steps(found) == [
        ("dialled", 0, None), ("collected", 5, "07"), ("forwarded", 5, None), ("alerted", 6, None),
        ("answered", 8, None), ("released", 18, None),
    ]  # fmt: skip


def test_wrong_digits_are_collected_again_as_often_as_the_profile_says() -> None:
    for wrong in ((), ("1",), ("1", ""), ("", "008")):
        found = route(bound(), B, *wrong, "07")
        assert (found.destination, found.collected) == (A, (*wrong, "07"))
    found = route(bound(), B, "1", "2", "3", "07")
    assert (found.destination, found.refusal, found.collected) == (None, 8022, ("1", "2", "3"))
    assert found.direction is CallDirection.ABNORMAL
    assert route(bound(), B, "1", "07", rules=replace(RULES, digit_repeats=0)).collected == ("1",)
    assert route(bound(), B, "1", "2", "3", "07", rules=replace(RULES, digit_repeats=3)).destination == A


def test_a_try_that_was_not_given_is_silence() -> None:
    found = route(bound(), B, "1")
    assert (found.refusal, found.collected) == (8022, ("1", "", ""))
    assert steps(found) == [("dialled", 0, None), ("collected", 5, "1"), ("released", 15, None)]
    told = replace(TIMING, silent_tries_told=True)
    assert steps(found, told)[1:-1] == [("collected", 5, "1"), ("collected", 10, ""), ("collected", 15, "")]


def test_nothing_keyed_is_8033_and_hanging_up_before_it_7516() -> None:
    assert (route(bound()).refusal, route(bound(), B, "", "").refusal) == (8033, 8033)
    assert steps(route(bound())) == [("dialled", 0, None), ("released", 15, None)]
    hung_up = route(bound(), outcome="abandoned")
    assert (hung_up.refusal, hung_up.direction) == (7516, CallDirection.ABNORMAL)
    assert steps(hung_up) == [("dialled", 0, None), ("released", 5, None)]
    assert route(bound(), B, "07", outcome="abandoned").destination == A


def test_a_forced_cause_waits_for_nobody_who_keys_nothing() -> None:
    forced = route(bound(), hangup_cause=8025)
    assert steps(forced, hangup_cause=8025) == [("dialled", 0, None), ("released", 0, None)]
    keyed = route(bound(), B, "07", hangup_cause=8025)
    assert steps(keyed, hangup_cause=8025) == [("dialled", 0, None), ("collected", 5, "07"), ("released", 5, None)]


def test_a_binding_that_ends_before_its_extension_is_keyed_is_not_reached() -> None:
    for seconds, destination in ((5, None), (6, A)):
        assert route(bound(lives=Lifetimes(seconds)), B, "07").destination == destination
    assert route(bound(lives=Lifetimes(10)), B, "1", "07").refusal == 8022


@pytest.mark.parametrize(
    ("caller", "state", "cause"),
    [
        (LANDLINE, NumberState.NORMAL, 8023),
        (B, NumberState.SUSPENDED, 8055),
        (B, NumberState.UNAVAILABLE, 8055),
        (A, NumberState.SUSPENDED, 8055),
        (B, NumberState.BINDING_FROZEN, None),
    ],
)
def test_who_may_not_call_is_not_asked_for_an_extension(caller: str, state: NumberState, cause: int | None) -> None:
    found = route(bound(), caller, "07", state=state)
    assert (found.refusal, bool(found.collected)) == (cause, cause is None)


def test_the_real_caller_is_shown_only_where_the_application_may() -> None:
    assert route(bound(display="0"), B, "07").shown is None
    refused = route(bound(display="1"), B, "07")
    assert (refused.refusal, refused.collected, refused.subscription_id) == (8024, ("07",), None)
    assert route(bound(display="1"), B, "07", rules=replace(RULES, real_number_allowed=True)).shown == B


def test_a_reaches_the_last_caller_by_dialling_x() -> None:
    book = bound(callback_number=C, user_data="mine", record=True)
    book.remember("s-1", B, NOW)
    back = route(book, A)
    assert (back.direction, back.destination, back.collected, back.shown) == (
        CallDirection.CALLER_TO_CALLEE,
        B,
        (),
        None,
    )
    assert (back.subscription_id, back.user_data, back.record, back.extension) == ("s-1", "mine", True, "07")
    assert route(book, A, rules=replace(RULES, extension_of_callback=False)).extension is None


@pytest.mark.parametrize(
    ("members", "application", "destination"),
    [
        ({"callback_number": C}, None, C),
        ({"callback_number": C}, LANDLINE, C),
        ({"callback_number": C, "callback_tone": "t.wav"}, None, C),
        ({"callback_tone": "t.wav"}, LANDLINE, None),
        ({}, LANDLINE, LANDLINE),
        ({}, None, None),
    ],
)
def test_without_a_record_the_binding_then_the_application_says(
    members: dict[str, str], application: str | None, destination: str | None
) -> None:
    found = route(bound(**members), A, rules=replace(RULES, fallback_number=application))
    assert (found.destination, found.refusal) == (destination, None if destination else 8019)
    if destination is None:
        assert found.direction is CallDirection.ABNORMAL
        assert found.subscription_id == "s-1"
        assert steps(found) == [("dialled", 0, None), ("released", 5, None)]


def test_a_record_that_is_over_is_none() -> None:
    book = bound(lives=Lifetimes(0, 60))
    book.remember("s-1", B, NOW)
    assert route(book, A, at=NOW + timedelta(seconds=59)).destination == B
    assert route(book, A, at=NOW + timedelta(seconds=60)).refusal == 8019


@pytest.mark.parametrize(
    ("setting", "number"),
    [("tone", None), ("7552876543210", "+867552876543210"), ("13800000021", "+8613800000021"), ("+8610", "+8610")],
)
def test_the_applications_number_is_written_without_86(setting: str, number: str | None) -> None:
    assert axe_rules(Profile.default().with_overrides({"axe_no_callback_record": setting})).fallback_number == number
