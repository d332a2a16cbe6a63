"""Moving the clock: an advance fires everything on its way, in order, and waits for it; a running clock ticks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from simulator.exchange.story import FIRED_SHOWN, AdvanceRunning
from simulator.telephony.commands.axb import QueryAxb
from tests.exchange.stage import FAILED, KEY, START, A, B, C, Stage, X, always, seconds_of, turns

STORY = ["callin", "callout", "alerting", "answer", "disconnect", "fee"]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A stage whose postman works by itself."""
    stage = Stage()
    stage.bind()
    async with at_work(stage):
        yield stage


@asynccontextmanager
async def at_work(stage: Stage, *, ticking: bool = False) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(stage.work_for_ever())]
    if ticking:
        tasks.append(asyncio.create_task(stage.story.run()))
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


# --- advance ---


async def test_an_advance_fires_everything_on_its_way_in_order_and_ends_at_its_target(stage: Stage) -> None:
    stage.dial()
    advanced = await stage.story.advance(60)
    assert (advanced.now, advanced.reached, advanced.more) == (START + timedelta(seconds=60), True, 0)
    assert [(fired.what, seconds_of(fired.at)) for fired in advanced.fired] == [
        ("call", 1), ("call", 3), ("call", 13), ("merge_window", 14),
    ]  # fmt: skip
    assert stage.kinds() == STORY
    assert stage.now == advanced.now
    note = stage.rows("clock")[-1].as_json()
    assert (note["what"], note["seconds"], note["reached"]) == ("advanced", 60.0, True)


async def test_an_advance_waits_for_what_each_deadline_starts_before_it_goes_on(stage: Stage) -> None:
    stage.answers = always(FAILED)
    stage.dial(outcome="busy")
    await stage.story.advance(8 * 3600)
    assert [row.at for row in stage.attempts()] == [row.at for row in stage.ends()]
    assert {len(delivery.attempts) for _, delivery in stage.sent} == {7}


async def test_an_advance_by_nothing_fires_what_is_due_now_and_awaits_it(stage: Stage) -> None:
    stage.dial()
    advanced = await stage.story.advance(0)
    assert (advanced.now, advanced.reached) == (START, True)
    assert stage.kinds() == ["callin", "callout"]


async def test_many_fired_are_counted_and_only_the_first_thousand_listed() -> None:
    stage = Stage()
    for n in range(FIRED_SHOWN + 7):
        stage.bind(f"+861390001{n:04d}", f"+861390002{n:04d}", lifetime_seconds=60)
    async with at_work(stage):
        advanced = await stage.story.advance(60)
    assert (len(advanced.fired), advanced.more) == (FIRED_SHOWN, 7)
    assert {fired.what for fired in advanced.fired} == {"expiry"}


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e12])
async def test_an_advance_that_cannot_be_is_refused_and_moves_nothing(stage: Stage, seconds: float) -> None:
    with pytest.raises(ValueError, match="is not possible: time goes forward, at most"):
        await stage.story.advance(seconds)
    assert stage.now == START
    assert (await stage.story.advance(1)).reached


async def test_a_hung_receiver_cannot_hold_an_advance() -> None:
    stage = Stage(scale=0)
    stage.bind()
    stage.dial()
    hung = stage.start()
    advanced = await stage.story.advance(60, wall_seconds=0.05)
    assert (advanced.reached, advanced.now, advanced.fired) == (False, START, [])
    stage.end(hung)
    async with at_work(stage):
        assert (await stage.story.advance(60)).reached
    assert stage.kinds() == STORY


async def test_it_stops_where_it_is_when_a_later_receiver_hangs() -> None:
    stage = Stage()
    stage.bind()
    stage.dial()
    async with at_work(stage):
        await stage.story.advance(2)
    advanced = await stage.story.advance(60, wall_seconds=0.05)  # nobody is at work any more
    assert (advanced.reached, seconds_of(advanced.now)) == (False, 3)
    assert [fired.detail.split()[-1] for fired in advanced.fired] == ["answered"]
    async with at_work(stage):
        assert (await stage.story.advance(57)).reached
    assert stage.kinds() == STORY


