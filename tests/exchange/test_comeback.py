"""Semantics 8: what becomes of an exchange whose process ended, rule by rule."""

import os
import re
import signal
import socket
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import pytest

from simulator.clock import wall
from simulator.delivery.delivery import Delivery, DeliveryState
from simulator.delivery.notification import Slot
from simulator.exchange.apps import NumberSpec
from simulator.exchange.comeback import Applied, Configured, Returned
from simulator.exchange.exchange import Exchange
from simulator.exchange.putting_back import put_back
from simulator.exchange.snapshots import FORM, BadState, restore, snapshot
from simulator.exchange.snapshotting import Snapshotting
from simulator.exchange.story import Story
from simulator.telephony.commands.axb import BindAxb, QueryAxb
from simulator.telephony.commands.calls import Dial
from simulator.telephony.commands.messages import SendSms
from simulator.telephony.errors import NotPossible
from tests.exchange.loglist import ListLog, Machine, new_exchange, returned
from tests.exchange.stage import FAILED, KEY, OK, START, URLS, A, B, X, app_spec, seconds_of

C, D, E = "+8613800000025", "+8613800000027", "+8613800000029"
X_URLS = {**URLS, Slot.CALLIN: "http://127.0.0.1:9/callin"}


class Desk:
    """One exchange after the other, each brought back from the log of the one before."""

    def __init__(self, scale: float = 0.0, *configured: Configured, **app) -> None:
        self.machine, self.log = Machine(), ListLog()
        self.come_back(0, *configured, scale=scale)
        if not configured:
            self.exchange.add_app(app_spec(**app))

    def come_back(self, seconds: float, *configured: Configured, scale: float = 0.0, **options) -> Exchange:
        """The process ended `seconds` ago."""
        self.machine.seconds += seconds
        self.exchange = new_exchange(self.machine, scale=scale, seed=options.pop("seed", 7))
        self.returned: Returned = returned(self.exchange, self.log, self.machine, *configured, **options)
        return self.exchange

    @property
    def app(self):
        return self.exchange.app(KEY)

    def bind(self, caller: str = A, callee: str = B, **members):
        return self.exchange.axb.bind(self.app, BindAxb(caller, callee, X, **members))

    def work(self, result=OK) -> list[Delivery]:
        sent = []
        while (delivery := self.start()) is not None:
            self.exchange.outbox.end(delivery, result, 0.0)
            self.exchange.now()
            sent.append(delivery)
        return sent

    def start(self) -> Delivery | None:
        delivery = self.exchange.outbox.pull()
        if delivery is not None:
            self.exchange.outbox.start(delivery, ())
        return delivery

    def walk(self, seconds: float, result=OK) -> None:
        target = self.exchange.clock.now() + timedelta(seconds=seconds)
        self.work(result)
        while (earliest := self.exchange.deadlines.earliest()) is not None and earliest <= target:
            self.exchange.clockwork.jump(max(earliest, self.exchange.clock.now()))
            self.exchange.now()
            self.work(result)
        self.exchange.clockwork.jump(target)

    @property
    def now(self) -> float:
        return seconds_of(self.exchange.clock.now())

    def rows(self, kind: str) -> list[dict]:
        found = self.exchange.journal.rows(limit=10**6, where=lambda row: row.kind == kind)
        return [row.as_json() for row in found]


def configured(**members) -> Configured:
    spec = app_spec(**members)
    return Configured(KEY, {name: repr(getattr(spec, name)) for name in spec.__dataclass_fields__}, lambda: spec)


def as_before(**members) -> Configured:
    return replace(configured(**members), spec=lambda: pytest.fail("nobody needs a spec"))


# --- the clock ---


def test_a_standing_clock_has_stood() -> None:
    desk = Desk()
    desk.exchange.clockwork.jump(START + timedelta(seconds=50))
    desk.come_back(1000)
    assert desk.now == 50
    assert desk.exchange.clock.scale == 0


def test_a_running_clock_has_gone_on_at_scale_1_and_goes_on_as_it_did() -> None:
    desk = Desk(scale=60)
    desk.machine.seconds += 10
    desk.bind()
    assert desk.now == 600
    desk.come_back(100)
    assert desk.now == 700
    assert desk.exchange.clock.scale == 60
    desk.machine.seconds += 1
    assert desk.now == 760


def test_a_wall_clock_that_was_set_back_moves_no_story_back() -> None:
    desk = Desk(scale=1)
    desk.machine.seconds += 100
    desk.bind()
    desk.come_back(-40)
    assert desk.now == 100


