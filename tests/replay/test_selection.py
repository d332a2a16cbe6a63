"""Single requests by kind, time and attempt; whole calls by mode, cause and number; sorted by time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.replay.selection import Wanted, chosen
from simulator.replay.spool import Spool
from tests.replay.recordings import AT, CALLEE, a_call, event, fee, request

GOOD, BUSY = a_call("good"), a_call("busy", 2, 8102)
BOTH = [*GOOD, *BUSY]


def left(requests, **wanted) -> list:
    with Spool() as spool:
        return list(chosen(requests, Wanted(**wanted), spool))


def test_without_a_wish_everything_is_left_in_the_order_of_time():
    found = left(BOTH)
    assert [one.at for one in found] == sorted(one.at for one in BOTH)
    assert sorted(one.body for one in found) == sorted(one.body for one in BOTH)


def test_a_cause_chooses_the_whole_call():
    assert left(BOTH, causes=frozenset({8102})) == BUSY
    assert left(BOTH, causes=frozenset({8100})) == []


@pytest.mark.parametrize("number", [CALLEE, CALLEE.removeprefix("+86")])
def test_a_number_chooses_the_whole_call_also_where_only_one_event_has_it(number):
    other = [request(event("callin", "other"), 3)]
    assert left([*GOOD, *other], numbers=frozenset({number})) == GOOD


def test_the_cdr_says_the_mode_of_what_its_events_leave_open():
    ax = [*a_call("ax")[:3], request(fee("ax", service_type="003"), 10)]
    assert left([*ax, *BUSY], modes=frozenset({"AX"})) == ax
    assert left([*ax, *BUSY], modes=frozenset({"AXB"})) == BUSY
    assert left(BUSY, modes=frozenset({"AXE"})) == []


def test_a_batch_belongs_to_each_of_its_calls():
    batch = request(fee("good", "busy"), 12)
    found = left([*GOOD[:3], *BUSY[:3], batch], causes=frozenset({8102}))
    assert found == [*BUSY[:3], batch]


def test_kinds_calls_and_times_choose_single_requests():
    assert left(BOTH, events=frozenset({"fee"})) == [GOOD[3], BUSY[3]]
    assert left(BOTH, calls=frozenset({"busy"})) == BUSY
    assert left(GOOD, since=AT + timedelta(seconds=1), until=AT + timedelta(seconds=9)) == GOOD[1:3]
    assert left(BOTH, events=frozenset({"fee"}), causes=frozenset({8102})) == [BUSY[3]]


def test_of_a_message_that_was_sent_again_all_first_or_last():
    first, again = GOOD[0], replace(GOOD[0], at=AT + timedelta(seconds=60), status=500)
    assert left([first, again, GOOD[1]], attempts="all") == [first, GOOD[1], again]
    assert left([first, again, GOOD[1]], attempts="first") == [first, GOOD[1]]
    assert left([first, again, GOOD[1]], attempts="last") == [GOOD[1], again]


def test_the_id_of_the_source_tells_messages_apart_that_have_one_body():
    one, two = replace(GOOD[0], notification_id="d-1"), replace(GOOD[0], notification_id="d-2")
    assert left([one, two], attempts="first") == [one, two]


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), max_size=30))
def test_one_instant_keeps_the_order_of_the_source(seconds):
    requests = [request(event("callin", f"s-{number}"), at) for number, at in enumerate(seconds)]
    assert left(requests) == sorted(requests, key=lambda one: one.at)


def test_what_stands_behind_later_requests_is_counted():
    with Spool() as spool:
        chosen([GOOD[3], GOOD[0], GOOD[1]], Wanted(), spool)
        assert spool.disordered == 1
        assert len(spool) == 3
        assert spool.first_at() == AT


def test_what_is_no_post_is_no_notification():
    assert left([replace(GOOD[0], method="GET"), GOOD[1]]) == [GOOD[1]]
