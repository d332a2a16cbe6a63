"""Who may ask: the bearer of the token, at an address that is ours."""

import hmac
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from simulator.control.problems import Problem
from simulator.control.sessions import Sessions

LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="pnsim"'}


READING = frozenset(("GET", "HEAD"))


def check_token(headers: Mapping[str, str], token: str, sessions: Sessions | None = None) -> None:
    """Raises Problem 401 unless the request bears the token, compared in constant time, or a session's cookie."""
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    is_right = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), token.encode())
    is_page = "Authorization" not in headers and sessions is not None and sessions.has(headers)
    if not is_page and (scheme.lower() != "bearer" or not is_right):
        raise Problem(
            401,
            "unauthorized",
            "every route needs `Authorization: Bearer TOKEN`; the token is printed when pnsim serve starts, "
            "stands in its ready file, or is what PNSIM_CONTROL_TOKEN was",
        )


def check_host(headers: Mapping[str, str], bound: str) -> None:
    """Raises Problem 421 when `Host` is neither loopback nor where we listen: a page in a browser may be behind it.

    Bound to every address, also any literal address and any name without a dot: no public name has none.
    """
    name = host_name(headers.get("Host", ""))
    is_everywhere = bound in ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
    if name in LOOPBACK or name == bound.lower() or (is_everywhere and _is_local_name(name)):
        return
    raise Problem(
        421, "misdirected request", f"Host {name!r} is not this control plane", valid=sorted({*LOOPBACK, bound.lower()})
    )


def check_origin(method: str, headers: Mapping[str, str]) -> None:
    """Raises Problem 403 when a page of somewhere else asks: its `Origin` is not the address that it asks.

    What changes something and comes with a cookie must name its origin: browsers do, whatever page it is.
    """
    origin = headers.get("Origin")
    is_by_cookie = "Authorization" not in headers
    if origin is None and (method in READING or not is_by_cookie):
        return
    if origin is None or origin.lower() != f"http://{headers.get('Host', '')}".lower():
        said = "without an Origin" if origin is None else f"of {origin!r:.80}"
        raise Problem(403, "foreign origin", f"a page {said} may not ask this control plane; only its own page may")


def host_name(host: str) -> str:
    """The name of a Host header without port and brackets, lower case; empty when it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_local_name(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return bool(name) and "." not in name
