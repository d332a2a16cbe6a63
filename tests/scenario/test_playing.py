"""Steps and expectations against a whole simulator: what passes, what fails, and what is then said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from simulator.client.shapes import Row
from simulator.scenario import performance
from simulator.scenario.performance import Options
from simulator.scenario.receiver import SampleReceiver
from simulator.scenario.results import Status, exit_code
from simulator.scenario.runner import Runner
from simulator.store import choosing
from simulator.store.memory import MemoryStore
from tests.scenario.stages import BOUND, KEY, Remembering, Theatre, clocks, lines, played, result_of, story

CALL = "  - call: {caller: A, dialled: X, outcome: busy}\n"
NEEDY = "needs: sample_receiver\n"
ANSWERED = "[callin, callout, alerting, answer, disconnect, fee]"


async def test_a_receiver_that_answers_500_fails_with_expected_got_and_nearest_miss():
    header = NEEDY + "receiver: {answer: 500}\n"
    result = await result_of(
        story(BOUND + CALL + "  - expect: {notifications: [callin, callout, disconnect, fee]}\n", header)
    )
    assert result.status is Status.FAILED
    assert lines(result) == (
        "story.yaml:9:5: step 3 of 3, expect\n"
        "  expected  callin → callout → disconnect → fee about call, each acknowledged\n"
        "  got       0 of 4 acknowledged\n"
        "  nearest   callin: waiting after 1 attempt; the last answered 500 Internal Server Error where 200 is success"
    )
    assert (result.steps_done, result.steps_planned) == (2, 3)


@pytest.mark.parametrize(
    ("expectation", "sentences"),
    [
        ("notifications: [callin, callout, alerting, disconnect, fee]",
         ("  expected  callin → callout → alerting → disconnect → fee about call\n"
         "  got       callin → callout → disconnect\n"
         "  nearest   notification 3 is disconnect, instead of alerting")),
        ("notifications: [callin, callout]",
         ("  expected  callin → callout about call\n"
         "  got       callin → callout → disconnect\n"
         "  nearest   notification 3 is disconnect, after all that was expected")),
        ("notifications: [callin, callout, disconnect, fee, fee]",
         ("  expected  callin → callout → disconnect → fee → fee about call within 30s\n"
         "  got       callin → callout → disconnect → fee\n"
         "  nearest   fee was not sent; call is released")),
        ("hangup_cause: 8101", "  expected  call released with 8101\n  got       released with 8102"),
        ("fields: {disconnect: {stateCode: 8101}}", "  expected  disconnect.stateCode = 8101\n  got       8102"),
        ("fields: {disconnect: {statecode: 8102}}",
         "  expected  disconnect.statecode = 8102\n  got       nothing\n  nearest   did you mean 'stateCode'?"),
        ("fields: {callin: {caller: B}}", None),
        ("absent: {disconnect: [stateCode]}", "  expected  disconnect without stateCode\n  got       stateCode = 8102"),
        ("notifications: [callin, callout, disconnect, fee], attempts: 2",
         ("  expected  callin sent 2 times\n  got       once\n"
         "  nearest   callin: acknowledged after 1 attempt; the last answered 200")),
        ("hangup_cause: 8102, acknowledged: false", "  expected  callin not acknowledged\n  got       acknowledged"),
        ("notifications: []", "  expected  nothing about call\n  got       callin → callout → disconnect"),
    ],
)  # fmt: skip
async def test_an_expectation_that_is_not_met_says_what_came_instead(expectation: str, sentences: str | None):
    result = await result_of(story(f"{BOUND}{CALL}  - expect: {{{expectation}}}\n"))
    assert result.status is Status.FAILED
    assert (sentences or "got       '+86") in lines(result)
    assert len(lines(result).splitlines()) <= 40


async def test_an_expectation_fails_as_soon_as_it_can_no_longer_be_met():
    watcher = await played(story(f"{BOUND}{CALL}  - expect: {{hangup_cause: 8101, within: 7d}}\n"))
    assert watcher.ended[0].status is Status.FAILED
    assert sum(watcher.jumps) < 10


async def test_the_clock_goes_no_further_than_an_expectation_needs():
    watcher = await played(story(f"{BOUND}{CALL}  - expect: {{notifications: [callin, callout, disconnect, fee]}}\n"))
    assert watcher.ended[0].status is Status.PASSED
    assert sum(watcher.jumps) == 2  # alerting delay, then the merge window


async def test_a_refused_bind_fails_the_scenario_with_the_platforms_words():
    result = await result_of(story("  - bind: {caller: A, callee: A, number: X}\n"))
    assert result.status is Status.FAILED
    assert "  expected  status 200\n  got       403 1010002 Invalid request." in lines(result)


async def test_an_answers_members_are_judged_with_the_names_of_the_story():
    asked = "  - query: {number: X, expect: {fields: {totalCount: 1, relationNumList.0.callerNum: A, "
    good = await result_of(story(BOUND + asked + "relationNumList.0.subscriptionId: pair}}}\n"))
    assert good.status is Status.PASSED, lines(good)
    wrong = await result_of(
        story(BOUND + "  - query: {number: X, expect: {fields: {totalcount: 1}, absent: [app_key]}}\n")
    )
    assert "  expected  totalcount = 1\n  got       nothing\n  nearest   did you mean 'totalCount'?" in lines(wrong)
    assert "  expected  an answer without app_key\n  got       app_key = 'axb-demo'" in lines(wrong)


async def test_a_call_that_contradicts_itself_fails_with_the_simulators_sentence():
    result = await result_of(story(BOUND + "  - call: {caller: A, dialled: X, outcome: busy, rings: 90s}\n"))
    ringing = await result_of(story(BOUND + "  - call: {caller: A, dialled: X, rings: 95s}\n"))
    assert result.status is Status.PASSED  # a busy phone does not ring
    assert ringing.status is Status.FAILED
    assert "so a call that rings 95 s cannot be answered" in lines(ringing)


async def test_dialling_a_number_that_is_nobodys_fails_with_the_numbers_there_are():
    result = await result_of(story('  - call: {caller: A, dialled: "+8613900000000"}\n'))
    assert result.status is Status.FAILED
    assert "story.yaml:5:5: step 1 of 1, call A→+8613900000000: " in lines(result)
    assert "+8613900000000" in lines(result)


async def test_a_call_that_ends_too_early_for_until_fails():
    result = await result_of(story(f"{BOUND}  - call: {{caller: A, dialled: X, outcome: busy, until: answered}}\n"))
    assert lines(result).endswith("the call was released before it was answered")


async def test_a_running_call_can_be_hung_up():
    steps = (
        f"{BOUND}  - call: {{caller: A, dialled: X, talks: 60s, until: answered}}\n  - release: {{}}\n"
        f"  - expect: {{notifications: {ANSWERED}, hangup_cause: 0, within: 5s}}\n"
    )
    result = await result_of(story(steps))
    assert result.status is Status.PASSED, lines(result)


async def test_a_call_that_was_not_recorded_has_no_recording_to_ask_for():
    steps = f"{BOUND}{CALL}  - request: {{operation: recording_address, of: call}}\n"
    assert "call was not recorded: bind with record: true" in lines(await result_of(story(steps)))


async def test_strict_turns_remarks_into_failures():
    steps = f"{BOUND}{CALL}  - expect: {{notifications: [callin, callout, disconnect, fee]}}\n"
    async with _chatty() as url:
        options = Options(receivers={"status": url}, forced=True)
        assert (await result_of(story(steps), options=options)).status is Status.FAILED  # no fee without an address
        full = Options(receivers={"status": url, "fee": url}, forced=True)
        assert (await result_of(story(steps), options=full)).status is Status.PASSED
        strict = Options(receivers={"status": url, "fee": url}, forced=True, strict=True)
        result = await result_of(story(steps), options=strict)
    assert (
        "  expected  callin answered without remark (--strict)\n  got       answered with a body of 2 bytes"
        in lines(result)
    )


async def test_a_hung_receiver_costs_no_more_than_the_answer_timeout():
    header = NEEDY + "receiver: {hang: true}\n"
    steps = f"{BOUND}{CALL}  - expect: {{notifications: [callin, callout, disconnect, fee], acknowledged: false}}\n"
    result = await result_of(story(steps, header), options=Options(answer_timeout=0.05))
    assert result.status is Status.PASSED, lines(result)


async def test_a_run_that_is_out_of_wall_time_is_incomplete_and_says_how_far_it_came():
    header = NEEDY + "receiver: {hang: true}\n"
    watcher = await played(story(BOUND + CALL, header), story(BOUND), seconds=1)
    first, second = watcher.ended
    assert (first.status, first.steps_done) == (Status.INCOMPLETE, 1)
    assert lines(first) == "story.yaml: the time of --timeout was over"
    assert lines(second) == "story.yaml: the time of --timeout was over before it began"
    assert exit_code(watcher.ended) == 4


async def test_a_scenario_that_needs_the_sample_receiver_is_skipped_where_another_is_named():
    async with SampleReceiver(KEY, clocks().wall_now) as receiver:
        options = Options(receivers={"status": f"{receiver.url}/status"}, forced=True)
        watcher = await played(story(BOUND, NEEDY), story(BOUND), options=options)
    assert [result.status for result in watcher.ended] == [Status.SKIPPED, Status.PASSED]
    assert exit_code(watcher.ended) == 0
    assert exit_code(watcher.ended[:1]) == 4


async def test_a_receiver_that_is_down_ends_the_run_before_the_first_step():
    async with SampleReceiver(KEY, clocks().wall_now) as receiver:
        gone = f"{receiver.url}/status"
    watcher = await played(story(BOUND), story(BOUND), options=Options(receivers={"status": gone}, forced=True))
    assert [(result.status, result.steps_done) for result in watcher.ended] == [
        (Status.UNREACHABLE, 0),
        (Status.NOT_PLAYED, 0),
    ]
    assert f"nobody listens at {gone}" in lines(watcher.ended[0])
    assert not watcher.openings


async def test_one_seed_is_one_story_byte_for_byte_and_another_seed_another():
    steps = (
        f"{BOUND}  - call: {{caller: A, dialled: X, talks: 5s}}\n"
        f"  - expect: {{notifications: {ANSWERED}, acknowledged: false, attempts: 2, within: 5m}}\n"
    )
    flaky = story(steps, NEEDY + "receiver: {fail_first: 2}\n")
    runs = [await played(flaky, options=Options(seed=seed)) for seed in (3, 3, 4)]
    bodies = [[row["body"] for row in run.of_kind("attempt_started")] for run in runs]
    assert len(bodies[0]) == 12
    assert bodies[0] == bodies[1]
    assert bodies[0] != bodies[2]
    assert [run.ended[0].status for run in runs] == [Status.PASSED] * 3


async def test_a_simulator_that_breaks_ends_the_scenario_at_once():
    theatre = Theatre()

    class Breaking(Remembering):
        def begin(self, opening):
            failed = theatre.simulators[0].failed
            assert failed is not None
            failed.set_exception(RuntimeError("a part fell off"))

    watcher = Breaking()
    await Runner(theatre.stage, Options(), clocks(), watcher).run([story(BOUND + CALL)])
    assert watcher.ended[0].status is Status.BROKEN
    assert lines(watcher.ended[0]) == "story.yaml: the simulator broke: RuntimeError('a part fell off')"
    assert exit_code(watcher.ended) == 5


async def test_a_contract_violation_in_the_journal_is_the_simulators_fault():
    theatre = Theatre()

    class Violating(Remembering):
        def row(self, row):
            journal = theatre.simulators[0].exchange.journal
            if row["kind"] == "api_request":
                now = theatre.simulators[0].exchange.now()
                journal.note(
                    "contract_violation", now, KEY.app_key, notification_kind="callin", violations=["at /: bad"]
                )

    watcher = Violating()
    await Runner(theatre.stage, Options(), clocks(), watcher).run([story(BOUND + CALL)])
    assert watcher.ended[0].status is Status.BROKEN
    assert "breaks the contract (please report it): callin: ['at /: bad']" in lines(watcher.ended[0])
    assert exit_code(watcher.ended) == 5


async def test_a_push_that_the_sample_receiver_finds_wrong_is_the_simulators_fault(monkeypatch):
    monkeypatch.setattr(
        performance, "_of_sample", lambda sample: {"status": f"{sample.url}/fee", "fee": f"{sample.url}/fee"}
    )
    result = await result_of(story(BOUND + CALL))
    assert result.status is Status.BROKEN
    assert "callin: a callin came to /fee, instead of /callin" in lines(result)
    assert exit_code([result]) == 5


@asynccontextmanager
async def _chatty() -> AsyncIterator[str]:
    """A receiver that answers 200 with a body where none is due."""

    async def answer(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response(text="ok")

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/x"
    finally:
        await runner.cleanup()


class StoppingOne(Remembering):
    """Stops the simulator once the first request was answered."""

    def __init__(self, theatre: Theatre) -> None:
        super().__init__()
        self._theatre = theatre
        self.stopping: asyncio.Future[None] | None = None

    def row(self, row: Row) -> None:
        super().row(row)
        if self.stopping is None:
            self.stopping = asyncio.ensure_future(self._theatre.simulators[0].stop())


async def test_a_simulator_that_stops_in_the_middle_breaks_the_run_and_the_run_says_so():
    theatre = Theatre()
    watcher = StoppingOne(theatre)
    hung = "needs: sample_receiver\nreceiver: {hang: true}\n"
    await Runner(theatre.stage, Options(), clocks(), watcher).run([story(f"{BOUND}{CALL}", hung)])
    assert watcher.stopping is not None
    await watcher.stopping
    assert watcher.ended[0].status is Status.BROKEN, lines(watcher.ended[0])
    assert watcher.finished == watcher.ended
    assert exit_code(watcher.ended) == 5


async def test_rows_that_a_small_journal_dropped_unread_are_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(choosing, "MemoryStore", lambda: MemoryStore(max_rows=8))
    result = await result_of(story(f"{BOUND}{CALL}  - advance: 60s\n"))
    (remark,) = result.remarks
    count, _, said = remark.partition(" ")
    assert int(count) > 5
    assert said == (
        "journal rows were dropped before they were read; give the simulator a larger journal "
        "(store_max_rows, store_max_bytes)"
    )
