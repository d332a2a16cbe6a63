"""Calls on the simulated network: what happens, when, and that events, CDR and recording agree."""

from datetime import datetime, timedelta

import pytest

from simulator.contract.network import call_tables
from simulator.exchange.core import Limits, UnknownNumber
from simulator.telephony.calls import CallState
from simulator.telephony.commands.axb import ModifyAxb, UnbindAxb
from simulator.telephony.commands.calls import FindRecording, Party
from simulator.telephony.errors import NotPossible, Reason, Refused
from simulator.telephony.numbering import NumberState
from tests.exchange.stage import FAILED, KEY, START, A, B, C, Slot, Stage, X, always, app_spec, seconds_of

DAYS = timedelta(days=1)


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.bind()
    return stage


def causes(stage: Stage) -> list[int]:
    return [body["statusInfo"]["stateCode"] for body in stage.bodies("disconnect")]


def at(text: str) -> float:
    return seconds_of(datetime.fromisoformat(f"{text}+00:00"))


# --- from the one call come events, CDR and recording, and they agree ---


@pytest.mark.parametrize("outcome", call_tables().outcomes)
def test_events_and_cdr_of_every_outcome_agree_to_the_second(stage: Stage, outcome: str) -> None:
    played = stage.dial(outcome=outcome)
    stage.pass_by(200)
    (cdr,) = stage.cdrs()
    events = {kind: stage.bodies(kind)[0]["statusInfo"] for kind in stage.kinds() if kind != "fee"}
    members = {
        "callin": "callInTime", "callout": "fwdStartTime", "alerting": "fwdAlertingTime",
        "answer": "fwdAnswerTime", "disconnect": "callEndTime",
    }  # fmt: skip
    for kind, member in members.items():
        assert cdr.get(member) == (events[kind]["timestamp"] if kind in events else None)
    assert {info["sessionId"] for info in events.values()} == {cdr["sessionId"]} == {played.call.session_id}
    assert events["disconnect"]["stateCode"] == cdr["ulFailReason"] == call_tables().outcomes[outcome].cause
    assert ("failTime" in cdr) == (outcome != "answered")
    assert played.ends_at == played.cdr.released_at == START + timedelta(seconds=at(cdr["callEndTime"]))


def test_a_call_without_a_binding_is_released_with_8014_and_its_cdr_has_no_subscription() -> None:
    stage = Stage()
    stage.dial()
    stage.pass_by(10)
    (cdr,) = stage.cdrs()
    assert (causes(stage), cdr["ulFailReason"], cdr["direction"]) == ([8014], 8014, 2)
    assert not {"subscriptionId", "mptyId", "fwdDstNum", "fwdDisplayNum", "fwdStartTime", "fwdAnswerTime"} & set(cdr)


def test_who_released_is_in_the_journal(stage: Stage) -> None:
    outcomes = [{"outcome": outcome} for outcome in ("rejected", "abandoned", "busy")]
    calls = [stage.dial(**wish) for wish in ({}, {"released_by": Party.CALLER}, *outcomes)]
    stage.pass_by(30)
    released = [row.as_json() for row in stage.rows("call_event") if row.as_json()["event"] == "released"]
    by_call = {row["call_id"]: (row["hangup_cause"], row["released_by"]) for row in released}
    assert [by_call[played.call.call_id] for played in calls] == [
        (0, "callee"), (0, "caller"), (7503, "callee"), (7502, "caller"), (8102, "platform"),
    ]  # fmt: skip


def test_a_number_may_be_dialled_as_a_phone_at_home_does(stage: Stage) -> None:
    played = stage.dial(A[3:], X[3:])
    assert (played.call.caller, played.call.x_number, played.call.route.destination) == (A, X, B)


def test_the_other_way_round_the_direction_turns(stage: Stage) -> None:
    stage.dial(B)
    stage.pass_by(60)
    (cdr,) = stage.cdrs()
    assert (cdr["direction"], cdr["callerNum"], cdr["fwdDstNum"]) == (0, B, A)


# --- a refused dial changes nothing ---


