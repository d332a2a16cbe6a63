"""Calls that are played: from the dialling every event, the CDR and the recording follow, each exactly once."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from simulator.contract.modes import mode_row
from simulator.exchange.apps import App
from simulator.exchange.core import Core, UnknownNumber
from simulator.exchange.deadlines import Deadline
from simulator.exchange.keeping import Kept
from simulator.exchange.modes.mode import Arrival, Mode
from simulator.exchange.modes.x import undecided
from simulator.exchange.recordings import Recordings
from simulator.telephony.calls import Call, CallState
from simulator.telephony.cdr import Cdr, cdr
from simulator.telephony.commands.calls import Dial, Party
from simulator.telephony.errors import NotPossible, Reason, Refused
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.ids import classic_session_id, icid, session_id_2022
from simulator.telephony.numbering import NumberKind, as_seen_by_the_network, kind_of
from simulator.telephony.plan import Step, plan_call
from simulator.telephony.recordings import Recording
from simulator.telephony.release import (
    CALLEE_REJECTED,
    CALLER_HUNG_UP_BEFORE_FORWARDING,
    CALLER_HUNG_UP_BEFORE_RINGING,
    CALLER_HUNG_UP_WHILE_RINGING,
    NORMAL,
)
from simulator.telephony.routing import CallDirection, Route

PLATFORM = "platform"
"""Who released a call that no party hung up."""


@dataclass(slots=True, eq=False)
class PlayedCall:
    """A call with what was asked for it and what came of it."""

    call: Call
    dial: Dial
    dialled_at: datetime
    steps: list[Step]
    ends_at: datetime
    released_by: Party | None = None
    pending: Deadline | None = None
    cdr: Cdr | None = None
    recording: Recording | None = None
    delivery_ids: list[str] = field(default_factory=list)
    asked: bool = False
    """Whether it was put to the customer what becomes of it (mode X)."""
    number: int = 0
    """Which of everything that was made it is: at one instant too the later has the greater."""

    @property
    def waits(self) -> bool:
        """Whether it cannot go on before the customer has decided."""
        return self.asked and not self.steps and self.call.state is CallState.DIALLED

    @property
    def is_forced(self) -> bool:
        """Whether its end does not hang on the customer's decision."""
        return self.dial.hangup_cause is not None or not self.asked


