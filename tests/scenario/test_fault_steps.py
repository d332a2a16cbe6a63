"""Faults in scenarios: from the start or from a step on, named in the timeline, and never taken for bugs of ours."""

import pytest

from simulator.contract.notifications import call_event
from simulator.exchange import telling
from simulator.scenario.language import SetFaults, describe
from simulator.scenario.loader import parse
from simulator.scenario.places import ScenarioError
from simulator.scenario.reports.timeline import Timeline
from simulator.scenario.results import Status
from tests.scenario.stages import BOUND, lines, played, result_of, story

CALL = "  - call: {caller: A, dialled: X, outcome: busy}\n"
TOLD = "  - expect: {notifications: [callin, callout, disconnect, fee], within: 1m}\n"
BYTES = ("truncated_body", "unknown_member", "missing_member", "wrong_signature", "chunked", "gzip", "http_1_0")


@pytest.mark.parametrize("fault", BYTES)
async def test_what_is_wrong_on_purpose_is_no_bug_of_ours(fault: str) -> None:
    watcher = await played(story(BOUND + CALL + TOLD, f"faults: [{{fault: {fault}, kinds: [callin, fee]}}]\n"))
    (result,) = watcher.ended
    assert result.status is Status.PASSED, lines(result)
    assert [row.get("fault") for row in watcher.of_kind("attempt_ended")] == [fault, None, None, fault]


async def test_what_is_wrong_beside_a_fault_still_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*about):
        body = call_event(*about)
        return (
            {**body, "statusInfo": {**body["statusInfo"], "unheardOf": 1}} if body["eventType"] == "callout" else body
        )

    monkeypatch.setattr(telling.wire, "call_event", broken)
    monkeypatch.setattr(telling.wire, "violations", lambda *_: [])
    result = await result_of(story(BOUND + CALL + TOLD, "faults: [{fault: unknown_member, kinds: [callin]}]\n"))
    assert result.status is Status.BROKEN
    assert lines(result).count("unheardOf") == 1
    assert "unknownMember" not in lines(result)


async def test_an_unsigned_wrong_body_is_known_by_its_bytes() -> None:
    header = "app: {mode: AXB, profile: {push_scheme: none}}\nfaults: [{fault: truncated_body, kinds: [callin]}]\n"
    result = await result_of(story(BOUND + CALL + TOLD, header))
    assert result.status is Status.PASSED, lines(result)


async def test_an_advance_beyond_the_calendar_is_refused_with_the_most_that_is_taken() -> None:
    result = await result_of(story(BOUND + "  - advance: 36500000d\n"))
    assert "seconds must be a number from 0 to 316224000" in lines(result)


async def test_a_step_sets_faults_and_another_takes_them_away() -> None:
    steps = (
        BOUND + "  - faults: [{fault: duplicated, kinds: [callin]}]\n" + CALL + TOLD + "  - faults: []\n" + CALL + TOLD
    )
    scenario = story(steps)
    watcher = await played(scenario)
    assert watcher.ended[0].status is Status.PASSED, lines(watcher.ended[0])
    kinds = [row["notification_kind"] for row in watcher.of_kind("attempt_ended")]
    assert kinds == ["callin", "callin", "callout", "disconnect", "fee", "callin", "callout", "disconnect", "fee"]
    said = [describe(step) for step in scenario.steps if isinstance(step, SetFaults)]
    assert said == ["faults duplicated", "faults none"]


async def test_the_timeline_names_the_fault_at_the_attempt() -> None:
    shown: list[str] = []
    timeline = Timeline(lambda pieces, **_: shown.append("".join(text for text, _ in pieces)))
    watcher = await played(story(BOUND + CALL + TOLD, "faults: [{fault: gzip, kinds: [fee]}]\n"))
    timeline.begin(watcher.openings[0])
    for row in watcher.rows:
        timeline.row(row)
    assert [line.split()[-1] for line in shown if " fee " in line] == ["gzip"]


async def test_two_runs_of_one_seed_are_the_same_story() -> None:
    faults = "faults:\n" + "".join(
        f"  - {{fault: {name}, probability: 0.4}}\n"
        for name in (
            "duplicated",
            "reordered",
            "late",
            "dropped_then_retried",
            "gzip",
            "truncated_body",
            "missing_member",
        )
    )
    told = []
    for _ in range(2):
        watcher = await played(story(BOUND + CALL + "  - advance: 2d\n" + CALL + "  - advance: 2d\n", faults))
        assert watcher.ended[0].status is Status.PASSED, lines(watcher.ended[0])
        told.append([(row["at"], row["body"], row.get("fault")) for row in watcher.of_kind("attempt_started")])
    assert told[0] == told[1]
    assert len({fault for _, _, fault in told[0]}) > 3


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        ("[{fault: gzipp}]", "story.yaml:4:18: faults[1].fault is 'gzipp', instead of one of: "),
        ("[{kinds: [fee]}]", "story.yaml:4:10: faults[1] lacks 'fault': its name"),
        ("[{fault: late, hour: 3}]", "story.yaml:4:24: faults[1] has no key 'hour'; did you mean 'hours'?"),
        ("[{fault: late, attempts: 3}]", "story.yaml:4:10: late has no 'attempts'. It takes: kinds, count, probability, hours"),
        ("[{fault: late, hours: 721}]", "story.yaml:4:10: hours must be a number from 0.001 to 720, not 721"),
        ("[{fault: gzip}, {fault: late, kinds: [collectInfo]}]", "story.yaml:4:25: no 'collectInfo' is pushed in mode AXB"),
        ("[{fault: late, probability: 2}]",
         "story.yaml:4:37: faults[1].probability is the number 2, instead of a number from 0 to 1"),
        ("gzip", "story.yaml:4:9: faults is 'gzip', instead of a list of 0 to 100 items"),
    ],
)  # fmt: skip
def test_faults_that_cannot_be_are_refused_with_their_place(faults: str, sentence: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        story(BOUND, f"faults: {faults}\n")
    assert str(refused.value).startswith(sentence)


def test_a_fault_in_a_step_is_checked_like_one_at_the_top() -> None:
    text = "scenario: story\ntitle: A\nsteps:\n  - faults: [{fault: missing_member, member: sessionId}]\n"
    with pytest.raises(ScenarioError, match=r"^story.yaml:4:14: 'sessionId' is no optional member of any notification"):
        parse(text, "story.yaml")
