"""The server of aiohttp, with our own answers to what is no valid HTTP and to our own mistakes."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import StreamReader, web
from aiohttp.http import HttpRequestParser, RawRequestMessage
from aiohttp.web_protocol import RequestPayloadError

from simulator.store.log import StoreFailed

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
        self._last_body: StreamReader | None = None

    def data_received(self, data: bytes) -> None:
        """Read; a whole request is answered, whatever stands behind it."""
        super().data_received(data)
        if not self._messages:
            return
        if self._request_count == 1 and not isinstance(self._messages[0][0], RawRequestMessage):
            self._read_one_by_one(data)
        self._last_body = self._messages[-1][1]

    def _read_one_by_one(self, data: bytes) -> None:
        """Read again what was no valid HTTP, stopping after every request.

        A body longer than its Content-Length, or one without any, follows its request like a broken one, and aiohttp's
        parser throws away what was whole before that.
        """
        self._request_count = 0
        self._messages.clear()
        self._max_msg_queue_size = 1
        self._parser = HttpRequestParser(
            self,
            self._loop,
            self._read_bufsize,
            payload_exception=RequestPayloadError,
            auto_decompress=False,
            max_msg_queue_size=1,
        )
        super().data_received(data)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio.Protocol has a bool here, aiohttp says None
        """The client closed its half: True keeps ours open to answer what arrived whole; TLS has no halves."""
        if self.transport is None or self.transport.get_extra_info("sslcontext") is not None:
            return False
        answering = self._waiter is None or self._waiter.done()
        if not (answering and self._last_body is not None and self._last_body.is_eof()):
            return False
        self.close()
        return True

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
        if isinstance(exc, StoreFailed):
            raise ConnectionError(str(exc))  # what cannot be kept is not answered
        if isinstance(exc, ConnectionError):
            raise exc  # the client went away: nobody is left to answer, and aiohttp ends the connection quietly
        if status >= 500:
            self.log_exception("the API failed to answer %s %s", request.method, request.path, exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is under way already")
        return self._on_broken(request, status, exc)


class KeptConnection(Connection):
    """A connection whose answers leave when all that was written before them outlives the process (semantics 9)."""

    committed: Callable[[], Awaitable[None]]

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Wait, then answer; what cannot be kept is not answered."""
        try:
            await self.committed()
        except StoreFailed as failed:
            raise ConnectionError(str(failed)) from None
        return await super().finish_response(request, resp, start_time)


class Gateway(web.Server):
    """Makes connections; `committed` waits until what was written is kept, where it is."""

    def __init__(self, answer: Answer, on_broken: Broken, committed: Callable[[], Awaitable[None]] | None) -> None:
        super().__init__(answer)
        self.on_broken = on_broken
        self._committed = committed

    def __call__(self) -> Connection:
        """A protocol for a new connection."""
        if self._committed is None:
            return Connection(self)
        connection = KeptConnection(self)
        connection.committed = self._committed
        return connection
