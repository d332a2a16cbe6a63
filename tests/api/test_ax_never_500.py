"""Whatever is thrown at an operation of AX: an answer of the platform's own, never a 500, and a refusal changes nothing."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.served import X1, X2, A, B, raw_request, signed
from tests.api.test_never_500 import UGLY, Room, sent

AX = "/rest/provision/caas/privatenumber/v1.0"
CALLEE = "/rest/caas/privatenumber/calleenumber/v1.0"
OPERATIONS = [("POST", AX), ("PUT", AX), ("DELETE", AX), ("GET", AX), ("PUT", CALLEE)]
NAMES = st.sampled_from(
    ["origNum", "privateNum", "privateNumType", "areaCode", "areaMatchMode", "recordFlag", "recordHintTone",
     "calleeNumDisplay", "privateSms", "preVoice", "maxDuration", "lastMinVoice", "userData", "turnFlag", "callDirection",
     "subscriptionId", "calleeNum", "duration", "callerHintTone"]
)  # fmt: skip
LIKELY = st.sampled_from(
    [A, B, X1, X2, "0755", "010", "mobile-virtual", "true", "0", "1", "on", "off", 0, 1, -1, True, None, "", "x.wav"]
)
VALUES = st.recursive(
    LIKELY | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=8)
NEARLY = st.fixed_dictionaries({"origNum": LIKELY, "privateNum": LIKELY}, optional={"calleeNum": LIKELY})


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    room = Room(mode="AX")
    yield room
    room.close()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(OPERATIONS), OBJECTS, NEARLY, st.dictionaries(NAMES, st.text(max_size=20) | LIKELY, max_size=5))
def test_no_json_object_and_no_query_is_a_500(
    room: Room,
    operation: tuple[str, str],
    members: dict[str, object],
    nearly: dict[str, object],
    query: dict[str, object],
) -> None:
    method, path = operation
    target = f"{path}?{urlencode(query, errors='surrogatepass')}"
    got = sent(room, raw_request(method, target, signed(), json.dumps({**nearly, **members}).encode()))
    assert "resultcode" in got.json()


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(OPERATIONS), st.binary(max_size=300), st.binary(max_size=40))
def test_no_bytes_in_body_and_query_are_a_500(
    room: Room, operation: tuple[str, str], body: bytes, query: bytes
) -> None:
    method, path = operation
    line, _, rest = raw_request(method, path, signed(), body).partition(b" HTTP/1.1\r\n")
    sent(room, line + b"?" + query.translate(None, b"\r\n \x00") + b" HTTP/1.1\r\n" + rest)


@pytest.mark.parametrize(("method", "path"), [("POST", AX), ("PUT", AX), ("PUT", CALLEE)])
@pytest.mark.parametrize("name", UGLY)
def test_every_ugly_body_is_1010002(room: Room, name: str, method: str, path: str) -> None:
    got = sent(room, raw_request(method, path, signed(), UGLY[name]))
    assert (got.status, got.code) == (403, "1010002")
