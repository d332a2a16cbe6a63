"""A capture between a raw platform and a raw receiver, all on port 0."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from simulator.outbound.gate import Gate
from simulator.replay.capture import Capture
from simulator.replay.capture_file import CaptureFile
from simulator.replay.recorded import HEADER, Recorded, from_json
from simulator.replay.recorder import Recorder

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
POST = (
    b"POST /status?a=%41&b=+ HTTP/1.1\r\nHOST: platform.example\r\ncontent-TYPE:application/json;charset=UTF-8\r\n"
    b'X-Odd:  two  blanks \r\nX-odd: again\r\nContent-Length: 7\r\n\r\n{"a":1}'
)
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Between:
    """What stands between both, and how to talk to it."""

    def __init__(self, capture: Capture, port: int, path: Path) -> None:
        self.capture, self.port, self.path = capture, port, path
        self.complaints: list[str] = []
        self.shown: list[tuple[Recorded, str]] = []

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def say(self, *pieces: bytes) -> bytes:
        """Everything that comes back until the connection closes."""
        reader, writer = await self.connect()
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        answer = await reader.read()
        writer.close()
        return answer

    def lines(self) -> list[Recorded]:
        return captured(self.path)


def captured(path: Path) -> list[Recorded]:
    """Every whole line of a capture."""
    head, *lines = path.read_bytes().splitlines()
    assert orjson.loads(head) == HEADER
    return [from_json(orjson.loads(line), f"{path}:{n}") for n, line in enumerate(lines, 2)]


@asynccontextmanager
async def raw_server(script: Script) -> AsyncIterator[int]:
    """A server that does with each connection what the script says, then closes it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await script(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def between(port: int, path: Path, **options) -> AsyncIterator[Between]:
    """A capture before the receiver on this port; when the block ends all is written."""
    gate = Gate()
    limits = {
        "timeout": 5.0,
        "max_body": 1 << 20,
        **{k: options.pop(k) for k in ("timeout", "max_body") if k in options},
    }
    capture = Capture(gate.declare(f"http://127.0.0.1:{port}"), gate, **limits)
    file = CaptureFile(path, options.pop("max_bytes", 1 << 30))
    found = Between(capture, 0, path)
    recorder = Recorder(
        file,
        f"http://127.0.0.1:{port}",
        show=lambda recorded, remark: found.shown.append((recorded, remark)),
        complain=found.complaints.append,
        **options,
    )
    found.port = await capture.start(recorder, "127.0.0.1", 0, None)
    try:
        yield found
    finally:
        await capture.stop()
