"""Mode X: the customer's answer to the callin says what becomes of a call (axe_axyb_x.md 3, notifications.md 2.7)."""

import json
from collections.abc import Callable

import pytest

from simulator.delivery.delivery import Delivery
from simulator.delivery.notification import Slot
from simulator.delivery.outcome import Answered, Result, Unanswered
from simulator.exchange.calls import PlayedCall
from simulator.telephony.commands.calls import Party
from tests.exchange.stage import KEY, OK, URLS, A, B, Stage, X, seconds_of

FILES = ("wait.wav", "hint.wav", "last.wav", "callee.wav", "close.wav")
LATE = Unanswered("timeout", "no answer within 10 s")
OTHER = "+8613700000009"


def answered(body: object, status: int = 200) -> Result:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answered(status, "", (), content, len(content))


def connect(**members: object) -> Result:
    return answered({"operation": "connect", "connectInfo": {"calleeNum": B, **members}})


def close(**members: object) -> Result:
    return answered({"operation": "close", "closeInfo": [members]})


def deciding(result: Result) -> Callable[[Delivery], Result]:
    return lambda delivery: result if delivery.kind == "callin" else OK


def a_stage(result: Result = OK, **app) -> Stage:
    stage = Stage(mode="X", voice_files=FILES, **app)
    stage.answers = deciding(result)
    return stage


def played(stage: Stage, **wish) -> PlayedCall:
    call = stage.dial(**wish)
    stage.pass_by(600)
    return call


def told(stage: Stage) -> tuple[list[str], object]:
    (cdr,) = stage.cdrs()
    return stage.kinds(), cdr["ulFailReason"]


def decided(stage: Stage) -> dict[str, object]:
    (row,) = [row.as_json() for row in stage.rows("decided")]
    return {name: value for name, value in row.items() if name not in ("position", "at", "kind", "app_key", "call_id")}


def verdict(stage: Stage, kind: str = "callin") -> tuple[bool, str, str]:
    (attempt,) = [row.attempt for row in stage.ends() if row.delivery.kind == kind]
    assert attempt.verdict is not None
    return attempt.verdict.acknowledged, attempt.verdict.reason, attempt.verdict.remark


# --- connect ---


def test_a_call_is_connected_to_whom_the_customer_says() -> None:
    stage = a_stage(connect(userData="u-1"))
    played(stage)
    assert told(stage) == (["callin", "callout", "alerting", "answer", "disconnect", "fee"], 0)
    (callin,), (cdr,) = stage.bodies("callin"), stage.cdrs()
    assert callin["statusInfo"]["notifyMode"] == "Block"
    assert "userData" not in callin["statusInfo"]
    for kind in ("callout", "alerting", "answer", "disconnect"):
        (body,) = stage.bodies(kind)
        assert (body["statusInfo"]["caller"], body["statusInfo"]["called"]) == (X, B)
        assert body["statusInfo"]["userData"] == "u-1"
    assert (cdr["callerNum"], cdr["calleeNum"], cdr["fwdDisplayNum"], cdr["fwdDstNum"]) == (A, X, X, B)
    assert (cdr["direction"], cdr["notifyMode"], cdr["userData"], cdr["serviceType"]) == (1, "Block", "u-1", "004")
    assert verdict(stage) == (True, "answered 200", "")
    assert decided(stage) == {"decision": "connect", "callee": B, "user_data": "u-1"}


def test_on_a_standing_clock_the_question_takes_no_time() -> None:
    stage = a_stage(connect())
    call = played(stage, rings_seconds=2, talks_seconds=10)
    assert [seconds_of(event.at) for event in call.call.events] == [0, 0, 1, 3, 13]


def test_a_decision_that_took_time_moves_everything_after_it() -> None:
    stage = a_stage()
    call = stage.dial(rings_seconds=2, talks_seconds=10)
    assert call.waits
    asked = stage.start()
    stage.exchange.clock.jump(call.dialled_at.replace(second=4))
    stage.end(asked, connect())
    assert not call.waits
    assert seconds_of(call.ends_at) == 17
    stage.pass_by(60)
    assert [seconds_of(event.at) for event in call.call.events] == [0, 4, 5, 7, 17]


