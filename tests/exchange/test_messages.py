"""SMS on the exchange: who gets one by mode, every sendResult, who is asked and what the answer does (notifications.md 4)."""

import json

import pytest

from simulator.delivery.delivery import Delivery
from simulator.delivery.notification import Slot
from simulator.delivery.outcome import Answered, Result, Unanswered
from simulator.exchange.apps import AppState
from simulator.exchange.core import Busy, Limits, UnknownNumber
from simulator.exchange.messages import PlayedMessage
from simulator.telephony.commands.ax import BindAx
from simulator.telephony.commands.messages import SendSms
from simulator.telephony.errors import NotPossible
from simulator.telephony.numbering import NumberState
from tests.exchange.stage import KEY, OK, A, B, C, Stage, X, seconds_of

URLS = {Slot.SMS: "http://127.0.0.1:9/sms", Slot.SMS_BLOCK: "http://127.0.0.1:9/sms-block"}
LATE = Unanswered("timeout", "no answer within 10 s")
DOWN = Unanswered("connect", "nobody listens")
LONG = "长" * 135
"""Three parts: 67, 67 and 1."""


def answered(body: object, status: int = 200) -> Result:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answered(status, "", (), content, len(content))


def route(called: str = B, **members: object) -> Result:
    return answered(
        {"actions": [{"operation": "vNumberRoute", "message": {"called": called, "calling": A}, **members}]}
    )


DISCARD = answered({"actions": {"operation": "DiscardMessage"}})


class Sms:
    """A stage for SMS: `says` is what the customer answers to a Block."""

    def __init__(self, mode: str = "X", says: Result = DISCARD, **app) -> None:
        self.stage = Stage(mode=mode, **{"receivers": URLS, **app})
        self.says = says
        self.stage.answers = lambda delivery: self.says if delivery.kind == "sms_block" else OK

    def bind_ax(self, **members) -> None:
        self.stage.exchange.ax.bind(self.stage.app, BindAx(A, **{"x_number": X, **members}))

    def send(self, sender: str = A, text: str = "hello", send_result: int | None = None) -> PlayedMessage:
        return self.stage.exchange.send_sms(KEY, SendSms(sender, X, text, send_result))

    def sent(self, *args, **how) -> PlayedMessage:
        played = self.send(*args, **how)
        self.stage.work()
        return played

    def event(self, kind: str = "sms") -> dict:
        (body,) = self.stage.bodies(kind)
        assert body["appKey"] == KEY
        return body["smsEvent"]

    def rows(self, kind: str) -> list[dict]:
        shown = (row.as_json() for row in self.stage.rows(kind))
        return [
            {name: value for name, value in row.items() if name not in ("position", "kind", "app_key")} for row in shown
        ]


def paras(event: dict) -> dict[str, str]:
    return {each["key"]: each["value"] for each in event["extInfo"]["extParas"]}


def in_axb(**members) -> Sms:
    sms = Sms("AXB")
    sms.stage.bind(**members)
    return sms


def in_ax(says: Result = DISCARD, **members) -> Sms:
    sms = Sms("AX", says)
    sms.bind_ax(**members)
    return sms


# --- who gets it ---


@pytest.mark.parametrize(("sender", "receiver", "direction"), [(A, B, "1"), (B, A, "0")])
def test_axb_forwards_to_the_other_side_and_only_tells(sender: str, receiver: str, direction: str) -> None:
    sms = in_axb(user_data="u-1")
    played = sms.sent(sender)
    assert sms.stage.kinds() == ["sms"]
    event = sms.event()
    assert (event["calling"], event["called"], event["virtualNumber"]) == (sender, receiver, X)
    assert (event["notificationMode"], event["event"], event["sendResult"]) == ("Notify", "TextSMS", 0)
    assert event["timeStamp"] == "2026-01-01T00:00:00.000Z"
    assert paras(event) == {"splitNum": "1", "direction": direction}
    assert (event["userData"], event["smsIdentifier"]) == ("u-1", played.sms_id)
    assert "smsContent" not in event
    assert "areaCode" not in event


def test_ax_forwards_what_a_writes_to_whom_its_text_names() -> None:
    sms = in_ax(user_data="u-2")
    played = sms.sent(A, f"I am at the door@{B}")
    assert (played.way.delivered, sms.stage.kinds()) == ("I am at the door", ["sms"])
    event = sms.event()
    assert (event["calling"], event["called"], paras(event)) == (A, B, {"splitNum": "1", "direction": "1"})
    assert event["userData"] == "u-2"


