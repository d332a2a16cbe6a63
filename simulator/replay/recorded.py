"""One recorded request to a receiver with its answer: what every source is read into and what a capture writes.

A capture is NDJSON: its first line is HEADER, every other one a `Recorded` as `as_json` writes it. A line is written
whole or, where the program was killed, not at all; a cut last line is no reason to refuse the rest.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf, isfinite

FORMAT = "pnsim.capture"
VERSION = 1
HEADER = {"format": FORMAT, "version": VERSION}
LARGEST = 2**63 - 1

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request that went to a receiver, and what was answered.

    `at`: aware UTC, when its first byte was sent; `source`: where it stands, `FILE:LINE` or `FILE:POSITION`; `status`
    None: no answer, and `failure` says why; `wall_seconds`: how long the answer took, None where nobody measured.
    """

    at: datetime
    source: str
    method: str
    url: str
    headers: Headers
    body: bytes
    status: int | None = None
    answer_headers: Headers = ()
    answer: bytes = b""
    failure: str = ""
    wall_seconds: float | None = None
    app_key: str | None = None
    notification_id: str | None = None
    """The notification or batch that it is an attempt of, where the source knows."""
    attempt: int = 1

    def as_json(self) -> dict[str, object]:
        """A line of a capture; a body that is no UTF-8 stands as base64."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        request = {
            "at": at,
            "method": self.method,
            "url": self.url,
            "headers": [list(header) for header in self.headers],
            **_bytes("body", self.body),
        }
        answer = {
            "status": self.status,
            "answer_headers": [list(header) for header in self.answer_headers],
            **_bytes("answer", self.answer),
            "failure": self.failure,
            "wall_seconds": self.wall_seconds,
        }
        known = {"app_key": self.app_key, "notification_id": self.notification_id, "attempt": self.attempt}
        return {**request, **answer, **{name: value for name, value in known.items() if value is not None}}


def from_json(line: Mapping[str, object], source: str) -> Recorded:
    """A line of a capture; raises KeyError, TypeError or ValueError for one that is none."""
    get = line.get
    return Recorded(
        at=_instant(_text(line["at"])),
        source=source,
        method=_text(line["method"]),
        url=_text(line["url"]),
        headers=_headers(line["headers"]),
        body=_from_bytes(line, "body"),
        status=None if get("status") is None else whole(get("status")),
        answer_headers=_headers(get("answer_headers") or []),
        answer=_from_bytes(line, "answer"),
        failure=_text(get("failure") or ""),
        wall_seconds=None if get("wall_seconds") is None else seconds(get("wall_seconds")),
        app_key=None if get("app_key") is None else _text(get("app_key")),
        notification_id=None if get("notification_id") is None else _text(get("notification_id")),
        attempt=whole(get("attempt") or 1),
    )


def utc(at: datetime) -> datetime:
    """An instant with a zone in UTC; raises ValueError where it is before year 1 or after 9999 there."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"the instant {at.isoformat()!r} is none of the years 1 to 9999 in UTC") from None


def whole(value: object) -> int:
    """A whole number, also one that stands as text; raises ValueError."""
    try:
        number = int(str(value))
    except ValueError:
        number = LARGEST + 1
    if abs(number) > LARGEST:
        raise ValueError(f"a whole number of at most 64 bits is expected, not {value!r:.40}")
    return number


def seconds(value: object) -> float:
    """A duration, also one that stands as text; raises ValueError."""
    try:
        number = float(str(value))
    except ValueError:
        number = inf
    if not isfinite(number):
        raise ValueError(f"a number of seconds is expected, not {value!r:.40}")
    return number


def _bytes(name: str, value: bytes) -> dict[str, object]:
    try:
        return {name: value.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": b64encode(value).decode()}


def _instant(text: str) -> datetime:
    """One without a zone is left as it is, for its reader to refuse."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is None else utc(at)


def _from_bytes(line: Mapping[str, object], name: str) -> bytes:
    encoded = line.get(f"{name}_base64")
    return b64decode(_text(encoded), validate=True) if encoded is not None else _text(line.get(name) or "").encode()


def _headers(value: object) -> Headers:
    if not isinstance(value, list):
        raise TypeError(f"headers are a list of pairs, not {value!r:.60}")
    return tuple((_text(name), _text(content)) for name, content in value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is expected, not {value!r:.60}")
    return value
