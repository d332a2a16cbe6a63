"""What a journal on disk costs: notifications beside the memory store, rows appended, a long journal opened.

`python -m benchmarks.store [notifications] [rows] [opening]`
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.processes import LOAD_CORE, child, folder, middle, wait_for
from simulator.exchange.rows import Noted
from simulator.store.memory import MemoryStore
from simulator.store.sqlite import SqliteStore
from simulator.store.store import Store

ROUNDS = 5
CALLS = 1_000
ROWS = 200_000
LONG = 1_000_000
AT = datetime(2026, 1, 1, tzinfo=UTC)
DETAIL = {"what": "bound", "subscription_id": "fcc7e4d0-33c1-4c1e-9f0a-000000000000", "members": {"text": "x" * 300}}


@dataclass
class Sender:
    """The whole simulator in a process of its own, and what it measured."""

    process: subprocess.Popen[str]
    rates: list[float]
    costs: list[float]

    def push(self, calls: int, *, counts: bool) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"ours {calls}\n")
        self.process.stdin.flush()
        result = json.loads(self.process.stdout.readline())
        if counts:
            self.rates.append(result["done"] / result["wall"])
            self.costs.append(result["cpu"] / result["done"] * 1e6)


@contextmanager
def _sender(port: int, store: str) -> Iterator[Sender]:
    # not bound to a core: the writer's thread is the part that may use the other one
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.pushing", str(port), store],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    yield Sender(process, [], [])
    process.stdin.close()
    process.wait(timeout=30)


def _notifications(place: Path) -> None:
    print(
        f"\nNotifications: built, checked, signed, journaled, acknowledged; 50 connections, {ROUNDS} alternated rounds"
    )
    ready = place / "sink.json"
    with ExitStack() as stack:
        sink = stack.enter_context(child(["-m", "benchmarks.sink", str(ready)], LOAD_CORE, ready))
        port = int(wait_for(ready, sink)["port"])
        senders = {name: stack.enter_context(_sender(port, name)) for name in ("memory", str(place / "pnsim.db"))}
        for round_number in range(ROUNDS + 1):
            for sender in senders.values():
                sender.push(CALLS, counts=round_number > 0)  # the first round only warms up
    memory, sqlite = senders.values()
    for name, sender in (("memory", memory), ("SQLite", sqlite)):
        print(f"  {name:14} {middle(sender.rates):9,.0f} /s    {middle(sender.costs):6.1f} CPU µs each")
    ratio = middle([ours / theirs for ours, theirs in zip(sqlite.rates, memory.rates, strict=True)])
    print(f"  SQLite / memory: {ratio:.2f} x (aim ≥ 0.8)")


def _rows(place: Path) -> None:
    print(f"\nRows: {ROWS:,} of some 500 bytes appended, 100 a turn of the loop, all committed")
    for name, store in (("memory", MemoryStore()), ("SQLite", SqliteStore(place / "rows.db"))):
        started, cpu = time.perf_counter(), time.process_time()
        asyncio.run(_append(store, ROWS))
        seconds, used = time.perf_counter() - started, time.process_time() - cpu
        print(f"  {name:14} {ROWS / seconds:9,.0f} /s    {used / ROWS * 1e6:6.1f} CPU µs each")
        if isinstance(store, SqliteStore):
            store.close()


async def _append(store: Store, count: int) -> None:
    for number in range(1, count + 1):
        store.append(Noted(kind="state_change", at=AT, app_key="axb-demo", call_id=f"c{number // 8}", detail=DETAIL))
        if number % 100 == 0:
            await asyncio.sleep(0)
    if store.committed is not None:
        await store.committed()


def _opening(place: Path) -> None:
    path = place / "long.db"
    store = SqliteStore(path, max_rows=2 * LONG, max_bytes=2**40)
    asyncio.run(_append(store, LONG))
    store.close()
    started = time.perf_counter()
    store = SqliteStore(path, max_rows=2 * LONG, max_bytes=2**40)
    opened = time.perf_counter() - started
    assert (store.last_position, len(store.rows(limit=5, where=lambda row: row.position > 0))) == (LONG, 5)
    read = time.perf_counter() - started
    size = path.stat().st_size / 1e6
    store.close()
    print(
        f"\nOpening a journal of {LONG:,} rows ({size:,.0f} MB): {opened:.3f} s, {read:.3f} s to its first page (aim ≤ 5)"
    )


def main() -> None:
    """Measure and print."""
    with folder() as place:
        for part in (_notifications, _rows, _opening):
            if len(sys.argv) == 1 or part.__name__.strip("_") in sys.argv[1:]:
                part(place)


if __name__ == "__main__":
    main()