async def test_a_process_that_ended_while_the_clock_was_moved_leaves_it_running_as_before() -> None:
    desk = Desk(scale=1)
    desk.exchange.clockwork.stand_still()
    desk.exchange.clockwork.jump(START + timedelta(seconds=30))
    desk.come_back(5)
    assert desk.exchange.clock.scale == 1
    assert desk.now == 35


def test_a_process_that_ended_while_it_caught_up_has_not_lost_the_time_before() -> None:
    desk = Desk(scale=1)
    desk.exchange.clockwork.come_back(START + timedelta(seconds=500), FORM)
    desk.come_back(7)
    assert desk.now == 507


async def test_an_advance_is_in_the_log() -> None:
    desk = Desk()
    desk.bind(lifetime_seconds=60)
    await Story(desk.exchange, wall.monotonic).advance(90)
    state = snapshot(desk.exchange)
    desk.come_back(5)
    assert desk.now == 90
    assert len(desk.app.bindings) == 0
    assert tail(snapshot(desk.exchange)) == tail(state)


def tail(state: bytes) -> bytes:
    return state.partition(b'"seed"')[2]


# --- what was there ---


def test_bindings_numbers_calls_recordings_and_retries_are_as_they_were() -> None:
    desk = Desk()
    desk.bind(record=True)
    desk.exchange.dial(KEY, Dial(A, X))
    desk.walk(3, FAILED)
    before = tail(snapshot(desk.exchange))
    desk.come_back(10)
    assert tail(snapshot(desk.exchange)) == before
    assert desk.returned.played > 5
    assert not desk.returned.is_new


def test_no_row_is_written_twice() -> None:
    desk = Desk()
    desk.bind()
    desk.come_back(10)
    assert [row["kind"] for row in desk.rows("state_change")] == []
    assert [row["what"] for row in desk.rows("clock")] == ["came_back"]


def test_ids_go_on_in_the_streams_of_the_seed_that_the_log_began_with() -> None:
    one, other = Desk(), Desk()
    ids = [one.bind().subscription_id, one.bind("+8613900000008", "+8613900000009").subscription_id]
    other.bind()
    other.come_back(0, seed=99)
    assert other.bind("+8613900000008", "+8613900000009").subscription_id == ids[1]


def test_a_query_that_lets_bindings_end_is_in_the_log() -> None:
    desk = Desk()
    desk.bind(lifetime_seconds=60)
    desk.exchange.clockwork.jump(START + timedelta(seconds=60))
    assert desk.exchange.axb.query(desk.app, QueryAxb(x_number=X)).total_count == 0
    desk.come_back(0)
    assert len(desk.app.bindings) == 0
    assert not desk.rows("state_change")


def test_a_secret_stands_in_no_entry_and_no_state() -> None:
    desk = Desk(secret="hidden-one")
    desk.exchange.change_app(KEY, app_secret="hidden-two")
    desk.returned.stop()
    whole = b"".join(desk.log.lines) + desk.log.snapshots[-1][1]
    assert b"hidden" not in whole
    desk.come_back(0)
    assert desk.app.secret == "hidden-two"


def test_the_secret_of_an_application_that_is_removed_is_forgotten() -> None:
    desk = Desk(secret="hidden")
    desk.exchange.remove_app(KEY)
    assert "hidden" not in desk.log.kept.values()


def test_an_application_object_that_was_removed_is_asked_nothing_more() -> None:
    desk = Desk()
    gone = desk.app
    desk.exchange.remove_app(KEY)
    desk.exchange.add_app(app_spec())
    with pytest.raises(NotPossible, match="application 'axb-demo' was removed; there is another one with its key"):
        desk.exchange.axb.bind(gone, BindAxb(A, B, X))


def test_download_addresses_work_after_a_restart_and_never_come_twice() -> None:
    desk = Desk(features=frozenset({"recording_url"}))
    desk.exchange.core.downloads_at = lambda: "http://127.0.0.1:1/recordings/"
    desk.bind(record=True)
    first = desk.exchange.dial(KEY, Dial(A, X))
    desk.walk(60)
    desk.come_back(0)
    desk.exchange.core.downloads_at = lambda: "http://127.0.0.1:2/recordings/"
    there = desk.exchange.call(first.call.call_id).recording
    assert (there.token, there.address) == (first.recording.token, first.recording.address)
    assert desk.exchange.download(there.token) is there
    second = desk.exchange.dial(KEY, Dial(A, X))
    desk.walk(60)
    assert second.recording.token != there.token
    assert second.recording.address.startswith("http://127.0.0.1:2/recordings/")
    desk.come_back(0)
    assert desk.exchange.call(second.call.call_id).recording.address == second.recording.address


