"""Requests on purpose, byte by byte: one keep-alive HTTP/1.1 client for everything that leaves the simulator."""

import asyncio
from collections.abc import Sequence

from simulator.clock import wall
from simulator.outbound.answer import Answer, Failure, FailureKind
from simulator.outbound.connection import Connection
from simulator.outbound.dial import Dialler
from simulator.outbound.gate import Gate
from simulator.outbound.pool import Pool
from simulator.outbound.raw import RawRequest
from simulator.outbound.request import render_request
from simulator.outbound.sweeper import Sweeper
from simulator.outbound.target import Target

__all__ = ["Answer", "Failure", "FailureKind", "Transport", "render_request"]

_STOPPED = Failure(FailureKind.CUT, "the simulator stopped sending before an answer came")
_Key = tuple[str, str, int, bool]


class Transport:
    """Sends requests to receivers, at most `connections_per_receiver` at a time to one scheme, host and port.

    No proxy is taken from the environment, no redirect is followed, no cookie kept. Belongs to one event loop.
    """

    def __init__(self, gate: Gate, *, connections_per_receiver: int = 50, verify_tls: bool = True) -> None:
        if connections_per_receiver < 1:
            raise ValueError(f"connections_per_receiver must be at least 1, not {connections_per_receiver}")
        self._sweeper = Sweeper()
        self._dialler = Dialler(gate, self._sweeper, verify_tls=verify_tls)
        self._size = connections_per_receiver
        self._pools: dict[_Key, Pool] = {}
        self._stopped = False
        self._emptied = asyncio.Event()

    async def post(
        self,
        target: Target,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        *,
        timeout: float,  # noqa: ASYNC109 - the limit is the transport's own timer, not a scope of the caller's task
    ) -> Answer | Failure:
        """POSTs `body`; see `exchange`. ValueError where `headers` cannot be written (`render_request`)."""
        return await self.exchange(target, render_request("POST", target, headers, body), timeout=timeout)

    async def exchange(
        self,
        target: Target,
        request: bytes,
        *,
        timeout: float,  # noqa: ASYNC109 - as in post; it leaves out the wait for a free connection
    ) -> Answer | Failure:
        """Sends exactly these bytes and reads one answer; what the network does is never raised, but told as a Failure.

        `timeout` seconds cover everything from dialling to the answer's last byte; waiting for a free connection comes
        before. A kept-alive connection that dies before the first byte of the answer had been closed while idle: the
        request is sent once more, on a fresh connection, within the same time. RuntimeError after `close`.
        """
        if self._stopped:
            raise RuntimeError("this transport is closed: nothing can be sent any more")
        loop = asyncio.get_running_loop()
        pool = self._pool(target)
        connection = pool.take(loop.time()) or await pool.slot()
        started = loop.time()
        try:
            if connection is not None:
                outcome = await connection.ask(request, timeout, 0.0)
                if not _was_stale(connection, outcome):
                    return outcome
            connection = None
            dialled = await self._dial(pool, target, timeout, loop.time() - started)
            if isinstance(dialled, Failure):
                return dialled
            connection = dialled
            return await connection.ask(request, timeout, loop.time() - started)
        finally:
            pool.give_back(connection, loop.time())

    async def wrong(
        self,
        target: Target,
        request: RawRequest,
        *,
        timeout: float,  # noqa: ASYNC109 - as in post
    ) -> Answer | Failure:
        """Sends a request that is wrong on purpose, on a connection of its own: no other request may suffer from it."""
        if self._stopped:
            raise RuntimeError("this transport is closed: nothing can be sent any more")
        loop = asyncio.get_running_loop()
        pool = self._pool(target)
        idle = pool.take(loop.time()) or await pool.slot()
        if idle is not None:
            idle.drop()  # its slot is what was needed
        started = loop.time()
        connection = None
        try:
            dialled = await self._dial(pool, target, timeout, 0.0)
            if isinstance(dialled, Failure):
                return dialled
            connection = dialled
            return await _said(connection, target, request, timeout, loop.time() - started)
        finally:
            if connection is not None:
                connection.drop()
            pool.give_back(connection, loop.time())

    async def close(self) -> None:
        """Drops every connection and waits until all are gone; exchanges under way end with a Failure."""
        self._stopped = True
        self._dialler.interrupt()
        for pool in tuple(self._pools.values()):
            pool.close(_STOPPED)
        if self._pools:
            self._emptied.clear()
            await self._emptied.wait()
        self._sweeper.stop()

    def _pool(self, target: Target) -> Pool:
        # What was dialled for a declared target must not serve one that is not: `declared` is part of the key.
        key = (target.scheme, target.host, target.port, target.declared)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = Pool(self._size, lambda: self._forget(key))
        return pool

    def _forget(self, key: _Key) -> None:
        del self._pools[key]
        if not self._pools:
            self._emptied.set()

    async def _dial(self, pool: Pool, target: Target, seconds: float, spent: float) -> Connection | Failure:
        if self._stopped:
            return _STOPPED
        dialled = await self._dialler.dial(target, pool.lost, seconds, spent)
        if isinstance(dialled, Failure):
            return _STOPPED if self._stopped else dialled
        if self._stopped:
            dialled.drop()
            return _STOPPED
        pool.join(dialled)
        return dialled


def _was_stale(connection: Connection, outcome: Answer | Failure) -> bool:
    return isinstance(outcome, Failure) and outcome.kind is FailureKind.CUT and connection.died_silently


async def _said(
    connection: Connection,
    target: Target,
    request: RawRequest,
    seconds: float,
    spent: float,
) -> Answer | Failure:
    first, *rest = request.segments(target)
    asked = connection.ask(first, seconds, spent)
    for segment in rest:
        await wall.sleep(request.pause_seconds)
        connection.add(segment)
    if request.cut_at is None:
        return await asked
    connection.hang_up()
    await asked
    return Failure(FailureKind.CUT, f"we hung up after {len(request.sent)} of {len(request.body)} bytes of the body")