def test_a_dial_that_is_refused_changes_nothing(stage: Stage) -> None:
    stage.exchange.add_app(app_spec("other"))
    refused = [
        ({"dialled": "+8613811111111"}, UnknownNumber, r"\+8613811111111 is nobody's X number; axb-demo has 2: "),
        ({"outcome": "bussy"}, NotPossible, "did you mean busy"),
        ({"rings_seconds": 95}, NotPossible, "gives up after 90 s"),
    ]
    before = (stage.exchange.journal.last_position, stage.exchange.core.ids.counters.copy())
    for wish, error, sentence in refused:
        with pytest.raises(error, match=sentence):
            stage.dial(**wish)
    with pytest.raises(NotPossible, match="no application 'nobody'; there is axb-demo, other"):
        stage.exchange.dial("nobody", None)
    assert (stage.exchange.journal.last_position, stage.exchange.core.ids.counters) == before
    assert (len(stage.exchange.calls()), len(stage.exchange.outbox.ready)) == (0, 0)


def test_dialling_another_applications_x_says_whose_it_is(stage: Stage) -> None:
    stage.exchange.add_app(app_spec("other"))
    with pytest.raises(UnknownNumber, match="is an X number of application axb-demo, not of other"):
        stage.exchange.dial("other", stage.dial().dial)


# --- bindings and calls ---


def test_a_call_lives_on_when_its_binding_is_removed_modified_or_expires(stage: Stage) -> None:
    modified = stage.bind(C, "+8613900000004", user_data="old", lifetime_seconds=5)
    first, second = stage.dial(), stage.dial(C)
    stage.exchange.axb.unbind(stage.app, UnbindAxb(first.call.route.subscription_id))
    stage.exchange.axb.modify(stage.app, ModifyAxb(modified.subscription_id, {"user_data": "new", "callee": A}))
    stage.pass_by(60)
    assert causes(stage) == [0, 0]
    assert [cdr.get("userData") for cdr in stage.cdrs()] == [None, "old"]
    assert [cdr["fwdDstNum"] for cdr in stage.cdrs()] == [B, "+8613900000004"]
    assert (first.call.state, second.call.state) == (CallState.RELEASED, CallState.RELEASED)


def test_after_its_lifetime_a_binding_is_gone_to_the_second() -> None:
    stage = Stage()
    binding = stage.bind(lifetime_seconds=60)
    stage.pass_by(59.9)
    stage.dial(outcome="busy")
    stage.pass_by(0.1)
    stage.dial()
    stage.pass_by(9)
    assert sorted(causes(stage)) == [8014, 8102]
    ended = stage.app.ended[-1]
    assert (ended.binding, ended.why, ended.at) == (binding, "expired", START + timedelta(seconds=60))


def test_a_modified_lifetime_counts_anew_and_other_modifications_let_the_old_one_run() -> None:
    stage = Stage()
    binding = stage.bind(lifetime_seconds=100)
    stage.pass_by(90)
    stage.exchange.axb.modify(stage.app, ModifyAxb(binding.subscription_id, {"lifetime_seconds": 100}))
    stage.pass_by(50)
    stage.exchange.axb.modify(stage.app, ModifyAxb(binding.subscription_id, {"callee": C}))
    stage.pass_by(49)
    assert len(stage.app.bindings) == 1
    stage.pass_by(1)
    assert len(stage.app.bindings) == 0
    assert [(one.binding.callee, one.why, seconds_of(one.at)) for one in stage.app.ended] == [(C, "expired", 190)]


def test_a_lifetime_may_be_taken_away(stage: Stage) -> None:
    binding = stage.bind(C, "+8613900000004", lifetime_seconds=60)
    stage.exchange.axb.modify(stage.app, ModifyAxb(binding.subscription_id, {"lifetime_seconds": 0}))
    stage.pass_by(3600)
    assert len(stage.app.bindings) == 2
    assert stage.exchange.deadlines.earliest() is None


def test_a_suspended_x_number_takes_no_calls(stage: Stage) -> None:
    stage.app.pool.get(X).state = NumberState.SUSPENDED
    stage.dial()
    stage.pass_by(5)
    assert causes(stage) == [8055]


