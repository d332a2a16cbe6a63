"""What programs in production send (observed.md), each point as the bytes that they send."""

import pytest

from tests.api.served import AXB, CREATED, KEY, NONCE, SECRET, X1, A, B, C, Platform, aksk, authorization, token, wsse

DIGEST = aksk(SECRET, NONCE, CREATED)
WSSE_DIGEST = wsse(SECRET, NONCE, CREATED)
HOST = "Host: rtcpns.cn-north-1.myhuaweicloud.com\r\n"
TYPE = "Content-Type: application/json;charset=UTF-8\r\n"
SIGNED = f"Authorization: {authorization()}\r\nX-AKSK: {token(KEY, DIGEST)}\r\n"
QUERY = f"GET {AXB}?relationNum=%2B8613800006666 HTTP/1.1\r\n"


def text(*lines: str) -> bytes:
    return "".join((*lines, "\r\n")).encode()


def post(body: bytes, method: str = "POST", headers: str = SIGNED) -> bytes:
    return text(f"{method} {AXB} HTTP/1.1\r\n", HOST, TYPE, headers, f"Content-Length: {len(body)}\r\n") + body


# 1: commas and blanks, header names in any case


@pytest.mark.parametrize("comma", [",", ", ", ",  ", " , "])
@pytest.mark.parametrize("name", ["X-AKSK", "X-Aksk", "x-aksk", "X-aksk"])
async def test_commas_with_and_without_blanks_and_names_in_any_case(platform: Platform, comma: str, name: str) -> None:
    spaced = authorization().replace(",", comma)
    headers = f"authorization: {spaced}\r\n{name}: {token(KEY, DIGEST, comma=comma)}\r\n"
    assert (await platform.send(text(QUERY, HOST, TYPE, headers))).code == "0"


@pytest.mark.parametrize("name", ["X-WSSE", "X-Wsse", "x-wsse"])
async def test_the_wsse_header_in_any_case(platform: Platform, name: str) -> None:
    headers = f"AUTHORIZATION: {authorization('WSSE')}\r\n{name}: {token(KEY, WSSE_DIGEST, comma=', ')}\r\n"
    assert (await platform.send(text(QUERY, HOST, TYPE, headers))).code == "0"


async def test_attributes_in_any_order(platform: Platform) -> None:
    value = f'UsernameToken Created="{CREATED}",Nonce="{NONCE}",Username="{KEY}",PasswordDigest="{DIGEST}"'
    headers = f'Authorization: AKSK type="Appkey",realm="SDP",profile="UsernameToken"\r\nX-AKSK: {value}\r\n'
    assert (await platform.send(text(QUERY, HOST, TYPE, headers))).code == "0"


# 2: local time with a Z


@pytest.mark.parametrize("created", ["2026-03-01T20:00:00Z", "2026-03-01T04:00:00Z"])
async def test_created_in_local_time_with_a_z(platform: Platform, created: str) -> None:
    headers = (
        f"Authorization: {authorization()}\r\nX-AKSK: {token(KEY, aksk(SECRET, NONCE, created), NONCE, created)}\r\n"
    )
    assert (await platform.send(text(QUERY, HOST, TYPE, headers))).code == "0"


# 3: one nonce and digest again; nonces of 13, 32 and 128 characters


async def test_one_nonce_and_digest_in_several_requests(platform: Platform) -> None:
    answers = [(await platform.send(text(QUERY, HOST, TYPE, SIGNED))).code for _ in range(3)]
    assert answers == ["0", "0", "0"]


@pytest.mark.parametrize("nonce", ["5c6f0f0e3a1b2", NONCE, "9" * 128], ids=["13", "32", "128"])
async def test_nonces_of_every_length_seen(platform: Platform, nonce: str) -> None:
    headers = f"Authorization: {authorization()}\r\nX-AKSK: {token(KEY, aksk(SECRET, nonce, CREATED), nonce)}\r\n"
    assert (await platform.send(text(QUERY, HOST, TYPE, headers))).code == "0"


# 4: JSON types


@pytest.mark.parametrize("flag", [b"true", b'"true"', b"false", b'"false"'])
@pytest.mark.parametrize("name", [b"recordFlag", b"privateSms"])
async def test_flags_as_string_or_boolean(platform: Platform, flag: bytes, name: bytes) -> None:
    body = b'{"callerNum":"%b","relationNum":"%b","calleeNum":"%b","%b":%b}' % (
        A.encode(),
        X1.encode(),
        B.encode(),
        name,
        flag,
    )
    assert (await platform.send(post(body))).code == "0"
    relation = (await platform.get(relationNum=X1)).json()["relationNumList"][0]
    assert relation[name.decode()] == flag.decode().strip('"')