# --- attempts ---


def test_an_attempt_with_a_start_and_no_end_has_failed_as_of_its_start() -> None:
    desk = Desk()
    desk.bind()
    desk.exchange.dial(KEY, Dial(A, X))
    going = desk.start()
    desk.exchange.clockwork.jump(START + timedelta(seconds=20))
    desk.come_back(100)
    delivery = desk.exchange.delivery_of(going.notifications[0].notification_id)
    [attempt] = delivery.attempts
    assert delivery.state is DeliveryState.WAITING
    assert seconds_of(attempt.ended_at) == 0
    assert attempt.verdict.reason == "the simulator ended before it knew of an answer"
    assert seconds_of(desk.exchange.outbox.retries._waiting[delivery.delivery_id].at) == 60
    [row] = desk.rows("attempt_ended")
    assert (row["failure"], row["acknowledged"]) == ("interrupted", False)


def test_the_next_of_its_call_goes_when_an_interrupted_attempt_has_failed() -> None:
    desk = Desk()
    desk.bind()
    desk.exchange.dial(KEY, Dial(A, X))
    desk.start()
    desk.come_back(1)
    assert [one.kind for one in desk.work()] == ["callout"]


def test_overdue_retries_of_one_delivery_are_one_attempt() -> None:
    desk = Desk(scale=1)
    desk.bind()
    desk.exchange.dial(KEY, Dial(A, X, outcome="busy"))
    callin = desk.work(FAILED)[0]
    desk.come_back(10 * 60)  # 1, 4 and 9 minutes after the first failure are over, the next is 106
    again = [one for one in desk.work(FAILED) if one.delivery_id == callin.delivery_id]
    assert len(again) == 1
    assert [attempt.number for attempt in again[0].attempts] == [1, 2]
    retry_at = desk.exchange.outbox.retries._waiting[callin.delivery_id].at
    assert (retry_at - again[0].attempts[0].ended_at) == timedelta(minutes=106)


def test_a_delivery_all_of_whose_retries_are_over_has_one_attempt_left() -> None:
    desk = Desk(scale=1)
    desk.bind()
    desk.exchange.dial(KEY, Dial(A, X, outcome="busy"))
    callin = desk.work(FAILED)[0]
    desk.come_back(400 * 60)
    desk.work(FAILED)
    delivery = desk.exchange.delivery_of(callin.notifications[0].notification_id)
    assert (delivery.state, len(delivery.attempts)) == (DeliveryState.EXHAUSTED, 2)


def test_retries_that_are_measured_from_the_attempt_before_do_not_collapse() -> None:
    desk = Desk(scale=1, profile={"retry_measured_from": "previous_attempt"})
    desk.bind()
    desk.exchange.dial(KEY, Dial(A, X, outcome="busy"))
    callin = desk.work(FAILED)[0]
    desk.come_back(10 * 60)
    [again] = [one for one in desk.work(FAILED) if one.delivery_id == callin.delivery_id]
    retry_at = desk.exchange.outbox.retries._waiting[again.delivery_id].at
    assert (again.skipped, retry_at - again.attempts[-1].ended_at) == (0, timedelta(minutes=4))


def test_a_blocking_callin_in_flight_releases_its_call_with_8014() -> None:
    desk = Desk(mode="X", receivers=X_URLS)
    played = desk.exchange.dial(KEY, Dial(A, X))
    assert desk.start().asks
    desk.exchange.clockwork.jump(START + timedelta(seconds=2))
    desk.come_back(5)
    call = desk.exchange.call(played.call.call_id).call
    assert (call.release.cause, seconds_of(call.events[-1].at)) == (8014, 2)


def test_a_callin_that_had_not_left_is_still_asked() -> None:
    desk = Desk(mode="X", receivers=X_URLS)
    played = desk.exchange.dial(KEY, Dial(A, X))
    desk.come_back(5)
    assert desk.exchange.call(played.call.call_id).waits
    assert desk.work(FAILED)[0].kind == "callin"


