"""What a wish, a route and the network's timing make of a call: every outcome, every cause, every contradiction."""

from dataclasses import replace
from datetime import timedelta

import pytest

from simulator.contract.network import call_tables, timing
from simulator.contract.profile import Profile
from simulator.telephony.commands.calls import Dial
from simulator.telephony.errors import NotPossible
from simulator.telephony.events import CallEventKind as K
from simulator.telephony.plan import Step, plan_call
from simulator.telephony.release import Stage
from simulator.telephony.routing import CallDirection, Route

TABLES = call_tables()
TIMING = timing(Profile.default())
TO_B = Route(CallDirection.CALLER_TO_CALLEE, "+8613900000002", None, "s-1")
NOWHERE = Route(CallDirection.ABNORMAL, refusal=8014)


def plan(route: Route = TO_B, network=TIMING, **wish) -> tuple[Step, ...]:
    return plan_call(Dial("+8613900000001", "+8613800000001", **wish), route, network, TABLES)


def shown(steps: tuple[Step, ...]) -> list[tuple[str, float]]:
    return [(step.kind.value, step.after.total_seconds()) for step in steps]


def told(steps: tuple[Step, ...]) -> tuple[list[tuple[str, float]], int]:
    assert steps[-1].release is not None
    return shown(steps), steps[-1].release.cause


def up_to(kind: str, *times: float) -> list[tuple[str, float]]:
    kinds = ["dialled", "forwarded", "alerted", "answered"]
    return [*zip(kinds[: kinds.index(kind) + 1], times, strict=False), ("released", times[-1])]


@pytest.mark.parametrize(
    ("wish", "events", "cause"),
    [
        ({}, up_to("answered", 0, 0, 1, 3, 13), 0),
        ({"rings_seconds": 0, "talks_seconds": 0}, up_to("answered", 0, 0, 1, 1, 1), 0),
        ({"rings_seconds": 4.5, "talks_seconds": 16}, up_to("answered", 0, 0, 1, 5.5, 21.5), 0),
        ({"outcome": "no_answer"}, up_to("alerted", 0, 0, 1, 61), 8101),
        ({"outcome": "no_answer", "rings_seconds": 89}, up_to("alerted", 0, 0, 1, 90), 8101),
        ({"outcome": "no_answer", "rings_seconds": 90}, up_to("alerted", 0, 0, 1, 90), 8035),
        ({"outcome": "no_answer", "rings_seconds": 500}, up_to("alerted", 0, 0, 1, 90), 8035),
        ({"outcome": "rejected"}, up_to("alerted", 0, 0, 1, 6), 7503),
        ({"outcome": "rejected", "rings_seconds": 1}, up_to("alerted", 0, 0, 1, 2), 7503),
        ({"outcome": "refused"}, up_to("forwarded", 0, 0, 1), 7504),
        ({"outcome": "busy"}, up_to("forwarded", 0, 0, 1), 8102),
        ({"outcome": "unreachable"}, up_to("forwarded", 0, 0, 1), 8103),
        ({"outcome": "powered_off"}, up_to("forwarded", 0, 0, 1), 8104),
        ({"outcome": "suspended"}, up_to("forwarded", 0, 0, 1), 8105),
        ({"outcome": "nonexistent"}, up_to("forwarded", 0, 0, 1), 8100),
        ({"outcome": "abandoned"}, up_to("alerted", 0, 0, 1, 6), 7502),
        ({"outcome": "abandoned", "rings_seconds": 0}, up_to("forwarded", 0, 0, 1), 7501),
        ({"outcome": "abandoned", "rings_seconds": 0.5}, up_to("alerted", 0, 0, 1, 1.5), 7502),
        ({"hangup_cause": 8035}, up_to("alerted", 0, 0, 1, 90), 8035),
        ({"hangup_cause": 7502, "rings_seconds": 7}, up_to("alerted", 0, 0, 1, 8), 7502),
        ({"hangup_cause": 8017, "talks_seconds": 4}, up_to("answered", 0, 0, 1, 3, 7), 8017),
        ({"hangup_cause": 8102}, up_to("forwarded", 0, 0, 1), 8102),
        ({"hangup_cause": 8014}, up_to("dialled", 0, 0), 8014),
        ({"hangup_cause": 8139}, up_to("dialled", 0, 0), 8139),
    ],
)
def test_a_wish_becomes_these_steps(wish: dict, events: list, cause: int) -> None:
    assert told(plan(**wish)) == (events, cause)


def test_every_outcome_is_in_the_table_above() -> None:
    assert set(TABLES.outcomes) == {
        "answered", "no_answer", "rejected", "refused", "busy", "unreachable", "powered_off", "suspended",
        "nonexistent", "abandoned",
    }  # fmt: skip


