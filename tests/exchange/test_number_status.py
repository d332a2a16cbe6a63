"""X-number status: what is pushed when X numbers change, how often, in which messages, to which address."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.contract.number_states import WrongCause, number_states
from simulator.contract.number_status import number_status
from simulator.delivery.delivery import DeliveryState
from simulator.delivery.notification import Slot
from simulator.exchange.apps import NumberSpec
from simulator.exchange.core import Busy, Limits
from simulator.telephony.errors import NotPossible
from simulator.telephony.numbering import NumberState
from tests.exchange.stage import FAILED, KEY, OK, START, URLS, A, Stage, X, always, seconds_of

S = NumberState
STATUS_URL, NUMBERS_URL = URLS[Slot.STATUS], "http://127.0.0.1:9/number-status"
RECEIVERS = {**URLS, Slot.NUMBER_STATUS: NUMBERS_URL}
Y = "+8613800000002"


@pytest.fixture
def stage() -> Stage:
    return Stage(receivers=RECEIVERS)


def change(stage: Stage, state: NumberState, cause: int | None = None, number: str = X) -> None:
    stage.exchange.console.change_number(KEY, number, state, cause)
    stage.work()


def arrears(stage: Stage, owes: bool) -> None:
    stage.exchange.console.change_arrears(KEY, arrears=owes)
    stage.work()


def told(stage: Stage) -> list[list[tuple]]:
    """Each message as its numbers, statuses and causes."""
    bodies = stage.bodies("numStatus")
    return [[(one["number"], one["status"], one.get("cause")) for one in body["numInfo"]] for body in bodies]


def many(count: int, **app) -> Stage:
    numbers = tuple(NumberSpec(f"+86170{index:08}", "0755") for index in range(count))
    return Stage(receivers=RECEIVERS, numbers=numbers, **app)


# --- when ---


def test_unusable_another_reason_and_usable_again_are_told_and_nothing_else(stage: Stage) -> None:
    for state, cause in (
        (S.NORMAL, None), (S.NORMAL, 6), (S.SUSPENDED, None), (S.SUSPENDED, None), (S.SUSPENDED, 5), (S.SUSPENDED, 5),
        (S.UNAVAILABLE, 5), (S.UNAVAILABLE, 9), (S.TRANSFERRING, None), (S.AWAITING_REAL_NAME, None), (S.NORMAL, 6),
        (S.NORMAL, None), (S.BINDING_FROZEN, None), (S.BINDING_FROZEN, None), (S.RETURNED, None), (S.RETURNED, 1),
    ):  # fmt: skip
        change(stage, state, cause)
    assert told(stage) == [
        [(X, "9", None)], [(X, "9", "5")], [(X, "10", "5")], [(X, "10", "9")], [(X, "10", None)], [(X, "5", "6")],
        [(X, "11", None)], [(X, "10", "1")],
    ]  # fmt: skip


def test_the_body_is_the_documents_one_byte_for_byte_but_for_the_blanks(stage: Stage) -> None:
    change(stage, S.UNAVAILABLE, 1)
    documented = b'{"eventType":"numStatus", "numInfo":[{"number":"+86138****0001", "status":"10", "cause":"1"}]}'
    assert len(documented) == 94
    body = stage.sent[-1][1].body
    assert body == documented.replace(b", ", b",").replace(b"+86138****0001", X.encode())


def test_a_cause_is_told_with_the_statuses_of_the_profile_only(stage: Stage) -> None:
    stage.change_profile(number_status_cause_with=["10"])
    for state, cause in ((S.SUSPENDED, 5), (S.SUSPENDED, 3), (S.UNAVAILABLE, 3), (S.NORMAL, 6)):
        change(stage, state, cause)
    assert told(stage) == [[(X, "9", None)], [(X, "10", "3")], [(X, "5", None)]]


def test_a_state_and_a_cause_that_do_not_go_together_change_nothing(stage: Stage) -> None:
    for state, cause, sentence in (
        (S.NORMAL, 2, "cause is 2 (arrears); state normal goes with 6 (restriction lifted), or none"),
        (S.BINDING_FROZEN, 6, "cause is 6 (restriction lifted); state binding_frozen has none: leave it out"),
        (S.SUSPENDED, 4, ("cause is 4, which is no cause; state suspended goes with 2 (arrears), 3 (stopped), "
                         "5 (call-restricted by the carrier), or none")),
    ):  # fmt: skip
        with pytest.raises(WrongCause) as wrong:
            stage.exchange.console.change_number(KEY, X, state, cause)
        assert str(wrong.value) == sentence
    assert stage.app.pool.get(X).state is S.NORMAL
    assert not stage.exchange.outbox.ready


# --- where ---


@pytest.mark.parametrize(
    ("receivers", "features", "url"),
    [
        (RECEIVERS, (), NUMBERS_URL),
        (RECEIVERS, ("push_number_status",), NUMBERS_URL),
        (URLS, ("push_number_status",), STATUS_URL),
        (URLS, (), None),
        ({Slot.FEE: URLS[Slot.FEE]}, ("push_number_status",), None),
    ],
)
def test_it_goes_to_its_own_address_else_to_the_call_status_address_where_that_is_switched_on(
    receivers, features, url
) -> None:
    stage = Stage(receivers=receivers, features=frozenset(features))
    change(stage, S.SUSPENDED)
    assert [delivery.url for _, delivery in stage.sent] == ([] if url is None else [url])


# --- messages ---


def test_what_changes_in_one_command_goes_out_in_messages_of_a_hundred() -> None:
    stage = many(250)
    stage.exchange.console.change_numbers(KEY, None, S.SUSPENDED, 3)
    stage.work()
    assert [len(message) for message in told(stage)] == [100, 100, 50]
    assert len({number for message in told(stage) for number, *_ in message}) == 250
    rows = [row.as_json() for row in stage.rows("state_change")]
    assert [row["what"] for row in rows].count("number_state") == 100
    assert rows[-1]["what"] == "number_states"
    assert (rows[-1]["numbers"], rows[-1]["shown"]) == (250, 100)


def test_of_several_only_those_that_changed_are_told_and_all_or_none_change(stage: Stage) -> None:
    change(stage, S.SUSPENDED, 3, Y)
    with pytest.raises(NotPossible, match="none of the 2 X numbers"):
        stage.exchange.console.change_numbers(KEY, [X, "+8613700000000"], S.SUSPENDED, 3)
    stage.exchange.console.change_numbers(KEY, [X, Y, X], S.SUSPENDED, 3)
    stage.work()
    assert told(stage) == [[(Y, "9", "3")], [(X, "9", "3")]]


def test_all_of_an_application_are_those_that_were_not_returned(stage: Stage) -> None:
    change(stage, S.RETURNED, number=Y)
    chosen = stage.exchange.console.change_numbers(KEY, None, S.UNAVAILABLE)
    stage.exchange.console.change_numbers(KEY, None, S.NORMAL)
    stage.work()
    assert [x_number.number for x_number in chosen] == [X]
    assert told(stage) == [[(Y, "10", "1")], [(X, "10", None)], [(X, "5", None)]]


def test_each_number_of_a_message_is_found_by_its_notification_and_by_itself(stage: Stage) -> None:
    stage.exchange.console.change_numbers(KEY, None, S.UNAVAILABLE, 8)
    (delivery,) = stage.exchange.deliveries()
    assert (delivery.about_id, delivery.number, delivery.call_id, delivery.message_id) == (X, X, None, None)
    assert [each.about_id for each in delivery.notifications] == [X, Y]
    for each in delivery.notifications:
        assert stage.exchange.delivery_of(each.notification_id) is delivery
        assert stage.exchange.deliveries(each.about_id) == (delivery,)


def test_a_message_waits_for_the_first_attempts_about_each_of_its_numbers(stage: Stage) -> None:
    console, outbox = stage.exchange.console, stage.exchange.outbox
    console.change_number(KEY, X, S.SUSPENDED)
    console.change_number(KEY, Y, S.SUSPENDED)
    console.change_numbers(KEY, None, S.NORMAL)
    console.change_number(KEY, Y, S.UNAVAILABLE)
    first, second = stage.start(), stage.start()
    assert not outbox.ready
    stage.end(second, FAILED)
    assert not outbox.ready
    stage.end(first, OK)
    assert [each.about_id for each in outbox.ready[0].notifications] == [X, Y]
    stage.work()
    assert told(stage)[2:] == [[(X, "5", None), (Y, "5", None)], [(Y, "10", None)]]
    assert len(outbox._chains) == 0


# --- arrears ---


def test_arrears_suspend_all_and_their_payment_restores_what_was(stage: Stage) -> None:
    change(stage, S.BINDING_FROZEN, number=Y)
    arrears(stage, owes=True)
    arrears(stage, owes=True)
    change(stage, S.NORMAL)
    arrears(stage, owes=False)
    assert told(stage) == [
        [(Y, "11", None)],
        [(X, "9", "2"), (Y, "9", "2")],
        [(X, "5", None), (Y, "11", None)],
    ]


def test_arrears_leave_alone_what_is_out_of_order_and_a_changed_application_says_them_too(stage: Stage) -> None:
    change(stage, S.UNAVAILABLE, 7, Y)
    stage.exchange.change_app(KEY, arrears=True, requests_per_minute=5)
    stage.work()
    stage.exchange.change_app(KEY, arrears=False)
    stage.exchange.change_app(KEY, requests_per_minute=None)
    stage.work()
    assert told(stage)[1:] == [[(X, "9", "2")], [(X, "5", None)]]
    assert stage.app.pool.get(Y).cause == 7
    whats = [(row.as_json()["what"], row.as_json().get("numbers")) for row in stage.rows("state_change")]
    assert whats.count(("arrears", 1)) == 2


def test_an_application_that_owes_from_the_start_is_told_when_it_has_paid() -> None:
    stage = Stage(receivers=RECEIVERS, arrears=True)
    stage.exchange.add_numbers(KEY, [NumberSpec("+8613800000003", "0755")])
    stage.work()
    assert told(stage) == []
    arrears(stage, owes=False)
    assert [len(message) for message in told(stage)] == [3]


def test_calls_to_what_is_suspended_end_with_8055_and_work_again_after(stage: Stage) -> None:
    stage.bind()
    for owes, cause in ((True, 8055), (False, 0)):
        arrears(stage, owes)
        played = stage.dial(A, X, talks_seconds=5)
        stage.pass_by(60)
        assert played.cdr.release.cause == cause


# --- retries and bounds ---


@pytest.mark.parametrize(("retried", "minutes"), [(True, [0, 1, 4, 9, 106, 203, 300]), (False, [0])])
def test_it_is_pushed_again_like_cdrs_unless_the_profile_says_never(stage: Stage, retried, minutes) -> None:
    stage.change_profile(number_status_retried=retried)
    stage.answers = always(FAILED)
    change(stage, S.SUSPENDED)
    stage.pass_by(24 * 3600)
    assert [seconds_of(at) / 60 for at, _ in stage.sent] == minutes
    assert stage.sent[0][1].state is DeliveryState.EXHAUSTED
    assert stage.exchange.outbox.exhausted() == stage.exchange.outbox.exhausted(KEY) == 1


def test_a_full_outbox_refuses_the_command_and_changes_nothing() -> None:
    stage = Stage(receivers=RECEIVERS, limits=Limits(outbox_per_app=1))
    stage.exchange.console.change_number(KEY, X, S.SUSPENDED)
    for command in (
        lambda: stage.exchange.console.change_number(KEY, Y, S.SUSPENDED),
        lambda: stage.exchange.console.change_arrears(KEY, arrears=True),
        lambda: stage.exchange.change_app(KEY, arrears=True, requests_per_minute=5),
    ):
        with pytest.raises(Busy, match="has 1 open deliveries, as many as it may; advance the clock"):
            command()
    assert stage.app.pool.get(Y).state is S.NORMAL
    assert (stage.app.spec.arrears, stage.app.spec.requests_per_minute) == (False, None)


def test_forgetting_leaves_nothing_behind(stage: Stage) -> None:
    stage.exchange.console.change_numbers(KEY, None, S.SUSPENDED)
    stage.exchange.console.change_number(KEY, X, S.NORMAL)
    stage.exchange.reset(KEY)
    assert (len(stage.exchange.outbox._chains), list(stage.exchange.outbox.ready)) == (0, [])
    assert stage.now == START


# --- any story ---

PAIRS = [(state, cause) for state, row in number_states().items() for cause in (None, *row.causes)]
COMMANDS = st.one_of(
    st.tuples(st.sampled_from([[X], [Y], [X, Y], None]), st.sampled_from(PAIRS)),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(story=st.lists(COMMANDS, max_size=12))
def test_whatever_happens_the_last_that_was_told_is_what_is_and_nothing_is_told_twice(story: list) -> None:
    stage = Stage(receivers=RECEIVERS)
    for command in story:
        if isinstance(command, bool):
            stage.exchange.console.change_arrears(KEY, arrears=command)
        else:
            numbers, (state, cause) = command
            stage.exchange.console.change_numbers(KEY, numbers, state, cause)
        stage.work()
    for number in (X, Y):
        news = [(status, cause) for message in told(stage) for one, status, cause in message if one == number]
        x_number = stage.app.pool.held(number)
        now = number_status(x_number, stage.app.profile)
        assert (news or [("5", None)])[-1][0] == now["status"]
        assert x_number.state is S.NORMAL or (news or [("5", None)])[-1][1] == now.get("cause")
        assert all(before != after for before, after in pairwise([("5", None), *news]))
    assert stage.exchange.violations == 0
    assert len(stage.exchange.outbox._chains) == 0


def test_a_restriction_that_was_never_there_is_lifted_without_a_word() -> None:
    stage = Stage(receivers=RECEIVERS)
    for cause in (6, None):
        stage.exchange.console.change_numbers(KEY, [X], S.NORMAL, cause)
        stage.work()
    assert told(stage) == []