def test_an_sms_block_in_flight_is_asked_again() -> None:
    desk = Desk(mode="X", receivers={**URLS, Slot.SMS_BLOCK: "http://127.0.0.1:9/block"})
    played = desk.exchange.send_sms(KEY, SendSms(A, X, "hi"))
    assert desk.start().asks
    desk.come_back(5)
    assert desk.exchange.message(played.message_id).waits
    assert len(desk.exchange.outbox.retries) == 1


# --- what fell due ---


def test_what_fell_due_happens_at_its_own_instant() -> None:
    desk = Desk(scale=1)
    desk.bind(lifetime_seconds=3600)
    played = desk.exchange.dial(KEY, Dial(A, X, rings_seconds=2, talks_seconds=10))
    desk.come_back(2 * 3600)
    call = desk.exchange.call(played.call.call_id).call
    assert [seconds_of(event.at) for event in call.events] == [0, 0, 1, 3, 13]
    assert [(one.why, seconds_of(one.at)) for one in desk.app.ended] == [("expired", 3600)]
    assert [row["at"] for row in desk.rows("state_change")] == ["2026-01-01T01:00:00.000000Z"]
    assert [one.kind for one in desk.work()] == ["callin", "callout", "alerting", "answer", "disconnect", "fee"]


def test_a_great_many_that_fell_due_are_over_when_it_is_back() -> None:
    desk = Desk(scale=1, profile={"pairs_per_x": 1000})
    for number in range(450):
        desk.bind(f"+861390001{number:04d}", f"+861390002{number:04d}", lifetime_seconds=60)
    desk.come_back(61)
    assert len(desk.app.bindings) == 0
    assert {seconds_of(one.at) for one in desk.app.ended} == {60}


# --- applications of the configuration ---


def test_an_application_of_the_configuration_is_added_once() -> None:
    desk = Desk(0.0, configured(secret="s"))
    desk.bind()
    desk.come_back(1, configured(secret="s"))
    assert len(desk.app.bindings) == 1
    assert desk.app.secret == "s"
    assert not [line for line in desk.log.lines[2:] if b"add_app" in line]


def test_an_unchanged_table_leaves_the_application_as_it_was_changed_at_run_time() -> None:
    desk = Desk(0.0, configured())
    desk.exchange.change_app(KEY, sms=False)
    desk.come_back(1, as_before())
    assert desk.app.spec.sms is False


def test_a_changed_table_is_applied_and_its_numbers_are_added() -> None:
    desk = Desk(0.0, configured())
    bound = desk.bind()
    added = (NumberSpec("+8613800000077", "021"),)
    changed = {"sms": False, "secret": "new", "numbers": added}
    desk.come_back(1, configured(**changed))
    assert desk.returned.applied == [Applied(KEY, ["app_secret", "sms", "numbers"])]
    assert (desk.app.spec.sms, desk.app.secret) == (False, "new")
    assert desk.app.pool.get("+8613800000077") is not None
    assert desk.app.pool.get(X) is not None
    assert list(desk.app.bindings) == [bound]
    desk.come_back(1, as_before(**changed))


def test_what_was_changed_at_run_time_outlives_a_change_of_something_else() -> None:
    desk = Desk(0.0, configured())
    desk.exchange.change_app(KEY, requests_per_minute=7, app_secret="of run time", arrears=True)
    desk.come_back(1, configured(sms=False))
    spec = desk.app.spec
    assert (spec.sms, spec.requests_per_minute, spec.app_secret, spec.arrears) == (False, 7, "of run time", True)
    desk.come_back(1, configured(sms=False, secret="new"))
    assert (desk.app.spec.app_secret, desk.app.spec.requests_per_minute) == ("new", 7)


def test_an_application_that_the_configuration_no_longer_has_goes_on_and_is_named() -> None:
    desk = Desk(0.0, configured())
    assert (desk.returned.applied, desk.returned.left) == ([Applied(KEY)], [])
    desk.bind()
    desk.come_back(1)
    assert (desk.returned.applied, desk.returned.left) == ([], [KEY])
    assert len(desk.app.bindings) == 1
    desk.exchange.remove_app(KEY)
    desk.come_back(1)
    assert desk.returned.left == []


def test_another_mode_is_refused_with_what_to_do() -> None:
    desk = Desk(0.0, configured())
    with pytest.raises(NotPossible) as refused:
        desk.come_back(1, configured(mode="AXE"))
    assert str(refused.value) == (
        "application 'axb-demo' is of mode AXB in the journal and of mode AXE in the configuration; "
        "the mode of an application cannot change: give it another app key, or start with another journal"
    )


