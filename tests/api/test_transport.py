"""Connections, paths and bodies: what the gateway does before and after the operations (recording_auth_codes.md 4)."""

import asyncio
import gzip
import json

import pytest

from tests.api.served import AXB, X1, A, B, Platform, platform_with, raw_request, signed, taken_apart

BODY = json.dumps({"callerNum": A, "calleeNum": B, "relationNum": X1}).encode()
NOT_FOUND = (
    b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n"
    b"<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n"
)


@pytest.mark.parametrize(
    "path", ["/", "/rest", f"{AXB}/", f"/{AXB}", "/rest/caas/relationnumber/partners/v2.0", "/recordings/"]
)
async def test_a_wrong_path_is_the_gateways_404_before_authentication(platform: Platform, path: str) -> None:
    got = await platform.ask("POST", path, {}, BODY)
    assert (got.status, got.headers["Content-Type"], got.body) == (404, "text/html", NOT_FOUND)
    row = platform.last()
    assert (row["status"], row["operation"], row["target"], row["body"]) == (404, None, path, BODY.decode())


async def test_a_refused_request_is_journaled_with_everything_it_said(platform: Platform) -> None:
    await platform.ask("POST", AXB, {**signed(), "X-Note": "ünd"}, b'{"callerNum":')
    row = platform.last()
    assert (row["operation"], row["method"], row["app_key"], row["peer"]) == ("bind", "POST", "a1key", "127.0.0.1")
    assert (row["body"], row["body_length"], row["result_code"]) == ('{"callerNum":', 13, "1010002")
    assert row["answer"] == '{"resultcode":"1010002","resultdesc":"Invalid request.The body is not a JSON object."}'
    assert ["X-Note", "ünd"] in row["headers"]
    assert str(row["refusal"]).startswith("the body is no JSON: ")


async def test_the_platform_closes_first_after_every_answer(platform: Platform) -> None:
    request = raw_request("POST", AXB, {**signed(), "Connection": "keep-alive"}, BODY)
    raw = await platform.raw(request + request)
    assert raw.count(b"HTTP/1.1 ") == 1
    assert b"\r\nConnection: close\r\n" in raw


@pytest.mark.parametrize("rest", [b"}", b"\xff\xff", b'{"left":"over"}', b"GARBAGE\r\n\r\n", b"\r\n"])
async def test_what_stands_behind_a_request_does_not_spoil_it(platform: Platform, rest: bytes) -> None:
    assert (await platform.send(raw_request("POST", AXB, signed(), BODY) + rest)).code == "0"
    unbind = raw_request("DELETE", f"{AXB}?relationNum=%2B8613800006666", signed())
    assert (await platform.send(unbind + rest)).code == "0"
    assert len(platform.app.bindings) == 0


async def test_a_length_counted_in_characters_cuts_the_body(platform: Platform) -> None:
    body = json.dumps({"callerNum": A, "calleeNum": B, "relationNum": X1, "remark": "中文"}, ensure_ascii=False)
    head = raw_request("POST", AXB, {**signed(), "Content-Length": str(len(body))})
    got = await platform.send(head + body.encode())
    assert (got.status, got.code) == (403, "1010002")
    assert platform.last()["operation"] == "bind"


async def test_on_an_open_connection_what_is_broken_is_answered_after_what_was_whole() -> None:
    async with platform_with(api_connections="keep_alive") as open_:
        query = raw_request("GET", f"{AXB}?relationNum=%2B8613800006666", signed())
        raw = await open_.raw(query + query + b"GARBAGE\r\n\r\n")
        assert [part[:3] for part in raw.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"400"]


async def half_closed(platform: Platform, raw: bytes) -> bytes:
    """What comes back after the client said all and closed its half."""
    reader, writer = await asyncio.open_connection(platform.host, platform.port)
    writer.write(raw)
    writer.write_eof()
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize("connections", ["short", "keep_alive"])
async def test_a_client_that_closes_its_half_is_answered_what_it_asked(connections: str) -> None:
    async with platform_with(api_connections=connections) as open_:
        assert taken_apart(await half_closed(open_, raw_request("POST", AXB, signed(), BODY))).code == "0"
        assert await half_closed(open_, raw_request("POST", AXB, {**signed(), "Content-Length": "500"}) + BODY) == b""
        assert await half_closed(open_, b"GET / HT") == b""
        assert await half_closed(open_, b"") == b""


async def answers_on_one_connection(platform: Platform, requests: list[bytes]) -> list[bytes]:
    reader, writer = await asyncio.open_connection(platform.host, platform.port)
    answers = []
    for request in requests:
        writer.write(request)
        async with asyncio.timeout(5):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(taken_apart(head).headers["Content-Length"])
            answers.append(head + await reader.readexactly(length))
    writer.close()
    return answers


async def test_connections_stay_open_where_the_profile_says_so() -> None:
    async with platform_with(api_connections="keep_alive") as open_:
        query = raw_request("GET", f"{AXB}?relationNum=%2B8613800006666", signed())
        answers = await answers_on_one_connection(open_, [raw_request("POST", AXB, signed(), BODY), query, query])
        assert [taken_apart(answer).code for answer in answers] == ["0", "0", "0"]
        assert not any(b"Connection:" in answer for answer in answers)
        close = raw_request("GET", AXB, {**signed(), "Connection": "close"})
        assert b"\r\nConnection: close\r\n" in await open_.raw(close)


