"""The six AXE operations over HTTP (axe_axyb_x.md 1): answers byte for byte, refusals with their codes, nothing changed."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from simulator.contract.profile import Profile
from simulator.contract.schemas import validator
from simulator.exchange.apps import App, AppSpec, NumberSpec
from simulator.telephony.commands.calls import Dial
from simulator.telephony.numbering import NumberState
from tests.api.served import NONCE, OTHER_KEY, OTHER_SECRET, X1, Got, Platform, platform_with, signed

KEY, SECRET = "a5key", "a5secret"
X, Y = "+8613800008888", "+8613800008889"
A, B, C = "+8613900008888", "+8613900008889", "+8613900008890"
ONE, TWO, COUNT = (
    "/rest/caas/extendnumber/v1.0", "/rest/caas/extendnumber/v2.0", "/rest/caas/virtualnumber/v1.0",
)  # fmt: skip
DONE = b'{"resultcode":"0","resultdesc":"Success"}'
MISS = ("1016001", "The record does not exist.")
NOT_OURS = ("1012001", "Resource of number is not to be applied.")
SCHEMAS = {("POST", ONE): "bind", ("DELETE", ONE): "unbind", ("PUT", ONE): "modify", ("GET", ONE): "query",
           ("GET", TWO): "list", ("GET", COUNT): "count"}  # fmt: skip


@dataclass
class Axe:
    """An application of mode AXE on a platform; every answer is held against its schema."""

    platform: Platform

    @property
    def app(self) -> App:
        app = self.platform.exchange.app(KEY)
        assert app is not None
        return app

    async def ask(self, method: str, target: str, body: object = None) -> Got:
        got = await self.platform.ask(method, target, signed(KEY, SECRET, NONCE), body)
        name = f"api/axe/{SCHEMAS[method, target.partition('?')[0]]}.response" if got.status == 200 else "api/refusal"
        assert validator(name).violations(got.json()) == []
        return got

    async def bind(self, **members: object) -> Got:
        body = {"virtualNum": X, "bindNum": A, **members}
        return await self.ask("POST", ONE, {name: value for name, value in body.items() if value is not ...})

    async def bound(self, **members: object) -> str:
        return str((await self.bind(**members)).json()["subscriptionId"])

    async def get(self, path: str = ONE, **query: object) -> Got:
        return await self.ask("GET", f"{path}?{urlencode(query)}")

    async def unbind(self, **query: object) -> Got:
        return await self.ask("DELETE", f"{ONE}?{urlencode(query)}")

    async def modify(self, **members: object) -> Got:
        return await self.ask("PUT", ONE, members)

    def set_profile(self, **overrides: object) -> None:
        self.platform.exchange.change_app(KEY, profile=self.app.profile.with_overrides(overrides))


@asynccontextmanager
async def axe_with(digits: int = 4, **members: object) -> AsyncIterator[Axe]:
    """A platform that has an AXE application too."""
    async with platform_with() as platform:
        numbers = (NumberSpec(X, "0755"), NumberSpec(Y, "010"))
        files = frozenset({"callbackTone.wav", "recordHintTone.wav"})
        more = {"mode": "AXE", "numbers": numbers, "voice_files": files, "extension_digits": digits, **members}
        platform.exchange.add_app(AppSpec(KEY, SECRET, Profile.default(), **more))  # type: ignore[arg-type]
        yield Axe(platform)


@pytest.fixture
async def axe() -> AsyncIterator[Axe]:
    async with axe_with() as running:
        yield running


# --- bind ---


async def test_the_answer_to_bind_is_the_documents_example(axe: Axe) -> None:
    got = await axe.bind(extendNum="1234", callbackTone="callbackTone.wav", bindExpiredTime=0, callbackExpiredTime=0)
    subscription = got.json()["subscriptionId"]
    assert got.headers["Content-Type"] == "application/json;charset=utf-8"
    assert (
        got.body
        == (
            f'{{"resultcode":"0","resultdesc":"Success","subscriptionId":"{subscription}","virtualNum":"{X}",'
            '"extendNum":"1234","bindExpiredTime":0,"callbackExpiredTime":0}'
        ).encode()
    )


@pytest.mark.parametrize(
    ("members", "times"),
    [
        ({}, (168, 168)),
        ({"timeUnit": "1"}, (10080, 10080)),
        ({"timeUnit": 1, "bindExpiredTime": "600"}, (600, 600)),
        ({"bindExpiredTime": 720, "callbackExpiredTime": 168}, (720, 168)),
        ({"timeUnit": "1", "bindExpiredTime": 43200, "callbackExpiredTime": 10080}, (43200, 10080)),
        ({"bindExpiredTime": 0, "callbackExpiredTime": 24}, (0, 24)),
        ({"callbackExpiredTime": 168}, (168, 168)),
        ({"timeUnit": "1", "callbackExpiredTime": 10}, (10080, 10)),
    ],
)
async def test_bind_answers_the_lifetimes_in_effect(axe: Axe, members: dict, times: tuple[int, int]) -> None:
    got = (await axe.bind(**members)).json()
    assert (got["bindExpiredTime"], got["callbackExpiredTime"]) == times


async def test_the_default_lifetimes_are_the_profiles(axe: Axe) -> None:
    axe.set_profile(axe_bind_expired_hours="none")
    assert (await axe.bind()).json()["bindExpiredTime"] == 0
    axe.set_profile(axe_callback_expired="168_hours")
    got = (await axe.bind(bindNum=B)).json()
    assert (got["bindExpiredTime"], got["callbackExpiredTime"]) == (0, 168)
    got = (await axe.bind(bindNum=C, bindExpiredTime=24)).json()
    assert (got["bindExpiredTime"], got["callbackExpiredTime"]) == (24, 24)


async def test_extensions_are_given_out_lowest_first_or_at_random(axe: Axe) -> None:
    assert [(await axe.bind(bindNum=f"+86139000100{n}")).json()["extendNum"] for n in range(3)] == [
        "0001", "0002", "0003",
    ]  # fmt: skip
    axe.set_profile(axe_extension_allocation="random")
    drawn = [str((await axe.bind(bindNum=f"+86139000200{n}")).json()["extendNum"]) for n in range(5)]
    assert len(set(drawn)) == 5
    assert drawn != sorted(drawn)
    assert all(len(extension) == 4 and extension != "0000" for extension in drawn)


async def test_x_wins_over_the_area_and_without_x_the_extension_counts_for_nothing(axe: Axe) -> None:
    got = (await axe.bind(areaCode="010", extendNum="7777")).json()
    assert (got["virtualNum"], got["extendNum"]) == (X, "7777")
    got = (await axe.bind(virtualNum="", areaCode="010", extendNum="7777", bindNum=B)).json()
    assert (got["virtualNum"], got["extendNum"]) == (Y, "0001")
    got = (await axe.bind(virtualNum=None, areaCode="010", extendNum="12", bindNum=C)).json()
    assert got["extendNum"] == "0002"


async def test_an_area_without_room_is_1012008_unless_another_may_be_taken(axe: Axe) -> None:
    area = {"virtualNum": ..., "areaCode": "020"}
    got = await axe.bind(**area)
    assert (got.status, got.code, got.sentence) == (403, "1012008", "Insufficient number of resources.")
    assert (await axe.bind(**area, areaMatchMode="1")).json()["virtualNum"] == X, "the same province comes first"
    assert (await axe.bind(**area, areaMatchMode=1)).json()["virtualNum"] == Y, "A has one extension on an X"
    assert (await axe.bind(**area, areaMatchMode="1")).code == "1012008"


async def test_a_full_x_is_1012008() -> None:
    async with axe_with(digits=1) as axe:
        for number in range(9):
            assert (await axe.bind(bindNum=f"+8613900010{number:03}")).json()["extendNum"] == str(number + 1)
        got = await axe.bind()
        assert (got.status, got.code, got.sentence) == (403, "1012008", "Insufficient number of resources.")
        assert (await axe.bind(virtualNum=..., areaCode="0755")).code == "1012008"
        assert (await axe.bind(virtualNum=..., areaCode="0755", areaMatchMode="1")).json()["virtualNum"] == Y


REFUSED_BINDS = [
    ({"bindNum": ...}, "1010002", "Invalid request.bindNum is missing."),
    ({"bindNum": ""}, "1010002", "Invalid request.bindNum is missing."),
    ({"bindNum": "7" * 33}, "1010002", "Invalid request.bindNum is invalid."),
    ({"bindNum": [A]}, "1010002", "Invalid request.bindNum is invalid."),
    ({"virtualNum": ...}, "1010002", "Invalid request.virtualNum is missing."),
    ({"virtualNum": "", "areaCode": ""}, "1010002", "Invalid request.virtualNum is missing."),
    ({"areaCode": "0" * 33}, "1010002", "Invalid request.areaCode is invalid."),
    ({"areaMatchMode": "2"}, "1010002", "Invalid request.areaMatchMode is invalid."),
    ({"extendNum": "12345"}, "1010002", "Invalid request.extendNum is invalid."),
    ({"extendNum": "12a4"}, "1010002", "Invalid request.extendNum is invalid."),
    ({"extendNum": "123"}, "1010002", "Invalid request.extendNum is invalid."),
    ({"extendNum": 1}, "1010002", "Invalid request.extendNum is invalid."),
    ({"extendNum": "0000"}, "1010002", "Invalid request.extendNum is invalid."),
    ({"extendNum": "123\n"}, "1010002", "Invalid request.extendNum is invalid."),
    ({"displayNumMode": "2"}, "1010002", "Invalid request.displayNumMode is invalid."),
    ({"recordFlag": 1}, "1010002", "Invalid request.recordFlag is invalid."),
    ({"recordHintTone": "x.wav"}, "1010002", "Invalid request.x.wav does not exist."),
    ({"callbackTone": "x.wav"}, "1010002", "Invalid request.x.wav does not exist."),
    ({"callbackTone": "x" * 129}, "1010002", "Invalid request.callbackTone is invalid."),
    ({"callbackNum": "7" * 33}, "1010002", "Invalid request.callbackNum is invalid."),
    ({"callbackTone": "callbackTone.wav", "callbackNum": B}, "1010002", "Invalid request.callbackNum is invalid."),
    ({"timeUnit": "2"}, "1010002", "Invalid request.timeUnit is invalid."),
    ({"bindExpiredTime": -1}, "1010002", "Invalid request.bindExpiredTime is invalid."),
    ({"bindExpiredTime": 721}, "1010002", "Invalid request.bindExpiredTime is invalid."),
    ({"bindExpiredTime": 43201, "timeUnit": "1"}, "1010002", "Invalid request.bindExpiredTime is invalid."),
    ({"bindExpiredTime": "24h"}, "1010002", "Invalid request.bindExpiredTime is invalid."),
    ({"callbackExpiredTime": 169}, "1010002", "Invalid request.callbackExpiredTime is invalid."),
    ({"bindExpiredTime": 2, "callbackExpiredTime": 3}, "1010002", "Invalid request.bindExpiredTime is invalid."),
    ({"bindExpiredTime": 2, "callbackExpiredTime": 0}, "1010002", "Invalid request.bindExpiredTime is invalid."),
    ({"userData": "{1}"}, "1010002", "Invalid request.userData is invalid."),
    ({"userData": "订单"}, "1010002", "Invalid request.userData is invalid."),
    ({"virtualNum": X1}, *NOT_OURS),
    ({"virtualNum": "13800008888"}, *NOT_OURS),
    ({"virtualNum": ..., "areaCode": "0898"}, "1012008", "Insufficient number of resources."),
    ({"extendNum": "0042"}, "1020167", "No idle extend Number."),
    ({"bindNum": C}, "1013102", "The extend number has been bound."),
    ({"bindNum": C, "extendNum": "0043"}, "1013102", "The extend number has been bound."),
    ({"displayNumMode": "1"}, "1020178", "The transparent mode is not allowed."),
    ({"displayNumMode": 1, "virtualNum": ..., "areaCode": "010"}, "1020178", "The transparent mode is not allowed."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("members", "code", "sentence"), REFUSED_BINDS, ids=[str(row[0])[:40] for row in REFUSED_BINDS]
)
async def test_a_refused_bind_changes_nothing(axe: Axe, members: dict[str, object], code: str, sentence: str) -> None:
    await axe.bound(bindNum=C, extendNum="0042")
    before = axe.platform.state()
    got = await axe.bind(**members)
    assert (got.status, got.code, got.sentence) == (403, code, sentence)
    assert axe.platform.state() == before
    assert axe.platform.last()["refusal"]


async def test_recording_and_the_state_of_x(axe: Axe) -> None:
    axe.platform.exchange.change_app(KEY, recording=False)
    for place in ({}, {"virtualNum": ..., "areaCode": "0755"}):
        got = await axe.bind(recordFlag="true", **place)
        assert (got.code, got.sentence) == ("1012012", "Application does not open recording function.")
    subscription = await axe.bound()
    found = axe.app.pool.get(X)
    assert found is not None
    found.state = NumberState.BINDING_FROZEN
    for got in (await axe.bind(bindNum=B), await axe.modify(subscriptionId=subscription, callbackNum=B)):
        assert (got.status, got.code, got.sentence) == (403, "1012102", "The number status is abnormal.")
    assert (await axe.bind(bindNum=B, virtualNum=..., areaCode="0755")).code == "1012008"
    assert (await axe.unbind(subscriptionId=subscription)).body == DONE


async def test_numbers_are_stored_as_given_unless_the_profile_checks_shapes(axe: Axe) -> None:
    assert (await axe.bind(bindNum="42", callbackNum="43")).code == "0"
    axe.set_profile(number_format_checked=True)
    assert (await axe.bind(bindNum="44")).sentence == "Invalid request.bindNum is invalid."
    assert (await axe.bind(callbackNum="44")).sentence == "Invalid request.callbackNum is invalid."


@pytest.mark.parametrize(
    ("setting", "value", "members", "code", "sentence"),
    [
        ("axe_extension_taken_code", "1010006", {"bindNum": B, "extendNum": "0042"}, "1010006", "Invalid Rest API."),
        ("axe_duplicate_code", "1012010", {"bindNum": C}, "1012010", "The relation number has been bound."),
        ("real_number_display", "allowed", {"displayNumMode": "1"}, "0", "Success"),
        ("record_without_app_recording", "ignored", {"recordFlag": "true"}, "0", "Success"),
    ],
)  # fmt: skip
async def test_the_profile_has_the_last_word(
    axe: Axe, setting: str, value: str, members: dict, code: str, sentence: str
) -> None:
    await axe.bound(bindNum=C, extendNum="0042")
    axe.platform.exchange.change_app(KEY, recording=False)
    axe.set_profile(**{setting: value})
    got = await axe.bind(**members)
    assert (got.code, got.sentence) == (code, sentence)


# --- which binding is meant ---


INCOMPLETE = [{}, {"virtualNum": X}, {"extendNum": "0001"}, {"virtualNum": X, "extendNum": ""}, {"subscriptionId": ""}]


@pytest.mark.parametrize("named", INCOMPLETE, ids=str)
async def test_half_a_pair_or_nothing_is_1012001(axe: Axe, named: dict[str, str]) -> None:
    await axe.bound()
    before = axe.platform.state()
    asked = [await axe.unbind(**named), await axe.modify(**named, callbackNum=B), await axe.get(**named)]
    assert [(got.status, got.code, got.sentence) for got in asked] == [(403, *NOT_OURS)] * 3
    assert axe.platform.state() == before
    axe.set_profile(axe_incomplete_code="1010002")
    lacking = "extendNum" if named.get("virtualNum") else "virtualNum"
    assert (await axe.unbind(**named)).sentence == f"Invalid request.{lacking} is missing."


@pytest.mark.parametrize(
    ("named", "refused"),
    [
        ({"subscriptionId": "nothing"}, MISS),
        ({"subscriptionId": "nothing", "virtualNum": X, "extendNum": "0001"}, MISS),
        ({"virtualNum": X, "extendNum": "0002"}, MISS),
        ({"virtualNum": X, "extendNum": "1"}, MISS),
        ({"virtualNum": X1, "extendNum": "0001"}, NOT_OURS),
        ({"virtualNum": "13800008888", "extendNum": "0001"}, NOT_OURS),
        ({"subscriptionId": "x" * 65}, ("1010002", "Invalid request.subscriptionId is invalid.")),
        ({"virtualNum": X, "extendNum": "00001"}, ("1010002", "Invalid request.extendNum is invalid.")),
    ],
    ids=str,
)
async def test_a_binding_that_is_not_there(axe: Axe, named: dict[str, str], refused: tuple[str, str]) -> None:
    await axe.bound()
    before = axe.platform.state()
    asked = [
        await axe.unbind(**named), await axe.modify(**named), await axe.get(**named), await axe.get(TWO, **named),
    ]  # fmt: skip
    if named.get("extendNum") == "00001":
        assert asked.pop(1).code == "1010002"
    assert [(got.status, got.code, got.sentence) for got in asked] == [(403, *refused)] * len(asked)
    assert axe.platform.state() == before


async def test_the_subscription_id_wins_over_the_pair_and_empty_values_count_for_nothing(axe: Axe) -> None:
    subscription = await axe.bound()
    await axe.bound(bindNum=B)
    got = await axe.get(subscriptionId=subscription, virtualNum=X, extendNum="0002")
    assert got.json()["bindNum"] == A
    assert (await axe.get(subscriptionId="", virtualNum=X, extendNum="0002")).json()["bindNum"] == B
    got = await axe.modify(subscriptionId=subscription, virtualNum=X, extendNum="0002", callbackNum=C)
    assert got.body == DONE
    assert (await axe.get(subscriptionId=subscription)).json()["callbackNum"] == C
    assert (await axe.unbind(subscriptionId=subscription, virtualNum="", extendNum="")).body == DONE
    assert (await axe.unbind(virtualNum=X, extendNum="0002")).body == DONE
    assert len(axe.app.bindings) == 0


async def test_another_applications_bindings_are_not_there(axe: Axe) -> None:
    subscription = await axe.bound()
    for method, path in SCHEMAS:
        got = await axe.platform.ask(method, path, signed(OTHER_KEY, OTHER_SECRET), {})
        assert (got.status, got.code) == (403, "1010040"), "an AXB application"
    spec = AppSpec("a6key", "s", Profile.default(), mode="AXE")
    axe.platform.exchange.add_app(spec)
    got = await axe.platform.ask("GET", f"{ONE}?subscriptionId={subscription}", signed("a6key", "s"))
    assert (got.status, got.code) == (403, "1016001")


async def test_a_plus_in_a_query_must_be_escaped(axe: Axe) -> None:
    await axe.bound()
    assert (await axe.ask("GET", f"{ONE}?virtualNum={X}&extendNum=0001")).code == "1012001"
    assert str(axe.platform.last()["refusal"]).endswith("a + in a URL query must be sent as %2B")


async def test_a_wrong_method_is_1010006(axe: Axe) -> None:
    got = await axe.platform.ask("PATCH", ONE, signed(KEY, SECRET))
    assert (got.status, got.code) == (403, "1010006")


# --- modify ---


async def test_modify_changes_what_is_given_and_the_query_keeps_the_lifetime_of_the_bind(axe: Axe) -> None:
    subscription = await axe.bound(timeUnit="0", bindExpiredTime=24, callbackExpiredTime=12, callbackNum=B)
    change = {"timeUnit": "1", "bindExpiredTime": 600, "callbackExpiredTime": 30, "recordFlag": True}
    got = await axe.modify(subscriptionId=subscription, recordHintTone="recordHintTone.wav", **change)
    assert got.body == DONE
    expected = {
        "resultcode": "0",
        "resultdesc": "Success",
        "subscriptionId": subscription,
        "virtualNum": X,
        "extendNum": "0001",
        "bindNum": A,
        "recordFlag": "true",
        "recordHintTone": "recordHintTone.wav",
        "callbackNum": B,
        "timeUnit": "0",
        "bindExpiredTime": 24,
        "callbackExpiredTime": 30,
    }
    assert (await axe.get(subscriptionId=subscription)).body == json.dumps(expected, separators=(",", ":")).encode()
    await axe.platform.story.advance(600 * 60 - 1)
    assert (await axe.get(subscriptionId=subscription)).code == "0"
    await axe.platform.story.advance(1)
    assert (await axe.get(subscriptionId=subscription)).code == "1016001"


async def test_a_lifetime_counts_from_the_modification(axe: Axe) -> None:
    subscription = await axe.bound(bindExpiredTime=2)
    await axe.platform.story.advance(3600)
    await axe.modify(subscriptionId=subscription, callbackNum=B)
    await axe.modify(subscriptionId=subscription, bindExpiredTime=2)
    await axe.platform.story.advance(7199)
    assert (await axe.get(subscriptionId=subscription)).code == "0"
    assert (await axe.modify(subscriptionId=subscription, bindExpiredTime=0)).body == DONE
    await axe.platform.story.advance(10**7)
    assert (await axe.get(subscriptionId=subscription)).code == "0"


async def test_an_empty_text_clears_a_member_and_what_is_absent_stays(axe: Axe) -> None:
    subscription = await axe.bound(callbackTone="callbackTone.wav", userData="mine", displayNumMode="0")
    assert (await axe.modify(subscriptionId=subscription, callbackNum=B)).body == DONE
    got = (await axe.get(subscriptionId=subscription)).json()
    assert (got["callbackTone"], got["callbackNum"], got["userData"]) == ("callbackTone.wav", B, "mine")
    assert (await axe.modify(subscriptionId=subscription, callbackNum="", callbackTone="", bindNum=C)).body == DONE
    got = (await axe.get(subscriptionId=subscription)).json()
    assert not {"callbackTone", "callbackNum"} & set(got)
    assert (got["bindNum"], got["displayNumMode"]) == (A, "0")


async def test_user_data_came_to_both_queries_with_the_edition_that_has_it(axe: Axe) -> None:
    subscription = await axe.bound(userData="mine")
    assert (await axe.get(subscriptionId=subscription)).json()["userData"] == "mine"
    axe.set_profile(query_user_data=False)
    assert "userData" not in (await axe.get(subscriptionId=subscription)).json()
    [row] = (await axe.get(TWO, virtualNum=X)).json()["extendNumList"]  # type: ignore[misc]
    assert "userData" not in row


REFUSED_CHANGES = [
    ({"bindExpiredTime": 11}, "Invalid request.bindExpiredTime is invalid."),
    ({"callbackExpiredTime": 25}, "Invalid request.bindExpiredTime is invalid."),
    ({"callbackExpiredTime": 0}, "Invalid request.bindExpiredTime is invalid."),
    ({"bindExpiredTime": 719, "timeUnit": "1"}, "Invalid request.bindExpiredTime is invalid."),
    ({"bindExpiredTime": 721}, "Invalid request.bindExpiredTime is invalid."),
    ({"callbackExpiredTime": 169}, "Invalid request.callbackExpiredTime is invalid."),
    ({"timeUnit": "3"}, "Invalid request.timeUnit is invalid."),
    ({"callbackTone": "x.wav"}, "Invalid request.x.wav does not exist."),
    ({"recordHintTone": "x.wav"}, "Invalid request.x.wav does not exist."),
    ({"callbackNum": "7" * 33}, "Invalid request.callbackNum is invalid."),
    ({"recordFlag": "yes"}, "Invalid request.recordFlag is invalid."),
    ({"displayNumMode": "1"}, "The transparent mode is not allowed."),
]


@pytest.mark.parametrize(("members", "sentence"), REFUSED_CHANGES, ids=[str(row[0])[:40] for row in REFUSED_CHANGES])
async def test_a_refused_modification_changes_nothing(axe: Axe, members: dict[str, object], sentence: str) -> None:
    subscription = await axe.bound(bindExpiredTime=24, callbackExpiredTime=12)
    before = axe.platform.state()
    got = await axe.modify(subscriptionId=subscription, **members)
    code = "1020178" if "displayNumMode" in members else "1010002"
    assert (got.status, got.code, got.sentence) == (403, code, sentence)
    assert axe.platform.state() == before


async def test_a_modification_without_the_applications_recording_is_1012012(axe: Axe) -> None:
    subscription = await axe.bound()
    axe.platform.exchange.change_app(KEY, recording=False)
    assert (await axe.modify(subscriptionId=subscription, recordFlag="true")).code == "1012012"
    axe.set_profile(axe_miss_code="1012007")
    assert (await axe.modify(subscriptionId="no")).code == "1012007"


# --- list and count ---


async def test_the_bindings_of_x_page_by_page(axe: Axe) -> None:
    ids = [await axe.bound(bindNum=f"+86139000030{number:02}") for number in range(5)]
    await axe.bound(virtualNum=Y)
    found: list[str] = []
    cursor: object = "0000000000000_0"
    for _ in range(3):
        got = (await axe.get(TWO, virtualNum=X, cursor=cursor, limit=2)).json()
        found += [one["subscriptionId"] for one in got["extendNumList"]]
        cursor = got.get("nextCursor")
        if cursor is not None:
            await axe.unbind(subscriptionId=found[-1])
    assert (found, cursor) == (ids, None)
    assert (await axe.get(TWO, virtualNum=X, cursor="9" * 13 + "_" + "9" * 20)).json()["extendNumList"] == []


async def test_a_single_binding_is_a_list_of_one_without_a_cursor(axe: Axe) -> None:
    subscription = await axe.bound()
    for named in ({"subscriptionId": subscription}, {"virtualNum": X, "extendNum": "0001"}):
        got = (await axe.get(TWO, **named, cursor="wrong", limit="wrong")).json()
        assert list(got) == ["resultcode", "resultdesc", "extendNumList"]
        one = (await axe.get(**named)).json()
        assert {**got["extendNumList"][0], "resultcode": "0", "resultdesc": "Success"} == one


@pytest.mark.parametrize(("end", "cursor"), [("absent", ...), ("empty", ""), ("last", "1767225600000_1")])
async def test_names_and_end_of_the_list_are_the_profiles(axe: Axe, end: str, cursor: object) -> None:
    axe.set_profile(axe_list_end=end, axe_list_name="bindings")
    await axe.bound()
    got = (await axe.get(TWO, virtualNum=X)).json()
    assert (len(got["bindings"]), got.get("nextCursor", ...)) == (1, cursor)


@pytest.mark.parametrize(
    ("query", "code", "sentence"),
    [
        ({}, *NOT_OURS),
        ({"virtualNum": X1}, *NOT_OURS),
        ({"extendNum": "0001"}, *NOT_OURS),
        ({"virtualNum": X, "cursor": "0"}, "1010002", "Invalid request.cursor is invalid."),
        ({"virtualNum": X, "limit": "101"}, "1010002", "Invalid request.limit is invalid."),
        ({"virtualNum": X, "limit": "0"}, "1010002", "Invalid request.limit is invalid."),
    ],
    ids=str,
)
async def test_a_refused_list(axe: Axe, query: dict[str, str], code: str, sentence: str) -> None:
    got = await axe.get(TWO, **query)
    assert (got.status, got.code, got.sentence) == (403, code, sentence)


async def test_bindings_are_counted_for_one_x_or_for_each(axe: Axe) -> None:
    for user in (A, B):
        await axe.bound(bindNum=user)
    got = await axe.get(COUNT, number=X, cursor="wrong", limit="wrong")
    assert got.json() == {"resultcode": "0", "resultdesc": "Success", "numberList": [{"number": X, "bindCount": 2}]}
    first = (await axe.get(COUNT, cursor="0", limit="1")).json()
    assert (first["numberList"], first["nextCursor"]) == ([{"number": X, "bindCount": 2}], "1")
    second = (await axe.get(COUNT, cursor="1", limit="1")).json()
    assert (second["numberList"], "nextCursor" in second) == ([{"number": Y, "bindCount": 0}], False)
    assert (await axe.get(COUNT, cursor="9" * 20)).json()["numberList"] == []
    axe.set_profile(axe_count_list_name="xList", axe_count_member="times")
    assert (await axe.get(COUNT)).json()["xList"][0] == {"number": X, "times": 2}


@pytest.mark.parametrize(
    ("query", "code", "sentence"),
    [
        ({"number": X1}, *NOT_OURS),
        ({"cursor": "x"}, "1010002", "Invalid request.cursor is invalid."),
        ({"cursor": "9" * 21}, "1010002", "Invalid request.cursor is invalid."),
        ({"limit": "101"}, "1010002", "Invalid request.limit is invalid."),
    ],
    ids=str,
)
async def test_a_refused_count(axe: Axe, query: dict[str, str], code: str, sentence: str) -> None:
    got = await axe.get(COUNT, **query)
    assert (got.status, got.code, got.sentence) == (403, code, sentence)


async def test_a_limit_out_of_range_may_be_the_default(axe: Axe) -> None:
    axe.set_profile(axe_limit_out_of_range="default")
    await axe.bound()
    assert len((await axe.get(TWO, virtualNum=X, limit="0")).json()["extendNumList"]) == 1
    assert len((await axe.get(COUNT, limit="1000")).json()["numberList"]) == 2


async def test_a_recorded_call_can_be_downloaded(axe: Axe) -> None:
    await axe.bound(recordFlag="true")
    played = axe.platform.exchange.dial(KEY, Dial(B, X, talks_seconds=5, extensions=("0001",)))
    await axe.platform.story.advance(60)
    recording = axe.platform.exchange.call(played.call.call_id).recording
    got = await axe.platform.address_of(recording, signed(KEY, SECRET))
    assert got.status == 301
