"""Steps that decide which steps are played: played against a simulator, judged from outside."""

import pytest

from simulator.scenario import flow
from simulator.scenario.results import Result, Status
from tests.scenario.stages import BOUND, Remembering, lines, played, result_of, story

CALL = "call: {caller: A, dialled: X, rings: 1s, talks: 2s"


async def outcome(steps: str, header: str = "") -> Result:
    return await result_of(story(steps, header))


async def passed(steps: str, header: str = "") -> tuple[int, int]:
    """The steps done and planned of a scenario that must pass."""
    result = await outcome(steps, header)
    assert result.status is Status.PASSED, lines(result)
    return result.steps_done, result.steps_planned


async def failure(steps: str, header: str = "") -> str:
    result = await outcome(steps, header)
    assert result.status is Status.FAILED
    return lines(result)


def dialled(watcher: Remembering) -> list[tuple[str, str]]:
    """When who dialled."""
    return [(str(row["at"]), str(row["caller"])) for row in watcher.of_kind("call_event") if row["event"] == "dialled"]


async def test_what_a_step_gave_is_captured_and_stands_in_later_steps():
    steps = (
        BOUND.rstrip()
        + "\n    capture: {pair_id: subscriptionId}\n"
        + f"  - {CALL}, as: first}}\n    capture: {{why: hangup_cause, told: kinds.0}}\n"
        + '  - request: {operation: query, number: X}\n    expect: {fields: {relationNumList.0.subscriptionId: "${pair_id}"}}\n'
        + '  - call: {caller: B, dialled: X, talks: "${seconds}s"}\n'
        + '  - expect: {notifications: [callin, callout, alerting, answer, disconnect, fee], hangup_cause: "${why}"}\n'
        + "  - advance: 1s\n    when: told == 'callin' && pair_id.size() > 3\n"
    )
    assert await passed(steps, "variables: {seconds: 3}\n") == (6, 6)


async def test_a_member_that_is_not_there_cannot_be_captured():
    said = await failure(BOUND.rstrip() + "\n    capture: {pair_id: subscriptionid}\n")
    assert said == (
        "story.yaml:5:5: step 1 of 1, bind: capture pair_id: what the step gave has no 'subscriptionid'; "
        "did you mean 'subscriptionId'? It has: resultcode, resultdesc, subscriptionId, relationNum, callDirection, "
        "duration, maxDuration"
    )


async def test_a_step_whose_condition_does_not_hold_is_left_out_and_said_so():
    steps = BOUND + f"  - {CALL}, outcome: busy}}\n  - advance: 1s\n    when: calls.call.hangup_cause == 0\n"
    result = await outcome(steps.replace(", rings: 1s, talks: 2s", ""))
    assert result.status is Status.PASSED, lines(result)
    assert (result.steps_done, result.steps_planned) == (2, 2)
    assert result.remarks == (
        "story.yaml:7:5: step 3, advance 1s: left out, since calls.call.hangup_cause == 0 does not hold",
    )


async def test_a_branch_is_taken_by_what_was_seen():
    steps = (
        BOUND
        + f"  - {CALL}}}\n  - if: notifications.exists(n, n.kind == 'callin' && n.fields.called != '')\n"
        + "    then: [{advance: 1s}, {advance: 1s}]\n    else: [{advance: 9s}]\n"
        + "  - if: answer.status == 200 && answer.result_code == '1'\n    then: [{advance: 9s}]\n    else: [{advance: 1s}]\n"
    )
    assert await passed(steps) == (5, 5)


async def test_steps_are_repeated_and_done_for_each_item():
    steps = (
        BOUND
        + '  - repeat: {times: 2, as: n, steps: [{advance: "${n}s"}]}\n'
        + '  - for_each: {in: [A, B], as: who, steps: [{call: {caller: "${who}", dialled: X, talks: 1s, as: "of_${who}"}}]}\n'
        + "  - expect: {of: [of_A, of_B], hangup_cause: 0}\n"
    )
    watcher = await played(story(steps))
    (result,) = watcher.ended
    assert result.status is Status.PASSED, lines(result)
    assert (result.steps_done, result.steps_planned) == (6, 6)
    cast = watcher.openings[0].cast
    assert [who for _, who in dialled(watcher)] == [cast["A"], cast["B"]]


async def test_items_may_be_captured_and_are_counted_when_they_are_known():
    steps = (
        BOUND
        + "  - call: {caller: A, dialled: X, talks: 1s}\n    capture: {sent: kinds}\n"
        + "  - for_each: {in: '${sent}', as: kind, steps: [{advance: 1s}, {advance: 1s, when: \"kind == 'fee'\"}]}\n"
    )
    done, planned = await passed(steps)
    assert done == planned == 2 + 5


