"""Outbox to receiver over real sockets: headers, order, lanes, waves, and what becomes of every bad answer."""

import asyncio

import orjson
import pytest

from simulator.delivery.notification import Slot
from simulator.emitter.signing import Signer
from simulator.exchange.apps import App
from tests.emitter.customers import NONCE, WALL, customer, emitting, raw_customer
from tests.exchange.stage import KEY, A, B, Stage, app_spec, turns

STORY = ["callin", "callout", "alerting", "answer", "disconnect", "fee"]


def a_stage(urls, *, calls: int = 1, wish: dict | None = None, scale: float = 0, seed: int = 7, **app) -> Stage:
    stage = Stage(receivers=urls, scale=scale, seed=seed, **app)
    stage.bind()
    for _ in range(calls):
        stage.dial(**(wish or {}))
    return stage


def kind_of(body: bytes) -> str:
    return orjson.loads(body)["eventType"]


def by_call(bodies: list[bytes]) -> dict[str, list[str]]:
    """The kinds of events of each call, in the order in which they came; CDRs belong to their call."""
    told: dict[str, list[str]] = {}
    for body in map(orjson.loads, bodies):
        sessions = [one["sessionId"] for one in body.get("feeLst", [body.get("statusInfo")])]
        for session in sessions:
            told.setdefault(session, []).append(body["eventType"])
    return told


# --- what is sent ---


@pytest.mark.parametrize(
    ("scheme", "digest"),
    [
        ("AKSK", "zF1iBETEfRkYCOWbUTf6HmG9kdBwqIZDKuP+C2QhFmA="),
        ("WSSE", "qCmRwZJ+sLreruMAe0Y/cBn8Gu3pPt/g295jaoOmQkY="),
        ("none", None),
    ],
)
def test_headers_are_those_of_the_samples_and_the_journal_keeps_them_masked(scheme: str, digest: str | None) -> None:
    app = App(app_spec("a1key", "cfc8secret", profile={"push_scheme": scheme}))
    sent, kept = Signer(lambda: WALL, lambda: NONCE).headers(app)
    content_type = ("content-type", "application/json;charset=UTF-8")
    if digest is None:
        assert sent == kept == (content_type,)
        return

    def token(shown: str) -> str:
        return (
            f'UsernameToken Username="a1key",PasswordDigest="{shown}",'
            'Nonce="66C92B11FF8A425FB8D4CCFE0ED9ED1F",Created="2018-02-12T15:30:20Z"'
        )

    authorization = ("authorization", f'{scheme} realm="SDP",profile="UsernameToken",type="Appkey"')
    assert sent == (content_type, authorization, (f"x-{scheme.lower()}", token(digest)))
    assert kept == (content_type, authorization, (f"x-{scheme.lower()}", token("*" * 44)))


async def test_headers_reach_the_receiver_in_order_and_in_lower_case() -> None:
    async with customer() as it:
        stage = a_stage(it.urls())
        async with emitting(stage):
            await stage.story.advance(60)
    for headers, body in zip(it.headers, it.bodies(), strict=True):
        names = [name.decode() for name, _ in headers]
        assert names == ["Host", "content-type", "authorization", "x-aksk", "content-length"]
        assert dict(headers)[b"content-length"] == str(len(body)).encode()


async def test_what_the_receiver_gets_is_what_the_journal_says() -> None:
    async with customer() as it:
        stage = a_stage(it.urls(), calls=3)
        async with emitting(stage):
            await stage.story.advance(60)
    rows = [row.as_json() for row in stage.attempts()]
    assert sorted(row["body"].encode() for row in rows) == sorted(it.bodies())
    assert {row["url"] for row in rows} == set(it.urls().values())
    assert all('PasswordDigest="****' in dict(row["headers"])["x-aksk"] for row in rows)
    assert {path for path, body in it.got if kind_of(body) == "fee"} == {"/fee"}


# --- order and lanes ---


