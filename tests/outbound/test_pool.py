"""Connections as a bounded good: how many, in which turn, and what is left behind."""

import asyncio
import gc
import socket

import pytest

from simulator.outbound.answer import Reader
from simulator.outbound.connection import Connection
from simulator.outbound.gate import Address, Gate
from simulator.outbound.pool import Pool
from simulator.outbound.transport import Answer, Failure, FailureKind, Transport, render_request

STOPPED = Failure(FailureKind.CUT, "the simulator stopped sending before an answer came")


def gated(ok):
    """A script whose answers wait for `go`, and that event."""
    go = asyncio.Event()

    async def script(peer):
        while True:
            await peer.request()
            await go.wait()
            await peer.say(ok)

    return script, go


def ask(transport: Transport, target, body: bytes = b"", timeout: float = 5.0) -> "asyncio.Task[Answer | Failure]":
    return asyncio.ensure_future(transport.post(target, [], body, timeout=timeout))


async def until(condition) -> None:
    """Turns the loop until `condition` holds."""
    async with asyncio.timeout(5):
        while not condition():
            turned = asyncio.Event()
            asyncio.get_running_loop().call_soon(turned.set)
            await turned.wait()


async def test_no_more_connections_than_allowed_and_everybody_served_in_turn(receive, sender, ok):
    script, go = gated(ok)
    receiver, transport = await receive(script), sender(connections_per_receiver=3)
    done: list[int] = []
    tasks = [ask(transport, receiver.target(), b"%d" % n) for n in range(12)]
    for number, task in enumerate(tasks):
        task.add_done_callback(lambda _, n=number: done.append(n))
    await until(lambda: len(receiver.requests) == 3)
    go.set()
    assert {answer.status for answer in await asyncio.gather(*tasks)} == {200}
    assert (receiver.connections, receiver.most_open) == (3, 3)
    assert sorted(done[:3]) == [0, 1, 2]
    assert sorted(done[-3:]) == [9, 10, 11]


async def test_one_connection_serves_the_waiting_first_come_first_served(receive, sender, ok):
    script, go = gated(ok)
    receiver, transport = await receive(script), sender(connections_per_receiver=1)
    tasks = [ask(transport, receiver.target(), b"%d" % n) for n in range(5)]
    await until(lambda: receiver.requests)
    go.set()
    await asyncio.gather(*tasks)
    assert [request[-1:] for request in receiver.requests] == [b"0", b"1", b"2", b"3", b"4"]


async def test_waiting_for_a_connection_costs_no_time_of_the_request(receive, sender, ok):
    script, go = gated(ok)
    receiver, transport = await receive(script), sender(connections_per_receiver=1)
    first, second = ask(transport, receiver.target()), ask(transport, receiver.target(), timeout=0.1)
    asyncio.get_running_loop().call_later(0.3, go.set)
    assert (await first).status == 200
    assert (await second).status == 200


async def test_a_failed_connection_gives_its_slot_to_the_next(receive, sender, ok):
    async def cut_the_first(peer):
        await peer.request()
        while peer.receiver.connections > 1:
            await peer.say(ok)
            await peer.request()

    receiver, transport = await receive(cut_the_first), sender(connections_per_receiver=1)
    first, second, third = await asyncio.gather(*(ask(transport, receiver.target()) for _ in range(3)))
    assert (first.kind, second.status, third.status) == (FailureKind.CUT, 200, 200)
    assert receiver.connections == 2


async def test_a_cancelled_exchange_resets_its_connection_and_frees_its_slot(receive, sender, ok):
    endings: list[object] = []

    async def hang_the_first(peer):
        await peer.request()
        if peer.receiver.connections > 1:
            await peer.say(ok)
        endings.append(await peer.ending())

    receiver, transport = await receive(hang_the_first), sender(connections_per_receiver=1)
    first, second = ask(transport, receiver.target()), ask(transport, receiver.target())
    await until(lambda: receiver.requests)
    first.cancel()
    assert (await second).status == 200
    assert first.cancelled()
    assert endings == [ConnectionResetError]


async def test_who_gives_up_waiting_takes_no_slot_along(receive, sender, ok):
    script, go = gated(ok)
    receiver, transport = await receive(script), sender(connections_per_receiver=1)
    first, second, third = (ask(transport, receiver.target()) for _ in range(3))
    await until(lambda: receiver.requests)
    second.cancel()
    go.set()
    assert (await first).status == 200
    assert (await third).status == 200
    assert second.cancelled()


