"""What production showed of AX in November 2019 (observed.md), each fact as the bytes that went over the wire."""

import json
from collections.abc import AsyncIterator

import pytest

from simulator.telephony.commands.calls import Dial
from tests.api.served import (
    CREATED,
    KEY,
    NONCE,
    OTHER_X,
    SECRET,
    X1,
    X2,
    A,
    B,
    Got,
    Platform,
    aksk,
    authorization,
    platform_with,
    token,
    wsse,
)

AX = "/rest/provision/caas/privatenumber/v1.0"
CALLEE = "/rest/caas/privatenumber/calleenumber/v1.0"
HOST = "Host: rtcapi.cn-north-1.myhuaweicloud.com:12543\r\n"
TYPE = "Content-Type: application/json;charset=UTF-8\r\n"
SIGNED = f"Authorization: {authorization()}\r\nX-AKSK: {token(KEY, aksk(SECRET, NONCE, CREATED))}\r\n"
SIGNED_2019 = (
    f"Authorization: {authorization('WSSE')}\r\nX-WSSE: {token(KEY, wsse(SECRET, NONCE, CREATED), comma=', ')}\r\n"
)
DONE = b'{"resultcode":"0","resultdesc":"Success"}'


@pytest.fixture
async def ax() -> AsyncIterator[Platform]:
    async with platform_with(mode="AX") as platform:
        yield platform


def text(*lines: str) -> bytes:
    return "".join((*lines, "\r\n")).encode()


def carried(method: str, body: str, target: str = AX, signed: str = SIGNED) -> bytes:
    """A request with a body, byte for byte."""
    content = body.encode()
    length = f"Content-Length: {len(content)}\r\n"
    return text(f"{method} {target} HTTP/1.1\r\n", HOST, TYPE, signed, length) + content


def asked(method: str, query: str, signed: str = SIGNED) -> bytes:
    return text(f"{method} {AX}?{query} HTTP/1.1\r\n", HOST, TYPE, signed)


async def bound(ax: Platform, body: str) -> Got:
    got = await ax.send(carried("POST", body))
    assert (got.status, got.code) == (200, "0"), got
    return got


PLAIN = f'{{"origNum":"{A}","privateNum":"{X1}"}}'
OF_A = "origNum=%2B8613800000021"


# --- answers ---


async def test_the_answer_to_bind_has_these_five_members_and_no_full_stop(ax: Platform) -> None:
    got = await bound(ax, PLAIN)
    assert set(got.json()) == {"origNum", "resultcode", "subscriptionId", "privateNum", "resultdesc"}
    assert b'"resultcode":"0"' in got.body
    assert b'"resultdesc":"Success"' in got.body
    subscription = str(got.json()["subscriptionId"])
    assert [len(part) for part in subscription.split("-")] == [8, 4, 4, 4, 12]
    assert subscription[14] == "4"


async def test_a_query_answers_the_newest_first_in_beijing_time_and_what_was_set_alone(ax: Platform) -> None:
    first = (await bound(ax, PLAIN)).json()["subscriptionId"]
    await ax.story.advance(3661)
    members = '"recordFlag":"true","maxDuration":"3","preVoice":{"callerHintTone":"callerHintTone.wav"}'
    second = (await bound(ax, f'{{"origNum":"{A}","privateNum":"{X2}",{members}}}')).json()["subscriptionId"]
    got = await ax.send(asked("GET", OF_A))
    newer = (
        f'{{"origNum":"{A}","privateNum":"{X2}","privateNumType":"mobile-virtual","subscribeTime":"2026-01-01 09:01:01",'
        '"recordFlag":"true","preVoice":{"callerHintTone":"callerHintTone.wav"},'
        f'"subscriptionId":"{second}","maxDuration":3}}'
    )
    older = (
        f'{{"origNum":"{A}","privateNum":"{X1}","privateNumType":"mobile-virtual","subscribeTime":"2026-01-01 08:00:00",'
        f'"subscriptionId":"{first}"}}'
    )
    assert got.body.decode() == (f'{{"resultcode":"0","resultdesc":"Success","privateNumList":[{newer},{older}]}}')


async def test_times_of_a_query_are_of_beijing_and_those_of_a_cdr_utc(ax: Platform) -> None:
    await bound(ax, PLAIN)
    played = ax.exchange.dial(KEY, Dial(B, X1))
    await ax.story.advance(60)
    assert played.cdr is not None
    assert f"{played.cdr.dialled_at:%Y-%m-%d %H:%M:%S}" == "2026-01-01 00:00:00"
    assert b'"subscribeTime":"2026-01-01 08:00:00"' in (await ax.send(asked("GET", OF_A))).body


