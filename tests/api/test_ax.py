"""The five AX operations over HTTP (ax_axb.md 1 to 5, observed.md): answers, refusals with their codes, nothing changed."""

import json
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from simulator.exchange.apps import NumberSpec
from simulator.telephony.commands.calls import Dial
from simulator.telephony.numbering import NumberState
from tests.api.served import (
    KEY,
    OTHER_KEY,
    OTHER_SECRET,
    OTHER_X,
    X1,
    X2,
    A,
    B,
    C,
    Got,
    Platform,
    platform_with,
    raw_request,
    signed,
)

AX = "/rest/provision/caas/privatenumber/v1.0"
CALLEE = "/rest/caas/privatenumber/calleenumber/v1.0"
X_OF_A = f"{AX}?privateNum={quote(X1)}"


@pytest.fixture
async def ax() -> AsyncIterator[Platform]:
    async with platform_with(mode="AX") as platform:
        yield platform


async def bind(ax: Platform, **members: object) -> Got:
    body = {"origNum": A, "privateNum": X1, **members}
    return await ax.ask("POST", AX, body={name: value for name, value in body.items() if value is not ...})


async def bound(ax: Platform, **members: object) -> str:
    got = await bind(ax, **members)
    assert got.code == "0", got
    return str(got.json()["subscriptionId"])


async def found(ax: Platform, query: str) -> list[dict[str, object]]:
    got = await ax.ask("GET", f"{AX}?{query}")
    assert got.code == "0", got
    return got.json()["privateNumList"]  # type: ignore[return-value] - a list, as the schema says


async def test_the_answer_to_bind_is_the_documents_example(ax: Platform) -> None:
    got = await bind(ax, preVoice={"callerHintTone": "callerHintTone.wav", "calleeHintTone": "calleeHintTone.wav"})
    subscription = got.json()["subscriptionId"]
    assert got.status == 200
    assert got.body.decode() == (
        f'{{"resultcode":"0","resultdesc":"Success","origNum":"{A}","privateNum":"{X1}","subscriptionId":"{subscription}"}}'
    )


async def test_a_query_answers_what_was_set_in_beijing_time_and_nothing_else(ax: Platform) -> None:
    subscription = await bound(ax)
    assert await found(ax, f"subscriptionId={subscription}") == [
        {
            "origNum": A,
            "privateNum": X1,
            "privateNumType": "mobile-virtual",
            "subscribeTime": "2026-01-01 08:00:00",
            "subscriptionId": subscription,
        }
    ]


async def test_a_query_answers_every_member_in_the_documents_order(ax: Platform) -> None:
    await bound(
        ax, recordFlag=True, recordHintTone="callerHintTone.wav", preVoice={"calleeHintTone": "calleeHintTone.wav"},
        calleeNumDisplay=0, privateSms="false", maxDuration="3", lastMinVoice="callerHintTone.wav", turnFlag="on",
        callDirection="2", userData="order 17",
    )  # fmt: skip
    (one,) = await found(ax, f"origNum={quote(A)}")
    assert list(one) == [
        "origNum", "privateNum", "privateNumType", "subscribeTime", "recordFlag", "recordHintTone", "preVoice",
        "calleeNumDisplay", "subscriptionId", "privateSms", "maxDuration", "lastMinVoice", "turnFlag", "callDirection",
        "userData",
    ]  # fmt: skip
    assert (one["recordFlag"], one["maxDuration"], one["calleeNumDisplay"], one["callDirection"]) == ("true", 3, "0", 2)


async def test_the_newest_binding_comes_first_and_a_subscription_id_wins(ax: Platform) -> None:
    first = await bound(ax)
    second = await bound(ax, privateNum=X2)
    assert [one["subscriptionId"] for one in await found(ax, f"origNum={quote(A)}")] == [second, first]
    one = await found(ax, f"subscriptionId={first}&origNum={quote(B)}&privateNum={quote(X2)}")
    assert [each["privateNum"] for each in one] == [X1]
    assert len(await found(ax, f"origNum={quote(A)}&privateNum={quote(OTHER_X)}&subscriptionId=")) == 2