def test_a_voice_file_that_was_never_uploaded_is_refused_by_name() -> None:
    stage = Stage(voice_files=frozenset({"a.wav"}))
    binding = stage.bind(record_tone="a.wav")
    for refused in (
        lambda: stage.bind(C, A, caller_tone="b.wav"),
        lambda: stage.exchange.axb.modify(stage.app, ModifyAxb(binding.subscription_id, {"callee_tone": "b.wav"})),
    ):
        with pytest.raises(Refused) as error:
            refused()
        assert (error.value.reason, error.value.detail) == (Reason.VOICE_FILE_MISSING, "b.wav")


# --- hanging up by hand ---


@pytest.mark.parametrize(
    ("after", "by", "cause"),
    [
        (0, Party.CALLER, 7516),
        (1, Party.CALLER, 7501),
        (3, Party.CALLER, 7502),
        (3, Party.CALLEE, 7503),
        (10, Party.CALLER, 0),
        (10, Party.CALLEE, 0),
    ],
)
def test_a_party_may_hang_up_at_any_time_after_which_nothing_happens(after: float, by: Party, cause: int) -> None:
    stage = Stage(profile={"forward_delay_seconds": 1})
    stage.bind(record=True)
    played = stage.dial(rings_seconds=4, talks_seconds=60)
    stage.pass_by(after)
    released = stage.exchange.release(played.call.call_id, by)
    assert released is played
    assert (played.call.release.cause, played.ends_at) == (cause, stage.now)
    stage.pass_by(300)
    assert causes(stage) == [cause]
    assert [at(cdr["callEndTime"]) for cdr in stage.cdrs()] == [after]
    assert stage.rows("call_event")[-1].as_json()["released_by"] == by.value


def test_who_cannot_hang_up_is_told_so_and_nothing_changes() -> None:
    stage = Stage()
    stage.bind()
    played = stage.dial()
    with pytest.raises(NotPossible, match="the callee cannot hang up before it rings"):
        stage.exchange.release(played.call.call_id, Party.CALLEE)
    stage.pass_by(60)
    assert causes(stage) == [0]
    with pytest.raises(NotPossible, match="was released already"):
        stage.exchange.release(played.call.call_id, Party.CALLER)
    with pytest.raises(NotPossible, match="no call 'call-0' is known"):
        stage.exchange.release("call-0", Party.CALLER)


# --- recordings ---


def recorded(talks: float = 10, **app) -> Stage:
    stage = Stage(**app)
    stage.bind(record=True)
    stage.dial(talks_seconds=talks)
    return stage


def file_of(stage: Stage) -> FindRecording:
    cdr = stage.cdrs()[0]
    return FindRecording(cdr["recordObjectName"], cdr["recordDomain"])


def test_a_recorded_call_leaves_a_file_as_long_as_the_talk() -> None:
    stage = recorded(16.5)
    stage.pass_by(60)
    (cdr,) = stage.cdrs()
    found = stage.exchange.find_recording(stage.app, file_of(stage))
    assert (found.seconds, found.started_at, found.bucket) == (16.5, START + timedelta(seconds=3), "sp-axb-demo")
    assert (cdr["recordFlag"], cdr["recordStartTime"]) == (1, cdr["fwdAnswerTime"])
    assert cdr["recordObjectName"].startswith("260101080003"), "Beijing time"
    assert stage.exchange.download(found.token) is found
    assert stage.exchange.download("token-999") is None


@pytest.mark.parametrize("talks", [0, 1, 2.99])
def test_a_talk_of_less_than_three_seconds_is_not_recorded(talks: float) -> None:
    stage = recorded(talks)
    stage.pass_by(60)
    (cdr,) = stage.cdrs()
    assert cdr["recordFlag"] == 0
    assert not {"recordStartTime", "recordDomain", "recordBucketName", "recordObjectName"} & set(cdr)
    assert len(stage.exchange._calls.recordings) == 0


