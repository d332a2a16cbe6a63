"""A receiver faster than any sender: a protocol that answers 200 to every complete request, or never answers."""

import asyncio
import json
import sys
from pathlib import Path
from typing import cast

import uvloop

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Sink(asyncio.Protocol):
    """Answers each request as soon as its body is there; a mute one only reads."""

    def __init__(self, mute: bool) -> None:
        self._mute = mute
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass of it

    def data_received(self, data: bytes) -> None:
        if self._mute:
            return
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            total = end + 4 + int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
            if len(self._buffer) < total:
                return
            self._buffer = self._buffer[total:]
            self._transport.write(ANSWER)


async def _serve(ready: Path, mute: bool) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Sink(mute), "127.0.0.1", 0, backlog=1024)
    ready.write_text(json.dumps({"port": server.sockets[0].getsockname()[1]}), encoding="utf-8")
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_serve(Path(sys.argv[1]), mute="--mute" in sys.argv))