INVALID = "Invalid request.{} is invalid."
TRANSPARENT = "The transparent mode is not allowed."
REFUSED_BINDS = [
    ({"privateNum": OTHER_X}, "1011001", "Account does not exist."),
    ({"privateNum": X1.removeprefix("+86")}, "1011001", "Account does not exist."),
    ({"privateNum": "+861380000666"}, "1011001", "Account does not exist."),
    ({"privateNum": 8613800006666}, "1011001", "Account does not exist."),
    ({"privateNum": ...}, "1010002", "Invalid request.areaCode is missing."),
    ({"privateNum": "", "areaCode": "0755"}, "1010002", "Invalid request.privateNumType is missing."),
    (
        {"privateNum": ..., "areaCode": "021", "privateNumType": "mobile-virtual"},
        "1011002",
        "Insufficient number of resources.",
    ),
    ({"origNum": ...}, "1010002", "Invalid request.origNum is missing."),
    ({"privateNumType": "landline"}, "1010002", "Invalid request.privateNumType is invalid."),
    ({"recordHintTone": "x.wav"}, "1010002", "Invalid request.x.wav does not exist."),
    ({"calleeNumDisplay": "1"}, "1020178", "The transparent mode is not allowed."),
    ({"userData": "{}"}, "1010002", "Invalid request.userData is invalid."),
    ({"userData": "数据"}, "1010002", "Invalid request.userData is invalid."),
    ({"maxDuration": 1441}, "1010002", "Invalid request.maxDuration is invalid."),
    ({"callDirection": 3}, "1010002", "Invalid request.callDirection is invalid."),
    ({"turnFlag": "half"}, "1010002", "Invalid request.turnFlag is invalid."),
    ({"origNum": "1" * 33}, "1010002", INVALID.format("origNum")),
    ({"origNum": [A]}, "1010002", INVALID.format("origNum")),
    ({"origNum": True}, "1010002", INVALID.format("origNum")),
    ({"privateNum": {}}, "1010002", INVALID.format("privateNum")),
    ({"areaCode": "0" * 33}, "1010002", INVALID.format("areaCode")),
    ({"areaMatchMode": "2"}, "1010002", INVALID.format("areaMatchMode")),
    ({"recordFlag": 1}, "1010002", INVALID.format("recordFlag")),
    ({"recordHintTone": "x" * 129}, "1010002", INVALID.format("recordHintTone")),
    ({"calleeNumDisplay": "2"}, "1010002", INVALID.format("calleeNumDisplay")),
    ({"privateSms": "yes"}, "1010002", INVALID.format("privateSms")),
    ({"preVoice": "callerHintTone.wav"}, "1010002", INVALID.format("preVoice")),
    ({"preVoice": {"calleeHintTone": "x.wav"}}, "1010002", "Invalid request.x.wav does not exist."),
    ({"maxDuration": "1h"}, "1010002", INVALID.format("maxDuration")),
    ({"lastMinVoice": "x.wav"}, "1010002", "Invalid request.x.wav does not exist."),
    ({"userData": "x" * 257}, "1010002", INVALID.format("userData")),
    ({"calleeNumDisplay": 1, "privateNum": "1"}, "1011001", "Account does not exist."),
    ({"calleeNumDisplay": 1, "privateNum": ..., "areaCode": "0755", "privateNumType": "mobile-virtual"}, "1020178",
     TRANSPARENT),
]  # fmt: skip


@pytest.mark.parametrize(("members", "code", "sentence"), REFUSED_BINDS, ids=range(len(REFUSED_BINDS)))
async def test_a_refused_bind_changes_nothing(
    ax: Platform, members: dict[str, object], code: str, sentence: str
) -> None:
    before = ax.state()
    dice = ax.exchange.core.dice.getstate()
    got = await bind(ax, **members)
    assert (got.status, got.code, got.sentence) == (403, code, sentence)
    assert (ax.state(), ax.exchange.core.dice.getstate()) == (before, dice)
    assert ax.last()["refusal"]


