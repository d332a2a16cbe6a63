"""The transport against receivers that behave, and against those that do not."""

import asyncio
import socket

import pytest

from simulator.outbound.gate import parse_target
from simulator.outbound.transport import Answer, Failure, FailureKind

HEADERS = [("content-type", "application/json;charset=UTF-8"), ("X-aKSK", "UsernameToken")]


def saying(*pieces: bytes, then="wait"):
    """A script that answers every request alike, then keeps the connection or cuts it."""

    async def script(peer):
        while True:
            await peer.request()
            await peer.say(*pieces)
            if then == "cut":
                return

    return script


async def post(transport, target, body=b"{}", within=5.0):
    return await transport.post(target, HEADERS, body, timeout=within)


class Names(dict[str, list[str]]):
    """What names lead to, and which were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []


async def resolver(monkeypatch) -> Names:
    """Puts a resolver of our own into the loop; a literal goes to the real one, which looks nothing up."""
    names, loop = Names(), asyncio.get_running_loop()
    real = loop.getaddrinfo

    async def getaddrinfo(host, port, **how):
        if host.replace(".", "").isdigit():
            return await real(host, port, **how)
        names.asked.append(host)
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", (ip, port)) for ip in names[host]]

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    return names


async def test_an_answer_comes_back_whole(receive, transport):
    receiver = await receive(saying(b"HTTP/1.1 200 Fine\r\nX-b: 1\r\nContent-Length: 4\r\n\r\nbody"))
    answer = await post(transport, receiver.target("/status?a=1"))
    assert answer == Answer(200, "Fine", (("X-b", "1"), ("Content-Length", "4")), b"body", 4)
    (request,) = receiver.requests
    assert (
        request
        == (
            f"POST /status?a=1 HTTP/1.1\r\nHost: 127.0.0.1:{receiver.port}\r\n"
            "content-type: application/json;charset=UTF-8\r\nX-aKSK: UsernameToken\r\ncontent-length: 2\r\n\r\n{}"
        ).encode()
    )


async def test_exact_bytes_leave_exactly(receive, transport, ok):
    receiver = await receive(saying(ok))
    odd = b"pOsT  /x HTTP/1.0\r\nhOST:  a\r\nContent-Length: 1\r\n\r\n\xff"
    assert (await transport.exchange(receiver.target(), odd, timeout=5)).body == b"ok"
    assert receiver.requests == [odd]


async def test_a_redirect_is_just_an_answer(receive, transport, ok):
    elsewhere = await receive(saying(ok))
    location = f"Location: http://127.0.0.1:{elsewhere.port}/\r\n".encode()
    receiver = await receive(saying(b"HTTP/1.1 302 Found\r\n" + location + b"Content-Length: 0\r\n\r\n"))
    assert (await post(transport, receiver.target())).status == 302
    assert elsewhere.connections == 0


async def test_an_error_of_the_receiver_is_an_answer(receive, transport):
    receiver = await receive(saying(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"))
    assert (await post(transport, receiver.target())).status == 500


async def test_proxies_of_the_environment_are_ignored(receive, transport, ok, monkeypatch):
    proxy, receiver = await receive(saying(ok)), await receive(saying(ok))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    assert (await post(transport, receiver.target())).status == 200
    assert (proxy.connections, receiver.connections) == (0, 1)


async def test_a_refused_connection_names_the_address(receive, transport, ok):
    receiver = await receive(saying(ok))
    await receiver.stop()
    failure = await post(transport, receiver.target())
    assert failure == Failure(FailureKind.CONNECT, f"connection refused by 127.0.0.1:{receiver.port}")


async def test_a_name_that_leads_nowhere_is_a_failure_to_connect(transport, monkeypatch):
    await resolver(monkeypatch)
    failure = await post(transport, parse_target("http://nowhere/", declared=True))
    assert failure == Failure(FailureKind.CONNECT, "the name nowhere leads nowhere: Name or service not known")


async def test_a_second_address_of_a_name_is_tried(receive, transport, ok, monkeypatch):
    receiver = await receive(saying(ok))
    names = await resolver(monkeypatch)
    names["receiver"] = ["127.0.0.9", "127.0.0.1"]
    answer = await post(transport, parse_target(f"http://receiver:{receiver.port}/", declared=False))
    assert answer.body == b"ok"


async def test_a_name_is_looked_up_once_for_a_connection_and_afresh_for_the_next(receive, transport, ok, monkeypatch):
    receiver = await receive(saying(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
    names = await resolver(monkeypatch)
    target = parse_target(f"http://rebound:{receiver.port}/", declared=False)
    names["rebound"] = ["127.0.0.1"]
    assert (await post(transport, target)).status == 200
    names["rebound"] = ["192.0.2.1"]
    assert (await post(transport, target)).kind is FailureKind.FORBIDDEN
    assert names.asked == ["rebound", "rebound"]


async def test_what_the_gate_refuses_is_never_dialled(transport):
    failure = await post(transport, parse_target("http://10.255.255.1:9/", declared=False), within=5)
    assert failure.kind is FailureKind.FORBIDDEN
    assert failure.detail.startswith("10.255.255.1 is not declared as a receiver")


async def test_a_connection_of_a_declared_target_serves_no_undeclared_one(receive, transport, ok):
    receiver = await receive(saying(ok))
    await post(transport, receiver.target(declared=True))
    await post(transport, receiver.target(declared=False))
    assert receiver.connections == 2


async def test_a_hanging_receiver_is_a_timeout_and_gets_a_reset(receive, transport):
    ended = asyncio.get_running_loop().create_future()

    async def hang(peer):
        await peer.request()
        ended.set_result(await peer.ending())

    receiver = await receive(hang)
    failure = await post(transport, receiver.target(), within=0.05)
    assert failure == Failure(FailureKind.TIMEOUT, "no answer within 0.05 s")
    async with asyncio.timeout(5):
        assert await ended is ConnectionResetError


async def test_half_an_answer_in_time_is_a_timeout_that_says_so(receive, transport):
    receiver = await receive(saying(b"HTTP/1.1 200 OK\r\nCont"))
    failure = await post(transport, receiver.target(), within=0.05)
    assert failure == Failure(FailureKind.TIMEOUT, "no complete answer within 0.05 s (21 bytes came)")


async def test_a_trickle_within_the_time_is_an_answer(receive, transport):
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    receiver = await receive(saying(*(raw[at : at + 1] for at in range(len(raw)))))
    assert (await post(transport, receiver.target())).body == b"ok"


@pytest.mark.parametrize(
    ("raw", "kind", "detail"),
    [
        (b"", FailureKind.CUT, "the receiver cut the connection before an answer"),
        (b"HTTP/1.1 200", FailureKind.CUT, "the receiver cut the connection in the answer's header"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
            FailureKind.CUT,
            "the receiver cut the connection in the answer's body, after 3 bytes",
        ),
        (b"SSH-2.0-OpenSSH_9.6\r\n", FailureKind.GARBAGE, "no HTTP answer (Expected HTTP/, RTSP/ or ICE/)"),
    ],
)
async def test_what_is_no_answer_is_a_failure_on_one_connection(receive, transport, raw, kind, detail):
    receiver = await receive(saying(raw, then="cut"))
    failure = await post(transport, receiver.target())
    assert failure.kind is kind
    assert failure.detail.startswith(detail)
    assert receiver.connections == 1


async def test_an_answer_of_http_1_0_without_a_length_ends_with_the_connection(receive, transport):
    receiver = await receive(saying(b"HTTP/1.0 200 OK\r\n\r\nall ", b"of it", then="cut"))
    answer = await post(transport, receiver.target())
    assert answer == Answer(200, "OK", (), b"all of it", 9)


async def test_a_receiver_that_resets_has_cut_the_connection(receive, transport):
    async def reset(peer):
        await peer.request()
        peer.writer.transport.abort()

    receiver = await receive(reset)
    assert (await post(transport, receiver.target())).kind is FailureKind.CUT


async def test_two_mebibytes_are_too_large_and_not_read_to_the_end(receive, transport):
    receiver = await receive(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2097152\r\n\r\n", b"x" * 2097152))
    failure = await post(transport, receiver.target())
    assert failure == Failure(FailureKind.TOO_LARGE, "the answer's body is longer than 1024 KiB: the rest was not read")
