"""What the platform refuses for its own reasons: states, arrears, limits, lists, orders (recording_auth_codes.md 5)."""

from urllib.parse import quote

import pytest

from simulator.api.limits import KEPT, MinuteLimits
from simulator.clock.story import FIRST_INSTANT
from simulator.contract.number_states import number_states
from simulator.exchange.apps import AppState, NumberSpec, ProvokedRefusal
from simulator.exchange.exchange import Exchange
from simulator.telephony.commands.calls import Dial
from simulator.telephony.errors import NotPossible
from simulator.telephony.numbering import NumberState
from simulator.telephony.voice_files import VoiceFile, VoiceFileState
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
    Got,
    Platform,
    signed,
)

AXYB = "/rest/omp/xyrelationnumber/v1.0"
TERMINATE = "/rest/httpsessions/callStop/v2.0"
QUERY = f"{AXB}?relationNum={quote(X1)}"
D = "+8613800000027"
UNAVAILABLE = "The status of the app_key is unavailable."
FROZEN = "The subscriber status is frozen."
FLOW = "The flow control upper limit is reached on the platform."
TRAFFIC = "Under traffic control status"
SMS = "Application does not enable sms function"
ABNORMAL = "The number status is abnormal."


def told(got: Got) -> tuple[int, object, object]:
    return got.status, got.code, got.sentence


# states of the application


async def test_an_unavailable_application_gets_1010008_and_on_the_axyb_page_1010004(platform: Platform) -> None:
    platform.change(state=AppState.UNAVAILABLE)
    assert told(await platform.bind()) == (403, "1010008", UNAVAILABLE)
    assert told(await platform.ask("GET", "/rest/provision/voice/record/v1.0")) == (403, "1010008", UNAVAILABLE)
    assert told(await platform.ask("POST", f"{AXYB}?app_key={KEY}", body={})) == (403, "1010004", UNAVAILABLE)
    assert platform.last()["refusal"] == "the application is unavailable"
    assert len(platform.app.bindings) == 0


async def test_a_frozen_account_gets_1010029_and_its_calls_7108(platform: Platform) -> None:
    await platform.bound()
    platform.change(state=AppState.FROZEN)
    assert told(await platform.get(relationNum=X1)) == (403, "1010029", FROZEN)
    assert cause_of(platform, A, X1) == 7108
    platform.set_profile(frozen_call_cause=7106)
    assert cause_of(platform, A, X1) == 7106
    platform.change(state=AppState.NORMAL)
    assert cause_of(platform, A, X1) is None


async def test_the_api_of_another_mode_is_1010040(platform: Platform) -> None:
    got = await platform.ask("POST", "/rest/provision/caas/privatenumber/v1.0", body={})
    assert told(got) == (403, "1010040", "The app_key is not allowed to invoke the API.")


async def test_an_address_that_is_not_listed_gets_1020166(platform: Platform) -> None:
    platform.change(allowed_ips=frozenset({"10.9.9.9"}))
    assert told(await platform.bind()) == (403, "1020166", "The app client ip is not in ip white list.")
    platform.change(allowed_ips=frozenset({"10.9.9.9", "127.0.0.1"}))
    assert (await platform.bind()).code == "0"


# arrears


async def test_in_arrears_nothing_is_bound_or_unbound_and_the_code_is_a_setting(platform: Platform) -> None:
    subscription = await platform.bound()
    platform.change(arrears=True)
    before = platform.state()
    assert told(await platform.bind(callerNum=C, calleeNum=D)) == (403, "1010029", FROZEN)
    assert told(await platform.ask("DELETE", f"{AXB}?subscriptionId={subscription}")) == (403, "1010029", FROZEN)
    assert platform.last()["refusal"] == "the account is in arrears: bind and unbind are refused"
    assert platform.state() == before
    assert (await platform.get(subscriptionId=subscription)).code == "0"
    platform.set_profile(arrears_code="1012001")
    assert (await platform.bind(callerNum=C, calleeNum=D)).sentence == "Resource of number is not to be applied."
    platform.change(arrears=False)
    assert (await platform.bind(callerNum=C, calleeNum=D)).code == "0"


async def test_arrears_suspend_every_x_number_and_paying_gives_back_what_was(platform: Platform) -> None:
    await platform.bound()
    platform.exchange.console.change_number(KEY, X2, NumberState.BINDING_FROZEN)
    platform.change(arrears=True)
    assert [x.state for x in platform.app.pool] == [NumberState.SUSPENDED] * 2
    assert cause_of(platform, A, X1) == 8055
    platform.change(sms=False)
    assert platform.exchange.console.change_number(KEY, X1, NumberState.NORMAL).state is NumberState.SUSPENDED
    platform.change(arrears=False)
    assert {x.number: x.state for x in platform.app.pool} == {X1: NumberState.NORMAL, X2: NumberState.BINDING_FROZEN}
    assert cause_of(platform, A, X1) is None


