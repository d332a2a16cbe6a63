"""What may be dialled: declared receivers wherever their host leads, everything else only on loopback (the gate)."""

import asyncio
import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from simulator.outbound.target import Target, bracketed, normal_host, parse_target

__all__ = ["Address", "Forbidden", "Gate", "Target", "parse_target"]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ONLY_LOOPBACK = "only loopback (127.0.0.0/8, ::1) may be dialled; declare it as a receiver to allow it"


class Forbidden(Exception):
    """The gate's refusal, one sentence: which address, why, and what would be allowed."""


class Address(NamedTuple):
    """One checked address, ready for a socket: a literal IP (never a name), so nothing looks it up a second time."""

    family: int
    ip: str
    port: int

    def __str__(self) -> str:
        return f"{bracketed(self.ip)}:{self.port}"


class Gate:
    """Judges every address on its way to a socket; knows the hosts that were declared as receivers."""

    def __init__(self, declared_hosts: frozenset[str] = frozenset()) -> None:
        self._declared = {normal_host(host, host) for host in declared_hosts}

    def declare(self, url: str) -> Target:
        """Allows the host of `url`, on every port; ValueError where it is no address of a receiver."""
        target = parse_target(url, declared=True)
        self._declared.add(target.host)
        return target

    async def addresses(self, target: Target) -> tuple[Address, ...]:
        """The addresses that `target` may be dialled at now, in the resolver's order, resolved afresh each time.

        Raises Forbidden when none of them is allowed, and OSError (socket.gaierror) when the name leads nowhere.
        """
        declared = target.declared or target.host in self._declared
        literal = _literal(target.host)
        if literal is None and not declared:
            _refuse_odd_literal(target.host)
        found = [str(literal)] if literal else await _resolve(target)
        return _checked(target, found, declared=declared)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refuse_odd_literal(host: str) -> None:
    try:
        meant = socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return
    raise Forbidden(f"{host} is an odd way to write {meant}, which hides where it leads: write {meant}")


async def _resolve(target: Target) -> list[str]:
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _checked(target: Target, found: list[str], *, declared: bool) -> tuple[Address, ...]:
    real = [_stands_for(ip) for ip in found]
    allowed = [ip for ip in real if declared or ip.is_loopback]
    if not allowed:
        raise Forbidden(_refusal(target.host, found))
    return tuple(Address(_family(ip), str(ip), target.port) for ip in allowed)


def _family(ip: IPv4Address | IPv6Address) -> int:
    return socket.AF_INET if ip.version == 4 else socket.AF_INET6


def _stands_for(text: str) -> IPv4Address | IPv6Address:
    """The address really dialled: an IPv4-mapped one reaches its IPv4 address on this same machine."""
    ip = ipaddress.ip_address(text)
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def _tunnelled(ip: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside NAT64 or 6to4. It is reached through another machine, so it is loopback for nobody."""
    if isinstance(ip, IPv4Address):
        return None
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip.sixtofour


def _refusal(host: str, found: list[str]) -> str:
    shown = ", ".join(_shown(text) for text in found) or "no address"
    where = shown if host in found else f"{host}, which leads to {shown},"
    return f"{where} is not declared as a receiver, and {_ONLY_LOOPBACK}"


def _shown(text: str) -> str:
    inner = _tunnelled(_stands_for(text))
    return f"{text} (a tunnel to {inner})" if inner else text