def test_ax_counts_the_number_at_the_end_and_the_suffix_as_text() -> None:
    sms = in_ax()
    assert sms.sent(A, "长" * 60 + "@" + B).parts_sent == 2
    assert sms.sent(B, "长" * 51).parts_sent == 2


@pytest.mark.parametrize(
    "text", ["no number", f"＠{B}", "@", "@+861", f"@{B} ", f"@<{B}>", f"{B}@", "a@b", "@+8613900000002x"]
)
def test_ax_asks_where_a_names_nobody(text: str) -> None:
    sms = in_ax(route())
    sms.sent(A, text)
    assert sms.stage.kinds() == ["sms_block", "sms"]
    assert (sms.event()["called"], sms.event()["sendResult"]) == (B, 0)


@pytest.mark.parametrize(("number", "called"), [("13900000002", B), (B, B)])
def test_a_number_may_be_written_as_it_is_dialled(number: str, called: str) -> None:
    sms = in_ax()
    sms.sent(A, f"x@y@{number}")
    assert sms.event()["called"] == called


def test_ax_tells_a_who_wrote() -> None:
    sms = in_ax()
    played = sms.sent(C, "hello@" + B)
    assert played.way.delivered == f"hello@{B}[From{C}]"
    event = sms.event()
    assert (event["calling"], event["called"], paras(event)["direction"]) == (C, A, "0")
    sms.stage.change_profile(sms_from_suffix=" ({national})")
    assert sms.sent(C, "hi").way.delivered == f"hi ({C[3:]})"


def test_mode_x_asks_about_every_sms_and_tells_once_it_is_forwarded() -> None:
    sms = Sms(says=route(userData="u-3"))
    played = sms.send(text=LONG)
    assert (played.waits, sms.stage.kinds()) == (True, [])
    sms.stage.work()
    assert sms.stage.kinds() == ["sms_block", "sms"]
    block, notify = sms.event("sms_block"), sms.event()
    assert (block["notificationMode"], block["sendResult"], paras(block)) == (
        "Block",
        0,
        {"splitNum": "3", "direction": "1"},
    )
    assert "called" not in block
    assert "userData" not in block
    assert (notify["called"], notify["userData"], paras(notify)) == (B, "u-3", {"splitNum": "3", "direction": "1"})
    assert block["smsIdentifier"] == notify["smsIdentifier"]
    assert "subscriptionId" not in notify
    (decided,) = sms.rows("decided")
    assert decided.pop("at")
    assert decided == {
        "call_id": None, "message_id": played.message_id, "decision": "forward", "destination": B, "user_data": "u-3",
    }  # fmt: skip


def test_what_happened_to_an_sms_is_in_the_journal() -> None:
    sms = in_axb()
    played = sms.sent()
    arrived, ended = sms.rows("message_event")
    assert arrived | {"at": ""} == {
        "at": "", "call_id": None, "message_id": played.message_id, "event": "arrived", "sender": A, "x_number": X,
        "text": "hello",
    }  # fmt: skip
    assert (ended["event"], ended["send_result"], ended["destination"], ended["parts_sent"]) == ("ended", 0, B, 1)
    assert {row["message_id"] for kind in ("attempt_started", "attempt_ended") for row in sms.rows(kind)} == {
        played.message_id
    }


@pytest.mark.parametrize("mode", ["AXE", "AXYB"])
def test_modes_without_sms_say_so(mode: str) -> None:
    with pytest.raises(NotPossible) as refused:
        Sms(mode).send()
    assert str(refused.value) == f"axb-demo is of mode {mode}, which has no SMS; the modes that have are: AX, AXB, X"


def test_an_sms_to_nobodys_x_and_of_nobody_is_refused() -> None:
    sms = Sms()
    with pytest.raises(UnknownNumber, match="is nobody's X number; axb-demo has 2"):
        sms.stage.exchange.send_sms(KEY, SendSms(A, B, "hello"))
    assert not sms.stage.exchange.messages()


# --- sendResult ---


def of(sms: Sms, **how) -> tuple[int, str, str]:
    sms.sent(**how)
    event = sms.event()
    assert ("called" in event) == (event["sendResult"] in (0, 9))
    return event["sendResult"], paras(event)["splitNum"], paras(event)["direction"]


