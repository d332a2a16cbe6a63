"""Faults of order, time and answers: who is hit, in which order the first attempts go, and what the schedule does."""

from collections import Counter

import pytest

from simulator.contract.faults import rules
from simulator.delivery.delivery import DeliveryState
from simulator.delivery.notification import Slot
from simulator.delivery.outcome import Answered
from tests.exchange.stage import FAILED, KEY, OK, URLS, Stage, seconds_of, without

STORY = ["callin", "callout", "alerting", "answer", "disconnect", "fee"]
DOWN = Answered(503, "Service Unavailable")


def told(*faults: dict, calls: int = 1, seconds: float = 86400, **stage) -> Stage:
    """A stage on which these faults are in force and calls are played one after the other."""
    one = Stage(**stage)
    one.bind()
    one.exchange.faults.put(KEY, rules(list(faults), one.app.mode))
    for _ in range(calls):
        one.dial()
        one.pass_by(60)
    one.pass_by(seconds)
    return one


def firsts(stage: Stage) -> list[str]:
    return [row.delivery.kind for row in stage.attempts() if row.number == 1]


def hit(stage: Stage) -> list[str]:
    """The kinds of the messages that were hit, in the order in which they were made."""
    made = sorted({row.delivery.delivery_id: row.delivery for row in stage.attempts()}.values(), key=_made)
    return [delivery.kind for delivery in made if delivery.fault is not None]


def _made(delivery) -> tuple:
    return delivery.notifications[0].created_at, STORY.index(delivery.kind)


# --- each fault ---


def test_a_duplicated_message_follows_itself_and_the_story_goes_on() -> None:
    stage = told({"fault": "duplicated", "kinds": ["callin"], "times": 3})
    assert stage.kinds() == ["callin", "callin", "callin", *STORY[1:]]
    attempts = [row.attempt for row in stage.ends() if row.delivery.kind == "callin"]
    assert [one.number for one in attempts] == [1, 2, 3]
    assert len({row.delivery.delivery_id for row in stage.attempts() if row.delivery.kind == "callin"}) == 1


def test_copies_come_in_a_row_however_many_attempts_run_at_once() -> None:
    stage = Stage()
    stage.bind()
    stage.exchange.faults.put(KEY, rules([{"fault": "duplicated", "kinds": ["callin", "callout"], "times": 3}]))
    stage.dial(outcome="busy")
    while stage.exchange.outbox.ready:
        together = [stage.start() for _ in range(len(stage.exchange.outbox.ready))]
        for delivery in together:
            stage.end(delivery)
    assert stage.kinds() == ["callin"] * 3 + ["callout"] * 3


def test_a_copy_uses_up_nothing_of_the_schedule() -> None:
    stage = Stage()
    stage.bind()
    stage.exchange.faults.put(KEY, rules([{"fault": "duplicated", "kinds": ["callin"]}]))
    stage.answers = lambda delivery: DOWN if delivery.kind == "callin" else OK
    stage.dial()
    stage.pass_by(86400)
    at = [seconds_of(row.at) / 60 for row in stage.attempts() if row.delivery.kind == "callin"]
    assert at == [0, 0, 1, 4, 9, 106, 203, 300]
    assert stage.sent[0][1].state is DeliveryState.EXHAUSTED


@pytest.mark.parametrize("answers", [[OK, DOWN], [DOWN, OK], [FAILED, OK]])
def test_a_message_whose_copy_or_original_was_taken_is_acknowledged(answers: list) -> None:
    stage = Stage()
    stage.bind()
    stage.exchange.faults.put(KEY, rules([{"fault": "duplicated", "kinds": ["callin"]}]))
    stage.answers = lambda delivery: answers[len(delivery.attempts) - 1] if delivery.kind == "callin" else OK
    stage.dial()
    stage.pass_by(3600)
    assert Counter(stage.kinds())["callin"] == 2
    assert {delivery.state for _, delivery in stage.sent} == {DeliveryState.ACKNOWLEDGED}


def test_reordered_messages_let_the_next_one_go_first() -> None:
    assert firsts(told({"fault": "reordered"})) == ["callout", "callin", "answer", "alerting", "fee", "disconnect"]
    assert firsts(told({"fault": "reordered", "kinds": ["callin"], "places": 3})) == [
        "callout", "alerting", "answer", "callin", "disconnect", "fee",
    ]  # fmt: skip


def test_only_later_messages_overtake_and_a_retry_is_none() -> None:
    stage = told({"fault": "duplicated", "kinds": ["callin"]}, {"fault": "reordered", "kinds": ["callout"]})
    assert stage.kinds() == ["callin", "callin", "alerting", "callout", "answer", "disconnect", "fee"]


def test_a_message_that_nothing_follows_waits_no_longer_than_it_may() -> None:
    stage = told(
        {"fault": "reordered", "kinds": ["disconnect"], "seconds": 90}, receivers={Slot.STATUS: URLS[Slot.STATUS]}
    )
    assert firsts(stage) == STORY[:-1]
    assert seconds_of(stage.attempts()[-1].at) - seconds_of(stage.attempts()[-2].at) == 100  # talked 10 s, then held 90


def test_the_cdr_before_the_disconnect() -> None:
    stage = told({"fault": "cdr_before_disconnect", "count": 1}, calls=2)
    assert firsts(stage) == ["callin", "callout", "alerting", "answer", "fee", "disconnect", *STORY]


