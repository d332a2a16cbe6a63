"""Whose turn it is to move the clock of a simulator inside a test; a reset waits for nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from simulator.testing.failing import NotSettled

RESET = "the platform was reset before this came to its end"


class Moving:
    """One after the other moves the clock: two calls at once are played in turn, and a reset ends them all."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._mover: asyncio.Task[Any] | None = None
        self._story = 0
        """Counts the resets: who waited for its turn meanwhile belonged to another story."""

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """While it lasts nobody else moves the clock. Raises NotSettled where a reset ends the story."""
        story = self._story
        async with self._lock:
            if story != self._story:
                raise NotSettled(RESET)
            self._mover = asyncio.current_task()
            try:
                yield
            except asyncio.CancelledError:
                if story == self._story:
                    raise
                raise NotSettled(RESET) from None
            finally:
                self._mover = None

    @asynccontextmanager
    async def anew(self) -> AsyncIterator[None]:
        """For a reset: what is under way is given up, however long a server would have let it wait."""
        self._story += 1
        if self._mover is not None:
            self._mover.cancel()
        async with self._lock:
            yield
