"""The readers and answers of mode AX: what is tolerated, what is refused, and what comes back (ax_axb.md 1 to 5)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.contract.bodies import UnreadableBody
from simulator.contract.fields import fields
from simulator.contract.profile import Profile
from simulator.contract.requests import ax as requests
from simulator.contract.responses import ax as responses
from simulator.contract.schemas import validator
from simulator.telephony.bindings.ax import AxBinding
from simulator.telephony.commands.ax import BindAx, ModifyAx, QueryAx, SetCallee, UnbindAx
from simulator.telephony.errors import Reason, Refused

PROFILE = Profile.default()
CHECKED = PROFILE.with_overrides({"number_format_checked": True})
A, X, B = "+8613800000021", "+8613800006666", "+8613800000023"
SERVICE = "+864001234567"


def bind(profile: Profile = PROFILE, **members: object) -> BindAx:
    return requests.bind(json.dumps({"origNum": A, "privateNum": X, **members}).encode(), profile)


def test_a_bind_reads_every_member() -> None:
    command = bind(
        privateNumType="mobile-virtual", areaCode=755, areaMatchMode=1, recordFlag="true", recordHintTone="a.wav",
        calleeNumDisplay=0, privateSms=False, preVoice={"callerHintTone": "c.wav", "calleeHintTone": "d.wav"},
        maxDuration="3", lastMinVoice="b.wav", userData="order ^17", turnFlag="off", callDirection="1", unknown=[1],
    )  # fmt: skip
    assert command == BindAx(
        A,
        X,
        "mobile-virtual",
        "755",
        "1",
        True,
        "a.wav",
        "0",
        False,
        "c.wav",
        "d.wav",
        3,
        "b.wav",
        "order ^17",
        "off",
        1,
    )


@pytest.mark.parametrize("absent", [None, ""])
def test_what_is_null_or_empty_is_absent(absent: object) -> None:
    names = [field.wire for field in fields(requests.BIND) if field.wire not in ("origNum", "privateNum")]
    assert bind(**dict.fromkeys(names, absent)) == BindAx(A, X)


def test_zero_and_false_are_given() -> None:
    command = bind(recordFlag=False, privateSms="false", maxDuration=0, callDirection="0", calleeNumDisplay="0")
    assert (command.record, command.sms, command.max_minutes, command.direction, command.display) == (
        False, False, 0, 0, "0",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("members", "explanation"),
    [
        ({"origNum": ""}, "origNum is missing or empty"),
        ({"origNum": None, "origNumber": A}, "origNum is missing or empty; 'origNumber' was given"),
        ({"origNum": "1" * 33}, "origNum: at most 32 characters are allowed, these are 33"),
        ({"privateNum": ""}, "areaCode is missing or empty"),
        ({"privateNum": None, "areacode": "0755"}, "areaCode is missing or empty; 'areacode' was given"),
        ({"privateNum": None, "areaCode": "0755"}, "privateNumType is missing or empty"),
        ({"privateNumType": "fixed-virtual"}, "privateNumType: 'fixed-virtual' is none of mobile-virtual"),
        ({"areaMatchMode": "2"}, "areaMatchMode: '2' is none of 0, 1"),
        ({"calleeNumDisplay": "2"}, "calleeNumDisplay: '2' is none of 0, 1"),
        ({"turnFlag": "ON"}, "turnFlag: 'ON' is none of off, on"),
        ({"turnFlag": True}, "turnFlag: a string is needed, not True"),
        ({"callDirection": 3}, "callDirection: 3 is more than 2"),
        ({"maxDuration": -1}, "maxDuration: -1 is less than 0"),
        ({"userData": "{"}, "userData: '{' has a character that is not allowed"),
        ({"userData": "订单"}, "userData: '订单' has a character that is not allowed"),
        ({"userData": "x" * 257}, "userData: at most 256 characters are allowed, these are 257"),
        ({"preVoice": ["a.wav"]}, "preVoice: an object is needed, not ['a.wav']"),
        ({"recordFlag": "TRUE"}, "recordFlag: true or false is needed, not 'TRUE'"),
    ],
)
def test_an_explanation_says_what_would_be_right(members: dict[str, object], explanation: str) -> None:
    with pytest.raises(Refused) as refused:
        bind(**members)
    assert (refused.value.reason, refused.value.explanation) == (Reason.INVALID_PARAMETER, explanation)


@pytest.mark.parametrize("x_number", ["x" * 200, "13800006666", "+861380000666", 8613800006666, "+86 138"])
def test_an_x_of_whatever_shape_is_read(x_number: object) -> None:
    assert bind(privateNum=x_number).x_number == str(x_number)
    assert requests.modify(json.dumps({"privateNum": x_number}).encode(), PROFILE).x_number == str(x_number)
    assert requests.query(urlencode({"privateNum": x_number}), PROFILE).x_number == str(x_number)
    assert requests.unbind(urlencode({"privateNum": x_number}), PROFILE).x_number == str(x_number)
    body = json.dumps({"privateNum": x_number, "calleeNum": B}).encode()
    assert requests.set_callee(body, PROFILE).x_number == str(x_number)


def test_a_modify_holds_only_what_was_given() -> None:
    body = (
        b'{"subscriptionId":"s","privateNum":"","maxDuration":0,"lastMinVoice":"","userData":null,"privateSms":"true"}'
    )
    changes = {"max_minutes": 0, "last_minute_tone": None, "sms": True}
    assert requests.modify(body, PROFILE) == ModifyAx("s", None, changes)
    assert requests.modify(b'{"origNum":"+861"}', PROFILE) == ModifyAx(None, None, {"user": "+861"})
    unchangeable = (
        b'{"privateNum":"x","recordHintTone":"a.wav","preVoice":{"callerHintTone":"a.wav"},"calleeNumDisplay":1}'
    )
    assert requests.modify(unchangeable, PROFILE) == ModifyAx(None, "x", {})


@pytest.mark.parametrize("orig", ["", "+861", "x" * 100, " 86138"])
def test_nobody_reads_the_a_of_an_unbind_and_of_a_temporary_callee(orig: str) -> None:
    query = urlencode({"origNum": orig, "privateNum": X, "subscriptionId": "s"})
    assert requests.unbind(query, PROFILE) == UnbindAx("s", X)
    body = json.dumps({"origNum": [orig], "calleeNum": B, "privateNum": X}).encode()
    assert requests.set_callee(body, CHECKED) == SetCallee(B, None, X)


def test_a_query_reads_its_three_keys() -> None:
    query = urlencode({"origNum": A, "subscriptionId": "", "privateNum": X, "app_key": "other"})
    assert requests.query(query, PROFILE) == QueryAx(None, A, X)
    assert requests.query("", PROFILE) == QueryAx()


@pytest.mark.parametrize(("given", "seconds"), [(None, None), ("", None), (1, 1), ("259200", 259200)])
def test_a_temporary_callee_lives_as_long_as_asked(given: object, seconds: int | None) -> None:
    body = json.dumps({"calleeNum": B, "subscriptionId": "s", "duration": given, "userData": "test666"}).encode()
    assert requests.set_callee(body, PROFILE) == SetCallee(B, "s", None, seconds, "test666")


def test_where_shapes_are_checked_a_is_a_phone_and_a_temporary_callee_may_be_a_service() -> None:
    for number in ("13800000021", "+8612345", SERVICE):
        with pytest.raises(Refused) as refused:
            bind(CHECKED, origNum=number)
        assert refused.value.detail == "origNum is invalid."
        assert bind(origNum=number).user == number
    with pytest.raises(Refused):
        requests.modify(json.dumps({"privateNum": X, "origNum": SERVICE}).encode(), CHECKED)
    for number in (SERVICE, "+8695566", B, "+8675528000001"):
        body = json.dumps({"calleeNum": number, "privateNum": X}).encode()
        assert requests.set_callee(body, CHECKED).callee == number
    with pytest.raises(Refused):
        requests.set_callee(b'{"calleeNum":"42","privateNum":"x"}', CHECKED)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"origNum":"1","origNum":"2"}'])
def test_what_is_no_object_is_unreadable(body: bytes) -> None:
    for read in (requests.bind, requests.modify, requests.set_callee):
        with pytest.raises(UnreadableBody):
            read(body, PROFILE)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40)
LIKELY = st.sampled_from(["0", "1", "true", "on", "mobile-virtual", False, 7, "a.wav", ""])
TONES = st.dictionaries(st.sampled_from(["callerHintTone", "calleeHintTone"]), LIKELY | SCALARS)


@pytest.mark.parametrize("name", [requests.BIND, requests.MODIFY, requests.SET_CALLEE])
@given(data=st.data())
def test_what_the_reader_takes_its_schema_describes(name: str, data: st.DataObject) -> None:
    members = st.dictionaries(st.sampled_from([field.wire for field in fields(name)]), LIKELY | SCALARS | TONES)
    body = {"origNum": A, "privateNum": X, "calleeNum": B, **data.draw(members)}
    read = {requests.BIND: requests.bind, requests.MODIFY: requests.modify, requests.SET_CALLEE: requests.set_callee}
    try:
        read[name](json.dumps(body).encode(), PROFILE)
    except Refused:
        return
    given_members = {member: value for member, value in body.items() if value not in ("", None)}
    assert validator(name).violations(given_members) == []


# --- answers ---

AT = datetime(2019, 11, 8, 6, 40, 14, tzinfo=UTC)


def shown(profile: Profile = PROFILE, **members: object) -> Mapping[str, object]:
    binding = AxBinding("s-1", X, A, 1, AT, **members)  # type: ignore[arg-type]
    answer = orjson.loads(responses.found([binding], profile).body)
    assert validator("api/ax/query.response").violations(answer) == []
    (one,) = answer["privateNumList"]
    return dict(one)


def test_a_tone_for_recordings_is_shown_only_with_record_flag_true() -> None:
    assert shown(record=True, record_tone="a.wav")["recordHintTone"] == "a.wav"
    assert "recordHintTone" not in shown(record=False, record_tone="a.wav")
    assert "recordHintTone" not in shown(record_tone="a.wav")


def test_subscribe_time_follows_the_profile() -> None:
    assert shown()["subscribeTime"] == "2019-11-08 14:40:14"
    assert shown(PROFILE.with_overrides({"subscribe_time_zone": "UTC"}))["subscribeTime"] == "2019-11-08 06:40:14"


def test_user_data_is_shown_where_the_edition_has_it() -> None:
    assert shown(user_data="mine")["userData"] == "mine"
    assert "userData" not in shown(PROFILE.with_overrides({"query_user_data": False}), user_data="mine")


def test_the_answer_to_bind_obeys_its_schema() -> None:
    answer = orjson.loads(responses.bound(AxBinding("s-1", X, A, 1, AT)).body)
    assert validator("api/ax/bind.response").violations(answer) == []
