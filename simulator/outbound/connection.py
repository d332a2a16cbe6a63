"""One connection to a receiver: bytes out, one outcome back, in time; works on uvloop and on plain asyncio."""

import asyncio
import contextlib
import socket
import ssl
import struct
from typing import TYPE_CHECKING, cast

from simulator.outbound.answer import Answer, Failure, FailureKind, Reader
from simulator.outbound.sweeper import Sweeper

if TYPE_CHECKING:
    from collections.abc import Callable

_RESET, _FIN = struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)


def reset_on_close(sock: socket.socket) -> None:
    """Makes the next close send RST: no TIME_WAIT is left, however many receivers hang."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


class Connection(asyncio.Protocol):
    """A keep-alive HTTP/1.1 connection that serves one exchange at a time.

    `when_lost` is called once, after the socket is gone. `idle_since` is loop time, kept by the pool.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sweeper: Sweeper, when_lost: "Callable[[Connection], None]"
    ) -> None:
        self._loop = loop
        self._sweeper = sweeper
        self._when_lost = when_lost
        self._reader = Reader()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer | Failure] | None = None
        self._timeout = 0.0
        self.holds_slot = False
        self.idle_since = 0.0

    @property
    def is_lost(self) -> bool:
        """True once the socket is gone."""
        return self._transport is None

    @property
    def is_open(self) -> bool:
        """True while another request may be written."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def is_reusable(self) -> bool:
        """True after a complete keep-alive answer with nothing extra before or behind it, the request fully sent."""
        return (
            self._waiting is None
            and self._reader.reusable
            and self._transport is not None
            and not self._transport.is_closing()
            and not self._transport.get_write_buffer_size()
        )

    @property
    def died_silently(self) -> bool:
        """True when the connection died before the first byte of an answer: if it was kept alive, it died idle."""
        return not self._reader.received and not self.is_open

    def ask(self, request: bytes, timeout: float, spent: float) -> "asyncio.Future[Answer | Failure]":
        """Writes the bytes; the future gets the outcome, at the latest `timeout - spent` seconds from now.

        Cancelling the future leaves the exchange unfinished; `drop` then resets the connection.
        """
        waiting: asyncio.Future[Answer | Failure] = self._loop.create_future()
        self._waiting = waiting
        self._timeout = timeout
        self._sweeper.watch(self, self._loop.time() + timeout - spent)
        self._reader.expect(without_body=request.startswith(b"HEAD "))
        if self._transport is None:
            self._settle(self._reader.cut())
        else:
            self._transport.write(request)
        return waiting

    def add(self, more: bytes) -> None:
        """Writes further bytes of a request that `ask` began, unless its exchange has ended."""
        if self._waiting is not None and self._transport is not None:
            self._transport.write(more)

    def hang_up(self) -> None:
        """Closes once everything is written: a running exchange ends as one that was cut."""
        if self._transport is not None:
            self._transport.close()

    def abandon(self, failure: Failure) -> None:
        """Ends a running exchange with `failure`, then drops the connection."""
        unfinished = self._waiting is not None
        self._settle(failure)
        self._abort(reset=unfinished)

    def drop(self) -> None:
        """Closes at once; with a reset where an exchange is unfinished, so that nothing lingers."""
        unfinished = self._waiting is not None
        self._finish()
        self._abort(reset=unfinished)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The dialled socket is ready, and from now on closed with FIN."""
        self._transport = cast("asyncio.Transport", transport)
        self._linger(_FIN)

    def data_received(self, data: bytes) -> None:
        """A piece of the answer; bytes that nobody asked for spoil the connection."""
        if self._waiting is None:
            self._abort(reset=False)
            return
        outcome = self._reader.feed(data)
        if outcome is not None:
            self._settle(outcome)

    def eof_received(self) -> None:
        """The receiver closed its side: that ends the answer, or cuts it."""
        if self._waiting is not None:
            self._settle(self._reader.end())
        self._abort(reset=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone, for whatever reason."""
        self._transport = None
        if self._waiting is not None:
            self._settle(self._loss(exc))
        self._reader.forget()
        self._when_lost(self)

    def _loss(self, exc: Exception | None) -> Answer | Failure:
        if exc is None:
            return self._reader.end()
        if isinstance(exc, ssl.SSLError):
            return Failure(FailureKind.TLS, f"the receiver broke off TLS: {exc.reason or exc}")
        return self._reader.cut()

    def expire(self) -> None:
        """Time is up: the exchange ends here."""
        came = self._reader.received
        what = f"no complete answer within {self._timeout:g} s ({came} bytes came)" if came else None
        self._settle(Failure(FailureKind.TIMEOUT, what or f"no answer within {self._timeout:g} s"))
        self._abort(reset=True)

    def _settle(self, outcome: Answer | Failure) -> None:
        waiting = self._waiting
        self._finish()
        if waiting is not None and not waiting.done():
            waiting.set_result(outcome)

    def _finish(self) -> None:
        self._waiting = None
        self._sweeper.let_off(self)

    def _abort(self, *, reset: bool) -> None:
        if self._transport is None:
            return
        if reset and not self._transport.is_closing():
            self._linger(_RESET)
        self._transport.abort()

    def _linger(self, option: bytes) -> None:
        # Some systems refuse options of a socket that the receiver has reset already: then nothing lingers anyway.
        if self._transport is not None:
            with contextlib.suppress(OSError):
                self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
