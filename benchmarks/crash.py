"""Kill the simulator at random instants and see what it still knows: `python -m benchmarks.crash --kills 20`.

A round starts `pnsim serve` on a journal in a file, lets clients bind, change, call, text and move the clock over HTTP, kills
the process with SIGKILL, starts it on the same file and compares with what the clients and the receiver had been told.
Every round goes on with the file of the last one; with odd seeds' rounds the clock runs, with even ones it stands.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import orjson

from benchmarks.crash_clients import APP, Pair, Receiver, Told, customer_of, move_clock
from simulator.client.client import ControlClient
from simulator.client.errors import ControlError
from simulator.store.reading import read_rows

TOKEN = "token-of-the-crash-test"
PAIRS = 8
KEPT = 1_000
"""Calls that are asked for again: fewer than the simulator keeps."""

CONFIG = """
[server]
port = 0
control_port = 0
clock = "%(clock)s"
store = "pnsim.db"
control_token = "%(token)s"
[profile]
api_connections = "keep_alive"
retry_minutes = [1, 4]
[[apps]]
app_key = "crash"
app_secret = "crash-secret"
number_pool = { count = %(pairs)d, area_code = "0755" }
[apps.receivers]
status = "%(receiver)s/status"
fee = "%(receiver)s/fee"
sms = "%(receiver)s/sms"
"""


@dataclass
class Tally:
    """What the report says."""

    kills: int = 0
    acknowledged: int = 0
    received: int = 0
    attempts: int = 0
    lost: list[str] = field(default_factory=list)


class Running:
    """A `pnsim serve` that may be killed."""

    def __init__(self, process: asyncio.subprocess.Process, ready: dict[str, Any]) -> None:
        self._process = process
        self.api: str = ready["api"]
        self.control_url: str = ready["control"]

    def control(self) -> ControlClient:
        return ControlClient(self.control_url, TOKEN, timeout_seconds=20)

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        await self._process.communicate()


@asynccontextmanager
async def serving(place: Path) -> AsyncIterator[Running]:
    """Start it on the folder's configuration; raises SystemExit with what it said where it does not start."""
    ready = place / "ready.json"
    ready.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "serve", "--config", str(place / "pnsim.toml"), "--ready-file", str(ready),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    running: Running | None = None
    try:
        until = time.monotonic() + 60
        while running is None:
            if process.returncode is not None or time.monotonic() > until:
                said = await process.stderr.read() if process.stderr and process.returncode is not None else b"nothing"
                raise SystemExit(f"it did not start again: {said.decode()}")
            with suppress(OSError, orjson.JSONDecodeError):
                running = Running(process, orjson.loads(ready.read_bytes()))
            await asyncio.sleep(0.01)
        yield running
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def state_of(control: ControlClient) -> dict[str, Any]:
    """What can be seen of a simulator without changing it."""
    calls = await control.calls(APP.app_key, limit=KEPT)
    return {
        "bindings": sorted(await control.bindings(APP.app_key), key=lambda one: str(one["x_number"])),
        "numbers": await control.numbers(APP.app_key),
        "calls": [await control.call(call["call_id"]) for call in calls[:100]],
        "messages": await control.messages(APP.app_key, limit=KEPT),
        "now": (await control.clock())["now"],
    }


async def play(place: Path, told: Told, dice: Random, clock: str) -> None:
    """Drive it for a while, then kill it."""
    async with serving(place) as running, running.control() as control:
        numbers = [one["number"] for one in await control.numbers(APP.app_key)]
        customer = customer_of(running.api)
        pairs = [Pair(x_number, number, told, dice) for number, x_number in enumerate(numbers, 1)]
        work = [asyncio.ensure_future(pair.play(customer, control)) for pair in pairs]
        if clock == "virtual":
            work.append(asyncio.ensure_future(move_clock(told, control, dice)))
        await asyncio.sleep(dice.uniform(0.05, 0.8))
        await running.kill()
        await asyncio.gather(*work)


async def compare(place: Path, told: Told, tally: Tally, clock: str) -> None:
    """Start it on the same file, twice, and see what is missing."""
    async with serving(place) as running, running.control() as control:
        state = await state_of(control)
        await _check(control, state, told, tally)
        await running.kill()
    if clock == "virtual":
        async with serving(place) as running, running.control() as control:
            again = await state_of(control)
            tally.lost += [f"{name} differ at the second start" for name in state if state[name] != again[name]]
            await running.kill()
    rows: Counter[tuple[str, str]] = Counter()
    for row in read_rows(place / "pnsim.db"):
        if row["kind"] == "attempt_started":
            rows[f"/{str(row['url']).rpartition('/')[2]}", str(row["body"])] += 1
    seen = Counter(told.attempts)
    tally.lost += [f"an attempt is not in the journal: {one}" for one, count in seen.items() if rows[one] < count]


async def _check(control: ControlClient, state: dict[str, Any], told: Told, tally: Tally) -> None:
    bound = {one["x_number"]: one for one in state["bindings"]}
    for x_number, possible in told.bindings.items():
        one = bound.get(x_number)
        is_bound = None if one is None else (one["caller"], one["callee"])
        if is_bound not in possible:
            tally.lost.append(f"{x_number} is bound to {is_bound}, told was {possible}")
        if one is None:
            told.ids.pop(x_number, None)
        elif len(possible) == 1 and one["subscription_id"] != told.ids[x_number]:
            tally.lost.append(f"{x_number} has another binding than was told")
        else:
            told.ids[x_number] = one["subscription_id"]
        told.bindings[x_number] = [is_bound]
    for name, ids, ask in (("call", told.calls, control.call), ("SMS", told.messages, control.message)):
        for one_id in ids[-KEPT:]:
            try:
                await ask(one_id)
            except ControlError as error:
                tally.lost.append(f"{name} {one_id}: {error}")
    if state["now"] < told.now:
        tally.lost.append(f"the clock stands at {state['now']}, told was {told.now}")


async def crash(kills: int, seed: int, place: Path) -> Tally:
    """So many kills; what was lost."""
    dice, tally = Random(seed), Tally()
    receiver = Receiver(Random(seed + 1))
    await receiver.start()
    told = receiver.told
    clock = "virtual"
    try:
        for kill in range(kills):
            if kill == kills // 2:  # a clock that runs, with a file of its own
                (place / "pnsim.db").rename(place / "standing.db")
                clock, told = "real", Told()
                receiver.told = told
            words = {"clock": clock, "token": TOKEN, "pairs": PAIRS, "receiver": receiver.url}
            (place / "pnsim.toml").write_text(CONFIG % words, encoding="utf-8")
            await play(place, told, dice, clock)
            await compare(place, told, tally, clock)
            tally.kills += 1
            _count(tally, told)
            if tally.lost:
                break
    finally:
        await receiver.stop()
    return tally


def _count(tally: Tally, told: Told) -> None:
    tally.acknowledged += told.acknowledged
    tally.received += len(told.received)
    tally.attempts += len(told.attempts)
    told.acknowledged = 0
    told.received.clear()


def main() -> int:
    """Exit code 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=os.getpid())
    asked = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pnsim-crash-") as name:
        tally = asyncio.run(crash(asked.kills, asked.seed, Path(name)))
    for lost in tally.lost[:20]:
        print(f"lost: {lost}")
    print(
        f"kills {tally.kills}, acknowledged {tally.acknowledged} requests and {tally.received} notifications, "
        f"lost = {len(tally.lost)} (seed {asked.seed}, {time.monotonic() - started:.0f} s)"
    )
    return 1 if tally.lost else 0


if __name__ == "__main__":
    sys.exit(main())