async def test_a_recording_cannot_be_fetched_in_arrears(platform: Platform) -> None:
    recording = await platform.recorded()
    platform.change(arrears=True)
    assert told(await platform.address_of(recording)) == (403, "1012007", "The record does not exist.")
    assert "arrears" in str(platform.last()["refusal"])
    platform.change(arrears=False)
    assert (await platform.address_of(recording)).status == 301


# limits


async def test_flow_control_lets_so_many_requests_through_in_a_minute_of_the_story(platform: Platform) -> None:
    platform.change(requests_per_minute=2)
    for _ in range(2):
        assert (await platform.ask("GET", QUERY)).code == "0"
        await platform.story.advance(20)
    assert told(await platform.bind()) == (403, "1010010", FLOW)
    assert platform.last()["refusal"] == (
        f"the application {KEY} has had its 2 requests of this minute; again from 00:01:00Z"
    )
    assert (await platform.ask("GET", QUERY, signed(OTHER_KEY, OTHER_SECRET))).code == "1012001"
    await platform.story.advance(19)
    assert (await platform.ask("GET", QUERY)).code == "1010010"
    await platform.story.advance(1)
    assert (await platform.ask("GET", QUERY)).code == "0"
    platform.change(requests_per_minute=None)
    for _ in range(3):
        assert (await platform.ask("GET", QUERY)).code == "0"


async def test_traffic_control_counts_by_address(platform: Platform) -> None:
    platform.change(traffic_per_minute=1)
    assert (await platform.ask("GET", QUERY)).code == "0"
    assert told(await platform.ask("GET", "/rest/provision/voice/record/v1.0")) == (403, "1011006", TRAFFIC)
    assert "the requester 127.0.0.1 has had its 1 requests" in str(platform.last()["refusal"])
    await platform.story.advance(60)
    assert (await platform.ask("GET", QUERY)).code == "0"


async def test_reset_gives_a_whole_minute_again(platform: Platform) -> None:
    platform.change(requests_per_minute=1)
    assert [(await platform.ask("GET", QUERY)).code for _ in range(2)] == ["0", "1010010"]
    platform.exchange.reset()
    assert (await platform.ask("GET", QUERY)).code == "0"


def test_traffic_is_counted_by_number_too_and_a_refused_request_counts_for_nobody() -> None:
    limits, here, there, number = MinuteLimits(), ("a", "10.0.0.1"), ("a", "10.0.0.2"), ("a", A)
    assert limits.let_through((here, number), 1, FIRST_INSTANT) is None
    assert limits.let_through((there, number), 1, FIRST_INSTANT) == number
    assert limits.let_through((there,), 1, FIRST_INSTANT) is None


async def test_a_number_under_traffic_control_is_named(platform: Platform) -> None:
    platform.change(traffic_per_minute=1)
    platform.api._door._limits.let_through([(KEY, A)], 1, platform.exchange.now())
    assert told(await platform.bind()) == (403, "1011006", TRAFFIC)
    assert f"the requester {A} has had" in str(platform.last()["refusal"])
    assert (await platform.bind(callerNum=C, calleeNum=D)).code == "0"
    assert (await platform.ask("POST", AXB, body=b"[")).code == "1011006"


def test_requesters_are_bounded() -> None:
    limits = MinuteLimits()
    for number in range(KEPT + 1):
        limits.let_through([(str(number),)], 1, FIRST_INSTANT)
    assert limits.let_through([("0",)], 1, FIRST_INSTANT) is None
    assert limits.let_through([(str(KEPT),)], 1, FIRST_INSTANT) == (str(KEPT),)


# SMS and voice files


@pytest.mark.parametrize("said", [True, "true"])
async def test_sms_without_the_applications_is_1020179_where_it_is_asked_for(platform: Platform, said: object) -> None:
    subscription = await platform.bound(privateSms="false")
    platform.change(sms=False)
    before = platform.state()
    assert told(await platform.bind(callerNum=C, calleeNum=D, privateSms=said)) == (403, "1020179", SMS)
    change = {"subscriptionId": subscription, "privateSms": said}
    assert told(await platform.ask("PUT", AXB, body=change)) == (403, "1020179", SMS)
    assert platform.state() == before
    assert (await platform.bind(callerNum=C, calleeNum=D)).code == "0"
    platform.set_profile(sms_without_app_sms="ignored")
    assert (await platform.ask("PUT", AXB, body=change)).code == "0"


@pytest.mark.parametrize("state", VoiceFileState)
async def test_only_an_approved_voice_file_exists(platform: Platform, state: VoiceFileState) -> None:
    platform.change(voice_files=(VoiceFile("wait.wav", state, 4096),))
    got = await platform.bind(preVoice={"callerHintTone": "wait.wav"})
    if state is VoiceFileState.APPROVED:
        assert got.code == "0"
    else:
        assert told(got) == (403, "1010002", "Invalid request.wait.wav does not exist.")
        assert str(platform.last()["refusal"]).endswith(f"it is {state.value}, not approved")


# states of numbers


