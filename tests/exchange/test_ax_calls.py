"""Calls in mode AX: what is pushed, whom a temporary callee serves, who meets busy (ax_axb.md 5, 10; notifications.md 2, 3)."""

import pytest

from simulator.telephony.commands.ax import ModifyAx, UnbindAx
from tests.exchange.ax_stage import A, AxStage, B, C, D
from tests.exchange.stage import X

CALL = ["callin", "callout", "alerting", "answer", "disconnect"]
OWN = ("direction", "subscriptionId", "callerNum", "calleeNum", "bindNum", "fwdDisplayNum", "fwdDstNum", "userData")


@pytest.fixture
def stage() -> AxStage:
    return AxStage()


def info(stage: AxStage, kind: str) -> dict:
    return stage.bodies(kind)[-1]["statusInfo"]


def own(record: dict) -> list[object]:
    return [record.get(name) for name in OWN]


def test_a_call_of_others_to_a_is_told_as_the_documents_say(stage: AxStage) -> None:
    binding = stage.bound(user_data="mine")
    played = stage.dial(C)
    stage.pass_by(60)
    assert stage.told(played) == CALL
    session, ours = {"sessionId": played.call.session_id}, {"subscriptionId": binding.subscription_id}
    arrival = {"timestamp": "2026-01-01 00:00:00", "caller": C, "called": X}
    assert info(stage, "callin") == session | arrival | ours | {"userData": "mine"}
    assert info(stage, "callout") == session | ours | {"timestamp": "2026-01-01 00:00:00", "caller": X, "called": A}
    assert info(stage, "disconnect") == session | ours | {
        "timestamp": "2026-01-01 00:00:13", "caller": X, "called": A, "stateCode": 0,
        "stateDesc": "The user releases the call.",
    }  # fmt: skip
    (record,) = stage.cdrs()
    assert own(record) == [0, binding.subscription_id, C, X, X, X, A, "mine"]
    assert (record["serviceType"], record["mptyId"]) == ("003", binding.subscription_id)
    assert stage.exchange.violations == 0


def test_a_call_of_a_goes_to_the_temporary_callee_with_its_user_data(stage: AxStage) -> None:
    binding = stage.bound(user_data="mine")
    stage.set_callee(B, user_data="trip 8")
    played = stage.dial(A)
    stage.pass_by(60)
    assert stage.told(played) == CALL
    assert (info(stage, "callin")["caller"], info(stage, "callin")["userData"]) == (A, "trip 8")
    assert (info(stage, "answer")["caller"], info(stage, "answer")["called"]) == (X, B)
    (record,) = stage.cdrs()
    assert own(record) == [1, binding.subscription_id, A, X, X, X, B, "trip 8"]


def test_which_events_carry_user_data_is_a_setting(stage: AxStage) -> None:
    stage.bound(user_data="mine")
    stage.dial(C)
    stage.pass_by(60)
    assert [kind for kind in CALL if "userData" in info(stage, kind)] == ["callin"]
    stage.change_profile(user_data_in_events=CALL, user_data_in_cdr=False)
    stage.dial(C)
    stage.pass_by(60)
    assert [kind for kind in CALL if "userData" in info(stage, kind)] == CALL
    assert ["userData" in record for record in stage.cdrs()] == [True, False]
    assert stage.exchange.violations == 0


@pytest.mark.parametrize(("use", "causes"), [("one_call", [0, 8013, 8013]), ("until_expiry", [0, 0, 8013])])
def test_a_temporary_callee_serves_one_call_or_every_call_of_its_time(
    stage: AxStage, use: str, causes: list[int]
) -> None:
    stage.change_profile(ax_temporary_callee_use=use)
    stage.bound()
    stage.set_callee(B, lifetime_seconds=60)
    played = []
    for _ in range(3):
        played.append(stage.dial(A))
        stage.pass_by(30)
    assert [one.cdr.release.cause for one in played] == causes


def test_a_temporary_callee_is_used_up_by_the_arrival_and_may_be_set_again_during_the_call(stage: AxStage) -> None:
    stage.bound()
    stage.set_callee(B)
    first = stage.dial(A, talks_seconds=300)
    stage.pass_by(30)
    stage.set_callee(D)
    stage.pass_by(30)
    second = stage.dial(A)
    stage.pass_by(600)
    assert [one.call.route.destination for one in (first, second)] == [B, D]


@pytest.mark.parametrize("members", [{"direction": 2}, {"power": "off"}])
def test_a_call_that_is_refused_does_not_use_the_callee_up(stage: AxStage, members: dict) -> None:
    binding = stage.bound(**members)
    stage.set_callee(B)
    stage.dial(A)
    stage.exchange.ax.modify(stage.app, ModifyAx(binding.subscription_id, None, {"direction": 0, "power": "on"}))
    assert stage.dial(A).call.route.destination == B


def test_others_do_not_use_the_callee_up(stage: AxStage) -> None:
    stage.bound()
    stage.set_callee(B)
    stage.dial(C)
    stage.pass_by(30)
    assert stage.dial(A).call.route.destination == B


@pytest.mark.parametrize(("seconds", "cause"), [(59, None), (60, 8013)])
def test_without_a_duration_it_lives_a_minute(stage: AxStage, seconds: int, cause: int | None) -> None:
    stage.bound()
    stage.set_callee(B)
    stage.pass_by(seconds)
    assert stage.dial(A).call.route.refusal == cause


