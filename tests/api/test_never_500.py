"""Whatever is thrown at an operation: an answer of the platform's own, never a 500, and nothing changed by a refusal."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.served import AXB, KEY, RECORDING, X1, A, B, Got, Platform, platform_with, raw_request, signed, token

TERMINATE = "/rest/httpsessions/callStop/v2.0"
OPERATIONS = [("POST", AXB), ("PUT", AXB), ("DELETE", AXB), ("GET", AXB), ("GET", RECORDING), ("POST", TERMINATE)]
NAMES = st.sampled_from(
    ["callerNum", "calleeNum", "relationNum", "areaCode", "areaMatchMode", "callDirection", "duration", "recordFlag",
     "recordHintTone", "maxDuration", "lastMinVoice", "privateSms", "preVoice", "userData", "subscriptionId", "pageIndex",
     "pageSize", "fileName", "recordDomain", "callerHintTone", "sessionid", "signal"]
)  # fmt: skip
LIKELY = st.sampled_from(
    [A, B, X1, "0755", "010", "true", "0", "1", "60", 0, 1, -1, True, None, "", "x.wav", "call_stop"]
)
VALUES = st.recursive(
    LIKELY | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=8)


class Room:
    """A platform with a loop of its own: Hypothesis asks it many times in one test."""

    def __init__(self, mode: str = "AXB") -> None:
        self.loop = asyncio.new_event_loop()
        self.context: AbstractAsyncContextManager[Platform] = platform_with(mode=mode)
        self.platform = self.loop.run_until_complete(self.context.__aenter__())

    def send(self, raw: bytes) -> Got:
        return self.loop.run_until_complete(self.platform.send(raw))

    def close(self) -> None:
        self.loop.run_until_complete(self.context.__aexit__(None, None, None))
        self.loop.close()


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.close()


def sent(room: Room, raw: bytes) -> Got:
    """Send; a refusal has changed nothing, and no answer is a 500."""
    before = room.platform.state()
    got = room.send(raw)
    assert got.status < 500, (raw, got)
    if got.status >= 400:
        assert room.platform.state() == before
        assert room.platform.last()["refusal"]
    return got


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(OPERATIONS), OBJECTS, st.dictionaries(NAMES, st.text(max_size=20) | LIKELY, max_size=5))
def test_no_json_object_and_no_query_is_a_500(
    room: Room, operation: tuple[str, str], members: dict[str, object], query: dict[str, object]
) -> None:
    method, path = operation
    target = f"{path}?{urlencode(query, errors='surrogatepass')}"
    got = sent(room, raw_request(method, target, signed(), json.dumps(members).encode()))
    assert got.status == 301 or "resultcode" in got.json()


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(OPERATIONS), st.binary(max_size=300), st.binary(max_size=40))
def test_no_bytes_in_body_and_query_are_a_500(
    room: Room, operation: tuple[str, str], body: bytes, query: bytes
) -> None:
    method, path = operation
    line, _, rest = raw_request(method, path, signed(), body).partition(b" HTTP/1.1\r\n")
    sent(room, line + b"?" + query.translate(None, b"\r\n \x00") + b" HTTP/1.1\r\n" + rest)


HEADER_TEXT = st.text(st.characters(exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["Authorization", "X-AKSK", "X-WSSE"]), HEADER_TEXT, HEADER_TEXT)
def test_no_header_is_a_500(room: Room, name: str, value: str, nonce: str) -> None:
    got = sent(room, raw_request("GET", AXB, {**signed(), name: value}))
    assert got.status in (400, 401, 403)
    sent(room, raw_request("GET", AXB, {**signed(), "X-AKSK": token(KEY, value, nonce)}))


UGLY = {
    "duplicate": b'{"callerNum":"1","calleeNum":"2","callerNum":"3"}',
    "duplicate with blanks": b'{"callerNum":"1", "calleeNum":"2", "callerNum" : "1"}',
    "duplicate, one escaped": b'{"callerNum":"1","calleeNum":"2","caller\\u004eum":"3"}',
    "duplicate inside": b'{"callerNum":"1","calleeNum":"2","preVoice":{"callerHintTone":"a","callerHintTone":"b"}}',
    "duplicate deep inside": b'{"callerNum":"1","calleeNum":"2","x":[{"y":[{"a":1,"a":2}]}]}',
    "nesting bomb": b'{"callerNum":' * 900 + b"1" + b"}" * 900,
    "deeper nesting bomb": b'{"a":' * 10_000,
    "bomb of arrays": b"[" * 60_000,
    "bomb within the parser's depth and with an escape": b'{"\\u0061":' * 1000 + b"1" + b"}" * 1000,
    "huge integer": b'{"callerNum":' + b"9" * 5000 + b"}",
    "huge integer beside an escape": b'{"\\u0061":1,"callerNum":' + b"9" * 5000 + b"}",
    "huge exponent": b'{"duration":1e999}',
    "not a number": b'{"callerNum":NaN}',
    "infinite": b'{"duration":Infinity}',
    "invalid UTF-8": b'{"callerNum":"\xff\xfe"}',
    "lone surrogate": b'{"callerNum":"\\ud800"}',
    "byte order mark": b'\xef\xbb\xbf{"callerNum":"1"}',
    "array": b"[]",
    "string": b'"callerNum"',
    "null": b"null",
    "number": b"0",
    "empty": b"",
    "blanks": b" \r\n",
    "trailing": b'{"callerNum":"1"} {}',
    "form": b"callerNum=1&calleeNum=2",
}


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("name", UGLY)
def test_every_ugly_body_is_1010002(room: Room, name: str, method: str) -> None:
    got = sent(room, raw_request(method, AXB, signed(), UGLY[name]))
    assert (got.status, got.code) == (403, "1010002")