async def test_nothing_bound_is_1016001(ax: Platform) -> None:
    got = await ax.send(asked("GET", OF_A))
    assert got.status == 403
    assert got.body == b'{"resultcode":"1016001","resultdesc":"The record does not exist."}'


@pytest.mark.parametrize("orig", [A, B])
async def test_an_x_that_is_bound_is_1011005_also_for_its_own_a(ax: Platform, orig: str) -> None:
    await bound(ax, PLAIN)
    got = await ax.send(carried("POST", f'{{"origNum":"{orig}","privateNum":"{X1}"}}'))
    assert got.status == 403
    assert got.body == b'{"resultcode":"1011005","resultdesc":"Resource has been applied."}'


@pytest.mark.parametrize(
    "x_number",
    [
        f'"{OTHER_X}"', '"13800006666"', '"+861380000666"', '"1380000666"', "13800006666", "8613800006666", '" +8613800006666"',
        f'"{X1} "', f'"{"6" * 100}"', '"x"',
    ],
)  # fmt: skip
async def test_an_x_that_is_not_ours_or_of_any_other_shape_is_1011001(ax: Platform, x_number: str) -> None:
    got = await ax.send(carried("POST", f'{{"origNum":"{A}","privateNum":{x_number}}}'))
    assert got.status == 403
    assert got.body == b'{"resultcode":"1011001","resultdesc":"Account does not exist."}'
    assert len(ax.app.bindings) == 0


@pytest.mark.parametrize("orig", ["13800000021", "8613800000021", "042"])
async def test_an_a_of_any_shape_is_stored_and_returned_as_given(ax: Platform, orig: str) -> None:
    got = await bound(ax, f'{{"origNum":"{orig}","privateNum":"{X1}"}}')
    assert f'"origNum":"{orig}"'.encode() in got.body
    assert f'"origNum":"{orig}"'.encode() in (await ax.send(asked("GET", f"origNum={orig}"))).body


async def test_numbers_and_texts_take_each_others_json_type(ax: Platform) -> None:
    body = f'{{"origNum":13800000021,"privateNum":"{X1}","maxDuration":"3","calleeNumDisplay":0,"callDirection":"0"}}'
    await bound(ax, body)
    got = await ax.send(asked("GET", "origNum=13800000021"))
    for member in (b'"origNum":"13800000021"', b'"maxDuration":3', b'"calleeNumDisplay":"0"', b'"callDirection":0'):
        assert member in got.body
    reached = await ax.send(carried("POST", '{"origNum":13800000021,"privateNum":"+8613811111111"}'))
    assert reached.code == "1011001", "an A as a JSON number reaches the check of X"


async def test_an_unknown_app_key_is_1010003(ax: Platform) -> None:
    signed = f"Authorization: {authorization()}\r\nX-AKSK: {token('nobody', aksk(SECRET, NONCE, CREATED))}\r\n"
    got = await ax.send(carried("POST", PLAIN, signed=signed))
    assert got.status == 403
    assert got.body == b'{"resultcode":"1010003","resultdesc":"Invalid app_key."}'


@pytest.mark.parametrize("path", [f"{AX}/", "/rest/provision/caas/privatenumber/v2.0", "/rest/caas/privatenumber/v1.0"])
async def test_a_wrong_path_is_the_gateways_page(ax: Platform, path: str) -> None:
    raw = await ax.raw(carried("POST", PLAIN, target=path))
    assert raw.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert b"Content-Type: text/html" in raw
    assert b"<center>openresty</center>" in raw


# --- what programs send ---


@pytest.mark.parametrize("flag", ["true", '"true"', "false", '"false"'])
@pytest.mark.parametrize("name", ["recordFlag", "privateSms"])
async def test_flags_as_string_or_boolean(ax: Platform, flag: str, name: str) -> None:
    await bound(ax, f'{{"origNum":"{A}","privateNum":"{X1}","{name}":{flag}}}')
    spoken = flag.strip('"')
    assert f'"{name}":"{spoken}"'.encode() in (await ax.send(asked("GET", OF_A))).body


async def test_explicit_nulls_and_non_ascii_elsewhere(ax: Platform) -> None:
    body = (
        f'{{"origNum":"{A}","privateNum":"{X1}","lastMinVoice":null,"preVoice":null,"remark":"中文","note":"\\u4e2d"}}'
    )
    await bound(ax, body)
    (one,) = (await ax.send(asked("GET", OF_A))).json()["privateNumList"]  # type: ignore[misc] - a list of one
    assert set(one) == {"origNum", "privateNum", "privateNumType", "subscribeTime", "subscriptionId"}