async def test_a_number_tells_the_round_of_a_failing_step():
    steps = (
        BOUND
        + "  - repeat: {times: 3, as: n, steps: [{advance: 1s}, {expect: {notifications: [], of: X}, when: n == 2}]}\n"
    )
    result = await outcome(steps.replace("notifications: [], of: X", "notifications: [numStatus], of: X, within: 1s"))
    assert lines(result).splitlines()[0] == "story.yaml:6:54: step 2[2].2, expect"
    assert (result.steps_done, result.steps_planned) == (3, 6)


async def test_lists_go_on_together_in_story_time_and_in_their_order():
    steps = (
        BOUND
        + "  - parallel:\n"
        + "      - [{wait: 5s}, {call: {caller: A, dialled: X, outcome: busy, as: late}}]\n"
        + "      - [{call: {caller: B, dialled: X, rings: 1s, talks: 10s, as: long}}, {advance: 1s}]\n"
        + "      - [{wait: 5s}, {call: {caller: B, dialled: X, outcome: busy, as: last}}]\n"
        + "  - expect: {of: [late, last], hangup_cause: 8102}\n"
        + "  - expect: {of: long, hangup_cause: 0}\n"
    )
    first, again = await played(story(steps)), await played(story(steps))
    (result,) = first.ended
    assert result.status is Status.PASSED, lines(result)
    assert (result.steps_done, result.steps_planned) == (9, 9)
    cast = first.openings[0].cast
    assert [(at[17:19], who) for at, who in dialled(first)] == [("00", cast["B"]), ("05", cast["A"]), ("05", cast["B"])]
    bodies = [[row["body"] for row in watcher.of_kind("attempt_started")] for watcher in (first, again)]
    assert bodies[0] == bodies[1]


async def test_an_expectation_sees_what_another_list_does_later():
    steps = (
        BOUND
        + "  - parallel:\n"
        + "      - [{expect: {notifications: [numStatus], of: X, within: 1m}}]\n"
        + "      - [{wait: 20s}, {number_status: {number: X, state: suspended}}]\n"
    )
    header = "app: {features: [push_number_status]}\n"
    assert await passed(steps, header) == (4, 4)
    assert "of 1, " not in await failure(steps.replace("wait: 20s", "wait: 2m"), header)


async def test_a_failure_in_one_list_ends_the_others():
    steps = BOUND + "  - parallel: [[{wait: 1h}], [{release: {}}]]\n"
    assert (await failure(BOUND + f"  - {CALL}}}\n  - parallel: [[{{wait: 1h}}], [{{release: {{}}}}]]\n")).startswith(
        "story.yaml:7:31: step 3[2].1, release: not possible: call "
    )
    with pytest.raises(Exception, match="no call step stands before it"):
        story(steps)


async def test_lists_inside_lists_share_one_clock():
    steps = (
        BOUND
        + "  - parallel: [[{wait: 4s}, {parallel: [[{wait: 2s}], [{wait: 1s}]]}], [{wait: 5s}]]\n"
        + "  - advance: 1s\n    when: elapsed == 6.0\n"
    )
    assert await passed(steps) == (6, 6)


async def test_optional_steps_may_fail_and_the_report_says_so():
    steps = (
        BOUND
        + "  - optional: {steps: [{advance: 1s}, {call: {caller: A, dialled: X, outcome: busy}}, "
        + "{expect: {hangup_cause: 0}}, {advance: 1s}]}\n"
        + "  - advance: 1s\n"
    )
    result = await outcome(steps)
    assert result.status is Status.PASSED, lines(result)
    assert (result.steps_done, result.steps_planned) == (4, 4)
    (remark,) = result.remarks
    assert remark == (
        "story.yaml:6:5: step 2, optional: 2 of 4 steps done; step 2.3, expect failed: "
        "expected call released with 0, got released with 8102"
    )


async def test_optional_steps_have_only_so_much_time():
    steps = (
        BOUND
        + "  - optional: {within: 30s, steps: [{advance: 20s}, {advance: 20s}, {advance: 1s}]}\n"
        + "  - advance: 1s\n    when: elapsed == 30.0\n"
    )
    result = await outcome(steps)
    assert (result.steps_done, result.steps_planned) == (3, 3)
    assert result.remarks == ("story.yaml:6:5: step 2, optional: 1 of 3 steps done; not done within 30s",)


async def test_the_time_of_an_outer_optional_step_ends_the_inner_ones_too():
    inner = "{optional: {steps: [{advance: 1h}]}}, {optional: {within: 2h, steps: [{advance: 1h}]}}"
    result = await outcome(BOUND + f"  - optional: {{within: 90m, steps: [{inner}, {{advance: 1s}}]}}\n")
    assert result.remarks == ("story.yaml:6:5: step 2, optional: 1 of 3 steps done; not done within 90m",)
    assert (result.status, result.steps_done, result.steps_planned) == (Status.PASSED, 2, 2)


