"""The sample receiver: what it says of a notification, and how it misbehaves."""

import asyncio
from collections.abc import Mapping
from io import BytesIO

import aiohttp
import orjson
import pytest

from simulator.clock.wall import utc_now
from simulator.contract.schemas import load
from simulator.delivery.signature import Scheme, digest
from simulator.scenario.judging import judge, telling
from simulator.scenario.language import Behaviour
from simulator.scenario.receiver import BODY_LIMIT, Arrival, SampleReceiver
from tests.scenario.stages import KEY

CALLIN = load("notifications/axb/callin")["examples"][0]
DISCONNECT = load("notifications/axb/disconnect")["examples"][0]
FEE = load("notifications/axb/fee")["examples"][0]


def signed(scheme: Scheme = Scheme.AKSK, secret: str = KEY.app_secret, key: str = KEY.app_key) -> dict[str, str]:
    nonce, created = "66C92B11FF8A425FB8D4CCFE0ED9ED1F", "2018-02-12T15:30:20Z"
    value = digest(scheme, secret, nonce, created)
    token = f'UsernameToken Username="{key}", PasswordDigest="{value}", Nonce="{nonce}", Created="{created}"'
    return {"Authorization": f'{scheme.value} realm="SDP"', f"X-{scheme.value}": token}


def complaints(path: str, headers: Mapping[str, str], body: object) -> tuple[str, ...]:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return judge(path, headers, content, KEY).complaints


async def post(receiver: SampleReceiver, body: object = CALLIN, path: str = "/callin", **options: object) -> int:
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        url = receiver.url + path
        async with session.post(url, json=body, headers=signed(), allow_redirects=False) as answer:
            assert await answer.read() == b""
            return answer.status


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize(
    ("path", "body"), [("/callin", CALLIN), ("/status", CALLIN), ("/status", DISCONNECT), ("/fee", FEE)]
)
def test_a_right_notification_brings_no_complaint(scheme: Scheme, path: str, body: object):
    assert complaints(path, signed(scheme), body) == ()


@pytest.mark.parametrize(
    ("headers", "complaint"),
    [
        ({}, "unsigned: neither X-AKSK nor X-WSSE"),
        (signed(secret="other"), "the AKSK digest is not that of this app's secret"),
        (signed(Scheme.WSSE, secret="other"), "the WSSE digest is not that of this app's secret"),
        (signed(key="ax-demo"), "signed by app 'ax-demo', instead of 'axb-demo'"),
        ({**signed(), "Authorization": "WSSE realm"}, "Authorization does not begin with AKSK"),
        ({**signed(), "X-AKSK": 'UsernameToken Username="x"'}, "X-AKSK lacks PasswordDigest, Nonce, Created"),
    ],
)
def test_a_wrong_signature_is_told_by_what_is_wrong_with_it(headers: dict[str, str], complaint: str):
    assert complaints("/callin", headers, CALLIN) == (complaint,)


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("/fee", CALLIN, "a callin came to /fee, instead of /callin"),
        ("/status", FEE, "a fee came to /status, instead of /fee"),
        ("/callin", DISCONNECT, "a disconnect came to /callin, instead of /status"),
        ("/callin", b"{", "the body is no JSON: unexpected end of data: line 1 column 2 (char 1)"),
        ("/callin", {"eventType": "dinner"}, "the body is no notification that has a schema"),
        ("/callin", [1], "the body is no notification that has a schema"),
        ("/callin", {**CALLIN, "more": 1}, "at /: Additional properties are not allowed ('more' was unexpected)"),
    ],
)
def test_a_wrong_body_or_place_is_told(path: str, body: object, complaint: str):
    assert complaints(path, signed(), body) == (complaint,)


def test_a_notification_tells_who_called_whom_and_why_it_ended():
    (told,) = telling(orjson.dumps(DISCONNECT))
    assert (told.kind, told.caller, told.called, told.cause) == ("disconnect", "+8613800000022", "+8613800007021", 0)
    assert told.cause_text == "0 Active hang-up after the call was answered (normal end) 接通后主动挂机"
    (fee,) = telling(orjson.dumps(FEE))
    assert (fee.caller, fee.called, fee.cause) == ("+8613800000021", "+8613800007021", 0)
    assert telling(b"no json") == ()


async def test_it_answers_an_empty_200_and_tells_each_arrival():
    told: list[Arrival] = []
    async with SampleReceiver(KEY, utc_now, told=told.append) as receiver:
        assert await post(receiver) == 200
    (arrival,) = told
    assert (arrival.path, arrival.judged.kind, arrival.judged.complaints, arrival.answered) == (
        "/callin",
        "callin",
        (),
        "200",
    )
    assert list(receiver.arrivals) == told
    assert receiver.complaints == []


async def test_only_posts_are_taken_and_only_of_a_bearable_size():
    async with SampleReceiver(KEY, utc_now) as receiver, aiohttp.ClientSession() as session:
        async with session.get(receiver.url) as answer:
            assert answer.status == 405
        async with session.post(receiver.url, data=BytesIO(b" " * (BODY_LIMIT + 1))) as answer:
            assert answer.status == 413
    assert receiver.count == 0


@pytest.mark.parametrize(("behaviour", "status"), [(Behaviour(answer=500), 500), (Behaviour(answer=302), 302)])
async def test_it_answers_the_status_it_was_told_to(behaviour: Behaviour, status: int):
    async with SampleReceiver(KEY, utc_now, behaviour) as receiver:
        assert await post(receiver) == status


@pytest.mark.parametrize("behaviour", [Behaviour(cut=True), Behaviour(garbage=True)])
async def test_it_cuts_the_connection_or_answers_garbage(behaviour: Behaviour):
    async with SampleReceiver(KEY, utc_now, behaviour) as receiver:
        with pytest.raises(aiohttp.ClientError):
            await post(receiver)
    assert receiver.arrivals[0].answered in ("cut", "garbage")


async def test_a_hung_request_ends_when_the_receiver_does():
    arrived = asyncio.Event()
    receiver = SampleReceiver(KEY, utc_now, Behaviour(hang=True), told=lambda _: arrived.set())
    await receiver.__aenter__()
    request = asyncio.ensure_future(post(receiver))
    async with asyncio.timeout(5):
        await arrived.wait()
        assert not request.done()
        await receiver.__aexit__()
    with pytest.raises(aiohttp.ClientError):
        await request


async def test_a_delayed_answer_comes_all_the_same():
    async with SampleReceiver(KEY, utc_now, Behaviour(delay_seconds=0.02)) as receiver:
        assert await post(receiver) == 200


async def test_a_receiver_that_fails_first_fails_each_message_so_often():
    async with SampleReceiver(KEY, utc_now, Behaviour(fail_first=2)) as receiver:
        statuses = [await post(receiver, body) for body in (CALLIN, DISCONNECT, CALLIN, CALLIN, DISCONNECT, DISCONNECT)]
    assert statuses == [500, 500, 500, 200, 500, 200]


async def test_it_can_fail_first_in_another_way():
    async with SampleReceiver(KEY, utc_now, Behaviour(answer=302, fail_first=1)) as receiver:
        assert [await post(receiver), await post(receiver)] == [302, 200]
