"""Order and delivery: a call's first attempts one after the other, CDRs after them and merged, retries on schedule."""

from datetime import timedelta

import pytest

from simulator.delivery.delivery import DeliveryState, ImpossibleStep
from simulator.delivery.notification import Slot
from simulator.delivery.outcome import Answered
from simulator.exchange.core import Busy, Limits
from simulator.telephony.errors import NotPossible
from tests.exchange.stage import FAILED, KEY, OK, START, URLS, Stage, always, seconds_of

STORY = ["callin", "callout", "alerting", "answer", "disconnect", "fee"]
MINUTES = [0, 1, 4, 9, 106, 203, 300]


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.bind()
    return stage


def ready(stage: Stage) -> list[str]:
    return [delivery.kind for delivery in stage.exchange.outbox.ready]


# --- order ---


def test_a_call_is_told_in_order_and_its_cdr_when_the_merge_window_has_closed(stage: Stage) -> None:
    played = stage.dial()
    stage.pass_by(60)
    assert [(delivery.kind, seconds_of(at)) for at, delivery in stage.sent] == [
        ("callin", 0), ("callout", 0), ("alerting", 1), ("answer", 3), ("disconnect", 13), ("fee", 14),
    ]  # fmt: skip
    assert played.delivery_ids == [delivery.delivery_id for _, delivery in stage.sent]


def test_the_next_of_a_call_waits_for_the_end_of_the_one_before(stage: Stage) -> None:
    stage.dial()
    slow = stage.start()
    assert (slow.kind, ready(stage)) == ("callin", [])
    stage.exchange.clock.jump(START + timedelta(seconds=30))
    stage.exchange.now()
    assert ready(stage) == []
    stage.end(slow)
    assert ready(stage) == ["callout"]
    stage.work()
    assert stage.kinds() == STORY


def test_another_call_waits_for_nobody(stage: Stage) -> None:
    stage.dial()
    stage.start()
    stage.dial()
    assert ready(stage) == ["callin"]


def test_a_failed_first_attempt_holds_nothing_back(stage: Stage) -> None:
    stage.answers = always(FAILED)
    stage.dial()
    stage.pass_by(30)
    assert stage.kinds() == STORY


def test_a_retry_that_is_on_its_way_holds_nothing_back(stage: Stage) -> None:
    stage.answers = lambda delivery: FAILED if delivery.kind == "callin" else OK
    stage.dial(rings_seconds=80)
    stage.pass_by(59)
    stage.exchange.clock.jump(START + timedelta(seconds=60))
    stage.exchange.now()
    retry = stage.start()
    assert (retry.kind, len(retry.attempts)) == ("callin", 2)
    stage.exchange.clock.jump(START + timedelta(seconds=81))
    stage.exchange.now()
    assert ready(stage) == ["answer"]


def test_a_cdr_waits_for_the_first_attempt_of_its_disconnect(stage: Stage) -> None:
    stage.dial(outcome="busy")
    for _ in range(2):
        stage.end(stage.start())
    stage.exchange.clock.jump(START + timedelta(seconds=1))
    stage.exchange.now()
    disconnect = stage.start()
    assert disconnect.kind == "disconnect"
    stage.exchange.clock.jump(START + timedelta(seconds=90))
    stage.exchange.now()
    assert ready(stage) == []
    stage.end(disconnect, FAILED)
    assert ready(stage) == ["fee"]


def test_the_late_cdrs_of_one_instant_go_out_together(stage: Stage) -> None:
    calls = [stage.dial(outcome="busy") for _ in range(3)]
    stage.exchange.clock.jump(START + timedelta(seconds=5))
    stage.exchange.now()
    while stage.exchange.outbox.ready:
        for delivery in [stage.start() for _ in list(stage.exchange.outbox.ready)]:
            stage.exchange.outbox.end(delivery, OK, 0.0)  # all of a wave, before anybody looks at the time
        stage.exchange.now()
    assert [len(body["feeLst"]) for body in stage.bodies("fee")] == [3]
    assert {cdr["sessionId"] for cdr in stage.cdrs()} == {played.call.session_id for played in calls}


# --- merging ---


def test_cdrs_of_calls_that_end_within_the_window_are_merged_and_the_next_open_another(stage: Stage) -> None:
    for talks in (10, 10.5, 10.9, 11.1):
        stage.dial(talks_seconds=talks)
    stage.pass_by(60)
    assert [len(body["feeLst"]) for body in stage.bodies("fee")] == [3, 1]
    assert [seconds_of(at) for at, delivery in stage.sent if delivery.kind == "fee"] == [14, 15.1]


def test_a_message_has_at_most_fifty_cdrs(stage: Stage) -> None:
    calls = [stage.dial(outcome="busy") for _ in range(120)]
    stage.pass_by(10)
    assert [len(body["feeLst"]) for body in stage.bodies("fee")] == [50, 50, 20]
    assert [cdr["sessionId"] for cdr in stage.cdrs()] == [played.call.session_id for played in calls]
    assert all(played.delivery_ids[-1] for played in calls)


def test_window_and_limit_are_the_profiles(stage: Stage) -> None:
    stage.change_profile(merge_window_seconds=30, merge_limit=2)
    for talks in (10, 20, 30, 50):
        stage.dial(talks_seconds=talks)
    stage.pass_by(90)
    assert [len(body["feeLst"]) for body in stage.bodies("fee")] == [2, 1, 1]
    assert [seconds_of(at) for at, delivery in stage.sent if delivery.kind == "fee"] == [43, 43, 83]


def test_a_batch_never_changes_once_it_was_sent(stage: Stage) -> None:
    stage.answers = always(FAILED)
    stage.dial(outcome="busy")
    stage.pass_by(30)
    stage.dial(outcome="busy")
    stage.pass_by(6 * 3600)
    first, second = {delivery for _, delivery in stage.sent if delivery.kind == "fee"}
    assert len(first.notifications) == len(second.notifications) == 1
    assert len(first.attempts) == len(second.attempts) == 7


# --- receivers ---


def test_an_application_without_receivers_pushes_nothing_and_its_calls_go_on() -> None:
    stage = Stage(receivers={})
    stage.bind(record=True)
    played = stage.dial()
    stage.pass_by(3600)
    assert (stage.sent, stage.attempts(), played.delivery_ids) == ([], [], [])
    assert played.cdr is not None
    assert played.recording is not None


@pytest.mark.parametrize(
    ("receivers", "told"),
    [
        ({Slot.STATUS: "http://s"}, [(kind, "http://s") for kind in STORY[:5]]),
        ({Slot.FEE: "http://f"}, [("fee", "http://f")]),
        ({Slot.CALLIN: "http://c"}, [("callin", "http://c")]),
        (
            {Slot.STATUS: "http://s", Slot.CALLIN: "http://c"},
            [("callin", "http://c"), *((kind, "http://s") for kind in STORY[1:5])],
        ),
    ],
)
def test_each_slot_goes_to_its_address_and_callin_falls_back_to_status(receivers: dict, told: list) -> None:
    stage = Stage(receivers=receivers)
    stage.bind()
    stage.dial()
    stage.pass_by(60)
    assert [(delivery.kind, delivery.url) for _, delivery in stage.sent] == told


def test_a_cdr_whose_receiver_was_taken_away_goes_nowhere_but_its_recording_still_ages() -> None:
    stage = Stage()
    stage.bind(record=True)
    played = stage.dial()
    stage.pass_by(13)
    stage.change_receivers({})
    stage.pass_by(60)
    assert "fee" not in stage.kinds()
    assert played.recording.deleted_at == START + timedelta(days=7, seconds=14)


# --- retries ---


def test_retries_come_1_4_9_106_203_300_minutes_after_the_first_failure_and_then_it_is_exhausted(stage: Stage) -> None:
    stage.answers = always(FAILED)
    played = stage.dial()
    stage.pass_by(24 * 3600)
    for delivery_id, first_at in zip(played.delivery_ids, (0, 0, 1, 3, 13, 14), strict=True):
        delivery = stage.exchange.delivery_of(delivery_id)
        assert [seconds_of(attempt.started_at) for attempt in delivery.attempts] == [first_at + 60 * m for m in MINUTES]
        assert delivery.state is DeliveryState.EXHAUSTED
    assert stage.exchange.outbox.open_deliveries(KEY) == 0
    assert len(stage.exchange.deadlines) == 0


def test_retries_may_be_measured_from_the_attempt_before(stage: Stage) -> None:
    stage.change_profile(retry_measured_from="previous_attempt", retry_minutes=[1, 4, 9])
    stage.answers = always(FAILED)
    stage.dial(outcome="busy")
    stage.pass_by(24 * 3600)
    starts = [seconds_of(at) for at, delivery in stage.sent if delivery.kind == "callin"]
    assert starts == [0, 60, 300, 840]


def test_a_retry_that_is_acknowledged_is_the_last(stage: Stage) -> None:
    stage.answers = lambda delivery: OK if len(delivery.attempts) == 3 else FAILED
    stage.dial(outcome="busy")
    stage.pass_by(24 * 3600)
    assert stage.kinds().count("callin") == 3
    assert {delivery.state for _, delivery in stage.sent} == {DeliveryState.ACKNOWLEDGED}


def test_a_retry_sends_the_very_same_bytes_to_the_very_same_address(stage: Stage) -> None:
    stage.answers = always(FAILED)
    stage.dial(outcome="busy")
    stage.change_receivers({Slot.STATUS: "http://elsewhere"})
    stage.pass_by(60)
    first, again = [row for row in stage.attempts() if row.delivery.kind == "callin"]
    assert first.as_json()["body"] == again.as_json()["body"]
    assert first.as_json()["url"] == again.as_json()["url"] == URLS[Slot.STATUS]


# --- by hand ---


