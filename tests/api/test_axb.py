"""The four AXB operations over HTTP (ax_axb.md 6 to 9): answers byte for byte, refusals with their codes, nothing changed."""

import json

import pytest

from simulator.telephony.numbering import NumberState
from tests.api.served import (
    AXB,
    KEY,
    OTHER_KEY,
    OTHER_SECRET,
    OTHER_X,
    X1,
    X2,
    A,
    B,
    C,
    Platform,
    platform_with,
    signed,
)

D = "+8613800000027"
LANDLINE = "+8675528000001"
DONE = b'{"resultcode":"0","resultdesc":"Success"}'


async def test_the_answer_to_bind_is_the_documents_example(platform: Platform) -> None:
    tones = {"callerHintTone": "callerHintTone.wav", "calleeHintTone": "calleeHintTone.wav"}
    got = await platform.bind(callDirection=0, duration=0, preVoice=tones, maxDuration=0)
    subscription = got.json()["subscriptionId"]
    assert (
        got.body
        == (
            f'{{"resultcode":"0","resultdesc":"Success","subscriptionId":"{subscription}","relationNum":"{X1}",'
            '"callDirection":0,"duration":0,"maxDuration":0}'
        ).encode()
    )


async def test_bind_answers_the_values_in_effect(platform: Platform) -> None:
    got = (await platform.bind(callDirection=2, duration=3600, maxDuration=5)).json()
    assert (got["callDirection"], got["duration"], got["maxDuration"]) == (2, 3600, 5)
    got = (await platform.bind(callerNum=C, calleeNum=D)).json()
    assert (got["callDirection"], got["duration"], got["maxDuration"]) == (0, 0, 0)


async def test_a_query_answers_everything_that_was_set_in_order(platform: Platform) -> None:
    members = {
        "callDirection": 1,
        "duration": 60,
        "maxDuration": 5,
        "recordFlag": True,
        "recordHintTone": "callerHintTone.wav",
        "lastMinVoice": "calleeHintTone.wav",
        "preVoice": {"calleeHintTone": "callerHintTone.wav"},
        "privateSms": False,
        "userData": "order 17",
    }
    subscription = await platform.bound(**members)
    relation = {
        "subscriptionId": subscription,
        "relationNum": X1,
        "callerNum": A,
        "calleeNum": B,
        "subscribeTime": "2026-01-01 08:00:00",
        **members,
        "recordFlag": "true",
        "privateSms": "false",
    }
    expected = {
        "resultcode": "0",
        "resultdesc": "Success",
        "app_key": KEY,
        "relationNumList": [relation],
        "totalCount": 1,
        "pageIndex": 1,
        "pageSize": 50,
    }
    assert (await platform.get(subscriptionId=subscription)).body == json.dumps(
        expected, separators=(",", ":")
    ).encode()


async def test_subscribe_time_and_page_numbers_follow_the_profile(platform: Platform) -> None:
    platform.set_profile(subscribe_time_zone="UTC", page_number_type="string")
    await platform.bound()
    got = (await platform.get(relationNum=X1, pageIndex="2", pageSize="20")).json()
    assert (got["pageIndex"], got["pageSize"], got["totalCount"], got["relationNumList"]) == ("2", "20", 1, [])
    got = (await platform.get(relationNum=X1)).json()
    assert got["relationNumList"][0]["subscribeTime"] == "2026-01-01 00:00:00"


async def test_modify_changes_what_is_given_and_leaves_the_rest(platform: Platform) -> None:
    subscription = await platform.bound(duration=600, maxDuration=5, preVoice={"callerHintTone": "callerHintTone.wav"})
    await platform.story.advance(60)
    change = {"subscriptionId": subscription, "calleeNum": C, "preVoice": {"calleeHintTone": "calleeHintTone.wav"}}
    assert (await platform.ask("PUT", AXB, body=change)).body == DONE
    relation = (await platform.get(subscriptionId=subscription)).json()["relationNumList"][0]
    assert (relation["callerNum"], relation["calleeNum"], relation["duration"]) == (A, C, 600)
    assert relation["preVoice"] == {"callerHintTone": "callerHintTone.wav", "calleeHintTone": "calleeHintTone.wav"}
    assert relation["subscribeTime"] == "2026-01-01 08:01:00"


