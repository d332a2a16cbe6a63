"""When what failed is pushed again, kind by kind, on a clock that is moved by hand (notifications.md 1.3)."""

from datetime import timedelta

import pytest

from simulator.delivery.delivery import DeliveryState, ImpossibleStep
from simulator.delivery.notification import Slot
from simulator.delivery.outcome import Answered
from simulator.exchange.posting import notification
from simulator.telephony.numbering import NumberState
from tests.exchange.stage import FAILED, KEY, OK, URLS, Stage, X, always, seconds_of

DOCUMENTED = [1, 4, 9, 106, 203, 300]
EVERYWHERE = {**URLS, Slot.NUMBER_STATUS: "http://127.0.0.1:9/x", Slot.SMS: "http://127.0.0.1:9/sms"}
BUSY = Answered(503, "Service Unavailable", (("Retry-After", "7200"),))


def a_stage(mode: str = "AXB", **profile) -> Stage:
    stage = Stage(mode=mode, receivers=EVERYWHERE, profile=profile)
    stage.answers = always(FAILED)
    if mode == "AXB":
        stage.bind()
    return stage


def minutes_of(stage: Stage, kind: str) -> list[float]:
    """When a kind of notification was sent, in minutes after its first attempt."""
    starts = [seconds_of(at) for at, delivery in stage.sent if delivery.kind == kind]
    return [(start - starts[0]) / 60 for start in starts]


def send_a_text(stage: Stage) -> None:
    told = notification(stage.exchange.core, KEY, "sms-1", "sms", stage.now, b"{}")
    stage.exchange.outbox.push(stage.app, Slot.SMS, told)


# --- the documented minutes, kind by kind ---


@pytest.mark.parametrize("kind", ["callin", "callout", "alerting", "answer", "disconnect", "fee"])
def test_call_events_and_cdrs_come_again_at_the_documented_minutes_and_are_then_given_up(kind: str) -> None:
    stage = a_stage()
    stage.dial(talks_seconds=5)
    stage.pass_by(24 * 3600)
    assert minutes_of(stage, kind) == [0, *DOCUMENTED]
    assert {delivery.state for _, delivery in stage.sent} == {DeliveryState.EXHAUSTED}
    assert stage.exchange.outbox.exhausted(KEY) == 6


def test_the_arrival_of_mode_x_never_comes_again_and_the_rest_of_the_call_does() -> None:
    stage = a_stage("X")
    stage.dial()
    stage.pass_by(24 * 3600)
    assert minutes_of(stage, "callin") == [0]
    assert minutes_of(stage, "disconnect") == minutes_of(stage, "fee") == [0, *DOCUMENTED]


def test_the_arrival_of_mode_x_comes_again_where_the_profile_says_so() -> None:
    stage = a_stage("X", x_callin_retried=True)
    stage.dial()
    stage.pass_by(24 * 3600)
    assert minutes_of(stage, "callin") == [0, *DOCUMENTED]


def test_sms_and_number_status_have_schedules_of_their_own() -> None:
    stage = a_stage()
    send_a_text(stage)
    stage.exchange.console.change_number(KEY, X, NumberState.SUSPENDED)
    stage.pass_by(24 * 3600)
    assert minutes_of(stage, "sms") == [0, *stage.app.schedule_of(Slot.SMS).after_minutes]
    assert minutes_of(stage, "numStatus") == [0, *stage.app.schedule_of(Slot.NUMBER_STATUS).after_minutes]


@pytest.mark.parametrize(
    ("mode", "settings", "slot", "minutes"),
    [
        ("AXB", {}, Slot.STATUS, DOCUMENTED),
        ("AXB", {}, Slot.CALLIN, DOCUMENTED),
        ("AXE", {}, Slot.CALLIN, DOCUMENTED),
        ("X", {}, Slot.CALLIN, []),
        ("X", {"x_callin_retried": True, "retry_minutes": [2]}, Slot.CALLIN, [2]),
        ("X", {}, Slot.FEE, DOCUMENTED),
        ("X", {}, Slot.NUMBER_STATUS, DOCUMENTED),
        ("X", {"number_status_retried": False}, Slot.NUMBER_STATUS, []),
        ("AX", {"retry_minutes": []}, Slot.FEE, []),
    ],
)  # fmt: skip
def test_each_address_has_its_schedule(mode: str, settings: dict, slot: Slot, minutes: list[float]) -> None:
    assert list(Stage(mode=mode, profile=settings).app.schedule_of(slot).after_minutes) == minutes


# --- measured from ---


