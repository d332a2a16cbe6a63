"""What an application carries only after its switches were turned on (notifications.md 1.4, 2.1, 3.1)."""

import pytest

from simulator.config.apps import FEATURES
from simulator.telephony.commands.ax import UnbindAx
from simulator.telephony.commands.calls import Party, Terminate
from tests.exchange.ax_stage import A, AxStage, B, C
from tests.exchange.stage import Stage, X
from tests.exchange.test_deciding import a_stage, connect

SUPPORT_MEMBERS = ("areaCode", "callDuration", "callRelDirection", "recordFileDownloadUrl")


def all_on(mode: str) -> frozenset[str]:
    return frozenset(feature for feature, modes in FEATURES.items() if mode in modes)


def answered_axb(stage: Stage, **wish) -> dict:
    stage.bind(record=True, record_tone=None)
    stage.dial(**wish)
    stage.pass_by(200)
    assert stage.exchange.violations == 0
    (record,) = stage.cdrs()
    return record


def test_without_switches_none_of_the_members_is_carried() -> None:
    record = answered_axb(Stage())
    assert not set(SUPPORT_MEMBERS) & set(record)
    stage = a_stage(connect())
    stage.dial()
    stage.pass_by(60)
    assert "callRelDirection" not in stage.bodies("disconnect")[0]["statusInfo"]
    assert not set(SUPPORT_MEMBERS) & set(stage.cdrs()[0])


def test_the_city_of_x_and_the_talk_time_are_in_the_cdr() -> None:
    record = answered_axb(Stage(features=frozenset(("area_code", "call_duration"))), talks_seconds=16)
    assert (record["areaCode"], record["callDuration"]) == ("0755", 16)


@pytest.mark.parametrize(("setting", "carried"), [("absent", None), ("zero", 0)])
def test_the_talk_time_of_a_call_that_was_never_answered_is_as_the_profile_says(setting: str, carried) -> None:
    features, profile = frozenset(("call_duration",)), {"call_duration_unanswered": setting}
    assert answered_axb(Stage(features=features, profile=profile), outcome="busy").get("callDuration") == carried


def test_a_recording_has_an_address_in_place_of_its_three_names() -> None:
    record = answered_axb(Stage(features=frozenset(("recording_url",))))
    assert record["recordFlag"] == 1
    assert [record[f"record{name}"] for name in ("Domain", "BucketName", "ObjectName")] == ["", "", ""]
    assert record["recordFileDownloadUrl"].startswith("/token-0/")
    assert record["recordFileDownloadUrl"].endswith(".wav")


def test_a_call_without_recording_has_no_address() -> None:
    record = answered_axb(Stage(features=frozenset(("recording_url",))), outcome="busy")
    assert "recordFileDownloadUrl" not in record


@pytest.mark.parametrize(("by", "number"), [(Party.CALLER, 1), (Party.CALLEE, 2)])
def test_mode_x_says_who_hung_up_an_answered_call(by: Party, number: int) -> None:
    stage = a_stage(connect(), features=all_on("X"))
    stage.dial(released_by=by)
    stage.pass_by(60)
    assert stage.bodies("disconnect")[0]["statusInfo"]["callRelDirection"] == number
    assert stage.cdrs()[0]["callRelDirection"] == number
    assert stage.exchange.violations == 0


def test_nobody_hung_up_where_the_call_was_never_answered_or_the_platform_ended_it() -> None:
    stage = a_stage(connect(maxDuration=1), features=all_on("X"))
    stage.dial(outcome="rejected")
    stage.dial(talks_seconds=90)
    stage.pass_by(200)
    terminated = stage.dial(talks_seconds=60)
    stage.pass_by(10)
    stage.exchange.terminate(stage.app, Terminate(terminated.call.session_id, "call_stop"))
    stage.pass_by(10)
    assert [body["statusInfo"]["stateCode"] for body in stage.bodies("disconnect")] == [7503, 8010, 8017]
    assert not any("callRelDirection" in body["statusInfo"] for body in stage.bodies("disconnect"))
    assert not any("callRelDirection" in record for record in stage.cdrs())


# --- memory call-back of AX ---


def called_back(**profile) -> AxStage:
    stage = AxStage(features=all_on("AX"), profile=profile)
    stage.bound()
    return stage


def ends(stage: AxStage, caller: str) -> dict:
    played = stage.dial(caller)
    stage.pass_by(120)
    return stage.cdr_of(played)


def test_a_who_dials_x_without_a_callee_reaches_the_last_caller() -> None:
    stage = called_back()
    ends(stage, B)
    ends(stage, C)
    record = ends(stage, A)
    assert (record["fwdDstNum"], record["fwdDisplayNum"], record["direction"]) == (C, X, 1)


def test_a_caller_who_was_not_put_through_is_not_called_back() -> None:
    stage = called_back()
    ends(stage, B)
    stage.dial(C, hangup_cause=8018)
    stage.pass_by(10)
    assert ends(stage, A)["fwdDstNum"] == B


def test_a_temporary_callee_goes_before_the_last_caller() -> None:
    stage = called_back()
    ends(stage, B)
    stage.set_callee(C)
    assert [ends(stage, A)["fwdDstNum"], ends(stage, A)["fwdDstNum"]] == [C, B]


def test_nobody_to_call_back_is_8019_after_a_prompt() -> None:
    stage = called_back(ax_callback_tone_seconds=7)
    played = stage.dial(A)
    stage.pass_by(6)
    assert stage.told(played) == ["callin"]
    stage.pass_by(30)
    assert stage.told(played) == ["callin", "disconnect"]
    assert stage.bodies("disconnect")[0]["statusInfo"]["stateCode"] == 8019
    assert "fwdDstNum" not in stage.cdr_of(played)


def test_or_a_number_that_the_console_has_set() -> None:
    assert ends(called_back(ax_no_callback_record=C[3:]), A)["fwdDstNum"] == C


def test_an_unbound_x_forgets_who_called() -> None:
    stage = called_back()
    ends(stage, B)
    stage.exchange.ax.unbind(stage.app, UnbindAx(x_number=X))
    stage.bound()
    assert ends(stage, A)["ulFailReason"] == 8019


def test_without_the_switch_a_who_has_no_callee_reaches_nobody() -> None:
    stage = AxStage()
    stage.bound()
    ends(stage, B)
    assert ends(stage, A)["ulFailReason"] == 8013