def test_the_default_lifetime_is_a_setting(stage: AxStage) -> None:
    stage.change_profile(ax_temporary_callee_seconds=5)
    stage.bound()
    stage.set_callee(B)
    stage.pass_by(5)
    assert stage.dial(A).call.route.refusal == 8013


def test_a_call_that_nobody_could_take_is_told_with_two_events_and_the_binding(stage: AxStage) -> None:
    binding = stage.bound()
    played = stage.dial(A)
    stage.pass_by(60)
    assert stage.told(played) == ["callin", "disconnect"]
    assert (info(stage, "disconnect")["stateCode"], info(stage, "disconnect")["called"]) == (8013, X)
    assert own(stage.cdr_of(played)) == [1, binding.subscription_id, A, X, X, None, None, None]
    stage.change_profile(ax_unreached_cdr="abnormal", wrong_direction_cdr="abnormal")
    again = stage.dial(A)
    stage.exchange.ax.modify(stage.app, ModifyAx(None, X, {"direction": 1}))
    wrong_way = stage.dial(C)
    stage.pass_by(60)
    assert [stage.cdr_of(one)["direction"] for one in (again, wrong_way)] == [2, 2]


def test_an_x_without_a_binding_says_nothing_of_one(stage: AxStage) -> None:
    played = stage.dial(C)
    stage.pass_by(60)
    assert stage.told(played) == ["callin", "disconnect"]
    assert info(stage, "disconnect")["stateCode"] == 8018
    assert own(stage.cdr_of(played)) == [2, None, C, X, X, None, None, None]


def test_a_third_party_meets_busy_until_the_call_has_ended(stage: AxStage) -> None:
    stage.bound()
    stage.set_callee(B)
    talking = stage.dial(A, talks_seconds=100)
    stage.pass_by(50)
    busy = stage.dial(C)
    stage.pass_by(10)
    assert stage.told(busy) == ["callin", "callout", "disconnect"]
    record = stage.cdr_of(busy)
    assert (record["direction"], record["ulFailReason"], record["fwdUnaswRsn"], record["fwdDstNum"]) == (0, 8102, 17, A)
    stage.pass_by(100)
    assert talking.cdr is not None
    free = stage.dial(C)
    stage.pass_by(60)
    assert stage.told(free) == CALL


def test_another_x_of_the_same_a_is_not_busy(stage: AxStage) -> None:
    stage.bound()
    stage.bound(x_number="+8613800000002")
    stage.dial(C, talks_seconds=100)
    stage.pass_by(50)
    assert stage.dial(D, dialled="+8613800000002").call.route.refusal is None


def test_the_real_number_is_shown_where_the_platform_allows_it(stage: AxStage) -> None:
    stage.change_profile(real_number_display="allowed")
    stage.bound(display="1")
    stage.set_callee(B, lifetime_seconds=600)
    to_a = stage.dial(C)
    stage.pass_by(60)
    assert (info(stage, "callout")["caller"], stage.cdr_of(to_a)["fwdDisplayNum"]) == (C, C)
    to_b = stage.dial(A)
    stage.pass_by(60)
    assert (info(stage, "callout")["caller"], stage.cdr_of(to_b)["fwdDisplayNum"]) == (X, X)
    stage.change_profile(real_number_display="refused")
    refused = stage.dial(C)
    stage.pass_by(60)
    assert stage.cdr_of(refused)["ulFailReason"] == 8024
    assert stage.exchange.violations == 0


def test_carriers_intercept_a_call_that_shows_the_real_number_where_they_do(stage: AxStage) -> None:
    stage.change_profile(real_number_display="allowed", carrier_interception=True)
    stage.bound(display="1")
    played = stage.dial(C)
    stage.pass_by(60)
    assert stage.cdr_of(played)["ulFailReason"] == 8059


def test_a_call_that_came_before_the_unbind_lives_on_and_the_next_does_not_connect(stage: AxStage) -> None:
    binding = stage.bound(max_minutes=1)
    played = stage.dial(C, talks_seconds=200)
    stage.pass_by(10)
    stage.exchange.ax.unbind(stage.app, UnbindAx(binding.subscription_id))
    late = stage.dial(D)
    stage.pass_by(100)
    assert (played.cdr.release.cause, late.cdr.release.cause) == (8010, 8018)


def test_every_outcome_keeps_its_schema() -> None:
    stage = AxStage(voice_files={"t.wav"})
    stage.bound(user_data="mine", record=True, record_tone="t.wav", max_minutes=1)
    stage.change_profile(user_data_in_events=CALL, unset_cdr_members="empty")
    outcomes = list(stage.exchange.core.tables.outcomes)
    for outcome in outcomes:
        stage.set_callee(B, lifetime_seconds=259200)
        stage.dial(A, outcome=outcome)
        stage.pass_by(200)
        stage.dial(C, outcome=outcome)
        stage.pass_by(200)
    assert stage.exchange.violations == 0
    assert len(stage.cdrs()) == 2 * len(outcomes)


def test_ax_never_expires(stage: AxStage) -> None:
    stage.bound()
    stage.pass_by(400 * 86_400)
    assert len(stage.app.bindings) == 1
    assert stage.dial(C).call.route.destination == A


def test_a_reset_forgets_bindings_callees_and_the_count_of_the_day(stage: AxStage) -> None:
    stage.change_profile(ax_binds_per_day=1)
    stage.bound()
    stage.set_callee(B, lifetime_seconds=1000)
    stage.exchange.reset(stage.app.app_key)
    stage.bound()
    assert stage.dial(A).call.route.refusal == 8013
