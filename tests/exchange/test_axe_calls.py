"""Calls in mode AXE: what is pushed, who is called back, and what a call leaves behind."""

import pytest

from simulator.exchange.core import UnknownNumber
from simulator.telephony.calls import CallState
from simulator.telephony.commands.axe import FindAxe, ModifyAxe
from simulator.telephony.commands.calls import Party
from simulator.telephony.errors import NotPossible
from tests.exchange.axe_stage import A, AxeStage, B, C, D
from tests.exchange.stage import X, seconds_of

LANDLINE = "+8675528000001"


@pytest.fixture
def stage() -> AxeStage:
    return AxeStage()


def body(stage: AxeStage, kind: str) -> dict:
    return stage.bodies(kind)[-1]["statusInfo"]


def test_a_keyed_extension_is_told_between_arrival_and_transfer(stage: AxeStage) -> None:
    binding = stage.bound(user_data="mine")
    played = stage.key(B, "0001")
    stage.pass_by(60)
    assert stage.told(played) == ["callin", "collectInfo", "callout", "alerting", "answer", "disconnect"]
    session = {"sessionId": played.call.session_id}
    assert stage.bodies("callin") == [
        {"eventType": "callin", "statusInfo": session | {"timestamp": "2026-01-01 00:00:00", "caller": B, "called": X}}
    ]
    assert stage.bodies("collectInfo") == [
        {
            "eventType": "collectInfo",
            "statusInfo": session | {"timestamp": "2026-01-01 00:00:05", "digitInfo": "0001"},
        }
    ]
    leg = {"caller": X, "called": A, "subscriptionId": binding.subscription_id}
    assert body(stage, "callout") == session | leg | {"timestamp": "2026-01-01 00:00:05", "userData": "mine"}
    assert body(stage, "alerting") == session | leg | {"timestamp": "2026-01-01 00:00:06"}
    (cdr,) = stage.cdrs()
    members = ("direction", "subscriptionId", "extendNum", "callerNum", "calleeNum", "fwdDisplayNum", "fwdDstNum")
    assert [cdr[name] for name in members] == [0, binding.subscription_id, "0001", B, X, X, A]
    assert (cdr["serviceType"], cdr["fwdStartTime"], cdr["callEndTime"], cdr["userData"]) == (
        "005", "2026-01-01 00:00:05", "2026-01-01 00:00:18", "mine",
    )  # fmt: skip
    assert stage.exchange.violations == 0


def test_every_outcome_of_a_transferred_call_keeps_its_events_and_its_schema(stage: AxeStage) -> None:
    stage.bound()
    outcomes = list(stage.exchange.core.tables.outcomes)
    for outcome in outcomes:
        stage.key(B, "0009", "0001", outcome=outcome)
        stage.dial(A, outcome=outcome)
        stage.pass_by(200)
    assert stage.exchange.violations == 0
    assert len(stage.cdrs()) == 2 * len(outcomes)
    assert len(stage.bodies("collectInfo")) == 2 * len(outcomes)


def test_an_x_without_bindings_and_wrong_digits_are_8022_and_say_nothing_of_a_binding(stage: AxeStage) -> None:
    stage.key(B, "0001", "0002", "0003")
    stage.pass_by(60)
    assert stage.kinds() == ["callin", "collectInfo", "collectInfo", "collectInfo", "disconnect", "fee"]
    (cdr,) = stage.cdrs()
    assert (cdr["direction"], cdr["ulFailReason"], cdr["callEndTime"]) == (2, 8022, "2026-01-01 00:00:15")
    assert not {"subscriptionId", "extendNum", "fwdDstNum", "mptyId", "userData"} & set(cdr)
    assert "subscriptionId" not in body(stage, "disconnect")


def test_the_profile_times_and_tells_the_tries(stage: AxeStage) -> None:
    stage.change_profile(axe_digit_repeats=1, axe_collect_seconds=2.5, axe_silent_try_event="sent")
    stage.exchange.change_app(stage.app.app_key, sms=False)
    played = stage.key(B)
    stage.pass_by(60)
    assert [info["statusInfo"]["digitInfo"] for info in stage.bodies("collectInfo")] == ["", ""]
    assert seconds_of(played.ends_at) == 5
    assert body(stage, "disconnect")["stateCode"] == 8033


