"""The customer's decision (axe_axyb_x.md 3.2): what is one, what is said of what is none; schema and reader agree."""

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.contract.decisions import BadDecision, asks, decision, remarks, written
from simulator.contract.profile import Profile
from simulator.contract.schemas import load, validator
from simulator.telephony.commands.x import Close, Connect

PROFILE = Profile.default()
SCHEMA = "decisions/callin"
B = "+8613800000002"


def read(value: object) -> Connect | Close:
    return decision(value if isinstance(value, bytes) else json.dumps(value).encode(), PROFILE)


def connect(**members: object) -> dict[str, object]:
    return {"operation": "connect", "connectInfo": {"calleeNum": B, **members}}


def test_every_member_has_its_word() -> None:
    first, alone, closing, bare = load(SCHEMA)["examples"]
    assert read(first) == Connect(
        "+8613800000002",
        display="+8613800000001",
        max_minutes=60,
        caller_tone="waitVoice001.wav",
        record=True,
        record_tone="recordHintTone001.wav",
        last_minute_tone="lastMinVoice001.wav",
        user_data="userflag001",
    )
    assert read(alone) == Connect("+8613800000002")
    assert read(closing) == Close("closeHintTone001.wav", "userflag001")
    assert read(bare) == Close()
    assert read(connect(calleeHintVoice="v.wav")) == Connect(B, callee_tone="v.wav")


@pytest.mark.parametrize(
    ("given", "word", "value"),
    [
        ({"maxDuration": "60"}, "max_minutes", 60),
        ({"maxDuration": 0}, "max_minutes", 0),
        ({"maxDuration": None}, "max_minutes", None),
        ({"recordFlag": True}, "record", True),
        ({"recordFlag": "false"}, "record", False),
        ({"waitVoice": ""}, "caller_tone", None),
        ({"userData": 17}, "user_data", "17"),
        ({"whatever": {}}, "record", None),
    ],
)
def test_types_are_tolerated_as_in_requests(given: dict[str, object], word: str, value: object) -> None:
    assert getattr(read(connect(**given)), word) == value


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the body is empty; a JSON object is needed"),
        (b"[]", "the body is JSON, but a list and no object"),
        (b'{"operation":"close","operation":"connect"}', "the body names 'operation' twice"),
        ({}, "the decision lacks operation"),
        ({"operation": ""}, "the decision lacks operation"),
        ({"operation": None}, "the decision lacks operation"),
        ({"Operation": "connect"}, "the decision lacks operation; 'Operation' was given"),
        ({"operation": "conect"}, "operation is 'conect', instead of connect or close"),
        ({"operation": ["connect"]}, "operation is ['connect'], instead of connect or close"),
        ({"operation": "connect"}, "the decision lacks connectInfo"),
        ({"operation": "connect", "connectinfo": {}}, "the decision lacks connectInfo; 'connectinfo' was given"),
        (
            {"operation": "connect", "connectInfo": []},
            "connectInfo is a list of 0, instead of an object or a list of one",
        ),
        ({"operation": "connect", "connectInfo": "x"}, "connectInfo is 'x', instead of an object or a list of one"),
        ({"operation": "connect", "connectInfo": [[]]}, "connectInfo is [], instead of an object or a list of one"),
        ({"operation": "connect", "connectInfo": {}}, "the decision lacks calleeNum"),
        ({"operation": "connect", "connectInfo": [{"calleeNum": ""}]}, "the decision lacks calleeNum"),
        (
            {"operation": "connect", "connectInfo": {"calleenum": B}},
            "the decision lacks calleeNum; 'calleenum' was given",
        ),
        (connect(maxDuration=7200), "the decision's maxDuration: 7200 is more than 1440"),
        (connect(maxDuration=-1), "the decision's maxDuration: -1 is less than 0"),
        (connect(maxDuration="an hour"), "the decision's maxDuration: an integer is needed, not 'an hour'"),
        (connect(recordFlag="yes"), "the decision's recordFlag: true or false is needed, not 'yes'"),
        (connect(userData="{}"), "the decision's userData: '{}' has a character that is not allowed"),
        (connect(userData="中文"), "the decision's userData: '中文' has a character that is not allowed"),
        (connect(waitVoice="x" * 129), "the decision's waitVoice: at most 128 characters are allowed, these are 129"),
        (
            {"operation": "close", "closeInfo": [{}, {}]},
            "closeInfo is a list of 2, instead of an object or a list of one",
        ),
    ],
)
def test_what_is_wrong_with_a_decision_is_said(body: object, sentence: str) -> None:
    with pytest.raises(BadDecision) as told:
        read(body)
    assert str(told.value) == sentence