def test_nothing_else_is_told_before_the_decision() -> None:
    stage = a_stage()
    stage.dial()
    asked = stage.start()
    assert not stage.exchange.outbox.ready
    assert stage.exchange.deadlines.earliest() is None
    stage.end(asked, connect())
    assert [delivery.kind for delivery in stage.exchange.outbox.ready] == ["callout"]


def test_the_maximum_duration_ends_the_talk_and_none_does_not() -> None:
    stage = a_stage(connect(maxDuration="1", lastMinVoice="last.wav"))
    played(stage, talks_seconds=100)
    assert told(stage)[1] == 8010
    stage = a_stage(connect(maxDuration=0))
    played(stage, talks_seconds=100)
    assert told(stage)[1] == 0


def test_recording_is_the_decisions_and_the_applications() -> None:
    tone = {"recordFlag": "true", "recordHintTone": "hint.wav"}
    for result, app, flag in ((connect(**tone), {}, 1), (connect(), {}, 0), (connect(**tone), {"recording": False}, 0)):
        stage = a_stage(result, **app)
        played(stage)
        assert stage.cdrs()[0]["recordFlag"] == flag
    assert verdict(stage)[2] == "the call is not recorded: the application was made without recording"
    stage = a_stage(connect(**tone), recording=False, profile={"x_record_without_app_recording": "invalid"})
    played(stage)
    assert told(stage) == (["callin", "disconnect", "fee"], 8014)


def test_another_number_is_shown_as_asked_unless_carriers_or_the_profile_forbid_it() -> None:
    stage = a_stage(connect(displayCalleeNum=OTHER))
    played(stage)
    assert stage.bodies("callout")[0]["statusInfo"]["caller"] == stage.cdrs()[0]["fwdDisplayNum"] == OTHER
    assert "carriers intercept" in verdict(stage)[2]
    stage = a_stage(connect(displayCalleeNum=OTHER), profile={"carrier_interception": True})
    played(stage)
    assert told(stage) == (["callin", "callout", "disconnect", "fee"], 8059)
    stage = a_stage(connect(displayCalleeNum=X), profile={"carrier_interception": True})
    played(stage)
    assert told(stage)[1] == 0
    stage = a_stage(connect(displayCalleeNum=OTHER), profile={"x_foreign_display": "invalid"})
    played(stage)
    assert told(stage)[1] == 8014
    assert verdict(stage)[1] == f"answered 200, but the decision shows {OTHER} instead of the dialled {X}"


def test_a_recorded_call_without_its_tone_is_intercepted_where_carriers_do() -> None:
    stage = a_stage(connect(recordFlag=True), profile={"carrier_interception": True})
    played(stage)
    assert told(stage)[1] == 8059
    assert verdict(stage)[2] == "carriers intercept a recorded call without its prompt tone"


@pytest.mark.parametrize(
    ("outcome", "cause"), [("busy", 8102), ("no_answer", 8101), ("rejected", 7503), ("abandoned", 7502)]
)
def test_an_outcome_is_what_becomes_of_a_connected_call(outcome: str, cause: int) -> None:
    stage = a_stage(connect())
    played(stage, outcome=outcome)
    assert told(stage)[1] == cause
    assert stage.bodies("disconnect")[0]["statusInfo"]["called"] == B


@pytest.mark.parametrize("direction", [0, 1, 2])
def test_the_direction_of_the_cdr_is_the_profiles(direction: int) -> None:
    stage = a_stage(connect(), profile={"x_cdr_direction": direction})
    played(stage)
    assert stage.cdrs()[0]["direction"] == direction


# --- close ---


def test_a_closed_call_is_released_with_8017_at_once() -> None:
    stage = a_stage(close(closeHintTone="close.wav", userData="u-2"))
    played(stage, outcome="busy")
    assert told(stage) == (["callin", "disconnect", "fee"], 8017)
    (body,), (cdr,) = stage.bodies("disconnect"), stage.cdrs()
    assert (body["statusInfo"]["stateCode"], body["statusInfo"]["userData"]) == (8017, "u-2")
    assert (cdr["userData"], cdr["callInTime"], cdr["direction"]) == ("u-2", cdr["callEndTime"], 1)
    assert "fwdDstNum" not in cdr
    assert verdict(stage)[0]
    assert decided(stage) == {
        "decision": "close", "close_tone": "close.wav", "user_data": "u-2", "hangup_cause": 8017,
    }  # fmt: skip