def test_a_call_to_what_is_nobodys_x_is_released_with_8025(stage: AxeStage) -> None:
    played = stage.dial(B, "+8613811111111")
    stage.pass_by(60)
    assert stage.told(played) == ["callin", "disconnect"]
    assert (body(stage, "disconnect")["called"], body(stage, "disconnect")["stateCode"]) == ("+8613811111111", 8025)
    (cdr,) = stage.cdrs()
    assert [cdr[name] for name in ("direction", "bindNum", "ulFailReason")] == [2, "+8613811111111", 8025]
    assert stage.exchange.violations == 0


def test_what_is_no_number_cannot_be_dialled(stage: AxeStage) -> None:
    with pytest.raises(UnknownNumber, match="12 is nobody's X number"):
        stage.dial(B, "12")


# --- who is called back ---


def test_a_calls_back_who_was_transferred_last_answered_or_not(stage: AxeStage) -> None:
    stage.bound()
    for caller, outcome in ((B, "answered"), (C, "busy")):
        stage.key(caller, "0001", outcome=outcome)
        stage.pass_by(60)
    stage.key(D, "0002")
    stage.pass_by(60)
    assert stage.dial(A).call.route.destination == C


def test_by_the_profile_only_an_answered_call_leaves_a_record(stage: AxeStage) -> None:
    stage.bound()
    stage.change_profile(axe_callback_made="answered")
    stage.key(B, "0001")
    stage.pass_by(7)
    assert stage.dial(A).call.route.refusal == 8019
    stage.pass_by(60)
    stage.key(C, "0001", outcome="no_answer")
    stage.pass_by(100)
    assert stage.dial(A).call.route.destination == B


def test_the_record_is_made_at_the_transfer_not_before(stage: AxeStage) -> None:
    stage.bound()
    stage.key(B, "0001")
    stage.pass_by(4)
    assert stage.dial(A).call.route.refusal == 8019
    stage.pass_by(1)
    assert stage.dial(A).call.route.destination == B


def test_a_callback_leaves_no_record_and_two_a_of_one_x_have_their_own(stage: AxeStage) -> None:
    stage.bound()
    stage.bound(C)
    stage.key(B, "0001")
    stage.pass_by(60)
    stage.key(D, "0002")
    stage.pass_by(60)
    for user, caller in ((A, B), (C, D), (A, B)):
        assert stage.dial(user).call.route.destination == caller
        stage.pass_by(60)
    (cdr,) = stage.cdrs()[-1:]
    assert (cdr["direction"], cdr["callerNum"], cdr["fwdDstNum"], cdr["extendNum"]) == (1, A, B, "0001")
    stage.change_profile(axe_callback_cdr_extension="absent")
    stage.dial(A)
    stage.pass_by(60)
    assert "extendNum" not in stage.cdrs()[-1]


def test_a_record_ends_with_its_time_and_with_its_binding(stage: AxeStage) -> None:
    bound = stage.bound(time_unit="1", lifetime=60, callback_lifetime=1)
    stage.key(B, "0001", outcome="busy")
    stage.pass_by(5)
    stage.pass_by(59)
    assert stage.dial(A).call.route.destination == B
    stage.pass_by(1)
    assert stage.dial(A).call.route.refusal == 8019
    stage.exchange.axe.modify(stage.app, ModifyAxe(FindAxe(bound.subscription_id), {"callback_lifetime": 60}, "1"))
    stage.key(B, "0001", outcome="busy")
    stage.pass_by(600)
    assert stage.dial(A).call.route.destination == B
    stage.exchange.axe.unbind(stage.app, FindAxe(bound.subscription_id))
    stage.bound()
    assert stage.dial(A).call.route.refusal == 8019


