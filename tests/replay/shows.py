"""Captures for tests: what a story pushed, read from its journal as a proxy would have recorded it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from simulator.replay.drift import Result
from simulator.replay.recorded import HEADER, Recorded

AT = datetime(2026, 1, 1, 8, 0, 0, tzinfo=UTC)


def recorded(rows: Iterable[Mapping[str, Any]], name: str = "story") -> Iterator[Recorded]:
    """The attempts of a journal, in their order."""
    ended = {(row["delivery_id"], row["number"]): row for row in rows if row["kind"] == "attempt_ended"}
    for place, row in enumerate(rows, 1):
        if row["kind"] == "attempt_started":
            yield _attempt(row, ended.get((row["delivery_id"], row["number"]), {}), f"{name}:{place}")


def _attempt(row: Mapping[str, Any], end: Mapping[str, Any], source: str) -> Recorded:
    return Recorded(
        at=datetime.fromisoformat(row["at"]),
        source=source,
        method="POST",
        url=row["url"],
        headers=tuple(map(tuple, row["headers"])),
        body=row["body"].encode(),
        status=end.get("status"),
        answer=(end.get("answer") or "").encode(),
        failure=end.get("failure") or "",
        wall_seconds=end.get("wall_seconds"),
        app_key=row["app_key"],
        notification_id=row["delivery_id"],
        attempt=row["number"],
    )


def capture(requests: Iterable[Recorded]) -> bytes:
    """The bytes of a capture."""
    lines = [HEADER, *(request.as_json() for request in requests)]
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)


def pushed(bodies: Sequence[object], at: datetime = AT) -> Iterator[Recorded]:
    """Bodies one second after the other, all answered with 200."""
    for place, body in enumerate(bodies, 1):
        sent = at + timedelta(seconds=place)
        yield Recorded(sent, f"story:{place}", "POST", "/status", (), orjson.dumps(body), 200, wall_seconds=0.01)


def told(result: Result) -> list[object]:
    """What is drift in a result."""
    found: list[object] = [group.as_json() for group in result.findings]
    return found + [one.as_json() for one in result.verdicts if one.is_drift]
