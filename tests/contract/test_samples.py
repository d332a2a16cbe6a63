"""One notification without a played call: valid in every mode for every cause, and as far as the cause's call came."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from simulator.contract import notifications as wire
from simulator.contract.codes import releases
from simulator.contract.network import call_tables
from simulator.contract.profile import Profile
from simulator.contract.samples import CALL_EVENTS, NoSample, Whose, Wish, kind_of, kinds, sample
from simulator.contract.schemas import names
from simulator.delivery.notification import Slot
from simulator.resources import read_bytes
from simulator.telephony.ids import Ids
from simulator.telephony.release import Stage
from tests.exchange.stage import A as BOUND
from tests.exchange.stage import Stage as Played

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MODES = ("AX", "AXB", "AXE", "AXYB", "X")
A, B, X, Y = "+8613800000021", "+8613800007021", "+8613800000022", "+8613800000023"
CLOCKS = {
    Stage.ARRIVAL: set(),
    Stage.FORWARDED: {"fwdStartTime"},
    Stage.RINGING: {"fwdStartTime", "fwdAlertingTime"},
    Stage.TALKING: {"fwdStartTime", "fwdAlertingTime", "fwdAnswerTime"},
}


def whose(mode: str, **members: Any) -> Whose:
    return Whose(f"{mode.lower()}-demo", mode, members.pop("profile", Profile.default()), **members)


def told(event: str, mode: str = "AXB", cause: int | None = None, count: int = 1, **members: Any) -> dict[str, Any]:
    return sample(event, whose(mode, **members), AT, Ids(7), Wish(cause, count))


def record(mode: str = "AXB", cause: int | None = None, **members: Any) -> dict[str, Any]:
    return told("fee", mode, cause, **members)["feeLst"][0]


@pytest.mark.parametrize("mode", MODES)
def test_every_sample_of_a_mode_is_valid(mode: str) -> None:
    for kind in kinds().values():
        for cause in releases() if kind.has_cause else [None]:
            if mode in kind.modes():
                assert wire.violations(kind.kind, told(kind.event, mode, cause), mode) == []


def test_a_kind_is_there_for_the_modes_that_have_its_schema() -> None:
    for kind in kinds().values():
        assert set(kind.modes()) == {mode for mode in MODES if f"notifications/{mode.lower()}/{kind.kind}" in names()}
        assert isinstance(kind.goes_to, Slot)
    assert {kind.kind for kind in kinds().values() if kind.kind in CALL_EVENTS} == set(wire.EVENT_TYPES.values())
    every = {name.rpartition("/")[2] for name in names() if name.startswith("notifications/")}
    assert every <= {kind.kind for kind in kinds().values()}


@pytest.mark.parametrize("cause", releases())
@pytest.mark.parametrize("mode", MODES)
def test_disconnect_and_cdr_of_a_cause_agree_with_its_stage_and_with_one_another(mode: str, cause: int) -> None:
    release, cdr, event = call_tables().releases[cause], record(mode, cause), told("disconnect", mode, cause)
    info = event["statusInfo"]
    assert {name for name in cdr if name.startswith("fwd") and name.endswith("Time")} == CLOCKS[release.stage]
    codes = (cdr["ulFailReason"], cdr["fwdUnaswRsn"], cdr["sipStatusCode"], info["stateCode"])
    assert codes == (release.disconnect_point, release.q850, release.sip_status, cause)
    assert ("failTime" in cdr) == (release.stage is not Stage.TALKING)
    assert cdr["callEndTime"] == info["timestamp"] == "2026-01-02 03:04:05"
    second_leg = (cdr.get("fwdDisplayNum"), cdr.get("fwdDstNum"))
    first_leg = (cdr["callerNum"], cdr["calleeNum"])
    assert (info["caller"], info["called"]) == (first_leg if release.stage is Stage.ARRIVAL else second_leg)
    times = [cdr[name] for name in cdr if name.endswith("Time") and name not in ("failTime", "recordStartTime")]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("mode", "parties"),
    [
        ("AX", (1, A, X, X, B)),
        ("AXB", (1, A, X, X, B)),
        ("AXE", (0, B, X, X, A)),
        ("AXYB", (0, B, X, Y, A)),
        ("X", (1, A, X, X, B)),
    ],
)
def test_who_calls_whom_is_the_modes_own(mode: str, parties: tuple[object, ...]) -> None:
    cdr = record(mode)
    found = tuple(cdr[name] for name in ("direction", "callerNum", "calleeNum", "fwdDisplayNum", "fwdDstNum"))
    assert found == parties
    assert ("extendNum" in cdr, "notifyMode" in cdr) == (mode == "AXE", mode == "X")
    assert ("subscriptionId" in cdr) == (mode != "X")


def test_a_call_that_no_binding_is_known_of_is_abnormal_and_has_no_subscription_id() -> None:
    unbound = {cause for cause in releases() if "subscriptionId" not in record("AXB", cause)}
    assert unbound == {8014, 8022, 8025, 8030, 8033, 8023, 8055, 7108}
    assert {record("AXB", cause)["direction"] for cause in unbound} == {2}
    assert ["subscriptionId" in record(mode, 8018) for mode in ("AX", "AXB", "AXE")] == [False, True, False]
    assert (record("AXYB", 8031)["direction"], "subscriptionId" in record("AXYB", 8031)) == (2, True)


def test_the_lists_of_causes_name_known_ones_with_a_reason() -> None:
    table = orjson.loads(read_bytes("schemas/codes/samples.json"))
    rows = [row for name in ("unbound", "keyed", "abnormal") for row in table[name]]
    assert {row["cause"] for row in rows} <= set(releases())
    assert all(row["why"] and set(row.get("modes", MODES)) <= set(MODES) for row in rows)
    assert {releases()[row["cause"]].stage for row in rows} == {"arrival"}


def test_nobody_to_call_back_is_a_call_of_a() -> None:
    cdr = record("AXE", 8019)
    assert (cdr["callerNum"], cdr["direction"], "extendNum" in cdr) == (A, 2, True)
    assert record("AXE", 8022)["callInTime"] == "2026-01-02 03:04:00"
    assert told("collectInfo", "AXE", extension="77")["statusInfo"]["digitInfo"] == "77"


def test_the_longest_call_is_talked_for_its_minute_and_the_platform_gives_up_at_its_limit() -> None:
    talked, rang = record("AXB", 8010), record("AXB", 8035)
    assert (talked["fwdAnswerTime"], talked["callEndTime"]) == ("2026-01-02 03:03:05", "2026-01-02 03:04:05")
    assert (rang["fwdStartTime"], rang["callEndTime"]) == ("2026-01-02 03:02:35", "2026-01-02 03:04:05")
    impatient = replace(Profile.default(), platform_ring_limit_seconds=10)
    assert record("AXB", 8101, profile=impatient)["ulFailReason"] == 8101


def test_what_the_profile_and_the_application_change_is_changed() -> None:
    profile = replace(Profile.default(), session_id_shape="2022", sp_id="mine", unset_cdr_members="empty")
    cdr = record(profile=profile, recording=False)
    assert re.fullmatch(rf"\{X}_\{A}_4_[0-9a-f]{{8}}_\d{{6}}_\d{{1,3}}_1_0", cdr["sessionId"])
    assert (cdr["spId"], cdr["recordFlag"], cdr["recordObjectName"]) == ("mine", 0, "")
    assert record()["recordBucketName"] == "sp-axb-demo"


def test_fifty_records_are_of_fifty_calls() -> None:
    records = told("fee", count=50)["feeLst"]
    assert len({one["sessionId"] for one in records}) == len({one["icid"] for one in records}) == 50


@pytest.mark.parametrize("cause", [0, 7502, 8014, 8101, 8102])
def test_a_sample_has_the_members_of_a_played_call(cause: int) -> None:
    stage = Played()
    stage.bind(record=True)
    stage.dial(caller=A if cause == 8014 else BOUND, hangup_cause=cause)
    stage.pass_by(300)
    (pushed,), (event,) = stage.cdrs(), stage.bodies("disconnect")
    sampled = record("AXB", cause)
    assert list(pushed) == list(sampled)
    codes = [name for name in pushed if isinstance(pushed[name], int)]
    assert [pushed[name] for name in codes] == [sampled[name] for name in codes]
    assert list(event["statusInfo"]) == list(told("disconnect", cause=cause)["statusInfo"])


@pytest.mark.parametrize(
    ("event", "mode", "wish", "sentence"),
    [
        ("callinn", "AXB", Wish(), "no notification 'callinn'; did you mean callin? There are: callin, collectInfo, "),
        ("x" * 9999, "AXB", Wish(), f"no notification '{'x' * 40}'; There are: "),
        ("collectInfo", "AX", Wish(), ("mode AX has no collectInfo: only AXE collects digits, when B dials X "
         "(notifications.md 2); modes with it: AXE")),
        ("callin", "AXB", Wish(8102), "callin tells no hangup cause; disconnect and fee do"),
        ("fee", "AXB", Wish(8108), "no hangup cause 8108; the nearest is 8105; `pnsim causes` lists all"),
        ("fee", "AXB", Wish(0, 51), "a message holds 1 to 50 CDRs, not 51 (notifications.md 3)"),
        ("fee", "AXB", Wish(0, 0), "a message holds 1 to 50 CDRs, not 0 (notifications.md 3)"),
        ("answer", "AXB", Wish(None, 2), "answer tells of one thing a message; only fee holds up to 50"),
    ],
)  # fmt: skip
def test_what_there_is_no_sample_of_is_refused_with_what_there_is(
    event: str, mode: str, wish: Wish, sentence: str
) -> None:
    with pytest.raises(NoSample) as refused:
        sample(event, whose(mode), AT, Ids(7), wish)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize("event", ["sms", "sms-block", "number-status"])
def test_what_is_about_no_call_starts_from_its_schemas_example(event: str) -> None:
    having = kinds()[event].modes()
    if not having:
        with pytest.raises(NoSample, match=f"mode AX has no {event}: this version has no schema of it for any mode"):
            kind_of(event, "AX")
    for mode in having:
        body = str(told(event, mode))
        assert X in body
        assert event == "number-status" or ("2026-01-02T03:04:05.000Z" in body and f"{mode.lower()}-demo" in body)