async def test_someone_who_plays_new_calls_for_ever_cannot_hold_an_advance() -> None:
    stage = Stage()
    stage.bind()
    stage.dial(outcome="busy")

    async def dials_whenever_a_call_arrives() -> None:
        while True:
            delivery = stage.start()
            stage.end(delivery)
            if delivery.kind == "callin":
                stage.dial(outcome="busy")
            await turns(1)

    dialling = asyncio.create_task(dials_whenever_a_call_arrives())
    advanced = await stage.story.advance(60, wall_seconds=0.1)
    dialling.cancel()
    assert (advanced.reached, advanced.now) == (False, START)
    async with at_work(stage):
        assert (await stage.story.advance(60)).reached


async def test_without_anything_to_push_an_advance_still_lets_others_in_and_stops_in_time() -> None:
    stage = Stage(receivers={})
    turns_taken = 0

    async def others() -> None:
        nonlocal turns_taken
        while True:
            await turns(1)
            turns_taken += 1

    def again(at) -> None:
        stage.exchange.deadlines.add(at + timedelta(seconds=1), "test", "", again)

    again(START)
    task = asyncio.create_task(others())
    advanced = await stage.story.advance(10**9, wall_seconds=0.1)
    task.cancel()
    assert not advanced.reached
    assert turns_taken > 20


async def test_a_second_advance_meanwhile_is_refused_and_so_is_a_change_of_scale() -> None:
    stage = Stage()
    stage.bind()
    stage.dial()
    hung = stage.start()
    first = asyncio.create_task(stage.story.advance(60))
    await turns()
    with pytest.raises(AdvanceRunning, match="is being advanced already"):
        await stage.story.advance(1)
    with pytest.raises(AdvanceRunning, match="change its scale when that has ended"):
        stage.story.set_scale(1)
    stage.end(hung)
    async with at_work(stage):
        assert (await first).reached
        assert (await stage.story.advance(1)).reached


async def test_commands_during_an_advance_apply_at_its_instant_and_do_not_wait() -> None:
    stage = Stage()
    stage.bind()
    stage.dial()
    hung = stage.start()
    advance = asyncio.create_task(stage.story.advance(3600))
    await turns()
    binding = stage.bind(C, "+8613900000004", lifetime_seconds=10)
    assert binding.changed_at == START
    assert stage.exchange.axb.query(stage.app, QueryAxb(x_number=X)).total_count == 2
    stage.end(hung)
    async with at_work(stage):
        await advance
    assert stage.exchange.axb.query(stage.app, QueryAxb(x_number=X)).total_count == 1


async def test_an_advance_that_is_given_up_leaves_the_clock_as_it_was() -> None:
    stage = Stage(scale=3)
    stage.bind()
    stage.dial()
    hung = stage.start()
    advance = asyncio.create_task(stage.story.advance(3600))
    await turns()
    assert stage.exchange.clock.scale == 0
    advance.cancel()
    await asyncio.gather(advance, return_exceptions=True)
    assert stage.exchange.clock.scale == 3
    stage.end(hung)
    async with at_work(stage):
        assert (await stage.story.advance(0)).reached


# --- the running clock ---


@pytest.mark.parametrize("seconds", [0, 1e-6, 3600])
async def test_a_running_clock_can_be_advanced_and_runs_on(seconds: float) -> None:
    stage = Stage(scale=1)
    async with at_work(stage, ticking=True):
        before = stage.now
        advanced = await stage.story.advance(seconds)
    assert advanced.reached
    assert advanced.now >= before + timedelta(seconds=seconds)
    assert stage.exchange.clock.scale == 1
    assert stage.now > advanced.now


