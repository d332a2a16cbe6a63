"""Kill the simulator at random instants and see what it still knows: `python -m benchmarks.crash --kills 20`.

A round starts `pnsim serve` on a journal in a file, lets clients bind, change, call, text and move the clock over HTTP, kills
the process with SIGKILL, starts it on the same file and compares with what the clients and the receiver had been told.
Every process goes on with the file of the last one. What the dead one left is brought back twice as well: to one state.
"""

import argparse
import asyncio
import os
import shutil
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

from benchmarks.crash_clients import APP, Bound, Pair, Receiver, Told, customer_of, move_clock
from simulator.app import assemble
from simulator.client.client import ControlClient
from simulator.client.errors import ControlError
from simulator.config import load
from simulator.exchange.snapshots import snapshot
from simulator.store.reading import read_rows

JOURNAL = "pnsim.db"
TOKEN = "token-of-the-crash-test"
PAIRS = 8
KILLS_A_FILE = 25
"""Then a new file is begun: what a round costs grows with what is in it."""
SAID_EVERY = 20
"""Kills after which somebody who waits is told how it goes."""
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
    return {"bindings": await control.bindings(APP.app_key), "now": (await control.clock())["now"]}


async def drive(running: Running, control: ControlClient, told: Told, dice: Random, clock: str) -> None:
    """Drive it for a while, then kill it."""
    numbers = [one["number"] for one in await control.numbers(APP.app_key)]
    customer = customer_of(running.api)
    pairs = [Pair(x_number, number, told, dice) for number, x_number in enumerate(numbers, 1)]
    work = [asyncio.ensure_future(pair.play(customer, control)) for pair in pairs]
    if clock == "virtual":
        work.append(asyncio.ensure_future(move_clock(told, control, dice)))
    await asyncio.sleep(dice.uniform(0.05, 0.8))
    await running.kill()
    await asyncio.gather(*work)


def check_file(place: Path, told: Told, tally: Tally, clock: str) -> None:
    """What the dead process left: every attempt that came in, and one state however often it is brought back."""
    rows: Counter[tuple[str, str]] = Counter()
    for row in read_rows(place / JOURNAL):
        if row["kind"] == "attempt_started":
            rows[f"/{str(row['url']).rpartition('/')[2]}", str(row["body"])] += 1
    seen = Counter(told.attempts)
    tally.lost += [f"an attempt is not in the journal: {one}" for one, count in seen.items() if rows[one] < count]
    if clock == "virtual" and brought_back(place) != brought_back(place):
        tally.lost.append("two exchanges brought back from one file differ")


def brought_back(place: Path) -> bytes:
    """The whole state that the file's commands lead to, from a copy of it."""
    with tempfile.TemporaryDirectory(dir=place) as name:
        copy = Path(name)
        for file in ("pnsim.toml", JOURNAL, f"{JOURNAL}-wal"):
            if (place / file).exists():
                shutil.copy(place / file, copy / file)
        simulator = assemble(load(copy / "pnsim.toml", {}, {}))
        state = snapshot(simulator.exchange)
        assert simulator.store is not None
        simulator.store.close()
        return state


async def _check(control: ControlClient, state: dict[str, Any], told: Told, tally: Tally) -> None:
    bound = {one["x_number"]: one for one in state["bindings"]}
    for x_number, possible in told.bindings.items():
        _check_binding(x_number, possible, bound.get(x_number), told, tally)
    for name, ids, ask in (("call", told.calls, control.call), ("SMS", told.messages, control.message)):
        for one_id in ids[-KEPT:]:
            try:
                await ask(one_id)
            except ControlError as error:
                tally.lost.append(f"{name} {one_id}: {error}")
    if state["now"] < told.now:
        tally.lost.append(f"the clock stands at {state['now']}, told was {told.now}")


def _check_binding(x_number: str, possible: list[Bound], one: Any, told: Told, tally: Tally) -> None:
    """What is bound is what was told; where no answer came it is from now on what it is."""
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


async def crash(kills: int, seed: int, place: Path) -> Tally:
    """So many kills, half of them with a clock that stands and half with one that runs; what was lost."""
    dice, tally = Random(seed), Tally()
    receiver = Receiver(Random(seed + 1))
    await receiver.start()
    try:
        for clock, count in (("virtual", kills - kills // 2), ("real", kills // 2)):
            words = {"clock": clock, "token": TOKEN, "pairs": PAIRS, "receiver": receiver.url}
            for first in range(0, count, KILLS_A_FILE):
                folder = place / f"{clock}-{first}"
                folder.mkdir()
                (folder / "pnsim.toml").write_text(CONFIG % words, encoding="utf-8")
                receiver.told = Told()
                await _killed(folder, receiver.told, tally, (dice, clock, min(KILLS_A_FILE, count - first)))
                if tally.lost:
                    return tally
    finally:
        await receiver.stop()
    return tally


async def _killed(place: Path, told: Told, tally: Tally, how: tuple[Random, str, int]) -> None:
    """One file, and the processes that die on it one after the other; a last one only looks."""
    dice, clock, count = how
    for kill in range(count + 1):
        async with serving(place) as running, running.control() as control:
            if kill:
                await _check(control, await state_of(control), told, tally)
            if tally.lost or kill == count:
                return
            await drive(running, control, told, dice, clock)
        tally.kills += 1
        if tally.kills % SAID_EVERY == 0:
            print(f"{tally.kills} kills, lost = {len(tally.lost)}", file=sys.stderr, flush=True)
        _count(tally, told)
        check_file(place, told, tally, clock)


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
