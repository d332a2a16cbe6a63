"""Where a request may be aimed: one parsed, harmless address of a receiver."""

import ipaddress
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import SplitResult, quote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSPEAKABLE = re.compile(r"[\x00-\x20\x7f\\]|\s")
_HOST_NAME = re.compile(r"[a-z0-9._-]{1,253}")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class Target:
    """A receiver's address, split: `host` lower-case ASCII, `path` with its query, `declared` if a person named it."""

    scheme: str
    host: str
    port: int
    path: str
    declared: bool
    authority: str = field(init=False, repr=False, compare=False)
    """What the Host header says: the port only where it is not the scheme's own."""

    def __post_init__(self) -> None:
        host = bracketed(self.host)
        shown = host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"
        object.__setattr__(self, "authority", shown)

    @property
    def origin(self) -> str:
        """Scheme, host and port as a person writes them, the port always shown."""
        return f"{self.scheme}://{bracketed(self.host)}:{self.port}"


def parse_target(url: str, *, declared: bool) -> Target:
    """Reads an http or https address.

    Raises ValueError with a sentence that says what is wrong and what would be right; a password is never repeated.
    """
    _refuse_unspeakable(url)
    parts = _split(url)
    scheme = _scheme(parts, url)
    if "@" in parts.netloc:
        raise ValueError("an address of a receiver holds no user name or password: drop everything up to the '@'")
    if "#" in url:
        raise ValueError(f"{url!r}: a fragment ('#…') is never sent to a server: drop it")
    host = normal_host(parts.hostname or "", url)
    return Target(scheme, host, _port(parts, scheme, url), _path(parts), declared)


def bracketed(host: str) -> str:
    """The host as it stands in an address: an IPv6 literal in brackets."""
    return f"[{host}]" if ":" in host else host


def normal_host(host: str, url: str) -> str:
    """Lower-case ASCII form of a host (IDNA applied, IPv6 shortened); ValueError naming `url` where there is none."""
    if not host:
        raise ValueError(f"{url!r} has no host: write for example http://127.0.0.1:9000/status")
    if ":" in host:
        return _ipv6(host, url)
    try:
        ascii_host = host.encode("idna").decode().lower()
    except UnicodeError as error:
        raise ValueError(f"{url!r}: the host {host!r} is no host name ({error})") from error
    if not _HOST_NAME.fullmatch(ascii_host):
        raise ValueError(f"{url!r}: the host {host!r} holds a character no host name has")
    return ascii_host


def _refuse_unspeakable(url: str) -> None:
    found = _UNSPEAKABLE.search(url)
    if found:
        raise ValueError(
            f"{_without_userinfo(url)!r} holds {found.group()!r} at position {found.start() + 1}: "
            "spaces, line breaks, control characters and backslashes must be percent-encoded"
        )


def _without_userinfo(url: str) -> str:
    return re.sub(r"//[^/]*@", "//…@", url)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise ValueError(f"{_without_userinfo(url)!r} is no address: {error}") from error


def _scheme(parts: SplitResult, url: str) -> str:
    if parts.scheme in DEFAULT_PORTS and parts.netloc:
        return parts.scheme
    shown = _without_userinfo(url)
    if "//" not in url:
        rest = shown.split(":", 1)[1] if parts.scheme in DEFAULT_PORTS else shown
        raise ValueError(f"{shown!r} does not start with http:// or https://: write for example http://{rest}")
    if parts.scheme in DEFAULT_PORTS:
        raise ValueError(f"{shown!r} has no host: write for example http://127.0.0.1:9000/status")
    near = get_close_matches(parts.scheme, DEFAULT_PORTS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"{shown!r}: only http and https are spoken, not {parts.scheme!r}{hint}")


def _port(parts: SplitResult, scheme: str, url: str) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError(f"{url!r}: the port must be a number from 1 to 65535")
    return port or DEFAULT_PORTS[scheme]


def _ipv6(host: str, url: str) -> str:
    try:
        if "%" not in host:
            return str(ipaddress.IPv6Address(host))
    except ValueError as error:
        raise ValueError(f"{url!r}: [{host}] is no IPv6 address ({error})") from error
    raise ValueError(f"{url!r}: an IPv6 address with a zone ('%…') cannot be dialled: give it without its zone")


def _path(parts: SplitResult) -> str:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(path, safe=_PRINTABLE)