async def test_a_refused_bind_by_area_throws_no_dice(ax: Platform) -> None:
    ax.exchange.add_numbers(KEY, [NumberSpec(f"+861380000700{n}", "0755") for n in range(5)])
    ax.set_profile(ax_x_per_user=1)
    ax.change(recording=False, sms=False)
    await bound(ax)
    by_area = {"privateNum": ..., "areaCode": "0755", "privateNumType": "mobile-virtual"}
    before, dice = ax.state(), ax.exchange.core.dice.getstate()
    wrong: list[tuple[dict[str, object], str]] = [
        ({}, "1011003"),
        ({"origNum": B, "recordFlag": "true"}, "1012012"),
        ({"origNum": B, "calleeNumDisplay": "1"}, "1020178"),
        ({"origNum": B, "privateSms": "true"}, "1020179"),
        ({"origNum": B, "areaCode": "021"}, "1011002"),
    ]
    for members, code in wrong:
        assert (await bind(ax, **{**by_area, **members})).code == code
    assert (ax.state(), ax.exchange.core.dice.getstate()) == (before, dice)
    assert (await bind(ax, **by_area, origNum=B)).code == "0"
    assert ax.exchange.core.dice.getstate() != dice


async def test_the_first_refusal_in_the_order_of_the_table_is_told(ax: Platform) -> None:
    """Everything is wrong at once, and one thing after the other is mended (ax_axb.md 1, codes)."""
    x_number = ax.app.pool.get(X1)
    assert x_number is not None
    ax.set_profile(ax_x_per_user=1, ax_binds_per_day=1, ax_duplicate_code="1016002")
    ax.change(recording=False, sms=False)
    await bound(ax)
    await bound(ax, origNum=B, privateNum=X2)
    x_number.state = NumberState.BLACKLISTED
    wish = {"recordFlag": "true", "calleeNumDisplay": "1", "privateSms": "true"}
    assert (await bind(ax, **wish, recordHintTone="x.wav", privateNum="1")).code == "1010002"
    assert (await bind(ax, **wish, privateNum="1")).code == "1011001"
    assert (await bind(ax, **wish)).code == "1016002"
    assert (await bind(ax, **wish, origNum=B)).code == "1011003"
    assert (await bind(ax, **wish, origNum=C)).code == "1011005"
    x_number.state = NumberState.NORMAL
    await ax.ask("DELETE", X_OF_A)
    x_number.state = NumberState.BLACKLISTED
    assert (await bind(ax, **wish, origNum=C)).code == "1012012"
    ax.change(recording=True)
    got = await bind(ax, **wish, origNum=C)
    assert (got.code, got.sentence) == ("1012102", "The number status is abnormal.")
    x_number.state = NumberState.NORMAL
    assert (await bind(ax, **wish, origNum=C)).code == "1020178"
    ax.set_profile(real_number_display="allowed")
    assert (await bind(ax, **wish, origNum=C)).code == "1020179"
    ax.change(sms=True)
    assert (await bind(ax, **wish, origNum=C)).code == "1020182"
    ax.set_profile(ax_binds_per_day="none")
    assert (await bind(ax, **wish, origNum=C)).code == "0"


@pytest.mark.parametrize(
    ("setting", "text", "members"),
    [
        ("ax_unknown_x_text", "The account does not exist.", {"privateNum": OTHER_X}),
        ("ax_x_taken_text", "Resources have been allocated.", {"origNum": B}),
        (
            "ax_no_number_text",
            "Insufficient number resources.",
            {"privateNum": ..., "areaCode": "021", "privateNumType": "mobile-virtual"},
        ),
    ],
)
async def test_texts_that_the_documents_print_in_two_spellings_follow_the_profile(
    ax: Platform, setting: str, text: str, members: dict[str, object]
) -> None:
    await bound(ax)
    ax.set_profile(**{setting: text})
    assert (await bind(ax, **members)).sentence == text


