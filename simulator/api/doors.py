"""Doors to listen at: sockets and the certificate, and what to do where the machine refuses them."""

import errno
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.api.tls import UnusableCertificate, given, self_signed
from simulator.config.origins import ConfigError
from simulator.config.values import CertFiles, ServerOptions


class PortInUse(Exception):
    """A port that was asked for cannot be had; the sentence says which and what to do."""


class Doors:
    """Both ports and the certificate, kept while the simulators behind them come and go: who calls meanwhile waits."""

    def __init__(self, server: ServerOptions) -> None:
        self.context = context_of(server)
        self.port = _door(server.host, server.port, "port")
        try:
            self.control_port = _door(server.host, server.control_port, "control_port")
        except PortInUse:
            self.port.close()
            raise

    def close(self) -> None:
        """Nobody listens here any more."""
        self.port.close()
        self.control_port.close()


def _door(host: str, port: int, option: str) -> socket.socket:
    """A socket that listens there; raises PortInUse."""
    with teaching(host, port, option):
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)


@contextmanager
def teaching(host: str, port: int, option: str) -> Iterator[None]:
    """Turns the machine's refusal to listen into PortInUse."""
    try:
        yield
    except OSError as error:
        raise PortInUse(cannot_listen(host, port, option, error)) from error


def cannot_listen(host: str, port: int, option: str, error: OSError) -> str:
    """Why nothing listens there, and what to do: the host is wrong, or the port is taken or forbidden."""
    if isinstance(error, socket.gaierror):
        return f"cannot listen on {host}:{port}: {error.strerror}; choose another with --host"
    why = os.strerror(error.errno or 0).lower()
    if error.errno == errno.EADDRNOTAVAIL:
        return (
            f"cannot listen on {host}:{port}: {why}; {host} is no address of this machine, choose another with --host"
        )
    flag = option.replace("_", "-")
    what_to_do = f"choose another with --{flag} (0 takes any free one) or stop what listens there"
    return f"cannot listen on {host}:{port}: {why}; {what_to_do}"


def context_of(server: ServerOptions) -> ssl.SSLContext | None:
    """The certificate as configured, None for plain http; raises ConfigError."""
    if isinstance(server.tls, CertFiles):
        try:
            return given(server.tls.cert, server.tls.key)
        except UnusableCertificate as error:
            raise ConfigError(str(error)) from None
    return self_signed(server.host, "localhost") if server.tls == "self-signed" else None
