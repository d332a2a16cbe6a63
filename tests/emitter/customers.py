"""Customers' servers on port 0 that notifications are really sent to, and the emitter that sends them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from simulator.clock import wall
from simulator.delivery.notification import Slot
from simulator.emitter.emitter import Emitter
from simulator.emitter.signing import Signer
from simulator.outbound.gate import Gate
from simulator.outbound.transport import Transport
from tests.exchange.stage import Stage

WALL = datetime(2018, 2, 12, 15, 30, 20, tzinfo=UTC)
NONCE = "66C92B11FF8A425FB8D4CCFE0ED9ED1F"


@dataclass
class Customer:
    """What came, in the order in which it came, and how many were being answered at once."""

    port: int = 0
    got: list[tuple[str, bytes]] = field(default_factory=list)
    headers: list[list[tuple[bytes, bytes]]] = field(default_factory=list)
    busy: int = 0
    most_busy: int = 0

    def urls(self) -> dict[Slot, str]:
        return {slot: f"http://127.0.0.1:{self.port}/{slot.value}" for slot in (Slot.STATUS, Slot.FEE)}

    def bodies(self) -> list[bytes]:
        return [body for _, body in self.got]


Answer = Callable[[Customer, str, bytes], Awaitable[int]]


async def answer_200(*_) -> int:
    return 200


@asynccontextmanager
async def customer(answer: Answer = answer_200) -> AsyncIterator[Customer]:
    """An aiohttp server; `answer` says with which status."""
    it = Customer()

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        it.got.append((request.path, body))
        it.headers.append(list(request.raw_headers))
        it.busy += 1
        it.most_busy = max(it.most_busy, it.busy)
        try:
            status = await answer(it, request.path, body)
        finally:
            it.busy -= 1
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else None)

    app = web.Application()
    app.router.add_post("/{path}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    it.port = runner.addresses[0][1]
    yield it
    await runner.cleanup()


@asynccontextmanager
async def raw_customer(says: bytes | None) -> AsyncIterator[Customer]:
    """A socket that answers every request with these bytes and closes; with None it never answers."""
    it, tasks = Customer(), set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                it.got.append(("", await reader.readuntil(b"\r\n\r\n")))
                if says is None:
                    await reader.read()
                elif says:
                    writer.write(says)
                    await writer.drain()
        finally:
            writer.close()  # also when it is cancelled: else the writer is found at some later collection

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=1024)
    it.port = server.sockets[0].getsockname()[1]
    yield it
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def emitting(
    stage: Stage, *, lanes: int = 50, answer_timeout: float | None = None, ticking: bool = False
) -> AsyncIterator[Emitter]:
    """The real emitter at work over a real transport."""
    transport = Transport(Gate(), connections_per_receiver=lanes)
    emitter = Emitter(
        stage.exchange, transport, Signer(lambda: WALL, lambda: NONCE), lanes=lanes, monotonic=wall.monotonic
    )
    emitter.answer_timeout = answer_timeout
    tasks = [asyncio.create_task(emitter.run())]
    if ticking:
        tasks.append(asyncio.create_task(stage.story.run()))
    try:
        yield emitter
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        await transport.close()
    assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended
