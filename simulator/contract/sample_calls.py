"""A call that was never played, as one of its notifications tells of it: planned, released and named like a real one.

Which hangup causes belong to calls without a binding is data: `schemas/codes/samples.json` (notifications.md 2.2, 2.3).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

import orjson

from simulator.contract.network import call_tables, timing
from simulator.contract.profile import Profile
from simulator.contract.recordings import recording_of
from simulator.resources import read_bytes
from simulator.telephony.calls import Call
from simulator.telephony.cdr import Cdr, cdr
from simulator.telephony.commands.calls import Dial
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.ids import Ids, classic_session_id, icid, session_id_2022, uuid_text
from simulator.telephony.plan import plan_call
from simulator.telephony.release import MAXIMUM_DURATION, NO_CALLBACK_RECORD, Stage
from simulator.telephony.routing import CallDirection, Route

A, B, X, Y = "+8613800000021", "+8613800007021", "+8613800000022", "+8613800000023"
"""The numbers of the documents' samples, their masked digits filled in; Y is shown to A in AXYB."""
B_DIALS = ("AXE", "AXYB")
"""The modes whose usual call is one of B: with an extension, or to be shown as Y."""
LIMIT_SECONDS = 60
"""How long a call is talked whose binding allows one minute (8010)."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The application that is told, as far as its notifications show it."""

    app_key: str
    mode: str
    profile: Profile
    x_number: str = X
    y_number: str = Y
    recording: bool = True
    extension: str = "1234"


@dataclass(frozen=True, slots=True)
class SampleCalls:
    """Makes calls of one application that have come to their end, or to the event that is told."""

    whose: Whose
    ids: Ids
    used: set[str] = field(default_factory=set)
    """The session ids of the calls so far."""

    def until(self, told: CallEventKind, at: datetime, cause: int) -> Call:
        """A call to which `told` happens at `at`, its last event so far; raises NotPossible for an unknown cause."""
        caller, route = self._route(cause)
        profile = self.whose.profile
        steps = plan_call(self._dial(caller, cause), route, timing(profile), call_tables())
        kinds = [step.kind for step in steps]
        last = kinds.index(told)
        dialled_at = at - steps[last].after
        call = self._call(caller, route, dialled_at)
        for step in steps[: last + 1]:
            call.apply(CallEvent(step.kind, dialled_at + step.after, step.release, step.digits))
        return call

    def finished(self, at: datetime, cause: int) -> Cdr:
        """The CDR of a call that ends at `at`; an answered one was recorded if the application records."""
        call = self.until(CallEventKind.RELEASED, at, cause)
        if not call.route.record:
            return cdr(call, None)
        bits = self.ids.next(self.whose.app_key, "recording")
        return cdr(call, recording_of(call, at, self.whose.profile, lambda: bits, lambda: ""))

    def _call(self, caller: str, route: Route, at: datetime) -> Call:
        key, x_number = self.whose.app_key, self.whose.x_number
        session = self._session_id(at, (x_number, caller))
        call_id = self.ids.ordered(key, "call", "call")
        return Call(call_id, session, icid(self.ids.next(key, "icid"), at), key, caller, x_number, route)

    def _session_id(self, at: datetime, numbers: tuple[str, str]) -> str:
        """An id that no call of this message has: the 50 CDRs of a batch are of 50 calls."""
        profile, tries, made = self.whose.profile, 0, ""
        while not made or made in self.used:
            bits = self.ids.next(self.whose.app_key, "session")
            if profile.session_id_shape == "2022":
                made = session_id_2022(bits, at, numbers, tries)
            else:
                made = classic_session_id(bits, at, profile.call_host, tries)
            tries += 1
        self.used.add(made)
        return made

    def _dial(self, caller: str, cause: int) -> Dial:
        """It rings and is talked as long as in the outcome with this cause, or else in an answered call."""
        tables = call_tables()
        usual = next((one for one in tables.outcomes.values() if one.cause == cause), tables.outcomes["answered"])
        rings = min(usual.rings_seconds, self.whose.profile.platform_ring_limit_seconds - 1)
        talks = LIMIT_SECONDS if cause == MAXIMUM_DURATION else usual.talks_seconds
        return Dial(caller, self.whose.x_number, rings_seconds=rings, talks_seconds=talks, hangup_cause=cause)

    def _route(self, cause: int) -> tuple[str, Route]:
        """Who dials X, and whom that reaches in the mode's usual call, as far as a binding is known for the cause."""
        mode = self.whose.mode
        caller, callee = (B, A) if mode in B_DIALS else (A, B)
        if self._is_unbound(cause):
            keyed = ("0" * len(self.whose.extension),) if mode == "AXE" and cause in _causes("keyed") else ()
            return caller, Route(CallDirection.ABNORMAL, refusal=cause, collected=keyed)
        extension = self.whose.extension if mode == "AXE" else None
        calls_back = cause == NO_CALLBACK_RECORD
        route = Route(
            CallDirection.ABNORMAL if cause in _causes("abnormal", mode) else self._direction(),
            callee,
            subscription_id=None if mode == "X" else uuid_text(self.ids.next(self.whose.app_key, "subscription")),
            max_seconds=LIMIT_SECONDS if cause == MAXIMUM_DURATION else None,
            record=self.whose.recording,
            shown=self.whose.y_number if mode == "AXYB" else None,
            collected=() if extension is None or calls_back else (extension,),
            extension=extension,
        )
        return A if calls_back else caller, route

    def _is_unbound(self, cause: int) -> bool:
        """Whether no binding is known of; in AXE none is of a call that ends on arrival, but for A's own."""
        if cause in _causes("unbound", self.whose.mode):
            return True
        arrives = call_tables().release(cause).stage is Stage.ARRIVAL
        return self.whose.mode == "AXE" and arrives and cause != NO_CALLBACK_RECORD

    def _direction(self) -> CallDirection:
        if self.whose.mode == "X":
            return CallDirection(self.whose.profile.x_cdr_direction)
        return CallDirection.CALLEE_TO_CALLER if self.whose.mode in B_DIALS else CallDirection.CALLER_TO_CALLEE


@cache
def _causes(which: str, mode: str | None = None) -> Collection[int]:
    """The causes of a list, as far as they are meant for the mode."""
    rows = orjson.loads(read_bytes("schemas/codes/samples.json"))[which]
    return frozenset(row["cause"] for row in rows if mode in row.get("modes", [mode]))
