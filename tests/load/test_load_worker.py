"""One process' share of a load, played in this process against the sample receiver, and a pump without a network."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from simulator.clock.wall import utc_now
from simulator.load.plan import Plan, read_plan
from simulator.load.pump import Pump
from simulator.load.summary import summed_up
from simulator.load.worker import Orders, play
from simulator.scenario.asking import Credentials
from simulator.scenario.judging import judge
from simulator.scenario.language import Behaviour
from simulator.scenario.receiver import SampleReceiver
from tests.load.plans import BUSY, TWICE, plan

CREDENTIALS = Credentials("axb-demo", "axb-demo-secret")
X_MODE = """\
scenario: busy
title: The receiver lets A through
app: {mode: X, profile: {merge_window_seconds: 0.05}}
cast: {A: mobile, X: number}
steps:
  - call: {caller: A, dialled: X, outcome: busy}
"""


@dataclass
class Heard:
    """What a process said."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, line: dict[str, Any]) -> None:
        self.lines.append(orjson.loads(orjson.dumps(line)))

    @property
    def result(self) -> dict[str, Any]:
        return self.lines[-1]["result"]


async def played(text: str = BUSY, behaviour: Behaviour | None = None, credentials=CREDENTIALS, **members):
    heard, orders = Heard(), Orders()
    orders.give(b"go\n")
    mode = members.pop("mode", "AXB")
    async with SampleReceiver(credentials, utc_now, behaviour, mode=mode) as receiver:
        await play(plan(text, receiver.url, mode, **members), orders, heard)
    return heard, receiver


async def test_every_call_is_told_signed_and_schema_valid():
    heard, receiver = await played()
    whole = summed_up([heard.result])
    assert heard.lines[0] == {"ready": True}
    assert receiver.complaints == []
    assert (whole.dialled, whole.told, whole.failed, whole.violations) == (10, 40, 0, 0)
    assert {kind: one.count for kind, one in whole.kinds.items()} == {
        "callin": 10,
        "callout": 10,
        "disconnect": 10,
        "fee": 10,
    }
    assert whole.causes == {8102: 10}
    assert whole.requests == receiver.count
    assert whole.lag.count == 10


async def test_a_second_call_of_a_start_follows_the_first():
    heard, receiver = await played(TWICE, rate=20.0)
    whole = summed_up([heard.result])
    assert receiver.complaints == []
    assert (whole.dialled, whole.causes) == (4, {8102: 2, 7504: 2})


async def test_latency_counts_from_the_intended_instant():
    """The receiver takes 0.1 s for each: the third notification of a call was due at once and waited for two others."""
    heard, _ = await played(behaviour=Behaviour(delay_seconds=0.1), rate=10.0, seconds=0.1)
    whole = summed_up([heard.result])
    assert whole.dialled == 1
    assert whole.kinds["callin"].longest >= 100
    assert whole.kinds["callout"].longest >= 200
    assert whole.kinds["fee"].longest >= 100


async def test_a_cdr_that_waits_for_its_call_is_late_from_when_its_window_was_to_close():
    unbound = BUSY.replace("  - bind: {caller: A, callee: B, number: X}\n", "")
    heard, _ = await played(unbound, Behaviour(delay_seconds=0.1), rate=10.0, seconds=0.1)
    whole = summed_up([heard.result])
    # callin and disconnect are due at once and acknowledged after 0.2 s, the window closed after 0.05 s, the CDR takes 0.1 s
    assert whole.causes == {8014: 1}
    assert whole.kinds["fee"].longest >= 240


async def test_failures_are_counted_by_reason_and_not_tried_again():
    heard, receiver = await played(behaviour=Behaviour(answer=503), rate=20.0)
    whole = summed_up([heard.result])
    assert whole.failures.counts == {"answered 503": 16}
    assert whole.failures.examples["answered 503"].startswith("answered 503 Service Unavailable where 200 is success")
    assert receiver.count == whole.requests


async def test_repeated_connection_errors_stop_it():
    heard, _ = await played(behaviour=Behaviour(cut=True), rate=200.0, seconds=30.0, stop_after=5)
    whole = summed_up([heard.result])
    assert whole.stopped.startswith("5 connection errors in a row; the last: the receiver cut the connection")
    assert whole.dialled < 500


async def test_in_mode_x_a_receiver_that_does_not_decide_is_a_failure():
    credentials = Credentials("x-demo", "x-demo-secret")
    heard, _ = await played(X_MODE, Behaviour(answer=204), credentials, mode="X", rate=20.0)
    whole = summed_up([heard.result])
    assert whole.failures.counts["answered 204"] >= 4
    assert set(whole.causes) == {8014}


async def test_a_stop_ends_it_at_once():
    heard, orders = Heard(), Orders()
    orders.give(b"go\n")
    orders.give(b"stop\n")
    async with SampleReceiver(CREDENTIALS, utc_now) as receiver:
        await play(plan(BUSY, receiver.url, seconds=60.0), orders, heard)
    assert summed_up([heard.result]).dialled <= 1


def test_a_plan_travels_as_one_line():
    given = plan(casts=5).share(2)
    assert isinstance(given, Plan)
    assert read_plan(given.line()) == given
    assert given.line().count(b"\n") == 1
    assert "axb-demo-secret" not in repr(given)


def test_a_pump_hands_out_signed_requests_in_their_order():
    pump = Pump(plan())
    pump.begin()
    kinds = []
    while (parcels := list(pump.due())) and len(kinds) < 2:
        for parcel in parcels:
            judged = judge(parcel.url, _named(parcel.headers), parcel.body, CREDENTIALS, "AXB")
            assert judged.complaints == ()
            outcome = pump.answered(parcel, 200, b"", 0.001)
            assert outcome.failure == ""
            assert outcome.milliseconds >= 0
            kinds.append(parcel.kind)
    assert kinds == ["callin", "callout"]
    assert 0 < pump.seconds_to_next() <= 0.05


def test_a_pump_says_why_an_answer_is_a_failure():
    pump = Pump(plan())
    pump.tell({"status": "http://127.0.0.1:9/elsewhere"})
    pump.begin()
    parcel = next(pump.due())
    assert parcel.url == "http://127.0.0.1:9/elsewhere"
    assert pump.answered(parcel, 500, b"no", 0.1).failure == "answered 500 where 200 is success"
    parcel = next(pump.due())
    assert pump.unanswered(parcel, "nobody listens", 0.1).failure == "nobody listens"


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {
        {"authorization": "Authorization", "x-aksk": "X-AKSK"}.get(name, name): value for name, value in headers.items()
    }