async def test_an_http_1_0_client_is_told_that_its_connection_stays_open() -> None:
    async with platform_with(api_connections="keep_alive") as open_:
        kept = raw_request("GET", AXB, {**signed(), "Connection": "keep-alive"}, version="1.0")
        answers = await answers_on_one_connection(open_, [kept, kept])
        assert all(b"\r\nConnection: keep-alive\r\n" in answer for answer in answers)
        assert b"\r\nConnection: close\r\n" in await open_.raw(raw_request("GET", AXB, signed(), version="1.0"))


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit_is_refused_and_the_connection_closed(*, chunked: bool) -> None:
    async with platform_with(api_body_limit_bytes=1024, api_connections="keep_alive") as small:
        body = b'{"userData":"' + b"x" * 200_000 + b'"}'
        raw = raw_request("POST", AXB, signed(), body)
        if chunked:
            head = raw_request("POST", AXB, {**signed(), "Transfer-Encoding": "chunked"})
            raw = head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        got = await small.send(raw)
        assert (got.status, got.code) == (403, "1010002")
        assert got.sentence == "Invalid request.The body is not a JSON object."
        assert got.headers["Connection"] == "close"
        assert "1024 are allowed (api_body_limit_bytes)" in str(small.last()["refusal"])
        assert (await small.ask("POST", AXB, {}, body)).code == "1023006"


async def test_a_body_that_is_announced_too_long_is_refused_without_being_read(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.api.connection.LINGERING_SECONDS", 0.01)
    head = raw_request("POST", AXB, {**signed(), "Content-Length": "1000000000", "Expect": "100-continue"})
    raw = await platform.raw(head)
    assert raw.startswith(b"HTTP/1.1 403 ")


async def test_a_client_that_waits_for_100_continue_gets_it(platform: Platform) -> None:
    reader, writer = await asyncio.open_connection(platform.host, platform.port)
    head = {**signed(), "Content-Length": str(len(BODY)), "Expect": "100-continue"}
    writer.write(raw_request("POST", AXB, head))
    async with asyncio.timeout(5):
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(BODY)
        assert taken_apart(await reader.read()).code == "0"
    writer.close()


async def test_a_compressed_body_is_not_unpacked(platform: Platform) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    got = await platform.ask("POST", AXB, {**signed(), "Content-Encoding": "gzip"}, bomb)
    assert (got.status, got.code) == (403, "1010002")


MALFORMED = [
    b"GARBAGE\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET  / HTTP/1.1\r\nHost: a\r\nHost\r\n\r\n",
    b"GET / HTTP/1.1\r\nBad\x00Name: 1\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: a\r\n" % i for i in range(500)) + b"\r\n",
]


@pytest.mark.parametrize("raw", MALFORMED, ids=range(len(MALFORMED)))
async def test_what_is_no_valid_http_gets_the_gateways_400(
    platform: Platform, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    got = await platform.send(raw)
    assert (got.status, got.headers["Content-Type"]) == (400, "text/html")
    assert b"<center>openresty</center>" in got.body
    assert caplog.records == []
    assert str(platform.last()["refusal"]).startswith("this is no valid HTTP: ")
    assert (await platform.bind()).code == "0"


async def test_a_broken_chunk_gets_a_400(platform: Platform) -> None:
    head = raw_request("POST", AXB, {**signed(), "Transfer-Encoding": "chunked"})
    assert (await platform.send(head + b"zz\r\n")).status == 400
    assert platform.last()["status"] == 400


async def test_a_body_that_never_arrives_is_not_waited_for_for_ever(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.api.incoming.BODY_SECONDS", 0.01)
    monkeypatch.setattr("simulator.api.connection.LINGERING_SECONDS", 0.01)
    got = await platform.send(raw_request("POST", AXB, {**signed(), "Content-Length": "500"}) + BODY)
    assert (got.status, got.headers["Connection"]) == (408, "close")
    assert platform.last()["refusal"] == "the body did not arrive in time"


async def test_a_client_that_goes_away_in_its_body_changes_nothing(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    before = platform.state()
    _, writer = await asyncio.open_connection(platform.host, platform.port)
    writer.write(raw_request("POST", AXB, {**signed(), "Content-Length": "500"}) + BODY)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await platform.get(relationNum=X1)).json()["totalCount"] == 0
    assert platform.state() == before
    assert caplog.records == []


async def test_a_target_with_scheme_and_host_is_understood(platform: Platform) -> None:
    target = f"http://platform{AXB}?relationNum=%2B8613800006666"
    assert (await platform.ask("GET", target)).code == "0"
    assert (await platform.ask("GET", "http://platform")).status == 404


async def test_an_offer_to_upgrade_is_passed_over(platform: Platform) -> None:
    """A Java client offers h2c with its first request."""
    offer = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAEAAEAAAAIAAAAA"}
    assert (await platform.ask("POST", AXB, {**signed(), **offer}, BODY)).code == "0"


async def test_an_answer_to_head_has_no_body(platform: Platform) -> None:
    raw = await platform.raw(raw_request("HEAD", AXB, signed()))
    assert raw.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert raw.endswith(b"\r\n\r\n")


async def test_a_mistake_of_ours_is_1010001_and_is_logged(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    platform.exchange.axb.bind = None  # type: ignore[assignment,method-assign]
    got = await platform.bind()
    assert (got.status, got.code, got.sentence) == (500, "1010001", "Internal system error.")
    assert "the API failed to answer POST" in caplog.text
    assert str(platform.last()["refusal"]).startswith("the simulator failed: TypeError(")


async def test_the_date_is_wall_time(platform: Platform) -> None:
    assert (await platform.bind()).headers["Date"] == "Sun, 01 Mar 2026 12:00:00 GMT"