async def test_who_gives_up_in_the_moment_of_its_turn_gives_the_slot_back():
    emptied = []
    pool = Pool(1, lambda: emptied.append(True))
    await pool.slot()
    waiting = asyncio.ensure_future(pool.slot())
    await until(lambda: pool._waiters)
    pool.give_back(None, 0.0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert emptied == [True]


async def test_nothing_of_a_receiver_is_kept_without_a_connection(receive, transport, ok):
    async def answer_and_cut(peer):
        await peer.request()
        await peer.say(ok)

    receiver = await receive(answer_and_cut)
    for _ in range(3):
        await transport.post(receiver.target(), [], b"", timeout=5)
    assert len(transport._pools) == 1
    await until(lambda: not transport._pools)
    await receiver.stop()
    assert (await transport.post(receiver.target(), [], b"", timeout=5)).kind is FailureKind.CONNECT
    assert not transport._pools


async def test_hung_receivers_leave_nothing_behind(receive, transport):
    async def hang(peer):
        await peer.ending()

    receiver = await receive(hang)
    outcomes = await asyncio.gather(*(ask(transport, receiver.target(), timeout=0.5) for _ in range(200)))
    assert {outcome.kind for outcome in outcomes} == {FailureKind.TIMEOUT}
    await until(lambda: not transport._pools and not receiver.open)


async def test_a_dead_connection_needs_no_garbage_collector(receive, transport, ok):
    async def answer_once_then_hang(peer):
        await peer.request()
        await peer.say(ok)
        await peer.ending()

    receiver = await receive(answer_once_then_hang)
    gc.collect()
    gc.disable()
    try:
        assert (await ask(transport, receiver.target())).status == 200
        assert (await ask(transport, receiver.target(), timeout=0.3)).kind is FailureKind.TIMEOUT
        await until(lambda: not transport._pools)
        left = [thing for thing in gc.get_objects() if isinstance(thing, Connection | Reader)]
    finally:
        gc.enable()
    assert left == []


async def test_idle_connections_beyond_fifty_are_dropped(receive, sender, ok):
    script, go = gated(ok)
    receiver, transport = await receive(script), sender(connections_per_receiver=60)
    tasks = [ask(transport, receiver.target()) for _ in range(60)]
    await until(lambda: len(receiver.requests) == 60)
    go.set()
    await asyncio.gather(*tasks)
    await until(lambda: receiver.open == 50)


async def test_a_connection_that_others_leave_no_work_for_is_dropped_in_time(receive, transport, ok):
    script, go = gated(ok)
    receiver = await receive(script)
    tasks = [ask(transport, receiver.target()) for _ in range(2)]
    await until(lambda: len(receiver.requests) == 2)
    go.set()
    await asyncio.gather(*tasks)
    (pool,) = transport._pools.values()
    pool._idle[0].idle_since -= 30
    await ask(transport, receiver.target())
    await until(lambda: receiver.open == 1)
    assert receiver.connections == 2


async def test_an_idle_connection_that_the_receiver_closes_is_forgotten(receive, transport, ok):
    script, go = gated(ok)
    peers = []

    async def remembered(peer):
        peers.append(peer)
        await script(peer)

    receiver = await receive(remembered)
    tasks = [ask(transport, receiver.target()) for _ in range(2)]
    await until(lambda: len(receiver.requests) == 2)
    go.set()
    await asyncio.gather(*tasks)
    (pool,) = transport._pools.values()
    peers[0].writer.close()
    await until(lambda: len(pool._members) == 1)
    assert len(pool._idle) == 1


async def test_closing_ends_what_is_under_way_and_what_waits(receive, sender):
    async def hang(peer):
        await peer.request()
        await peer.ending()

    receiver, transport = await receive(hang), sender(connections_per_receiver=1)
    tasks = [ask(transport, receiver.target()) for _ in range(3)]
    await until(lambda: receiver.requests)
    await transport.close()
    assert await asyncio.gather(*tasks) == [STOPPED] * 3
    await until(lambda: not receiver.open)
    assert receiver.connections == 1


async def test_a_dial_that_ends_while_closing_leaves_no_connection(receive, sender, ok, monkeypatch):
    resolved, asked = asyncio.Event(), asyncio.Event()

    async def addresses(target):
        asked.set()
        await resolved.wait()
        return (Address(socket.AF_INET, "127.0.0.1", target.port),)

    receiver, transport = await receive(gated(ok)[0]), sender()
    monkeypatch.setattr(transport._dialler._gate, "addresses", addresses)
    monkeypatch.setattr(transport._dialler, "interrupt", resolved.set)
    task = ask(transport, receiver.target())
    await asked.wait()
    await transport.close()
    assert await task == STOPPED
    await until(lambda: receiver.connections == 1 and not receiver.open)


async def test_closing_waits_for_the_last_connection_and_ends_it_politely(receive, transport, ok):
    endings: list[object] = []

    async def answer_and_wait(peer):
        await peer.request()
        await peer.say(ok)
        if peer.receiver.connections > 1:
            endings.append(await peer.ending())

    receiver = await receive(answer_and_wait)
    await ask(transport, receiver.target())
    await until(lambda: not transport._pools)
    await ask(transport, receiver.target())
    await transport.close()
    assert not transport._pools
    await until(lambda: endings)
    assert endings == [None]


async def test_a_closed_transport_sends_nothing(receive, transport, ok):
    script, _ = gated(ok)
    receiver = await receive(script)
    await transport.close()
    with pytest.raises(RuntimeError, match="this transport is closed"):
        await transport.exchange(receiver.target(), render_request("GET", receiver.target(), [], b""), timeout=1)
    assert receiver.connections == 0


def test_a_limit_below_one_is_refused():
    with pytest.raises(ValueError, match="must be at least 1, not 0"):
        Transport(Gate(), connections_per_receiver=0)
