"""The sample receiver decides about calls to X: as the scenario says, as it is told, else it closes."""

import aiohttp
import orjson
import pytest

from simulator.clock.wall import utc_now
from simulator.contract.schemas import load, validator
from simulator.scenario.deciding import answer_of, close, connect_to
from simulator.scenario.language import Behaviour
from simulator.scenario.loader import parse
from simulator.scenario.places import ScenarioError
from simulator.scenario.receiver import SampleReceiver
from simulator.scenario.references import DECISIONS
from simulator.scenario.results import Status
from tests.scenario.stages import lines, result_of

ASKS = load("notifications/x/callin")["examples"][0]
TELLS = load("notifications/x/disconnect")["examples"][0]
B = "+8613800000002"
STORY = """\
scenario: story
title: A call to X
app: {{mode: {mode}}}
cast: {{A: mobile, B: mobile, X: number}}
needs: sample_receiver
receiver: {receiver}
steps:
  - call: {{caller: A, dialled: X}}
  - expect: {expect}
"""
CONNECTED = "[callin, callout, alerting, answer, disconnect, fee]"
CLOSED = "[callin, disconnect, fee]"


def text(receiver: str, expect: str = "{hangup_cause: 0}", mode: str = "X") -> str:
    return STORY.format(receiver=receiver, expect=expect, mode=mode)


async def answers(behaviour: Behaviour | None, *bodies: object) -> list[tuple[int, bytes]]:
    got = []
    async with SampleReceiver(None, utc_now, behaviour) as receiver, aiohttp.ClientSession() as session:
        for body in bodies:
            async with session.post(f"{receiver.url}/status", json=body) as answer:
                got.append((answer.status, await answer.read()))
    return got


async def test_it_closes_what_is_put_to_it_and_nothing_else():
    assert await answers(None, ASKS, TELLS) == [(200, b'{"operation":"close"}'), (200, b"")]


async def test_it_connects_to_whom_it_is_told():
    ((status, body),) = await answers(Behaviour(decision=connect_to(B)), ASKS)
    assert (status, orjson.loads(body)) == (200, {"operation": "connect", "connectInfo": {"calleeNum": B}})


async def test_a_receiver_that_fails_first_decides_afterwards():
    assert await answers(Behaviour(fail_first=1, decision=close()), ASKS, ASKS) == [(500, b""), (200, close())]


def test_names_of_the_cast_stand_for_their_numbers():
    cast = {"B": B, "X": "+8613800000001"}
    words = {"operation": "connect", "callee": "B", "display": "X", "user_data": "B"}
    assert orjson.loads(answer_of(words, cast))["connectInfo"] == {
        "calleeNum": B,
        "displayCalleeNum": "+8613800000001",
        "userData": "B",
    }
    wrong = {"answer": {"operation": "conect", "connectInfo": [{"calleeNum": "B"}, 5]}}
    assert orjson.loads(answer_of(wrong, cast)) == {"operation": "conect", "connectInfo": [{"calleeNum": B}, 5]}
    assert answer_of({"answer": "B, please"}, cast) == b"B, please"
    assert validator("decisions/callin").is_valid(orjson.loads(answer_of(None, cast)))


@pytest.mark.parametrize(
    ("receiver", "expect"),
    [
        (
            "{decide: {connect: B, max_minutes: 1}}",
            f"{{notifications: {CONNECTED}, fields: {{fee: {{fwdDstNum: B}}}}}}",
        ),
        ("{decide: {close: true}}", f"{{notifications: {CLOSED}, hangup_cause: 8017}}"),
        ("{decide: {answer: ''}}", f"{{notifications: {CLOSED}, acknowledged: {{callin: false}}, hangup_cause: 8014}}"),
        ("{answer: 500, fail_first: 1}", f"{{notifications: {CLOSED}, acknowledged: false, hangup_cause: 8014}}"),
    ],
)
async def test_a_scenario_says_what_is_decided(receiver: str, expect: str):
    result = await result_of(parse(text(receiver, expect), "story.yaml"))
    assert result.status is Status.PASSED, lines(result)


async def test_a_receiver_that_was_told_nothing_closes():
    plain = text("{}", f"{{notifications: {CLOSED}, hangup_cause: 8017}}").replace("receiver: {}\n", "")
    for story in (plain, plain.replace("needs: sample_receiver\n", "")):
        result = await result_of(parse(story, "story.yaml"))
        assert result.status is Status.PASSED, lines(result)


@pytest.mark.parametrize(
    ("acknowledged", "sentence"),
    [
        ("{callin: true}", ("expected  callin acknowledged", "got       exhausted")),
        ("{disconnect: false, callin: false}", ("expected  disconnect not acknowledged", "got       acknowledged")),
    ],
)
async def test_what_is_acknowledged_is_judged_by_kind(acknowledged: str, sentence: tuple[str, str]):
    expect = f"{{notifications: {CLOSED}, acknowledged: {acknowledged}}}"
    result = await result_of(parse(text("{decide: {answer: x}}", expect), "story.yaml"))
    assert result.status is Status.FAILED
    assert all(part in lines(result) for part in sentence)


@pytest.mark.parametrize(
    ("receiver", "mode", "sentence"),
    [
        ("{decide: {connect: B}}", "AXB",
         "story.yaml:6:12: decide stands in mode AXB, instead of X: no other mode asks"),
        ("{decide: {max_minutes: 3}}", "X",
         "story.yaml:6:20: decide says neither, instead of one of: connect, close, answer"),
        ("{decide: {connect: B, close: true}}", "X",
         "story.yaml:6:20: decide says connect and close, instead of one of: connect, close, answer"),
        ("{decide: {close: true, record: true}}", "X",
         "story.yaml:6:34: record stands beside close, instead of close_tone, user_data"),
        ("{decide: {answer: x, user_data: u}}", "X",
         "story.yaml:6:32: user_data stands beside answer, instead of nothing"),
        ("{decide: {connect: D}}", "X",
         "story.yaml:6:30: connect is 'D', instead of a name of the cast (A, B, X)"),
        ("{decide: {connect: B, max_minutes: 7200}}", "X",
         "story.yaml:6:46: receiver.decide.max_minutes is the number 7200, instead of a whole number from 0 to 1440"),
        ("{decide: {conect: B}}", "X",
         ("story.yaml:6:21: receiver.decide has no key 'conect'; did you mean 'connect'? It knows: connect, close, answer, "
         "display, max_minutes, record, record_tone, last_minute_tone, caller_tone, callee_tone, close_tone, user_data")),
    ],
)  # fmt: skip
def test_a_wrong_decision_of_a_scenario_is_refused_with_its_place(receiver: str, mode: str, sentence: str):
    with pytest.raises(ScenarioError) as refused:
        parse(text(receiver, mode=mode), "story.yaml")
    assert str(refused.value).splitlines() == [sentence]


def test_the_keys_of_a_decision_are_those_that_may_stand_in_it():
    keys = set(load("scenario")["$defs"]["decide"]["properties"])
    assert keys == set(DECISIONS) | {key for fitting in DECISIONS.values() for key in fitting}