async def test_an_x_has_one_a(ax: Platform) -> None:
    await bound(ax)
    before = ax.state()
    for orig in (A, B):
        got = await bind(ax, origNum=orig)
        assert (got.status, got.code, got.sentence) == (403, "1011005", "Resource has been applied.")
    ax.set_profile(ax_duplicate_code="1016002")
    got = await bind(ax)
    assert (got.status, got.code, got.sentence) == (403, "1016002", "The record already exists.")
    assert (await bind(ax, origNum=B)).code == "1011005"
    assert ax.state()[0][0][1:] == before[0][0][1:]  # type: ignore[index] - all but the changed profile


async def test_a_sixth_x_of_one_a_is_1011003(ax: Platform) -> None:
    ax.set_profile(ax_x_per_user=1)
    await bound(ax)
    got = await bind(ax, privateNum=X2)
    sentence = "Exceeded the upper limit of resources that can be applied for."
    assert (got.status, got.code, got.sentence) == (403, "1011003", sentence)
    await bound(ax, origNum=B, privateNum=X2)
    got = await ax.ask("PUT", AX, body={"privateNum": X2, "origNum": A})
    assert (got.status, got.code, got.sentence) == (403, "1011003", sentence)


async def test_an_x_bound_too_often_on_a_day_is_1020182_until_the_next(ax: Platform) -> None:
    ax.set_profile(ax_binds_per_day=2)
    for _ in range(2):
        await bound(ax)
        await ax.ask("DELETE", X_OF_A)
    got = await bind(ax)
    assert (got.status, got.code, got.sentence) == (403, "1020182", "The number succeeds the max bind times per day")
    assert (await bind(ax, privateNum=X2)).code == "0"
    ax.set_profile(subscribe_time_zone="UTC")
    await ax.story.advance(16 * 3600 - 1)
    assert (await bind(ax)).code == "1020182"
    await ax.story.advance(1)
    assert (await bind(ax)).code == "0"


async def test_an_x_that_was_bound_too_often_today_is_not_chosen_by_area(ax: Platform) -> None:
    ax.set_profile(ax_binds_per_day=1)
    by_area = {"privateNum": ..., "privateNumType": "mobile-virtual", "areaCode": "010"}
    await bound(ax, privateNum=X2)
    await ax.ask("DELETE", f"{AX}?privateNum={quote(X2)}")
    assert (await bind(ax, **by_area)).code == "1011002"
    assert (await bind(ax, **by_area, areaMatchMode="1")).json()["privateNum"] == X1


async def test_recording_and_sms_need_the_applications(ax: Platform) -> None:
    ax.change(recording=False, sms=False)
    got = await bind(ax, recordFlag="true")
    assert (got.status, got.code, got.sentence) == (403, "1012012", "Application does not open recording function.")
    assert (await bind(ax, privateSms="true")).code == "1020179"
    assert (await bind(ax, privateSms="false", recordFlag=False)).code == "0"


async def test_x_is_chosen_by_area_and_loosely_from_anywhere(ax: Platform) -> None:
    by_area = {"privateNum": ..., "privateNumType": "mobile-virtual"}
    assert (await bind(ax, **by_area, areaCode="010")).json()["privateNum"] == X2
    assert (await bind(ax, **by_area, areaCode="010", origNum=B)).code == "1011002"
    assert (await bind(ax, **by_area, areaCode="010", areaMatchMode="1", origNum=B)).json()["privateNum"] == X1


async def test_loosely_the_province_comes_before_any_other_city(ax: Platform) -> None:
    ax.exchange.add_numbers(KEY, [NumberSpec("+8613800007001", "020"), NumberSpec("+8613800007002", "0571")])
    loose = {"privateNum": ..., "privateNumType": "mobile-virtual", "areaCode": "0755", "areaMatchMode": 1}
    chosen = [(await bind(ax, **loose, origNum=f"+86139{n:08}")).json()["privateNum"] for n in range(4)]
    assert chosen[:2] == [X1, "+8613800007001"]
    assert set(chosen[2:]) == {X2, "+8613800007002"}
    assert (await bind(ax, **loose)).code == "1011002"
    await ax.ask("DELETE", f"{AX}?privateNum={quote(X2)}")
    assert (await bind(ax, **loose)).json()["privateNum"] == X2


