"""One request in every detail: what the faults of the bytes change, and the transport writes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from simulator.outbound.target import Target

Headers = tuple[tuple[str, str], ...]
LENGTH = "content-length"


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A POST with every header as it is written; `body` is what follows the head, byte for byte.

    `signed` makes the headers of the profile's signature again, as of so many seconds ago.
    """

    headers: Headers
    body: bytes
    signed: Callable[[float], Headers] = field(repr=False, compare=False)
    version: str = "HTTP/1.1"
    pause_at: int | None = None
    """After so many bytes of the body the sender pauses."""
    pause_seconds: float = 0
    cut_at: int | None = None
    """After so many bytes of the body the sender hangs up."""

    def with_body(self, body: bytes) -> Self:
        """Another body, with the length that it has."""
        return replace(self, body=body).with_header(LENGTH, str(len(body)))

    def with_header(self, name: str, value: str) -> Self:
        """A header of this name with another value."""
        headers = tuple((one, value if one.lower() == name else was) for one, was in self.headers)
        return replace(self, headers=headers)

    def segments(self, target: Target) -> Sequence[bytes]:
        """What is written: head and body, parted where the sender pauses, ending where it hangs up."""
        lines = [f"POST {target.path} {self.version}", *(f"{name}: {value}" for name, value in self.headers)]
        written = "\r\n".join([*lines, "", ""]).encode("latin-1") + self.sent
        if self.pause_at is None:
            return (written,)
        pause = len(written) - len(self.sent) + self.pause_at
        return (written[:pause], written[pause:])

    @property
    def sent(self) -> bytes:
        """The part of the body that is sent."""
        return self.body if self.cut_at is None else self.body[: self.cut_at]


def ordinary(target: Target, headers: Headers, body: bytes, signed: Callable[[float], Headers]) -> RawRequest:
    """The request that would be sent without a fault."""
    return RawRequest((("Host", target.authority), *headers, (LENGTH, str(len(body)))), body, signed)