def test_an_application_that_was_removed_comes_back_with_the_configuration() -> None:
    desk = Desk(0.0, configured())
    desk.exchange.remove_app(KEY)
    desk.come_back(1, configured())
    assert desk.app is not None


# --- snapshots ---


def test_after_a_clean_stop_nothing_is_played_again() -> None:
    desk = Desk()
    desk.bind()
    desk.returned.stop()
    before = tail(snapshot(desk.exchange))
    desk.come_back(1)
    assert desk.returned.played == 0
    assert tail(snapshot(desk.exchange)) == before


def test_after_so_many_commands_the_state_is_kept() -> None:
    desk = Desk()
    desk.come_back(0, every=3)
    for number in range(6):
        desk.bind(f"+861390001{number:04d}", f"+861390002{number:04d}")
    before = tail(snapshot(desk.exchange))
    assert len(desk.log.snapshots) >= 2
    desk.come_back(0)
    assert desk.returned.played <= 3
    assert tail(snapshot(desk.exchange)) == before


def test_a_child_writes_the_state_while_its_parent_goes_on() -> None:
    desk = Desk()
    desk.come_back(0, every=4, in_child=True)
    for number in range(4):
        desk.bind(f"+861390001{number:04d}", f"+861390002{number:04d}")
    child = desk.returned.snapshotting._child
    assert child is not None
    expected = tail(snapshot(desk.exchange))
    desk.bind("+8613900000008", "+8613900000009")
    desk.returned.snapshotting.look(wait=True)
    [(sequence, state)] = desk.log.snapshots
    assert (sequence, desk.returned.snapshotting.failures) == (child.sequence, 0)
    if sequence == len(desk.log.lines) - 1:
        assert tail(state) == expected


def test_a_child_that_dies_leaves_no_state_and_is_counted() -> None:
    kept = []
    taking = Snapshotting(lambda: 1 // 0, lambda *state: kept.append(state), every=1)  # type: ignore[arg-type,return-value]  # it breaks
    taking.after(5)
    taking.look(wait=True)
    assert (kept, taking.failures) == ([], 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_child_writes_on_when_its_parents_terminal_says_stop(number: int) -> None:
    kept: list[tuple[int, bytes]] = []

    def interrupted() -> bytes:
        os.kill(os.getpid(), number)
        return b"state"

    snapshotting = Snapshotting(interrupted, lambda *state: kept.append(state), every=1)
    snapshotting.after(1)
    snapshotting.look(wait=True)
    assert (kept, snapshotting.failures) == ([(1, b"state")], 0)
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & {number}


def test_a_child_holds_no_port_of_its_parent() -> None:
    kept: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def look() -> bytes:
            try:
                os.fstat(listening.fileno())
            except OSError:
                return b"closed"
            return b"still open"

        taking = Snapshotting(look, lambda _, state: kept.append(state), every=1)
        taking.after(5)
        taking.look(wait=True)
    assert kept == [b"closed"]


# --- what is refused ---


def state_of(**changes) -> bytes:
    desk = Desk()
    desk.bind(lifetime_seconds=60)
    desk.exchange.dial(KEY, Dial(A, X))
    return orjson.dumps({**orjson.loads(snapshot(desk.exchange)), **changes})


def refusal_of(state: bytes) -> str:
    with pytest.raises(BadState) as refused:
        restore(new_exchange(Machine()), state)
    return str(refused.value)


def test_a_state_of_another_form_says_how_to_go_on() -> None:
    assert refusal_of(state_of(**{"pnsim state": 2})) == (
        "the state is of form 2, this version reads form 1. Its rows can still be read and replayed (pnsim replay); "
        "to go on from it take the version that wrote it, or start with another file"
    )


def test_an_entry_of_another_form_is_refused() -> None:
    desk = Desk()
    desk.log.lines[0] = desk.log.lines[0].replace(b",1],{}]", b",9],{}]")
    with pytest.raises(BadState, match="is of form 9, this version reads form 1"):
        desk.come_back(0)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (b"", "JSONDecodeError"),
        (b"[]", "TypeError"),
        (b"{}", "KeyError"),
        (orjson.dumps({"pnsim state": FORM}), "KeyError"),
    ],
)
def test_what_is_no_state_is_refused(state: bytes, said: str) -> None:
    assert said in refusal_of(state)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["os.system", "true"], "there is no value 'os.system'"),
        (["Profile"], "ValueError"),
        (["T", ["m", ["c", "exchange"], "reset"]], "nothing here may call 'reset'"),
        (["T", ["m", ["c", "calls"], "forget"]], "nothing here may call 'forget'"),
        (["T", ["m", ["c", "core"], "__class__"]], "nothing here may call '__class__'"),
        (["T", ["c", "os"]], "KeyError"),
        (["T", [-1]], "row -1 is named before it is there"),
        (["T", [10**9]], "IndexError"),
        (["e", "Slot", "status"], "there is no value 'e'"),
        (["T", ["e", "Slot", "nowhere"]], "ValueError"),
        (["T", ["e", "Reason", "x_not_ours"]], "KeyError"),
        (["T", ["d", "never"]], "ValueError"),
        (["T", ["b", "***"]], "ValueError|Error"),
        (["Deadline", 1, 2], "ValueError"),
        (["F", ["D", 1]], "ValueError|Unread|no state"),
        ([], "IndexError"),
        (None, "TypeError"),
    ],
)
def test_hostile_rows_are_refused(row, said: str) -> None:
    rows = orjson.loads(state_of())["rows"]
    assert re.search(said, refusal_of(state_of(rows=[*rows, row])))