@pytest.mark.parametrize(("setting", "number"), [("tone", None), ("7552876543", "+867552876543"), (D, D)])
def test_the_application_says_what_happens_without_a_record(setting: str, number: str | None) -> None:
    stage = AxeStage(profile={"axe_no_callback_record": setting, "axe_callback_tone_seconds": 3})
    stage.bound(user_data="mine")
    played = stage.dial(A)
    stage.pass_by(60)
    (cdr,) = stage.cdrs()
    assert (cdr.get("fwdDstNum"), cdr["direction"]) == (number, 1 if number else 2)
    if number is None:
        assert (seconds_of(played.ends_at), cdr["ulFailReason"]) == (3, 8019)
    assert stage.bodies("callin")[0]["statusInfo"]["userData"] == "mine"


def test_by_the_profile_a_callback_without_a_record_goes_the_way_of_callbacks() -> None:
    stage = AxeStage(profile={"axe_no_callback_cdr": "actual"})
    stage.bound()
    stage.dial(A)
    stage.pass_by(60)
    (cdr,) = stage.cdrs()
    assert (cdr["ulFailReason"], cdr["direction"]) == (8019, 1)


def test_the_profile_refuses_what_is_neither_a_tone_nor_a_number() -> None:
    with pytest.raises(ValueError, match=r"axe_no_callback_record must be of the form \^\(tone\|.*, not 'toen'"):
        AxeStage(profile={"axe_no_callback_record": "toen"})


# --- while it is collected ---


def test_who_hangs_up_while_digits_are_collected_reached_nobody(stage: AxeStage) -> None:
    stage.bound(user_data="mine")
    played = stage.key(B, "0009", "0001")
    stage.pass_by(6)
    assert played.call.state is CallState.COLLECTING
    with pytest.raises(NotPossible, match="the callee cannot hang up before it rings"):
        stage.exchange.release(played.call.call_id, Party.CALLEE)
    stage.exchange.release(played.call.call_id, Party.CALLER)
    stage.pass_by(60)
    assert stage.told(played) == ["callin", "collectInfo", "disconnect"]
    (cdr,) = stage.cdrs()
    assert (cdr["ulFailReason"], cdr["direction"]) == (7516, 2)
    assert not {"subscriptionId", "extendNum", "userData"} & set(cdr)
    assert stage.dial(A).call.route.refusal == 8019


def test_a_call_lives_on_when_its_binding_is_unbound_and_ends_as_expired_before_its_extension_is_keyed(
    stage: AxeStage,
) -> None:
    bound = stage.bound()
    stage.key(B, "0001")
    stage.pass_by(2)
    stage.exchange.axe.unbind(stage.app, FindAxe(bound.subscription_id))
    stage.pass_by(60)
    assert stage.cdrs()[-1]["fwdDstNum"] == A
    stage.bound(time_unit="1", lifetime=1)
    stage.pass_by(57)
    stage.key(B, "0001")
    stage.pass_by(60)
    assert stage.cdrs()[-1]["ulFailReason"] == 8022


def test_a_landline_and_who_keys_nothing_are_not_put_through(stage: AxeStage) -> None:
    stage.bound()
    for caller, wish, cause in ((LANDLINE, {}, 8023), (B, {}, 8033), (B, {"outcome": "abandoned"}, 7516)):
        stage.dial(caller, **wish)
        stage.pass_by(60)
        assert (stage.cdrs()[-1]["ulFailReason"], stage.cdrs()[-1]["direction"]) == (cause, 2)
    assert "collectInfo" not in stage.kinds()


def test_the_real_caller_is_shown_where_the_application_may() -> None:
    stage = AxeStage(profile={"real_number_display": "allowed"})
    stage.bound(display="1")
    stage.key(B, "0001")
    stage.pass_by(60)
    assert (body(stage, "callout")["caller"], stage.cdrs()[0]["fwdDisplayNum"]) == (B, B)
    stage.change_profile(real_number_display="refused")
    stage.key(B, "0001")
    stage.pass_by(60)
    assert stage.cdrs()[1]["ulFailReason"] == 8024


def test_there_is_no_longest_call_and_every_call_ends_the_same_for_the_same_seed() -> None:
    def story() -> list[bytes]:
        stage = AxeStage(seed=11, profile={"axe_extension_allocation": "random"})
        extension = stage.bound(record=True).extension
        stage.key(B, extension, talks_seconds=100_000)
        stage.pass_by(100_100)
        stage.dial(A)
        stage.pass_by(100)
        return [delivery.body for _, delivery in stage.sent]

    assert story() == story()
