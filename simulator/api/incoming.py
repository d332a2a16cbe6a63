"""A request as it came in: read once, in the few forms that authentication, operations and journal need."""

import asyncio
from dataclasses import dataclass
from functools import lru_cache

from aiohttp import StreamReader, web

from simulator.contract.digests import is_secret, masked, without_credentials

WANTED = frozenset({"authorization", "x-aksk", "x-wsse", "expect"})
"""Headers that are read; the others only go into the journal."""

SHORT = 128
"""Bytes of a header's value up to which it is worth remembering; X-AKSK is longer and never the same."""

BODY_SECONDS = 60.0
"""Wall seconds that a body may take to arrive."""

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(slots=True)
class Incoming:
    """One request; `path` and `query` are the raw target's halves, digests in `headers` are masked."""

    method: str
    target: str
    path: str
    query: str
    version: tuple[int, int]
    peer: str
    headers: tuple[tuple[str, str], ...]
    authorization: str | None = None
    x_aksk: str | None = None
    x_wsse: str | None = None
    expects_continue: bool = False
    body: bytes = b""
    body_length: int = 0
    """Bytes of the body as declared or read; more than `len(body)` when it was over the limit and left unread."""


def incoming(request: web.BaseRequest) -> Incoming:
    """A request without its body; of several headers of one name the first counts."""
    target = request.raw_path
    if not target.isascii():
        target = target.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    path, _, query = origin_form(target).partition("?")
    wanted: dict[str, str] = {}
    headers = []
    for raw in request.raw_headers:
        name, word, value = header(raw) if len(raw[1]) <= SHORT else decoded(raw)
        if word in WANTED:
            wanted.setdefault(word, value)
        if "igest" in value or "IGEST" in value:
            value = masked(value)
        elif word.endswith("authorization"):
            value = without_credentials(value)
        elif is_secret(word):
            value = "*" * len(value)
        headers.append((name, value))
    return Incoming(
        request.method,
        target,
        path,
        query.partition("#")[0],
        request.version,
        address(request.remote),
        tuple(headers),
        wanted.get("authorization"),
        wanted.get("x-aksk"),
        wanted.get("x-wsse"),
        wanted.get("expect", "").lower() == "100-continue",
    )


def decoded(raw: tuple[bytes, bytes]) -> tuple[str, str, str]:
    """A header: its name as written, its name in small letters, its value; what is no UTF-8 is replaced."""
    name = raw[0].decode("utf-8", "replace")
    return name, name.lower(), raw[1].decode("utf-8", "replace")


header = lru_cache(maxsize=2048)(decoded)
"""The same for short headers, remembered: clients send the same few again and again."""


def origin_form(target: str) -> str:
    """A target from its path on; a proxy's client writes scheme and host before it."""
    if target.startswith("/") or "://" not in target:
        return target
    rest = target.partition("://")[2]
    slash = rest.find("/")
    return rest[slash:] if slash >= 0 else "/"


def address(remote: str | None) -> str:
    """The peer's address; an IPv4 address that came over an IPv6 socket in its own form."""
    return (remote or "").removeprefix("::ffff:")


def take_body(content: StreamReader, found: Incoming, limit: int) -> bool:
    """Take a body that has arrived whole; False when it is longer than `limit`."""
    found.body = content.read_nowait()
    found.body_length = len(found.body)
    return found.body_length <= limit


async def read_body(request: web.BaseRequest, found: Incoming, limit: int) -> bool:
    """Wait for a body that is not there yet; False when it is longer than `limit` and was left where it is.

    Raises TimeoutError when it does not arrive, and aiohttp's errors for a body that is no valid HTTP.
    """
    declared = request.content_length or 0
    if declared > limit:
        found.body_length = declared
        return False
    if found.expects_continue:
        await request.writer.write(CONTINUE)
    async with asyncio.timeout(BODY_SECONDS):
        return await read_bounded(request.content, found, limit)


async def read_bounded(content: StreamReader, found: Incoming, limit: int) -> bool:
    """Read until the end or until the limit is passed."""
    pieces = []
    while found.body_length <= limit:
        piece = await content.readany()
        if not piece:
            break
        pieces.append(piece)
        found.body_length += len(piece)
    found.body = b"".join(pieces)
    return found.body_length <= limit
