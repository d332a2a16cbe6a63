"""What is pushed: every body valid by the reference library, and the documents' samples member for member."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jsonschema
import orjson
import pytest

from simulator.contract import notifications as wire
from simulator.contract.encoding import encoded
from simulator.contract.network import call_tables, timing
from simulator.contract.profile import Profile
from simulator.contract.schemas import load
from simulator.telephony.calls import Call
from simulator.telephony.cdr import cdr
from simulator.telephony.commands.calls import Dial
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.plan import plan_call
from simulator.telephony.recordings import Recording
from simulator.telephony.routing import CallDirection, Route

PROFILE = Profile.default()
A, B, X = "+8613800000021", "+8613800007021", "+8613800000022"
MASKED_A, MASKED_B, MASKED_X = (number[:6] + "****" + number[-4:] for number in (A, B, X))
TO_B = Route(CallDirection.CALLER_TO_CALLEE, B, None, "****")
MASKED = replace(TO_B, destination=MASKED_B)
NOWHERE = Route(CallDirection.ABNORMAL, refusal=8014)
K = CallEventKind


def reference_errors(name: str, body: object) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(load(name)).iter_errors(body)]


def masked_call(session_id: str, icid: str = "") -> Call:
    """A call with the numbers that the documents' samples show."""
    return Call("call-1", session_id, icid, "****", MASKED_A, MASKED_X, MASKED)


def happen(call: Call, at: datetime, *events: tuple[CallEventKind, float], cause: int = 0) -> Call:
    for kind, second in events:
        release = call_tables().releases[cause] if kind is K.RELEASED else None
        call.apply(CallEvent(kind, at + timedelta(seconds=second), release))
    return call


