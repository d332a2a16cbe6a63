"""Requests that are wrong on purpose: on a connection of their own, cut where they say, in the time they have."""

import asyncio
from dataclasses import replace

from simulator.outbound.answer import Answer, Failure, FailureKind
from simulator.outbound.raw import RawRequest, ordinary

BODY = b'{"eventType":"callin"}'
SIGNED = (("x-aksk", "signed"),)


def right(target) -> RawRequest:
    return ordinary(target, SIGNED, BODY, lambda _: SIGNED)


async def test_what_no_fault_touches_is_written_as_ever(receive, transport, ok):
    async def script(peer):
        while True:
            await peer.request()
            await peer.say(ok)

    receiver = await receive(script)
    target = receiver.target()
    assert (await transport.post(target, SIGNED, BODY, timeout=5)).status == 200
    assert (await transport.wrong(target, right(target), timeout=5)).status == 200
    assert receiver.requests[0] == receiver.requests[1]


async def test_no_other_request_shares_its_connection(receive, sender, ok):
    async def script(peer):
        while True:
            await peer.request()
            await peer.say(ok)

    receiver, transport = await receive(script), sender(connections_per_receiver=1)
    target = receiver.target()
    for _ in range(3):
        await transport.post(target, SIGNED, BODY, timeout=5)
        assert isinstance(await transport.wrong(target, right(target), timeout=5), Answer)
    assert receiver.connections == 6
    assert receiver.most_open == 1


async def test_a_cut_one_is_closed_in_order_after_what_it_says_was_written(receive, transport):
    got = asyncio.get_running_loop().create_future()

    async def script(peer):
        got.set_result(await peer.reader.read())  # raises where the sender resets the connection

    receiver = await receive(script)
    target = receiver.target()
    request = replace(right(target), cut_at=5)
    failure = await transport.wrong(target, request, timeout=5)
    assert failure == Failure(FailureKind.CUT, f"we hung up after 5 of {len(BODY)} bytes of the body")
    assert (await got).endswith(b"content-length: 22\r\n\r\n" + BODY[:5])


async def test_an_answer_before_the_second_segment_is_the_answer(receive, transport, ok):
    async def script(peer):
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.say(ok)
        await peer.ending()

    receiver = await receive(script)
    target = receiver.target()
    answer = await transport.wrong(target, replace(right(target), pause_at=3, pause_seconds=0.05), timeout=5)
    assert answer.status == 200


async def test_one_that_nobody_answers_ends_in_time_and_leaves_its_slot(receive, sender, ok):
    async def script(peer):
        await peer.request()
        if len(receiver.requests) > 1:
            await peer.say(ok)
        await peer.ending()

    receiver, transport = await receive(script), sender(connections_per_receiver=1)
    target = receiver.target()
    failure = await transport.wrong(target, right(target), timeout=0.05)
    assert failure == Failure(FailureKind.TIMEOUT, "no answer within 0.05 s")
    assert (await transport.wrong(target, right(target), timeout=5)).status == 200


async def test_where_nobody_listens_it_fails_to_connect(receive, transport):
    receiver = await receive(lambda peer: peer.ending())
    target = receiver.target()
    await receiver.stop()
    assert (await transport.wrong(target, right(target), timeout=5)).kind is FailureKind.CONNECT


async def test_one_that_is_given_up_leaves_nothing_behind(receive, transport):
    arrived = asyncio.Event()

    async def script(peer):
        await peer.reader.readuntil(b"\r\n\r\n")
        arrived.set()
        await peer.ending()

    receiver = await receive(script)
    target = receiver.target()
    sending = asyncio.create_task(
        transport.wrong(target, replace(right(target), pause_at=0, pause_seconds=60), timeout=60)
    )
    await arrived.wait()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert sending.cancelled()
    await transport.close()