def test_no_binding_is_told_as_the_documents_sample_has_it() -> None:
    assert of(Sms("AXB")) == (2, "0", "2")
    assert of(Sms("AX")) == (2, "0", "2")
    assert of(in_axb(), sender=C) == (2, "0", "2")


@pytest.mark.parametrize("mode", ["AX", "AXB", "X"])
def test_the_account_the_application_and_x_stand_in_the_way(mode: str) -> None:
    def result(**app) -> int:
        sms = Sms(mode, **app)
        return of(sms)[0]

    assert result(state=AppState.FROZEN) == 1
    assert result(state=AppState.UNAVAILABLE) == 4
    assert result(state=AppState.UNAVAILABLE, profile={"sms_unavailable_app_result": 5}) == 5
    assert result(arrears=True) == 3
    assert result(sms=False) == 11
    assert result(profile={"sms_blacklist": [A]}) == 8


def test_a_suspended_x_lets_no_sms_through_and_a_frozen_binding_does() -> None:
    for state, result in ((NumberState.SUSPENDED, 3), (NumberState.BINDING_FROZEN, 0)):
        sms = in_axb()
        sms.stage.exchange.console.change_number(KEY, X, state)
        assert of(sms) == (result, "0" if result else "1", "1")


def test_what_the_binding_forbids() -> None:
    assert of(in_axb(sms=False)) == (11, "0", "1")
    assert of(in_ax(sms=False), sender=B) == (11, "0", "0")
    sms = Sms("AXB", profile={"sms_private_off_result": 2})
    sms.stage.bind(sms=False)
    assert of(sms)[0] == 2
    for profile, result in (({}, 0), ({"sms_closed_binding": "no_binding"}, 2)):
        sms = Sms("AXB", profile=profile)
        sms.stage.bind(direction=2)
        assert of(sms)[0] == result
        for members in ({"power": "off"}, {"direction": 1}):
            sms = Sms("AX", profile=profile)
            sms.bind_ax(**members)
            assert of(sms, sender=B)[0] == result


def test_words_that_must_be_there_and_that_must_not() -> None:
    profile = {"sms_keyword": "order", "sms_forbidden_words": ["loan", "贷款"]}
    for text, result in (("hello", 12), ("order a loan", 13), ("order 贷款", 13), ("order 17", 0)):
        sms = Sms("AXB", profile=profile)
        sms.stage.bind()
        assert of(sms, text=text)[0] == result


def test_sms_go_from_mobiles_to_mobiles() -> None:
    landline = "+8675512345678"
    assert of(in_axb(callee=landline)) == (10, "0", "1")
    assert of(in_ax(), text=f"hi@{landline}")[0] == 10
    assert of(in_ax(), sender="10690001")[0] == 10
    assert of(Sms(says=route(landline)))[0] == 10
    sms = Sms("AXB", profile={"sms_no_mobile_result": 5})
    sms.stage.bind(callee=landline)
    assert of(sms)[0] == 5


@pytest.mark.parametrize("mode", ["AX", "AXB", "X"])
@pytest.mark.parametrize("result", range(14))
def test_every_result_can_be_forced(mode: str, result: int) -> None:
    sms = Sms(mode, route())
    if mode == "AX":
        sms.bind_ax()
    elif mode == "AXB":
        sms.stage.bind()
        if result in (6, 7):
            with pytest.raises(NotPossible) as refused:
                sms.send(send_result=result)
            assert str(refused.value) == (
                f"send_result {result} is none of mode AXB; it has: 0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13"
            )
            return
    told = of(sms, text=LONG, send_result=result)
    assert told[:2] == (result, {0: "3", 9: "2"}.get(result, "0"))
    asked = "sms_block" in sms.stage.kinds()
    assert asked == (mode != "AXB" and result in (0, 6, 7, 9, 10))


def test_a_forced_lack_of_a_binding_knows_nothing_of_one() -> None:
    sms = in_axb(user_data="u")
    assert of(sms, send_result=2) == (2, "0", "2")
    assert not {"subscriptionId", "userData"} & set(sms.event())


def test_a_forced_result_does_not_hang_on_the_decision() -> None:
    sms = Sms(says=answered(b"nonsense"))
    sms.sent(send_result=10)
    assert sms.event()["sendResult"] == 10
    (attempt,) = [row.attempt for row in sms.stage.ends() if row.delivery.kind == "sms_block"]
    assert attempt.verdict.acknowledged
    assert attempt.verdict.remark.startswith("no decision: the body is no JSON")
    (decided,) = sms.rows("decided")
    assert decided["ignored"] == "send_result 10 was forced"


