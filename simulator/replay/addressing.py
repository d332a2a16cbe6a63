"""Where a recorded request goes, and with which headers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from simulator.contract.reading import Reading
from simulator.replay.recorded import Headers, Recorded

HOP_BY_HOP = frozenset(
    ("host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
     "proxy-authorization", "proxy-connection")
)  # fmt: skip
"""Headers that belong to the connection they came over, and are written by the sender."""
SIGNATURE = frozenset(("content-type", "authorization", "x-aksk", "x-wsse"))
ELSEWHERE = "status"


class Unaddressed(ValueError):
    """A request whose source has no address for it."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """`base` None: each request goes where it went then. `paths`: the path of each slot below a base."""

    base: str | None
    paths: Mapping[str, str]

    def of(self, recorded: Recorded, told: Reading) -> str:
        """The address of a request; the path it came to then counts, where it is one of ours. Raises Unaddressed."""
        if self.base is None:
            if "://" not in recorded.url:
                raise Unaddressed(f"{recorded.source} says of no address where it went; name --receiver URL")
            return recorded.url
        came_to = urlsplit(recorded.url).path.rstrip("/").rpartition("/")[2] if recorded.url else ""
        if came_to in self.paths.values():
            return f"{self.base}/{came_to}"
        return f"{self.base}/{self.paths[told.kind.slot if told.kind else ELSEWHERE]}"


def kept_headers(recorded: Recorded) -> Headers:
    """The recorded headers untouched, but for those of its connection."""
    return tuple(header for header in recorded.headers if header[0].lower() not in HOP_BY_HOP)


def signed_again(recorded: Recorded, sign: Callable[[], Headers]) -> Headers:
    """A new signature, and what else was recorded beside the old one."""
    others = (header for header in kept_headers(recorded) if header[0].lower() not in SIGNATURE)
    return (*sign(), *others)


def signer_key(recorded: Recorded, told: Reading) -> str | None:
    """The key of the application whose notification it is: as the source says, or the signature, or the body."""
    if recorded.app_key is not None:
        return recorded.app_key
    for name, value in recorded.headers:
        if name.lower() in ("x-aksk", "x-wsse"):
            key = value.partition('Username="')[2].partition('"')[0]
            if key:
                return key
    return told.app_key
