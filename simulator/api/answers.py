"""Answers as bytes: status line, headers and body made whole, since aiohttp's own response costs twice as much."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import cast

from aiohttp import web

from simulator.contract.responses import WireAnswer

JSON = b"application/json;charset=utf-8"
HTML = b"text/html"
WAV = b"audio/x-wav"

CLOSE = b"\r\nConnection: close\r\n\r\n"
KEEP = b"\r\n\r\n"
KEEP_OLD = b"\r\nConnection: keep-alive\r\n\r\n"

STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
DRAIN_BYTES = 65536


class Prepared:
    """A response as aiohttp's server sees it: it asks for no more than `prepare`, `write_eof` and `keep_alive`."""

    __slots__ = ("_head", "_pieces", "keep_alive")

    def __init__(self, head: bytes, pieces: Iterable[bytes] = (), *, keep_alive: bool) -> None:
        self._head = head
        self._pieces = pieces
        self.keep_alive = keep_alive

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send everything, as fast as the client takes it."""
        writer = request.writer
        await writer.write(self._head)
        for piece in self._pieces:
            await writer.write(piece)

    async def write_eof(self) -> None:
        """Nothing is left to send."""

    def as_response(self) -> web.StreamResponse:
        """Itself, under the type that aiohttp's annotations ask for."""
        return cast("web.StreamResponse", self)


def ending(version: tuple[int, int], *, keep_alive: bool) -> bytes:
    """How the head ends: HTTP/1.0 must be told that a connection stays open, HTTP/1.1 that it closes."""
    if not keep_alive:
        return CLOSE
    return KEEP_OLD if version < (1, 1) else KEEP


def head(status: int, content_type: bytes, length: int, date: bytes, end: bytes) -> bytes:
    """Status line and headers."""
    line = STATUS_LINES[status]
    return b"%bContent-Type: %b\r\nContent-Length: %d\r\nDate: %b%b" % (line, content_type, length, date, end)


def located(answer: WireAnswer, end: bytes) -> bytes:
    """The end of a head, with the address of a redirect before it."""
    return end if answer.location is None else b"\r\nLocation: " + answer.location.encode() + end


def gateway_page(status: int) -> bytes:
    """The gateway's own page, for what never reaches the platform (observed.md)."""
    title = f"{status} {HTTPStatus(status).phrase}"
    lines = ("<html>", f"<head><title>{title}</title></head>", "<body>", f"<center><h1>{title}</h1></center>")
    return "\r\n".join((*lines, "<hr><center>openresty</center>", "</body>", "</html>", "")).encode()
