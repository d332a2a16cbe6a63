"""One exchange of JSON with the control plane over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Self
from urllib.parse import quote

import aiohttp
import orjson

from simulator.client.errors import ControlError, Unreachable

PREFIX = "/control/v1"
SILENCE_SECONDS = 60.0
"""A feed that says nothing for so long is dead: it says at least that it is there."""
DATA = b"data: "
OK = 200

Direct = Callable[[str, str, Mapping[str, str], bytes | None], Awaitable[tuple[int, bytes]]]
"""A control plane in this process: method, path after the prefix, query, body; answers status and body."""


def path(*parts: str) -> str:
    """A path of these parts, each quoted whole."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


class Wire:
    """A session with one control plane: no proxies of the environment, no redirects, a limit on every exchange.

    With `direct` nothing is sent: the control plane of this process is asked, and answers the same.
    """

    def __init__(self, url: str, token: str, timeout_seconds: float, direct: Direct | None = None) -> None:
        self._direct = direct
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._timeout_seconds = timeout_seconds
        self._session: aiohttp.ClientSession | None = None
        self._was_there = False
        """Whether it has answered: who does not answer any more has stopped, and need not be started for the first time."""

    async def __aenter__(self) -> Self:
        if self._direct is None:
            self._session = aiohttp.ClientSession(headers=self._headers, trust_env=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
        self._session = None

    async def get(self, path: str, query: Mapping[str, object] | None = None) -> Any:
        """The JSON at `path`; None members of the query are left out."""
        asked = {name: str(value) for name, value in (query or {}).items() if value is not None}
        return await self.send("GET", path, query=asked)

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        longer_by: float = 0,
    ) -> Any:
        """One exchange; `longer_by` seconds of patience more than usual. Raises ControlError, Unreachable."""
        data = None if body is None else orjson.dumps(body)
        return _read(*await self._exchange(method, path, data, query or {}, self._timeout_seconds + longer_by))

    async def text(self, path: str) -> str:
        """The text at `path`, which is no JSON."""
        status, body = await self._exchange("GET", path, None, {}, self._timeout_seconds)
        return body.decode("utf-8", "replace") if status == OK else str(_read(status, body))

    async def _exchange(
        self, method: str, path: str, data: bytes | None, query: Mapping[str, str], seconds: float
    ) -> tuple[int, bytes]:
        """Status and body of an answer, over the wire or past it; raises Unreachable."""
        if self._direct is not None:
            return await self._ask(self._direct(method, path, query, data), seconds)
        session = self._session
        if session is None:
            raise RuntimeError("use the client as `async with ControlClient(…) as client`")
        request = session.request(
            method,
            self._url + PREFIX + path,
            data=data,
            params=query,
            headers={} if data is None else {"Content-Type": "application/json"},
            timeout=aiohttp.ClientTimeout(total=seconds),
            allow_redirects=False,
        )
        try:
            async with request as answer:
                self._was_there = True
                return answer.status, await answer.read()
        except TimeoutError:
            raise self._late(seconds) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise self._away(error) from None

    async def events(self, path: str, query: Mapping[str, str]) -> AsyncIterator[Any]:
        """The data of server-sent events as they come; raises Unreachable when no more can come, ControlError."""
        session = self._session
        if session is None:
            raise RuntimeError("events come over the wire: use the client as `async with ControlClient(…) as client`")
        limit = aiohttp.ClientTimeout(total=None, sock_connect=self._timeout_seconds, sock_read=SILENCE_SECONDS)
        try:
            async with session.get(self._url + PREFIX + path, params=query, timeout=limit) as answer:
                self._was_there = True
                if answer.status != OK:
                    _read(answer.status, await answer.read())
                async for line in answer.content:
                    if line.startswith(DATA):
                        yield orjson.loads(line[len(DATA) :])
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise self._away(error) from None
        raise Unreachable(f"the simulator at {self._url} has stopped")

    async def _ask(self, asked: Awaitable[tuple[int, bytes]], seconds: float) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(seconds):
                return await asked
        except TimeoutError:
            raise self._late(seconds) from None

    def _away(self, error: Exception) -> Unreachable:
        if self._was_there:
            return Unreachable(f"the simulator at {self._url} has stopped ({error})")
        return Unreachable(f"no simulator answers at {self._url} ({error}); start one with `pnsim serve`")

    def _late(self, seconds: float) -> Unreachable:
        return Unreachable(f"the simulator at {self._url} did not answer within {seconds:g} s")


def _read(status: int, body: bytes) -> Any:
    """The JSON of an answer, None for an empty one; raises ControlError for anything but a success."""
    try:
        value = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        raise ControlError(
            status, "not a control plane", "what answered there speaks no JSON: is it the control port?"
        ) from None
    if 200 <= status < 300:
        return value
    problem = value if isinstance(value, dict) else {}
    more = {name: member for name, member in problem.items() if name not in ("type", "title", "detail", "status")}
    raise ControlError(status, str(problem.get("title", f"HTTP {status}")), str(problem.get("detail", "")), more)
