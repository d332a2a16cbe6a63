"""Every kind of finding is found: a right story with one thing wrong in it, and what `pnsim drift` says of that."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from simulator.contract.profile import Profile
from simulator.replay.drift import Drift, compare
from simulator.replay.drifting.finding import Ignored
from simulator.replay.recorded import Recorded
from tests.replay.shows import AT, pushed, told
from tests.replay.test_drift_silence import story_of

PROFILE = Profile.default()
STORY = list(story_of("AXB", PROFILE, 0))
CALLIN, CALLOUT, ALERTING, ANSWER, DISCONNECT, FEE = range(6)
AUTHORIZATION = ("authorization", 'AKSK realm="SDP",profile="UsernameToken",type="Appkey"')
JSON = ("content-type", "application/json;charset=UTF-8")
TOKEN = 'UsernameToken Username="axb-demo",PasswordDigest="***",Nonce="a1",Created="2026-01-01T08:00:00Z"'


def story(change: Callable[[list], object] | None = None) -> list[object]:
    """The story of an answered call, changed."""
    bodies = copy.deepcopy(STORY)
    if change is not None:
        change(bodies)
    return bodies


def found(bodies: list[object], drift: Drift | None = None) -> set[str]:
    """The findings of a story."""
    return ids(compare(pushed(bodies), drift or Drift(PROFILE)))


def ids(result) -> set[str]:
    lines = {f"set {one.line}" for one in result.verdicts if one.is_drift}
    return {group.id for group in result.findings} | lines


def info(place: int, **members: object) -> Callable[[list], object]:
    """Members of an event set to something else."""
    return lambda bodies: bodies[place]["statusInfo"].update(members)


def cdr(**members: object) -> Callable[[list], object]:
    """Members of the CDR set to something else."""
    return lambda bodies: bodies[FEE]["feeLst"][0].update(members)


def swapped(one: int, other: int) -> Callable[[list], object]:
    def swap(bodies):
        bodies[one], bodies[other] = bodies[other], bodies[one]

    return swap


def again(place: int, **members: object) -> Callable[[list], object]:
    """The event once more, at the end of the events, changed."""

    def repeat(bodies):
        bodies.insert(FEE, copy.deepcopy(bodies[place]))
        bodies[FEE]["statusInfo"].update(members)

    return repeat


def without(place: int, *members: str) -> Callable[[list], object]:
    def take(bodies):
        where = bodies[place]["feeLst"][0] if place == FEE else bodies[place]["statusInfo"]
        for member in members:
            del where[member]

    return take


def another_cdr(fee: dict) -> dict:
    """A second CDR of the same call, under an id of its own."""
    return {"eventType": "fee", "feeLst": [fee["feeLst"][0] | {"icid": f"{'0' * 32}.3757285803.1.1"}]}


CASES = {
    "unknown_member:callout.statusInfo.traceId": info(CALLOUT, traceId="0123"),
    "unknown_member:fee.feeLst.cost": cdr(cost=3),
    "unknown_member:callin.statusInfo.digitInfo": info(CALLIN, digitInfo="1"),
    "other_type:disconnect.statusInfo.stateCode": info(DISCONNECT, stateCode="0"),
    "other_type:fee.feeLst.recordFlag": cdr(recordFlag="1"),
    "other_format:callin.statusInfo.timestamp": info(CALLIN, timestamp="2026-01-01T08:00:00Z"),
    "other_format:fee.feeLst.appKey": cdr(appKey="x" * 129),
    "missing_member:fee.feeLst.direction": without(FEE, "direction"),
    "missing_member:callin.statusInfo.timestamp": without(CALLIN, "timestamp"),
    "unknown_code:disconnect.statusInfo.stateCode": info(DISCONNECT, stateCode=8999),
    "unknown_code:fee.feeLst.ulFailReason": cdr(ulFailReason=8999),
    "unknown_code:fee.feeLst.fwdUnaswRsn": cdr(fwdUnaswRsn=200),
    "unknown_code:fee.feeLst.sipStatusCode": cdr(sipStatusCode=17),
    "unknown_code:fee.feeLst.serviceType": cdr(serviceType="008"),
    "id_form:fee.feeLst.icid": cdr(icid="CAE-20181018135430-12016920"),
    "answer_without_alerting:calls.answer": lambda bodies: bodies.pop(ALERTING),
    "impossible_order:calls.alerting": swapped(CALLOUT, ALERTING),
    "event_after_disconnect:calls.answer": again(ANSWER, timestamp="2026-01-01 08:00:00"),
    "second_disconnect:calls.disconnect": again(DISCONNECT, userData="more"),
    "time_goes_back:calls.answer": info(ANSWER, timestamp="2025-12-31 23:59:59"),
    "cdr_before_disconnect:calls.fee": swapped(DISCONNECT, FEE),
    "cdr_without_disconnect:calls.fee": lambda bodies: bodies.pop(DISCONNECT),
    "missing_event:calls.alerting": lambda bodies: bodies.pop(ALERTING),
    "cdr_contradicts_events:calls.answer": without(FEE, "fwdAnswerTime"),
    "cdr_contradicts_events:calls.answer.time": cdr(fwdAnswerTime="2026-01-01 07:59:55"),
    "cdr_contradicts_events:calls.callin.caller": cdr(callerNum="+8613900000001"),
    "cdr_contradicts_events:calls.callout.called": cdr(fwdDstNum="+8613900000001"),
    "cdr_contradicts_events:calls.binding": cdr(subscriptionId="other"),
    "cdr_contradicts_itself:calls.statecode_goes_with_ulfailreason_not": cdr(ulFailReason=8102),
    "cdr_contradicts_itself:calls.callduration_is_the_times_say": cdr(callDuration=99),
    "second_cdr:fee": lambda bodies: bodies.append(another_cdr(bodies[FEE])),
    "unknown_kind:body": lambda bodies: bodies.append({"eventType": "hold", "statusInfo": {}}),
}  # fmt: skip


@pytest.mark.parametrize("wanted", CASES)
def test_one_thing_wrong_is_found_where_it_is(wanted):
    assert wanted in found(story(CASES[wanted]))


def test_the_story_itself_is_right():
    assert found(story()) == set()


@pytest.mark.parametrize(
    ("wanted", "change"),
    [
        ('set session_id_shape = "2022"', None),
        ("set voice_check_type = 0", cdr(voiceCheckType=0)),
        ('set unset_cdr_members = "empty"', cdr(failTime="")),
        ('set recording_time_zone = "UTC"', cdr(recordObjectName="26010107595012345678901.wav")),
        ('set user_data_in_events = ["callin", "callout"]', info(CALLOUT, userData="order 17")),
        ("no value of state_desc gives that", info(DISCONNECT, stateDesc="Bye.")),
        ("set user_data_in_events = []", cdr(userData="order 17")),
    ],
)
def test_a_capture_contradicts_a_setting_and_says_what_to_write(wanted, change):
    bodies = story(change)
    if change is None:
        text = orjson.dumps(bodies).decode()
        bodies = orjson.loads(
            text.replace(
                bodies[0]["statusInfo"]["sessionId"], "+8613178387014_+8615023108618_4_69562980_119079_544_1_0"
            )
        )
    assert any(wanted.removeprefix("set ") in line for line in found(bodies)), found(bodies)


def test_settings_that_the_capture_confirms_are_listed_too():
    result = compare(pushed(story()), Drift(PROFILE))
    confirmed = {one.setting.name for one in result.verdicts if one.verdict == "confirmed"}
    assert {"session_id_shape", "unset_cdr_members", "recording_time_zone", "voice_check_type"} <= confirmed
    assert not result.is_drift


def request(
    body: object, minutes: float = 0, status: int | None = 200, headers=(JSON, AUTHORIZATION, ("x-aksk", TOKEN))
) -> Recorded:
    sent = AT + timedelta(minutes=minutes)
    return Recorded(
        sent, f"c:{int(minutes * 60)}", "POST", "/fee", tuple(headers), orjson.dumps(body), status, wall_seconds=0.1
    )


def retried(*minutes: float, statuses=()) -> set[str]:
    """The findings of a CDR that fails and comes again after so many minutes."""
    answers = (*statuses, *[500] * len(minutes))
    attempts = [request(STORY[FEE], at, status) for at, status in zip(minutes, answers, strict=False)]
    return ids(compare(attempts, Drift(PROFILE)))


def test_the_schedule_of_retries_is_confirmed_or_contradicted():
    assert retried(0, 1, 4, 9, 106, 203, 300) == set()
    assert retried(0, 1, 5, 14) == {'set retry_measured_from = "previous_attempt"'}
    assert retried(0, 60) == {"set retry_minutes = [60, 4, 9, 106, 203, 300]"}
    assert retried(0, 1, 4, 9, 106, 203, 300, 400) == {"too_many_retries:push.fee"}


def test_what_was_answered_with_200_does_not_come_again():
    assert retried(0, 1, statuses=[200]) == {"pushed_again_after_success:push.fee"}


def test_what_failed_comes_again_while_the_capture_is_on():
    another = story(info(CALLIN, sessionId="1200_1_4294967295_20260101083000@host", timestamp="2026-01-01 08:29:59"))
    failed, later = request(STORY[FEE], 0, 500), request(another[CALLIN], 30)
    assert "not_pushed_again:push.fee" in ids(compare([failed, later], Drift(PROFILE)))
    assert "not_pushed_again:push.fee" not in ids(compare([failed], Drift(PROFILE)))


def test_gaps_between_requests_say_nothing_where_the_clock_is_another():
    fee = copy.deepcopy(STORY[FEE])
    attempts = [request(fee, at + 60 * 24 * 30, 500) for at in (0, 7)]
    result = compare(attempts, Drift(PROFILE))
    assert ids(result) == set()
    assert len(result.remarks) == 1


def test_cdrs_of_calls_that_ended_far_apart_contradict_the_merge_window():
    fee = copy.deepcopy(STORY[FEE])
    other = copy.deepcopy(fee["feeLst"][0])
    other |= {"sessionId": other["sessionId"].replace("_20", "0_20", 1), "callEndTime": "2026-01-01 07:59:30"}
    fee["feeLst"].append(other)
    assert "set merge_window_seconds = 30" in ids(compare([request(fee)], Drift(PROFILE)))


@pytest.mark.parametrize(
    ("wanted", "headers"),
    [
        ('set push_scheme = "WSSE"', [JSON, ("Authorization", AUTHORIZATION[1].replace("AKSK", "WSSE")), ("X-WSSE", TOKEN)]),
        ('set push_scheme = "none"', [JSON]),
        ("other_scheme:headers.authorization", [JSON, ("authorization", "Bearer x")]),
        ("missing_header:headers.x-aksk", [JSON, AUTHORIZATION]),
        ("header_case:headers.x-aksk", [JSON, AUTHORIZATION, ("X-AKSK", TOKEN)]),
        ("header_form:headers.x-aksk", [JSON, AUTHORIZATION, ("x-aksk", TOKEN.replace(",", ", "))]),
        ("header_form:headers.authorization", [JSON, ("authorization", AUTHORIZATION[1].upper()), ("x-aksk", TOKEN)]),
        ("header_form:headers.content-type", [("content-type", "text/plain"), AUTHORIZATION, ("x-aksk", TOKEN)]),
    ],
)  # fmt: skip
def test_headers_are_compared_with_those_of_the_contract(wanted, headers):
    assert wanted in ids(compare([request(STORY[CALLIN], headers=headers)], Drift(PROFILE)))
    assert ids(compare([request(STORY[CALLIN])], Drift(PROFILE))) == set()


def test_a_digest_never_stands_in_a_finding():
    secret = TOKEN.replace("***", "c2VjcmV0").replace(",", ", ")
    result = compare([request(STORY[CALLIN], headers=(JSON, AUTHORIZATION, ("x-aksk", secret)))], Drift(PROFILE))
    assert "c2VjcmV0" not in str(told(result))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\x1f\x8b\x08", b"[" * 2000, b"\xff\xfe", b'"text"', b"[1]", b"null", b'{"eventType":[]}']
)
def test_bodies_of_every_kind_are_a_finding_and_nothing_worse(body):
    result = compare([replace(request({}), body=body)], Drift(PROFILE))
    assert {group.finding.name for group in result.findings} <= {"no_json", "unknown_kind"}
    assert result.is_drift


@pytest.mark.parametrize("member", ["statusInfo", "feeLst", "smsEvent", "numInfo"])
@pytest.mark.parametrize("value", [None, 3, [], {}, [3], [[]], "x", {"sessionId": 3, "timestamp": []}])
def test_members_of_any_type_are_findings(member, value):
    kind = {"statusInfo": "disconnect", "feeLst": "fee", "numInfo": "numStatus"}.get(member, "")
    body = {**({"eventType": kind} if kind else {}), member: value}
    assert compare([request(body)], Drift(PROFILE)).is_drift


def test_accepted_drift_is_passed_over_and_stale_acceptance_is_known():
    ignored = Ignored(["fee.feeLst.cost", "profile.voice_*", "callin.*"])
    drift = Drift(PROFILE, ignored=ignored)
    assert found(story(cdr(cost=3, voiceCheckType=0)), drift) == set()
    assert ignored.unused() == ["callin.*"]


def test_memory_does_not_grow_with_the_capture():
    drift = Drift(PROFILE, calls_limit=5)
    drift.pushes.limit = 7
    for number in range(200):
        text = orjson.dumps(STORY).decode().replace("_4294967295_", f"{number}_4294967295_")
        for recorded in pushed(orjson.loads(text)):
            drift.see(recorded)
    assert len(drift.calls) <= 5
    assert len(drift.pushes.known) <= 7
    assert told(drift.result()) == []


def test_findings_are_bounded_too():
    members = {f"m{number}": 1 for number in range(1500)}
    result = compare(pushed(story(info(CALLIN, **members))), Drift(PROFILE))
    assert len(result.findings) == 1001
    assert "more_findings:capture" in ids(result)