async def test_an_x_that_is_out_of_order_is_not_chosen(ax: Platform) -> None:
    x_number = ax.app.pool.get(X2)
    assert x_number is not None
    x_number.state = NumberState.BINDING_FROZEN
    by_area = {"privateNum": ..., "privateNumType": "mobile-virtual", "areaCode": "010"}
    assert (await bind(ax, **by_area)).code == "1011002"
    x_number.state = NumberState.NORMAL
    assert (await bind(ax, **by_area)).code == "0"


async def test_another_applications_numbers_and_bindings_are_not_there(ax: Platform) -> None:
    subscription = await bound(ax)
    other = signed(OTHER_KEY, OTHER_SECRET)
    for method in ("GET", "DELETE"):
        assert (await ax.ask(method, f"{AX}?subscriptionId={subscription}", other)).code == "1016001"
    assert (await ax.ask("DELETE", X_OF_A, other)).code == "1011004"
    assert (await ax.ask("GET", X_OF_A, other)).code == "1016001"
    assert (await ax.ask("GET", f"{AX}?origNum={quote(A)}", other)).code == "1016001"
    for path, more in ((AX, {}), (CALLEE, {"calleeNum": B})):
        assert (await ax.ask("PUT", path, other, {"privateNum": X1, **more})).code == "1011001"
        assert (await ax.ask("PUT", path, other, {"subscriptionId": subscription, **more})).code == "1016001"
    assert len(ax.app.bindings) == 1


async def test_privateNum_beats_areaCode(ax: Platform) -> None:  # noqa: N802 - the wire's names
    assert (await bind(ax, areaCode="010")).json()["privateNum"] == X1


async def test_an_a_without_86_is_stored_as_given(ax: Platform) -> None:
    await bound(ax, origNum="13800000021")
    assert [one["origNum"] for one in await found(ax, "origNum=13800000021")] == ["13800000021"]


# --- unbind ---


async def test_a_subscription_id_alone_decides_what_is_unbound(ax: Platform) -> None:
    first, second = await bound(ax), await bound(ax, privateNum=X2)
    got = await ax.ask("DELETE", f"{AX}?origNum={quote(C)}&privateNum={quote(X2)}&subscriptionId={first}")
    assert (got.status, got.body) == (200, b'{"resultcode":"0","resultdesc":"Success"}')
    assert [one["subscriptionId"] for one in await found(ax, f"origNum={quote(A)}")] == [second]
    assert (await ax.ask("DELETE", f"{AX}?privateNum={quote(X2)}&subscriptionId=")).code == "0"
    assert len(ax.app.bindings) == 0


@pytest.mark.parametrize(
    ("query", "code", "sentence"),
    [
        ("", "1011004", "The number is not applied for binding application."),
        (f"origNum={quote(A)}", "1011004", "The number is not applied for binding application."),
        (f"privateNum={X1}", "1011004", "The number is not applied for binding application."),
        (f"privateNum={quote(OTHER_X)}", "1011004", "The number is not applied for binding application."),
        (f"privateNum={quote(X2)}", "1016001", "The record does not exist."),
        ("subscriptionId=none", "1016001", "The record does not exist."),
    ],
)
async def test_a_refused_unbind_changes_nothing(ax: Platform, query: str, code: str, sentence: str) -> None:
    await bound(ax)
    before = ax.state()
    got = await ax.ask("DELETE", f"{AX}?{query}")
    assert (got.status, got.code, got.sentence) == (403, code, sentence)
    assert ax.state() == before


@pytest.mark.parametrize("query", ["privateNum=%2B8613800006666", "subscriptionId={id}"])
async def test_an_x_out_of_order_is_not_unbound_but_one_whose_binding_is_frozen_is(ax: Platform, query: str) -> None:
    subscription = await bound(ax)
    x_number = ax.app.pool.get(X1)
    assert x_number is not None
    target = f"{AX}?{query.replace('{id}', subscription)}"
    for state in (NumberState.BLACKLISTED, NumberState.SUSPENDED):
        x_number.state = state
        before = ax.state()
        got = await ax.ask("DELETE", target)
        assert (got.status, got.code, got.sentence) == (403, "1012102", "The number status is abnormal.")
        assert ax.state() == before
    x_number.state = NumberState.BINDING_FROZEN
    assert (await ax.ask("DELETE", target)).code == "0"