@pytest.mark.parametrize("wish", [{"outcome": "busy"}, {"outcome": "no_answer"}])
def test_a_call_that_was_not_answered_is_not_recorded(wish: dict) -> None:
    stage = Stage()
    stage.bind(record=True)
    stage.dial(**wish)
    stage.pass_by(100)
    assert stage.cdrs()[0]["recordFlag"] == 0


def test_without_the_applications_recording_nothing_is_recorded() -> None:
    stage = recorded(recording=False, profile={"record_without_app_recording": "ignored"})
    stage.pass_by(60)
    assert stage.cdrs()[0]["recordFlag"] == 0
    with pytest.raises(Refused) as refused:
        stage.exchange.find_recording(stage.app, FindRecording("x.wav", "d"))
    assert refused.value.reason is Reason.RECORDING_NOT_ENABLED


def test_a_recording_is_kept_seven_days_from_the_first_push_of_its_cdr() -> None:
    stage = recorded()
    stage.answers = always(FAILED)
    stage.pass_by(13.5)
    stage.pass_by(7 * 86400 + 0.4)  # its CDR was pushed at 14 s, and again and again
    token = stage.exchange.find_recording(stage.app, file_of(stage)).token
    assert stage.exchange.download(token) is not None
    stage.pass_by(0.1)
    assert stage.exchange.download(token) is None
    with pytest.raises(Refused, match="never made, or older than its days"):
        stage.exchange.find_recording(stage.app, file_of(stage))
    assert len(stage.exchange._calls.recordings) == 0


def test_before_its_cdr_was_pushed_a_recording_is_simply_there() -> None:
    stage = recorded()
    slow = stage.start()
    stage.exchange.clock.jump(START + 30 * DAYS)
    stage.exchange.now()
    recording = stage.exchange.calls()[0].recording
    assert stage.exchange.download(recording.token) is recording
    stage.end(slow)
    stage.work()
    assert recording.deleted_at == START + 37 * DAYS


def test_without_a_receiver_for_cdrs_the_days_count_from_the_end_of_the_call() -> None:
    stage = recorded(receivers={Slot.STATUS: "http://127.0.0.1:9/status"})
    stage.pass_by(60)
    assert stage.exchange.calls()[0].recording.deleted_at == START + timedelta(days=7, seconds=13)


def test_a_recording_outlives_the_memory_of_its_call_but_not_its_days() -> None:
    stage = Stage(limits=Limits(calls_kept=1))
    stage.bind(record=True)
    for _ in range(4):
        stage.dial()
    slow = [stage.start() for _ in range(4)]
    stage.exchange.clock.jump(START + timedelta(seconds=60))
    stage.exchange.now()
    assert (len(stage.exchange.calls()), len(stage.exchange._calls.recordings)) == (1, 4)
    for delivery in slow:
        stage.end(delivery)
    stage.pass_by(7 * 86400)
    assert len(stage.exchange._calls.recordings) == 0


def test_a_recording_is_its_applications_alone() -> None:
    stage = recorded()
    stage.pass_by(60)
    other = stage.exchange.add_app(app_spec("other"))
    with pytest.raises(Refused):
        stage.exchange.find_recording(other, file_of(stage))
    with pytest.raises(Refused, match=r"is kept at ostor\.huawei\.com, not 'elsewhere'"):
        stage.exchange.find_recording(stage.app, FindRecording(file_of(stage).file_name, "elsewhere"))


def test_calls_are_shown_newest_first_and_by_application(stage: Stage) -> None:
    calls = [stage.dial(outcome="busy") for _ in range(3)]
    assert [played.call.call_id for played in stage.exchange.calls(KEY)] == [p.call.call_id for p in reversed(calls)]
    assert stage.exchange.calls("other") == ()
    assert len(stage.exchange.calls(limit=2)) == 2
    assert stage.exchange.call(calls[0].call.call_id) is calls[0]


@pytest.mark.parametrize("shape", ["classic", "2022"])
def test_no_two_calls_that_are_known_have_one_session_id(stage: Stage, shape: str) -> None:
    stage.change_profile(session_id_shape=shape)
    calls = [stage.dial() for _ in range(1500)]  # of 36,000 classic ids a second: some would meet
    assert len({played.call.session_id for played in calls}) == len(calls)
