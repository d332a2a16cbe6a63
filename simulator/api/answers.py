"""Answers as bytes: status line, headers and body made whole, since aiohttp's own response costs twice as much."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import cast

from aiohttp import web

JSON = b"application/json;charset=utf-8"
HTML = b"text/html"
WAV = b"audio/x-wav"

CLOSE = b"\r\nConnection: close\r\n\r\n"
KEEP = b"\r\n\r\n"
KEEP_OLD = b"\r\nConnection: keep-alive\r\n\r\n"

STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


class Prepared:
    """A response as aiohttp's server sees it: it asks for no more than `prepare`, `write_eof` and `keep_alive`."""

    __slots__ = ("_pieces", "_start", "keep_alive")

    def __init__(self, start: bytes, pieces: Iterable[bytes], keep_alive: bool) -> None:  # noqa: FBT001 - one more keyword costs
        self._start = start
        self._pieces = pieces
        self.keep_alive = keep_alive

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send everything, pieces as fast as the client takes them; raises ConnectionError when the client is gone."""
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ConnectionError("the client went away")
        transport.write(self._start)
        for piece in self._pieces:
            await request.writer.write(piece)

    async def write_eof(self) -> None:
        """Nothing is left to send."""


def prepared(start: bytes, pieces: Iterable[bytes], *, keep_alive: bool) -> web.StreamResponse:
    """A response of these bytes, under the type that aiohttp's annotations ask for."""
    return cast("web.StreamResponse", Prepared(start, pieces, keep_alive))


def ending(version: tuple[int, int], location: str | None, *, keep_alive: bool) -> bytes:
    """How a head ends: HTTP/1.0 must be told that a connection stays open, HTTP/1.1 that it closes."""
    end = CLOSE
    if keep_alive:
        end = KEEP_OLD if version < (1, 1) else KEEP
    return end if location is None else b"\r\nLocation: " + location.encode() + end


def head(status: int, content_type: bytes, length: int, date: bytes, end: bytes) -> bytes:
    """Status line and headers."""
    line = STATUS_LINES[status]
    return b"%bContent-Type: %b\r\nContent-Length: %d\r\nDate: %b%b" % (line, content_type, length, date, end)


def gateway_page(status: int) -> bytes:
    """The gateway's own page, for what never reaches the platform (observed.md)."""
    title = f"{status} {HTTPStatus(status).phrase}"
    lines = ("<html>", f"<head><title>{title}</title></head>", "<body>", f"<center><h1>{title}</h1></center>")
    return "\r\n".join((*lines, "<hr><center>openresty</center>", "</body>", "</html>", "")).encode()
