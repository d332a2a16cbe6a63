"""The life of a call and the CDR that is folded from it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from simulator.contract.network import call_tables
from simulator.telephony.calls import CALL_TRANSITIONS, Call, CallState, ImpossibleEvent
from simulator.telephony.cdr import Cdr, cdr
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.recordings import Recording
from simulator.telephony.routing import CallDirection, Route

AT = datetime(2026, 1, 1, tzinfo=UTC)
RELEASES = call_tables().releases
TO_B = Route(CallDirection.CALLER_TO_CALLEE, "+8613900000002", None, "s-1", "mine")
K = CallEventKind


def a_call(state: CallState = CallState.NEW, route: Route = TO_B) -> Call:
    return Call("call-1", "session", "icid", "app", "+8613900000001", "+8613800000001", route, state)


def happened(*kinds: CallEventKind, cause: int = 0, route: Route = TO_B) -> Call:
    """A call to which these happened, a second apart, before it was released."""
    call = a_call(route=route)
    for second, kind in enumerate((*kinds, K.RELEASED)):
        release = RELEASES[cause] if kind is K.RELEASED else None
        call.apply(CallEvent(kind, AT + timedelta(seconds=second), release))
    return call


@pytest.mark.parametrize("state", CallState)
@pytest.mark.parametrize("kind", CallEventKind)
def test_every_event_is_in_the_table_or_refused_and_changes_nothing(state: CallState, kind: CallEventKind) -> None:
    call, event = a_call(state), CallEvent(kind, AT)
    following = CALL_TRANSITIONS.get((state, kind))
    if following is None:
        with pytest.raises(ImpossibleEvent, match=f"a call that is {state.value} cannot be {kind.value}"):
            call.apply(event)
        assert call == a_call(state)
    else:
        call.apply(event)
        assert (call.state, call.events) == (following, [event])


def test_nothing_happens_after_the_release_and_every_other_state_can_be_released_or_goes_on() -> None:
    assert not [state for state, _ in CALL_TRANSITIONS if state is CallState.RELEASED]
    assert {state for state, _ in CALL_TRANSITIONS} == set(CallState) - {CallState.RELEASED}


def test_a_call_remembers_when_what_happened() -> None:
    call = happened(K.DIALLED, K.FORWARDED, cause=8102)
    assert call.at(K.FORWARDED) == AT + timedelta(seconds=1)
    assert call.at(K.ANSWERED) is None
    assert call.release == RELEASES[8102]
    assert a_call().release is None


def test_the_cdr_of_an_answered_call_has_every_time_and_no_failure() -> None:
    record = cdr(happened(K.DIALLED, K.FORWARDED, K.ALERTED, K.ANSWERED), None)
    assert record == Cdr(
        direction=CallDirection.CALLER_TO_CALLEE,
        app_key="app",
        icid="icid",
        session_id="session",
        x_number="+8613800000001",
        caller="+8613900000001",
        destination="+8613900000002",
        dialled_at=AT,
        forwarded_at=AT + timedelta(seconds=1),
        alerted_at=AT + timedelta(seconds=2),
        answered_at=AT + timedelta(seconds=3),
        released_at=AT + timedelta(seconds=4),
        release=RELEASES[0],
        recording=None,
        subscription_id="s-1",
        user_data="mine",
        shown="+8613800000001",
        extension=None,
        bound_number="+8613800000001",
    )
    assert record.failed_at is None


@pytest.mark.parametrize(
    ("kinds", "cause", "members"),
    [
        ((K.DIALLED,), 8014, ("dialled_at",)),
        ((K.DIALLED, K.FORWARDED), 8102, ("dialled_at", "forwarded_at")),
        ((K.DIALLED, K.FORWARDED, K.ALERTED), 8101, ("dialled_at", "forwarded_at", "alerted_at")),
    ],
)
def test_times_that_never_came_are_absent_and_a_failed_call_failed_when_it_ended(kinds, cause, members) -> None:
    record = cdr(happened(*kinds, cause=cause), None)
    times = ("dialled_at", "forwarded_at", "alerted_at", "answered_at")
    assert tuple(name for name in times if getattr(record, name)) == members
    assert record.failed_at == record.released_at == AT + timedelta(seconds=len(kinds))
    assert record.destination == ("+8613900000002" if "forwarded_at" in members else None)


def test_an_answered_call_that_the_platform_ended_did_not_fail() -> None:
    assert cdr(happened(K.DIALLED, K.FORWARDED, K.ALERTED, K.ANSWERED, cause=8010), None).failed_at is None


def test_a_call_without_a_binding_has_no_subscription() -> None:
    record = cdr(happened(K.DIALLED, cause=8014, route=Route(CallDirection.ABNORMAL, refusal=8014)), None)
    assert (record.subscription_id, record.user_data, record.direction) == (None, None, CallDirection.ABNORMAL)


def test_a_living_call_has_no_cdr() -> None:
    call = a_call()
    call.apply(CallEvent(K.DIALLED, AT))
    with pytest.raises(ValueError, match="call call-1 has not been released"):
        cdr(call, None)


def test_the_days_of_a_recording_begin_at_its_first_push() -> None:
    recording = Recording("r.wav", "d", "b", "app", "call-1", AT, 5, "token")
    assert recording.is_there(AT + timedelta(days=999))
    recording.announced(AT, 60)
    recording.announced(AT + timedelta(days=1), 60)
    assert recording == replace(recording, deleted_at=AT + timedelta(seconds=60))
    assert recording.is_there(AT + timedelta(seconds=59.9))
    assert not recording.is_there(AT + timedelta(seconds=60))
