"""Every fault over real sockets: the bytes that come, what the journal keeps of them, and what follows."""

import asyncio
import base64
import gzip
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
import pytest

from simulator.contract.faults import fault_rows, rules
from simulator.contract.schemas import validator
from simulator.delivery.notification import Slot
from simulator.delivery.signature import Scheme, digest
from simulator.exchange.apps import NumberSpec
from tests.emitter.customers import NONCE, emitting
from tests.exchange.stage import KEY, A, B, Stage, X

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
DECISION = b'{"operation":"connect","connectInfo":{"calleeNum":"%s"}}' % B.encode()
STORY = ["callin", "callout", "alerting", "answer", "disconnect", "fee"]
BYTES = [name for name, row in fault_rows().items() if row.sort == "bytes"]
WHOLE = [name for name in BYTES if name not in ("truncated_body", "connection_cut")]


@dataclass
class Came:
    """One request as it came: the pieces that were read, and whether its sender hung up before its end."""

    pieces: list[bytes] = field(default_factory=list)
    is_cut: bool = False

    @property
    def raw(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def line(self) -> str:
        return self.raw.partition(b"\r\n")[0].decode()

    @property
    def names(self) -> list[str]:
        return [line.partition(":")[0] for line in self.raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]]

    @property
    def headers(self) -> dict[str, str]:
        lines = self.raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def decoded(self) -> bytes:
        body = _dechunked(self.body) if "transfer-encoding" in self.headers else self.body
        return gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body

    @property
    def is_whole(self) -> bool:
        if b"\r\n\r\n" not in self.raw:
            return False
        if "transfer-encoding" in self.headers:
            return self.body.endswith(b"0\r\n\r\n")
        return len(self.body) >= int(self.headers["content-length"])


def _dechunked(body: bytes) -> bytes:
    told = b""
    while not body.startswith(b"0\r\n\r\n"):
        size, _, rest = body.partition(b"\r\n")
        told, body = told + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return told


@dataclass
class Raw:
    """A customer's server that looks at bytes."""

    port: int = 0
    came: list[Came] = field(default_factory=list)

    def urls(self) -> dict[Slot, str]:
        return {slot: f"http://127.0.0.1:{self.port}/{slot.value}" for slot in (Slot.STATUS, Slot.FEE)}


