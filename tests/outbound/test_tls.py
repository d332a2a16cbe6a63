"""TLS through the event loop's own `ssl=`: who is trusted, and what a failed handshake says."""

import asyncio
import ssl

import pytest

from simulator.outbound.transport import Failure, FailureKind


@pytest.fixture(scope="module")
def authority():
    import trustme

    return trustme.CA()


@pytest.fixture(scope="module")
def certified(authority):
    """A server context for 127.0.0.1, signed by `authority`, which no machine trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """Makes this machine trust `authority` for one test."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def answering(ok):
    async def script(peer):
        while True:
            await peer.request()
            await peer.say(ok)

    return script


async def ask(transport, receiver, within=5.0, count=1):
    target = receiver.target(scheme="https")
    return [await transport.post(target, [], b"{}", timeout=within) for _ in range(count)]


async def test_a_self_signed_certificate_is_refused_and_nothing_is_sent(receive, transport, certified, ok):
    receiver = await receive(answering(ok), certified)
    (failure,) = await ask(transport, receiver)
    assert failure.kind is FailureKind.TLS
    assert failure.detail.startswith(f"the certificate of 127.0.0.1:{receiver.port} is not trusted: ")
    assert receiver.requests == []


async def test_a_trusted_certificate_is_accepted_and_the_connection_kept(receive, transport, certified, trusted, ok):
    receiver = await receive(answering(ok), certified)
    assert [answer.body for answer in await ask(transport, receiver, count=3)] == [b"ok"] * 3
    assert receiver.connections == 1


async def test_a_trusted_certificate_of_another_host_is_refused(receive, transport, authority, trusted, ok):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("elsewhere.example").configure_cert(context)
    receiver = await receive(answering(ok), context)
    (failure,) = await ask(transport, receiver)
    assert failure.kind is FailureKind.TLS
    assert "IP address mismatch" in failure.detail


async def test_without_verification_any_certificate_will_do(receive, sender, certified, ok):
    receiver = await receive(answering(ok), certified)
    (answer,) = await ask(sender(verify_tls=False), receiver)
    assert answer.body == b"ok"


async def test_a_receiver_without_tls_is_said_to_have_none(receive, transport):
    async def plain(peer):
        await peer.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await peer.ending()

    receiver = await receive(plain)
    (failure,) = await ask(transport, receiver)
    assert failure.kind is FailureKind.TLS
    assert failure.detail.startswith(f"no TLS with 127.0.0.1:{receiver.port}: ")


async def test_a_receiver_that_closes_in_the_handshake_is_named(receive, transport):
    async def close(peer):
        await peer.reader.read(10)

    receiver = await receive(close)
    (failure,) = await ask(transport, receiver)
    assert failure.kind is FailureKind.TLS
    assert f"127.0.0.1:{receiver.port}" in failure.detail


async def test_a_handshake_that_hangs_is_a_timeout_and_gets_a_reset(receive, transport):
    ended = asyncio.get_running_loop().create_future()

    async def hang(peer):
        ended.set_result(await peer.ending())

    receiver = await receive(hang)
    (failure,) = await ask(transport, receiver, within=0.1)
    origin = f"https://127.0.0.1:{receiver.port}"
    assert failure == Failure(FailureKind.CONNECT_TIMEOUT, f"no connection to {origin} within 0.1 s")
    async with asyncio.timeout(5):
        assert await ended is ConnectionResetError


async def test_closing_ends_a_handshake_under_way(receive, sender):
    begun = asyncio.Event()

    async def hang(peer):
        begun.set()
        await peer.ending()

    receiver, transport = await receive(hang), sender()
    waiting = asyncio.ensure_future(ask(transport, receiver, within=60))
    await begun.wait()
    async with asyncio.timeout(5):
        await transport.close()
    (failure,) = await waiting
    assert failure == Failure(FailureKind.CUT, "the simulator stopped sending before an answer came")


async def test_a_hanging_answer_over_tls_is_a_timeout(receive, sender, certified):
    async def hang(peer):
        await peer.request()
        await peer.ending()

    receiver = await receive(hang, certified)
    (failure,) = await ask(sender(verify_tls=False), receiver, within=0.5)
    assert failure == Failure(FailureKind.TIMEOUT, "no answer within 0.5 s")