def test_the_object_of_the_other_operation_is_not_looked_at() -> None:
    assert read({"operation": "close", "connectInfo": {"maxDuration": 7200}}) == Close()
    assert read({**connect(), "closeInfo": 5}) == Connect(B)


def test_a_member_that_is_nearly_right_is_remarked() -> None:
    body = json.dumps(connect(recordflag="true", extra=1)).encode()
    assert list(remarks(body)) == ["the decision's recordflag is ignored; is recordFlag meant?"]


@pytest.mark.parametrize("decided", [
    {"operation": "connect", "callee": B},
    {"operation": "connect", "callee": B, "display": B, "max_minutes": 3, "record": True, "user_data": "u"},
    {"operation": "close"},
    {"operation": "close", "close_tone": "c.wav"},
])  # fmt: skip
def test_what_is_written_is_read_again(decided: dict[str, object]) -> None:
    body = written(decided)
    assert validator(SCHEMA).violations(json.loads(body)) == []
    shown = read(body)
    assert {word: getattr(shown, word) for word in decided if word != "operation"} == {
        word: value for word, value in decided.items() if word != "operation"
    }


def test_only_a_callin_of_mode_x_asks() -> None:
    assert asks(load("notifications/x/callin")["examples"][0])
    for mode in ("ax", "axb", "axe", "axyb"):
        assert not any(asks(example) for example in load(f"notifications/{mode}/callin")["examples"]), mode
    assert not asks([1])


def test_an_object_and_a_list_of_one_have_the_same_members() -> None:
    for branch in ("then", "else"):
        (rule,) = load(SCHEMA)[branch]["properties"].values()
        assert rule["items"]["properties"] == rule["properties"]
        assert rule["items"]["required"] == rule["required"]


NAMES = st.sampled_from([
    "operation", "connectInfo", "closeInfo", "calleeNum", "displayCalleeNum", "maxDuration", "waitVoice", "recordFlag",
    "recordHintTone", "lastMinVoice", "calleeHintVoice", "userData", "closeHintTone", "more",
])  # fmt: skip
VALUES = (
    st.sampled_from(
        ["connect", "close", "true", "false", "0", "1440", "1441", "", "x.wav", B, "{", "中", True, None, 1.5, 3.0]
    )
    | st.integers(-2, 1500)
    | st.text(max_size=4)
)
INFOS = st.dictionaries(NAMES, VALUES | st.lists(VALUES, max_size=2), max_size=5)
NEARLY = st.builds(lambda info: {"calleeNum": B, **info}, INFOS)
INFO = INFOS | NEARLY | st.lists(NEARLY | INFOS | VALUES, max_size=2) | VALUES
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "operation": st.sampled_from(["connect", "close", "x", "", None, 1]),
        "connectInfo": INFO,
        "closeInfo": INFO,
    },
)


def is_read(value: object) -> bool:
    try:
        read(value)
    except BadDecision:
        return False
    return True


@settings(max_examples=400, deadline=None)
@example({"operation": "close", "closeInfo": {"userData": 3.0}})
@example({"operation": "close", "closeInfo": {"userData": 1.5}})
@given(ANSWERS)
def test_schema_and_reader_have_one_verdict(answer: dict[str, object]) -> None:
    assert validator(SCHEMA).is_valid(answer) == is_read(answer), answer


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_whatever_is_answered_is_read_or_refused(body: bytes) -> None:
    with suppress(BadDecision):
        assert isinstance(read(body), Connect | Close)


def test_reading_leaves_the_schema_as_it_was() -> None:
    before = copy.deepcopy(load(SCHEMA))
    read(connect())
    assert load(SCHEMA) == before
