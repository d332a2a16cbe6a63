"""A platform in a test: one line for what a test wants."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from simulator.client import shapes
from simulator.client.client import ControlClient
from simulator.testing import Platform, Unmet
from simulator.testing.control import AsyncControl, Control
from simulator.testing.failing import unmet
from simulator.testing.inside import Inside
from simulator.testing.platform import AsyncPlatform
from simulator.testing.seen import Attempt, Cdr, Event, Recording

A, B, C = "+8613900000001", "+8613900000002", "+8613900000003"
ANSWERED = ("callin", "callout", "alerting", "answer", "disconnect", "fee")


def bound(platform: Platform, **words: object) -> str:
    """A and B reach each other through the X number that is answered."""
    x_number = platform.app("AXB").numbers[0]
    assert platform.request("bind", caller=A, callee=B, x_number=x_number, **words).status == 200
    return x_number


# --- calls ---


def test_a_call_is_one_line_and_tells_everything_that_came_of_it(platform, server):
    platform.receiver(server.url)
    call = platform.call(A, bound(platform), rings=2, talks=timedelta(seconds=16), released_by="caller")
    assert call.kinds == ANSWERED
    assert server.paths == ["/callin", "/status", "/status", "/status", "/status", "/fee"]
    assert (call.state, call.hangup_cause, call.destination, call.acknowledged) == ("released", 0, B, True)
    assert [event.event for event in call.events] == ["dialled", "forwarded", "alerted", "answered", "released"]
    assert call.cdr is not None
    assert call.cdr.released_at - call.cdr.answered_at == timedelta(seconds=16)
    assert (call.cdr.caller, call.cdr.hangup_cause, call.cdr.direction) == (A, 0, 1)
    assert call.told("fee").record["sessionId"] == call.session_id
    assert [(one.kind, one.attempt, one.acknowledged, one.reason) for one in call.verdicts] == [
        (kind, 1, True, "answered 200") for kind in ANSWERED
    ]


def test_a_kind_that_was_not_sent_is_named_with_those_that_were(platform, server):
    platform.receiver({"status": server.url})
    call = platform.call(A, bound(platform), outcome="busy")
    with pytest.raises(LookupError) as raised:
        call.told("answer")
    assert str(raised.value) == "no 'answer' was sent about this call; sent were: callin, callout, disconnect"


def test_a_call_in_an_assertion_is_one_line(platform, server):
    x_number = bound(platform)
    assert repr(platform.call(A, x_number, until="alerting")).endswith(f": {A} to {x_number}, alerting; nobody told>")
    platform.receiver({"status": server.url})
    server.statuses = [500]
    shown = repr(platform.call(A, x_number, outcome="busy"))
    assert shown.startswith("<call-")
    assert shown.endswith("released 8102; callin waiting, callout acknowledged, disconnect acknowledged>")


def test_any_hangup_cause_is_played(platform):
    call = platform.call(A, bound(platform), hangup_cause=8139)
    assert call.hangup_cause == 8139
    assert (call.notifications, call.verdicts, call.acknowledged) == ((), (), True)


def test_a_call_returns_with_first_attempts_and_retries_fall_due_when_the_clock_is_moved(platform, server):
    server.statuses = [500, 200, 200]
    platform.receiver(server.url)
    call = platform.call(A, bound(platform), outcome="busy")
    assert [told.state for told in call.notifications] == ["waiting", *["acknowledged"] * 3]
    (failed,) = platform.failed_deliveries()
    assert (failed.kind, failed.call_id, failed.attempts[0].status) == ("callin", call.call_id, 500)
    platform.advance(timedelta(minutes=1))
    assert platform.failed_deliveries() == ()
    assert [told.kind for told in platform.notifications(call)] == ["callin", "callout", "disconnect", "fee"]
    assert len(platform.notifications(call)[0].attempts) == 2


def test_notifications_of_all_calls_come_in_the_order_of_first_attempts(platform, server):
    platform.receiver(server.url)
    x_number = bound(platform)
    first, second = (platform.call(caller, x_number, outcome="busy") for caller in (A, B))
    told = platform.notifications()
    assert [one.call_id for one in told] == [first.call_id] * 4 + [second.call_id] * 4
    starts = [one.attempts[0].started_at for one in told]
    assert starts == sorted(starts)


def test_a_call_may_stop_in_the_middle_and_is_hung_up(platform, server):
    platform.receiver(server.url)
    call = platform.call(A, bound(platform), until="answered")
    assert (call.state, call.cdr, call.kinds) == ("answered", None, ANSWERED[:4])
    platform.advance(3)
    over = platform.release(call, by="caller")
    assert over.call_id == call.call_id
    assert over.cdr.released_at - over.cdr.answered_at == timedelta(seconds=3)
    assert over.kinds == ANSWERED


def test_the_application_of_a_call_is_the_one_whose_number_is_dialled(platform):
    axe = platform.app("AXE")
    bind = platform.request("bind", user=A, x_number=axe.numbers[0])
    extension = bind.members["extendNum"]
    call = platform.call(B, axe.numbers[0], extension=["9999", extension])
    assert (call.app_key, call.destination) == ("axe-demo", A)


def test_an_application_that_is_named_plays_the_call(platform):
    call = platform.call(A, "+8613800999999", app="AXE")
    assert (call.app_key, call.hangup_cause) == ("axe-demo", 8025)


# --- requests, journal, control plane ---


def test_a_request_is_signed_and_a_refusal_is_an_answer(platform):
    assert platform.request("query", x_number="+8613800999999").word("result_code") == "1012001"
    assert platform.request("query", scheme="WSSE", x_number=bound(platform)).status == 200
    assert platform.request("query", app=platform.app("AX"), x_number=platform.app("AX").numbers[0]).status != 401


def test_the_journal_is_read_waited_for_and_judged(platform):
    bound(platform)
    (row,) = platform.journal(kind="api_request")
    assert [row["kind"] for row in platform.journal(app="AX")] == ["state_change"]
    assert row["operation"] == "bind"
    assert platform.wait({"kind": "api_request"}) == [row]
    assert platform.verify({"kind": "api_request", "status": 200}, exactly=1) == 1
    assert platform.verify({"kind": "attempt_ended"}, never=True) == 0
    call = platform.call(A, platform.app().numbers[0], outcome="busy")
    events = [row["event"] for row in platform.journal(kind="call_event", call=call)]
    assert events == ["dialled", "forwarded", "released"]
    assert platform.verify(in_order=[{"operation": "bind"}, {"event": "released"}]) == 2
    assert platform.verify({"event": "released"}, never=True, until="2020-01-01T00:00:00Z") == 0


def test_a_demand_that_is_not_met_fails_like_an_assertion_and_shows_the_nearest_miss(platform):
    bound(platform)
    with pytest.raises(AssertionError) as raised:
        platform.verify({"kind": "api_request", "operation": "bind", "status": 403}, exactly=1)
    first, nearest, difference = str(raised.value).splitlines()
    assert first.startswith(
        "expected exactly 1 of {'kind': 'api_request', 'operation': 'bind', 'status': 403}, found 0 in"
    )
    assert nearest.startswith("  nearest   row ")
    assert difference == "            status: expected 403, got 200"
    with pytest.raises(Unmet, match=r"^after 0.05 s: expected at least 2 of \{'operation': 'bind'\}, found 1 in"):
        platform.wait({"operation": "bind"}, count=2, timeout=0.05)


def test_a_long_failure_has_forty_lines():
    difference = {"path": "a", "expected": 1, "got": None, "missing": True}
    row = {"position": 1, "kind": "call_event", "at": "2026-01-01T00:00:00Z"}
    lines = str(unmet("expected", [{"row": row, "differences": [difference] * 50}])).splitlines()
    assert (len(lines), lines[2]) == (40, "            a: expected 1, got nothing")
    assert lines[-1] == "  … and 13 lines more"


def test_the_whole_control_plane_is_there(platform):
    platform.control.provoke("axb-demo", "1023002")
    assert platform.request("query", x_number=platform.app().numbers[0]).word("result_code") == "1023002"
    platform.control.change_app("axb-demo", {"state": "frozen"})
    assert platform.request("query", x_number=platform.app().numbers[0]).word("result_code") == "1010029"


def test_the_ladder_shows_what_passed(platform, server):
    platform.receiver(server.url)
    assert platform.ladder() == ""
    platform.call(A, bound(platform), outcome="busy")
    lines = platform.ladder().splitlines()
    assert lines[0].split() == ["caller", "platform", "callee", "receiver"]
    assert "bind  200" in lines[1]
    assert "fee  200" in lines[-1]


# --- starting over ---


def test_reset_begins_anew_at_the_same_addresses(platform, server):
    def story() -> tuple[object, ...]:
        platform.receiver(server.url)
        call = platform.call(A, bound(platform))
        return call.call_id, call.session_id, [told.body for told in call.notifications], platform.now()

    places = platform.api_url, platform.control_url, platform.token, platform.apps
    first = story()
    platform.control.change_app("axb-demo", {"state": "frozen", "recording": False})
    platform.control.remove_app("ax-demo")
    platform.reset()
    assert platform.now() == datetime(2026, 1, 1, tzinfo=UTC)
    assert platform.notifications() == ()
    assert [app["state"] for app in platform.control.apps()] == ["normal"] * 5
    assert platform.control.app("axb-demo")["receivers"] == {}
    assert (platform.api_url, platform.control_url, platform.token, platform.apps) == places
    assert story() == first


# --- the two faces ---


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_both_faces_have_the_methods_of_the_core():
    methods = {name for name in public(Inside) if callable(getattr(Inside, name))}
    assert public(Platform) == public(AsyncPlatform)
    assert methods - public(Platform) == {"open", "close"}
    followed = {"events"}  # over the wire only: a test looks at the journal when something has happened
    assert public(Control) == public(AsyncControl) == public(ControlClient) - followed
    assert all(getattr(Platform, name).__doc__ for name in public(Platform))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(Cdr, shapes.Cdr), (Event, shapes.CallEvent), (Recording, shapes.Recording), (Attempt, shapes.Attempt)],
)
def test_the_records_have_the_members_of_the_control_plane(ours, theirs):
    left_out = {"wall_seconds"} if ours is Attempt else set()
    assert {field.name for field in fields(ours)} == set(theirs.__annotations__) - left_out