# --- no decision ---


@pytest.mark.parametrize(
    ("result", "cause", "reason"),
    [
        (LATE, 8101, "no answer within 10 s"),
        (answered({"operation": "close"}, 500), 8101, "answered 500 where 200 is success"),
        (answered({"operation": "close"}, 201), 8101, "answered 201 where 200 is success"),
        (OK, 8102, "answered 200, but the body is empty; a JSON object is needed"),
        (answered(b"ok"), 8102, ("answered 200, but the body is no JSON: "
                                "unexpected character, expected a JSON value (line 1, column 1)")),
        (answered(b"\x1f\x8b\x08"), 8102, "answered 200, but the body is gzip-compressed; JSON that is not compressed is needed"),
        (answered({"operation": "conect"}), 8102, "answered 200, but operation is 'conect', instead of connect or close"),
        (answered({"operation": "connect", "connectInfo": {}}), 8102, "answered 200, but the decision lacks calleeNum"),
        (connect(maxDuration=7200), 8102, "answered 200, but the decision's maxDuration: 7200 is more than 1440"),
        (connect(calleeNum="13900000002"), 8102, ("answered 200, but the decision's calleeNum: '13900000002' is neither a "
                                                 "+86 mobile nor a +86 landline number")),
        (connect(displayCalleeNum="400"), 8102, ("answered 200, but the decision's displayCalleeNum: '400' is neither a "
                                                "+86 mobile nor a +86 landline number")),
        (Answered(200, "", (), b"{", 70_000), 8102, "answered 200, but the decision has 70000 bytes, of which 1 are read"),
        (connect(waitVoice="none.wav"), 8006, ("answered 200, but the decision cannot be carried out: the application has no "
                                              "approved voice file 'none.wav'")),
        (close(closeHintTone="none.wav"), 8006, ("answered 200, but the decision cannot be carried out: the application has "
                                                "no approved voice file 'none.wav'")),
    ],
)  # fmt: skip
def test_what_is_no_decision_releases_the_call_by_the_profile(result: Result, cause: int, reason: str) -> None:
    causes = {"x_decision_late_cause": 8101, "x_decision_invalid_cause": 8102, "x_decision_voice_file_cause": 8006}
    stage = a_stage(result, profile=causes)
    played(stage)
    assert told(stage) == (["callin", "disconnect", "fee"], cause)
    assert verdict(stage) == (False, reason, "")
    assert decided(stage) == {
        "decision": None, "problem": reason.removeprefix("answered 200, but "), "hangup_cause": cause,
    }  # fmt: skip
    assert stage.cdrs()[0]["direction"] == 2


@pytest.mark.parametrize("result", [LATE, OK, answered(b"{"), connect(waitVoice="none.wav")])
def test_by_default_it_is_8014(result: Result) -> None:
    stage = a_stage(result)
    played(stage)
    assert told(stage)[1] == 8014


def test_without_an_address_for_the_callin_nobody_decides() -> None:
    stage = a_stage(receivers={Slot.FEE: URLS[Slot.FEE]})
    call = played(stage)
    assert told(stage) == (["fee"], 8014)
    assert decided(stage)["problem"] == "the application has no address for its callin"
    assert seconds_of(call.ends_at) == 0


def test_a_callin_is_not_pushed_again_unless_the_profile_says_so() -> None:
    stage = a_stage(LATE)
    played(stage)
    stage.pass_by(300 * 60)
    assert stage.kinds() == ["callin", "disconnect", "fee"]
    (callin,) = [delivery for _, delivery in stage.sent if delivery.kind == "callin"]
    assert callin.state.value == "exhausted"
    stage = a_stage(LATE, profile={"x_callin_retried": True})
    played(stage)
    stage.answers = deciding(connect())
    stage.pass_by(300 * 60)
    assert stage.kinds().count("callin") == 5  # after 1, 4, 9 minutes; the one after 106 found a decision
    assert stage.kinds().count("callout") == 0
    assert stage.rows("decided")[-1].as_json()["ignored"] == "the call had its end already"


