"""Recordings for the tests: one call and one SMS, as requests, as rows of the journal, as a HAR, as bare bodies."""

import json
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.replay.recorded import HEADER, Recorded

AT = datetime(2026, 1, 1, 8, 0, 0, tzinfo=UTC)
CALLER, X, CALLEE = "+8613800000021", "+8613800000001", "+8613800000023"
HEADERS = (
    ("content-type", "application/json;charset=UTF-8"),
    ("authorization", 'AKSK realm="SDP",profile="UsernameToken",type="Appkey"'),
    ("x-aksk", 'UsernameToken Username="axb-demo",PasswordDigest="****",Nonce="1f",Created="2026-01-01T08:00:00Z"'),
)


def event(kind: str, session: str = "s-1", seconds: float = 0, **members: Any) -> bytes:
    at = AT + timedelta(seconds=seconds)
    info = {"sessionId": session, "timestamp": f"{at:%Y-%m-%d %H:%M:%S}", "caller": CALLER, "called": X}
    return json.dumps({"eventType": kind, "statusInfo": {**info, **members}}).encode()


def fee(*sessions: str, seconds: float = 10, service_type: str = "004", cause: int = 0) -> bytes:
    at = f"{AT + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"
    record = {"direction": 1, "spId": "sp", "appKey": "axb-demo", "bindNum": X, "callerNum": CALLER, "calleeNum": X}
    record |= {"fwdDstNum": CALLEE, "callEndTime": at, "ulFailReason": cause, "serviceType": service_type}
    return json.dumps({"eventType": "fee", "feeLst": [{**record, "sessionId": one} for one in sessions]}).encode()


def request(body: bytes, seconds: float = 0, **members: Any) -> Recorded:
    known = {"status": 200, "headers": HEADERS, "url": "http://127.0.0.1:9000/status", **members}
    return Recorded(at=AT + timedelta(seconds=seconds), source="r:1", method="POST", body=body, **known)


def a_call(session: str = "s-1", start: float = 0, cause: int = 0) -> list[Recorded]:
    """Five requests about one call."""
    bodies = [
        event("callin", session, start),
        event("callout", session, start + 1, called=CALLEE),
        event("disconnect", session, start + 9, called=CALLEE, stateCode=cause),
        fee(session, seconds=start + 9, cause=cause),
    ]
    return [request(body, start + second) for second, body in zip((0, 1, 9, 10), bodies, strict=True)]


def rows(requests: Iterable[Recorded]) -> list[dict[str, Any]]:
    """The rows of our own journal that say the same."""
    found: list[dict[str, Any]] = []
    for number, one in enumerate(requests, 1):
        shared = {"app_key": "axb-demo", "delivery_id": f"d-{number}", "notification_ids": [f"n-{number}"]}
        shared |= {"call_id": "c", "number": one.attempt}
        at = one.at.isoformat().replace("+00:00", "Z")
        start = {"url": one.url, "headers": [list(pair) for pair in one.headers], "body": one.body.decode()}
        found.append({"position": 2 * number, "at": at, "kind": "attempt_started", **shared, **start})
        ended = {"status": one.status} if one.status else {"failure": "timeout", "reason": one.failure}
        answer = {"answer": one.answer.decode(), "wall_seconds": one.wall_seconds}
        found.append({"position": 2 * number + 1, "at": at, "kind": "attempt_ended", **shared, **ended, **answer})
    return found


def ndjson(values: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def capture(requests: Iterable[Recorded]) -> bytes:
    return ndjson([HEADER, *(one.as_json() for one in requests)])


def har(requests: Iterable[Recorded]) -> dict[str, Any]:
    return {"log": {"version": "1.2", "entries": [_entry(one) for one in requests]}}


def _entry(one: Recorded) -> dict[str, Any]:
    headers = [{"name": name, "value": value} for name, value in (*one.headers, (":authority", "x"))]
    posted = {"mimeType": "application/json;charset=UTF-8", "text": one.body.decode()}
    content = {"size": len(one.answer), "text": b64encode(one.answer).decode(), "encoding": "base64"}
    return {
        "startedDateTime": one.at.isoformat().replace("+00:00", "Z"),
        "time": 12.5,
        "request": {"method": "POST", "url": one.url, "headers": headers, "postData": posted},
        "response": {"status": one.status or 0, "headers": [], "content": content},
    }
