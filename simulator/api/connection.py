"""The server of aiohttp, with our own answers to what is no valid HTTP and to our own mistakes."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Broken = Callable[[web.BaseRequest, int, BaseException | None], web.StreamResponse]

IDLE_SECONDS = 75.0
LINGERING_SECONDS = 5.0


class Connection(web.RequestHandler):
    """One connection; what aiohttp answers with its own page, `on_broken` answers."""

    def __init__(self, gateway: "Gateway") -> None:
        super().__init__(
            gateway,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # None is aiohttp's way to switch it off: the journal is the record
            auto_decompress=False,
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGERING_SECONDS,
        )
        self._on_broken = gateway.on_broken

    def resume_reading(self, resume_parser: bool = True) -> None:  # noqa: FBT001, FBT002 - aiohttp's signature
        """Go on reading, if reading was paused at all: aiohttp tries after every body, which costs 5 us a request."""
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp passes it; `exc` says the same
    ) -> web.StreamResponse:
        """The answer to a request that is no valid HTTP, and to an exception that nobody caught."""
        if isinstance(exc, ConnectionError):
            raise exc  # the client went away: nobody is left to answer, and aiohttp ends the connection quietly
        if status >= 500:
            self.log_exception("the API failed to answer %s %s", request.method, request.path, exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is under way already")
        return self._on_broken(request, status, exc)


class Gateway(web.Server):
    """Makes connections."""

    def __init__(self, answer: Answer, on_broken: Broken) -> None:
        super().__init__(answer)
        self.on_broken = on_broken

    def __call__(self) -> Connection:
        """A protocol for a new connection."""
        return Connection(self)
