"""A notification's life: the schedule, the table of steps, the platform's verdict, batches, signatures."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator.delivery.batch import batches
from simulator.delivery.delivery import DELIVERY_TRANSITIONS, FINISHED, Delivery, DeliveryState, ImpossibleStep
from simulator.delivery.notification import Notification, Slot
from simulator.delivery.outcome import Answered, Unanswered, in_brief, judge
from simulator.delivery.schedule import Schedule
from simulator.delivery.signature import Scheme, digest

AT = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENTED = (1, 4, 9, 106, 203, 300)
OK, DOWN = Answered(200, "OK"), Unanswered("connect", "nobody listens")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def delivery_in(state: DeliveryState) -> Delivery:
    notification = Notification("n-1", "app", "callin", "call-1", AT, b"{}")
    delivery = Delivery("d-1", "app", Slot.STATUS, "http://127.0.0.1/", (notification,), b"{}", AT)
    delivery.state = state
    return delivery


def one_attempt(delivery: Delivery, result, at: datetime, schedule: Schedule) -> datetime | None:
    delivery.start(at)
    delivery.end(result, at, 0.5, {200})
    return delivery.settle(schedule)


# --- schedule ---


def test_minutes_count_from_the_first_failure() -> None:
    schedule = Schedule(DOCUMENTED)
    got = [schedule.next_after(n, AT, AT + minutes(0.5)) for n in range(1, 9)]
    assert got == [*(AT + minutes(m) for m in DOCUMENTED), None, None]


def test_successive_minutes_count_from_the_failure_before() -> None:
    schedule = Schedule((1, 4, 9), successive=True)
    last = AT + minutes(50)
    assert [schedule.next_after(n, AT, last) for n in (1, 2, 3, 4)] == [
        last + minutes(1),
        last + minutes(4),
        last + minutes(9),
        None,
    ]


def test_a_retry_is_never_due_before_the_failure_that_causes_it() -> None:
    late = AT + minutes(30)
    assert Schedule(DOCUMENTED).next_after(2, AT, late) == late


def test_without_minutes_nothing_is_tried_again() -> None:
    assert Schedule(()).next_after(1, AT, AT) is None


# --- the life of a delivery ---


@pytest.mark.parametrize("before", DeliveryState)
@pytest.mark.parametrize("after", DeliveryState)
def test_every_step_is_in_the_table_or_refused_and_changes_nothing(before: DeliveryState, after: DeliveryState) -> None:
    delivery = delivery_in(before)
    if after in DELIVERY_TRANSITIONS[before]:
        delivery._step(after)
        assert delivery.state is after
    else:
        with pytest.raises(ImpossibleStep, match=f"is {before.value} and cannot become {after.value}"):
            delivery._step(after)
        assert delivery.state is before


def test_the_table_has_a_row_for_every_state_and_a_way_to_both_ends() -> None:
    assert set(DELIVERY_TRANSITIONS) == set(DeliveryState)
    assert set(FINISHED) <= set(DELIVERY_TRANSITIONS[DeliveryState.IN_FLIGHT])


@pytest.mark.parametrize("state", [state for state in DeliveryState if state is not DeliveryState.QUEUED])
def test_an_attempt_that_may_not_start_leaves_no_trace(state: DeliveryState) -> None:
    delivery = delivery_in(state)
    with pytest.raises(ImpossibleStep):
        delivery.start(AT)
    assert delivery.attempts == []


@pytest.mark.parametrize("state", [state for state in DeliveryState if state is not DeliveryState.IN_FLIGHT])
def test_only_a_running_attempt_can_end(state: DeliveryState) -> None:
    with pytest.raises(ImpossibleStep, match="no attempt of it is running"):
        delivery_in(state).end(OK, AT, 0.1, {200})


def test_an_attempt_is_settled_only_after_it_ended() -> None:
    delivery = delivery_in(DeliveryState.QUEUED)
    delivery.start(AT)
    with pytest.raises(ImpossibleStep, match="attempt 1 of d-1 has not ended"):
        delivery.settle(Schedule(DOCUMENTED))
    assert delivery.state is DeliveryState.IN_FLIGHT


def test_failures_follow_the_schedule_until_it_is_used_up() -> None:
    delivery, at, due = delivery_in(DeliveryState.QUEUED), AT, []
    while (retry_at := one_attempt(delivery, DOWN, at, Schedule(DOCUMENTED))) is not None:
        assert delivery.state is DeliveryState.WAITING
        due.append(retry_at)
        delivery.queue(retry_at)
        at = retry_at
    assert due == [AT + minutes(m) for m in DOCUMENTED]
    assert delivery.state is DeliveryState.EXHAUSTED
    assert [attempt.number for attempt in delivery.attempts] == [1, 2, 3, 4, 5, 6, 7]


def test_a_success_ends_it() -> None:
    delivery = delivery_in(DeliveryState.QUEUED)
    assert one_attempt(delivery, OK, AT, Schedule(DOCUMENTED)) is None
    assert delivery.state is DeliveryState.ACKNOWLEDGED


def test_sent_again_after_a_success_its_failures_are_counted_anew() -> None:
    delivery, schedule, later = delivery_in(DeliveryState.QUEUED), Schedule(DOCUMENTED), AT + timedelta(days=1)
    one_attempt(delivery, OK, AT, schedule)
    delivery.redeliver(later)
    assert one_attempt(delivery, DOWN, later, schedule) == later + minutes(1)
    assert delivery.redeliveries == 1


def test_sent_again_after_exhaustion_its_schedule_begins_anew() -> None:
    delivery, schedule, later = delivery_in(DeliveryState.QUEUED), Schedule((1,)), AT + timedelta(days=1)
    for at in (AT, AT + minutes(1)):
        one_attempt(delivery, DOWN, at, schedule)
        if delivery.state is DeliveryState.WAITING:
            delivery.queue(at)
    assert delivery.state is DeliveryState.EXHAUSTED
    delivery.redeliver(later)
    assert one_attempt(delivery, DOWN, later, schedule) == later + minutes(1)
    delivery.queue(later)
    assert one_attempt(delivery, DOWN, later + minutes(1), schedule) is None
    assert (delivery.state, delivery.redeliveries) == (DeliveryState.EXHAUSTED, 1)


def test_an_attempt_remembers_its_result_in_brief() -> None:
    delivery = delivery_in(DeliveryState.QUEUED)
    delivery.start(AT)
    attempt = delivery.end(Answered(500, "Oops", (("a", "b"),), b"x" * 9, 90), AT + minutes(1), 2.5, {200})
    assert attempt.result == Answered(500, "Oops", (), b"", 90)
    assert (attempt.started_at, attempt.ended_at, attempt.wall_seconds) == (AT, AT + minutes(1), 2.5)
    assert in_brief(DOWN) is DOWN


# --- the verdict ---


@pytest.mark.parametrize(
    ("result", "acknowledged", "reason", "remark"),
    [
        (OK, True, "answered 200", ""),
        (Answered(200, body=b"{}", body_length=2), True, "answered 200", "a body of 2 bytes where none is due"),
        (Answered(204, "No Content"), False, "answered 204 No Content where 200 is success", ""),
        (Answered(302), False, "answered 302 where 200 is success; the platform follows no redirects", ""),
        (Answered(500), False, "answered 500 where 200 is success", ""),
        (Unanswered("timeout", "no answer within 10 s"), False, "no answer within 10 s", ""),
        (DOWN, False, "nobody listens", ""),
    ],
)  # fmt: skip
def test_only_the_success_status_is_a_success(result, acknowledged: bool, reason: str, remark: str) -> None:
    verdict = judge(result, (200,))
    assert (verdict.acknowledged, verdict.reason) == (acknowledged, reason)
    assert remark in verdict.remark
    assert bool(remark) == bool(verdict.remark)


def test_the_profile_may_name_more_successes() -> None:
    assert judge(Answered(204), (204, 200)).acknowledged
    assert judge(Answered(201), (204, 200)).reason == "answered 201 where 200 or 204 is success"


# --- batches and signatures ---


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (50, [50]), (51, [50, 1]), (120, [50, 50, 20])])
def test_a_batch_has_at_most_its_limit_and_keeps_the_order(count: int, sizes: list[int]) -> None:
    cut = list(batches(range(count), 50))
    assert [len(batch) for batch in cut] == sizes
    assert [one for batch in cut for one in batch] == list(range(count))


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        (Scheme.AKSK, "zF1iBETEfRkYCOWbUTf6HmG9kdBwqIZDKuP+C2QhFmA="),
        (Scheme.WSSE, "qCmRwZJ+sLreruMAe0Y/cBn8Gu3pPt/g295jaoOmQkY="),
    ],
)
def test_a_digest_is_that_of_the_test_vector(scheme: Scheme, expected: str) -> None:
    nonce, created = "66C92B11FF8A425FB8D4CCFE0ED9ED1F", "2018-02-12T15:30:20Z"
    assert digest(scheme, "cfc8secret", nonce, created) == expected