async def test_the_code_of_an_unbind_that_names_nothing_is_a_setting(ax: Platform) -> None:
    ax.set_profile(ax_unbind_incomplete_code="1010002")
    got = await ax.ask("DELETE", AX)
    assert (got.status, got.code, got.sentence) == (403, "1010002", "Invalid request.privateNum is missing.")


async def test_an_x_that_is_free_again_takes_another_a(ax: Platform) -> None:
    first = await bound(ax)
    await ax.ask("DELETE", X_OF_A)
    assert (await ax.ask("DELETE", f"{AX}?subscriptionId={first}")).code == "1016001"
    assert await bound(ax, origNum=B) != first


# --- modify ---


async def test_modify_changes_what_it_names_and_a_too(ax: Platform) -> None:
    await bound(ax, maxDuration=3, userData="old")
    got = await ax.ask("PUT", AX, body={"privateNum": X1, "origNum": B, "userData": "new", "recordFlag": True})
    assert (got.status, got.body) == (200, b'{"resultcode":"0","resultdesc":"Success"}')
    (one,) = await found(ax, f"origNum={quote(B)}")
    assert (one["maxDuration"], one["userData"], one["recordFlag"]) == (3, "new", "true")
    assert (await ax.ask("GET", f"{AX}?origNum={quote(A)}")).code == "1016001"


async def test_an_old_client_that_names_the_current_a_changes_nothing_of_it(ax: Platform) -> None:
    await bound(ax)
    assert (await ax.ask("PUT", AX, body={"origNum": A, "privateNum": X1, "privateSms": "true"})).code == "0"
    (one,) = await found(ax, f"privateNum={quote(X1)}")
    assert (one["origNum"], one["privateSms"]) == (A, "true")


async def test_before_2021_the_a_of_a_modify_finds_the_binding_and_is_no_change(ax: Platform) -> None:
    subscription = await bound(ax)
    ax.set_profile(ax_modify_orig_num="locator")
    wrong = await ax.ask("PUT", AX, body={"origNum": B, "privateNum": X1, "privateSms": "false"})
    assert (wrong.status, wrong.code, wrong.sentence) == (403, "1016001", "The record does not exist.")
    changes = [
        {"origNum": A, "privateNum": X1, "maxDuration": 1},
        {"privateNum": X1, "maxDuration": 2},
        {"origNum": B, "subscriptionId": subscription, "maxDuration": 3},
    ]
    for change in changes:
        assert (await ax.ask("PUT", AX, body=change)).code == "0"
        (one,) = await found(ax, f"privateNum={quote(X1)}")
        assert (one["origNum"], one["maxDuration"]) == (A, change["maxDuration"])


@pytest.mark.parametrize(
    ("members", "code", "sentence"),
    [
        ({}, "1010002", "Invalid request.privateNum is missing."),
        ({"privateNum": OTHER_X}, "1011001", "Account does not exist."),
        ({"privateNum": X2}, "1016001", "The record does not exist."),
        ({"subscriptionId": "none", "privateNum": X1}, "1016001", "The record does not exist."),
        ({"privateNum": X1, "lastMinVoice": "x.wav"}, "1010002", "Invalid request.x.wav does not exist."),
        ({"privateNum": X1, "maxDuration": -1}, "1010002", "Invalid request.maxDuration is invalid."),
    ],
)
async def test_a_refused_modify_changes_nothing(
    ax: Platform, members: dict[str, object], code: str, sentence: str
) -> None:
    await bound(ax)
    before = ax.state()
    got = await ax.ask("PUT", AX, body=members)
    assert (got.status, got.code, got.sentence) == (403, code, sentence)
    assert ax.state() == before


