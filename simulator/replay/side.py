"""One of the two connections of a tunnel, on uvloop and on plain asyncio; it decides nothing and hands everything on."""

import asyncio
import contextlib
import socket
from typing import Protocol, cast

from simulator.outbound.connection import reset_on_close


class Ends(Protocol):
    """The tunnel that a side belongs to."""

    def opened(self, side: "Side") -> None:
        """It is connected."""
        ...

    def other(self, side: "Side") -> "Side":
        """The one across."""
        ...

    def from_platform(self, data: bytes) -> None:
        """Bytes of the platform."""
        ...

    def from_receiver(self, data: bytes) -> None:
        """Bytes of the receiver."""
        ...

    def half_closed(self, side: "Side") -> None:
        """Its other end says no more."""
        ...

    def lost(self, side: "Side", exc: Exception | None) -> None:
        """It is gone."""
        ...


class Side(asyncio.Protocol):
    """One of the two connections; it hands everything on."""

    def __init__(self, tunnel: Ends, *, is_platform: bool) -> None:
        self._tunnel = tunnel
        self.is_platform = is_platform
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open; from now on closed with FIN unless it is reset on purpose."""
        self.transport = cast("asyncio.Transport", transport)
        with contextlib.suppress(OSError, AttributeError):
            _tune(self.transport.get_extra_info("socket"))
        self._tunnel.opened(self)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self.is_platform:
            self._tunnel.from_platform(data)
        else:
            self._tunnel.from_receiver(data)

    def eof_received(self) -> bool:
        """The other end closed its half; ours stays open for what is still on its way, but TLS has no halves."""
        self._tunnel.half_closed(self)
        return self.transport is not None and self.transport.get_extra_info("sslcontext") is None

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed, or reset."""
        self.transport = None
        self._tunnel.lost(self, exc)

    def pause_writing(self) -> None:
        """The other end reads too slowly: so must we."""
        self._tunnel.other(self).pause(is_paused=True)

    def resume_writing(self) -> None:
        """It has caught up."""
        self._tunnel.other(self).pause(is_paused=False)

    def pause(self, *, is_paused: bool) -> None:
        """Read no more for now, or go on."""
        if self.transport is not None and not self.transport.is_closing():
            if is_paused:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()

    def write(self, data: bytes) -> None:
        """Pass bytes on."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def write_eof(self) -> None:
        """Close our half, where there are halves."""
        if self.transport is not None and not self.transport.is_closing() and self.transport.can_write_eof():
            with contextlib.suppress(OSError, RuntimeError):
                self.transport.write_eof()

    def close(self) -> None:
        """Close once everything is written."""
        if self.transport is not None:
            self.transport.close()

    def reset(self) -> None:
        """Break off, so that the other end sees what we saw."""
        if self.transport is not None:
            with contextlib.suppress(OSError, AttributeError):
                reset_on_close(self.transport.get_extra_info("socket"))
            self.transport.abort()


def _tune(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\0" * 8)