def test_nobody_gets_what_is_forced_to_be_sent_to_nobody() -> None:
    sms = Sms(says=DISCARD)
    sms.sent(send_result=0)
    assert sms.event()["sendResult"] == 6


def test_nobody_can_be_forced_to_get_what_is_for_nobody() -> None:
    sms = in_axb()
    with pytest.raises(
        NotPossible, match=r"^send_result 0 says that somebody has got the SMS, but there is nobody who could: "
    ):
        sms.send("+8613900000077", send_result=0)
    assert sms.rows("message_event") == []


def test_a_text_of_one_part_cannot_be_sent_in_part() -> None:
    with pytest.raises(NotPossible, match="was sent in part, but this one has one part only; a text of more than 70"):
        in_axb().send(send_result=9)


# --- the customer's answer ---


def ended(sms: Sms) -> tuple[int | None, list[str]]:
    sms.sent()
    (played,) = sms.stage.exchange.messages()
    return None if played.result is None else int(played.result), sms.stage.kinds()


@pytest.mark.parametrize(
    ("says", "result"),
    [
        (route(), 0),
        (answered({"actions": {"operation": "vNumberRoute", "message": {"called": B}}}), 0),
        (DISCARD, 6),
        (answered({"actions": [{"operation": "DiscardMessage"}]}), 6),
        (LATE, 7),
        (answered(b""), 7),
        (answered(b"[1]"), 7),
        (answered({"actions": []}), 7),
        (route("12345"), 7),
        (route(userData="{x}"), 7),
    ],
)
def test_an_answer_decides_at_once(says: Result, result: int) -> None:
    sms = Sms(says=says)
    assert ended(sms) == (result, ["sms_block", "sms"])
    sms.stage.pass_by(86400)
    assert sms.stage.kinds() == ["sms_block", "sms"]


@pytest.mark.parametrize(
    "says", [DOWN, answered({"actions": {"operation": "DiscardMessage"}}, 500), answered(b"", 302)]
)
def test_where_nobody_answered_or_not_200_it_is_asked_again_and_discarded_after_the_last_time(says: Result) -> None:
    sms = Sms(says=says)
    assert ended(sms) == (None, ["sms_block"])
    sms.stage.pass_by(300 * 60 - 1)
    assert sms.stage.kinds() == ["sms_block"] * 6
    sms.stage.pass_by(1)
    assert sms.stage.kinds() == ["sms_block"] * 7 + ["sms"]
    assert sms.event()["sendResult"] == 7
    assert [seconds_of(at) / 60 for at, told in sms.stage.sent if told.kind == "sms_block"] == [
        0,
        1,
        4,
        9,
        106,
        203,
        300,
    ]
    assert sms.event()["timeStamp"] == "2026-01-01T05:00:00.000Z"


def test_a_customer_that_comes_back_decides_then() -> None:
    sms = Sms(says=DOWN, profile={"sms_retry_minutes": [2], "sms_notify_time": "arrived"})
    sms.sent()
    sms.says = route()
    sms.stage.pass_by(120)
    assert sms.stage.kinds() == ["sms_block", "sms_block", "sms"]
    assert (sms.event()["sendResult"], sms.event()["timeStamp"]) == (0, "2026-01-01T00:00:00.000Z")


def test_an_answer_that_comes_after_the_end_changes_nothing() -> None:
    sms = Sms(says=LATE)
    played = sms.sent()
    sms.says = route()
    (asked,) = [delivery for delivery in sms.stage.exchange.deliveries() if delivery.kind == "sms_block"]
    sms.stage.exchange.redeliver(asked.notifications[0].notification_id)
    sms.stage.work()
    assert (played.result, sms.stage.kinds()) == (7, ["sms_block", "sms", "sms_block"])
    assert sms.rows("decided")[-1]["ignored"] == "the SMS had its end already"


def test_notify_is_pushed_again_on_the_minutes_of_sms() -> None:
    sms = in_axb()
    sms.stage.change_profile(sms_retry_minutes=[1, 5], retry_minutes=[3])
    sms.stage.answers = lambda _: DOWN
    sms.sent()
    sms.stage.pass_by(86400)
    assert [seconds_of(at) / 60 for at, _ in sms.stage.sent] == [0, 1, 5]