def test_a_value_that_knows_itself_is_refused() -> None:
    rows = orjson.loads(state_of())["rows"]
    assert "is named before it is there" in refusal_of(state_of(rows=[*rows, ["T", [len(rows)]]]))


def test_a_class_with_other_members_is_refused() -> None:
    classes = orjson.loads(state_of())["classes"]
    said = refusal_of(state_of(classes={**classes, "Delivery": ["delivery_id", "shell"]}))
    assert said.startswith("this is no state of an exchange: its Delivery has other members than in this version.")


def test_a_part_with_other_members_is_refused() -> None:
    said = refusal_of(state_of(parts={"core": {"recorder": None}}))
    assert said.startswith("this is no state of an exchange: core has recorder where it should have apps, ")


@pytest.mark.parametrize(
    "clock", [["2026-01-01T00:00:00+00:00", "fast"], ["2026-01-01T00:00:00+00:00", -1], ["2026-01-01T00:00:00", 0],
              ["2026-01-01T00:00:00+00:00", True]],
)  # fmt: skip
def test_a_clock_that_would_stop_everything_is_refused(clock: list) -> None:
    assert refusal_of(state_of(clock=clock)).startswith(
        "this is no state of an exchange: its clock is at 2026-01-01T00:00:00"
    )


def test_a_member_of_another_kind_is_refused() -> None:
    parts = orjson.loads(state_of())["parts"]
    said = refusal_of(state_of(parts={**parts, "core": {**parts["core"], "apps": "none"}}))
    assert said.startswith("this is no state of an exchange: core.apps is a str where it should be a dict.")


def test_an_unknown_command_is_refused() -> None:
    desk = Desk()
    desk.log.record(orjson.dumps(["os.system", datetime.isoformat(START), datetime.isoformat(START), [], {}]))
    with pytest.raises(BadState, match=r"the log has a command 'os\.system', which this version does not know"):
        desk.come_back(0)


def test_a_hole_in_the_log_is_refused() -> None:
    desk = Desk()
    desk.bind()
    del desk.log.lines[1]
    desk.log.entries = lambda after=0: iter([(1, desk.log.lines[0]), (3, desk.log.lines[1])])
    with pytest.raises(BadState, match=r"the log goes from command 1 to 3: what is between them is missing\. Its rows"):
        desk.come_back(0)


def test_a_snapshot_that_was_put_back_is_what_comes_back():
    desk = Desk()
    desk.bind()
    taken = snapshot(desk.exchange)
    desk.bind(C, E)
    put_back(desk.exchange, taken)
    desk.bind(D, E)
    live = snapshot(desk.exchange)
    assert [binding.caller for binding in desk.app.bindings] == [A, D]
    desk.come_back(0)
    assert [binding.caller for binding in desk.app.bindings] == [A, D]
    assert orjson.loads(snapshot(desk.exchange))["parts"]["core"] == orjson.loads(live)["parts"]["core"]


def test_nothing_is_put_back_while_an_attempt_is_on_its_way():
    desk = Desk()
    desk.bind()
    taken = snapshot(desk.exchange)
    desk.exchange.dial(KEY, Dial(A, X))
    assert desk.start() is not None
    with pytest.raises(NotPossible, match="1 attempts are on their way; wait until they have ended"):
        put_back(desk.exchange, taken)
