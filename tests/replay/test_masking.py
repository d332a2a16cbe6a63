"""Masking: consistent, of the same form, nothing left, nothing else touched; ids, times and codes stay."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.contract.personal import personal_members
from simulator.contract.schemas import load, names, validator
from simulator.replay.masking import Masking
from simulator.replay.permuting import Permutation
from simulator.replay.recorded import Recorded
from simulator.telephony.numbering import kind_of

MASKING = Masking(b"key")
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
landlines = st.from_regex(r"(10[0-9]{8}|2[0-9][0-9]{8}|[3-9][0-9]{2}[0-9]{7,8})", fullmatch=True)
globals_ = st.builds("+86{}".format, mobiles | landlines) | st.from_regex(
    r"\+(44|49|1|7|852)[1-9][0-9]{8,9}", fullmatch=True
)
written = globals_ | mobiles | st.builds("0{}".format, landlines) | st.builds("86{}".format, mobiles)
between = st.text(st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="+-. %"), min_size=1, max_size=12)
NOTIFICATIONS = [name for name in names() if name.startswith("notifications/")]
EXAMPLES = [(name, example) for name in NOTIFICATIONS for example in load(name)["examples"]]


@settings(deadline=None, max_examples=40)
@given(st.text("0123456789", min_size=1, max_size=11), st.text(max_size=5))
def test_the_permutation_moves_everything_and_keeps_it_apart(digits, tweak):
    permutation = Permutation(b"k")
    moved = permutation.moved(digits, tweak)
    assert moved != digits
    assert len(moved) == len(digits)
    assert moved.isdecimal()


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_the_permutation_is_one(length):
    permutation = Permutation(b"k")
    assert len({permutation.moved(str(n).zfill(length), "t") for n in range(10**length)}) == 10**length


@settings(deadline=None, max_examples=40)
@given(number=written)
def test_a_number_is_replaced_by_one_of_its_form_always_the_same(number):
    masked = MASKING.number(number)
    assert masked == MASKING.text(number) == Masking(b"key").number(number)
    assert masked != number
    assert re.sub(r"\d", "0", masked) == re.sub(r"\d", "0", number)
    assert masked[:3] == number[:3] or not number.startswith("+86")
    assert kind_of(masked) == kind_of(number)
    assert MASKING.number(masked) != masked
    assert re.sub(r"\d", "0", MASKING.number(masked)) == re.sub(r"\d", "0", number)


@settings(deadline=None, max_examples=40)
@given(number=mobiles)
def test_one_number_however_it_is_written_becomes_one_number(number):
    tail = MASKING.number(number)
    for form in ("+86{}", "86{}", "0086{}", "+86 {}", "+86-{}"):
        assert MASKING.text(form.format(number)) == form.format(tail)
    spaced = f"{number[:3]} {number[3:7]}-{number[7:]}"
    assert MASKING.text(spaced) == f"{tail[:3]} {tail[3:7]}-{tail[7:]}"
    assert MASKING.url(f"/x?n=%2B86{number}&t=a%20{number}+{number}") == f"/x?n=%2B86{tail}&t=a%20{tail}+{tail}"


@settings(deadline=None, max_examples=40)
@given(first=mobiles, second=mobiles)
def test_two_numbers_stay_two(first, second):
    assert (first == second) == (MASKING.number(first) == MASKING.number(second))


def test_another_key_is_another_world():
    assert Masking(b"a").number("+8613800000001") != Masking(b"b").number("+8613800000001")


@settings(deadline=None, max_examples=40)
@given(numbers=st.lists(written, min_size=1, max_size=4), texts=st.lists(between, min_size=5, max_size=5))
def test_nothing_is_left_in_a_text_and_nothing_else_is_changed(numbers, texts):
    whole = "".join(a + b for a, b in zip(texts, [*numbers, ""], strict=False))
    masked = MASKING.text(whole)
    assert not any(number in masked for number in numbers)
    assert re.sub(r"\d", "", masked) == re.sub(r"\d", "", whole)
    body = orjson.dumps({"userData": whole, "list": [whole, {"deep": whole}], whole: 1})
    for encoded in (body, json.dumps(orjson.loads(body), indent=1).encode()):
        found = MASKING.body(encoded)
        assert orjson.loads(found) == {"userData": masked, "list": [masked, {"deep": masked}], masked: 1}
        assert re.sub(rb"\d", b"", found) == re.sub(rb"\d", b"", encoded)


@settings(deadline=None, max_examples=40)
@given(number=globals_, name=st.sampled_from(sorted(personal_members().numbers)))
def test_a_number_survives_in_every_place_it_is_told_in(number, name):
    body = orjson.dumps({"a": {name: number, "userData": f"to {number}."}, "smsContent": number})
    answer = orjson.dumps({"connectInfo": {"calleeNum": number}})
    headers = (("X-Caller", number), ("Content-Length", "13800000001"))
    asked = Recorded(
        datetime(2026, 1, 1, tzinfo=UTC),
        "",
        "POST",
        f"http://h/s?c={quote(number)}",
        headers,
        body,
        200,
        headers,
        answer,
    )
    masked = MASKING.recorded(asked)
    new = MASKING.number(number)
    assert orjson.loads(masked.body) == {"a": {name: new, "userData": f"to {new}."}, "smsContent": new}
    assert orjson.loads(masked.answer) == {"connectInfo": {"calleeNum": new}}
    assert masked.url == f"http://h/s?c={quote(new)}"
    assert masked.headers == masked.answer_headers == (("X-Caller", new), ("Content-Length", "13800000001"))


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_a_masked_notification_obeys_its_schema_and_keeps_ids_times_and_codes(name, example):
    masked = orjson.loads(MASKING.body(orjson.dumps(example)))
    assert validator(name).violations(masked) == []

    def walk(before, after, key=""):
        if isinstance(before, dict):
            assert list(before) == list(after)
            for inner in before:
                walk(before[inner], after[inner], inner)
        elif isinstance(before, list):
            for one, other in zip(before, after, strict=True):
                walk(one, other, key)
        elif key in personal_members().numbers and isinstance(before, str) and len(before) > 6:
            assert before != after
        elif key in personal_members().kept or not isinstance(before, str):
            assert before == after

    walk(example, masked)


@pytest.mark.parametrize(
    "kept",
    [
        "1200_1827_4294967295_20190124023003@callenabler246.huaweicaas.com",
        "0167ecc9-bfb6-4eec-b671-a7dab2ba78cf",
        "12345678-1234-1234-1234-138000000012",
        "2019-01-24 02:30:03",
        "20190124023003123",
        "1548298203000",
        "66C92B11FF13800000001CCFE0ED9ED1",
        "8102 (95588, 10086)",
        "0.13800000001",
    ],
)
def test_what_only_looks_like_a_number_stays(kept):
    assert MASKING.text(kept) == kept
    assert MASKING.body(orjson.dumps({"other": kept})) == orjson.dumps({"other": kept})


@pytest.mark.parametrize(
    "number", ["１３８００００００１２", "tel.13800000012", "x13800000012y", "_13800000012_", "0755-88880000"]
)
def test_odd_ways_to_write_a_number(number):
    masked = MASKING.text(number)
    assert masked != number
    assert re.sub(r"\d", "", masked) == re.sub(r"\d", "", number)


def test_escapes_and_broken_json_hide_nothing():
    number = "+8613800000001"
    new = MASKING.number(number).encode()
    assert MASKING.body(b'{"userData": "\\u002b86138\\u0030000000\\u0031 \\n"}').count(b"13800") == 0
    assert MASKING.body(b'{"caller": "%s' % number.encode()) == b'{"caller": "' + new
    assert MASKING.body(b"{caller: 13800000001") == b"{caller: " + new[3:]
    assert MASKING.body(b"\xff\x00 13800000001 \xfe") == b"\xff\x00 " + new[3:] + b" \xfe"
    assert MASKING.body(b"a=%2B8613800000001&b=%20") == b"a=%2B86" + new[3:] + b"&b=%20"
    assert MASKING.body(b'{"caller": 13800000001, "sessionId": "13800000001"}') == (
        b'{"caller": ' + new[3:] + b', "sessionId": "13800000001"}'
    )


def test_texts_of_sms_are_hidden_on_request():
    body = orjson.dumps({"smsContent": "code 1234 für\n+8613800000001", "userData": "order 17"})
    hidden = orjson.loads(Masking(b"key", hides_texts=True).body(body))
    assert hidden == {"smsContent": "*" * 28, "userData": "order 17"}


def test_no_member_is_of_two_kinds():
    table = personal_members()
    assert not table.numbers & table.kept
    assert not table.texts & (table.numbers | table.kept)
