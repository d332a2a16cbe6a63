"""New ids and moved times agree through everything that is told of one call, and change nothing else."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.contract.reading import read
from simulator.contract.renewing import IDS, TIMES, Renewal
from simulator.contract.schemas import load, names, validator
from simulator.telephony.ids import classic_session_id, icid, recording_name, session_id_2022

SHIFT = timedelta(days=400, seconds=7.4)
KEY = b"one replay"
AT = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
NOTIFICATIONS = [name for name in names() if name.startswith("notifications/")]
ids = st.text("0123456789abcdefABCDEF_-@.+xyz", min_size=1, max_size=40)


def renewal(shift: timedelta = SHIFT, key: bytes = KEY) -> Renewal:
    return Renewal(shift, key)


def member(body: bytes, *path: str | int) -> object:
    value = orjson.loads(body)
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_every_example_stays_valid_and_every_other_member_stays(name):
    example = load(name)["examples"][0]
    new = orjson.loads(renewal().body(orjson.dumps(example)))
    assert validator(name).violations(new) == []
    before, after = dict(_leaves(example)), dict(_leaves(new))
    assert before.keys() == after.keys()
    changed = {path[-1] for path in before if before[path] != after[path]}
    assert changed == {path[-1] for path in before if path[-1] in (*IDS, *TIMES)}


def _leaves(value: object, path: tuple[object, ...] = ()):
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*path, key))
    else:
        yield path, value


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_no_time_of_the_schemas_is_forgotten(name):
    for key, rule in _rules(load(name)):
        if "[0-9]{4}-[0-9]{2}-[0-9]{2}" in str(rule.get("pattern", "")):
            assert key in TIMES


def _rules(schema: dict):
    for key, rule in schema.get("properties", {}).items():
        yield key, rule
        yield from _rules(rule.get("items", rule))


def test_events_and_cdr_of_a_call_agree_also_inside_a_batch():
    session = "1200_1827_4294967295_20260101080000@host7.example"
    event = orjson.dumps(
        {"eventType": "callin", "statusInfo": {"sessionId": session, "timestamp": "2026-01-01 08:00:00"}}
    )
    record = {"sessionId": session, "callInTime": "2026-01-01 08:00:00", "fwdAnswerTime": ""}
    batch = orjson.dumps({"eventType": "fee", "feeLst": [{**record, "sessionId": "other-1"}, record]})
    one = renewal()
    told, billed = one.body(event), one.body(batch)
    new = member(told, "statusInfo", "sessionId")
    assert member(billed, "feeLst", 1, "sessionId") == new != session
    assert new.endswith("_4294967295_20270205080007@host7.example")
    assert member(billed, "feeLst", 1, "callInTime") == member(told, "statusInfo", "timestamp") == "2027-02-05 08:00:07"
    assert member(billed, "feeLst", 1, "fwdAnswerTime") == ""


def test_the_times_in_ids_move_with_the_others():
    one, later = renewal(), AT + timedelta(days=400, seconds=7)
    assert one.text(classic_session_id(7, AT, "h.example")).split("_")[3] == f"{later:%Y%m%d%H%M%S}@h.example"
    assert one.text(recording_name(7, AT), "recordObjectName").startswith(f"{later:%y%m%d%H%M%S}")
    assert one.text(recording_name(7, AT), "recordObjectName").endswith(".wav")
    assert one.text(icid(7, AT), "icid").split(".")[1] == icid(9, later).split(".")[1]


def test_numbers_in_an_id_are_nobodys_ids():
    old = session_id_2022(7, AT, ("+8613800000021", "+8613800000023"))
    new = renewal().text(old)
    assert new.startswith("+8613800000021_+8613800000023_")
    assert new != old


@settings(deadline=None)
@given(one=ids, two=ids)
def test_two_ids_never_become_one_and_an_id_keeps_its_shape(one, two):
    first, second = renewal().text(one, "smsIdentifier"), renewal().text(two, "smsIdentifier")
    assert (first == second) == (one == two)
    assert len(first) == len(one)
    assert [letter.isdigit() for letter in first] == [letter.isdigit() for letter in one]


def test_another_key_gives_other_ids_and_the_same_times():
    body = orjson.dumps(load("notifications/axb/fee")["examples"][0])
    one, two = renewal().body(body), renewal(key=b"another replay").body(body)
    assert read(one).about_ids != read(two).about_ids
    assert read(one).at == read(two).at


@pytest.mark.parametrize(
    ("body", "new"),
    [
        (b'{"timestamp":"2026-01-01 08:00:00"', b'{"timestamp":"2027-02-05 08:00:07"'),
        (b'{"timestamp" : "2026-01-01 08:00:00"}', b'{"timestamp" : "2027-02-05 08:00:07"}'),
        (b'{"timeStamp":"2026-01-01T08:00:00.123Z"}', b'{"timeStamp":"2027-02-05T08:00:07.123Z"}'),
        (b'{"timestamp":"tomorrow"}', b'{"timestamp":"tomorrow"}'),
        (b'{"timestamp":"9999-12-31 23:59:59"}', b'{"timestamp":"9999-12-31 23:59:59"}'),
        (b'{"timestamp":7,"sessionId":null}', b'{"timestamp":7,"sessionId":null}'),
        (b"\xff\xfe garbage", b"\xff\xfe garbage"),
    ],
)
def test_what_is_broken_is_renewed_where_it_can_be_and_left_where_not(body, new):
    assert renewal().body(body) == new
