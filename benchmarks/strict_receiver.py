"""The sample receiver as a child: writes its address when it listens, and every complaint it has when it ends."""

import asyncio
import json
import signal
import sys
from pathlib import Path

from simulator.clock.wall import utc_now
from simulator.scenario.asking import Credentials
from simulator.scenario.receiver import SampleReceiver


async def _serve(ready: Path, log: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with SampleReceiver(Credentials("axb-demo", "axb-demo-secret"), utc_now) as receiver:
        ready.write_text(json.dumps({"url": receiver.url}), encoding="utf-8")
        await stop.wait()
    log.write_text("".join(f"{complaint}\n" for complaint in receiver.complaints), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2])))
