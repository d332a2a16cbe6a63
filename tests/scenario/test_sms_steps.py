"""SMS in scenarios: the step, what is decided, what is expected, and the sentences for what is wrong."""

import aiohttp
import orjson
import pytest

from simulator.clock.wall import utc_now
from simulator.contract.schemas import load, validator
from simulator.scenario.deciding import sms_answer_of
from simulator.scenario.judging import judge, telling
from simulator.scenario.language import Behaviour, PlaySms, SmsAnswer, describe
from simulator.scenario.loader import parse
from simulator.scenario.places import ScenarioError
from simulator.scenario.receiver import SampleReceiver
from simulator.scenario.reports.timeline import one_line
from simulator.scenario.results import Status
from tests.scenario.stages import lines, played, result_of

BLOCK = load("notifications/x/sms_block")["examples"][0]
NOTIFY, SENT = load("notifications/axb/sms")["examples"]
A, B = "+8613800000001", "+8613800000002"
STORY = """\
scenario: story
title: Somebody writes
app: {{mode: {mode}}}
cast: {{A: mobile, B: mobile, X: number}}
needs: sample_receiver
receiver: {receiver}
steps:
{steps}"""
WRITES = "  - sms: {from: A, to: X, text: hello}\n"
BINDS = "  - bind: {caller: A, callee: B, number: X}\n"


def text(steps: str, receiver: str = "{decide_sms: {route: B}}", mode: str = "X") -> str:
    return STORY.format(mode=mode, receiver=receiver, steps=steps)


def in_axb(steps: str) -> str:
    return text(BINDS + steps, "{fail_first: 1, delay: 0s}", "AXB")


async def answers(behaviour: Behaviour | None, *bodies: object) -> list[bytes]:
    got = []
    async with SampleReceiver(None, utc_now, behaviour) as receiver, aiohttp.ClientSession() as session:
        for body in bodies:
            async with session.post(f"{receiver.url}/sms", json=body) as answer:
                got.append(await answer.read())
    return got


# --- the step ---


def test_a_step_is_read_with_its_defaults() -> None:
    step = parse(text('  - sms: {from: A, to: X, text: "hi@{B}", send_result: 9, as: note}\n'), "story.yaml").steps[0]
    assert isinstance(step, PlaySms)
    assert (step.sender, step.x_number, step.text, step.send_result, step.save_as) == ("A", "X", "hi@{B}", 9, "note")
    assert describe(step) == "sms A→X"
    (plain,) = parse(text(WRITES), "story.yaml").steps
    assert isinstance(plain, PlaySms)
    assert (plain.send_result, plain.refused, plain.save_as) == (None, False, "sms")


@pytest.mark.parametrize(
    ("steps", "receiver", "mode"),
    [
        (WRITES + "  - expect: {notifications: [sms_block, sms], send_result: 0, fields: {sms: {called: B}}}\n",
         "{decide_sms: {route: B}}", "X"),
        (WRITES + "  - expect: {notifications: [sms_block, sms], send_result: 6}\n", "{decide_sms: {discard: true}}", "X"),
        (WRITES + "  - expect: {notifications: [sms_block, sms], acknowledged: {sms_block: false}, send_result: 7}\n",
         "{decide_sms: {answer: ''}}", "X"),
        (WRITES + "  - expect: {notifications: [sms_block, sms], send_result: 10}\n",
         '{decide_sms: {route: "+8675512345678"}}', "X"),
        (BINDS + WRITES + "  - expect: {notifications: [sms], fields: {sms: {smsIdentifier: sms, called: B}}}\n",
         "{delay: 0s}", "AXB"),
        ("  - sms: {from: A, to: X, text: hello, refused: true}\n", "{delay: 0s}", "AXYB"),
    ],
)  # fmt: skip
async def test_a_story_about_sms_passes(steps: str, receiver: str, mode: str) -> None:
    result = await result_of(parse(text(steps, receiver, mode), "story.yaml"))
    assert result.status is Status.PASSED, lines(result)


async def test_names_in_a_text_stand_for_their_numbers() -> None:
    steps = '  - bind: {user: A, number: X}\n  - sms: {from: A, to: X, text: "hi@{B}"}\n'
    watcher = await played(parse(text(steps, "{delay: 0s}", "AX"), "story.yaml"))
    arrived = watcher.of_kind("message_event")[0]
    assert str(arrived["text"]).startswith("hi@+86")
    assert arrived["text"] == f"hi@{watcher.openings[0].cast['B']}"


