"""The readers of AXE: what they take their schemas describe, and what the documents let a customer write."""

import json
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.contract.fields import fields
from simulator.contract.profile import Profile
from simulator.contract.requests import axe as requests
from simulator.contract.schemas import validator
from simulator.telephony.commands.axe import BindAxe, CountAxe, FindAxe, ListAxe, ModifyAxe
from simulator.telephony.errors import Refused

PROFILE = Profile.default()
A, X = "+8613900008888", "+8613800008888"
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40)
LIKELY = st.sampled_from(["0", "1", "true", False, 7, 168, "10080", "a.wav", "", "0001", "0000000000000_0"])
TEXTS = LIKELY.filter(lambda value: isinstance(value, str)) | st.text(max_size=40)


def members_of(schema: str, values) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from([field.wire for field in fields(schema)]), values)


def bind(**members: object) -> BindAxe:
    return requests.bind(json.dumps({"bindNum": A, "virtualNum": X, **members}).encode(), PROFILE)


def modify(**members: object) -> ModifyAxe:
    return requests.modify(json.dumps({"subscriptionId": "s-1", **members}).encode(), PROFILE)


@settings(deadline=None)
@given(members_of(requests.BIND, LIKELY | SCALARS))
def test_a_bind_that_is_taken_is_described(members: dict[str, object]) -> None:
    body = {"bindNum": A, "virtualNum": X, **members}
    try:
        requests.bind(json.dumps(body).encode(), PROFILE)
    except Refused:
        return
    given_members = {name: value for name, value in body.items() if value not in ("", None)}
    assert validator(requests.BIND).violations(given_members) == []


@settings(deadline=None)
@given(members_of(requests.MODIFY, LIKELY | SCALARS))
def test_a_modification_that_is_taken_is_described(members: dict[str, object]) -> None:
    try:
        requests.modify(json.dumps(members).encode(), PROFILE)
    except Refused:
        return
    given_members = {name: value for name, value in members.items() if value not in ("", None)}
    assert validator(requests.MODIFY).violations(given_members) == []


@settings(deadline=None)
@given(st.sampled_from(["unbind", "query", "list_bindings", "count"]), st.data())
def test_a_query_is_taken_or_refused(operation: str, data) -> None:
    schema = {"unbind": requests.UNBIND, "query": requests.QUERY, "list_bindings": requests.LIST}
    members = data.draw(members_of(schema.get(operation, requests.COUNT), TEXTS))
    query = urlencode(members, errors="replace")
    with suppress(Refused):
        assert getattr(requests, operation)(query, PROFILE) is not None


def test_what_real_clients_send_is_read() -> None:
    command = bind(
        virtualNum=13800008888, extendNum=1234, recordFlag=True, timeUnit=1, bindExpiredTime="43200",
        callbackExpiredTime=10080, displayNumMode=0, callbackTone=None, callbackNum="", areaMatchMode=1, more={},
    )  # fmt: skip
    assert command == BindAxe(
        A, "13800008888", area_match="1", extension="1234", display="0", record=True, time_unit="1", lifetime=43200,
        callback_lifetime=10080,
    )  # fmt: skip


def test_a_modification_tells_what_is_changed_cleared_and_left() -> None:
    command = modify(callbackTone="", recordHintTone="", recordFlag="true", bindExpiredTime=0, timeUnit="1", bindNum=A)
    changes = {"callback_tone": None, "record_tone": None, "record": True, "lifetime": 0}
    assert command == ModifyAxe(FindAxe("s-1"), changes, "1")


@pytest.mark.parametrize(
    ("members", "changes"),
    [
        ({"callbackTone": "a.wav", "callbackNum": A}, {"callback_number": A}),
        ({"callbackTone": "a.wav", "callbackNum": ""}, {"callback_tone": "a.wav", "callback_number": None}),
        ({"callbackTone": "", "callbackNum": A}, {"callback_tone": None, "callback_number": A}),
    ],
)
def test_of_tone_and_number_in_a_modification_the_number_wins(members: dict, changes: dict) -> None:
    assert modify(**members).changes == changes


def test_the_profile_may_refuse_tone_and_number_in_a_modification() -> None:
    strict = PROFILE.with_overrides({"axe_modify_callback_conflict": "refused"})
    body = json.dumps({"subscriptionId": "s", "callbackTone": "a.wav", "callbackNum": A}).encode()
    with pytest.raises(Refused, match="callbackNum: callbackTone was given too; a binding has one of the two"):
        requests.modify(body, strict)


@pytest.mark.parametrize(
    ("members", "explanation"),
    [
        ({"bindExpiredTime": 721}, "bindExpiredTime: 721 is more than 720 hours; timeUnit 1 counts in minutes"),
        ({"callbackExpiredTime": 169, "timeUnit": 0}, "callbackExpiredTime: 169 is more than 168 hours; timeUnit 1"),
        ({"callbackExpiredTime": 10081, "timeUnit": 1}, "callbackExpiredTime: 10081 is more than 10080"),
        ({"bindExpiredTime": 43201, "timeUnit": "1"}, "bindExpiredTime: 43201 is more than 43200"),
        ({"timeUnit": 2}, "timeUnit: '2' is none of 0, 1"),
    ],
)
def test_the_longest_lifetimes_depend_on_the_unit_in_bind_and_modify(members: dict, explanation: str) -> None:
    for reader in (bind, modify):
        with pytest.raises(Refused) as refused:
            reader(**members)
        assert refused.value.explanation.startswith(explanation)


def test_a_list_begins_at_a_cursor_and_a_single_binding_needs_none() -> None:
    read = requests.list_bindings
    assert read("virtualNum=%2B86&limit=7&cursor=1767225600000_17", PROFILE) == ListAxe(
        FindAxe(x_number="+86"), (1767225600000, 17), 7
    )
    assert read("virtualNum=%2B86&cursor=&limit=", PROFILE) == ListAxe(FindAxe(x_number="+86"))
    assert read("subscriptionId=s&cursor=x&limit=y", PROFILE) == ListAxe(FindAxe("s"))
    assert read("virtualNum=x&extendNum=1&cursor=x", PROFILE) == ListAxe(FindAxe(None, "x", "1"))
    for wrong in (
        "cursor=17",
        "cursor=000000000000_0",
        "cursor=1767225600000_17%0a",
        "limit=0",
        "limit=101",
        "limit=x",
    ):
        with pytest.raises(Refused, match=r"^(cursor|limit): "):
            read(f"virtualNum=x&{wrong}", PROFILE)


def test_a_count_begins_at_a_cursor_and_a_single_number_needs_none() -> None:
    assert requests.count("", PROFILE) == CountAxe(None, 0, 50)
    assert requests.count(f"cursor={'9' * 20}&limit=100", PROFILE) == CountAxe(None, int("9" * 20), 100)
    assert requests.count("number=%2B86&cursor=x&limit=1000", PROFILE) == CountAxe("+86")
    lenient = PROFILE.with_overrides({"axe_limit_out_of_range": "default"})
    for wrong in ("0", "101", "x"):
        assert requests.count(f"limit={wrong}", lenient) == CountAxe(None, 0, 50)