@pytest.mark.parametrize(("given", "echoed"), [(b'"3"', 3), (b"3", 3), (b"3.0", 3), (b"null", 0), (b'""', 0)])
async def test_integers_as_string_or_number(platform: Platform, given: bytes, echoed: int) -> None:
    parties = b'"callerNum":"%b","relationNum":"%b","calleeNum":"%b"' % (A.encode(), X1.encode(), B.encode())
    direction = given.replace(b"3", b"2")
    got = await platform.send(post(b'{%b,"maxDuration":%b,"callDirection":%b}' % (parties, given, direction)))
    assert (got.code, got.json()["maxDuration"], got.json()["callDirection"]) == ("0", echoed, 2 if echoed else 0)


async def test_explicit_nulls_are_absent(platform: Platform) -> None:
    got = await platform.bind(lastMinVoice=None, preVoice=None, userData=None, areaCode=None, duration=None)
    assert got.code == "0"
    relation = (await platform.get(relationNum=X1)).json()["relationNumList"][0]
    assert set(relation) == {"subscriptionId", "relationNum", "callerNum", "calleeNum", "subscribeTime"}


@pytest.mark.parametrize("remark", ["\\u4e2d\\u6587", "中文", "caf\\u00e9", "café"])
async def test_escaped_and_unescaped_non_ascii(platform: Platform, remark: str) -> None:
    body = f'{{"callerNum":"{A}","relationNum":"{X1}","calleeNum":"{B}","remark":"{remark}"}}'.encode()
    assert (await platform.send(post(body))).code == "0"


async def test_numbers_as_json_numbers_and_in_any_shape(platform: Platform) -> None:
    body = b'{"callerNum":13800000021,"relationNum":"%b","calleeNum":"13800000023"}' % X1.encode()
    assert (await platform.send(post(body))).code == "0"
    relation = (await platform.get(relationNum=X1)).json()["relationNumList"][0]
    assert (relation["callerNum"], relation["calleeNum"]) == ("13800000021", "13800000023")
    for strange in (b"8613800006666", b'"13800006666"', b'"12345"'):
        body = b'{"callerNum":"%b","relationNum":%b,"calleeNum":"%b"}' % (C.encode(), strange, B.encode())
        assert (await platform.send(post(body))).code == "1012001"


# 5: DELETE


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        (TYPE, b""),
        (TYPE, b'{"subscriptionId":"elsewhere"}'),
        (TYPE, b"callerNum=left&over=1"),
        ("Content-Type: application/x-www-form-urlencoded\r\n", b"not json at all"),
        ("", b'{"broken'),
    ],
)
async def test_delete_with_a_query_and_whatever_body(platform: Platform, type_: str, body: bytes) -> None:
    subscription = await platform.bound()
    line = f"DELETE {AXB}?subscriptionId={subscription} HTTP/1.1\r\n"
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    assert (
        await platform.send(text(line, HOST, type_, SIGNED, length) + body)
    ).body == b'{"resultcode":"0","resultdesc":"Success"}'
    assert len(platform.app.bindings) == 0


async def test_of_both_identifiers_the_subscription_id_wins(platform: Platform) -> None:
    subscription = await platform.bound()
    await platform.bound(callerNum=C, calleeNum="+8613800000029")
    line = f"DELETE {AXB}?relationNum=%2B8613800006666&subscriptionId={subscription} HTTP/1.1\r\n"
    assert (await platform.send(text(line, HOST, TYPE, SIGNED))).code == "0"
    assert len(platform.app.bindings) == 1


async def test_an_empty_subscription_id_is_absent(platform: Platform) -> None:
    await platform.bound()
    line = f"DELETE {AXB}?subscriptionId=&relationNum=%2B8613800006666 HTTP/1.1\r\n"
    assert (await platform.send(text(line, HOST, TYPE, SIGNED))).code == "0"
    assert len(platform.app.bindings) == 0


# 6: GET with a body, chunks, HTTP/1.0, no Accept


