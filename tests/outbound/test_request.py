"""The bytes of an ordinary request."""

import pytest

from simulator.outbound.gate import parse_target
from simulator.outbound.transport import render_request

TARGET = parse_target("http://localhost:9000/status?a=1", declared=True)


def test_order_and_case_of_headers_are_kept():
    request = render_request("POST", TARGET, [("X-aKSK", 'U n="1"'), ("a", "")], "隐".encode())
    assert request == (
        b"POST /status?a=1 HTTP/1.1\r\nHost: localhost:9000\r\n"
        b'X-aKSK: U n="1"\r\na: \r\ncontent-length: 3\r\n\r\n\xe9\x9a\x90'
    )


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ([("A", "b\r\nC: d")], "the header 'A' holds a line break or NUL: 'b\\r\\nC: d'"),
        ([("A", "b\n")], "the header 'A' holds a line break or NUL: 'b\\n'"),
        ([("A", "b\0")], "the header 'A' holds a line break or NUL: 'b\\x00'"),
        ([("A b", "c")], "'A b' is no HTTP name: letters, digits and !#$%&'*+-.^_`|~ only"),
        ([("A\r\nB", "c")], "'A\\r\\nB' is no HTTP name: letters, digits and !#$%&'*+-.^_`|~ only"),
        ([("A", "隐")], "a header can hold latin-1 only, not '隐': percent-encode it"),
        (
            [("Content-Length", "1")],
            "the header 'Content-Length' is written by the sender itself: leave it out, or send exact bytes",
        ),
    ],
)
def test_a_header_that_would_break_the_request_is_refused(headers, sentence):
    with pytest.raises(ValueError) as refused:
        render_request("POST", TARGET, headers, b"")
    assert str(refused.value) == sentence


def test_a_path_or_method_that_would_break_the_request_is_refused():
    broken = type(TARGET)("http", "h", 80, "/\r\nX: y", declared=True)
    with pytest.raises(ValueError, match="the path holds a line break"):
        render_request("GET", broken, [], b"")
    with pytest.raises(ValueError, match="is no HTTP name"):
        render_request("GET /", TARGET, [], b"")