async def test_a_modify_without_the_applications_recording_or_sms_is_refused(ax: Platform) -> None:
    await bound(ax)
    ax.change(recording=False, sms=False)
    before = ax.state()
    for change, code in (({"recordFlag": "true"}, "1012012"), ({"privateSms": True}, "1020179")):
        assert (await ax.ask("PUT", AX, body={"privateNum": X1, **change})).code == code
    assert ax.state() == before
    assert (await ax.ask("PUT", AX, body={"privateNum": X1, "recordFlag": False, "privateSms": False})).code == "0"


async def test_what_a_modify_cannot_change_stays(ax: Platform) -> None:
    subscription = await bound(ax, calleeNumDisplay="0", preVoice={"callerHintTone": "callerHintTone.wav"})
    before = await found(ax, f"origNum={quote(A)}")
    change = {
        "subscriptionId": subscription,
        "privateNum": X2,
        "calleeNumDisplay": "1",
        "preVoice": {"callerHintTone": ""},
    }
    assert (await ax.ask("PUT", AX, body=change)).code == "0"
    assert await found(ax, f"origNum={quote(A)}") == before


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"origNum={quote(A)}", "1016001"),
        ("subscriptionId=none", "1016001"),
        (f"privateNum={quote(X2)}", "1016001"),
        (f"privateNum={quote(OTHER_X)}", "1016001"),
        ("", "1010002"),
    ],
)
async def test_a_query_that_finds_nothing_is_refused(ax: Platform, query: str, code: str) -> None:
    got = await ax.ask("GET", f"{AX}?{query}")
    sentence = "The record does not exist." if code == "1016001" else "Invalid request.privateNum is missing."
    assert (got.status, got.code, got.sentence) == (403, code, sentence)


# --- temporary callee ---


async def dial(ax: Platform, caller: str, seconds: float = 30) -> tuple[str | None, int]:
    """Whom a call to X reached, and with which cause it ended."""
    played = ax.exchange.dial(KEY, Dial(caller, X1))
    await ax.story.advance(seconds)
    assert played.cdr is not None
    return played.cdr.destination, played.cdr.release.cause


async def test_a_reaches_the_temporary_callee_once_and_others_reach_a(ax: Platform) -> None:
    subscription = await bound(ax)
    assert await dial(ax, A) == (None, 8013)
    got = await ax.ask("PUT", CALLEE, body={"subscriptionId": subscription, "calleeNum": B, "userData": "test666"})
    assert (got.status, got.body) == (200, b'{"resultcode":"0","resultdesc":"Success"}')
    assert await dial(ax, A) == (B, 0)
    assert await dial(ax, A) == (None, 8013)
    assert await dial(ax, C) == (A, 0)


async def test_a_temporary_callee_lives_its_seconds_and_is_overwritten(ax: Platform) -> None:
    await bound(ax)
    ax.set_profile(ax_temporary_callee_use="until_expiry")
    for callee in (B, C):
        assert (
            await ax.ask("PUT", CALLEE, body={"privateNum": X1, "calleeNum": callee, "duration": "100"})
        ).code == "0"
    assert [await dial(ax, A) for _ in range(4)] == [(C, 0)] * 3 + [(C, 0)]
    assert await dial(ax, A) == (None, 8013)


@pytest.mark.parametrize("callee", ["+864001234567", "+8695566", "+8675528000001"])
async def test_service_numbers_and_landlines_may_be_temporary_callees(ax: Platform, callee: str) -> None:
    await bound(ax)
    assert (await ax.ask("PUT", CALLEE, body={"privateNum": X1, "calleeNum": callee})).code == "0"
    assert await dial(ax, A) == (callee, 0)


