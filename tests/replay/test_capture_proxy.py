"""The proxy passes bytes as they are, both ways, and says what became of every exchange (raw sockets on both sides)."""

import asyncio
import socket
import struct

import pytest

from tests.replay.proxied import OK, POST, between, raw_server

CHUNKED = (
    b"POST /fee HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'3;ext=1\r\n{"a\r\n0004\r\n":1}\r\n0\r\nX-Trailer: t\r\n\r\n'
)
CHUNKED_ANSWER = b"HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\nx-CASE: K\r\n\r\n2\r\nok\r\n0\r\n\r\n"
OLD = b"POST /sms HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi"
OLD_ANSWER = b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\nuntil the end"


class Scripted:
    """A receiver that reads so many bytes, then says something, connection by connection."""

    def __init__(self, *turns: tuple[int, bytes]) -> None:
        self.turns = turns
        self.got: list[bytes] = []

    async def __call__(self, reader, writer):
        for size, answer in self.turns:
            self.got.append(await reader.readexactly(size))
            writer.write(answer)
            await writer.drain()


@pytest.mark.parametrize(
    ("request_bytes", "answer", "body", "answer_body"),
    [
        (POST, OK, b'{"a":1}', b"ok"),
        (CHUNKED, CHUNKED_ANSWER, b'{"a":1}', b"ok"),
        (OLD, OLD_ANSWER, b"hi", b"until the end"),
        (b"POST / HTTP/1.1\nContent-Length: 1\n\nx", b"HTTP/1.1 204 No Content\n\n", b"x", b""),
        (b"HEAD / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"", b""),
        (
            b"GET http://other/x HTTP/1.1\r\n\r\n",
            b"HTTP/1.1 302 F\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n",
            b"",
            b"",
        ),
    ],
)
async def test_bytes_pass_unchanged_both_ways(tmp_path, request_bytes, answer, body, answer_body):
    receiver = Scripted((len(request_bytes), answer))
    async with raw_server(receiver) as port, between(port, tmp_path / "c") as proxy:
        assert await proxy.say(request_bytes) == answer
    assert receiver.got == [request_bytes]
    (line,) = proxy.lines()
    assert (line.body, line.answer, line.failure) == (body, answer_body, "")
    assert line.status == int(answer[9:12])
    assert line.wall_seconds is not None


async def test_a_line_holds_method_target_headers_and_their_case_and_order(tmp_path):
    async with raw_server(Scripted((len(POST), OK))) as port, between(port, tmp_path / "c") as proxy:
        await proxy.say(POST)
    (line,) = proxy.lines()
    assert (line.method, line.url) == ("POST", f"http://127.0.0.1:{port}/status?a=%41&b=+")
    assert line.headers == (
        ("HOST", "platform.example"),
        ("content-TYPE", "application/json;charset=UTF-8"),
        ("X-Odd", "two  blanks"),
        ("X-odd", "again"),
        ("Content-Length", "7"),
    )


async def test_one_byte_at_a_time(tmp_path):
    answer = b"HTTP/1.1 100 Continue\r\n\r\n" + CHUNKED_ANSWER

    async def dribble(reader, writer):
        got.append(await reader.readexactly(len(CHUNKED)))
        for byte in answer:
            writer.write(bytes([byte]))
            await writer.drain()

    got: list[bytes] = []
    async with raw_server(dribble) as port, between(port, tmp_path / "c") as proxy:
        assert await proxy.say(*(bytes([byte]) for byte in CHUNKED)) == answer
    assert got == [CHUNKED]
    assert [(line.body, line.status, line.answer) for line in proxy.lines()] == [(b'{"a":1}', 200, b"ok")]


async def test_many_exchanges_on_one_connection_also_pipelined(tmp_path):
    receiver = Scripted((len(POST), OK), (2 * len(POST), OK + CHUNKED_ANSWER), (len(CHUNKED), OK))
    async with raw_server(receiver) as port, between(port, tmp_path / "c") as proxy:
        reader, writer = await proxy.connect()
        writer.write(POST)
        assert await reader.readexactly(len(OK)) == OK
        writer.write(POST + POST)
        assert await reader.readexactly(len(OK + CHUNKED_ANSWER)) == OK + CHUNKED_ANSWER
        writer.write(CHUNKED)
        assert await reader.read() == OK
        writer.close()
    assert [line.status for line in proxy.lines()] == [200] * 4
    assert proxy.capture.counts.connections == 1


async def test_a_platform_that_waits_for_100_continue(tmp_path):
    head = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    go_on = b"HTTP/1.1 100 Continue\r\n\r\n"
    async with raw_server(Scripted((len(head), go_on), (2, OK))) as port, between(port, tmp_path / "c") as proxy:
        reader, writer = await proxy.connect()
        writer.write(head)
        assert await reader.readexactly(len(go_on)) == go_on
        writer.write(b"hi")
        assert await reader.read() == OK
        writer.close()
    assert [(line.body, line.status) for line in proxy.lines()] == [(b"hi", 200)]


async def test_an_answer_that_comes_before_the_request_is_whole(tmp_path):
    early = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n"

    async def impatient(reader, writer):
        await reader.readexactly(len(head))
        writer.write(early)
        await reader.readexactly(10)

    async with raw_server(impatient) as port, between(port, tmp_path / "c") as proxy:
        reader, writer = await proxy.connect()
        writer.write(head)
        assert await reader.readexactly(len(early)) == early
        writer.write(b"0123456789")
        assert await reader.read() == b""
        writer.close()
    assert [(line.status, line.body) for line in proxy.lines()] == [(413, b"0123456789")]


async def test_nobody_listens(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with between(port, tmp_path / "c") as proxy:
        answer = await proxy.say(POST[:40], POST[40:])
        assert answer.startswith(b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain")
        assert answer.endswith(f"\r\n\r\npnsim capture: connection refused by 127.0.0.1:{port}\n".encode())
    (line,) = proxy.lines()
    assert (line.status, line.failure, line.body) == (None, f"connection refused by 127.0.0.1:{port}", b'{"a":1}')


async def test_a_receiver_that_never_answers_is_a_504(tmp_path):
    async def hang(reader, writer):
        await reader.read()

    async with raw_server(hang) as port, between(port, tmp_path / "c", timeout=0.05) as proxy:
        answer = await proxy.say(POST)
        assert answer.startswith(b"HTTP/1.1 504 Gateway Timeout\r\n")
        assert answer.endswith(b"pnsim capture: no answer within 0.05 s\n")
    assert [(line.status, line.failure) for line in proxy.lines()] == [(None, "no answer within 0.05 s")]


async def test_a_receiver_that_closes_without_an_answer_is_a_502(tmp_path):
    async with raw_server(Scripted((len(POST), b""))) as port, between(port, tmp_path / "c") as proxy:
        answer = await proxy.say(POST)
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert [line.failure for line in proxy.lines()] == ["the receiver cut the connection before an answer"]


@pytest.mark.parametrize("is_reset", [False, True])
async def test_a_receiver_that_breaks_off_in_its_answer(tmp_path, is_reset):
    part = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
    go_on = asyncio.Event()

    async def cut(reader, writer):
        await reader.readexactly(len(POST))
        writer.write(part)
        await go_on.wait()
        if is_reset:
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async with raw_server(cut) as port, between(port, tmp_path / "c") as proxy:
        reader, writer = await proxy.connect()
        writer.write(POST)
        assert await reader.readexactly(len(part)) == part
        go_on.set()
        if is_reset:
            with pytest.raises(ConnectionResetError):
                await reader.read()
        else:
            assert await reader.read() == b""
        writer.close()
    (line,) = proxy.lines()
    assert (line.status, line.answer) == (None, b"abc")
    assert line.failure == "the receiver cut the connection in the answer's body, after 3 bytes"


async def test_a_platform_that_leaves_before_the_answer(tmp_path):
    came, left = asyncio.Event(), asyncio.Event()

    async def patient(reader, writer):
        await reader.readexactly(len(POST))
        came.set()
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        left.set()

    async with raw_server(patient) as port, between(port, tmp_path / "c") as proxy:
        _, writer = await proxy.connect()
        writer.write(POST)
        await came.wait()
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        await left.wait()
    assert [line.failure for line in proxy.lines()] == ["the platform closed the connection before the answer came"]


async def test_a_platform_that_closes_its_half_still_gets_its_answer(tmp_path):
    async def until_eof(reader, writer):
        got.append(await reader.read())
        writer.write(OK)

    got: list[bytes] = []
    async with raw_server(until_eof) as port, between(port, tmp_path / "c") as proxy:
        reader, writer = await proxy.connect()
        writer.write(POST)
        writer.write_eof()
        assert await reader.read() == OK
        writer.close()
    assert got == [POST]
    (line,) = proxy.lines()
    assert (line.status, line.failure) == (200, "the platform closed its side before the answer came")


async def test_a_huge_body_passes_and_is_counted_instead_of_recorded(tmp_path):
    body = bytes(range(256)) * 16384
    request = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    receiver = Scripted((len(request), answer))
    async with raw_server(receiver) as port, between(port, tmp_path / "c", max_body=100_000) as proxy:
        assert await proxy.say(request) == answer
    assert receiver.got == [request]
    assert proxy.capture.counts.too_large == 1
    assert not proxy.path.read_bytes()


async def test_what_is_no_http_passes_too(tmp_path):
    garbage = b"\x16\x03\x01 no HTTP\r\n\r\n"
    receiver = Scripted((len(garbage), b"\x15\x03 neither"), (2, b"end"))
    async with raw_server(receiver) as port, between(port, tmp_path / "c") as proxy:
        assert await proxy.say(garbage, b"ok") == b"\x15\x03 neitherend"
    assert receiver.got == [garbage, b"ok"]
    assert proxy.capture.counts.unreadable == 1


async def test_an_answer_that_is_no_http_passes_and_its_request_is_recorded(tmp_path):
    async with raw_server(Scripted((len(POST), b"no HTTP at all"))) as port, between(port, tmp_path / "c") as proxy:
        assert await proxy.say(POST) == b"no HTTP at all"
    (line,) = proxy.lines()
    assert line.failure == "what the receiver sent is no HTTP that can be followed: it passes unrecorded"


async def test_a_receiver_that_comes_back_is_dialled_again(tmp_path):
    async with raw_server(Scripted((len(POST), OK))) as port, between(port, tmp_path / "c") as proxy:
        for _ in range(3):
            assert await proxy.say(POST) == OK
    assert [line.status for line in proxy.lines()] == [200] * 3


async def test_a_stop_ends_what_hangs_and_says_so(tmp_path):
    async def hang(reader, writer):
        came.set()
        await reader.read()

    came = asyncio.Event()
    async with raw_server(hang) as port:
        async with between(port, tmp_path / "c", timeout=0.2) as proxy:
            _, writer = await proxy.connect()
            idle = await proxy.connect()
            writer.write(POST)
            await came.wait()
        assert not proxy.capture._tunnels
        writer.close()
        idle[1].close()
    assert [line.status for line in proxy.lines()] == [None]
