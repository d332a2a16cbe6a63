"""The reader of answers, byte by byte, without a socket."""

import pytest

from simulator.outbound.answer import TLS_HINT, Answer, Failure, FailureKind, Reader

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nT: t\r\n\r\n"
CASES = {
    "plain": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", True),
    "chunked": (CHUNKED, 200, b"abc", True),
    "close": (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
    "http/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
    "http/1.0 kept": (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", True),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b"", True),
    "continue": (b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 201 Ok\r\nContent-Length: 0\r\n\r\n", 201, b"", True),
}


@pytest.mark.parametrize("step", [1, 7, 10_000])
@pytest.mark.parametrize("case", CASES)
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(case, step):
    raw, status, body, reusable = CASES[case]
    reader = Reader()
    outcomes = [reader.feed(raw[at : at + step]) for at in range(0, len(raw), step)]
    *undecided, answer = outcomes
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body, answer.body_length, reader.reusable) == (status, body, len(body), reusable)
    assert set(undecided) <= {None}


def test_headers_keep_order_and_case_and_trailers_are_dropped():
    answer = Reader().feed(CHUNKED.replace(b"\r\n\r\n", b"\r\nx-B: 1\r\nX-a: \xe9\r\n\r\n", 1))
    assert answer.headers == (("Transfer-Encoding", "chunked"), ("x-B", "1"), ("X-a", "é"))


def test_a_second_answer_starts_from_nothing():
    reader = Reader()
    first, second = CASES["plain"][0], CASES["no content"][0]
    reader.feed(first)
    reader.expect(without_body=False)
    assert reader.feed(second) == Answer(204, "No Content", (), b"", 0)


@pytest.mark.parametrize("extra", [b"X", b"H", CASES["plain"][0], b"\x00"])
def test_anything_behind_an_answer_spoils_the_connection_not_the_answer(extra):
    reader = Reader()
    assert reader.feed(CASES["plain"][0] + extra).body == b"ok"
    assert not reader.reusable


def test_an_answer_to_head_ends_with_its_header():
    reader = Reader()
    reader.expect(without_body=True)
    assert reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n").status == 200
    assert not reader.reusable


@pytest.mark.parametrize(
    "raw",
    [b"HTTP/1.0 200 OK\r\n\r\nall of it", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nall of it"],
)
def test_an_answer_without_a_length_ends_with_the_connection(raw):
    reader = Reader()
    assert reader.feed(raw) is None
    assert reader.end().body == b"all of it"
    assert not reader.reusable


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"", "the receiver cut the connection before an answer"),
        (b"HTTP/1.1 200 OK\r\nCont", "the receiver cut the connection in the answer's header: "),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "the receiver cut the connection in the answer's header: "),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
            "the receiver cut the connection in the answer's body, after 3 bytes: ",
        ),
        (CHUNKED[:-10], "the receiver cut the connection in the answer's body, after 3 bytes: "),
    ],
)
def test_a_cut_answer_says_how_far_it_came(raw, detail):
    reader = Reader()
    assert reader.feed(raw) is None
    shown = f"it started with {raw[:60]!r}" if raw else ""
    assert reader.end() == Failure(FailureKind.CUT, detail + shown)


def test_garbage_is_shown_escaped_and_no_longer_than_sixty_bytes():
    failure = Reader().feed(b"\x16\x03\x01 secret" + b"z" * 100)
    assert failure.kind is FailureKind.GARBAGE
    shown = r"\x16\x03\x01 secret" + "z" * 50
    assert failure.detail == f"no HTTP answer (Expected HTTP/, RTSP/ or ICE/): it started with b'{shown}'{TLS_HINT}"


def test_an_unasked_upgrade_is_garbage():
    failure = Reader().feed(b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81")
    assert failure == Failure(FailureKind.GARBAGE, "the receiver switched protocols, which nobody asked for")


def test_a_long_body_is_counted_whole_and_kept_in_part():
    answer = Reader().feed(b"HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n" + b"x" * 1048576)
    assert (answer.body_length, len(answer.body)) == (1048576, 65536)


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2097152\r\n\r\n" + b"x" * 1048577, "body is longer than 1024 KiB"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 32768, "header is longer than 32 KiB"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: " + b"x" * 32768 + b"\r\n\r\n", "header is longer than 32 KiB"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 1500, "header is longer than 32 KiB"),
        (CHUNKED.partition(b"2\r")[0] + b"1;" + b"x" * 1048577, "framing is longer than 1024 KiB"),
        (CHUNKED[:-2] + b"T: t\r\n" * 200_000, "framing is longer than 1024 KiB"),
    ],
    ids=["body", "endless header", "complete header", "1xx for ever", "chunk extension", "trailers"],
)
def test_what_has_no_end_is_too_large(raw, part):
    failure = Reader().feed(raw)
    assert failure == Failure(FailureKind.TOO_LARGE, f"the answer's {part}: the rest was not read")


def test_a_header_of_many_bytes_in_one_piece_with_a_body_is_judged_by_the_header_alone():
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n" + b"x" * 40000
    assert Reader().feed(raw).body_length == 40000