async def test_an_empty_tone_takes_the_tone_away(platform: Platform) -> None:
    subscription = await platform.bound(preVoice={"callerHintTone": "callerHintTone.wav"})
    change = {"subscriptionId": subscription, "preVoice": {"callerHintTone": ""}}
    assert (await platform.ask("PUT", AXB, body=change)).body == DONE
    assert "preVoice" not in (await platform.get(subscriptionId=subscription)).json()["relationNumList"][0]


async def test_duration_counts_down_and_restarts_on_modify(platform: Platform) -> None:
    subscription = await platform.bound(duration=100)
    await platform.story.advance(99)
    assert (await platform.ask("PUT", AXB, body={"subscriptionId": subscription, "duration": 100})).body == DONE
    await platform.story.advance(99)
    assert (await platform.get(subscriptionId=subscription)).code == "0"
    await platform.story.advance(1)
    assert (await platform.get(subscriptionId=subscription)).code == "1012007"


async def test_unbind_by_x_takes_every_pair_away_and_an_empty_x_follows_the_profile(platform: Platform) -> None:
    await platform.bound()
    await platform.bound(callerNum=C, calleeNum=D)
    unbind = f"{AXB}?relationNum=%2B8613800006666"
    for _ in range(2):
        got = await platform.ask("DELETE", unbind)
        assert (got.status, got.body) == (200, DONE)
    assert len(platform.app.bindings) == 0
    platform.set_profile(axb_unbind_empty_x="1012007", axb_query_empty_x="1012007")
    assert (await platform.ask("DELETE", unbind)).code == "1012007"
    assert (await platform.get(relationNum=X1)).code == "1012007"


async def test_pages_count_from_one(platform: Platform) -> None:
    for number in range(25):
        await platform.bound(callerNum=f"+86139000001{number:02}", calleeNum=f"+86139000002{number:02}")
    sizes = []
    for page in ("1", "2", "3", "4"):
        got = (await platform.get(relationNum=X1, pageIndex=page, pageSize="10")).json()
        assert (got["totalCount"], got["pageIndex"], got["pageSize"]) == (25, int(page), 10)
        sizes.append(len(got["relationNumList"]))
    assert sizes == [10, 10, 5, 0]


@pytest.mark.parametrize(
    ("index", "size", "expected"),
    [("0", "9", (1, 50)), ("-3", "101", (1, 50)), ("x", "ten", (1, 50)), ("", "", (1, 50)), ("9" * 40, "100", (999_999_999, 100)),
     ("9" * 18, "10", (999_999_999, 10))],
)  # fmt: skip
async def test_a_page_out_of_range_is_no_error(
    platform: Platform, index: str, size: str, expected: tuple[int, int]
) -> None:
    got = (await platform.get(relationNum=X1, pageIndex=index, pageSize=size)).json()
    assert (got["resultcode"], got["pageIndex"], got["pageSize"]) == ("0", *expected)


async def test_a_landline_caller_needs_neither_x_nor_area(platform: Platform) -> None:
    got = await platform.bind(callerNum=LANDLINE, relationNum=...)
    assert (got.code, got.json()["relationNum"]) == ("0", X1)


async def test_a_number_is_stored_as_given_unless_the_profile_checks_shapes(platform: Platform) -> None:
    assert (await platform.bind(callerNum="13800000021", calleeNum="42")).code == "0"
    platform.set_profile(number_format_checked=True)
    got = await platform.bind(callerNum=C, calleeNum="13800000027")
    assert (got.status, got.code, got.sentence) == (403, "1010002", "Invalid request.calleeNum is invalid.")


async def test_a_plus_in_a_query_must_be_escaped(platform: Platform) -> None:
    got = await platform.ask("GET", f"{AXB}?relationNum={X1}")
    assert (got.status, got.code) == (403, "1012001")
    assert str(platform.last()["refusal"]).endswith("a + in a URL query must be sent as %2B")
    await platform.bound()
    assert (await platform.ask("GET", f"{AXB}?relationNum=%2B8613800006666&callerNum={A}")).code == "1012007"


async def test_another_applications_numbers_and_bindings_are_not_there(platform: Platform) -> None:
    subscription = await platform.bound()
    other = signed(OTHER_KEY, OTHER_SECRET)
    assert (await platform.ask("GET", f"{AXB}?subscriptionId={subscription}", other)).code == "1012007"
    assert (await platform.ask("DELETE", f"{AXB}?relationNum=%2B8613800006666", other)).code == "1012001"
    assert (await platform.bind(callerNum=C, calleeNum=D, relationNum=OTHER_X)).code == "1012001"