async def test_a_bind_without_x_by_area(ax: Platform) -> None:
    body = f'{{"origNum":"{A}","areaCode":"010","privateNumType":"mobile-virtual"}}'
    assert f'"privateNum":"{X2}"'.encode() in (await bound(ax, body)).body


@pytest.mark.parametrize("body", ["", '{"subscriptionId":"elsewhere"}', "origNum=left&over=1", '{"broken'])
@pytest.mark.parametrize("orig", ["", f"{OF_A}&", "origNum=%2B8613900000000&", f"origNum={'9' * 60}&"])
async def test_delete_with_a_query_and_whatever_body_and_a(ax: Platform, body: str, orig: str) -> None:
    await bound(ax, PLAIN)
    got = await ax.send(carried("DELETE", body, target=f"{AX}?{orig}privateNum=%2B8613800006666"))
    assert (got.status, got.body) == (200, DONE)
    assert len(ax.app.bindings) == 0


async def test_of_both_identifiers_the_subscription_id_decides_and_an_empty_one_is_absent(ax: Platform) -> None:
    first = (await bound(ax, PLAIN)).json()["subscriptionId"]
    await bound(ax, f'{{"origNum":"{B}","privateNum":"{X2}"}}')
    both = f"privateNum=%2B8613800006667&subscriptionId={first}&{OF_A}"
    assert (await ax.send(asked("DELETE", both))).body == DONE
    assert [one.x_number for one in ax.app.bindings] == [X2]
    assert (await ax.send(asked("DELETE", "subscriptionId=&privateNum=%2B8613800006667"))).body == DONE


@pytest.mark.parametrize("body", ["origNum=%2B86&x=1", '{"origNum":"+8613900000000"}', "{"])
async def test_get_with_a_body(ax: Platform, body: str) -> None:
    await bound(ax, PLAIN)
    got = await ax.send(carried("GET", body, target=f"{AX}?{OF_A}"))
    assert (got.status, got.code) == (200, "0")


async def test_a_post_in_chunks_and_http_1_0(ax: Platform) -> None:
    half = len(PLAIN) // 2
    chunks = "".join(f"{len(piece):x}\r\n{piece}\r\n" for piece in (PLAIN[:half], PLAIN[half:])).encode()
    head = text(f"POST {AX} HTTP/1.1\r\n", HOST, TYPE, SIGNED, "Transfer-Encoding: chunked\r\n")
    assert (await ax.send(head + chunks + b"0\r\n\r\n")).code == "0"
    old = text(f"DELETE {AX}?privateNum=%2B8613800006666 HTTP/1.0\r\n", TYPE, SIGNED)
    assert (await ax.send(old)).body == DONE


async def test_a_client_of_2019_signs_with_wsse_and_names_both_numbers(ax: Platform) -> None:
    ax.set_profile(ax_modify_orig_num="locator")
    assert (await ax.send(carried("POST", PLAIN, signed=SIGNED_2019))).code == "0"
    change = f'{{"origNum":"{A}","privateNum":"{X1}","privateSms":true,"recordFlag":false}}'
    assert (await ax.send(carried("PUT", change, signed=SIGNED_2019))).body == DONE
    callee = f'{{"origNum":"{A}","privateNum":"{X1}","calleeNum":"{B}"}}'
    assert (await ax.send(carried("PUT", callee, target=CALLEE, signed=SIGNED_2019))).body == DONE
    both = f"{OF_A}&privateNum=%2B8613800006666"
    (one,) = (await ax.send(asked("GET", both, SIGNED_2019))).json()["privateNumList"]  # type: ignore[misc] - a list of one
    assert (one["origNum"], one["privateSms"], one["recordFlag"]) == (A, "true", "false")
    assert (await ax.send(asked("DELETE", both, SIGNED_2019))).body == DONE


async def test_a_plus_that_was_not_escaped_is_a_blank(ax: Platform) -> None:
    await bound(ax, PLAIN)
    got = await ax.send(asked("DELETE", f"privateNum={X1}"))
    assert (got.status, got.body) == (
        403, b'{"resultcode":"1011004","resultdesc":"The number is not applied for binding application."}',
    )  # fmt: skip
    assert str(ax.last()["refusal"]).endswith("a + in a URL query must be sent as %2B")
    assert (await ax.send(asked("GET", f"origNum={A}"))).code == "1016001"
    assert str(ax.last()["refusal"]).endswith("a + in a URL query must be sent as %2B")


async def test_a_callee_as_clients_send_it(ax: Platform) -> None:
    subscription = (await bound(ax, PLAIN)).json()["subscriptionId"]
    body = json.dumps({"subscriptionId": subscription, "calleeNum": B, "duration": 120, "userData": "test666"})
    got = await ax.send(carried("PUT", body, target=CALLEE))
    assert (got.status, got.body) == (200, DONE)
