"""An SMS's way through X: what is said of every text and number (notifications.md 4)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.telephony.bindings.ax import AxBindings
from simulator.telephony.bindings.axb import AxbBindings
from simulator.telephony.commands.ax import BindAx
from simulator.telephony.commands.axb import BindAxb
from simulator.telephony.messages import (
    SendResult,
    Sms,
    SmsDirection,
    SmsRules,
    addressed,
    decided_way,
    through_ax,
    through_axb,
    through_x,
)

X, A, B, C = "+8613800000001", "+8613900000001", "+8613900000002", "+8613900000003"
AT = datetime(2026, 1, 1, tzinfo=UTC)
TEXTS = st.text(max_size=200)
MOBILES = st.from_regex(r"\A\+861[3-9][0-9]{9}\Z")
BARRED = SmsRules(SendResult.X_SUSPENDED, blacklist=(A,), keyword="order", forbidden_words=("loan",))


def ax(**members) -> AxBindings:
    bindings = AxBindings()
    bindings.bind(BindAx(A, x_number=X, **members), X, "s", AT)
    return bindings


def axb(**members) -> AxbBindings:
    bindings = AxbBindings()
    bindings.bind(BindAxb(A, B, x_number=X, **members), X, "s", AT)
    return bindings


@given(TEXTS, MOBILES)
def test_what_is_addressed_is_stripped_and_named(text: str, number: str) -> None:
    assert addressed(f"{text}@{number}") == (text, number)
    assert addressed(f"{text}@{number.removeprefix('+86')}") == (text, number)


@given(TEXTS)
def test_a_text_without_a_number_stays_as_it_is(text: str) -> None:
    assert addressed(text.replace("@", "")) == (text.replace("@", ""), None)
    assert addressed(f"{text.replace('@', '')}＠{B}")[1] is None


@given(TEXTS)
def test_who_writes_to_an_x_of_ax_reaches_a_whatever_the_text(text: str) -> None:
    way = through_ax(Sms(C, X, text), ax(), SmsRules())
    assert (way.destination, way.direction, way.delivered) == (A, SmsDirection.TO_A, f"{text}[From{C}]")
    assert way.counted == way.delivered


@given(TEXTS)
def test_a_either_names_somebody_or_the_customer_is_asked(text: str) -> None:
    way = through_ax(Sms(A, X, text), ax(), SmsRules())
    assert way.asks == (addressed(text)[1] is None)
    assert way.counted == text


@given(TEXTS, st.sampled_from([A, B]))
def test_axb_changes_no_text(text: str, sender: str) -> None:
    way = through_axb(Sms(sender, X, text), axb(), SmsRules())
    assert (way.counted, way.delivered) == (text, text)
    assert way.destination == ({A, B} - {sender}).pop()


def test_mode_x_asks_and_is_told_who_gets_it() -> None:
    way = through_x(Sms(A, X, "hello"), SmsRules())
    assert (way.asks, way.direction) == (True, SmsDirection.FROM_A)
    assert decided_way(way, B, "u", SmsRules()).destination == B
    assert decided_way(way, "+8675512345678", None, SmsRules()).refusal is SendResult.NOTHING_SENT


@pytest.mark.parametrize(
    ("rules", "sender", "text", "result"),
    [
        (BARRED, A, "loan", SendResult.X_SUSPENDED),
        (SmsRules(blacklist=(A, C), keyword="order"), A, "loan", SendResult.BLACKLISTED),
        (SmsRules(blacklist=(C,), keyword="order"), C, "loan", SendResult.BLACKLISTED),
        (SmsRules(keyword="order"), C, "loan", SendResult.NO_BINDING),
        (SmsRules(keyword="order", forbidden_words=("loan",)), A, "loan", SendResult.KEYWORD_MISSING),
        (SmsRules(forbidden_words=("loan",)), A, "loan", SendResult.FORBIDDEN_WORD),
        (SmsRules(), A, "loan", None),
    ],
)
def test_the_first_that_stands_in_the_way_is_told(
    rules: SmsRules, sender: str, text: str, result: SendResult | None
) -> None:
    assert through_axb(Sms(sender, X, text), axb(), rules).refusal is result


def test_a_refused_sms_says_which_way_it_was_to_go() -> None:
    way = through_axb(Sms(B, X, "hello"), axb(sms=False, user_data="u"), SmsRules())
    assert (way.refusal, way.direction) == (SendResult.NO_SMS_ABILITY, SmsDirection.TO_A)
    assert (way.subscription_id, way.user_data, way.asks) == ("s", "u", False)
    assert through_ax(Sms(B, X, "x"), AxBindings(), SmsRules()).direction is SmsDirection.ABNORMAL