async def test_on_a_running_clock_everything_happens_by_itself_each_at_its_own_instant() -> None:
    stage = Stage()
    stage.bind(lifetime_seconds=3600)
    played = stage.dial(talks_seconds=600)
    async with at_work(stage, ticking=True):
        stage.story.set_scale(20_000)
        async with asyncio.timeout(20):
            while len(stage.app.bindings) or "fee" not in stage.kinds():
                await stage.exchange.journal.changed.next_change(stage.exchange.journal.last_position)
    assert stage.kinds() == STORY
    offsets = [(event.at - played.dialled_at).total_seconds() for event in played.call.events]
    assert offsets == [0, 0, 1, 3, 603]
    assert stage.app.ended[0].at == stage.app.ended[0].binding.expires_at
    assert all(row.at >= played.dialled_at for row in stage.attempts())


async def test_the_ticker_hears_of_a_deadline_that_comes_earlier_than_the_one_it_waits_for() -> None:
    stage = Stage(scale=1000)
    stage.bind(C, "+8613900000004", lifetime_seconds=86400)
    async with at_work(stage, ticking=True):
        await turns()
        stage.bind(lifetime_seconds=60)
        async with asyncio.timeout(20):
            while len(stage.app.bindings) > 1:
                await stage.exchange.journal.changed.next_change(stage.exchange.journal.last_position)
    assert [one.binding.caller for one in stage.app.ended] == [A]


async def test_a_frozen_clock_stands_and_goes_on_where_it_stood() -> None:
    stage = Stage(scale=1000)
    stage.bind(lifetime_seconds=60)
    async with at_work(stage, ticking=True):
        stage.story.set_scale(0)
        frozen_at = stage.now
        await turns(50)
        assert stage.now == frozen_at
        stage.story.set_scale(1000)
        assert stage.now >= frozen_at
        async with asyncio.timeout(20):
            while len(stage.app.bindings):
                await stage.exchange.journal.changed.next_change(stage.exchange.journal.last_position)
    assert [row.as_json()["scale"] for row in stage.rows("clock")] == [0, 1000]


@pytest.mark.parametrize("scale", [-1, float("nan")])
async def test_an_impossible_scale_is_refused_and_not_journaled(stage: Stage, scale: float) -> None:
    with pytest.raises(ValueError, match="0 stands still"):
        stage.story.set_scale(scale)
    assert (stage.rows("clock"), stage.exchange.clock.scale) == ([], 0)


async def test_the_next_deadline_can_be_asked_for(stage: Stage) -> None:
    assert stage.story.next_deadline_at() is None
    stage.bind(C, "+8613900000004", lifetime_seconds=60)
    assert stage.story.next_deadline_at() == START + timedelta(seconds=60)


# --- waiting ---


async def test_who_waits_for_the_journal_is_woken_by_the_next_row(stage: Stage) -> None:
    journal = stage.exchange.journal
    waiting = asyncio.create_task(journal.changed.next_change(journal.last_position))
    await turns()
    assert not waiting.done()
    stage.bind(C, "+8613900000004")
    await asyncio.wait_for(waiting, 5)
    await journal.changed.next_change(journal.last_position - 1)


async def test_who_gives_up_waiting_leaves_nothing_behind(stage: Stage) -> None:
    feed = stage.exchange.journal.changed
    for _ in range(20):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await feed.next_change(stage.exchange.journal.last_position)
    assert feed._waiters == []


async def test_the_ticker_leaves_nothing_behind() -> None:
    stage = Stage(scale=1000, receivers={})
    for n in range(30):
        stage.bind(f"+861390001{n:04d}", f"+861390002{n:04d}", lifetime_seconds=1 + n)
    async with at_work(stage, ticking=True):
        async with asyncio.timeout(20):
            while len(stage.app.bindings):
                await stage.exchange.journal.changed.next_change(stage.exchange.journal.last_position)
        await turns()
        assert len(stage.story._changed._waiters) == 1
    assert (len(stage.exchange.deadlines), stage.exchange.outbox.open_deliveries(KEY), B) == (0, 0, B)
