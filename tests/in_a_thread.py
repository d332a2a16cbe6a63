"""A simulator in a thread of its own, for tests that ask it without a loop."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.app import Ready, Simulator, assemble, without_ports
from simulator.config.load import load


class InAThread:
    """The demo applications on a standing clock; `ready` has the addresses."""

    ready: Ready

    def __init__(self, **flags: str) -> None:
        self.simulator: Simulator = assemble(without_ports(load(None, {}, {"clock": "virtual", **flags})))
        self._loop = asyncio.new_event_loop()
        self._has_started = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._live(),))
        self._thread.start()
        assert self._has_started.wait(20)

    def close(self) -> None:
        """Stop it, and wait until it has."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(20)
        self._loop.close()

    async def _live(self) -> None:
        self._over = asyncio.Event()
        self.ready = await self.simulator.start()
        self._has_started.set()
        await self._over.wait()
        await self.simulator.stop()


@contextmanager
def living(**flags: str) -> Iterator[InAThread]:
    """One, as long as it is needed."""
    one = InAThread(**flags)
    try:
        yield one
    finally:
        one.close()