TOO_LONG = "7" * 32
REFUSED_BINDS = [
    ({"callerNum": ...}, "1010002", "Invalid request.callerNum is missing."),
    ({"calleeNum": ""}, "1010002", "Invalid request.calleeNum is missing."),
    ({"callerNum": TOO_LONG}, "1010002", "Invalid request.callerNum is invalid."),
    ({"callerNum": 1.5}, "1010002", "Invalid request.callerNum is invalid."),
    ({"callerNum": [A]}, "1010002", "Invalid request.callerNum is invalid."),
    ({"callerNum": True}, "1010002", "Invalid request.callerNum is invalid."),
    ({"areaCode": "0" * 33}, "1010002", "Invalid request.areaCode is invalid."),
    ({"areaMatchMode": "2"}, "1010002", "Invalid request.areaMatchMode is invalid."),
    ({"callDirection": 3}, "1010002", "Invalid request.callDirection is invalid."),
    ({"callDirection": "-1"}, "1010002", "Invalid request.callDirection is invalid."),
    ({"duration": 7776001}, "1010002", "Invalid request.duration is invalid."),
    ({"duration": "9" * 30}, "1010002", "Invalid request.duration is invalid."),
    ({"maxDuration": 1441}, "1010002", "Invalid request.maxDuration is invalid."),
    ({"maxDuration": " 3"}, "1010002", "Invalid request.maxDuration is invalid."),
    ({"maxDuration": True}, "1010002", "Invalid request.maxDuration is invalid."),
    ({"recordFlag": 1}, "1010002", "Invalid request.recordFlag is invalid."),
    ({"recordFlag": "TRUE"}, "1010002", "Invalid request.recordFlag is invalid."),
    ({"privateSms": {}}, "1010002", "Invalid request.privateSms is invalid."),
    ({"preVoice": "callerHintTone.wav"}, "1010002", "Invalid request.preVoice is invalid."),
    ({"preVoice": {"callerHintTone": "x" * 129}}, "1010002", "Invalid request.callerHintTone is invalid."),
    ({"userData": "{1}"}, "1010002", "Invalid request.userData is invalid."),
    ({"userData": "a^b"}, "1010002", "Invalid request.userData is invalid."),
    ({"userData": "订单"}, "1010002", "Invalid request.userData is invalid."),
    ({"userData": "x" * 257}, "1010002", "Invalid request.userData is invalid."),
    ({"lastMinVoice": "lastMinVoice.wav"}, "1010002", "Invalid request.lastMinVoice.wav does not exist."),
    ({"calleeNum": A}, "1010002", "Invalid request.calleeNum is invalid."),
    ({"relationNum": ...}, "1012001", "Resource of number is not to be applied."),
    ({"relationNum": "+8613811111111"}, "1012001", "Resource of number is not to be applied."),
    ({"relationNum": ..., "areaCode": "0898"}, "1012008", "Insufficient number of resources."),
    ({"callerNum": C, "calleeNum": B}, "1012010", "The relation number has been bound."),
    ({}, "1012010", "The relation number has been bound."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("members", "code", "sentence"), REFUSED_BINDS, ids=[str(row[0])[:40] for row in REFUSED_BINDS]
)
async def test_a_refused_bind_changes_nothing(
    platform: Platform, members: dict[str, object], code: str, sentence: str
) -> None:
    await platform.bound(
        callerNum=A if code == "1012010" else "+8613811110000", calleeNum=B if code == "1012010" else D
    )
    before = platform.state()
    got = await platform.bind(**members)
    assert (got.status, got.code, got.sentence) == (403, code, sentence)
    assert platform.state() == before
    assert platform.last()["refusal"]


async def test_a_full_x_and_an_x_out_of_order_are_refused() -> None:
    async with platform_with(pairs_per_x=1) as small:
        await small.bound()
        got = await small.bind(callerNum=C, calleeNum=D)
        full = "Maximum number of resources has been exceeded"
        assert (got.status, got.code, got.sentence) == (403, "1012009", full)
        x_number = small.app.pool.get(X2)
        assert x_number is not None
        x_number.state = NumberState.SUSPENDED
        got = await small.bind(relationNum=X2)
        assert (got.code, got.sentence) == ("1012102", "The number status is abnormal.")


async def test_recording_without_the_applications_is_1012012(platform: Platform) -> None:
    platform.change(recording=False)
    got = await platform.bind(recordFlag="true")
    refused = (403, "1012012", "Application does not open recording function.")
    assert (got.status, got.code, got.sentence) == refused
    platform.set_profile(record_without_app_recording="ignored")
    assert (await platform.bind(recordFlag="true")).code == "0"


REFUSED_CHANGES = [
    ("PUT", AXB, {}, "1010002", "Invalid request.subscriptionId is missing."),
    ("PUT", AXB, {"subscriptionId": "nothing"}, "1012007", "The record does not exist."),
    ("PUT", AXB, {"subscriptionId": "{id}", "calleeNum": A}, "1010002", "Invalid request.calleeNum is invalid."),
    ("PUT", AXB, {"subscriptionId": "{id}", "calleeNum": C}, "1012010", "The relation number has been bound."),
    ("PUT", AXB, {"subscriptionId": "{id}", "duration": -1}, "1010002", "Invalid request.duration is invalid."),
    ("PUT", AXB, {"subscriptionId": "x" * 65}, "1010002", "Invalid request.subscriptionId is invalid."),
    ("DELETE", AXB, None, "1012001", "Resource of number is not to be applied."),
    ("DELETE", f"{AXB}?subscriptionId=nothing", None, "1012007", "The record does not exist."),
    ("DELETE", f"{AXB}?relationNum=%2B8613811111111", None, "1012001", "Resource of number is not to be applied."),
    ("GET", AXB, None, "1012001", "Resource of number is not to be applied."),
    ("GET", f"{AXB}?subscriptionId={'x' * 65}", None, "1010002", "Invalid request.subscriptionId is invalid."),
    ("GET", f"{AXB}?relationNum=%2B8613800006666&callerNum=%2B8613800000021&calleeNum=%2B8613800000025", None, "1012007",
     "The record does not exist."),
]  # fmt: skip


@pytest.mark.parametrize(("method", "target", "body", "code", "sentence"), REFUSED_CHANGES)
async def test_a_refused_unbind_modify_or_query_changes_nothing(
    platform: Platform, method: str, target: str, body: dict[str, object] | None, code: str, sentence: str
) -> None:
    subscription = await platform.bound(duration=3600)
    await platform.bound(callerNum=C, calleeNum=D)
    before = platform.state()
    filled = (
        {name: subscription if value == "{id}" else value for name, value in body.items()} if body is not None else None
    )
    got = await platform.ask(method, target, body=filled)
    assert (got.status, got.code, got.sentence) == (403, code, sentence)
    assert platform.state() == before


@pytest.mark.parametrize(
    ("setting", "code", "members", "sentence"),
    [
        ("axb_duplicate_code", "1013102", {}, "The number $ has been bound."),
        ("axb_same_parties_code", "1012010", {"callerNum": C, "calleeNum": C}, "The relation number has been bound."),
        ("axb_unknown_x_code", "1012007", {"relationNum": "1"}, "The record does not exist."),
        ("axb_incomplete_code", "1010002", {"relationNum": ...}, "Invalid request.relationNum is missing."),
        ("invalid_json_code", "1010006", b"[]", "Invalid Rest API."),
        ("invalid_json_code", "1010010", b"[]", "The flow control upper limit is reached on the platform."),
        ("invalid_request_body", "No JSON.", b"[]", "Invalid request.No JSON."),
        ("invalid_request_invalid", "{name}?", {"duration": -1}, "Invalid request.duration?"),
        ("invalid_request_missing", "{name}!", {"callerNum": ...}, "Invalid request.callerNum!"),
        ("voice_file_missing", "no {file}", {"lastMinVoice": "{file}.wav"}, "Invalid request.no {file}.wav"),
        ("number_bound_text", "The number $ has been bound.", {}, "The number $ has been bound."),
    ],
)
async def test_codes_and_sentences_follow_the_profile(
    platform: Platform, setting: str, code: str, members: dict[str, object] | bytes, sentence: str
) -> None:
    await platform.bound()
    platform.set_profile(**{setting: code})
    got = (
        await platform.ask("POST", AXB, body=members) if isinstance(members, bytes) else await platform.bind(**members)
    )
    assert got.sentence == sentence
    assert got.code == (code if code.isdigit() else got.code)
    assert got.status == 403
