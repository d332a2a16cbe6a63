"""Steps about X numbers: what may be written, what fails and how, and what the timeline says."""

import pytest

from simulator.scenario.loader import parse
from simulator.scenario.places import ScenarioError
from simulator.scenario.results import Status
from tests.scenario.stages import BOUND, Remembering, lines, played, result_of, story

STORY = """\
scenario: story
title: X numbers
cast: {{A: mobile, B: mobile, X: number, Y: {{area: "010"}}}}
steps:
  - bind: {{caller: A, callee: B, number: X}}
  - call: {{caller: A, dialled: X, as: call}}
  - {step}
"""


def said_of(step: str) -> str:
    with pytest.raises(ScenarioError) as refused:
        parse(STORY.format(step=step), "story.yaml")
    return str(refused.value)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("number_status: {number: X}",
         "7:20: number_status lacks 'state': its state in the console: schemas/codes/number_states.json"),
        ("number_status: {number: Z, state: suspended}",
         "7:29: number is 'Z', instead of an X number of the cast (X, Y)"),
        ("number_status: {number: [X, A], state: suspended}",
         "7:33: number is 'A', instead of an X number of the cast (X, Y)"),
        ("number_status: {number: X, state: suspendet}",
         ("7:39: number_status.state is 'suspendet', instead of one of: normal, suspended, binding_frozen, "
         "transferring, awaiting_real_name, returned, unavailable, blacklisted; did you mean 'suspended'?")),
        ("number_status: {number: X, state: suspended, cause: 1}",
         ("7:57: cause is 1 (deleted); state suspended goes with 2 (arrears), 3 (stopped), "
         "5 (call-restricted by the carrier), or none")),
        ("number_status: {number: X, state: unavailable, cause: 4}",
         ("7:59: cause is 4, which is no cause; state unavailable goes with 1 (deleted), 2 (arrears), 3 (stopped), "
         "5 (call-restricted by the carrier), 7 (unconditional forwarding active), 8 (no-answer forwarding active), "
         "9 (busy forwarding active), or none")),
        ("arrears: yes", "7:14: arrears is 'yes', instead of true or false"),
        ("expect: {notifications: [numStatus]}",
         "7:13: numStatus is told of X numbers: say which one with 'of', by its name in the cast: of: X"),
        ("expect: {notifications: [numStatus], of: call}",
         "7:13: numStatus is told of X numbers: say which one with 'of', by its name in the cast: of: X"),
        ("expect: {fields: {fee: {direction: 0}}, of: X}",
         "7:13: fee is told of calls, and X is an X number: only numStatus is"),
        ("expect: {hangup_cause: 8055, of: X}",
         "7:14: hangup_cause stands in an expect of X, instead of in one of a call"),
        ("expect: {notifications: [], of: [X, call]}",
         "7:37: of is X and call, instead of X numbers or calls: write two steps"),
    ],
)  # fmt: skip
def test_a_wrong_step_is_refused_with_its_place_and_what_would_be_right(step: str, sentence: str) -> None:
    assert said_of(step) == f"story.yaml:{sentence}"


async def test_an_expectation_about_a_number_begins_at_the_last_step_that_changed_numbers() -> None:
    watcher = await played(
        story(
            "  - number_status: {number: X, state: suspended, cause: 3}\n"
            "  - number_status: {state: unavailable}\n"
            "  - expect: {of: X, notifications: [numStatus], fields: {numStatus: {status: '10'}}}\n"
            "  - arrears: true\n"
            "  - expect: {of: X, notifications: []}\n"
        )
    )
    assert watcher.ended[0].status is Status.PASSED, lines(watcher.ended[0])


async def test_a_number_that_was_told_of_otherwise_fails_the_scenario_in_words() -> None:
    result = await result_of(
        story(
            "  - number_status: {number: X, state: suspended, cause: 3}\n"
            "  - expect: {of: X, notifications: [numStatus], fields: {numStatus: {status: '9', cause: '2'}}}\n"
        )
    )
    assert (result.status, lines(result)) == (
        Status.FAILED,
        "story.yaml:6:5: step 2 of 2, expect\n  expected  numStatus.cause = '2'\n  got       '3'",
    )
    result = await result_of(
        story("  - number_status: {number: X, state: normal}\n  - expect: {of: X, notifications: [numStatus]}\n")
    )
    assert lines(result) == (
        "story.yaml:6:5: step 2 of 2, expect\n"
        "  expected  numStatus about X within 30s\n"
        "  got       nothing\n"
        "  nearest   numStatus was not sent; X is normal"
    )


async def test_what_was_given_up_is_counted_in_the_result() -> None:
    steps = BOUND + "  - number_status: {number: X, state: suspended}\n  - advance: 1d\n"
    watcher: Remembering = await played(story(steps, "needs: sample_receiver\nreceiver: {answer: 500}\n"))
    assert (watcher.ended[0].status, watcher.ended[0].given_up) == (Status.PASSED, 1)