@pytest.mark.parametrize("body", [b"relationNum=%2B861&pageSize=3", b'{"left":"over"}', b"{"])
async def test_get_with_a_body(platform: Platform, body: bytes) -> None:
    raw = text(QUERY, HOST, TYPE, SIGNED, f"Content-Length: {len(body)}\r\n") + body
    assert (await platform.send(raw)).code == "0"


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_a_post_in_chunks(platform: Platform, size: int) -> None:
    body = b'{"callerNum":"%b","relationNum":"%b","calleeNum":"%b"}' % (A.encode(), X1.encode(), B.encode())
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    head = text(f"POST {AXB} HTTP/1.1\r\n", HOST, TYPE, SIGNED, "Transfer-Encoding: chunked\r\n")
    assert (await platform.send(head + chunks + b"0\r\n\r\n")).code == "0"


async def test_http_1_0(platform: Platform) -> None:
    body = b'{"callerNum":"%b","relationNum":"%b","calleeNum":"%b"}' % (A.encode(), X1.encode(), B.encode())
    head = text(f"POST {AXB} HTTP/1.0\r\n", TYPE, SIGNED, f"Content-Length: {len(body)}\r\n")
    got = await platform.send(head + body)
    assert (got.status, got.code) == (200, "0")
    assert platform.last()["http_version"] == "1.0"


async def test_no_accept_no_content_type(platform: Platform) -> None:
    body = b'{"callerNum":"%b","relationNum":"%b","calleeNum":"%b"}' % (A.encode(), X1.encode(), B.encode())
    got = await platform.send(text(f"POST {AXB} HTTP/1.1\r\n", HOST, SIGNED, f"Content-Length: {len(body)}\r\n") + body)
    assert got.code == "0"


# 7: X and area code, area code alone; an app_key in the query


async def test_x_and_area_code_and_area_code_alone(platform: Platform) -> None:
    both = b'{"callerNum":"%b","relationNum":"%b","areaCode":"010","calleeNum":"%b"}' % (
        A.encode(),
        X1.encode(),
        B.encode(),
    )
    assert (await platform.send(post(both))).json()["relationNum"] == X1
    alone = b'{"callerNum":"%b","areaCode":"010","calleeNum":"%b"}' % (A.encode(), B.encode())
    assert (await platform.send(post(alone))).json()["relationNum"] == "+8613800006667"


async def test_an_app_key_in_the_query_is_ignored(platform: Platform) -> None:
    line = f"GET {AXB}?app_key=whoever&relationNum=%2B8613800006666 HTTP/1.1\r\n"
    assert (await platform.send(text(line, HOST, TYPE, SIGNED))).code == "0"


# 8: recordings


async def test_exactly_301_and_location_and_the_address_tolerates_auth_headers(platform: Platform) -> None:
    recording = await platform.recorded()
    line = (
        f"GET /rest/provision/voice/record/v1.0?fileName={recording.name}&recordDomain={recording.domain} HTTP/1.1\r\n"
    )
    raw = await platform.raw(text(line, HOST, TYPE, SIGNED))
    assert raw.startswith(b"HTTP/1.1 301 Moved Permanently\r\n")
    address = (
        next(each for each in raw.split(b"\r\n") if each.startswith(b"Location: ")).decode().removeprefix("Location: ")
    )
    path = address.removeprefix(f"http://127.0.0.1:{platform.port}")
    for repeated in (SIGNED, "", "Authorization: nonsense\r\n"):
        got = await platform.send(text(f"GET {path} HTTP/1.1\r\n", HOST, repeated))
        assert (got.status, got.body[:4]) == (200, b"RIFF")


# 9: error bodies and resultcode


async def test_a_refusal_has_a_json_body_with_its_length_and_success_is_a_string(platform: Platform) -> None:
    raw = await platform.raw(text(f"GET {AXB} HTTP/1.1\r\n", HOST, TYPE, SIGNED))
    head, _, body = raw.partition(b"\r\n\r\n")
    assert body == b'{"resultcode":"1012001","resultdesc":"Resource of number is not to be applied."}'
    assert b"Content-Type: application/json;charset=utf-8\r\nContent-Length: %d\r\n" % len(body) in head
    assert b'"resultcode":"0"' in await platform.raw(text(QUERY, HOST, TYPE, SIGNED))


# 10: the known broken client


async def test_headers_under_the_names_of_numbers(platform: Platform) -> None:
    numbered = (
        f"0: Authorization: {authorization()}\r\n1: X-AKSK: {token(KEY, DIGEST)}\r\n"
        "2: Content-Type: application/json\r\n3: Accept: application/json\r\n"
    )
    got = await platform.send(text(QUERY, HOST, numbered))
    assert (got.status, got.code) == (400, "1023006")
    assert platform.last()["refusal"] == "there is no Authorization header; there are: Host, 0, 1, 2, 3"
