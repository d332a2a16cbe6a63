"""SMS notifications and the answer to a Block: the documents' samples, the tables, and what is said of a wrong answer."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.contract import messages as wire
from simulator.contract.decisions import BadDecision
from simulator.contract.encoding import encoded
from simulator.contract.profile import Profile
from simulator.contract.schemas import load, names, validator
from simulator.contract.send_results import send_results, send_results_of
from simulator.contract.sms_decisions import DISCARD, FORWARD, SCHEMA, asks, decision, remarks, written
from simulator.telephony.commands.messages import Discard, Forward
from simulator.telephony.messages import SendResult, SmsDirection

PROFILE = Profile.default()
A, B = "+8613800000001", "+8613800000002"
NOTICE = wire.SmsNotice(
    "****", "********", "+86138****0001", "+86138****0000", datetime(2020, 12, 23, 9, 6, 16, 450_000, UTC),
    SmsDirection.ABNORMAL, 0, SendResult.NO_BINDING,
)  # fmt: skip
SCHEMAS = [name for name in names() if name.startswith("notifications/") and "/sms" in name]


def body(kind: str, notice: wire.SmsNotice, **switches: bool) -> dict:
    return wire.body(kind, notice, PROFILE, wire.Switches(**switches))


# --- what is pushed ---


def test_the_documented_notify_is_reproduced_byte_for_byte() -> None:
    assert encoded(body(wire.NOTIFY, NOTICE)).decode() == (
        '{"appKey":"****","smsEvent":{"smsIdentifier":"********","notificationMode":"Notify","calling":"+86138****0001",'
        '"virtualNumber":"+86138****0000","event":"TextSMS","timeStamp":"2020-12-23T09:06:16.450Z","extInfo":{"extParas":'
        '[{"key":"splitNum","value":"0"},{"key":"direction","value":"2"}]},"sendResult":2}}'
    )


def test_the_documented_block_is_reproduced_byte_for_byte() -> None:
    at = datetime(2018, 9, 13, 9, 46, 16, 23_000, UTC)
    asked = replace(
        NOTICE, sms_id="****", at=at, direction=SmsDirection.FROM_A, parts=2, result=SendResult.SENT, user_data="u"
    )
    assert encoded(body(wire.BLOCK, asked)).decode() == (
        '{"appKey":"****","smsEvent":{"smsIdentifier":"****","notificationMode":"Block","calling":"+86138****0001",'
        '"virtualNumber":"+86138****0000","event":"TextSMS","timeStamp":"2018-09-13T09:46:16.023Z","extInfo":{"extParas":'
        '[{"key":"splitNum","value":"2"},{"key":"direction","value":"1"}]},"sendResult":0}}'
    )


@pytest.mark.parametrize("mode", ["ax", "axb", "x"])
def test_everything_that_can_be_carried_has_its_place(mode: str) -> None:
    whole = replace(
        NOTICE,
        destination=B,
        subscription_id=None if mode == "x" else "s",
        user_data="u",
        text="I am at the door",
        area_code="0755",
        result=SendResult.SENT,
    )
    told = body(wire.NOTIFY, whole, content=True, area_code=True)
    assert wire.violations(wire.NOTIFY, told, mode.upper()) == []
    members = load(f"notifications/{mode}/sms")["properties"]["smsEvent"]["properties"]
    assert list(told["smsEvent"]) == list(members)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_examples_have_their_members_in_order_and_only_known_results(name: str) -> None:
    schema = load(name)
    members = list(schema["properties"]["smsEvent"]["properties"])
    for example in schema["examples"]:
        event = example["smsEvent"]
        assert [member for member in members if member in event] == list(event)
        assert asks(example) == name.endswith("_block")
    assert not asks([1])
    assert not asks({"smsEvent": "x"})


def test_only_modes_with_sms_have_notifications_and_axb_is_never_asked() -> None:
    assert SCHEMAS == [
        "notifications/ax/sms", "notifications/ax/sms_block", "notifications/axb/sms", "notifications/x/sms",
        "notifications/x/sms_block",
    ]  # fmt: skip


def test_a_text_that_became_longer_on_its_way_is_cut_to_what_fits() -> None:
    told = body(wire.NOTIFY, replace(NOTICE, text="x" * 2021), content=True)
    assert len(told["smsEvent"]["smsContent"]) == 2000
    assert "smsContent" not in body(wire.NOTIFY, NOTICE, content=True)["smsEvent"]


# --- the results ---


def test_the_table_of_results_is_total_and_each_says_how_it_is_brought_about() -> None:
    assert list(send_results()) == [int(result) for result in SendResult] == list(range(14))
    for row in send_results().values():
        assert row.provenance in {"documented", "observed", "inferred"}
        assert row.stage in {"arrival", "decision", "forwarding"}
        assert row.zh
        assert row.en
        assert row.how


def test_the_results_of_a_mode_are_those_of_its_schema() -> None:
    for mode in ("AX", "AXB", "X"):
        event = load(f"notifications/{mode.lower()}/sms")["properties"]["smsEvent"]["properties"]
        assert event["sendResult"]["enum"] == list(send_results_of(mode))
    assert not send_results_of("AXE")
    assert {code for code in send_results() if code not in send_results_of("AXB")} == {6, 7}


# --- the answer ---


def read(value: object, profile: Profile = PROFILE) -> Forward | Discard:
    return decision(value if isinstance(value, bytes) else json.dumps(value).encode(), profile, A)


def action(**members: object) -> dict[str, object]:
    return {"operation": FORWARD, "message": {"called": B, "calling": A}, **members}


def test_every_accepted_shape_is_read() -> None:
    listed, alone, discard, discard_alone = load(SCHEMA)["examples"]
    assert read(listed) == Forward(B, A)
    assert read(alone) == Forward(B, A, "order-17")
    assert read(discard) == read(discard_alone) == Discard()
    assert read({"actions": {"operation": DISCARD, "userData": "u", "message": 5}}) == Discard("u")
    assert read({"actions": [action(message={"called": B})]}) == Forward(B)
    assert read({"actions": [action(userData="", extParas=[])]}) == Forward(B, A)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"", "the body is empty; a JSON object is needed"),
        ([1], "the body is JSON, but a list and no object"),
        ({"action": []}, "the decision lacks actions; 'action' was given"),
        ({"actions": []}, "actions is a list of 0, instead of an object or a list of one"),
        ({"actions": [action(), action()]}, "actions is a list of 2, instead of an object or a list of one"),
        ({"actions": "drop"}, "actions is 'drop', instead of an object or a list of one"),
        ({"actions": [{"Operation": FORWARD}]}, "the decision lacks operation; 'Operation' was given"),
        ({"actions": {"operation": "discardMessage"}},
         "operation is 'discardMessage', instead of vNumberRoute or DiscardMessage; is DiscardMessage meant?"),
        ({"actions": {"operation": 5}}, "operation is 5, instead of vNumberRoute or DiscardMessage"),
        ({"actions": {"operation": FORWARD}}, "the decision lacks message"),
        ({"actions": action(message=[B])}, f"message is ['{B}'], instead of an object"),
        ({"actions": action(message={"calling": A})}, "the decision's called is missing or empty"),
        ({"actions": action(message={"called": "x" * 65})},
         "the decision's called: at most 64 characters are allowed, these are 65"),
        ({"actions": action(message={"called": "13800000002"})},
         "the decision's called: '13800000002' is neither a +86 mobile nor a +86 landline number"),
        ({"actions": action(userData="{u}")}, "the decision's userData: '{u}' has a character that is not allowed"),
        ({"actions": action(userData="订单")}, "the decision's userData: '订单' has a character that is not allowed"),
    ],
)  # fmt: skip
def test_what_decides_nothing_is_told_with_what_would(answer: object, sentence: str) -> None:
    with pytest.raises(BadDecision) as bad:
        read(answer)
    assert str(bad.value) == sentence


def test_another_sender_is_a_remark_or_no_decision() -> None:
    foreign = {"actions": action(message={"called": B, "calling": B})}
    assert read(foreign) == Forward(B, B)
    with pytest.raises(BadDecision, match=r"the decision's calling is \+8613800000002, instead of \+8613800000001"):
        read(foreign, replace(PROFILE, sms_foreign_calling="invalid"))


def test_what_is_ignored_is_remarked() -> None:
    answer = {"actions": [action(message={"called": B, "caling": A}, userdata="u", extParas=[])], "version": 2}
    assert list(remarks(json.dumps(answer).encode(), A)) == [
        "the decision's version is ignored",
        "the decision's userdata is ignored; is userData meant?",
        "the decision's caling is ignored; is calling meant?",
        f"the decision has no calling; documented is the {A} of the Block",
    ]
    assert list(remarks(json.dumps({"actions": action()}).encode(), A)) == []


def test_what_is_written_is_what_is_read() -> None:
    asking = {"smsEvent": {"calling": A}}
    assert read(written(B, "u", asking)) == Forward(B, A, "u")
    assert read(written(None, None, asking)) == Discard()
    assert written(None, None, asking) == b'{"actions":[{"operation":"DiscardMessage"}]}'


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(0, 99), st.text(max_size=3), st.sampled_from([A, B, FORWARD, DISCARD])
)
MESSAGES = st.one_of(VALUES, st.dictionaries(st.sampled_from(["called", "calling", "x"]), VALUES, max_size=3))
ACTIONS = st.dictionaries(
    st.sampled_from(["operation", "message", "userData", "x"]), st.one_of(VALUES, MESSAGES), max_size=4
)


@settings(max_examples=300)
@given(st.one_of(VALUES, ACTIONS, st.lists(ACTIONS, max_size=2)))
def test_what_the_reader_takes_its_schema_describes(actions: object) -> None:
    answer = {"actions": actions}
    try:
        read(answer)
    except BadDecision:
        return
    assert validator(SCHEMA).violations(answer) == []
