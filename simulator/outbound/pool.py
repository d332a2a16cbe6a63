"""The connections of one receiver: a bounded number of slots, those idle, and who waits, first come first served."""

import asyncio
from collections import deque
from collections.abc import Callable

from simulator.outbound.answer import Failure
from simulator.outbound.connection import Connection

IDLE_SECONDS = 30.0
IDLE_CONNECTIONS = 50


class Pool:
    """Hands out slots. A slot is held by a running exchange, or by a connection that is idle or on its way out.

    `when_empty` is called whenever no slot is held any more: then nothing of this receiver needs to be remembered.
    """

    def __init__(self, size: int, when_empty: Callable[[], None]) -> None:
        self._size = size
        self._free = size
        self._when_empty = when_empty
        self._idle: deque[Connection] = deque()
        self._waiters: deque[asyncio.Future[Connection | None]] = deque()
        self._members: set[Connection] = set()

    def take(self, now: float) -> Connection | None:
        """The idle connection used last, with its slot; None where there is none. `now` is loop time."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and now - connection.idle_since < IDLE_SECONDS:
                connection.holds_slot = False
                return connection
            connection.drop()
        return None

    async def slot(self) -> Connection | None:
        """A slot, waited for in turn: with a connection that was just given back, or None to dial in it."""
        if self._free:
            self._free -= 1
            return None
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.give_back(waiter.result(), asyncio.get_running_loop().time())
            raise

    def join(self, connection: Connection) -> None:
        """Counts a freshly dialled connection among those to close at the end."""
        if not connection.is_lost:
            self._members.add(connection)

    def lost(self, connection: Connection) -> None:
        """Forgets a connection whose socket is gone; a slot that it held is free again."""
        self._members.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        if connection.holds_slot:
            self._release()

    def give_back(self, connection: Connection | None, now: float) -> None:
        """Ends an exchange: its connection goes to the next in turn or idles if it is reusable, else is dropped."""
        if connection is None or connection.is_lost:
            self._release()
        elif connection.is_reusable:
            self._pass_on(connection, now)
        else:
            connection.holds_slot = True
            connection.drop()

    def close(self, failure: Failure) -> None:
        """Drops every connection; running exchanges end with `failure`."""
        for connection in tuple(self._members):
            connection.abandon(failure)

    def _pass_on(self, connection: Connection, now: float) -> None:
        waiter = self._next_waiter()
        if waiter is not None:
            waiter.set_result(connection)
            return
        connection.holds_slot = True
        connection.idle_since = now
        self._idle.append(connection)
        oldest = self._idle[0]
        if len(self._idle) > IDLE_CONNECTIONS or now - oldest.idle_since >= IDLE_SECONDS:
            self._idle.popleft().drop()

    def _release(self) -> None:
        waiter = self._next_waiter()
        if waiter is not None:
            waiter.set_result(None)
            return
        self._free += 1
        if self._free == self._size:
            self._when_empty()

    def _next_waiter(self) -> "asyncio.Future[Connection | None] | None":
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                return waiter
        return None
