"""The control plane before bytes that nobody should send: broken, twisted, and with the token where it does not belong."""

import asyncio
import io
import json
import logging
import sys
from typing import TYPE_CHECKING, Any

import pytest

from simulator.cli.logs import install
from simulator.client import ControlError
from simulator.contract.secret_members import without_token

if TYPE_CHECKING:
    from conftest import Plane

JSON_TYPE = {"Content-Type": "application/json"}


async def sent(plane: "Plane", data: bytes, *, breaks_off: bool = False) -> bytes:
    """What answers these bytes; `TOKEN` in them is the token."""
    host, _, port = plane.url.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(data.replace(b"TOKEN", plane.token.encode()))
    await writer.drain()
    answer = b""
    if not breaks_off:
        async with asyncio.timeout(10):
            answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("body", "title", "said"),
    [
        (b'{"match": {"kind": "x"}, "match": {}}', "member given twice", "the member 'match' twice in one object"),
        (b'{"match": {"kind": "x", "kind": "y"}}', "member given twice", "the member 'kind' twice in one object"),
        (b'{"match": {"k\\u0069nd": "x", "kind": "y"}}', "member given twice", "the member 'kind' twice"),
        (b'{"match": {"a": ' + b'{"a": ' * 1020 + b"1" + b"}" * 1022, "not json", "nested too deep"),
        (b'{"match": {"status": NaN}}', "not json", "the body is not JSON"),
    ],
)
async def test_a_body_of_two_readings_is_refused(plane: "Plane", body: bytes, title: str, said: str) -> None:
    status, problem, _ = await plane.raw("POST", "/journal/verify", data=body, headers=JSON_TYPE)
    assert (status, problem["title"]) == (400, title)
    assert said in problem["detail"]


async def test_the_token_in_an_address_is_refused_and_kept_nowhere(plane: "Plane") -> None:
    assert (await plane.raw("GET", f"/ready?token={plane.token}", token=None))[0] == 401
    assert (await plane.raw("GET", f"/nothing/{plane.token}"))[0] == 404
    assert (await plane.raw("GET", f"/ready?a=1&access_token=another&b={plane.token}"))[0] == 422
    _, page, _ = await plane.raw("GET", "/journal?limit=1000&kind=control_request")
    assert plane.token not in json.dumps(page)
    assert [row["path"].removeprefix("/control/v1") for row in page["rows"]][-3:] == [
        "/ready?token=***", "/nothing/***", "/ready?a=1&access_token=***&b=***",
    ]  # fmt: skip


def test_a_target_without_secrets_stays_as_it_was() -> None:
    assert without_token("/calls/a%2Bb%2F%3D", "a+b/=") == "/calls/***"
    assert without_token("/calls?app_key=a&limit=3", "a-long-token") == "/calls?app_key=a&limit=3"


async def test_a_wrong_method_has_the_right_ones_in_its_head(plane: "Plane") -> None:
    status, _, headers = await plane.raw("PUT", "/calls")
    assert (status, headers["Allow"], headers["Cache-Control"]) == (405, "GET, POST", "no-store")


@pytest.mark.parametrize("line", [b"OPTIONS *", b"CONNECT evil.example:80"])
async def test_what_is_no_path_is_401_without_the_token_and_404_with_it(plane: "Plane", line: bytes) -> None:
    rest = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    assert (await sent(plane, line + rest + b"\r\n")).startswith(b"HTTP/1.1 401 ")
    answer = await sent(plane, line + rest + b"Authorization: Bearer TOKEN\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"application/problem+json" in answer


BROKEN = (
    b"garbage\r\n\r\n",
    b"GET /control/v1/ready HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer TOKEN\x00\r\n\r\n",
    b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST /control/v1/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
)


async def test_who_sends_no_http_or_breaks_off_is_no_bug_of_ours(
    plane: "Plane", monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    undo = install("debug", "json", lambda: (plane.token,))
    try:
        for data in BROKEN:
            assert (await sent(plane, data)).startswith(b"HTTP/1.0 400 ")
        head = b"POST /control/v1/calls HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer TOKEN\r\n"
        before = plane.simulator.exchange.journal.last_position
        await sent(plane, head + b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{", breaks_off=True)
        async with asyncio.timeout(10):
            await plane.simulator.exchange.journal.changed.next_change(before)
    finally:
        undo()
    (row,) = plane.simulator.exchange.journal.rows(after=before)
    assert row.as_json()["status"] == 400
    told = [json.loads(line) for line in said.getvalue().splitlines()]
    assert [one["level"] for one in told if one["level"] != "debug"] == []
    assert any(one.get("why") == "no valid HTTP" for one in told)
    assert plane.token not in said.getvalue()


async def test_a_wait_ends_when_nobody_waits(plane: "Plane", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.control.lasting.LOOK_SECONDS", 0.01)
    journal, body = plane.simulator.exchange.journal, b'{"match": {"kind": "x"}, "timeout_seconds": 3600}'
    before = journal.last_position
    head = b"POST /control/v1/journal/wait HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer TOKEN\r\n"
    length = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    await sent(plane, head + length + body, breaks_off=True)
    async with asyncio.timeout(10):
        await journal.changed.next_change(before)
    (row,) = journal.rows(after=before)
    assert (row.as_json()["path"], row.as_json()["status"]) == ("/control/v1/journal/wait", 400)


def test_a_librarys_own_errors_are_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    undo = install("error", "json", tuple)
    try:
        logging.getLogger("aiohttp.server").error("broke", exc_info=RuntimeError("it did"))
    finally:
        undo()
    assert json.loads(said.getvalue())["event"] == "broke"


async def test_no_advance_leads_beyond_the_last_instant_and_the_clock_goes_on(plane: "Plane") -> None:
    hundred_years: dict[str, Any] = {"seconds": 3650 * 86_400}
    async with plane.client() as client:
        await client.scale(2)
        for _ in range(697):
            await client.advance(**hundred_years)
        with pytest.raises(ControlError, match="the story ends with the year 9000, and this is 8991"):
            await client.advance(**hundred_years)
        assert (await client.clock())["scale"] == 2


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "/clock/advance", {"seconds": -1}, "seconds must be a number from 0 to 316224000, not -1"),
        ("POST", "/journal/verify", {"in_order": [{}, 5]},
         "in_order must be objects of dotted paths and values, not 5 as number 2"),
        ("PUT", "/snapshot", {"a": 1}, "the body must be the whole answer of GET /snapshot: this is no state of an"),
    ],
)  # fmt: skip
async def test_refusals_name_what_would_be_right(plane: "Plane", method: str, path: str, body: Any, said: str) -> None:
    status, problem, _ = await plane.raw(method, path, json=body)
    assert status == 422
    assert said in problem["detail"]
    assert "another file" not in problem["detail"]
