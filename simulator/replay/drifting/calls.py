"""What happened to each call of a capture, against CALL_TRANSITIONS and its own CDR; bounded: the oldest is forgotten."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

from simulator.contract.contradictions import contradictions
from simulator.contract.incidents import joined
from simulator.contract.notifications import EVENT_TYPES
from simulator.contract.recognition import Message, Told
from simulator.replay.drifting.finding import Finding
from simulator.telephony.calls import CALL_TRANSITIONS, CallState
from simulator.telephony.events import CallEventKind

MOST_CALLS = 10_000
MOST_WAITING = 40
"""Events of one call that wait for its CDR to say which mode it is of."""
CLOSE = timedelta(seconds=1)
"""Event and CDR round the same instant each for itself."""
REACHED = {kind: state for (_, kind), state in CALL_TRANSITIONS.items()}
INSTANTS = {
    CallEventKind.DIALLED: "dialled_at",
    CallEventKind.FORWARDED: "forwarded_at",
    CallEventKind.ALERTED: "alerted_at",
    CallEventKind.ANSWERED: "answered_at",
}
NAMES = {
    (CallState.RELEASED, CallEventKind.RELEASED): "second_disconnect",
    (CallState.FORWARDED, CallEventKind.ANSWERED): "answer_without_alerting",
}

Report = Callable[[Finding, str], None]


@dataclass(slots=True)
class SeenCall:
    """One call as far as the capture told of it."""

    app_key: str | None
    state: CallState = CallState.NEW
    begun_before: bool = False
    """Whether its first recorded event is not the first of its life."""
    events: dict[CallEventKind, Told] = field(default_factory=dict)
    last: datetime | None = None
    cdr: Told | None = None
    cdr_source: str = ""
    mode: str | None = None
    waiting: list[tuple[Message, str]] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        """Whether nothing more is to come."""
        return self.cdr is not None and self.state is CallState.RELEASED


@dataclass(slots=True)
class SeenCalls:
    """The calls of a capture; `on_over` is told of each once no more can be learned of it."""

    report: Report
    on_over: Callable[[SeenCall], None]
    limit: int = MOST_CALLS
    under_way: OrderedDict[str, SeenCall] = field(default_factory=OrderedDict)
    over: OrderedDict[str, SeenCall] = field(default_factory=OrderedDict)
    since: datetime | None = None
    """The earliest instant that any event told of: calls that began before it are told of in part."""
    began: set[str | None] = field(default_factory=set)
    """The applications whose calls are seen from their beginning."""

    def __len__(self) -> int:
        return len(self.under_way) + len(self.over)

    def call(self, session_id: str, app_key: str | None) -> SeenCall:
        """The call of a session, perhaps new."""
        found = self.under_way.get(session_id) or self.over.get(session_id)
        if found is None:
            found = self.under_way[session_id] = SeenCall(app_key)
            self._forget()
        return found

    def event(self, call: SeenCall, message: Message, source: str) -> None:
        """Something happened to a call."""
        (told,), kind = message.told, message.event
        if kind is None:
            return
        for finding in self._steps(call, kind, told):
            self.report(finding, source)
        call.events.setdefault(kind, told)
        if kind is CallEventKind.RELEASED and call.cdr is not None:
            self.report(_cdr_too_early(), call.cdr_source)
            self._compare(call, call.cdr_source)
        self._settle(told.session_id or "", call)

    def finish(self, call: SeenCall, cdr: Told, source: str) -> None:
        """The CDR of a call has come."""
        if call.cdr is not None:
            words = "a call has one CDR; this one has another body than the first"
            self.report(Finding("second_cdr", "fee", str(cdr.session_id), words), source)
            return
        call.cdr, call.cdr_source = cdr, source
        if call.state is CallState.RELEASED:
            self._compare(call, source)
        self._settle(cdr.session_id or "", call)

    def end(self) -> None:
        """The capture is over: what is still open is judged as far as it is known."""
        for call in chain(self.under_way.values(), self.over.values()):
            self._close(call)

    def _steps(self, call: SeenCall, kind: CallEventKind, told: Told) -> Iterator[Finding]:
        name = EVENT_TYPES[kind]
        path = f"calls.{name}"
        if told.at is not None:
            if call.last is not None and told.at < call.last:
                yield Finding(
                    "time_goes_back", path, f"{told.at} after {call.last}", "an event is earlier than the one before it"
                )
            call.last = told.at
            self.since = told.at if self.since is None else min(self.since, told.at)
        if kind is CallEventKind.DIALLED:
            self.began.add(call.app_key)
        following = CALL_TRANSITIONS.get((call.state, kind))
        if following is None and call.state is CallState.NEW:
            call.begun_before = True
        elif following is None:
            yield _impossible(call.state, kind, path, told)
        if following is not None or call.state is not CallState.RELEASED:
            call.state = following or REACHED[kind]

    def _compare(self, call: SeenCall, source: str) -> None:
        for finding in chain(_same_call(call), self._lacking(call), _contradictory(call)):
            self.report(finding, source)

    def _lacking(self, call: SeenCall) -> Iterator[Finding]:
        """Events that the CDR speaks of and that never came, and the other way round."""
        times = call.cdr.incident.times if call.cdr and call.cdr.incident else {}
        began = times.get("dialled_at")
        whole = not call.begun_before or (began is not None and self.since is not None and began > self.since)
        if not whole or call.app_key not in self.began:
            return
        for kind, word in INSTANTS.items():
            name = EVENT_TYPES[kind]
            if word in times and kind not in call.events:
                yield Finding("missing_event", f"calls.{name}", _id(call), f"the CDR has its time, but no {name} came")
            elif word not in times and kind in call.events and kind is not CallEventKind.DIALLED:
                yield Finding(
                    "cdr_contradicts_events", f"calls.{name}", _id(call), f"{name} came, but the CDR has no time of it"
                )

    def _settle(self, session_id: str, call: SeenCall) -> None:
        if call.finished and session_id in self.under_way:
            self.over[session_id] = self.under_way.pop(session_id)
            self.on_over(call)

    def _forget(self) -> None:
        while len(self) > self.limit:
            _, call = (self.over or self.under_way).popitem(last=False)
            self._close(call)

    def _close(self, call: SeenCall) -> None:
        if not call.finished:
            self.on_over(call)
        if call.cdr is not None and call.state is not CallState.RELEASED and self._was_told(call):
            words = "a CDR came whose call was never told to be over"
            self.report(Finding("cdr_without_disconnect", "calls.fee", _id(call), words), call.cdr_source)

    def _was_told(self, call: SeenCall) -> bool:
        """Whether the capture would have its events: it has the application's, and the call began within it."""
        began = call.cdr.incident.times.get("dialled_at") if call.cdr and call.cdr.incident else None
        within = began is not None and self.since is not None and began >= self.since
        return bool(call.events) or (call.app_key in self.began and within)


