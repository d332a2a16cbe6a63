"""A recorded request survives its line of a capture unchanged, whatever its bytes are."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.replay.recorded import Recorded, from_json

AT = datetime(2026, 1, 1, 8, 0, 0, 5, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(body=st.binary(), answer=st.binary(), status=st.none() | st.integers(100, 599), header=st.tuples(texts, texts))
def test_what_is_written_is_read_again(body, answer, status, header):
    recorded = Recorded(AT, "c:1", "POST", "/status", (header,), body, status, (header, header), answer, "cut", 0.5)
    line = orjson.loads(orjson.dumps(recorded.as_json()))
    assert from_json(line, "c:1") == recorded


@pytest.mark.parametrize("wrong", [{}, {"at": 1}, {"at": "yesterday"}, {"headers": {}}, {"body": 3}])
def test_what_is_no_line_of_a_capture_is_refused(wrong):
    line = {**Recorded(AT, "c:1", "POST", "/", (), b"").as_json(), **wrong} if wrong else {}
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json(line, "c:1")
