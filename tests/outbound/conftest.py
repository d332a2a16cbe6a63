"""Hostile receivers on port 0, and both event loops for every test of this room."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from simulator.outbound.gate import Gate, Target, parse_target
from simulator.outbound.transport import Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def pytest_asyncio_loop_factories(config, item):
    """Plain asyncio passes every test that uvloop passes."""
    factories = {"asyncio": asyncio.new_event_loop}
    if sys.platform != "win32":
        import uvloop

        factories["uvloop"] = uvloop.new_event_loop
    return factories


class Peer:
    """The receiver's side of one connection, as a script sees it."""

    def __init__(self, receiver: "Receiver", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.receiver = receiver
        self.reader = reader
        self.writer = writer

    async def request(self) -> bytes:
        """Reads one whole request and remembers it; EOFError when the sender closed instead."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        request = head + await self.reader.readexactly(length)
        self.receiver.requests.append(request)
        return request

    async def say(self, *pieces: bytes) -> None:
        """Writes the pieces, each in a turn of the loop of its own."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await turn()

    async def ending(self) -> type[BaseException] | None:
        """Waits for the sender's end: None for an orderly close, ConnectionResetError for a reset."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionResetError as error:
            return type(error)
        return None


Script = Callable[[Peer], Awaitable[None]]


class Receiver:
    """A server that follows a script for each connection and counts what it saw."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests: list[bytes] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0

    async def start(self, ssl=None) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=ssl)
        self.port = self._server.sockets[0].getsockname()[1]

    def target(self, path: str = "/status", *, scheme: str = "http", declared: bool = True) -> Target:
        return parse_target(f"{scheme}://127.0.0.1:{self.port}{path}", declared=declared)

    async def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(Peer(self, reader, writer)))
        self._tasks.add(task)

    async def _serve(self, peer: Peer) -> None:
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            with suppress(EOFError, ConnectionError):
                await self._script(peer)
        finally:
            self.open -= 1
            peer.writer.close()
            with suppress(Exception):
                await peer.writer.wait_closed()


async def turn() -> None:
    """One turn of the event loop."""
    turned = asyncio.Event()
    asyncio.get_running_loop().call_soon(turned.set)
    await turned.wait()


@pytest.fixture
def ok() -> bytes:
    return OK


@pytest.fixture
async def receive() -> AsyncIterator[Callable[..., Awaitable[Receiver]]]:
    """Starts a receiver that follows `script`."""
    started: list[Receiver] = []

    async def start(script: Script, ssl=None) -> Receiver:
        receiver = Receiver(script)
        await receiver.start(ssl)
        started.append(receiver)
        return receiver

    yield start
    for receiver in started:
        await receiver.stop()


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    sender = Transport(Gate())
    yield sender
    await sender.close()


@pytest.fixture
async def sender() -> AsyncIterator[Callable[..., Transport]]:
    """Makes transports with settings of their own."""
    made: list[Transport] = []

    def make(**settings) -> Transport:
        made.append(Transport(Gate(), **settings))
        return made[-1]

    yield make
    for each in made:
        await each.close()
