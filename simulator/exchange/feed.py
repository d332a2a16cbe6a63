"""Waking those who wait: a signal without memory, and the feed that watchers of the journal follow."""

import asyncio


class Signal:
    """Wakes everybody who waits at this moment; nobody waiting, nothing kept."""

    __slots__ = ("_waiters",)

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def fire(self) -> None:
        """Wake the waiters."""
        if not self._waiters:
            return
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self) -> None:
        """Wait until the next `fire`."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            # whoever waits with a time limit gives up often and must leave nothing behind
            if waiter in self._waiters:
                self._waiters.remove(waiter)
            raise


class Feed(Signal):
    """Tells watchers that the journal grew. A watcher keeps its own position and so never slows the writer down."""

    def __init__(self) -> None:
        super().__init__()
        self._position = 0

    def grew(self, position: int) -> None:
        """The journal now ends at `position`."""
        self._position = position
        if self._waiters:
            self.fire()

    async def next_change(self, position: int) -> None:
        """Wait until the journal is longer than `position`."""
        while self._position <= position:
            await self.wait()