def test_without_an_address_for_cdrs_the_disconnect_waits_for_none() -> None:
    stage = told({"fault": "cdr_before_disconnect"}, receivers={Slot.STATUS: URLS[Slot.STATUS]}, seconds=0)
    assert firsts(stage) == STORY[:-1]
    assert hit(stage) == []


def test_late_messages_hold_up_nobody_and_are_what_they_were() -> None:
    stage = told({"fault": "late", "kinds": ["alerting", "fee"], "hours": 5})
    assert firsts(stage) == ["callin", "callout", "answer", "disconnect", "alerting", "fee"]
    late = [seconds_of(row.at) for row in stage.attempts() if row.delivery.fault]
    made = [seconds_of(row.delivery.notifications[0].created_at) for row in stage.attempts() if row.delivery.fault]
    assert late == [pytest.approx(made[0] + 5 * 3600), pytest.approx(made[1] + 1 + 5 * 3600)]
    (alerting,) = stage.bodies("alerting")
    assert alerting["statusInfo"]["timestamp"] == "2026-01-01 00:00:01"


def test_what_is_held_back_when_the_application_starts_over_goes_nowhere() -> None:
    stage = Stage()
    stage.bind()
    stage.exchange.faults.put(KEY, rules([{"fault": "late"}]))
    stage.dial()
    stage.exchange.reset(KEY)
    stage.pass_by(86400)
    assert stage.sent == []
    assert stage.exchange.faults.of(stage.app) == ()
    assert len(stage.exchange.deadlines) == 0


# --- who is hit ---


def test_the_first_two_that_fit_and_then_no_more() -> None:
    stage = told({"fault": "gzip", "kinds": ["callin", "fee"], "count": 2}, calls=3)
    assert hit(stage) == ["callin", "fee"]
    (living,) = stage.exchange.faults.of(stage.app)
    assert (living.hits, living.left) == (2, 0)


@pytest.mark.parametrize("off", [{"count": 0}, {"probability": 0}])
def test_off_is_exactly_off(off: dict) -> None:
    stage = told({"fault": "gzip", **off}, {"fault": "late", **off}, calls=3)
    assert hit(stage) == []
    plain = told(calls=3)
    assert [_sent(row) for row in stage.attempts()] == [_sent(row) for row in plain.attempts()]
    assert not [stream for _, stream in stage.exchange.core.ids.counters if stream.startswith("fault")]


def _sent(row) -> dict:
    return without(row.as_json(), "position")


def test_a_probability_is_drawn_from_the_seed() -> None:
    chosen = [hit(told({"fault": "gzip", "probability": 0.3}, calls=40, seed=seed, seconds=0)) for seed in (7, 7, 8)]
    assert chosen[0] == chosen[1] != chosen[2]
    assert 48 <= len(chosen[0]) <= 96  # of 240: 72 are the mean, three deviations are 21


def test_a_rule_leaves_the_dice_of_the_others_alone() -> None:
    half = {"fault": "gzip", "probability": 0.5}
    alone = told(half, calls=10)
    beside = told({"fault": "duplicated", "probability": 0.5}, half, calls=10)
    gzipped, still = _hit_by("gzip", alone), _hit_by("gzip", beside)
    duplicated = _hit_by("duplicated", beside)
    assert still == gzipped - duplicated
    assert duplicated & gzipped, "some of both"
    assert [row.as_json()["body"] for row in alone.attempts()] == [
        row.as_json()["body"] for row in beside.attempts() if row.number == 1
    ]


def _hit_by(fault: str, stage: Stage) -> set[tuple[str, str]]:
    deliveries = [row.delivery for row in stage.attempts() if row.delivery.fault]
    return {(one.about_id, one.kind) for one in deliveries if one.fault.fault == fault}


def test_one_message_has_one_fault_that_of_the_first_rule_that_wants_it() -> None:
    stage = told({"fault": "gzip", "count": 1}, {"fault": "chunked", "count": 2})
    made = {row.delivery.kind: row.delivery.fault and row.delivery.fault.fault for row in stage.attempts()}
    assert made == {
        "callin": "gzip",
        "callout": "chunked",
        "alerting": "chunked",
        "answer": None,
        "disconnect": None,
        "fee": None,
    }


def test_a_batch_is_one_message() -> None:
    stage = Stage(profile={"merge_window_seconds": 60})
    stage.bind()
    stage.exchange.faults.put(KEY, rules([{"fault": "duplicated", "kinds": ["fee"], "count": 1}]))
    stage.dial(outcome="busy")
    stage.dial(outcome="busy")
    stage.pass_by(3600)
    assert Counter(stage.kinds())["fee"] == 2
    assert [len(body["feeLst"]) for body in stage.bodies("fee")] == [2, 2]


def test_a_message_without_a_signature_has_no_wrong_one() -> None:
    assert hit(told({"fault": "wrong_signature"}, profile={"push_scheme": "none"})) == []


def test_setting_and_taking_away_is_in_the_journal() -> None:
    stage = told({"fault": "late"})
    stage.exchange.faults.put(KEY, ())
    said = [row.detail for row in stage.rows("state_change") if str(row.detail["what"]).startswith("faults")]
    assert said == [{"what": "faults_set", "faults": ["late"]}, {"what": "faults_taken_away", "faults": []}]
    assert stage.app.faults is None
