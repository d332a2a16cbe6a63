"""When a kept-alive connection is used again, and when it is not."""

import asyncio

import pytest

from simulator.outbound.transport import Failure, FailureKind


def saying(raw: bytes):
    """A script that answers every request alike and keeps the connection."""

    async def script(peer):
        while True:
            await peer.request()
            await peer.say(raw)

    return script


async def post(transport, target, body=b"{}", within=5.0):
    return await transport.post(target, [], body, timeout=within)


async def test_a_kept_alive_connection_is_used_again(receive, transport, ok):
    receiver = await receive(saying(ok))
    for _ in range(10):
        assert (await post(transport, receiver.target())).status == 200
    assert (receiver.connections, len(receiver.requests)) == (1, 10)


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" * 2,
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nX",
    ],
    ids=["close", "http/1.0", "two answers", "junk behind"],
)
async def test_a_connection_with_anything_wrong_is_not_used_again(receive, transport, raw):
    receiver = await receive(saying(raw))
    for _ in range(2):
        assert (await post(transport, receiver.target())).status == 200
    assert receiver.connections == 2


async def test_bytes_that_come_while_idle_close_the_connection(receive, transport, ok):
    go, spoilt = asyncio.Event(), asyncio.get_running_loop().create_future()

    async def script(peer):
        await peer.request()
        await peer.say(ok)
        await go.wait()
        await peer.say(ok)
        spoilt.set_result(await peer.ending())

    receiver = await receive(script)
    await post(transport, receiver.target())
    go.set()
    async with asyncio.timeout(5):
        await spoilt
    assert (await post(transport, receiver.target())).status == 200
    assert receiver.connections == 2


async def test_a_connection_idle_for_too_long_is_not_used_again(receive, transport, ok, monkeypatch):
    receiver = await receive(saying(ok))
    await post(transport, receiver.target())
    monkeypatch.setattr("simulator.outbound.pool.IDLE_SECONDS", 0.0)
    assert (await post(transport, receiver.target())).status == 200
    assert receiver.connections == 2


async def test_a_request_on_a_connection_closed_while_idle_is_sent_once_more(receive, transport, ok):
    async def serve_one_then_cut(peer):
        await peer.request()
        await peer.say(ok)
        await peer.request()

    receiver = await receive(serve_one_then_cut)
    await post(transport, receiver.target(), b"1")
    assert (await post(transport, receiver.target(), b"2")).body == b"ok"
    assert [request[-1:] for request in receiver.requests] == [b"1", b"2", b"2"]
    assert receiver.connections == 2


async def test_a_fresh_connection_that_dies_is_not_tried_again(receive, transport, ok):
    async def only_the_first_answers(peer):
        await peer.request()
        if peer.receiver.connections == 1:
            await peer.say(ok)
            await peer.request()

    receiver = await receive(only_the_first_answers)
    await post(transport, receiver.target())
    failure = await post(transport, receiver.target())
    assert failure == Failure(FailureKind.CUT, "the receiver cut the connection before an answer")
    assert (receiver.connections, len(receiver.requests)) == (2, 3)


async def test_a_timeout_on_a_used_connection_is_not_tried_again(receive, transport, ok):
    async def answer_once_then_hang(peer):
        await peer.request()
        await peer.say(ok)
        await peer.request()
        await peer.ending()

    receiver = await receive(answer_once_then_hang)
    await post(transport, receiver.target())
    failure = await post(transport, receiver.target(), within=0.05)
    assert failure == Failure(FailureKind.TIMEOUT, "no answer within 0.05 s")
    assert receiver.connections == 1


async def test_the_time_limit_of_an_answered_request_touches_no_later_one(receive, transport, ok):
    receiver, over = await receive(saying(ok)), asyncio.Event()
    await post(transport, receiver.target(), within=0.1)
    asyncio.get_running_loop().call_later(0.2, over.set)
    await over.wait()
    assert (await post(transport, receiver.target())).status == 200
    assert receiver.connections == 1


async def test_an_answer_before_the_request_is_out_leaves_no_connection_to_reuse(receive, transport, ok):
    async def answer_unread(peer):
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.say(ok)
        await peer.ending()

    receiver = await receive(answer_unread)
    for _ in range(2):
        assert (await post(transport, receiver.target(), b"x" * 32_000_000)).body == b"ok"
    assert receiver.connections == 2