def test_the_other_events_are_pushed_again() -> None:
    stage = a_stage()
    stage.answers = lambda delivery: connect() if delivery.kind == "callin" else LATE
    played(stage)
    assert stage.kinds().count("callout") > 1


# --- ends that do not hang on the decision ---


@pytest.mark.parametrize(
    ("result", "acknowledged", "remark", "called"),
    [
        (connect(), True, "", B),
        (close(), True, "", None),
        (OK, True, "no decision: the body is empty; a JSON object is needed", None),
        (LATE, False, "", None),
    ],
)
def test_a_forced_cause_beats_the_decision(result: Result, acknowledged: bool, remark: str, called: str | None) -> None:
    stage = a_stage(result)
    played(stage, hangup_cause=8102)
    assert told(stage) == (["callin", "callout", "disconnect", "fee"], 8102)
    assert verdict(stage)[0] is acknowledged
    assert verdict(stage)[2] == remark
    assert stage.bodies("disconnect")[0]["statusInfo"].get("called") == called
    assert decided(stage)["ignored"] == "hangup cause 8102 was forced"


def test_a_forced_cause_of_the_arrival_needs_no_callee() -> None:
    stage = a_stage(close())
    played(stage, hangup_cause=7001)
    assert told(stage) == (["callin", "disconnect", "fee"], 7001)


def test_a_landline_may_not_call_and_an_x_out_of_order_takes_no_calls() -> None:
    stage = a_stage(connect())
    call = stage.dial(caller="+8675512345678")
    assert not call.waits
    stage.pass_by(60)
    assert told(stage) == (["callin", "disconnect", "fee"], 8023)
    assert verdict(stage)[0]
    assert decided(stage)["ignored"] == "the call had its end already"


def test_a_caller_who_hangs_up_while_the_customer_thinks_is_gone() -> None:
    stage = a_stage()
    call = stage.dial()
    asked = stage.start()
    stage.exchange.release(call.call.call_id, Party.CALLER)
    stage.end(asked, connect())
    stage.pass_by(60)
    assert told(stage) == (["callin", "disconnect", "fee"], 7516)
    assert verdict(stage)[0]
    assert decided(stage) == {"decision": "connect", "callee": B, "ignored": "the call had its end already"}


def test_a_reset_while_the_customer_thinks_forgets_the_question() -> None:
    stage = a_stage()
    stage.dial()
    asked = stage.start()
    stage.exchange.reset(KEY)
    stage.end(asked, connect())
    assert stage.rows("decided") == []
    assert not stage.exchange.outbox.ready


def test_a_callin_sent_again_by_hand_changes_nothing() -> None:
    stage = a_stage(connect())
    call = played(stage)
    (callin,) = [delivery for _, delivery in stage.sent if delivery.kind == "callin"]
    stage.exchange.outbox.redeliver(callin)
    stage.answers = deciding(close())
    stage.work()
    assert [row.as_json()["decision"] for row in stage.rows("decided")] == ["connect", "close"]
    assert call.cdr is not None
    assert call.cdr.release.cause == 0


def test_the_question_of_a_forgotten_call_is_judged_all_the_same() -> None:
    stage = a_stage(connect())
    played(stage)
    (callin,) = [delivery for _, delivery in stage.sent if delivery.kind == "callin"]
    stage.exchange._calls.forget(KEY)
    stage.exchange.outbox.redeliver(callin)
    stage.answers = deciding(OK)
    stage.work()
    assert callin.state.value == "exhausted"


def test_other_modes_are_not_asked() -> None:
    stage = Stage()
    stage.bind()
    stage.answers = deciding(answered({"operation": "close"}))
    stage.dial()
    stage.pass_by(60)
    assert stage.kinds()[-2:] == ["disconnect", "fee"]
    assert stage.rows("decided") == []


def test_every_call_has_its_own_decision() -> None:
    stage = a_stage()
    first, second = stage.dial(), stage.dial()
    by_call = {first.call.call_id: connect(), second.call.call_id: close()}
    stage.answers = lambda delivery: by_call[delivery.call_id] if delivery.kind == "callin" else OK
    stage.pass_by(60)
    assert sorted(cdr["ulFailReason"] for cdr in stage.cdrs()) == [0, 8017]
