"""What of a scenario a load plays, and the sentences for what it cannot."""

import pytest

from simulator.load.script import script_of
from simulator.scenario.loader import parse
from simulator.scenario.places import ScenarioError

HEAD = "scenario: story\ntitle: A story\ncast: {A: mobile, B: mobile, X: number}\n"
BIND = "  - bind: {caller: A, callee: B, number: X}\n"
CALL = "  - call: {caller: A, dialled: X}\n"


def refusal(steps: str, head: str = HEAD) -> list[str]:
    with pytest.raises(ScenarioError) as refused:
        script_of(parse(f"{head}steps:\n{steps}", "story.yaml"))
    return str(refused.value).splitlines()


def test_binds_and_calls_are_played_and_expectations_left_out():
    steps = BIND + CALL + "  - expect: {notifications: [callin], of: call}\n" + CALL
    script = script_of(parse(f"{HEAD}steps:\n{steps}", "story.yaml"))
    assert (len(script.binds), len(script.calls), script.unjudged) == (1, 2, 1)


def test_a_bind_may_say_that_it_must_succeed():
    steps = "  - bind: {caller: A, callee: B, number: X, expect: {resultcode: '0'}}\n" + CALL
    assert len(script_of(parse(f"{HEAD}steps:\n{steps}", "story.yaml")).binds) == 1


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (BIND + CALL + "  - advance: 7d\n",
         "story.yaml:7:5: advance 7d, instead of bind, call or expect: a load plays nothing else"),
        (BIND + CALL + "  - query: {number: X}\n",
         "story.yaml:7:5: query, instead of bind, call or expect: a load plays nothing else"),
        (BIND + "  - call: {caller: A, dialled: X, until: answered}\n",
         "story.yaml:6:5: a call until it is answered, instead of one that is played to its end: a load goes on by itself"),
        ("  - bind: {caller: A, callee: B, number: X, expect: {status: 403, resultcode: '1012010'}}\n" + CALL,
         "story.yaml:5:5: a bind that is to be refused, instead of one that must succeed: a load binds before it begins"),
        (CALL + BIND,
         "story.yaml:6:5: a bind after a call, instead of before the first: a load binds once and then only calls"),
        (BIND,
         "story.yaml:1:1: a scenario without a call, instead of one with a call to play again and again"),
    ],
)  # fmt: skip
def test_what_a_load_cannot_play_is_refused_with_its_place(steps, sentence):
    assert refusal(steps) == [sentence]


def test_a_scenario_for_the_sample_receiver_is_refused():
    said = refusal(BIND + CALL, HEAD + "needs: sample_receiver\n")
    assert said == [
        "story.yaml:1:1: a scenario that needs the sample receiver, instead of one for a receiver of your own: a load tells yours"
    ]