def test_an_acknowledged_delivery_can_be_sent_once_more(stage: Stage) -> None:
    stage.dial(outcome="busy")
    stage.pass_by(10)
    callin = stage.sent[0][1]
    assert stage.exchange.redeliver(callin.notifications[0].notification_id) is callin
    assert stage.exchange.outbox.open_deliveries(KEY) == 1
    stage.work()
    assert (len(callin.attempts), callin.state) == (2, DeliveryState.ACKNOWLEDGED)
    assert stage.exchange.outbox.open_deliveries(KEY) == 0


def test_a_waiting_delivery_sent_by_hand_forgets_its_retry_and_begins_its_schedule_anew(stage: Stage) -> None:
    stage.change_profile(retry_minutes=[10, 20])
    stage.answers = lambda delivery: FAILED if delivery.kind == "callin" else OK
    stage.dial(outcome="busy")
    stage.pass_by(60)
    stage.exchange.redeliver(stage.sent[0][1].delivery_id)
    stage.pass_by(24 * 3600)
    assert [seconds_of(at) for at, delivery in stage.sent if delivery.kind == "callin"] == [0, 60, 660, 1260]


def test_what_is_on_its_way_or_unknown_cannot_be_sent_by_hand(stage: Stage) -> None:
    stage.dial(outcome="busy")
    callin = stage.start()
    with pytest.raises(ImpossibleStep, match="is in_flight and cannot become queued"):
        stage.exchange.redeliver(callin.delivery_id)
    assert (callin.state, ready(stage)) == (DeliveryState.IN_FLIGHT, [])
    with pytest.raises(NotPossible, match="no notification 'n-0' is known; the last 4000 are kept"):
        stage.exchange.redeliver("n-0")


# --- back-pressure ---


def test_a_full_outbox_refuses_new_calls_until_deliveries_have_ended() -> None:
    stage = Stage(limits=Limits(outbox_per_app=4))
    stage.bind()
    other = stage.exchange.add_app(stage.app.spec.__class__("other", "s", stage.app.profile))
    stage.dial(outcome="busy")
    stage.dial(outcome="busy")
    with pytest.raises(Busy, match="axb-demo has 4 open deliveries, as many as it may; advance the clock"):
        stage.dial()
    assert len(stage.exchange.calls()) == 2
    assert not stage.exchange.outbox.is_full(other.app_key)
    stage.pass_by(10)
    assert stage.dial().call.state.value == "forwarded"


# --- the journal ---


def test_every_attempt_is_in_the_journal_before_and_after(stage: Stage) -> None:
    stage.answers = always(Answered(500, "Oops", (), b"<html>", 6))
    stage.dial(outcome="busy")
    stage.pass_by(60)
    started, ended = (rows[0].as_json() for rows in (stage.attempts(), stage.ends()))
    assert started["position"] < ended["position"]
    assert (started["kind"], started["number"], started["url"]) == ("attempt_started", 1, URLS[Slot.STATUS])
    assert started["body"].startswith('{"eventType":"callin"')
    shared = ("delivery_id", "notification_ids", "notification_kind", "number", "app_key", "call_id", "at")
    assert {name: started[name] for name in shared} == {name: ended[name] for name in shared}
    told = {name: ended[name] for name in ("acknowledged", "reason", "remark", "wall_seconds", "status", "answer")}
    assert told == {
        "acknowledged": False,
        "reason": "answered 500 Oops where 200 is success",
        "remark": "",
        "wall_seconds": 0.0,
        "status": 500,
        "answer": "<html>",
    }


def test_a_failure_is_in_the_journal_by_its_kind(stage: Stage) -> None:
    stage.answers = always(FAILED)
    stage.dial(outcome="busy")
    stage.work()
    ended = stage.ends()[0].as_json()
    assert (ended["failure"], ended["reason"], "status" in ended, "answer" in ended) == (
        "connect", "nobody listens", False, False,
    )  # fmt: skip


def test_a_notification_that_breaks_its_schema_is_journaled_and_never_sent(stage: Stage, monkeypatch) -> None:
    from simulator.contract import notifications

    whole = notifications.call_event

    def broken(call, event, profile, mode, features):
        body = whole(call, event, profile, mode, features)
        return {**body, "statusInfo": {**body["statusInfo"], "timestamp": 7}} if event.kind.value == "alerted" else body

    monkeypatch.setattr(notifications, "call_event", broken)
    monkeypatch.setattr(notifications, "FEE_MEMBERS", notifications.FEE_MEMBERS[1:])
    stage.dial()
    stage.pass_by(60)
    assert stage.kinds() == ["callin", "callout", "answer", "disconnect"]
    assert stage.exchange.violations == 2
    alerting, fee = (row.as_json() for row in stage.rows("contract_violation"))
    assert (alerting["notification_kind"], fee["notification_kind"]) == ("alerting", "fee")
    assert alerting["violations"] == ["at /statusInfo/timestamp: 7 is not of type 'string'"]
    assert fee["violations"] == ["at /feeLst/0: 'direction' is a required property"]
