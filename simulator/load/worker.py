"""One process of a load: a simulator on the real clock whose calls arrive at their instants.

It reads its plan as the first line of its standard input and answers `ready`; `go` begins; `stop`, or the end of the input,
ends it early. What it says are lines of JSON: `ready`, `refused`, `progress`, `result`.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import RawIOBase
from typing import Any, BinaryIO

import orjson

from simulator.app import assemble
from simulator.clock import wall
from simulator.delivery.delivery import FINISHED
from simulator.exchange.core import Limits
from simulator.exchange.exchange import Exchange
from simulator.load.arrivals import LOOK_SECONDS, Arrivals
from simulator.load.measuring import empty_histogram
from simulator.load.plan import Plan, read_plan
from simulator.load.rehearsal import rehearse
from simulator.load.stage import Stage, config_of
from simulator.load.starts import Starts
from simulator.load.tally import Tally
from simulator.scenario.places import ScenarioError

PROGRESS_SECONDS = 0.25
LATE_SECONDS = 5.0
"""How long after the last call's last answer should have come a load waits for what it could not send in time."""
OPEN_DELIVERIES = 100_000
"""Notifications of one process that may wait; of more calls are not dialled."""
KEPT = 1_000
"""Ended calls and deliveries that are remembered; nobody asks for them, but a call's CDR may be merged late."""

Say = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class Orders:
    """What the starting process has told so far."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def give(self, order: bytes) -> None:
        """One line of the input; its end is a stop."""
        if order.strip() != b"go":
            self.stop.set()
        self.go.set()


async def work(source: RawIOBase, sink: BinaryIO) -> None:
    """Read a plan, do it, say how it went."""
    plan = read_plan(await asyncio.to_thread(source.readline))
    orders, loop = Orders(), asyncio.get_running_loop()
    threading.Thread(target=_listen, args=(source, orders, loop), daemon=True).start()

    def say(line: dict[str, Any]) -> None:
        sink.write(orjson.dumps(line) + b"\n")
        sink.flush()

    try:
        await play(plan, orders, say)
    except ScenarioError as error:
        say({"refused": str(error)})


async def play(plan: Plan, orders: Orders, say: Say) -> None:
    """One process' share of a load; raises ScenarioError before `ready`."""
    empty_histogram()
    rehearse(replace(plan, casts=1))
    limits = Limits(outbox_per_app=OPEN_DELIVERIES, calls_kept=KEPT, deliveries_kept=KEPT)
    simulator = assemble(config_of(plan, "real"), lanes=plan.connections, limits=limits)
    await simulator.start()
    watching = None
    try:
        stage = Stage(simulator.exchange, simulator.spec, plan)
        give_up = _GiveUp(orders.stop)
        tally = Tally(stage.app.profile.merge_window_seconds, plan.stop_after, give_up)
        simulator.exchange.outbox.on_ended = tally.attempt_ended
        say({"ready": True})
        await orders.go.wait()
        watching = asyncio.create_task(_tell_progress(tally, say))
        began_at = simulator.exchange.now()
        calling = asyncio.create_task(_all(Arrivals(stage, plan, Starts(stage, tally)), stage, began_at))
        await _first_of(calling, orders, simulator.failed)
        tally.left_over(_waiting(simulator.exchange))
        say({"result": tally.result(began_at, simulator.exchange.violations, give_up.why)})
    finally:
        if watching is not None:
            watching.cancel()
        await simulator.stop()


class _GiveUp:
    """Ends a load early, for the first reason that is given."""

    def __init__(self, stop: asyncio.Event) -> None:
        self.why = ""
        self._stop = stop

    def __call__(self, why: str) -> None:
        self.why = self.why or why
        self._stop.set()


async def _first_of(calling: asyncio.Task[None], orders: Orders, failed: asyncio.Future[None] | None) -> None:
    """Until everything was played, or it is stopped; raises what broke the simulator."""
    stopping = asyncio.create_task(orders.stop.wait())
    ends: list[asyncio.Future[Any]] = [calling, stopping, *([failed] if failed else [])]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in (failed, calling):
            if end is not None and end.done():
                end.result()
    finally:
        stopping.cancel()
        calling.cancel()


async def _all(arrivals: Arrivals, stage: Stage, began_at: datetime) -> None:
    """All calls, then whatever they cause to its end, or as long as may be waited for it."""
    exchange = stage.exchange
    await arrivals.run(began_at)
    closed_at = wall.monotonic() + stage.app.profile.merge_window_seconds + LOOK_SECONDS
    give_up_at = closed_at + stage.app.profile.answer_timeout_seconds + LATE_SECONDS
    while wall.monotonic() < give_up_at:
        if wall.monotonic() > closed_at and not exchange.outbox.open_deliveries(stage.app.app_key):
            break
        await wall.sleep(LOOK_SECONDS)


def _waiting(exchange: Exchange) -> int:
    """Notifications whose attempt has not ended."""
    waiting = (one for one in exchange.deliveries(limit=OPEN_DELIVERIES) if one.state not in FINISHED)
    return sum(len(one.notifications) for one in waiting)


async def _tell_progress(tally: Tally, say: Say) -> None:
    while True:
        await wall.sleep(PROGRESS_SECONDS)
        say({"progress": tally.progress()})


def _listen(source: RawIOBase, orders: Orders, loop: asyncio.AbstractEventLoop) -> None:
    """Pass on every line; runs in a thread of its own, since not every system can wait for a pipe otherwise."""
    with suppress(RuntimeError, ValueError):  # the loop or the input is closed: the load has ended
        for line in source:
            loop.call_soon_threadsafe(orders.give, line)
        loop.call_soon_threadsafe(orders.give, b"")