def _impossible(state: CallState, kind: CallEventKind, path: str, told: Told) -> Finding:
    usual = "event_after_disconnect" if state is CallState.RELEASED else "impossible_order"
    name = NAMES.get((state, kind), usual)
    words = f"a call that is {state.value} cannot be {kind.value} (telephony/calls.py, CALL_TRANSITIONS)"
    return Finding(name, path, str(told.session_id), words)


def _cdr_too_early() -> Finding:
    return Finding("cdr_before_disconnect", "calls.fee", "", "a CDR came before the disconnect of its call")


def _same_call(call: SeenCall) -> Iterator[Finding]:
    """Whether events and CDR agree about times, numbers and binding (notifications.md 2.2, 3.1)."""
    cdr = call.cdr
    if cdr is None or cdr.incident is None:
        return
    said = cdr.incident
    for kind, word in INSTANTS.items():
        told, time = call.events.get(kind), said.times.get(word)
        if told is not None and told.at is not None and time is not None and abs(told.at - time) > CLOSE:
            yield _differ(f"{EVENT_TYPES[kind]}.time", str(told.at), str(time))
    first, second = call.events.get(CallEventKind.DIALLED), call.events.get(CallEventKind.FORWARDED)
    pairs = [
        *_pairs("callin", first, (said.caller, said.x_number)),
        *_pairs("callout", second, (said.shown, said.callee)),
        (
            "binding",
            next((told.subscription_id for told in call.events.values() if told.subscription_id), None),
            said.subscription_id,
        ),
    ]
    yield from (_differ(place, ours, theirs) for place, ours, theirs in pairs if ours and theirs and ours != theirs)


def _pairs(
    name: str, told: Told | None, numbers: tuple[str | None, str | None]
) -> list[tuple[str, str | None, str | None]]:
    given = told.parties if told is not None else (None, None)
    return [(f"{name}.caller", given[0], numbers[0]), (f"{name}.called", given[1], numbers[1])]


def _differ(place: str, told: str, cdr: str) -> Finding:
    example = f"event {told}, CDR {cdr}"
    return Finding(
        "cdr_contradicts_events", f"calls.{place}", example, "event and CDR of one call say different things"
    )


def _contradictory(call: SeenCall) -> Iterator[Finding]:
    """What cannot be true together in disconnect and CDR, by the tables of codes."""
    if call.cdr is None or call.cdr.incident is None:
        return
    told = call.events.get(CallEventKind.RELEASED)
    record = call.cdr.incident
    if told is not None and told.incident is not None:
        record = joined(told.incident, record)
    record = replace(record, mode=record.mode or call.mode)
    for sentence, _ in contradictions(record):
        yield Finding("cdr_contradicts_itself", f"calls.{_in_general(sentence)}", _id(call), sentence)


def _in_general(sentence: str) -> str:
    """A sentence without its numbers and times, as the name of what it says."""
    words = "".join(letter if letter.isalpha() else " " for letter in sentence).split()
    return "_".join(words).lower()


def _id(call: SeenCall) -> str:
    told = call.cdr or next(iter(call.events.values()), None)
    return "" if told is None else str(told.session_id)