async def test_rounds_in_which_nothing_is_played_end_too(monkeypatch):
    assert flow.LIMIT_VISITED == 100_000
    monkeypatch.setattr(flow, "LIMIT_VISITED", 2_000)
    rounds = "{repeat: {times: '${n}', steps: [" * 2 + "{advance: 1s, when: 1 > 2}" + "]}}" * 2
    steps = "  - bind: {caller: A, callee: B, number: X, max_minutes: 1000}\n    capture: {n: maxDuration}\n"
    said = await failure(f"{steps}  - {rounds}\n")
    assert said.endswith("advance 1s: more than 2000 steps were come to, instead of a story that ends")


async def test_steps_go_on_at_a_label_while_a_condition_holds():
    again = (
        BOUND
        + "  - advance: 1s\n    label: again\n"
        + "  - go_to: {label: again, when: elapsed < 3.0}\n"
        + "  - go_to: {label: end}\n  - advance: 1h\n  - advance: 1s\n    label: end\n    when: elapsed == 3.0\n"
    )
    assert await passed(again) == (9, 9)
    said = await failure(again.replace("elapsed < 3.0}", "elapsed < 30.0, at_most: 2}"))
    assert said == "story.yaml:8:5: step 3 of 6, go_to again: it went to 'again' 2 times, and its condition still holds"


async def test_a_jump_leaves_the_blocks_it_stands_in():
    steps = (
        BOUND
        + "  - repeat: {times: 5, as: n, steps: [{advance: 1s}, {if: n == 2, then: [{go_to: {label: out}}]}]}\n"
        + "  - advance: 1h\n  - advance: 1s\n    label: out\n    when: elapsed == 2.0\n"
    )
    assert await passed(steps) == (5, 5)


async def test_a_story_of_which_nothing_was_played_has_not_passed():
    result = await outcome("  - advance: 1s\n    when: 1 > 2\n")
    assert (result.status, lines(result)) == (Status.INCOMPLETE, "story.yaml: 0 of 0 steps were played")


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("elapsed", "the condition 'elapsed' is the number 0, instead of true or false: compare it with something"),
        ("answer.body.nope == 1", "the condition 'answer.body.nope == 1' cannot be decided: there is no nope yet"),
        ("A > 3", "the condition 'A > 3' cannot be decided: No such overload: the operation is not defined for the given"),
    ],
)  # fmt: skip
async def test_a_condition_that_decides_nothing_fails_the_step(condition: str, sentence: str):
    said = await failure(BOUND + f"  - advance: 1s\n    when: {condition}\n")
    assert said.startswith(f"story.yaml:6:5: step 2 of 2, advance 1s: {sentence}")


async def test_what_was_left_out_is_missed_where_it_is_used():
    left_out = BOUND + "  - call: {caller: A, dialled: X}\n    when: elapsed > 1.0\n    capture: {why: hangup_cause}\n"
    said = await failure(left_out + "  - expect: {of: call, hangup_cause: 0}\n")
    assert said.endswith("expect: 'call' stands for nothing: the step that makes it was not played")
    said = await failure(left_out + '  - call: {caller: A, dialled: X, hangup_cause: "${why}", as: other}\n')
    assert said.endswith("call: '${why}' stands for nothing: what it names was not captured, or has no such member")


async def test_a_captured_value_must_fit_where_it_stands():
    steps = BOUND.rstrip() + '\n    capture: {id: subscriptionId}\n  - advance: "${id}"\n'
    said = await failure(steps)
    assert said.startswith("story.yaml:7:5: step 2 of 2, advance: advance is '")
    assert said.endswith("instead of a duration such as 500ms, 2s, 3m, 1h or 7d")


async def test_names_of_things_are_put_into_conditions_and_texts_alike():
    steps = (
        BOUND
        + "  - call: {caller: A, dialled: X, outcome: busy, as: first}\n"
        + '  - expect: {of: first, fields: {disconnect: {sessionId: "${calls.first.id}", called: "${B}"}}}\n'
        + "  - request: {operation: query, number: X}\n"
        + '    expect: {fields: {relationNumList.0.subscriptionId: "${bindings.pair}"}}\n'
        + "  - advance: 1s\n    when: calls.first.told.disconnect.sessionId == calls.first.id\n"
        + "  - advance: 1s\n    when: bindings.pair == answer.body.relationNumList[0].subscriptionId\n"
    )
    assert await passed(steps) == (6, 6)