class Calls:
    """Plays calls on the story's clock and tells `on_event` and `on_cdr` what happened."""

    def __init__(self, core: Core, modes: Mapping[str, Mode]) -> None:
        self._core = core
        self._modes = modes
        self._under_way: Counter[str] = Counter()
        self.on_event: Callable[[PlayedCall, CallEvent], None] = lambda *_: None
        self.on_cdr: Callable[[PlayedCall, Cdr], None] = lambda *_: None
        self.on_unasked: Callable[[PlayedCall], None] = lambda _: None
        """What becomes of a call that must be decided when there is nobody to ask."""
        self._by_session: dict[str, PlayedCall] = {}
        self._kept: Kept[PlayedCall] = Kept(core.limits.calls_kept, self._forgotten)
        self.recordings = Recordings(core)

    def dial(self, app: App, dial: Dial, dialled_at: datetime | None = None) -> PlayedCall:
        """Begin a call; raises NotPossible or UnknownNumber, and then nothing happened."""
        now = self._core.now()
        at = now if dialled_at is None else min(dialled_at, now)
        caller, dialled = as_seen_by_the_network(dial.caller), as_seen_by_the_network(dial.dialled)
        x_number = app.pool.get(dialled)
        if x_number is None:
            found: Route | None = self._to_nobody(app, dialled)
        else:
            arrival = Arrival(x_number, caller, dial, at, self._under_way[dialled])
            found = self._modes[app.mode].route(app, arrival)
        route = found or undecided(app)
        steps = plan_call(dial, route, app.timing, self._core.tables)
        if found is None:
            steps = steps[:1]
        ids = self._core.ids
        call = Call(
            ids.ordered(app.app_key, "call", "call"),
            self._session_id(app, at, (dialled, caller)),
            icid(ids.next(app.app_key, "icid"), at),
            app.app_key,
            caller,
            dialled,
            route,
        )
        ends_at = at + steps[-1].after
        played = PlayedCall(call, dial, at, list(steps), ends_at, asked=found is None, number=ids.number())
        self._kept.add(call.call_id, played)
        self._by_session[call.session_id] = played
        self._under_way[dialled] += 1
        self._next(played, now)
        if played.waits and not played.delivery_ids:
            self.on_unasked(played)
        return played

    def count_under_way(self) -> int:
        """How many calls have not been released."""
        return self._under_way.total()

    def decided(self, played: PlayedCall, route: Route, at: datetime) -> None:
        """The customer decided about a call that waits: the rest of its plan counts from now (axe_axyb_x.md 3.2)."""
        app, waited = self._core.apps[played.call.app_key], at - played.dialled_at
        played.call.route = route
        steps = plan_call(played.dial, route, app.timing, self._core.tables)[1:]
        played.steps = [step._replace(after=waited + step.after) for step in steps]
        played.ends_at = played.dialled_at + played.steps[-1].after
        self._next(played, at)

    def terminate(self, app: App, session_id: str) -> PlayedCall:
        """The customer ends a call of its own now; raises Refused (axe_axyb_x.md 5)."""
        at, played = self._core.now(), self._by_session.get(session_id)
        if played is None or played.call.app_key != app.app_key:
            raise Refused(Reason.NO_SUCH_CALL, f"the application has no call with the session id {session_id!r}")
        if played.call.state is CallState.RELEASED:
            raise Refused(
                Reason.CALL_HAS_ENDED, f"call {played.call.call_id} was released at {played.ends_at:%H:%M:%SZ}"
            )
        return self._end_now(played, at, app.profile.terminate_cause)

    def release(self, played: PlayedCall, by: Party) -> PlayedCall:
        """One party hangs up now; raises NotPossible when the call has ended."""
        at = self._core.now()
        state = played.call.state
        if state is CallState.RELEASED:
            raise NotPossible(f"call {played.call.call_id} was released already")
        if by is Party.CALLEE and state in (CallState.DIALLED, CallState.COLLECTING, CallState.FORWARDED):
            raise NotPossible("the callee cannot hang up before it rings; released_by caller is possible")
        played.released_by = by
        return self._end_now(played, at, _hang_up_cause(state, by))

    def get(self, call_id: str) -> PlayedCall | None:
        """A call under way, or one of the last that ended."""
        return self._kept.get(call_id)

    def newest(self, app_key: str | None, limit: int) -> Sequence[PlayedCall]:
        """Calls, the newest first."""
        return self._kept.newest(lambda played: app_key in (None, played.call.app_key), limit)

    def forget(self, app_key: str) -> None:
        """Forget the calls and recordings of an application; those under way end without a word."""
        for played in self._kept.newest(lambda played: played.call.app_key == app_key, len(self._kept)):
            if played.pending is not None:
                self._core.deadlines.cancel(played.pending)
            if played.call.state is not CallState.RELEASED:
                self._ended(played.call)
            self._kept.remove(played.call.call_id)
        self.recordings.forget(app_key)

    def _end_now(self, played: PlayedCall, at: datetime, cause: int) -> PlayedCall:
        """Release a call instead of what was planned for it."""
        if played.pending is not None:
            self._core.deadlines.cancel(played.pending)
        played.steps = [Step(at - played.dialled_at, CallEventKind.RELEASED, self._core.tables.release(cause))]
        played.ends_at = at
        self._next(played, at)
        return played

    def _forgotten(self, played: PlayedCall) -> None:
        self._by_session.pop(played.call.session_id, None)

    def _next(self, played: PlayedCall, now: datetime) -> None:
        """Let the steps happen that are due; come back for the next one."""
        while played.steps:
            step = played.steps[0]
            at = played.dialled_at + step.after
            if at > now:
                detail = f"{played.call.call_id} {step.kind.value}"
                played.pending = self._core.deadlines.add(at, "call", detail, self._next, played)
                return
            played.pending = None
            del played.steps[0]
            by = None if step.release is None else _who(played, step.release.cause)
            self._happen(played, CallEvent(step.kind, at, step.release, step.digits, by))

    def _happen(self, played: PlayedCall, event: CallEvent) -> None:
        call = played.call
        call.apply(event)
        app = self._core.apps[call.app_key]
        self._modes[app.mode].happened(app, call, event)
        cause = event.release.cause if event.release else None
        who = PLATFORM if event.by is None else event.by.value
        extra = {} if cause is None else {"hangup_cause": cause, "released_by": who}
        self._core.journal.note("call_event", event.at, call.app_key, call.call_id, event=event.kind.value, **extra)
        self.on_event(played, event)
        if event.release is not None:
            self._ended(call)
            played.recording = self.recordings.record(app, call, event.at)
            played.cdr = cdr(call, played.recording, app.area_of(call.route.bound_number or call.x_number))
            self._kept.finish(call.call_id)
            self.on_cdr(played, played.cdr)

    def _ended(self, call: Call) -> None:
        self._under_way[call.x_number] -= 1
        if not self._under_way[call.x_number]:
            del self._under_way[call.x_number]

    def _session_id(self, app: App, at: datetime, numbers: tuple[str, str]) -> str:
        """An id that no call has that is known: customers tell their calls apart by it, and end them by it."""
        tries = 0
        while True:
            bits = self._core.ids.next(app.app_key, "session")
            if app.profile.session_id_shape == "2022":
                made = session_id_2022(bits, at, numbers, tries)
            else:
                made = classic_session_id(bits, at, app.profile.call_host, tries)
            if made not in self._by_session:
                return made
            tries += 1

    def _to_nobody(self, app: App, dialled: str) -> Route:
        """The route of a call to what is nobody's X, where the mode has a cause for it; raises UnknownNumber."""
        cause = mode_row(app.mode).nobodys_x_cause
        if cause is None or kind_of(dialled) is NumberKind.MALFORMED or self._owner(dialled) is not None:
            raise UnknownNumber(self.nobodys(app, dialled))
        return Route(CallDirection.ABNORMAL, refusal=cause)

    def _owner(self, dialled: str) -> str | None:
        return next((key for key, other in self._core.apps.items() if other.pool.get(dialled)), None)

    def nobodys(self, app: App, dialled: str) -> str:
        """Why a number is no X of this application."""
        owner = self._owner(dialled)
        if owner is not None:
            return f"{dialled} is an X number of application {owner}, not of {app.app_key}"
        numbers = [x_number.number for x_number in app.pool][:5]
        return f"{dialled} is nobody's X number; {app.app_key} has {len(app.pool)}: {', '.join(numbers) or 'none'}" + (
            ", …" if len(app.pool) > len(numbers) else ""
        )


def _hang_up_cause(state: CallState, by: Party) -> int:
    if state is CallState.ALERTING and by is Party.CALLEE:
        return CALLEE_REJECTED
    return {
        CallState.ANSWERED: NORMAL,
        CallState.ALERTING: CALLER_HUNG_UP_WHILE_RINGING,
        CallState.FORWARDED: CALLER_HUNG_UP_BEFORE_RINGING,
    }.get(state, CALLER_HUNG_UP_BEFORE_FORWARDING)


def _who(played: PlayedCall, cause: int) -> Party | None:
    """Who hung up: the party that did by hand, or the one that the cause names; None: the platform."""
    if played.released_by is not None:
        return played.released_by
    by_cause = {
        NORMAL: played.dial.released_by,
        CALLER_HUNG_UP_BEFORE_FORWARDING: Party.CALLER,
        CALLER_HUNG_UP_BEFORE_RINGING: Party.CALLER,
        CALLER_HUNG_UP_WHILE_RINGING: Party.CALLER,
        CALLEE_REJECTED: Party.CALLEE,
    }
    return by_cause.get(cause)
