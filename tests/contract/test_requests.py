"""The reader of requests: what is tolerated, what is refused, and that it never says more than its schema."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.contract.bodies import UnreadableBody, json_object, may_repeat
from simulator.contract.fields import fields
from simulator.contract.operations import Operation, operations
from simulator.contract.profile import Profile
from simulator.contract.requests import axb as requests
from simulator.contract.requests.recording import find_recording
from simulator.contract.schemas import validator
from simulator.telephony.commands.axb import BindAxb, ModifyAxb, QueryAxb, UnbindAxb
from simulator.telephony.commands.calls import FindRecording
from simulator.telephony.errors import Reason, Refused

PROFILE = Profile.default()
PARTIES = {"callerNum": "+8613800000021", "calleeNum": "+8613800000023", "relationNum": "+8613800006666"}


def bind(**members: object) -> BindAxb:
    return requests.bind(json.dumps({**PARTIES, **members}).encode(), PROFILE)


def test_a_bind_reads_every_member() -> None:
    command = bind(
        areaCode=755, areaMatchMode=1, callDirection="1", duration="60", recordFlag="true", recordHintTone="a.wav",
        maxDuration=3.0, lastMinVoice="b.wav", privateSms=False, preVoice={"callerHintTone": "c.wav", "calleeHintTone": "d.wav"},
        userData="order 17", unknown={"members": ["are", "ignored"]},
    )  # fmt: skip
    assert command == BindAxb(
        "+8613800000021", "+8613800000023", "+8613800006666", "755", "1", 1, 60, True, "a.wav", 3, "b.wav", False, "c.wav",
        "d.wav", "order 17",
    )  # fmt: skip


def test_what_is_null_or_empty_is_absent() -> None:
    plain = bind()
    for absent in (None, ""):
        nothing = dict.fromkeys(
            ["areaCode", "callDirection", "duration", "recordFlag", "lastMinVoice", "preVoice", "userData"], absent
        )
        assert bind(**nothing) == plain


def test_zero_and_false_are_given() -> None:
    command = bind(callDirection=0, duration=0, maxDuration="0", recordFlag=False, privateSms="false")
    assert (command.direction, command.lifetime_seconds, command.max_minutes) == (0, 0, 0)
    assert (command.record, command.sms) == (False, False)


def test_a_modify_holds_only_what_was_given() -> None:
    body = b'{"subscriptionId":"s","duration":0,"preVoice":{"callerHintTone":""},"calleeNum":null,"userData":""}'
    assert requests.modify(body, PROFILE) == ModifyAxb("s", {"lifetime_seconds": 0, "caller_tone": None})


def test_a_query_is_read_from_the_url() -> None:
    query = "relationNum=%2B8613800006666&callerNum=%2B8613800000021&pageIndex=3&pageSize=20&other=1"
    asked = QueryAxb(None, "+8613800006666", "+8613800000021", None, 3, 20)
    assert requests.query(query, PROFILE) == asked
    assert requests.query("", PROFILE) == QueryAxb()


def test_a_raw_plus_is_a_blank_and_the_first_of_several_counts() -> None:
    assert requests.unbind("relationNum=+861&relationNum=%2B862", PROFILE) == UnbindAxb(None, " 861")
    assert requests.unbind("subscriptionId=&relationNum=x", PROFILE) == UnbindAxb(None, "x")


def test_a_recording_is_found_by_name_and_domain() -> None:
    assert find_recording("recordDomain=o.com&fileName=a.wav", PROFILE) == FindRecording("a.wav", "o.com")


def test_a_page_size_outside_its_range_is_the_profiles() -> None:
    other = PROFILE.with_overrides({"page_size_default": 30})
    sizes = {size: requests.query(f"pageSize={size}", other).page_size for size in ("9", "10", "100", "101", "ten", "")}
    assert sizes == {"9": 30, "10": 10, "100": 100, "101": 30, "ten": 30, "": 30}


def test_the_first_fault_in_the_order_of_the_schema_is_told() -> None:
    with pytest.raises(Refused) as refused:
        requests.bind(b'{"duration":-1,"calleeNum":[]}', PROFILE)
    assert (refused.value.reason, refused.value.detail) == (Reason.INVALID_PARAMETER, "callerNum is missing.")


@pytest.mark.parametrize(
    ("members", "explanation"),
    [
        ({"callerNum": None, "callerNumber": "1"}, "callerNum is missing or empty; 'callerNumber' was given"),
        ({"callerNum": []}, "callerNum: a string is needed, not []"),
        ({"callerNum": "1" * 32}, "callerNum: at most 31 characters are allowed, these are 32"),
        ({"areaMatchMode": "2"}, "areaMatchMode: '2' is none of 0, 1"),
        ({"userData": "{"}, "userData: '{' has a character that is not allowed"),
        ({"duration": "1h"}, "duration: an integer is needed, not '1h'"),
        ({"duration": -1}, "duration: -1 is less than 0"),
        ({"maxDuration": 1441}, "maxDuration: 1441 is more than 1440"),
        ({"recordFlag": "yes"}, "recordFlag: true or false is needed, not 'yes'"),
        ({"preVoice": "a.wav"}, "preVoice: an object is needed, not 'a.wav'"),
    ],
)
def test_an_explanation_says_what_would_be_right(members: dict[str, object], explanation: str) -> None:
    with pytest.raises(Refused) as refused:
        bind(**members)
    assert refused.value.explanation == explanation


def test_a_caller_that_is_no_landline_needs_x_or_an_area() -> None:
    with pytest.raises(Refused) as refused:
        requests.bind(b'{"callerNum":"+8613800000021","calleeNum":"1"}', PROFILE)
    assert refused.value.reason is Reason.IDENTIFICATION_INCOMPLETE
    assert requests.bind(b'{"callerNum":"+8675528000001","calleeNum":"1"}', PROFILE).x_number is None


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40)
LIKELY = st.sampled_from(["0", "1", "true", False, 7, "a.wav", ""])
MEMBERS = st.dictionaries(
    st.sampled_from([field.wire for field in fields(requests.BIND)]),
    LIKELY | SCALARS | st.dictionaries(st.sampled_from(["callerHintTone", "calleeHintTone"]), LIKELY | SCALARS),
)


@given(MEMBERS)
def test_what_the_reader_takes_its_schema_describes(members: dict[str, object]) -> None:
    body = {**PARTIES, **members}
    try:
        requests.bind(json.dumps(body).encode(), PROFILE)
    except Refused:
        return
    given_members = {name: value for name, value in body.items() if value not in ("", None)}
    assert validator(requests.BIND).violations(given_members) == []


@pytest.mark.parametrize("row", operations(), ids=lambda row: f"{row.mode}-{row.operation}")
def test_an_empty_member_is_described_wherever_it_is_taken(row: Operation) -> None:
    assert validator(row.request).violations({each.wire: "" for each in fields(row.request)}) == []


@given(
    st.dictionaries(
        st.text(max_size=4),
        st.text(max_size=4) | st.integers(-(2**63), 2**64 - 1) | st.lists(st.text(max_size=3), max_size=3),
    )
)
def test_an_object_without_duplicates_is_read(members: dict[str, object]) -> None:
    assert json_object(json.dumps(members).encode(), PROFILE) == members
    assert json_object(json.dumps(members, ensure_ascii=False, indent=1).encode(), PROFILE) == members


@given(st.text(min_size=1, max_size=5), SCALARS, st.booleans(), st.sampled_from(["", " ", "\n"]))
def test_an_object_that_names_a_member_twice_is_not_read(name: str, value: object, escaped: bool, blank: str) -> None:
    key, content = json.dumps(name, ensure_ascii=escaped), json.dumps(value)
    body = f'{{{key}:{content},"other":1,{key}{blank}:{content}}}'.encode(errors="replace")
    with pytest.raises(UnreadableBody):
        json_object(body, PROFILE)


def test_a_plain_body_is_looked_at_only_once() -> None:
    assert not may_repeat(b'{"a":"b","c":{"d":"e"},"f":["g"]}', {"a": "b", "c": {"d": "e"}, "f": ["g"]})


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_a_query_value_survives_its_escaping(value: str) -> None:
    assert requests.unbind(f"relationNum={quote(value)}", PROFILE).x_number == value