@pytest.mark.parametrize("lanes", [1, 3, 50])
async def test_each_call_arrives_in_its_order_however_many_are_on_their_way(lanes: int) -> None:
    async with customer() as it:
        stage = a_stage(it.urls(), calls=20)
        async with emitting(stage, lanes=lanes):
            assert (await stage.story.advance(60)).reached
    assert list(by_call(it.bodies()).values()) == [STORY] * 20


@pytest.mark.parametrize(("lanes", "scale"), [(1, 0), (4, 0), (1, 1), (4, 1)])
async def test_no_more_attempts_than_lanes_are_on_their_way_and_none_of_the_lanes_idles(lanes: int, scale: float):
    together = asyncio.Event()

    async def answer(it, *_) -> int:
        if it.busy == lanes:
            together.set()
        async with asyncio.timeout(20):
            await together.wait()
        return 200

    async with customer(answer) as it:
        stage = a_stage(it.urls(), calls=9, wish={"outcome": "busy"}, scale=scale)
        async with emitting(stage, lanes=lanes, ticking=True):
            await stage.story.advance(60)
    assert it.most_busy == lanes
    assert len(it.got) >= 9 * 3


async def test_on_a_standing_clock_results_are_applied_in_the_order_in_which_attempts_started() -> None:
    released: dict[str, asyncio.Event] = {}
    arrived = asyncio.Event()

    async def answer(it, path, body) -> int:
        session = orjson.loads(body)["statusInfo"]["sessionId"]
        event = released.setdefault(session, asyncio.Event())
        if len(released) == 3:
            arrived.set()
        async with asyncio.timeout(20):
            await event.wait()
        return 200

    async with customer(answer) as it:
        stage = a_stage({Slot.CALLIN: it.urls()[Slot.STATUS]}, calls=3)
        calls = [played.call for played in reversed(stage.exchange.calls())]
        async with emitting(stage):
            async with asyncio.timeout(20):
                await arrived.wait()
            for call in reversed(calls):
                released[call.session_id].set()
                await turns(20)
            await stage.story.advance(0)
    assert [row.call_id for row in stage.ends()] == [call.call_id for call in calls]


async def test_on_a_running_clock_a_result_is_applied_when_it_is_there() -> None:
    slow = asyncio.Event()

    async def answer(it, path, body) -> int:
        if orjson.loads(body)["statusInfo"]["caller"] == A:
            async with asyncio.timeout(20):
                await slow.wait()
        return 200

    async with customer(answer) as it:
        stage = a_stage({Slot.CALLIN: it.urls()[Slot.STATUS]}, scale=1)
        quick = stage.dial(B)
        async with emitting(stage, ticking=True):
            async with asyncio.timeout(20):
                while not stage.ends():
                    await stage.exchange.journal.changed.next_change(stage.exchange.journal.last_position)
            assert [row.call_id for row in stage.ends()] == [quick.call.call_id]
            slow.set()
            assert (await stage.story.advance(0)).reached
    assert len(stage.ends()) == 2


async def test_an_advance_right_after_a_pull_still_waits_for_that_attempt() -> None:
    async with customer() as it:
        stage = Stage(receivers=it.urls(), scale=1)
        stage.bind()
        async with emitting(stage, ticking=True):
            await turns()
            stage.dial()
            advance = asyncio.create_task(stage.story.advance(3600))
            assert (await advance).reached
    starts = [row.at for row in stage.attempts()]
    assert (starts[0] - stage.exchange.calls()[0].dialled_at).total_seconds() < 60


async def test_a_running_clock_tells_the_whole_story_by_itself() -> None:
    async with customer() as it:
        stage = a_stage(it.urls(), calls=5)
        async with emitting(stage, ticking=True):
            stage.story.set_scale(1000)
            async with asyncio.timeout(30):
                while sum(len(kinds) for kinds in by_call(it.bodies()).values()) < 5 * 6:
                    await stage.exchange.journal.changed.next_change(stage.exchange.journal.last_position)
            assert (await stage.story.advance(0)).reached
    assert list(by_call(it.bodies()).values()) == [STORY] * 5


