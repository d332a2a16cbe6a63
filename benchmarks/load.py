"""Load from outside: keep-alive connections that post the next request as soon as the last was answered."""

import asyncio
import time
from collections.abc import Iterator
from itertools import count
from typing import cast


class Poster(asyncio.Protocol):
    """One connection; every answer is checked for its status and followed by the next request."""

    def __init__(self, requests: Iterator[bytes], tally: "Tally") -> None:
        self._requests = requests
        self._tally = tally
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass of it
        transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lower = head.lower()
        length = int(lower.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        if len(body) < length:
            return
        self._buffer = b""
        self._tally.add(head.startswith(b"HTTP/1.1 200"))
        if self._tally.open:
            self._transport.write(next(self._requests))
        else:
            self._transport.close()


class Tally:
    """Answers counted, good and bad."""

    def __init__(self) -> None:
        self.good = 0
        self.bad = 0
        self.open = True

    def add(self, good: bool) -> None:
        if good:
            self.good += 1
        else:
            self.bad += 1


async def press(port: int, requests: Iterator[bytes], seconds: float, connections: int) -> tuple[int, int, float]:
    """Press a port for so long; good answers, bad answers, wall seconds."""
    loop, tally = asyncio.get_running_loop(), Tally()
    started = time.perf_counter()
    opened = [
        await loop.create_connection(lambda: Poster(requests, tally), "127.0.0.1", port) for _ in range(connections)
    ]
    await asyncio.sleep(seconds)
    tally.open = False
    elapsed = time.perf_counter() - started
    good, bad = tally.good, tally.bad
    await asyncio.sleep(0.1)
    for transport, _ in opened:
        transport.abort()
    return good, bad, elapsed


def post(path: str, headers: bytes, body: bytes) -> bytes:
    """A POST as bytes."""
    return b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Length: %d\r\n\r\n%s" % (
        path.encode(),
        headers,
        len(body),
        body,
    )


def binds(path: str, headers: bytes, x_numbers: list[str]) -> Iterator[bytes]:
    """Bind after bind, no pair twice, spread over the X numbers."""
    for number in count():
        x_number = x_numbers[number % len(x_numbers)]
        body = (
            f'{{"callerNum":"+86131{number:08d}","relationNum":"{x_number}","calleeNum":"+86132{number:08d}",'
            f'"callDirection":0,"duration":0,"maxDuration":0}}'
        )
        yield post(path, headers, body.encode())
