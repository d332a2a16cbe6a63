"""The schedule of a replay, and how it is kept: per call in order, others at once, bounded; stopped where nobody is."""

import asyncio
from datetime import timedelta

import pytest

from simulator.clock import wall
from simulator.contract.reading import read
from simulator.delivery.outcome import Answered, Unanswered
from simulator.replay.sending import QUEUE, UNREACHED_IN_A_ROW, Parcel, Sender
from simulator.replay.timing import ASAP, RATE, VIRTUAL, Lags, Pace, Timing
from tests.replay.recordings import AT, event, request

OK = Answered(200)


def due(timing: Timing, *seconds: float) -> list[float]:
    pace = Pace(timing)
    return [pace.due(AT + timedelta(seconds=one)) for one in seconds]


def test_the_original_timing_starts_at_once_and_keeps_every_gap():
    assert due(Timing(), 0, 1.5, 4, 4) == [0, 1.5, 4, 4]


def test_a_speed_divides_and_a_long_silence_is_shortened_before():
    assert due(Timing(speed=10), 0, 1, 3) == pytest.approx([0, 0.1, 0.3])
    assert due(Timing(speed=0.1), 0, 1) == pytest.approx([0, 10])
    pace = Pace(Timing(speed=2, longest_gap=10))
    assert [pace.due(AT + timedelta(seconds=one)) for one in (0, 3600, 3604)] == [0, 5, 7]
    assert (pace.shortened, pace.left_out) == (1, 3590)
    assert due(Timing(longest_gap=None), 0, 86400) == [0, 86400]


def test_a_rate_takes_no_notice_of_the_recording():
    assert due(Timing(RATE, per_second=4), 0, 100, 100, 7000) == [0, 0.25, 0.5, 0.75]


def test_without_a_schedule_everything_is_due_at_once():
    assert due(Timing(ASAP), 0, 100) == due(Timing(VIRTUAL), 0, 100) == [0, 0]


def test_lags_are_told_by_shares():
    lags = Lags()
    for milliseconds in range(100):
        lags.note(milliseconds / 1000, held=milliseconds < 3)
    assert lags.quantiles(0.5, 0.99, 1) == pytest.approx([0.049, 0.098, 0.099])
    assert lags.held == 3
    assert Lags().quantiles(0.5, 1) == [0, 0]


async def turns(count: int) -> None:
    """Let everything else go on."""
    for _ in range(count):
        await wall.sleep(0)


class Stage:
    """A receiver that answers when it is told, on a clock that moves only while the sender sleeps."""

    def __init__(self, result=OK, turns: int = 1) -> None:
        self.now, self.result, self.turns = 0.0, result, turns
        self.begun: list[tuple[float, str]] = []
        self.ended: list[str] = []
        self.under_way = self.most = 0
        self.gates: dict[str, asyncio.Event] = {}
        self.sender = Sender(self.post, lambda parcel, _: self.ended.append(parcel.url), lambda: self.now, self.sleep)

    async def post(self, parcel: Parcel):
        self.begun.append((self.now, parcel.url))
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.gates[parcel.url].wait() if parcel.url in self.gates else await turns(self.turns)
        self.under_way -= 1
        return self.result(parcel) if callable(self.result) else self.result

    async def sleep(self, seconds: float) -> None:
        await turns(20)
        self.now += seconds

    def hold(self, url: str) -> asyncio.Event:
        self.gates[url] = asyncio.Event()
        return self.gates[url]

    async def send(self, parcels, timing: Timing, lanes: int = 10):
        return await self.sender.send(parcels, timing, Pace(timing), lanes)


def parcel(name: str, session: str = "", seconds: float = 0) -> Parcel:
    recorded = request(event("callin", session or name), seconds)
    told = read(recorded.body)
    return Parcel(recorded, told, name, tuple, recorded.body, told.about_ids)


async def test_requests_begin_when_they_are_due():
    stage = Stage()
    course = await stage.send([parcel("a"), parcel("b", seconds=2), parcel("c", seconds=2.5)], Timing(speed=2))
    assert stage.begun == [(0, "a"), (1, "b"), (1.25, "c")]
    assert (course.planned, course.seconds, course.begun) == (1.25, 1.25, 3)
    assert course.lags.quantiles(1) == [0]


async def test_what_is_about_one_call_waits_for_the_answer_before_it_and_others_do_not():
    stage = Stage()
    free = stage.hold("a1")
    sending = asyncio.create_task(stage.send([parcel("a1", "a"), parcel("a2", "a", 1), parcel("b1", "b", 2)], Timing()))
    await turns(500)
    assert [name for _, name in stage.begun] == ["a1", "b1"]
    free.set()
    course = await sending
    assert [name for _, name in stage.begun] == ["a1", "b1", "a2"]
    assert course.lags.quantiles(1) == [1]
    assert course.lags.held == 1


async def test_a_batch_waits_for_each_of_its_calls():
    stage = Stage()
    gates = [stage.hold("a"), stage.hold("b")]
    batch = Parcel(parcel("x").recorded, read(b""), "batch", tuple, b"", ("a", "b"))
    sending = asyncio.create_task(stage.send([parcel("a"), parcel("b"), batch], Timing(ASAP)))
    for gate in gates:
        assert "batch" not in [name for _, name in stage.begun]
        await turns(500)
        gate.set()
    await sending
    assert stage.begun[-1][1] == "batch"


async def test_lanes_bound_what_is_under_way_and_virtual_goes_one_by_one():
    for timing, lanes, most in ((Timing(ASAP), 3, 3), (Timing(VIRTUAL), 3, 1), (Timing(), 2, 2)):
        stage = Stage(turns=200)
        await stage.send([parcel(f"p{number}") for number in range(20)], timing, lanes)
        assert stage.most == most
        assert len(stage.ended) == 20


async def test_the_queue_is_bounded_and_the_schedule_waits():
    stage = Stage()
    free, taken = stage.hold("p0"), []

    def parcels():
        for number in range(QUEUE + 50):
            taken.append(number)
            yield parcel(f"p{number}" if number else "p0", "one call")

    sending = asyncio.create_task(stage.send(parcels(), Timing()))
    await turns(30 * QUEUE)
    assert len(taken) == QUEUE + 1
    free.set()
    assert (await sending).begun == QUEUE + 50


async def test_it_stops_at_the_first_where_nobody_listens():
    stage = Stage(Unanswered("connect", "connection refused by 127.0.0.1:9"))
    course = await stage.send([parcel("a"), parcel("b", seconds=5), parcel("c", seconds=9)], Timing())
    assert (course.begun, course.reached, course.stopped) == (1, False, "connection refused by 127.0.0.1:9")


async def test_it_stops_after_so_many_in_a_row_where_somebody_listened_once():
    stage = Stage(lambda one: OK if one.url == "p0" else Unanswered("connect", "gone"))
    course = await stage.send([parcel(f"p{number}") for number in range(100)], Timing(VIRTUAL))
    assert (course.begun, course.reached, course.stopped) == (1 + UNREACHED_IN_A_ROW, True, "gone")


async def test_a_receiver_that_does_not_answer_was_reached():
    stage = Stage(Unanswered("timeout", "no answer within 10 s"))
    course = await stage.send([parcel(f"p{number}") for number in range(50)], Timing(VIRTUAL))
    assert (course.begun, course.reached, course.stopped) == (50, True, "")
