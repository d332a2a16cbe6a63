"""Every way in which a receiver's answer can be wrong, sent over a socket, and the sentence that is said of it."""

import json

import pytest

from simulator.delivery.notification import Slot
from tests.emitter.customers import emitting, raw_customer
from tests.exchange.stage import Stage

B = "+8613800000002"
JSON = "application/json;charset=UTF-8"
CONNECT = json.dumps({"operation": "connect", "connectInfo": {"calleeNum": B}}).encode()
SUCCESS = "where 200 is success"


def answer(body: bytes = b"", status: str = "200 OK", kind: str | None = None, **headers: str) -> bytes:
    named = {"Content-Length": str(len(body)), **({"Content-Type": kind} if kind else {}), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


async def said_of(says: bytes | None, mode: str, **profile: object) -> tuple[bool, str, str]:
    """Whether a callin that is answered like this is acknowledged, why not, and what is remarked."""
    async with raw_customer(says) as it:
        receivers = {Slot.CALLIN: it.urls()[Slot.STATUS]}
        stage = Stage(mode=mode, receivers=receivers, profile={"retry_minutes": [], **profile})
        if mode == "AXB":
            stage.bind()
        stage.dial(outcome="busy")
        async with emitting(stage, answer_timeout=0.05 if says is None else 5):
            await stage.story.advance(1)
    ended = stage.ends()[0].as_json()
    return ended["acknowledged"], ended["reason"], ended["remark"]


# --- where an empty 200 is due ---

EITHER_MODE = [
    (answer(status="302 Found", Location="http://127.0.0.1:1/"),
     f"answered 302 Found {SUCCESS}; the platform follows no redirects"),
    (answer(status="307 Temporary Redirect"),
     f"answered 307 Temporary Redirect {SUCCESS}; the platform follows no redirects"),
    (answer(status="304 Not Modified"), f"answered 304 Not Modified {SUCCESS}"),
    (answer(status="201 Created"), f"answered 201 Created {SUCCESS}"),
    (b"HTTP/1.1 204 No Content\r\n\r\n", f"answered 204 No Content {SUCCESS}"),
    (answer(b"{}", status="404 Not Found"), f"answered 404 Not Found {SUCCESS}"),
    (answer(status="503 Service Unavailable", Retry_After="1"),
     f"answered 503 Service Unavailable {SUCCESS}; the platform takes no notice of Retry-After"),
    (answer(status="500 \x1b[31m" + "x" * 90), f"answered 500 ?[31m{'x' * 55} {SUCCESS}"),
    (answer(status="999"), f"answered 999 {SUCCESS}"),
    (None, "no answer within 0.05 s"),
    (b"", "the receiver cut the connection before an answer"),
    (b"HTTP/1.1 200 OK\r\nCont",
     "the receiver cut the connection in the answer's header: it started with b'HTTP/1.1 200 OK\\r\\nCont'"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
     ("the receiver cut the connection in the answer's body, after 3 bytes: "
     "it started with b'HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nabc'")),
    (b"HTTP/1.1 100 Continue\r\n\r\n",
     "the receiver cut the connection in the answer's header: it started with b'HTTP/1.1 100 Continue\\r\\n\\r\\n'"),
    (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
     "the receiver switched protocols, which nobody asked for"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 1_100_000,
     "the answer's body is longer than 1024 KiB: the rest was not read"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 40_000, "the answer's header is longer than 32 KiB: the rest was not read"),
]  # fmt: skip


@pytest.mark.parametrize("mode", ["AXB", "X"])
@pytest.mark.parametrize(("says", "sentence"), EITHER_MODE, ids=[str(n) for n in range(len(EITHER_MODE))])
async def test_what_is_no_success_is_named_whoever_is_asked(says: bytes | None, sentence: str, mode: str):
    assert await said_of(says, mode) == (False, sentence, "")


@pytest.mark.parametrize(
    ("says", "start", "end"),
    [
        (b"220 mail.example ESMTP\r\n", "no HTTP answer (", "): it started with b'220 mail.example ESMTP\\r\\n'"),
        (b"HTTP/2 200\r\n\r\n", "no HTTP answer (", "): it started with b'HTTP/2 200\\r\\n\\r\\n'"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "no HTTP answer (",
         "): it started with b'\\x15\\x03\\x01\\x00\\x02\\x02F'; that is TLS, so its address begins with https://"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", "no HTTP answer (",
         "): it started with b'HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\na'"),
    ],
)  # fmt: skip
async def test_garbage_is_shown_as_it_began(says: bytes, start: str, end: str):
    acknowledged, reason, remark = await said_of(says, "AXB")
    assert (acknowledged, remark) == (False, "")
    assert reason.startswith(start)
    assert reason.endswith(end)


@pytest.mark.parametrize(
    ("says", "remark"),
    [
        (answer(), ""),
        (b"HTTP/1.0 200 OK\r\n\r\n", ""),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer(), ""),
        (answer(kind="text/html"), ""),
        (answer(b"{}", kind=JSON), "answered with a body of 2 bytes where none is due"),
        (answer(b"1"), "answered with a body of 1 byte where none is due"),
        (answer(b"<html>", kind="text/html"), "answered with a body of 6 bytes where none is due"),
    ],
)
async def test_a_body_where_none_is_due_is_a_remark(says: bytes, remark: str):
    assert await said_of(says, "AXB") == (True, "answered 200", remark)


@pytest.mark.parametrize("statuses", [[200, 204], [204]])
async def test_what_counts_as_success_is_the_profiles(statuses: list[int]):
    says = b"HTTP/1.1 204 No Content\r\n\r\n"
    assert await said_of(says, "AXB", success_statuses=statuses) == (True, "answered 204", "")


async def test_a_redirect_is_never_followed_even_where_it_counts_as_success():
    says = answer(status="302 Found", Location="http://127.0.0.1:1/elsewhere")
    assert await said_of(says, "AXB", success_statuses=[200, 302]) == (True, "answered 302", "")


# --- where a decision is due ---

NO_DECISION = [
    (b"", "the body is empty; a JSON object is needed"),
    (b"OK", "the body is no JSON: unexpected character, expected a JSON value (line 1, column 1)"),
    (CONNECT[:20], "the body is no JSON: unexpected end of data (line 1, column 21)"),
    (b'{"operation":"cl\xffose"}', "the body is no UTF-8: byte 17 is 0xff"),
    (b"[]", "the body is JSON, but a list and no object"),
    (b'"close"', "the body is JSON, but a text and no object"),
    (b"1", "the body is JSON, but a number and no object"),
    (b"true", "the body is JSON, but true or false and no object"),
    (b"null", "the body is JSON, but null and no object"),
    (b"{}", "the decision lacks operation"),
    (b'{"operation":"forward"}', "operation is 'forward', instead of connect or close"),
    (b'{"operation":"connect"}', "the decision lacks connectInfo"),
    (b'{"operation":"connect","connectInfo":{}}', "the decision lacks calleeNum"),
    (b'{"operation":"connect","connectInfo":{"calleenum":"1"}}',
     "the decision lacks calleeNum; 'calleenum' was given"),
    (b'{"operation":"connect","connectInfo":{"calleeNum":{"a":"' + b"1" * 99 + b'"}}}',
     f"the decision's calleeNum: a string is needed, not {{'a': '{'1' * 53}"),
    (b'{"operation":"connect","connectInfo":{"calleeNum":"' + b"1" * 40 + b'"}}',
     "the decision's calleeNum: at most 31 characters are allowed, these are 40"),
    (b'{"operation":"close","x":"' + b"y" * 70_000 + b'"}',
     "the decision has 70028 bytes, of which 65536 are read"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "sentence"), NO_DECISION, ids=[str(n) for n in range(len(NO_DECISION))])
async def test_what_is_no_decision_is_named(body: bytes, sentence: str):
    assert await said_of(answer(body, kind=JSON), "X") == (False, f"answered 200, but {sentence}", "")


@pytest.mark.parametrize(
    ("kind", "remark"),
    [
        (None, ""),
        (JSON, ""),
        ("application/JSON;charset=UTF-8", ""),
        ("application/json; charset=utf8", ""),
        ("text/html", "the decision came with 'text/html', instead of application/json"),
        ("application/json;charset=gbk", "the decision's charset is 'gbk', instead of UTF-8"),
        ("text/plain; charset=GBK", ("the decision came with 'text/plain; charset=GBK', instead of application/json; "
                                    "the decision's charset is 'GBK', instead of UTF-8")),
        ("{0}" + "x" * 100, f"the decision came with '{{0}}{'x' * 57}', instead of application/json"),
    ],
)  # fmt: skip
async def test_the_form_of_a_decision_is_a_remark(kind: str | None, remark: str):
    assert await said_of(answer(CONNECT, kind=kind), "X") == (True, "answered 200", remark)


async def test_what_is_ignored_in_a_decision_stands_beside_its_form():
    body = json.dumps({"operation": "close", "closeInfo": {"closehinttone": "a.wav"}}).encode()
    acknowledged, _, remark = await said_of(answer(body, kind="text/html"), "X")
    assert (acknowledged, remark) == (
        True, ("the decision's closehinttone is ignored; is closeHintTone meant?; "
              "the decision came with 'text/html', instead of application/json"),
    )  # fmt: skip