@asynccontextmanager
async def listening(answer: bytes = OK) -> AsyncIterator[Raw]:
    it, tasks = Raw(), set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        try:
            while piece := await reader.read(65536):
                one = Came([piece])
                it.came.append(one)
                while not one.is_whole and (piece := await reader.read(65536)):
                    one.pieces.append(piece)
                one.is_cut = not one.is_whole
                writer.write(b"" if one.is_cut else answer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    it.port = server.sockets[0].getsockname()[1]
    yield it
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def played(receiver: Raw, *faults: dict, seconds: float = 86400, lanes: int = 1, **app) -> Stage:
    """A call with these faults in force, told to the receiver; retries included."""
    stage = Stage(receivers=receiver.urls(), **app)
    if stage.app.mode == "AXB":
        stage.bind(user_data="说明")
    stage.exchange.faults.put(KEY, rules(list(faults), stage.app.mode))
    async with emitting(stage, lanes=lanes):
        stage.dial()
        assert (await stage.story.advance(seconds)).reached
    return stage


def row_of(stage: Stage, number: int = 0) -> dict:
    return stage.attempts()[number].as_json()


def own(stage: Stage, number: int = 0) -> bytes:
    return stage.attempts()[number].delivery.body


# --- the bytes, fault by fault ---


@pytest.mark.parametrize("fault", BYTES)
async def test_only_the_first_attempt_of_the_messages_that_are_hit_is_wrong(fault: str) -> None:
    async with listening() as it, listening() as plain:
        stage = await played(it, {"fault": fault, "count": 2})
        await played(plain)
    shown = [row.as_json().get("fault") for row in stage.attempts()]
    assert shown[:2] == [fault, fault]
    assert not any(shown[2:])
    right = [one.body for one in plain.came]
    assert [one.body for one in it.came[2:6]] == right[2:6]
    assert it.came[0].raw != plain.came[0].raw.replace(f":{plain.port}".encode(), f":{it.port}".encode()) or (
        fault == "two_segments"
    )
    assert own(stage) == right[0], "the delivery's own body stays"


@pytest.mark.parametrize("fault", BYTES)
async def test_the_journal_keeps_what_was_really_sent(fault: str) -> None:
    async with listening() as it:
        stage = await played(it, {"fault": fault, "kinds": ["callin"]})
    row, came = row_of(stage), it.came[0]
    sent = base64.b64decode(row["body_base64"]) if "body_base64" in row else row["body"].encode()
    assert sent == came.body
    assert row["http_version"] == came.line.split()[-1]
    assert [name for name, _ in row["headers"]] == came.names
    kept = {name.lower(): value for name, value in row["headers"]}
    assert kept["x-aksk"] == re.sub(r'(?<=Digest=")[^"]+', "*" * 44, came.headers["x-aksk"])
    assert {**kept, "x-aksk": ""} == {**came.headers, "x-aksk": ""}
    assert stage.ends()[0].as_json()["fault"] == fault
    assert stage.exchange.violations == 0


@pytest.mark.parametrize("fault", [name for name in WHOLE if not name.endswith("_member")])
async def test_what_is_only_written_otherwise_is_the_same_notification(fault: str) -> None:
    async with listening() as it:
        stage = await played(it, {"fault": fault})
    assert [one.decoded for one in it.came] == [row.delivery.body for row in stage.attempts()]
    assert len(it.came) == 6


async def test_http_1_0() -> None:
    async with listening() as it:
        await played(it, {"fault": "http_1_0"})
    assert {one.line for one in it.came} == {"POST /status HTTP/1.0", "POST /fee HTTP/1.0"}


async def test_chunks_have_the_size_that_was_asked_for() -> None:
    async with listening() as it:
        await played(it, {"fault": "chunked", "bytes": 7, "kinds": ["callin"]})
    first = it.came[0]
    assert first.body.startswith(b'7\r\n{"event\r\n7\r\nType":"\r\n')
    assert first.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in first.headers


async def test_gzip_says_so_and_has_the_compressed_length() -> None:
    async with listening() as it:
        await played(it, {"fault": "gzip"})
    assert {one.headers["content-encoding"] for one in it.came} == {"gzip"}
    assert all(int(one.headers["content-length"]) == len(one.body) for one in it.came)


@pytest.mark.parametrize(
    ("style", "names"),
    [
        ("upper", ["HOST", "CONTENT-TYPE", "AUTHORIZATION", "X-AKSK", "CONTENT-LENGTH"]),
        ("title", ["Host", "Content-Type", "Authorization", "X-Aksk", "Content-Length"]),
        ("lower", ["host", "content-type", "authorization", "x-aksk", "content-length"]),
    ],
)
async def test_header_names_in_another_case(style: str, names: list[str]) -> None:
    async with listening() as it:
        await played(it, {"fault": "header_case", "style": style})
    assert [one.names for one in it.came] == [names] * 6


@pytest.mark.parametrize("scheme", list(Scheme))
async def test_a_wrong_signature_has_the_right_form(scheme: Scheme) -> None:
    async with listening() as it:
        await played(it, {"fault": "wrong_signature", "kinds": ["callin"]}, profile={"push_scheme": scheme.value})
    created = "2018-02-12T15:30:20Z"
    wrong, right = (re.search(r'Digest="([^"]+)"', one.headers[f"x-{scheme.value.lower()}"])[1] for one in it.came[:2])
    assert right == digest(scheme, "secret", NONCE, created)
    assert wrong != right
    assert len(base64.b64decode(wrong, validate=True)) == 32
    assert f'Nonce="{NONCE}",Created="{created}"' in it.came[0].headers[f"x-{scheme.value.lower()}"]


@pytest.mark.parametrize(("hours", "created"), [(48, "2018-02-10T15:30:20Z"), (-1.5, "2018-02-12T17:00:20Z")])
async def test_a_stale_created_is_rightly_signed(hours: float, created: str) -> None:
    async with listening() as it:
        await played(it, {"fault": "stale_created", "hours": hours, "kinds": ["callin"]})
    said = it.came[0].headers["x-aksk"]
    assert f'Created="{created}"' in said
    assert f'PasswordDigest="{digest(Scheme.AKSK, "secret", NONCE, created)}"' in said


async def test_a_truncated_body_is_complete_http_and_no_json() -> None:
    async with listening() as it:
        stage = await played(
            it, {"fault": "truncated_body", "bytes": 40, "kinds": ["callin"]}, {"fault": "truncated_body"}
        )
    assert it.came[0].body == own(stage)[:40]
    assert it.came[1].body == own(stage, 1)[: len(own(stage, 1)) // 2]
    for one in it.came:
        assert int(one.headers["content-length"]) == len(one.body)
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(one.body)
    assert {row.attempt.verdict.acknowledged for row in stage.ends()} == {True}, "what is answered counts"


async def test_an_unknown_member_is_in_each_record() -> None:
    async with listening() as it:
        await played(it, {"fault": "unknown_member", "member": "traceId", "value": "0123"})
    events, cdrs = orjson.loads(it.came[0].body), orjson.loads(it.came[-1].body)
    assert events["statusInfo"]["traceId"] == "0123"
    assert [record["traceId"] for record in cdrs["feeLst"]] == ["0123"]
    assert "traceId" not in events
    assert not validator("notifications/axb/callin").is_valid(events)


async def test_each_message_lacks_the_next_optional_member() -> None:
    async with listening() as it:
        stage = await played(it, {"fault": "missing_member"})
    lacking = []
    for one, row in zip(it.came, stage.attempts(), strict=True):
        left, right = orjson.loads(one.body), orjson.loads(row.delivery.body)
        assert validator(f"notifications/axb/{row.delivery.kind}").violations(left) == []
        lacking += [set(_leaves(right)) - set(_leaves(left))]
    assert lacking == [{"caller"}, {"called"}, {"subscriptionId"}, {"caller"}, {"subscriptionId"}, {"fwdStartTime"}]


def _leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(name for inner in value.values() for name in _leaves(inner))]
    return [name for inner in value for name in _leaves(inner)] if isinstance(value, list) else []


async def test_a_cut_connection_is_a_failure_and_the_retry_is_right() -> None:
    async with listening() as it:
        stage = await played(it, {"fault": "connection_cut", "bytes": 10, "kinds": ["callin"]})
    assert [one.is_cut for one in it.came] == [True] + [False] * 6
    assert it.came[0].body == own(stage)[:10]
    assert int(it.came[0].headers["content-length"]) == len(own(stage))
    first, again = [row for row in stage.ends() if row.delivery.kind == "callin"]
    length = len(own(stage))
    assert first.attempt.verdict.reason == f"we hung up after 10 of {length} bytes of the body"
    assert (first.as_json()["failure"], first.as_json()["fault"]) == ("cut", "connection_cut")
    assert (again.at - first.at).total_seconds() == 60
    assert "fault" not in again.as_json()


async def test_two_segments_arrive_one_after_the_other() -> None:
    async with listening() as it:
        stage = await played(it, {"fault": "two_segments", "bytes": 5, "kinds": ["callin"], "pause_seconds": 0.05})
    assert it.came[0].pieces[-1] == own(stage)[5:]
    assert it.came[0].raw.endswith(own(stage))
    assert row_of(stage)["segments"] == [5, len(own(stage)) - 5]


async def test_as_many_attempts_are_hit_as_it_says() -> None:
    async with listening(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n") as it:
        stage = await played(it, {"fault": "gzip", "attempts": 3, "kinds": ["callin"]})
    shown = [row.attempt.fault for row in stage.ends() if row.delivery.kind == "callin"]
    assert shown == ["gzip"] * 3 + [""] * 4


# --- order, loss, lateness ---


async def test_a_dropped_attempt_never_reaches_the_wire_and_the_retry_is_on_schedule() -> None:
    async with listening() as it:
        stage = await played(it, {"fault": "dropped_then_retried", "kinds": ["callout"]})
    assert [orjson.loads(one.body)["eventType"] for one in it.came] == [
        "callin", "alerting", "answer", "disconnect", "fee", "callout",
    ]  # fmt: skip
    dropped = next(row.as_json() for row in stage.attempts() if row.delivery.kind == "callout")
    assert (dropped["fault"], dropped["headers"], dropped["body"]) == ("dropped_then_retried", [], "")
    first, again = [row for row in stage.ends() if row.delivery.kind == "callout"]
    assert (first.attempt.verdict.acknowledged, first.attempt.verdict.reason) == (
        False,
        "never sent: dropped_then_retried",
    )
    assert (again.at - first.at).total_seconds() == 60
    assert again.attempt.verdict.acknowledged


@pytest.mark.parametrize("lanes", [1, 50])
async def test_a_copy_has_a_signature_of_its_own_and_the_journal_names_it(lanes: int) -> None:
    async with listening() as it:
        stage = await played(it, {"fault": "duplicated", "kinds": ["callin"]}, lanes=lanes)
    assert it.came[0].body == it.came[1].body
    rows = [row.as_json() for row in stage.attempts() if row.delivery.kind == "callin"]
    assert [(row["number"], row.get("fault")) for row in rows] == [(1, None), (2, "duplicated")]
    assert rows[0]["delivery_id"] == rows[1]["delivery_id"]
    assert len(it.came) == 7


async def test_a_decision_that_comes_too_late() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(DECISION), DECISION)
    async with listening(answer) as it:
        stage = await played(
            it, {"fault": "late_decision", "count": 1}, mode="X", numbers=(NumberSpec(X, "0755"),), seconds=60
        )
        async with emitting(stage, lanes=1):
            stage.dial(A, X)
            await stage.story.advance(60)
    first = stage.ends()[0].as_json()
    assert first["reason"] == "no answer within 10 s: the answer 200 counts as late (late_decision)"
    assert (first["failure"], first["fault"], first.get("answer")) == (
        "timeout", "late_decision", None,
    )  # fmt: skip
    assert [row.detail["hangup_cause"] for row in stage.rows("call_event") if "hangup_cause" in row.detail] == [8014, 0]
    assert all("fault" not in row.as_json() for row in stage.attempts()[1:])


async def test_who_does_not_listen_decides_nothing_late() -> None:
    stage = Stage(mode="X", numbers=(NumberSpec(X, "0755"),), receivers={Slot.STATUS: "http://127.0.0.1:9/status"})
    stage.exchange.faults.put(KEY, rules([{"fault": "late_decision"}], "X"))
    async with emitting(stage, lanes=1):
        stage.dial(A, X)
        await stage.story.advance(0)
    assert stage.ends()[0].as_json()["failure"] == "connect"


# --- one seed ---


async def test_one_seed_tells_one_story_byte_for_byte() -> None:
    every = [{"fault": name, "probability": 0.4} for name, row in fault_rows().items() if row.asking != "only"]
    told = []
    for _ in range(2):
        async with listening() as it:
            await played(it, *every)
            told.append([one.raw.replace(f":{it.port}".encode(), b"") for one in it.came])
    assert told[0] == told[1]


@pytest.mark.parametrize("fault", BYTES)
async def test_an_address_that_no_request_can_carry_stays_unsendable(fault: str) -> None:
    stage = Stage(receivers={Slot.STATUS: "gopher://nowhere/"})
    stage.bind()
    stage.exchange.faults.put(KEY, rules([{"fault": fault}]))
    async with emitting(stage, lanes=1):
        stage.dial()
        await stage.story.advance(0)
    assert stage.ends()[0].as_json()["failure"] == "unsendable"
