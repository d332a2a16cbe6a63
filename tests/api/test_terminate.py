"""Terminate call (axe_axyb_x.md 5): in every mode, own calls only, at once, typed text/html."""

import pytest

from simulator.delivery.notification import Slot
from simulator.delivery.outcome import Answered
from simulator.exchange.apps import AppState
from simulator.exchange.calls import PlayedCall
from simulator.telephony.commands.calls import Dial
from tests.api.served import KEY, OTHER_KEY, OTHER_SECRET, X1, A, Got, Platform, platform_with, signed

TERMINATE = "/rest/httpsessions/callStop/v2.0"
HTML = "text/html;charset=UTF-8"
INVALID_SESSION, PARAMETER_ERROR = "Invalid sessionId.", "Parameter error."
RECEIVERS = {Slot.STATUS: "http://127.0.0.1:9/status"}
CLOSES = Answered(200, "OK", (), b'{"operation":"close"}', 21)
SESSION = "1200_366_0_20161228102743@callenabler.home1.com"


async def stop(platform: Platform, body: object, headers: dict[str, str] | None = None) -> Got:
    return await platform.ask("POST", TERMINATE, headers, body)


async def stop_call(platform: Platform, played: PlayedCall, headers: dict[str, str] | None = None) -> Got:
    return await stop(platform, {"sessionid": played.call.session_id, "signal": "call_stop"}, headers)


async def a_talk(platform: Platform, after: float = 33) -> PlayedCall:
    """A call of A to B through X1 that has been under way for so long and would last an hour."""
    if platform.app.mode == "AXB":
        await platform.bound()
    played = platform.exchange.dial(KEY, Dial(A, X1, talks_seconds=3600))
    await platform.story.advance(after)
    return played


async def test_the_answer_is_json_said_to_be_html_and_the_call_is_over(platform: Platform) -> None:
    played = await a_talk(platform)
    got = await stop_call(platform, played)
    assert (got.status, got.headers["Content-Type"], got.body) == (
        200,
        HTML,
        b'{"resultcode":"0","resultdesc":"Success"}',
    )
    assert platform.last()["operation"] == "terminate"
    cdr = played.cdr
    assert cdr is not None
    assert (cdr.release.cause, cdr.release.disconnect_point) == (8017, 8017)
    assert cdr.released_at == platform.exchange.now()
    assert cdr.answered_at is not None
    assert (cdr.released_at - cdr.answered_at).total_seconds() == 30


@pytest.mark.parametrize(("after", "events"), [(0.5, 2), (2, 3), (33, 4)])
async def test_a_call_is_ended_wherever_it_is(platform: Platform, after: float, events: int) -> None:
    played = await a_talk(platform, after)
    assert len(played.call.events) == events
    assert (await stop_call(platform, played)).code == "0"
    assert played.call.release is not None
    assert played.call.release.cause == 8017
    await platform.story.advance(7200)
    assert len(played.call.events) == events + 1


@pytest.mark.parametrize("mode", ["AX", "X"])
async def test_every_mode_has_it(mode: str) -> None:
    async with platform_with(mode=mode) as platform:
        played = await a_talk(platform)
        got = await stop_call(platform, played)
        assert (got.status, got.code, got.headers["Content-Type"]) == (403, "1020152", HTML)  # nobody was reached


async def test_an_unknown_call_is_1020152(platform: Platform) -> None:
    before = platform.state()
    got = await stop(platform, {"sessionid": SESSION, "signal": "call_stop"})
    assert (got.status, got.code, got.sentence) == (403, "1020152", "Invalid sessionId.")
    assert got.headers["Content-Type"] == HTML
    assert SESSION in str(platform.last()["refusal"])
    assert platform.state() == before


async def test_the_call_of_another_application_is_unknown(platform: Platform) -> None:
    played = await a_talk(platform)
    got = await stop_call(platform, played, signed(OTHER_KEY, OTHER_SECRET))
    assert (got.status, got.code, got.sentence) == (403, "1020152", INVALID_SESSION)
    assert played.cdr is None