@pytest.mark.parametrize(
    ("members", "code", "sentence"),
    [
        ({}, "1010002", "Invalid request.calleeNum is missing."),
        ({"calleeNum": B}, "1010002", "Invalid request.privateNum is missing."),
        ({"calleeNum": A, "privateNum": X1}, "1010002", "Invalid request.calleeNum is invalid."),
        ({"calleeNum": B, "privateNum": X1, "duration": 0}, "1010002", "Invalid request.duration is invalid."),
        ({"calleeNum": B, "privateNum": X1, "duration": 259201}, "1010002", "Invalid request.duration is invalid."),
        ({"calleeNum": "1" * 32, "privateNum": X1}, "1010002", "Invalid request.calleeNum is invalid."),
        ({"calleeNum": B, "privateNum": X1, "userData": "{"}, "1010002", "Invalid request.userData is invalid."),
        ({"calleeNum": B, "privateNum": "x" * 50}, "1011001", "Account does not exist."),
        ({"calleeNum": B, "privateNum": OTHER_X}, "1011001", "Account does not exist."),
        ({"calleeNum": B, "privateNum": X2}, "1016001", "The record does not exist."),
        ({"calleeNum": B, "subscriptionId": "none"}, "1016001", "The record does not exist."),
    ],
)
async def test_a_refused_temporary_callee_changes_nothing(
    ax: Platform, members: dict[str, object], code: str, sentence: str
) -> None:
    await bound(ax)
    before = ax.state()
    got = await ax.ask("PUT", CALLEE, body=members)
    assert (got.status, got.code, got.sentence) == (403, code, sentence)
    assert ax.state() == before
    assert await dial(ax, A) == (None, 8013)


async def test_a_refused_callee_leaves_the_earlier_one_and_its_code_is_a_setting(ax: Platform) -> None:
    await bound(ax)
    await ax.ask("PUT", CALLEE, body={"privateNum": X1, "calleeNum": B})
    ax.set_profile(ax_same_callee_code="1016002")
    got = await ax.ask("PUT", CALLEE, body={"privateNum": X1, "calleeNum": A})
    assert (got.status, got.code, got.sentence) == (403, "1016002", "The record already exists.")
    assert await dial(ax, A) == (B, 0)


@pytest.mark.parametrize("seconds", [1, 259200])
async def test_the_shortest_and_the_longest_life_of_a_callee(ax: Platform, seconds: int) -> None:
    await bound(ax)
    ask = {"privateNum": X1, "calleeNum": B, "duration": seconds}
    for wait, reached in ((seconds - 1, (B, 0)), (seconds, (None, 8013))):
        assert (await ax.ask("PUT", CALLEE, body=ask)).code == "0"
        await ax.story.advance(wait)
        assert await dial(ax, A) == reached


# --- what production sends ---


async def test_bytes_as_production_sends_them(ax: Platform) -> None:
    body = b'{"origNum":"%b","privateNum":"%b","maxDuration":"3","calleeNumDisplay":0,"lastMinVoice":null}'
    raw = raw_request("POST", AX, signed(), body % (A.encode(), X1.encode()))
    assert (await ax.send(raw)).code == "0"
    query = f"{AX}?origNum={quote(A)}&privateNum={quote(X1)}"
    left_over = raw_request("DELETE", query, signed(), json.dumps({"calleeNum": B}).encode())
    assert (await ax.send(left_over)).code == "0"


async def test_a_landline_and_a_wrong_direction_are_refused_by_the_network(ax: Platform) -> None:
    await bound(ax, callDirection=1)
    assert await dial(ax, C) == (None, 8016)
    assert await dial(ax, "+8675528000001") == (None, 8023)
    await ax.ask("PUT", AX, body={"privateNum": X1, "callDirection": 2})
    assert await dial(ax, A) == (None, 8016)
    await ax.ask("PUT", AX, body={"privateNum": X1, "callDirection": 0, "turnFlag": "off"})
    assert await dial(ax, C) == (None, 8018)
    await ax.ask("DELETE", X_OF_A)
    assert await dial(ax, C) == (None, 8018)


async def test_a_third_party_meets_a_busy_x(ax: Platform) -> None:
    await bound(ax)
    talking = ax.exchange.dial(KEY, Dial(B, X1, talks_seconds=600))
    await ax.story.advance(60)
    assert await dial(ax, C) == (A, 8102)
    await ax.story.advance(600)
    assert talking.cdr is not None
    assert await dial(ax, C) == (A, 0)