def cause_of(platform: Platform, caller: str, dialled: str) -> int | None:
    """The hangup cause with which a call is not connected, None where it is."""
    return platform.exchange.dial(KEY, Dial(caller, dialled)).call.route.refusal


@pytest.mark.parametrize("state", [state for state, row in number_states().items() if row.ours])
async def test_the_state_of_a_number_has_the_effects_of_its_row(platform: Platform, state: NumberState) -> None:
    row = number_states()[state]
    subscription = await platform.bound()
    platform.exchange.console.change_number(KEY, X1, state)
    got = await platform.bind(callerNum=C, calleeNum=D)
    assert told(got) == ((200, "0", "Success") if row.may_be_bound else (403, "1012102", ABNORMAL))
    assert cause_of(platform, A, X1) == row.call_cause
    assert (await platform.get(relationNum=X1)).code == "0"
    assert (await platform.ask("DELETE", f"{AXB}?subscriptionId={subscription}")).code == "0"
    by_area = await platform.bind(callerNum=A, calleeNum=B, relationNum=..., areaCode="0755")
    assert by_area.code == ("0" if row.may_be_bound else "1012008")


async def test_the_sentence_of_1012102_is_a_setting(platform: Platform) -> None:
    platform.exchange.console.change_number(KEY, X1, NumberState.BLACKLISTED)
    platform.set_profile(number_state_text="The number is contained in the blacklist.")
    assert told(await platform.bind()) == (403, "1012102", "The number is contained in the blacklist.")


async def test_a_returned_number_is_nobodys_until_somebody_has_it(platform: Platform) -> None:
    console = platform.exchange.console
    console.change_number(KEY, X1, NumberState.RETURNED)
    assert (await platform.bind()).code == "1012001"
    assert (await platform.get(relationNum=X1)).code == "1012001"
    assert [x.number for x in platform.app.pool] == [X2, X1]
    console.change_number(KEY, X1, NumberState.NORMAL)
    assert (await platform.bind()).code == "0"
    console.change_number(OTHER_KEY, OTHER_X, NumberState.RETURNED)
    give(platform.exchange, KEY, OTHER_X)
    assert (await platform.bind(callerNum=C, calleeNum=D, relationNum=OTHER_X)).code == "0"
    with pytest.raises(NotPossible, match=f"was returned and is an X number of application {KEY} now"):
        console.change_number(OTHER_KEY, OTHER_X, NumberState.NORMAL)


def give(exchange: Exchange, app_key: str, number: str) -> None:
    exchange.add_numbers(app_key, [NumberSpec(number, "0755")])


# refusals on order


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("1010001", "Internal system error."),
        ("1020002", "Internal error."),
        ("1023001", "Internal error."),
        ("1023002", "Response timeout."),
    ],
)
async def test_an_internal_error_comes_as_often_as_it_was_ordered(platform: Platform, code: str, sentence: str) -> None:
    platform.exchange.console.provoke(KEY, ProvokedRefusal(code, 500, 2))
    before = platform.state()
    assert told(await platform.bind()) == (500, code, sentence)
    assert platform.last()["refusal"] == (
        f"provoked: the control plane ordered {code} for this application's requests; 1 more to come"
    )
    assert told(await platform.ask("POST", TERMINATE, body={})) == (500, code, sentence)
    assert platform.state() == before
    assert (await platform.bind()).code == "0"


async def test_an_order_without_end_is_taken_back_and_touches_nobody_else(platform: Platform) -> None:
    platform.exchange.console.provoke(KEY, ProvokedRefusal("1010010", 403, None))
    for _ in range(3):
        assert told(await platform.bind()) == (403, "1010010", FLOW)
    assert (await platform.ask("GET", QUERY, signed(OTHER_KEY, OTHER_SECRET))).code == "1012001"
    assert (await platform.ask("GET", QUERY, signed(secret="wrong"))).status == 401
    platform.exchange.console.stop_provoking(KEY)
    assert (await platform.bind()).code == "0"


async def test_the_order_of_the_reasons_is_that_of_the_tables(platform: Platform) -> None:
    """Reasons are taken away one by one: each answer is the next of the table."""
    platform.change(
        state=AppState.UNAVAILABLE, requests_per_minute=1, traffic_per_minute=1, arrears=True, mode="AX",
        allowed_ips=frozenset({"10.9.9.9"}),
    )  # fmt: skip
    limits = platform.api._door._limits
    limits.let_through([(KEY,), (KEY, "127.0.0.1")], 1, platform.exchange.now())
    for code, members in (
        ("1010008", {"state": AppState.FROZEN}),
        ("1010010", {"requests_per_minute": None}),
        ("1010029", {"state": AppState.NORMAL}),
        ("1010029", {"arrears": False}),
        ("1010040", {"mode": "AXB"}),
        ("1011006", {"traffic_per_minute": None}),
        ("1020166", {"allowed_ips": frozenset()}),
        ("0", {}),
    ):
        assert (await platform.bind()).code == code
        platform.change(**members)
