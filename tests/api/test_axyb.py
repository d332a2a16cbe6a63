"""The three AXYB operations over HTTP (axe_axyb_x.md 2): answers byte for byte, refusals with their codes, nothing changed."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from simulator.contract.editions import profile_of
from simulator.exchange.apps import App, AppSpec, AppState, NumberSpec
from simulator.telephony.commands.calls import Dial
from simulator.telephony.numbering import NumberState
from tests.api.served import KEY as AXB_KEY
from tests.api.served import Got, Platform, platform_with, signed

KEY, SECRET, OTHER_KEY = "y1key", "y1secret", "y2key"
AXYB = "/rest/omp/xyrelationnumber/v1.0"
N1, N2, N3, BEIJING, FOREIGN = "+8617000000001", "+8617000000002", "+8617000000003", "+8617000000010", "+8617000000099"
A, B, C, D = "+8618600005678", "+8618600005679", "+8618600005680", "+8618600005681"
DONE = b'{"resultcode":"0","resultdesc":"Success"}'
MISSING, FOREIGN_NUMBER = "The record does not exist.", "Resource of number is not to be applied."


@dataclass
class Axyb:
    """An application of the mode on a platform, and another beside it."""

    platform: Platform
    key: str = KEY

    @property
    def app(self) -> App:
        app = self.platform.exchange.app(KEY)
        assert app is not None
        return app

    async def ask(self, method: str, body: object = None, **query: object) -> Got:
        named = {"app_key": self.key, **query}
        target = f"{AXYB}?{urlencode({name: value for name, value in named.items() if value is not ...})}"
        return await self.platform.ask(method, target, signed(self.key, SECRET), body)

    async def bind(self, **members: object) -> Got:
        body = {"origNum": A, "areaCode": "0755", **members}
        return await self.ask("POST", {name: value for name, value in body.items() if value is not ...})

    async def bound(self, **members: object) -> tuple[str, str]:
        """Subscription id and number of a bind that succeeds."""
        answer = (await self.bind(**members)).json()
        return str(answer["subscriptionId"]), str(answer["relationNumber"])

    async def tied(self, subscription: str, peer: str = B, **members: object) -> str:
        """The Y of a B."""
        body = {"origNum": peer, "subscriptionId": subscription, **members}
        return str((await self.ask("POST", body)).json()["relationNumber"])

    async def rows(self, **query: str) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = (await self.ask("GET", **query)).json()["xyRelationNumList"]  # type: ignore[assignment]
        return rows

    def set_profile(self, **overrides: object) -> None:
        self.platform.exchange.change_app(KEY, profile=self.app.profile.with_overrides(overrides))

    def state(self) -> object:
        return self.platform.state()


def spec(key: str, platform: Platform, *numbers: NumberSpec) -> AppSpec:
    files = frozenset({"hint.wav", "x.wav", "y.wav"})
    return AppSpec(key, SECRET, platform.app.profile, mode="AXYB", numbers=numbers, voice_files=files)


@pytest.fixture
async def axyb() -> AsyncIterator[Axyb]:
    async with platform_with() as platform:
        numbers = [NumberSpec(number, "0755") for number in (N1, N2, N3)]
        platform.exchange.add_app(spec(KEY, platform, *numbers, NumberSpec(BEIJING, "010")))
        platform.exchange.add_app(spec(OTHER_KEY, platform, NumberSpec(FOREIGN, "0755")))
        yield Axyb(platform)


# --- answers ---


async def test_the_answers_to_both_binds(axyb: Axyb) -> None:
    got = await axyb.bind(callDirection=0, duration=7200, recordFlag=True, recordHintTone="hint.wav", preVoiceX="x.wav")
    subscription = got.json()["subscriptionId"]
    start = f'{{"resultcode":"0","resultdesc":"Success","subscriptionId":"{subscription}","relationNumber":'
    assert got.body == f'{start}"{N1}"}}'.encode()
    got = await axyb.ask("POST", {"origNum": B, "subscriptionId": subscription, "areaCode": "0755"})
    assert got.body == f'{start}"{N2}"}}'.encode()


async def test_user_data_comes_back_when_it_was_sent(axyb: Axyb) -> None:
    got = await axyb.bind(userData="order 17")
    assert list(got.json()) == ["resultcode", "resultdesc", "subscriptionId", "relationNumber", "userData"]
    axyb.set_profile(axyb_bind_user_data="absent")
    assert "userData" not in (await axyb.bind(userData="order 18")).json()


async def test_a_b_bound_twice_has_the_code_of_its_edition(axyb: Axyb) -> None:
    subscription, _ = await axyb.bound()
    await axyb.tied(subscription)
    for edition, code, sentence in (
        ("2026", "1012010", "The relation number has been bound."),
        ("2019", "1013102", "The number $ has been bound."),
    ):
        axyb.platform.exchange.change_app(KEY, profile=profile_of(edition))
        got = await axyb.ask("POST", {"origNum": B, "subscriptionId": subscription})
        assert (got.status, got.code, got.sentence) == (403, code, sentence)


async def test_user_data_may_hold_what_only_axb_forbids(axyb: Axyb) -> None:
    assert (await axyb.bind(userData="order^17")).json()["userData"] == "order^17"


async def test_a_query_answers_everything_that_was_set_in_order(axyb: Axyb) -> None:
    subscription, x_number = await axyb.bound(
        callDirection="0", duration=3600, ybDuration="600", recordFlag="true", recordHintTone="hint.wav",
        preVoiceX="x.wav", userData="order 17",
    )  # fmt: skip
    await axyb.platform.story.advance(60)
    y_number = await axyb.tied(subscription, preVoiceY="y.wav")
    row = {
        "bindId": subscription, "numA": A, "numX": x_number, "numY": y_number, "numB": B, "recordFlag": "true",
        "recordHintTone": "hint.wav", "subscribeTime": "2026-01-01 08:01:00", "callDirection": 0, "duration": "3600",
        "ybDuration": "600", "preVoiceX": "x.wav", "preVoiceY": "y.wav", "userData": "order 17",
    }  # fmt: skip
    expected = {"resultcode": "0", "resultdesc": "Success", "xyRelationNumList": [row]}
    for query in ({"subscriptionId": subscription}, {"relationNum": x_number}):
        assert (await axyb.ask("GET", **query)).body == json.dumps(expected, separators=(",", ":")).encode()


async def test_an_a_without_a_b_has_one_row_and_what_was_never_set_is_absent(axyb: Axyb) -> None:
    subscription, _ = await axyb.bound()
    [row] = await axyb.rows(subscriptionId=subscription)
    assert row == {
        "bindId": subscription, "numA": A, "numX": N1, "subscribeTime": "2026-01-01 08:00:00", "duration": "7200",
        "ybDuration": "0",
    }  # fmt: skip


async def test_the_subscription_id_wins_in_a_query(axyb: Axyb) -> None:
    subscription, _ = await axyb.bound()
    _, other_x = await axyb.bound(origNum=C)
    [row] = await axyb.rows(subscriptionId=subscription, relationNum=other_x)
    assert row["numA"] == A
    assert (await axyb.rows(subscriptionId=subscription, relationNum=FOREIGN))[0]["numA"] == A


async def test_rows_are_bounded_and_ordered_by_the_profile(axyb: Axyb) -> None:
    for number in range(10, 17):
        axyb.platform.exchange.add_numbers(KEY, [NumberSpec(f"+86170000001{number}", "0755")])
    subscription, _ = await axyb.bound()
    peers = [f"+86186000057{number}" for number in range(10, 17)]
    for peer in peers:
        await axyb.tied(subscription, peer)
    assert [row["numB"] for row in await axyb.rows(subscriptionId=subscription)] == peers[:1:-1]
    axyb.set_profile(axyb_query_rows="none", axyb_query_order="oldest_first", axyb_bind_id="own")
    rows = await axyb.rows(subscriptionId=subscription)
    assert [row["numB"] for row in rows] == peers
    assert len({row["bindId"] for row in rows} | {subscription}) == 8


# --- lifetimes ---


@pytest.mark.parametrize(
    ("duration", "of_a", "of_b", "answered"),
    [
        (..., ..., ..., "0"), (..., 600, ..., "600"), (..., 600, 60, "60"), (..., 600, 0, "0"), (..., ..., 60, "60"),
        (600, 3600, ..., "600"), (600, ..., 3600, "600"), (0, 3600, ..., "3600"), ("60", ..., "7776000", "60"),
    ],
)  # fmt: skip
async def test_which_duration_holds_for_a_b(
    axyb: Axyb, duration: object, of_a: object, of_b: object, answered: str
) -> None:
    subscription, _ = await axyb.bound(duration=duration, ybDuration=of_a)
    members = {} if of_b is ... else {"ybDuration": of_b}
    await axyb.tied(subscription, **members)
    [row] = await axyb.rows(subscriptionId=subscription)
    assert row["ybDuration"] == answered
    assert row["duration"] == ("7200" if duration is ... else str(duration))


async def test_a_y_ends_alone_and_an_x_with_its_ys(axyb: Axyb) -> None:
    subscription, _ = await axyb.bound(duration=120)
    await axyb.tied(subscription, B, ybDuration=60)
    await axyb.tied(subscription, C)
    await axyb.platform.story.advance(60)
    assert [row["numB"] for row in await axyb.rows(subscriptionId=subscription)] == [C]
    await axyb.platform.story.advance(59)
    assert (await axyb.ask("GET", subscriptionId=subscription)).code == "0"
    await axyb.platform.story.advance(1)
    assert (await axyb.ask("GET", subscriptionId=subscription)).code == "1016001"
    assert len(axyb.app.bindings) == 0


async def test_an_x_without_an_end_lives_on_and_the_default_is_a_setting(axyb: Axyb) -> None:
    forever, _ = await axyb.bound(duration=0)
    axyb.set_profile(axyb_duration_seconds=60)
    short, _ = await axyb.bound()
    await axyb.platform.story.advance(7776001)
    assert (await axyb.ask("GET", subscriptionId=forever)).code == "0"
    assert (await axyb.ask("GET", subscriptionId=short)).code == "1016001"


# --- unbind ---


async def test_unbind_takes_one_y_or_all(axyb: Axyb) -> None:
    axyb.platform.exchange.add_numbers(KEY, [NumberSpec("+8617000000020", "0755")])
    subscription, _ = await axyb.bound()
    of_b, of_c, _ = [await axyb.tied(subscription, peer) for peer in (B, C, D)]
    assert (await axyb.ask("DELETE", subscriptionId=subscription, yNum=of_b, bNum=C)).body == DONE
    assert [row["numY"] for row in await axyb.rows(subscriptionId=subscription)][1:] == [of_c]
    assert (await axyb.ask("DELETE", subscriptionId=subscription, bNum=C, yNum="")).body == DONE
    assert [row["numB"] for row in await axyb.rows(subscriptionId=subscription)] == [D]
    assert (await axyb.ask("DELETE", subscriptionId=subscription)).body == DONE
    assert len(axyb.app.bindings) == 0
    assert len(axyb.platform.exchange.deadlines) == 0


# --- choice of numbers ---


async def test_x_comes_from_its_city_or_loosely_from_elsewhere(axyb: Axyb) -> None:
    assert (await axyb.bound(areaCode="010"))[1] == BEIJING
    assert (await axyb.bind(areaCode="010")).code == "1012008"
    assert (await axyb.bound(areaCode="010", areaMatchMode=1))[1] == N1


async def test_y_comes_from_the_city_asked_for_else_by_the_profile(axyb: Axyb) -> None:
    subscription, _ = await axyb.bound()
    assert await axyb.tied(subscription, B, areaCode="010") == BEIJING
    refused = await axyb.ask("POST", {"origNum": C, "subscriptionId": subscription, "areaCode": "010"})
    assert refused.code == "1012008"
    assert await axyb.tied(subscription, C) == N2
    away, _ = await axyb.bound(origNum=D, areaCode="010", areaMatchMode="1")
    axyb.set_profile(axyb_y_without_area="strict")
    assert await axyb.tied(away, A) == N2
    assert (await axyb.ask("POST", {"origNum": B, "subscriptionId": subscription})).code == "1012010"


async def test_a_number_that_is_not_normal_is_not_given_out(axyb: Axyb) -> None:
    for number in (N1, N2):
        x_number = axyb.app.pool.get(number)
        assert x_number is not None
        x_number.state = NumberState.SUSPENDED
    subscription, x_number_text = await axyb.bound()
    assert x_number_text == N3
    assert await axyb.tied(subscription) == BEIJING


async def test_a_full_y_is_left_and_found_again(axyb: Axyb) -> None:
    axyb.set_profile(axyb_relations_per_y=1)
    axyb.platform.exchange.add_numbers(KEY, [NumberSpec("+8617000000020", "0755")])
    first, _ = await axyb.bound()
    second, _ = await axyb.bound(origNum=C)
    of_first, of_second = await axyb.tied(first), await axyb.tied(second)
    assert of_first != of_second
    await axyb.ask("DELETE", subscriptionId=first, bNum=B)
    assert await axyb.tied(first, D) == of_first


# --- refusals ---

TOO_LONG = "7" * 33
REFUSED_BINDS = [
    ({"origNum": ...}, "1010002", "Invalid request.origNum is missing."),
    ({"origNum": ""}, "1010002", "Invalid request.origNum is missing."),
    ({"origNum": TOO_LONG}, "1010002", "Invalid request.origNum is invalid."),
    ({"origNum": [A]}, "1010002", "Invalid request.origNum is invalid."),
    ({"areaCode": ...}, "1010002", "Invalid request.areaCode is missing."),
    ({"areaCode": None}, "1010002", "Invalid request.areaCode is missing."),
    ({"areaCode": "0" * 33}, "1010002", "Invalid request.areaCode is invalid."),
    ({"areaMatchMode": "2"}, "1010002", "Invalid request.areaMatchMode is invalid."),
    ({"callDirection": 3}, "1010002", "Invalid request.callDirection is invalid."),
    ({"duration": 59}, "1010002", "Invalid request.duration is invalid."),
    ({"duration": "1"}, "1010002", "Invalid request.duration is invalid."),
    ({"duration": -1}, "1010002", "Invalid request.duration is invalid."),
    ({"duration": 7776001}, "1010002", "Invalid request.duration is invalid."),
    ({"ybDuration": "59"}, "1010002", "Invalid request.ybDuration is invalid."),
    ({"ybDuration": 7776001}, "1010002", "Invalid request.ybDuration is invalid."),
    ({"recordFlag": 1}, "1010002", "Invalid request.recordFlag is invalid."),
    ({"recordHintTone": "x" * 129}, "1010002", "Invalid request.recordHintTone is invalid."),
    ({"recordHintTone": "none.wav"}, "1010002", "Invalid request.none.wav does not exist."),
    ({"preVoiceX": "none.wav"}, "1010002", "Invalid request.none.wav does not exist."),
    ({"userData": "{1}"}, "1010002", "Invalid request.userData is invalid."),
    ({"userData": "订单"}, "1010002", "Invalid request.userData is invalid."),
    ({"userData": "x" * 257}, "1010002", "Invalid request.userData is invalid."),
    ({"subscriptionId": "x" * 65}, "1010002", "Invalid request.subscriptionId is invalid."),
    ({"areaCode": "0898"}, "1012008", "Insufficient number of resources."),
    ({"origNum": B, "subscriptionId": "nothing"}, "1016001", MISSING),
    ({"origNum": A, "subscriptionId": "{id}"}, "1010002", "Invalid request.origNum is invalid."),
    ({"origNum": C, "subscriptionId": "{id}"}, "1012010", "The relation number has been bound."),
    ({"origNum": B, "subscriptionId": "{id}", "preVoiceY": "none.wav"}, "1010002", "Invalid request.none.wav does not exist."),
    ({"origNum": B, "subscriptionId": "{id}", "areaCode": "0898"}, "1012008", "Insufficient number of resources."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("members", "code", "sentence"), REFUSED_BINDS, ids=[str(row[0])[:60] for row in REFUSED_BINDS]
)
async def test_a_refused_bind_changes_nothing(axyb: Axyb, members: dict[str, object], code: str, sentence: str) -> None:
    subscription, _ = await axyb.bound(duration=600)
    await axyb.tied(subscription, C, ybDuration=60)
    before = axyb.state()
    got = await axyb.bind(**{name: subscription if value == "{id}" else value for name, value in members.items()})
    assert (got.status, got.code, got.sentence) == (403, code, sentence)
    assert axyb.state() == before
    assert axyb.platform.last()["refusal"]


REFUSED_QUESTIONS = [
    ("DELETE", {}, "1010002", "Invalid request.subscriptionId is missing."),
    ("DELETE", {"subscriptionId": "", "yNum": N2}, "1010002", "Invalid request.subscriptionId is missing."),
    ("DELETE", {"subscriptionId": "x" * 65}, "1010002", "Invalid request.subscriptionId is invalid."),
    ("DELETE", {"subscriptionId": "nothing"}, "1016001", MISSING),
    ("DELETE", {"subscriptionId": "{id}", "bNum": D}, "1016001", MISSING),
    ("DELETE", {"subscriptionId": "{id}", "yNum": N3}, "1016001", MISSING),
    ("DELETE", {"subscriptionId": "{id}", "yNum": N3, "bNum": C}, "1016001", MISSING),
    ("DELETE", {"subscriptionId": "{id}", "yNum": FOREIGN}, "1012001", FOREIGN_NUMBER),
    ("DELETE", {"subscriptionId": "nothing", "yNum": FOREIGN}, "1012001", FOREIGN_NUMBER),
    ("GET", {}, "1012001", FOREIGN_NUMBER),
    ("GET", {"relationNum": "", "subscriptionId": ""}, "1012001", FOREIGN_NUMBER),
    ("GET", {"relationNum": FOREIGN}, "1012001", FOREIGN_NUMBER),
    ("GET", {"relationNum": N1[1:]}, "1012001", FOREIGN_NUMBER),
    ("GET", {"relationNum": N3}, "1016001", MISSING),
    ("GET", {"relationNum": N2}, "1016001", MISSING),
    ("GET", {"subscriptionId": "nothing", "relationNum": N1}, "1016001", MISSING),
    ("GET", {"subscriptionId": "x" * 65}, "1010002", "Invalid request.subscriptionId is invalid."),
]


@pytest.mark.parametrize(("method", "query", "code", "sentence"), REFUSED_QUESTIONS)
async def test_a_refused_unbind_or_query_changes_nothing(
    axyb: Axyb, method: str, query: dict[str, str], code: str, sentence: str
) -> None:
    subscription, _ = await axyb.bound(duration=600)
    await axyb.tied(subscription, C, ybDuration=60)
    before = axyb.state()
    filled = {name: subscription if value == "{id}" else value for name, value in query.items()}
    got = await axyb.ask(method, **filled)
    assert (got.status, got.code, got.sentence) == (403, code, sentence)
    assert axyb.state() == before


async def test_a_sixth_x_is_refused(axyb: Axyb) -> None:
    axyb.set_profile(axyb_x_per_user=2)
    first, _ = await axyb.bound()
    await axyb.bound()
    before = axyb.state()
    got = await axyb.bind()
    assert (got.status, got.code, got.sentence) == (403, "1012008", "Insufficient number of resources.")
    assert axyb.state() == before
    assert str(axyb.platform.last()["refusal"]) == f"{A} has 2 X numbers, the most that one A can"
    await axyb.ask("DELETE", subscriptionId=first)
    assert (await axyb.bind()).code == "0"


@pytest.mark.parametrize("method", ["POST", "DELETE", "GET"])
async def test_the_query_must_name_the_application_that_signed(axyb: Axyb, method: str) -> None:
    subscription, _ = await axyb.bound()
    before = axyb.state()
    rest = {"subscriptionId": subscription} if method != "POST" else {}
    body = {"origNum": A, "areaCode": "0755"} if method == "POST" else None
    for app_key in (..., ""):
        got = await axyb.ask(method, body, **{**rest, "app_key": app_key})
        assert (got.status, got.code, got.sentence) == (403, "1010002", "Invalid request.app_key is missing.")
    for app_key in (OTHER_KEY, "nobody", "x" * 200):
        got = await axyb.ask(method, body, **{**rest, "app_key": app_key})
        assert (got.status, got.code, got.sentence) == (403, "1010003", "Invalid app_key.")
    assert axyb.state() == before
    assert (
        str(axyb.platform.last()["refusal"])
        == f"app_key in the query is {'x' * 200!r}, the request is signed by {KEY!r}"
    )
    axyb.set_profile(axyb_app_key_code="1010040")
    got = await axyb.ask(method, body, **{**rest, "app_key": OTHER_KEY})
    assert (got.code, got.sentence) == ("1010040", "The app_key is not allowed to invoke the API.")


async def test_an_application_that_is_unavailable_gets_the_modes_own_code(axyb: Axyb) -> None:
    axyb.platform.exchange.change_app(KEY, state=AppState.UNAVAILABLE)
    got = await axyb.bind()
    assert (got.status, got.code, got.sentence) == (403, "1010004", "The status of the app_key is unavailable.")
    axyb.platform.exchange.change_app(KEY, state=AppState.FROZEN)
    assert (await axyb.bind()).code == "1010029"
    axyb.platform.exchange.change_app(AXB_KEY, state=AppState.UNAVAILABLE)
    assert (await axyb.platform.bind()).code == "1010008"


async def test_another_applications_bindings_are_not_there_and_another_modes_api_is_closed(axyb: Axyb) -> None:
    subscription, x_number = await axyb.bound()
    other = Axyb(axyb.platform, OTHER_KEY)
    assert (await other.ask("GET", subscriptionId=subscription)).code == "1016001"
    assert (await other.ask("GET", relationNum=x_number)).code == "1012001"
    assert (await other.ask("DELETE", subscriptionId=subscription)).code == "1016001"
    assert (await other.ask("POST", {"origNum": B, "subscriptionId": subscription})).code == "1016001"
    got = await axyb.platform.ask("GET", f"{AXYB}?app_key={AXB_KEY}&relationNum=1")
    assert (got.code, got.sentence) == ("1010040", "The app_key is not allowed to invoke the API.")
    assert (await axyb.ask("PUT", {})).code == "1010006"


async def test_recording_without_the_applications_is_1012012(axyb: Axyb) -> None:
    axyb.platform.exchange.change_app(KEY, recording=False)
    got = await axyb.bind(recordFlag="true")
    assert (got.code, got.sentence) == ("1012012", "Application does not open recording function.")
    axyb.set_profile(record_without_app_recording="ignored")
    assert (await axyb.bind(recordFlag="true")).code == "0"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"origNum":"1","origNum":"2"}', b"\xff"])
async def test_a_body_that_is_no_object_is_refused(axyb: Axyb, body: bytes) -> None:
    got = await axyb.ask("POST", body)
    assert (got.status, got.code) == (403, "1010002")


async def test_shapes_are_checked_where_the_profile_says_so(axyb: Axyb) -> None:
    assert (await axyb.bind(origNum=13800000021)).code == "0"
    axyb.set_profile(number_format_checked=True)
    got = await axyb.bind(origNum="13800000021")
    assert (got.code, got.sentence) == ("1010002", "Invalid request.origNum is invalid.")


@pytest.mark.parametrize(
    ("setting", "code", "sentence", "request_of"),
    [
        ("axyb_user_full_code", "1011003", "Exceeded the upper limit of resources that can be applied for.", "full"),
        ("axyb_duplicate_code", "1016002", None, "twice"),
        ("axyb_same_parties_code", "1012010", "The relation number has been bound.", "same"),
        ("axyb_unknown_subscription_code", "1012007", MISSING, "unknown"),
        ("axyb_incomplete_code", "1010002", "Invalid request.relationNum is missing.", "nothing"),
    ],
)
async def test_codes_follow_the_profile(
    axyb: Axyb, setting: str, code: str, sentence: str | None, request_of: str
) -> None:
    subscription, _ = await axyb.bound()
    await axyb.tied(subscription)
    axyb.set_profile(**{setting: code, "axyb_x_per_user": 1})
    asked = {
        "full": axyb.bind,
        "twice": lambda: axyb.ask("POST", {"origNum": B, "subscriptionId": subscription}),
        "same": lambda: axyb.ask("POST", {"origNum": A, "subscriptionId": subscription}),
        "unknown": lambda: axyb.ask("POST", {"origNum": B, "subscriptionId": "nothing"}),
        "nothing": lambda: axyb.ask("GET"),
    }
    got = await asked[request_of]()
    assert (got.status, got.code) == (403, code)
    assert sentence in (None, got.sentence)


# --- calls ---


async def test_an_unknown_caller_gets_a_y_for_as_long_as_a_said(axyb: Axyb) -> None:
    subscription, x_number = await axyb.bound(duration=600, ybDuration=60, userData="order 17")
    axyb.platform.exchange.dial(KEY, Dial(B, x_number))
    [row] = await axyb.rows(relationNum=x_number)
    assert (row["numB"], row["numY"], row["ybDuration"], row["userData"]) == (B, N2, "60", "order 17")
    await axyb.platform.story.advance(60)
    assert "numB" not in (await axyb.rows(relationNum=x_number))[0]
    assert subscription == row["bindId"]


async def test_user_data_of_a_b_is_taken_or_ignored(axyb: Axyb) -> None:
    subscription, _ = await axyb.bound(userData="a's")
    await axyb.tied(subscription, B, userData="b's")
    axyb.set_profile(axyb_yb_user_data="ignored")
    await axyb.tied(subscription, C, userData="c's")
    rows = await axyb.rows(subscriptionId=subscription)
    assert {row["numB"]: row["userData"] for row in rows} == {B: "b's", C: "a's"}