async def test_a_call_that_has_ended_is_refused_by_the_profiles_code(platform: Platform) -> None:
    played = await a_talk(platform)
    await stop_call(platform, played)
    got = await stop_call(platform, played)
    assert (got.status, got.code, got.sentence) == (403, "1020152", INVALID_SESSION)
    assert "was released at 00:00:33Z" in str(platform.last()["refusal"])
    platform.set_profile(terminate_ended_call_code="1012007")
    got = await stop_call(platform, played)
    assert (got.status, got.code, got.sentence) == (403, "1012007", "The record does not exist.")


WRONG = [
    {},
    {"sessionid": SESSION},
    {"signal": "call_stop"},
    {"sessionid": "", "signal": "call_stop"},
    {"sessionid": None, "signal": "call_stop"},
    {"sessionid": SESSION, "signal": "call_start"},
    {"sessionid": SESSION, "signal": ""},
    {"sessionid": SESSION, "signal": ["call_stop"]},
    {"sessionid": {"a": 1}, "signal": "call_stop"},
    {"sessionid": "x" * 257, "signal": "call_stop"},
    {"sessionId": SESSION, "signal": "call_stop"},
]


@pytest.mark.parametrize("body", WRONG)
async def test_a_missing_or_wrong_parameter_is_1020001(platform: Platform, body: object) -> None:
    got = await stop(platform, body)
    assert (got.status, got.code, got.sentence) == (403, "1020001", PARAMETER_ERROR)
    assert got.headers["Content-Type"] == HTML


async def test_the_journal_says_that_the_members_name_is_in_lower_case(platform: Platform) -> None:
    await stop(platform, {"sessionId": SESSION, "signal": "call_stop"})
    assert platform.last()["refusal"] == "sessionid is missing or empty; 'sessionId' was given"


async def test_a_parameter_error_may_be_a_500(platform: Platform) -> None:
    platform.set_profile(terminate_parameter_error_status=500)
    got = await stop(platform, {"sessionid": SESSION, "signal": "call_start"})
    assert (got.status, got.code, got.sentence) == (500, "1020001", "Parameter error.")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"signal":"a","signal":"call_stop"}'])
async def test_what_is_no_json_object_is_the_profiles_code(platform: Platform, body: bytes) -> None:
    got = await stop(platform, body)
    assert (got.status, got.code) == (403, "1010002")
    assert got.headers["Content-Type"] == HTML


async def test_a_sentence_has_at_most_128_characters(platform: Platform) -> None:
    platform.set_profile(invalid_request_body="x" * 200)
    got = await stop(platform, b"{")
    assert got.sentence == ("Invalid request." + "x" * 200)[:128]


async def test_an_unavailable_application_may_get_1020150(platform: Platform) -> None:
    platform.change(state=AppState.UNAVAILABLE)
    got = await stop(platform, {"sessionid": SESSION, "signal": "call_stop"})
    assert (got.status, got.code, got.sentence) == (403, "1010008", "The status of the app_key is unavailable.")
    assert got.headers["Content-Type"] == HTML
    platform.set_profile(terminate_unavailable_app_code="1020150")
    got = await stop(platform, {"sessionid": SESSION, "signal": "call_stop"})
    assert (got.status, got.code, got.sentence) == (403, "1020150", "The app_key is invalid.")


async def test_another_method_is_no_operation(platform: Platform) -> None:
    got = await platform.ask("GET", TERMINATE)
    assert (got.status, got.code) == (403, "1010006")


async def test_a_call_that_waits_for_its_customer_is_ended_and_the_decision_comes_too_late() -> None:
    async with platform_with(mode="X") as platform:
        platform.exchange.change_app(KEY, receivers=RECEIVERS)
        played = platform.exchange.dial(KEY, Dial(A, X1))
        asked = platform.exchange.outbox.pull()
        assert asked is not None
        platform.exchange.outbox.start(asked, ())
        assert (await stop_call(platform, played)).code == "0"
        assert [event.kind.value for event in played.call.events] == ["dialled", "released"]
        platform.exchange.outbox.end(asked, CLOSES, 0.0)
        assert platform.rows("decided")[0]["ignored"] == "the call had its end already"
        assert played.cdr is not None
        assert played.cdr.release.cause == 8017
