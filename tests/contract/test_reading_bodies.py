"""What a body tells is read from every example of the contract, and from none that is no notification."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.contract.reading import is_notification, modes_of, parsed_instant, read, reading
from simulator.contract.schemas import load, names

EXAMPLES = [
    (name, example) for name in names() if name.startswith("notifications/") for example in load(name)["examples"]
]
NAMES = ["eventType", "statusInfo", "feeLst", "numInfo", "smsEvent", "sessionId", "stateCode", "timestamp", "appKey"]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | texts, inner, max_size=4),
)


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else "")
def test_every_example_of_the_contract_says_its_kind_its_mode_and_what_it_is_about(name, example):
    _, mode, kind = name.split("/")
    told = read(orjson.dumps(example))
    assert told.kind is not None
    assert told.kind.kind == kind
    assert mode.upper() in modes_of(orjson.dumps(example))
    assert told.about_ids
    assert is_notification(example)
    assert told.asks == (kind == "sms_block" or name == "notifications/x/callin")


def test_a_cdr_says_its_mode_alone():
    for mode in ("ax", "axb", "axe", "axyb", "x"):
        assert modes_of(orjson.dumps(load(f"notifications/{mode}/fee")["examples"][0])) == [mode.upper()]


def test_what_breaks_every_schema_may_be_of_every_mode_that_has_the_kind():
    assert modes_of(b'{"eventType":"collectInfo"}') == ["AXE"]
    assert modes_of(b'{"eventType":"new"}') == modes_of(b"[]") == modes_of(b"{") == ()


def test_a_batch_tells_of_all_its_calls():
    fee = load("notifications/axb/fee")["examples"][0]
    one, two = dict(fee["feeLst"][0]), dict(fee["feeLst"][0])
    two |= {"sessionId": "second", "ulFailReason": 8102, "callEndTime": "2030-01-01 00:00:00"}
    told = reading({**fee, "feeLst": [one, two]})
    assert told.about_ids == (one["sessionId"], "second")
    assert told.causes == (one["ulFailReason"], 8102)
    assert told.at == datetime(2030, 1, 1, tzinfo=UTC)
    assert told.app_key == one["appKey"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"3", b'{"a":1}', b'{"eventType":"fee","feeLst":[3,null]}', b"\xff"]
)
def test_what_tells_nothing_is_read_as_nothing(body):
    told = read(body)
    assert (told.about_ids, told.causes, told.numbers, told.at) == ((), (), (), None) or told == read(b"")


@settings(deadline=None)
@given(value=st.dictionaries(st.sampled_from(NAMES), json_values, max_size=6))
def test_nothing_that_a_stranger_writes_breaks_it(value):
    told = reading(value)
    assert all(isinstance(text, str) for text in (*told.about_ids, *told.numbers))
    assert all(isinstance(code, int) for code in told.causes)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2019-01-24 02:30:03", datetime(2019, 1, 24, 2, 30, 3, tzinfo=UTC)),
        ("2020-12-23T09:06:16.450Z", datetime(2020, 12, 23, 9, 6, 16, 450000, tzinfo=UTC)),
        ("2020-12-23T17:06:16+08:00", datetime(2020, 12, 23, 9, 6, 16, tzinfo=UTC)),
        ("2019-02-30 02:30:03", None),
        ("yesterday, at half past two", None),
        (1546300800, None),
        ("", None),
    ],
)
def test_times_are_read_as_the_documents_write_them(text, at):
    assert parsed_instant(text) == at
