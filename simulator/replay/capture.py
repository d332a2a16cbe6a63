"""The transparent proxy between the real platform and a customer's server (`pnsim capture`)."""

import asyncio
import ssl
from dataclasses import dataclass
from typing import cast

from simulator.outbound.answer import Failure
from simulator.outbound.dial import Dialler
from simulator.outbound.gate import Gate
from simulator.outbound.sweeper import Sweeper
from simulator.outbound.target import Target
from simulator.replay.exchanged import Exchanged
from simulator.replay.recorder import Recorder
from simulator.replay.side import Side
from simulator.replay.tunnel import Tunnel

MOST_CONNECTIONS = 2000
MOST_WAITING = 20_000
"""Exchanges that may wait for the disk."""
MOST_HELD = 256 * 1024 * 1024
"""Bytes of bodies that may be remembered at one time, on their way and waiting for the disk."""
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
WRITING_SECONDS = 10.0
LEAVING_SECONDS = 5.0


@dataclass(slots=True)
class Counts:
    """What passed."""

    connections: int = 0
    exchanges: int = 0
    failures: int = 0
    too_large: int = 0
    queue_full: int = 0
    unreadable: int = 0
    refused: int = 0


class Capture:
    """Listens, tunnels every connection to `target`, and has every exchange recorded.

    A body longer than `max_body` bytes passes, but its exchange is not recorded: half a notification would be a lie.
    """

    def __init__(self, target: Target, gate: Gate, *, timeout: float, max_body: int, verify_tls: bool = True) -> None:
        self.timeout = timeout
        self.counts = Counts()
        self._target = target
        self._max_body = max_body
        self._sweeper = Sweeper()
        self._dialler = Dialler(gate, self._sweeper, verify_tls=verify_tls)
        self._tunnels: set[Tunnel] = set()
        self._in_flight = 0
        self._recorder: Recorder | None = None
        self._server: asyncio.Server | None = None
        self._emptied = asyncio.Event()

    async def start(self, recorder: Recorder, host: str, port: int, tls: ssl.SSLContext | None) -> int:
        """Listen; the port that was bound. Raises OSError."""
        self._recorder = recorder
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connected, host, port, ssl=tls, backlog=1024)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Listen no more, let what is under way end, write what waits."""
        if self._server is not None:
            self._server.close()
        for tunnel in [tunnel for tunnel in self._tunnels if tunnel.is_idle]:
            tunnel.stop()
        await self._until_empty(min(self.timeout, LEAVING_SECONDS))
        self._dialler.interrupt()
        for tunnel in tuple(self._tunnels):
            tunnel.stop()
        await self._until_empty(LEAVING_SECONDS)
        self._sweeper.stop()
        if self._recorder is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._recorder.close, WRITING_SECONDS)

    async def _until_empty(self, seconds: float) -> None:
        self._emptied.clear()
        if self._tunnels:
            try:
                async with asyncio.timeout(seconds):
                    await self._emptied.wait()
            except TimeoutError:
                return

    def _connected(self) -> asyncio.Protocol:
        if len(self._tunnels) >= MOST_CONNECTIONS:
            self.counts.refused += 1
            return _Refusal()
        self.counts.connections += 1
        tunnel = Tunnel(self)
        self._tunnels.add(tunnel)
        return tunnel.platform

    async def dial(self, tunnel: Tunnel) -> Side | Failure:
        """A connection to the receiver through the gate."""
        return await self._dialler.open(self._target, lambda: Side(tunnel, is_platform=False), self.timeout)

    def may_keep(self, exchange: Exchanged, size: int) -> bool:
        """Whether so many more bytes fit; where they do not, all that was kept of the exchange is let go of."""
        if exchange.is_too_large:
            return False
        held = self._in_flight + (self._recorder.held_bytes if self._recorder else 0)
        if exchange.kept + size > self._max_body or held + size > MOST_HELD:
            exchange.is_too_large = True
            self._let_go(exchange)
            return False
        exchange.kept += size
        self._in_flight += size
        return True

    def _let_go(self, exchange: Exchanged) -> None:
        self._in_flight -= exchange.kept
        exchange.kept = 0
        for message in (exchange.request, exchange.answer):
            if message is not None:
                message.body.clear()

    def watch(self, tunnel: Tunnel, seconds: float | None) -> None:
        """Let it expire after so many seconds; None: never."""
        if seconds is None:
            self._sweeper.let_off(tunnel)
        else:
            self._sweeper.watch(tunnel, asyncio.get_running_loop().time() + seconds)

    def exchanged(self, exchange: Exchanged) -> None:
        """An exchange ended: counted, and put before the recorder unless that is too far behind."""
        self._in_flight -= exchange.kept
        self.counts.exchanges += 1
        self.counts.failures += bool(exchange.failure)
        self.counts.too_large += exchange.is_too_large
        if self._recorder is None or self._recorder.waiting >= MOST_WAITING:
            self.counts.queue_full += 1
        else:
            self._recorder.put(exchange)

    def unreadable(self, side: str) -> None:
        """A connection passes unrecorded from here on."""
        del side
        self.counts.unreadable += 1

    def gone(self, tunnel: Tunnel) -> None:
        """A tunnel has closed both its connections."""
        self._tunnels.discard(tunnel)
        if not self._tunnels:
            self._emptied.set()


class _Refusal(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so and close."""
        writable = cast("asyncio.Transport", transport)
        writable.write(BUSY)
        writable.close()
