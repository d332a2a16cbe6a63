"""From a target to an open connection: gate, socket, TLS, all within one time limit."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

from simulator.outbound.answer import Failure, FailureKind
from simulator.outbound.connection import Connection, reset_on_close
from simulator.outbound.gate import Address, Forbidden, Gate
from simulator.outbound.sweeper import Sweeper
from simulator.outbound.target import Target

WhenLost = Callable[[Connection], None]
Spoken = TypeVar("Spoken", bound=asyncio.Protocol)


class Dialler:
    """Opens connections to what the gate allows.

    Certificates are checked against the machine's authorities (OpenSSL's SSL_CERT_FILE counts), unless `verify_tls` is
    off. Until a connection is open its socket is set to reset, so that a hung dial leaves nothing behind.
    """

    def __init__(self, gate: Gate, sweeper: Sweeper, *, verify_tls: bool) -> None:
        self._gate = gate
        self._sweeper = sweeper
        self._verify_tls = verify_tls
        self._context: ssl.SSLContext | None = None
        self._limits: set[asyncio.Timeout] = set()

    async def dial(self, target: Target, when_lost: WhenLost, seconds: float, spent: float) -> Connection | Failure:
        """An open connection, or why there is none after at most `seconds - spent` seconds."""

        def connection() -> Connection:
            return Connection(asyncio.get_running_loop(), self._sweeper, when_lost)

        return await self.open(target, connection, seconds, spent)

    async def open(
        self, target: Target, make: Callable[[], Spoken], seconds: float, spent: float = 0.0
    ) -> Spoken | Failure:
        """A protocol of the caller's own making on an open connection, or why there is none."""
        limit = asyncio.timeout(seconds - spent)
        try:
            async with limit:
                self._limits.add(limit)
                return await self._dial(target, make)
        except TimeoutError:
            return Failure(FailureKind.CONNECT_TIMEOUT, f"no connection to {target.origin} within {seconds:g} s")
        except Forbidden as error:
            return Failure(FailureKind.FORBIDDEN, str(error))
        finally:
            self._limits.discard(limit)

    def interrupt(self) -> None:
        """Ends every dial under way as if its time were up."""
        now = asyncio.get_running_loop().time()
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(now)

    async def _dial(self, target: Target, make: Callable[[], Spoken]) -> Spoken | Failure:
        try:
            addresses = await self._gate.addresses(target)
        except (OSError, UnicodeError) as error:
            return Failure(FailureKind.CONNECT, f"the name {target.host} leads nowhere: {_words(error)}")
        failure = Failure(FailureKind.CONNECT, f"the name {target.host} has no address")
        for address in addresses:
            opened = await self._open(target, address, make)
            if not isinstance(opened, Failure):
                return opened
            failure = opened
        return failure

    async def _open(self, target: Target, address: Address, make: Callable[[], Spoken]) -> Spoken | Failure:
        try:
            sock = await _connect(address)
        except ConnectionRefusedError:
            return Failure(FailureKind.CONNECT, f"connection refused by {address}")
        except OSError as error:
            return Failure(FailureKind.CONNECT, f"no connection to {address}: {_words(error)}")
        return await self._speak(sock, target, address, make)

    async def _speak(
        self, sock: socket.socket, target: Target, address: Address, make: Callable[[], Spoken]
    ) -> Spoken | Failure:
        try:
            return await self._attach(sock, target, make)
        except ssl.SSLCertVerificationError as error:
            return Failure(FailureKind.TLS, f"the certificate of {address} is not trusted: {error.verify_message}")
        except ssl.SSLError as error:
            return Failure(FailureKind.TLS, f"no TLS with {address}: {error.reason or error}")
        except OSError as error:
            kind = FailureKind.TLS if target.scheme == "https" else FailureKind.CONNECT
            return Failure(kind, f"{address} cut the connection before it was used: {_words(error)}")

    async def _attach(self, sock: socket.socket, target: Target, make: Callable[[], Spoken]) -> Spoken:
        loop = asyncio.get_running_loop()
        if target.scheme == "https":
            return await self._attach_tls(sock, target, make)
        attaching = loop.create_task(loop.create_connection(make, sock=sock))
        try:
            _, connection = await asyncio.shield(attaching)
        except asyncio.CancelledError:
            # it takes a turn of the loop; uvloop loses a transport whose making is cancelled half-way
            attaching.add_done_callback(_abandon)
            raise
        except BaseException:
            sock.close()
            raise
        return connection

    async def _attach_tls(self, sock: socket.socket, target: Target, make: Callable[[], Spoken]) -> Spoken:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(make, sock=sock, ssl=self._tls(), server_hostname=target.host)
        except BaseException:
            sock.close()
            raise
        return connection

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
            if not self._verify_tls:
                self._context.check_hostname = False
                self._context.verify_mode = ssl.CERT_NONE
        return self._context


def _abandon(attached: asyncio.Task[tuple[asyncio.Transport, Spoken]]) -> None:
    """Nobody waits for this connection any more."""
    if not attached.cancelled() and attached.exception() is None:
        attached.result()[0].abort()


async def _connect(address: Address) -> socket.socket:
    sock = socket.socket(address.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reset_on_close(sock)
        await asyncio.get_running_loop().sock_connect(sock, (address.ip, address.port))
    except BaseException:
        sock.close()
        raise
    return sock


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