@pytest.mark.parametrize(
    ("steps", "sentences"),
    [
        (WRITES + "  - expect: {send_result: 6}\n",
         ("expected  sms ended with sendResult 6, discarded as the customer instructed", "got       ended with 0, sent")),
        (WRITES + "  - expect: {notifications: [sms]}\n",
         ("expected  sms about sms", "notification 1 is sms_block, instead of sms")),
        (WRITES + "  - expect: {fields: {sms: {called: A}}}\n", ("expected  sms.called = ",)),
        ("  - sms: {from: A, to: X, text: hello, refused: true}\n",
         ("the SMS was played, instead of refused: its sendResult is None",)),
        ("  - sms: {from: A, to: X, text: hello, send_result: 9}\n", ("this one has one part only",)),
        ("  - sms: {from: A, to: B, text: hello, refused: true}\n", ("is nobody's X number",)),
    ],
)  # fmt: skip
async def test_what_does_not_come_true_fails_with_what_came_instead(steps: str, sentences: tuple[str, ...]) -> None:
    result = await result_of(parse(text(steps), "story.yaml"))
    assert result.status is Status.FAILED
    for sentence in sentences:
        assert sentence in lines(result)


async def test_an_sms_that_still_waits_can_yet_come_to_what_is_expected() -> None:
    steps = WRITES + "  - expect: {send_result: 7, within: 1m}\n"
    result = await result_of(parse(text(steps, "{answer: 500}"), "story.yaml"))
    assert "expected  sms ended with sendResult 7, discarded: no decision" in lines(result)
    assert "got       sms is asking" in lines(result)


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ("  - sms: {from: D, to: X, text: hello}\n",
         "story.yaml:8:17: from is 'D', instead of a name of the cast (A, B, X)"),
        ('  - sms: {from: A, to: X, text: "hi@{D}"}\n',
         "story.yaml:8:33: text names {D}, instead of a name of the cast (A, B, X)"),
        ("  - sms: {from: A, to: X}\n", ("story.yaml:8:10: sms lacks 'text': what is written; {B} stands "
         'for the number of B: "on my way@{B}" names who gets it (AX)')),
        ("  - sms: {from: A, to: X, text: hello, send_result: 14}\n",
         "story.yaml:8:53: sms.send_result is the number 14, instead of a whole number from 0 to 13"),
        (WRITES + "  - expect: {hangup_cause: 0}\n",
         "story.yaml:9:14: hangup_cause is expected of sms, which is an SMS, instead of a call"),
        ("  - call: {caller: A, dialled: X}\n" + WRITES + "  - expect: {send_result: 0, of: call}\n",
         "story.yaml:10:14: send_result is expected of call, which is a call, instead of an SMS"),
        (WRITES + "  - expect: {send_result: 0, of: smms}\n",
         "story.yaml:9:34: of is 'smms', instead of a call or SMS made before (sms); did you mean 'sms'?"),
        (WRITES + "  - release: {}\n", "story.yaml:9:14: release is about a call, but no call step stands before it"),
        ("  - expect: {send_result: 0}\n",
         "story.yaml:8:13: expect is about a call or SMS, but no call or sms step stands before it"),
        ("  - sms: {from: A, to: X, text: hello, refused: true}\n  - expect: {send_result: 0}\n",
         "story.yaml:9:13: expect is about a call or SMS, but no call or sms step stands before it"),
    ],
)  # fmt: skip
def test_a_wrong_step_is_refused_with_its_place(steps: str, sentence: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse(text(steps), "story.yaml")
    assert str(refused.value).splitlines() == [sentence]


@pytest.mark.parametrize(
    ("receiver", "mode", "sentence"),
    [
        ("{decide_sms: {route: B}}", "AXB",
         "story.yaml:6:12: decide_sms stands in mode AXB, instead of AX or X: no other mode asks"),
        ("{decide_sms: {user_data: u}}", "X",
         "story.yaml:6:24: decide_sms says neither, instead of one of: route, discard, answer"),
        ("{decide_sms: {route: B, discard: true}}", "X",
         "story.yaml:6:24: decide_sms says route and discard, instead of one of: route, discard, answer"),
        ("{decide_sms: {answer: x, user_data: u}}", "X",
         "story.yaml:6:36: user_data stands beside answer, instead of nothing"),
        ("{decide_sms: {route: D}}", "X",
         "story.yaml:6:32: route is 'D', instead of a name of the cast (A, B, X)"),
    ],
)  # fmt: skip
def test_a_wrong_decision_is_refused_with_its_place(receiver: str, mode: str, sentence: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse(text("  - call: {caller: A, dialled: X}\n", receiver, mode), "story.yaml")
    assert str(refused.value).splitlines() == [sentence]


def test_one_name_stands_for_the_latest_that_was_given_it() -> None:
    steps = "  - call: {caller: A, dialled: X, as: it}\n  - sms: {from: A, to: X, text: hello, as: it}\n"
    parse(text(steps + "  - expect: {send_result: 0, of: it}\n"), "story.yaml")
    with pytest.raises(ScenarioError, match="hangup_cause is expected of it, which is an SMS"):
        parse(text(steps + "  - expect: {hangup_cause: 0}\n"), "story.yaml")


# --- the sample receiver ---


async def test_it_discards_what_is_put_to_it_and_only_that() -> None:
    assert await answers(None, BLOCK, NOTIFY) == [b'{"actions":[{"operation":"DiscardMessage"}]}', b""]


async def test_it_routes_to_whom_it_is_told_with_the_sender_of_the_block() -> None:
    (body,) = await answers(Behaviour(sms_decision=SmsAnswer(B, "u")), BLOCK)
    assert orjson.loads(body) == {
        "actions": [{"operation": "vNumberRoute", "message": {"called": B, "calling": A}, "userData": "u"}]
    }
    assert validator("decisions/sms_block").is_valid(orjson.loads(body))


async def test_it_fails_first_and_decides_afterwards() -> None:
    assert await answers(Behaviour(fail_first=1, sms_decision=b"x"), BLOCK, BLOCK) == [b"", b"x"]


def test_a_decision_has_the_casts_numbers() -> None:
    cast = {"A": A, "B": B}
    assert sms_answer_of(None, cast) == SmsAnswer()
    assert sms_answer_of({"destination": "B", "user_data": "B"}, cast) == SmsAnswer(B, "B")
    assert sms_answer_of({"answer": {"actions": [{"message": {"called": "B"}}]}}, cast) == orjson.dumps(
        {"actions": [{"message": {"called": B}}]}
    )
    assert sms_answer_of({"answer": ""}, cast) == b""


@pytest.mark.parametrize(
    ("path", "body", "complaints"),
    [
        ("/sms", NOTIFY, ()),
        ("/sms", SENT, ()),
        ("/sms-block", BLOCK, ()),
        ("/sms-block", NOTIFY, ("a sms came to /sms-block, instead of /sms",)),
        ("/sms", BLOCK, ("a sms_block came to /sms, instead of /sms-block",)),
        ("/sms", {**NOTIFY, "more": 1}, ("at /: Additional properties are not allowed ('more' was unexpected)",)),
        ("/sms", {"smsEvent": {"notificationMode": "Shout"}}, ("the body is no notification that has a schema",)),
        ("/sms", {"smsEvent": []}, ("the body is no notification that has a schema",)),
    ],
)
def test_sms_are_judged_like_every_notification(path: str, body: object, complaints: tuple[str, ...]) -> None:
    assert judge(path, {}, orjson.dumps(body), None).complaints == complaints


def test_what_became_of_an_sms_is_told_in_words() -> None:
    (told,) = telling(orjson.dumps(NOTIFY))
    assert (told.kind, told.caller, told.called, told.send_result) == ("sms", A, "+8613800000000", 2)
    assert told.cause_text == "2 no binding 未查询到绑定关系"
    (asked,) = telling(orjson.dumps(BLOCK))
    assert asked.cause_text == ""
    (sent,) = telling(orjson.dumps(SENT))
    assert (sent.called, sent.cause_text) == (B, "0 sent 成功")


def test_a_text_is_shown_on_one_line() -> None:
    assert one_line("two\nlines \x1b[31mred") == "two lines  [31mred"
    assert one_line("x" * 50) == "x" * 39 + "…"