def test_without_addresses_nothing_is_pushed_and_nobody_can_decide() -> None:
    sms = Sms(receivers={})
    played = sms.sent()
    assert (played.result, sms.stage.kinds()) == (7, [])
    (decided,) = sms.rows("decided")
    assert decided["problem"] == "the application has no address for SMS that ask what becomes of them"
    sms = Sms(receivers={Slot.SMS: URLS[Slot.SMS]})
    assert of(sms) == (7, "0", "1")


def test_the_customers_numbers_and_extra_members_are_looked_at() -> None:
    sms = Sms(
        says=answered({"actions": [{"operation": "vNumberRoute", "message": {"called": B, "calling": C}, "urgent": 1}]})
    )
    sms.sent()
    (attempt,) = [row.attempt for row in sms.stage.ends() if row.delivery.kind == "sms_block"]
    assert attempt.verdict.remark == (
        f"the decision's urgent is ignored; the decision's calling is {C}, instead of {A} as in the Block"
    )
    sms = Sms(says=sms.says, profile={"sms_foreign_calling": "invalid"})
    sms.sent()
    (attempt,) = [row.attempt for row in sms.stage.ends() if row.delivery.kind == "sms_block"]
    assert (attempt.verdict.acknowledged, attempt.verdict.reason) == (
        False, f"answered 200, but the decision's calling is {C}, instead of {A} as in the Block",
    )  # fmt: skip


def test_the_answers_user_data_is_that_of_the_profiles_modes() -> None:
    sms = in_ax(route(userData="said"), user_data="bound")
    sms.sent(A)
    assert sms.event()["userData"] == "said"
    sms = Sms(says=route(userData="said"), profile={"sms_decision_user_data": ["AX"]})
    sms.sent()
    assert "userData" not in sms.event()


# --- what support switches on ---


@pytest.mark.parametrize(
    ("profile", "in_block", "in_notify"),
    [
        ({}, None, "hello"),
        ({"sms_content_in_block": True}, "hello", "hello"),
        ({"sms_content_text": "delivered"}, None, "hello"),
    ],
)
def test_the_text_is_carried_where_it_is_switched_on(profile, in_block, in_notify) -> None:
    sms = Sms(says=route(), profile=profile, features=frozenset({"sms_content", "area_code"}))
    sms.sent()
    assert (sms.event("sms_block").get("smsContent"), sms.event()["smsContent"]) == (in_block, in_notify)
    assert sms.event()["areaCode"] == sms.event("sms_block")["areaCode"] == "0755"


def test_the_text_is_as_it_was_sent_or_as_it_is_delivered() -> None:
    for profile, content in (({}, f"hi@{B}"), ({"sms_content_text": "delivered"}, "hi")):
        sms = Sms("AX", profile=profile, features=frozenset({"sms_content"}))
        sms.bind_ax()
        sms.sent(A, f"hi@{B}")
        assert sms.event()["smsContent"] == content


def test_settings_change_what_is_carried() -> None:
    sms = Sms("AXB", profile={"user_data_in_sms": False, "sms_event": "TextSms"})
    sms.stage.bind(user_data="u")
    sms.sent()
    assert "userData" not in sms.event()
    assert sms.event()["event"] == "TextSms"


# --- bounds ---


def test_a_full_outbox_takes_no_more_sms() -> None:
    sms = Sms("AXB", limits=Limits(outbox_per_app=1))
    sms.send()
    with pytest.raises(Busy, match="axb-demo has 1 open deliveries, as many as it may; advance the clock"):
        sms.send()


def test_so_many_ended_sms_are_kept_and_a_reset_forgets_all() -> None:
    sms = Sms("AXB", limits=Limits(messages_kept=3))
    played = [sms.sent() for _ in range(5)]
    assert list(sms.stage.exchange.messages()) == played[:1:-1]
    assert sms.stage.exchange.message(played[0].message_id) is None
    sms.stage.exchange.reset()
    assert not sms.stage.exchange.messages()


def test_a_reset_while_the_customer_is_asked_ends_without_a_word() -> None:
    sms = Sms(says=route())
    sms.send()
    asked: Delivery = sms.stage.start()
    sms.stage.exchange.reset()
    sms.stage.end(asked, route())
    sms.stage.work()
    assert sms.stage.kinds() == ["sms_block"]


def test_one_seed_tells_one_story() -> None:
    def story() -> list[bytes]:
        sms = Sms(says=route())
        sms.sent()
        return [delivery.body for _, delivery in sms.stage.sent]

    assert story() == story()