@pytest.mark.parametrize("cause", TABLES.releases)
def test_a_forced_cause_beats_routing_and_comes_as_far_as_its_stage(cause: int) -> None:
    for route in (TO_B, NOWHERE):
        steps = plan(route, hangup_cause=cause)
        release = TABLES.releases[cause]
        assert steps[-1].release == release
        assert len(steps) == 2 + list(Stage).index(release.stage)


@pytest.mark.parametrize("cause", TABLES.releases)
@pytest.mark.parametrize("delays", [(0, 1, 90), (3, 0, 90), (0.5, 20, 5), (0, 0, 1)])
def test_steps_never_go_back_in_time(cause: int, delays: tuple[float, float, float]) -> None:
    network = replace(TIMING, forward_delay=delays[0], alerting_delay=delays[1], ring_limit=delays[2])
    times = [after for _, after in shown(plan(network=network, hangup_cause=cause, rings_seconds=0.5))]
    assert times == sorted(times)
    assert times[0] == 0


def test_delays_of_the_profile_move_everything_after_them() -> None:
    network = replace(TIMING, forward_delay=2, alerting_delay=3)
    assert shown(plan(network=network)) == up_to("answered", 0, 2, 5, 7, 17)
    assert shown(plan(network=network, outcome="no_answer", rings_seconds=90)) == up_to("alerted", 0, 2, 5, 92)


@pytest.mark.parametrize("outcome", TABLES.outcomes)
def test_a_route_that_goes_nowhere_beats_the_outcome(outcome: str) -> None:
    assert told(plan(NOWHERE, outcome=outcome)) == (up_to("dialled", 0, 0), 8014)


@pytest.mark.parametrize(("talks", "cause", "lasts"), [(59.9, 0, 59.9), (60, 8010, 60), (3600, 8010, 60)])
def test_a_talk_ends_at_the_maximum_duration(talks: float, cause: int, lasts: float) -> None:
    steps = plan(replace(TO_B, max_seconds=60), talks_seconds=talks)
    assert told(steps) == (up_to("answered", 0, 0, 1, 3, 3 + lasts), cause)


def test_a_bound_number_of_a_wrong_format_cannot_be_reached() -> None:
    assert told(plan(replace(TO_B, destination="13900000002"))) == (up_to("forwarded", 0, 0, 1), 7506)
    other = replace(TIMING, malformed_callee_cause=8014)
    assert told(plan(replace(TO_B, destination="+86139"), other))[1] == 8014


@pytest.mark.parametrize(
    ("record", "tone", "intercepted"), [(True, None, True), (True, "t.wav", False), (False, None, False)]
)
def test_the_carrier_intercepts_recording_without_a_prompt_where_the_profile_says_so(
    record: bool, tone: str | None, intercepted: bool
) -> None:
    route = replace(TO_B, record=record, record_tone=tone)
    release = plan(route, replace(TIMING, carrier_interception_cause=7504))[-1].release
    assert release is not None
    assert (release.cause, release.disconnect_point) == ((7504, 8059) if intercepted else (0, 0))
    assert told(plan(route))[1] == 0


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"outcome": "bussy"}, "no outcome 'bussy'; did you mean busy? possible: answered, no_answer, "),
        ({"outcome": "qqq"}, "no outcome 'qqq'; possible: answered, "),
        ({"hangup_cause": 81022}, "no hangup cause 81022; the nearest is 8102"),
        ({"hangup_cause": 1}, "no hangup cause 1"),
        ({"rings_seconds": -1}, "a call cannot ring -1 s and talk 10 s; each is from 0 to 2592000"),
        ({"talks_seconds": float("nan")}, "a call cannot ring 2 s and talk nan s; each is from 0 to 2592000"),
        ({"talks_seconds": 1e18}, "a call cannot ring 2 s and talk 1e+18 s; each is from 0 to 2592000"),
        ({"rings_seconds": 90}, "gives up after 90 s of ringing, so a call that rings 90 s cannot be answered; let it"),
        ({"rings_seconds": 91, "outcome": "rejected"}, "cannot be rejected; let it ring less, or play"),
        ({"rings_seconds": 91, "hangup_cause": 7502}, "cannot be released with 7502; let it ring"),
    ],
)  # fmt: skip
def test_a_wish_that_contradicts_itself_is_refused_with_what_would_be_possible(wish: dict, sentence: str) -> None:
    with pytest.raises(NotPossible) as refused:
        plan(**wish)
    assert sentence in str(refused.value)


def test_the_same_wish_gives_the_same_plan() -> None:
    assert plan() == plan()
    assert plan()[0] == Step(timedelta(), K.DIALLED)
