"""The senders of the push benchmark: the whole simulator, and a bare aiohttp.ClientSession loop with the same bytes.

Run as a child with the port of the sink, and with the store where it is not memory: reads lines `ours N` or `bare N`
(N calls) from standard input, answers each with one line of JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import aiohttp
import uvloop

from benchmarks.processes import cpu_seconds
from simulator.app import Simulator, assemble, settle_memory, without_ports
from simulator.config import DEMO_APP
from simulator.config.load import load
from simulator.delivery.attempt import Attempt
from simulator.delivery.delivery import Delivery
from simulator.delivery.notification import Slot
from simulator.exchange.core import Limits
from simulator.telephony.commands.axb import BindAxb
from simulator.telephony.commands.calls import Dial

CONNECTIONS = 50


async def _simulator(port: int, store: str) -> Simulator:
    config = replace(without_ports(load(None, {}, {"clock": "virtual", "store": store})), apps=(DEMO_APP,))
    simulator = assemble(config, lanes=CONNECTIONS, limits=Limits(outbox_per_app=1_000_000))
    await simulator.start()
    address = f"http://127.0.0.1:{port}"
    app_key = config.apps[0].app_key
    simulator.exchange.change_app(app_key, receivers={Slot.STATUS: f"{address}/status", Slot.FEE: f"{address}/fee"})
    app = simulator.exchange.app(app_key)
    assert app is not None
    for x_number in app.pool:
        caller, callee = x_number.number.replace("+86170", "+86131"), x_number.number.replace("+86170", "+86132")
        simulator.exchange.axb.bind(app, BindAxb(caller, callee, x_number.number))
    return simulator


async def _ours(simulator: Simulator, calls: int) -> int:
    """Play so many calls and push everything they cause; how many attempts were acknowledged."""
    exchange = simulator.exchange
    app = exchange.apps()[0]
    numbers = [x_number.number for x_number in app.pool]
    acknowledged = 0

    def count(_: Delivery, attempt: Attempt) -> None:
        nonlocal acknowledged
        acknowledged += attempt.verdict is not None and attempt.verdict.acknowledged

    exchange.outbox.on_ended = count
    for start in range(0, calls, 1000):
        for index in range(start, min(start + 1000, calls)):
            x_number = numbers[index % len(numbers)]
            exchange.dial(app.app_key, Dial(x_number.replace("+86170", "+86131"), x_number))
        await simulator.story.advance(30)
    return acknowledged


async def _bare(port: int, bodies: list[bytes], headers: dict[str, str], posts: int) -> int:
    """A ClientSession at its best: fifty posts in flight, nothing else done."""
    url, good, left = f"http://127.0.0.1:{port}/status", 0, iter(range(posts))

    async def lane(session: aiohttp.ClientSession) -> None:
        nonlocal good
        for number in left:
            async with session.post(url, data=bodies[number % len(bodies)], headers=headers) as answer:
                good += answer.status == 200

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:
        await asyncio.gather(*(lane(session) for _ in range(CONNECTIONS)))
    return good


async def _measured(work: Callable[[], Awaitable[int]], pid: int) -> dict[str, float]:
    cpu, wall = cpu_seconds(pid), time.perf_counter()
    done = await work()
    return {"done": done, "wall": time.perf_counter() - wall, "cpu": cpu_seconds(pid) - cpu}


async def _main(port: int, pid: int, store: str) -> None:
    simulator = await _simulator(port, store)
    settle_memory()
    await _ours(simulator, 100)
    bodies = [delivery.body for delivery in simulator.exchange.deliveries(limit=500)]
    signer = simulator.exchange.apps()[0]
    headers = {"content-type": "application/json;charset=UTF-8", "x-sender": signer.app_key, "authorization": "A" * 150}
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        who, number = line.split()
        if who == "ours":
            result = await _measured(lambda n=int(number): _ours(simulator, n), pid)
        else:
            result = await _measured(lambda n=int(number): _bare(port, bodies, headers, n), pid)
        print(json.dumps(result), flush=True)
    await simulator.stop()


if __name__ == "__main__":
    import os

    uvloop.run(_main(int(sys.argv[1]), os.getpid(), *(sys.argv[2:] or ["memory"])))
