"""`make soak`: calls by the thousand against a receiver that never answers; memory must stay where it was.

After each 1,000 calls the virtual clock moves six hours, so every delivery is tried seven times and given up. What the process
holds is compared with what it held after the first 1,000 calls.
"""

import argparse
import asyncio
import gc
import sys
import time
from pathlib import Path

import uvloop

from benchmarks.processes import LOAD_CORE, SERVER_CORE, child, folder, on_core, wait_for
from simulator.app import Simulator, assemble, settle_memory, without_ports
from simulator.config.load import load
from simulator.delivery.notification import Slot
from simulator.telephony.commands.axb import BindAxb
from simulator.telephony.commands.calls import Dial

BATCH = 1_000
SIX_HOURS = 6 * 3600
ALLOWED_MEGABYTES = 20.0
CONFIG = """
[server]
clock = "virtual"
[profile]
answer_timeout_seconds = 0.02
[[apps]]
app_key = "soak"
app_secret = "soak-secret"
number_pool = { count = 50, area_code = "0755" }
[apps.receivers]
status = "http://127.0.0.1:%d/status"
fee = "http://127.0.0.1:%d/fee"
"""


def resident_megabytes() -> float:
    """What this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1024 / 1024


async def _batch(simulator: Simulator, numbers: list[str], calls: int) -> None:
    for index in range(calls):
        x_number = numbers[index % len(numbers)]
        simulator.exchange.dial("soak", Dial(x_number.replace("+86170", "+86131"), x_number))
    advanced = await simulator.story.advance(SIX_HOURS, wall_seconds=3600)
    still_open = simulator.exchange.outbox.open_deliveries("soak")
    if not advanced.reached or still_open:
        raise SystemExit(f"six hours after a batch {still_open} deliveries are still open; reached: {advanced.reached}")


async def _soak(calls: int, config_file: Path) -> float:
    simulator = assemble(without_ports(load(config_file, {}, {})))
    await simulator.start()
    app = simulator.exchange.apps()[0]
    settle_memory()
    assert app.receiver(Slot.FEE)
    for x_number in app.pool:
        caller, callee = (x_number.number.replace("+86170", prefix) for prefix in ("+86131", "+86132"))
        simulator.exchange.axb.bind(app, BindAxb(caller, callee, x_number.number))
    numbers = [x_number.number for x_number in app.pool]
    first = worst = 0.0
    started = time.monotonic()
    for done in range(BATCH, calls + 1, BATCH):
        await _batch(simulator, numbers, BATCH)
        gc.collect()
        now = resident_megabytes()
        first, worst = first or now, max(worst, now)
        print(f"{done:8,} calls  {now:7.1f} MB  {now - first:+6.1f}  {time.monotonic() - started:7.0f} s", flush=True)
    await simulator.stop()
    return worst - first


def main() -> int:
    """Exit code 0 when memory stayed within the allowance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--calls", type=int, default=100_000, help="how many calls to play, in thousands (default 100000)"
    )
    calls = parser.parse_args().calls
    on_core(SERVER_CORE)
    with folder() as place:
        ready = place / "sink.json"
        with child(["-m", "benchmarks.sink", str(ready), "--mute"], LOAD_CORE, ready) as sink:
            port = wait_for(ready, sink)["port"]
            config_file = place / "soak.toml"
            config_file.write_text(CONFIG % (port, port), encoding="utf-8")
            grown = uvloop.run(_soak(calls, config_file))
    print(f"grew by at most {grown:.1f} MB over {calls:,} calls (allowed {ALLOWED_MEGABYTES:g})")
    return 0 if grown <= ALLOWED_MEGABYTES else 1


if __name__ == "__main__":
    asyncio.set_event_loop_policy(None)
    sys.exit(main())