@pytest.mark.parametrize(
    ("measured_from", "minutes"),
    [("first_failure", [0, 1, 4, 9, 106, 203, 300]), ("previous_attempt", [0, 1, 5, 14, 120, 323, 623])],
)
def test_minutes_are_measured_as_the_profile_says(measured_from: str, minutes: list[float]) -> None:
    stage = a_stage(retry_measured_from=measured_from)
    stage.dial(outcome="busy")
    stage.pass_by(24 * 3600)
    assert minutes_of(stage, "callin") == minutes_of(stage, "fee") == minutes


def test_a_changed_schedule_holds_for_the_next_failure() -> None:
    stage = a_stage(retry_minutes=[10, 20])
    stage.dial(outcome="busy")
    stage.pass_by(60)
    stage.change_profile(retry_minutes=[10, 15, 16])
    stage.pass_by(24 * 3600)
    assert minutes_of(stage, "callin") == [0, 10, 15, 16]


def test_retry_after_is_not_the_platforms_habit() -> None:
    stage = a_stage()
    stage.answers = always(BUSY)
    stage.dial(outcome="busy")
    stage.pass_by(24 * 3600)
    assert minutes_of(stage, "callin") == [0, *DOCUMENTED]
    reason = "answered 503 Service Unavailable where 200 is success; the platform takes no notice of Retry-After"
    assert {row.as_json()["reason"] for row in stage.ends()} == {reason}


def test_the_journal_says_when_the_next_attempt_comes() -> None:
    stage = a_stage(sms_retry_minutes=[3])
    send_a_text(stage)
    stage.pass_by(3600)
    first, last = [row.as_json() for row in stage.ends()]
    assert (first["state"], first["retry_at"]) == ("waiting", "2026-01-01T00:03:00.000000Z")
    assert (last["state"], "retry_at" in last) == ("exhausted", False)


# --- by hand ---


def sent_by_hand(stage: Stage, kind: str = "callin") -> None:
    delivery = next(delivery for _, delivery in stage.sent if delivery.kind == kind)
    stage.exchange.redeliver(delivery.notifications[0].notification_id)


def test_what_was_given_up_has_its_whole_schedule_again() -> None:
    stage = a_stage()
    stage.dial(outcome="busy")
    stage.pass_by(24 * 3600)
    given_up = stage.exchange.outbox.exhausted(KEY)
    sent_by_hand(stage)
    assert stage.exchange.outbox.exhausted(KEY) == given_up - 1
    stage.pass_by(24 * 3600)
    day = 24 * 60
    assert minutes_of(stage, "callin") == [0, *DOCUMENTED, day, *(day + minutes for minutes in DOCUMENTED)]
    assert stage.exchange.outbox.exhausted(KEY) == given_up
    assert stage.sent[0][1].redeliveries == 1


def test_what_waits_is_sent_at_once_and_its_old_retry_never_comes() -> None:
    stage = a_stage()
    stage.dial(outcome="busy")
    stage.pass_by(5 * 60)
    sent_by_hand(stage)
    stage.pass_by(24 * 3600)
    assert minutes_of(stage, "callin") == [0, 1, 4, 5, *(5 + minutes for minutes in DOCUMENTED)]


def test_what_was_acknowledged_is_sent_again_and_retried_when_that_fails() -> None:
    stage = a_stage()
    stage.answers = always(OK)
    stage.dial(outcome="busy")
    stage.pass_by(60)
    stage.answers = always(FAILED)
    sent_by_hand(stage, "fee")
    stage.pass_by(120)
    fee = next(delivery for _, delivery in stage.sent if delivery.kind == "fee")
    assert [attempt.verdict.acknowledged for attempt in fee.attempts] == [True, False, False]
    assert (fee.state, fee.redeliveries) == (DeliveryState.WAITING, 1)
    assert stage.exchange.outbox.open_deliveries(KEY) == 1


def test_what_is_on_its_way_is_refused_and_not_counted() -> None:
    stage = a_stage()
    send_a_text(stage)
    delivery = stage.start()
    with pytest.raises(ImpossibleStep, match="is in_flight and cannot become queued"):
        stage.exchange.redeliver(delivery.delivery_id)
    assert delivery.redeliveries == 0


def test_each_notification_of_a_batch_that_was_given_up_counts() -> None:
    stage = a_stage(retry_minutes=[], merge_window_seconds=60)
    for _ in range(3):
        stage.dial(outcome="busy")
    stage.pass_by(3600)
    assert len({delivery.delivery_id for _, delivery in stage.sent if delivery.kind == "fee"}) == 1
    assert stage.exchange.outbox.exhausted(KEY) == 3 * 3 + 3
    assert len(stage.exchange.deliveries(state=DeliveryState.EXHAUSTED)) == 3 * 3 + 1
    stage.exchange.reset(KEY)
    assert stage.exchange.outbox.exhausted() == 0
    assert stage.now - stage.sent[0][0] > timedelta(0)