def played(route: Route = TO_B, profile: Profile = PROFILE, **wish) -> Call:
    """A call carried out as it is planned."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    call = Call("call-1", "session", "icid", "****", A, X, route)
    for step in plan_call(Dial(A, X, **wish), route, timing(profile), call_tables()):
        call.apply(CallEvent(step.kind, at + step.after, step.release))
    return call


# --- the documents' samples ---


def test_the_documented_disconnect_is_reproduced_byte_for_byte() -> None:
    at = datetime(2019, 1, 24, 2, 30, 3, tzinfo=UTC)
    session = "1200_1827_4294967295_20190124023003@callenabler246.huaweicaas.com"
    events = ((K.DIALLED, 0), (K.FORWARDED, 0), (K.ALERTED, 1), (K.ANSWERED, 3), (K.RELEASED, 19))
    call = happen(masked_call(session), at, *events)
    assert encoded(wire.call_event(call, call.events[-1], PROFILE, "AXB")).decode() == (
        '{"eventType":"disconnect","statusInfo":{"sessionId":"1200_1827_4294967295_20190124023003@callenabler246.'
        'huaweicaas.com","timestamp":"2019-01-24 02:30:22","caller":"+86138****0022","called":"+86138****7021",'
        '"stateCode":0,"stateDesc":"The user releases the call.","subscriptionId":"****"}}'
    )


def test_the_documented_axb_cdr_is_reproduced_byte_for_byte() -> None:
    at = datetime(2019, 1, 23, 9, 15, 14, tzinfo=UTC)
    session = "1200_1029_4294967295_20190123091514@callenabler246.huaweicaas.com"
    call = masked_call(session, "ba171f34e6953fcd751edc77127748f4.3757223714.337238282.9")
    happen(call, at, (K.DIALLED, 0), (K.FORWARDED, 1), (K.ALERTED, 7), (K.ANSWERED, 22), (K.RELEASED, 87))
    recording = Recording("****.wav", "****.com", "****", "****", "call-1", at + timedelta(seconds=23), 64, "token")
    record = wire.fee(cdr(call, recording), replace(PROFILE, sp_id="****"), "AXB")
    assert wire.fee_body([encoded(record)]).decode() == (
        '{"eventType":"fee","feeLst":[{"direction":1,"spId":"****","appKey":"****","icid":"ba171f34e6953fcd751edc7'
        '7127748f4.3757223714.337238282.9","bindNum":"+86138****0022","sessionId":"1200_1029_4294967295_20190123091514'
        '@callenabler246.huaweicaas.com","subscriptionId":"****","callerNum":"+86138****0021","calleeNum":"+86138****00'
        '22","fwdDisplayNum":"+86138****0022","fwdDstNum":"+86138****7021","callInTime":"2019-01-23 09:15:14","fwdStart'
        'Time":"2019-01-23 09:15:15","fwdAlertingTime":"2019-01-23 09:15:21","fwdAnswerTime":"2019-01-23 09:15:36","cal'
        'lEndTime":"2019-01-23 09:16:41","fwdUnaswRsn":0,"ulFailReason":0,"sipStatusCode":0,"callOutUnaswRsn":0,"record'
        'Flag":1,"recordStartTime":"2019-01-23 09:15:37","recordDomain":"****.com","recordBucketName":"****","recordObj'
        'ectName":"****.wav","ttsPlayTimes":0,"ttsTransDuration":0,"mptyId":"****","serviceType":"004","hostName":"call'
        'enabler246.huaweicaas.com"}]}'
    )


def test_the_members_of_a_cdr_come_in_the_order_of_its_schema() -> None:
    properties = list(load("notifications/axb/fee")["properties"]["feeLst"]["items"]["properties"])
    names = [name for name, _ in wire.FEE_MEMBERS]
    names.insert(names.index("mptyId") + 1, "serviceType")
    assert names == [name for name in properties if name in names]
    assert len(set(names)) == len(names)
    assert set(names) >= wire.EMPTY_WHEN_UNSET


@pytest.mark.parametrize("event", ["callin", "callout", "alerting", "answer", "disconnect"])
def test_the_members_of_an_event_come_in_the_order_of_its_schema(event: str) -> None:
    profile = replace(PROFILE, user_data_in_events=tuple(wire.EVENT_TYPES.values()))
    call = played(replace(TO_B, user_data="mine"))
    happened = next(one for one in call.events if wire.EVENT_TYPES[one.kind] == event)
    properties = load(f"notifications/axb/{event}")["properties"]["statusInfo"]["properties"]
    assert list(wire.call_event(call, happened, profile, "AXB")["statusInfo"]) == list(properties)


# --- everything that can be played is valid ---

OUTCOMES = [{"outcome": name} for name in call_tables().outcomes]
CAUSES = [{"hangup_cause": cause} for cause in call_tables().releases]


@pytest.mark.parametrize("wish", OUTCOMES + CAUSES, ids=lambda wish: str(next(iter(wish.values()))))
@pytest.mark.parametrize("route", [TO_B, NOWHERE, replace(TO_B, user_data="mine", max_seconds=60)])
@pytest.mark.parametrize("empty", ["omitted", "empty"])
def test_events_and_cdr_of_everything_that_can_be_played_are_valid(wish: dict, route: Route, empty: str) -> None:
    profile = replace(PROFILE, unset_cdr_members=empty, user_data_in_events=("callin", "disconnect"))
    call = played(route, profile, **wish)
    for event in call.events:
        kind = wire.EVENT_TYPES[event.kind]
        body = wire.call_event(replace(call, events=call.events[: call.events.index(event) + 1]), event, profile, "AXB")
        assert reference_errors(f"notifications/axb/{kind}", body) == []
        assert wire.violations(kind, body, "AXB") == []
    record = wire.fee(cdr(call, None), profile, "AXB")
    assert reference_errors("notifications/axb/fee", {"eventType": "fee", "feeLst": [record]}) == []
    assert wire.fee_violations(record, "AXB") == []
    times = {name for name in record if name.endswith("Time") and record[name]}
    assert ("fwdAnswerTime" in times) == (call.at(K.ANSWERED) is not None)


def test_a_body_that_breaks_its_schema_is_told_why() -> None:
    assert wire.violations("callin", {"eventType": "callin", "statusInfo": {"sessionId": ""}}, "AXB") == [
        "at /statusInfo: 'timestamp' is a required property",
        "at /statusInfo/sessionId: '' should be non-empty",
    ]


def test_every_kind_of_event_has_its_name_and_its_slot() -> None:
    assert set(wire.EVENT_TYPES) == set(CallEventKind)
    assert {kind: wire.slot_of(kind).value for kind in CallEventKind} == {
        K.DIALLED: "callin", K.COLLECTED: "status", K.FORWARDED: "status",
        K.ALERTED: "status", K.ANSWERED: "status", K.RELEASED: "status",
    }  # fmt: skip


# --- what the profile leaves open ---


def legs(call: Call) -> list[tuple[object, object]]:
    bodies = [
        wire.call_event(replace(call, events=call.events[: n + 1]), event, PROFILE, "AXB")
        for n, event in enumerate(call.events)
    ]
    return [(body["statusInfo"].get("caller"), body["statusInfo"].get("called")) for body in bodies]


def test_an_event_shows_the_first_leg_until_the_call_was_forwarded_and_then_the_second() -> None:
    assert legs(played()) == [(A, X), *[(X, B)] * 4]
    assert legs(played(NOWHERE)) == [(A, X), (A, X)]
    assert legs(played(outcome="busy")) == [(A, X), (X, B), (X, B)]


@pytest.mark.parametrize("carrying", [(), ("callin",), ("callout", "disconnect")])
def test_user_data_is_carried_where_the_profile_says_and_only_where_it_was_set(carrying: tuple[str, ...]) -> None:
    profile = replace(PROFILE, user_data_in_events=carrying)
    for user_data in (None, "mine"):
        call = played(replace(TO_B, user_data=user_data))
        bodies = [wire.call_event(call, event, profile, "AXB") for event in call.events]
        told = {body["eventType"] for body in bodies if body["statusInfo"].get("userData") == "mine"}
        assert told == (set(carrying) if user_data else set())
    assert PROFILE.user_data_in_events == ("callin",)


@pytest.mark.parametrize("carried", [True, False])
def test_user_data_in_the_cdr_is_the_profiles_choice(carried: bool) -> None:
    record = wire.fee(
        cdr(played(replace(TO_B, user_data="mine")), None), replace(PROFILE, user_data_in_cdr=carried), "AXB"
    )
    assert record.get("userData") == ("mine" if carried else None)


def test_members_that_were_never_set_are_left_out_or_empty_as_the_profile_says() -> None:
    record = cdr(played(outcome="busy"), None)
    left_out, empty = (wire.fee(record, replace(PROFILE, unset_cdr_members=how), "AXB") for how in ("omitted", "empty"))
    unset = {
        "fwdAlertingTime", "fwdAnswerTime", "recordStartTime", "recordDomain", "recordBucketName", "recordObjectName",
    }  # fmt: skip
    assert not unset & set(left_out)
    assert {name: empty[name] for name in unset} == dict.fromkeys(unset, "")
    assert {name: value for name, value in empty.items() if name not in unset} == left_out
    order = [name for name, _ in wire.FEE_MEMBERS]
    assert [name for name in empty if name in order] == [name for name in order if name in empty]


def test_the_description_of_a_cause_is_the_catalogues_or_only_the_documented_one() -> None:
    only = replace(PROFILE, state_desc="only_documented")
    assert wire.describe(0, PROFILE) == wire.describe(0, only) == "The user releases the call."
    assert (bool(wire.describe(8102, PROFILE)), wire.describe(8102, only)) == (True, None)
    body = wire.call_event(played(outcome="busy"), played(outcome="busy").events[-1], only, "AXB")
    assert "stateDesc" not in body["statusInfo"]


@pytest.mark.parametrize("value", [None, 0, 1])
def test_the_voice_check_is_absent_unless_the_profile_sets_it(value: int | None) -> None:
    record = wire.fee(cdr(played(), None), replace(PROFILE, voice_check_type=value), "AXB")
    assert record.get("voiceCheckType") == value
    assert ("voiceCheckType" in record) == (value is not None)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC), "2026-01-01 00:00:00"),
        (datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "2026-12-31 23:59:59"),
    ],
)
def test_times_are_utc_text_of_whole_seconds(at: datetime, text: str) -> None:
    assert wire.utc_text(at) == text


@pytest.mark.parametrize("count", [1, 2, 50])
def test_cdrs_share_a_message_that_is_valid(count: int) -> None:
    record = wire.fee(cdr(played(), None), PROFILE, "AXB")
    body = orjson.loads(wire.fee_body([encoded(record)] * count))
    assert body == {"eventType": "fee", "feeLst": [record] * count}
    assert reference_errors("notifications/axb/fee", body) == []
