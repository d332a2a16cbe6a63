"""`Simulator`: a platform in the process of a test, on free ports and a virtual clock, as long as a `with` block."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Unpack

from simulator.client.loop_thread import LoopThread
from simulator.testing.inside import Inside
from simulator.testing.platform import AsyncPlatform, Platform
from simulator.testing.settings import ServerWords, check_patience, configuration


class Simulator:
    """A platform for tests: `with Simulator() as platform:` blocks, `async with` gives the same methods to await.

    `config` names a pnsim.toml; `apps`, `profile` and the words of its `[server]` stand beside it or replace it, with the same
    names: `Simulator(seed=3, edition="2019", apps=[{"app_key": …}])`. Neither the environment nor a pnsim.toml that
    happens to lie there is read. Without `apps` there is one demo application a mode. Ports are free ones and the clock is
    virtual unless arguments say otherwise. `receiver` is your server's base address, or addresses by slot, for all of them;
    `wall_seconds` is how long a method waits for a server that does not answer.

    Each simulator has its own ports, clock, ids and thread: any number of them run side by side.
    """

    def __init__(
        self,
        *,
        config: str | Path | None = None,
        apps: Sequence[Mapping[str, object]] | None = None,
        profile: Mapping[str, object] | None = None,
        receiver: str | Mapping[str, str] | None = None,
        wall_seconds: float = 60,
        **server: Unpack[ServerWords],
    ) -> None:
        check_patience(wall_seconds)
        self._config = configuration(config, apps, profile, receiver, server)
        self._wall_seconds = wall_seconds
        self._running: tuple[LoopThread, Inside] | None = None

    def start(self) -> Platform:
        """What `with` does at its beginning, for frameworks with set-up and tear-down of their own."""
        thread, inside = self._thread()
        try:
            thread.submit(inside.open()).result()
        except BaseException:
            self._forget()
            raise
        return Platform(thread, inside)

    def stop(self) -> None:
        """What `with` does at its end; nothing, where it does not run."""
        if self._running is not None:
            thread, inside = self._running
            try:
                thread.submit(inside.close()).result()
            finally:
                self._forget()

    @property
    def platform(self) -> Platform:
        """The running platform, blocking; raises RuntimeError when it does not run."""
        return Platform(*self._parts())

    @property
    def async_platform(self) -> AsyncPlatform:
        """The running platform, awaited; raises RuntimeError when it does not run."""
        return AsyncPlatform(*self._parts())

    def __enter__(self) -> Platform:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> AsyncPlatform:
        await asyncio.to_thread(self.start)
        return self.async_platform

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)

    def _thread(self) -> tuple[LoopThread, Inside]:
        if self._running is not None:
            raise RuntimeError("this simulator runs already; make another one, they do not disturb each other")
        self._running = LoopThread("pnsim"), Inside(self._config, self._wall_seconds)
        return self._running

    def _parts(self) -> tuple[LoopThread, Inside]:
        if self._running is None:
            raise RuntimeError("this simulator does not run: use it as `with Simulator() as platform:`, or start() it")
        return self._running

    def _forget(self) -> None:
        if self._running is not None:
            self._running[0].stop()
        self._running = None
