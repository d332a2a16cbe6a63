"""What an expectation demands: how often, never, in which order, by when, which answer; and what fails a run by default."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from simulator.scenario.performance import Options
from simulator.scenario.results import Status, exit_code
from tests.scenario.stages import BOUND, lines, played, result_of, story

BUSY = "  - call: {caller: A, dialled: X, outcome: busy, as: first}\n"
AGAIN = "  - call: {caller: B, dialled: X, outcome: busy, as: second}\n"
BOTH = BOUND + BUSY + AGAIN
SETTLED = "  - expect: {of: [first, second], notifications: [callin, callout, disconnect, fee], within: 1m}\n"


@pytest.mark.parametrize(
    "expectation",
    [
        "of: [first, second], count: {fee: 1, callin: 1, answer: 0}, within: 1m",
        "of: first, never: [answer, sms], within: 1h",
        "in_order: [first.callin, first.disconnect, second.callin, second.fee], within: 1m",
        "of: first, by: {callin: 0s, disconnect: 1s, fee: 2m}",
        "of: second, by: {fee: 1m}, since: step",
        "of: first, answers: {callin: {acknowledged: true, status: 200, within: 5s}, fee: {status: 200}}",
    ],
)
async def test_a_demand_that_is_met_passes(expectation: str):
    result = await result_of(story(f"{BOTH}  - expect: {{{expectation}}}\n"))
    assert result.status is Status.PASSED, lines(result)


@pytest.mark.parametrize(
    ("expectation", "sentence"),
    [
        ("of: first, count: {fee: 2}, within: 1m",
         "  expected  fee about first 2 times\n  got       once\n  nearest   about first were sent: callin 01-01 00:00:00.000, "),
        ("of: first, count: {callin: 0}", "  expected  callin about first never\n  got       once"),
        ("of: first, never: [fee], within: 1h",
         "  expected  no fee about first\n  got       sent at 01-01 00:00:02.000\n  nearest   fee: acknowledged after 1 attempt"),
        ("in_order: [second.callin, first.callin]",
         "  expected  second.callin before first.callin\n  got       first.callin before second.callin"),
        ("in_order: [first.callin, first.sms], within: 1m",
         "  expected  first.callin before first.sms\n  got       first.callin\n  nearest   not sent: first.sms"),
        ("of: first, by: {fee: 1500ms}",
         "  expected  fee sent at most 1.5s after first began, by 01-01 00:00:01.500\n  got       sent at 01-01"),
        ("of: first, by: {answer: 1s}, within: 1m",
         "  expected  answer sent at most 1s after first began, by 01-01 00:00:01.000\n  got       no answer until"),
        ("of: first, answers: {callin: {status: 204}}",
         "  expected  callin answered 204\n  got       200"),
        ("of: first, answers: {callin: {fields: {ok: true}}}",
         "  expected  callin answered with JSON\n  got       200 with an empty body"),
        ("of: first, answers: {callin: {within: 0ms}}",
         "  expected  callin answered within 0s\n  got       it took 0.0"),
        ("of: first, fields: {fee: {zz: A}}",
         "  got       nothing\n  nearest   it has: direction, spId, "),
        ("of: first, answers: {callin: {acknowledged: false, attempt: 1}}",
         "  expected  callin, attempt 1, not acknowledged\n  got       answered 200"),
        ("of: first, answers: {callin: {status: 200, attempt: 2}}",
         "  expected  an answer to attempt 2 of callin\n  got       no such attempt\n  nearest   callin: acknowledged after 1"),
        ("asked: [{operation: query}], within: 1s",
         "  expected  the customer asked query at least once\n  got       never"),
    ],
)  # fmt: skip
async def test_a_demand_that_is_not_met_says_what_came_instead(expectation: str, sentence: str):
    result = await result_of(story(f"{BOTH}  - expect: {{{expectation}}}\n"))
    assert result.status is Status.FAILED
    assert sentence in lines(result)
    assert len(lines(result).splitlines()) <= 40


async def test_what_must_never_come_is_watched_for_the_whole_window():
    watcher = await played(story(f"{BOUND}{BUSY}  - expect: {{never: [answer], within: 1h}}\n"))
    assert watcher.ended[0].status is Status.PASSED
    assert sum(watcher.jumps) >= 2  # the CDR's merge window was still to come


@asynccontextmanager
async def answering(status: int, body: str = "", first: int | None = None) -> AsyncIterator[str]:
    """A receiver that answers so, or only the first so many times."""
    times = 0

    async def answer(request: web.BaseRequest) -> web.Response:
        nonlocal times
        times += 1
        await request.read()
        bad = first is None or times <= first
        return web.Response(status=status if bad else 200, text=body if bad else "")

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def at(url: str) -> Options:
    return Options(receivers={"status": f"{url}/status", "fee": f"{url}/fee"}, forced=True)


async def test_an_answer_that_no_step_expects_fails_the_run_at_its_step():
    async with answering(503, "out of\nink", first=1) as url:
        result = await result_of(story(BOUND + BUSY), options=at(url))
    assert result.status is Status.FAILED
    assert lines(result) == (
        "story.yaml:6:5: step 2 of 2, call A→X\n"
        "  expected  callin, attempt 1, acknowledged: no step expects anything else\n"
        "  got       answered 503 Service Unavailable where 200 is success: out of ink\n"
        "  nearest   allow: {answers: true} in the scenario lets it pass, or an expect that says so"
    )


@pytest.mark.parametrize(
    "header", ["allow: {answers: true}\n", "allow: {answers: [callin, callout, disconnect, fee]}\n"]
)
async def test_a_scenario_may_allow_answers(header: str):
    async with answering(500) as url:
        assert (await result_of(story(BOUND + BUSY, header), options=at(url))).status is Status.PASSED


@pytest.mark.parametrize(
    "expectation",
    [
        "acknowledged: false",
        "acknowledged: {callin: false, callout: false, disconnect: false}, within: 0s",
        "notifications: [callin, callout, disconnect], exhausted: true, within: 7d",
        "answers: {callin: {status: 500}, callout: {status: 500}, disconnect: {status: 500}}",
        "notifications: [callin, callout, disconnect], attempts: 2, acknowledged: false, within: 10m",
    ],
)
async def test_what_a_step_expects_is_not_unexpected(expectation: str):
    async with answering(500) as url:
        options = Options(receivers={"status": f"{url}/status"}, forced=True)
        result = await result_of(story(f"{BOUND}{BUSY}  - expect: {{{expectation}}}\n"), options=options)
    assert result.status is Status.PASSED, lines(result)


async def test_an_answer_is_judged_by_members_and_schema():
    body = '{"result": {"code": "7", "tags": ["a"]}}'
    schema = "{properties: {result: {properties: {code: {enum: ['0']}}}}}"
    async with answering(200, body) as url:
        good = "  - expect: {answers: {callin: {fields: {result.code: '7'}, absent: [error]}}}\n"
        assert (await result_of(story(BOUND + BUSY + good), options=at(url))).status is Status.PASSED
        bad = f"  - expect: {{answers: {{callin: {{schema: {schema}}}}}}}\n"
        result = await result_of(story(BOUND + BUSY + bad), options=at(url))
    assert '  expected  callin answered with what obeys the schema\n  got       200 {"result"' in lines(result)
    assert '  nearest   at /result/code: "7" is not one of "0"' in lines(result)


NEVER_101 = "  - expect: {hangup_cause: 8101}\n    known_failure: the cause is not told yet\n"


async def test_a_known_failure_is_reported_as_that_and_what_follows_is_played():
    result = await result_of(story(BOUND + BUSY + NEVER_101 + "  - expect: {hangup_cause: 8102}\n"))
    assert (result.status, result.steps_done, exit_code([result])) == (Status.KNOWN, 4, 0)
    (known,) = result.known
    assert known.lines()[:2] == [
        "story.yaml:7:5: step 3 of 4, expect: known failure: the cause is not told yet",
        "  expected  first released with 8101",
    ]


async def test_a_known_failure_that_passes_fails():
    steps = BOUND + BUSY + "  - expect: {hangup_cause: 8102}\n    known_failure: the cause is not told yet\n"
    result = await result_of(story(steps))
    assert (result.status, exit_code([result])) == (Status.FAILED, 1)
    assert lines(result) == (
        "story.yaml:7:5: step 3 of 3, expect: passed, though it is marked as a known failure (the cause is not told yet): "
        "take known_failure out"
    )


async def test_a_whole_scenario_may_be_known_to_fail():
    header = "known_failure: busy is told as no answer\n"
    failing = await result_of(story(BOUND + BUSY + "  - expect: {hangup_cause: 8101}\n", header))
    assert (failing.status, exit_code([failing]), failing.failure) == (Status.KNOWN, 0, None)
    passing = await result_of(story(BOUND + BUSY, header))
    assert (passing.status, exit_code([passing])) == (Status.FAILED, 1)
    assert "passed, though it is marked as a known failure (busy is told as no answer)" in lines(passing)


async def test_a_known_failure_does_not_hide_another():
    result = await result_of(story(BOUND + BUSY + NEVER_101 + "  - expect: {hangup_cause: 8100}\n"))
    assert (result.status, len(result.known)) == (Status.FAILED, 1)