# --- bad answers ---


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (500, "answered 500 Internal Server Error where 200 is success"),
        (302, "answered 302 Found where 200 is success; the platform follows no redirects"),
        (204, "answered 204 No Content where 200 is success"),
    ],
)
async def test_every_status_but_the_success_is_a_failed_attempt_that_is_tried_again(status: int, reason: str) -> None:
    async def answer(it, path, body) -> int:
        return status if len(it.got) == 1 else 200

    async with customer(answer) as it:
        stage = a_stage(it.urls(), wish={"outcome": "busy"})
        async with emitting(stage):
            await stage.story.advance(120)
    ended = stage.ends()[0].as_json()
    assert (ended["acknowledged"], ended["status"], ended["reason"]) == (False, status, reason)
    assert [kind_of(body) for body in it.bodies()] == ["callin", "callout", "disconnect", "fee", "callin"]


@pytest.mark.parametrize(
    ("says", "failure"),
    [
        (None, "timeout"),
        (b"", "cut"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "cut"),
        (b"220 mail.example ESMTP\r\n", "garbage"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n", "garbage"),
    ],
)
async def test_what_is_no_answer_is_a_failed_attempt_with_its_reason(says: bytes | None, failure: str) -> None:
    async with raw_customer(says) as it:
        stage = a_stage({Slot.CALLIN: it.urls()[Slot.STATUS]}, profile={"retry_minutes": [1]})
        async with emitting(stage, answer_timeout=0.05 if says is None else 5):
            await stage.story.advance(60)
    ended = [row.as_json() for row in stage.ends()]
    assert [(row["number"], row["acknowledged"], row["failure"]) for row in ended] == [
        (1, False, failure),
        (2, False, failure),
    ]
    assert all(row["reason"] for row in ended)


async def test_nobody_listening_is_a_failed_attempt() -> None:
    async with raw_customer(b"") as it:
        urls = it.urls()
    stage = a_stage({Slot.CALLIN: urls[Slot.STATUS]}, profile={"retry_minutes": []})
    async with emitting(stage):
        assert (await stage.story.advance(60)).reached
    assert stage.ends()[0].as_json()["failure"] == "connect"


@pytest.mark.parametrize("lanes", [1, 5])
@pytest.mark.parametrize("scale", [0, 1])
async def test_what_cannot_be_sent_at_all_is_a_failed_attempt_and_nothing_else_suffers(lanes: int, scale: float):
    async with customer() as it:
        stage = Stage(receivers={Slot.CALLIN: "nonsense://x", Slot.STATUS: it.urls()[Slot.STATUS]}, scale=scale)
        stage.bind()
        stage.dial(outcome="busy")
        async with emitting(stage, lanes=lanes, ticking=True):
            assert (await stage.story.advance(10)).reached
    ended = stage.ends()[0].as_json()
    assert (ended["failure"], "only http and https" in ended["reason"]) == ("unsendable", True)
    assert [kind_of(body) for body in it.bodies()] == ["callout", "disconnect"]


async def test_the_answer_timeout_is_the_profiles_unless_somebody_is_impatient() -> None:
    async with raw_customer(None) as it:
        stage = a_stage(
            {Slot.CALLIN: it.urls()[Slot.STATUS]}, profile={"answer_timeout_seconds": 0.2, "retry_minutes": [1]}
        )
        async with emitting(stage) as emitter:
            await stage.story.advance(1)
            emitter.answer_timeout = 0.01
            await stage.story.advance(60)
    patient, impatient = [row.as_json()["wall_seconds"] for row in stage.ends()]
    assert patient >= 0.2 > impatient >= 0.01


async def test_an_application_removed_while_its_attempt_is_on_its_way_harms_nobody() -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def answer(*_) -> int:
        arrived.set()
        async with asyncio.timeout(20):
            await go_on.wait()
        return 500

    async with customer(answer) as it:
        stage = a_stage(it.urls(), calls=3)
        async with emitting(stage, lanes=1):
            async with asyncio.timeout(20):
                await arrived.wait()
            stage.exchange.remove_app(KEY)
            go_on.set()
            assert (await stage.story.advance(24 * 3600)).reached
    assert len(it.got) == 1
    assert stage.exchange.outbox.in_flight == 0


async def test_a_bug_in_an_attempt_ends_the_emitter_instead_of_hiding() -> None:
    for scale in (0, 1):
        stage = a_stage({Slot.STATUS: "http://127.0.0.1:9/"}, scale=scale)
        with pytest.raises(AssertionError, match="ZeroDivisionError"):  # noqa: PT012 - the bug surfaces when it leaves
            async with emitting(stage) as emitter:

                async def broken(*_, **__):
                    raise ZeroDivisionError

                emitter._transport.post = broken
                async with asyncio.timeout(5):
                    while not stage.attempts():
                        await turns(1)
                await turns(20)


# --- one seed, one story ---


def unreliable():
    """Answers that fail often, and always the same notifications."""
    statuses = [200, 500, 200, 404, 302]

    async def answer(it, path, body) -> int:
        count = it.bodies().count(body)
        return 200 if count > 3 else statuses[(len(body) + count) % len(statuses)]

    return answer


async def told(seed: int, *, lanes: int) -> tuple[list[bytes], list[tuple]]:
    async with customer(unreliable()) as it:
        stage = Stage(receivers=it.urls(), seed=seed)
        stage.bind(user_data="mine")
        async with emitting(stage, lanes=lanes):
            for talks, outcome in ((10, "answered"), (10, "no_answer"), (3, "busy"), (70, "answered")):
                stage.dial(talks_seconds=talks, outcome=outcome)
                await stage.story.advance(5)
            stage.dial(B)
            await stage.story.advance(8 * 3600)
    started = [(row.at, row.number, row.delivery.delivery_id, row.delivery.body) for row in stage.attempts()]
    return it.bodies(), started


async def test_the_same_seed_tells_the_same_story_byte_for_byte_also_when_receivers_fail() -> None:
    first, again, other = await told(7, lanes=1), await told(7, lanes=1), await told(8, lanes=1)
    assert first == again
    assert len(first[0]) > 5 * 4
    assert not set(first[0]) & set(other[0])


async def test_with_many_lanes_the_same_seed_starts_the_same_attempts_in_the_same_order() -> None:
    (_, first), (_, again) = await told(7, lanes=20), await told(7, lanes=20)
    assert first == again


# --- a customer who decides ---


def http(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize("scale", [0, 1])
@pytest.mark.parametrize(
    ("says", "told", "cause"),
    [
        (http(b'{"operation":"connect","connectInfo":[{"calleeNum":"%b"}]}' % B.encode()), STORY, 0),
        (http(b'{"operation":"close"}'), ["callin", "disconnect", "fee"], 8017),
        (http(b'{"operation":"close"}', "302 Found"), ["callin", "disconnect", "fee"], 8014),
        (b"", ["callin", "disconnect", "fee"], 8014),
        (None, ["callin", "disconnect", "fee"], 8014),
    ],
)
async def test_a_call_to_x_goes_where_its_customer_says(
    scale: float, says: bytes | None, told: list[str], cause: int
) -> None:
    async with raw_customer(says) as it:
        stage = Stage(mode="X", receivers=it.urls(), scale=scale, profile={"retry_minutes": []})
        async with emitting(stage, answer_timeout=0.2 if says is None else 5):
            played = stage.dial(A)
            await stage.story.advance(60)
    assert [row.delivery.kind for row in stage.ends()] == told
    assert played.cdr is not None
    assert played.cdr.release.cause == cause
