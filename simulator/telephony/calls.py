"""The life of a call. The law: everything that changes a call is `Call.apply`, and CALL_TRANSITIONS is all it knows.

An event that the table does not have for the call's state is refused by name, and leaves the call as it was.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.release import Release
from simulator.telephony.routing import Route


class CallState(Enum):
    """Where a call is in its life."""

    NEW = "new"
    DIALLED = "dialled"
    COLLECTING = "collecting"
    FORWARDED = "forwarded"
    ALERTING = "alerting"
    ANSWERED = "answered"
    RELEASED = "released"

    __hash__ = object.__hash__  # by identity: Enum's own is a Python call on every look-up in a table


CALL_TRANSITIONS: dict[tuple[CallState, CallEventKind], CallState] = {
    (CallState.NEW, CallEventKind.DIALLED): CallState.DIALLED,
    (CallState.DIALLED, CallEventKind.COLLECTED): CallState.COLLECTING,
    (CallState.DIALLED, CallEventKind.FORWARDED): CallState.FORWARDED,
    (CallState.DIALLED, CallEventKind.RELEASED): CallState.RELEASED,
    (CallState.COLLECTING, CallEventKind.COLLECTED): CallState.COLLECTING,
    (CallState.COLLECTING, CallEventKind.FORWARDED): CallState.FORWARDED,
    (CallState.COLLECTING, CallEventKind.RELEASED): CallState.RELEASED,
    (CallState.FORWARDED, CallEventKind.ALERTED): CallState.ALERTING,
    (CallState.FORWARDED, CallEventKind.RELEASED): CallState.RELEASED,
    (CallState.ALERTING, CallEventKind.ANSWERED): CallState.ANSWERED,
    (CallState.ALERTING, CallEventKind.RELEASED): CallState.RELEASED,
    (CallState.ANSWERED, CallEventKind.RELEASED): CallState.RELEASED,
}


class ImpossibleEvent(Exception):
    """An event that cannot happen to a call in its state; the simulator is wrong, not its user."""


@dataclass(slots=True)
class Call:
    """One call through X: who dialled what, where it was routed, and what has happened to it so far."""

    call_id: str
    session_id: str
    icid: str
    app_key: str
    caller: str
    x_number: str
    route: Route
    state: CallState = CallState.NEW
    events: list[CallEvent] = field(default_factory=list)

    def apply(self, event: CallEvent) -> None:
        """Let `event` happen; raises ImpossibleEvent and changes nothing when the table does not allow it."""
        following = CALL_TRANSITIONS.get((self.state, event.kind))
        if following is None:
            raise ImpossibleEvent(f"a call that is {self.state.value} cannot be {event.kind.value}")
        self.state = following
        self.events.append(event)

    def at(self, kind: CallEventKind) -> datetime | None:
        """When this happened to the call, if it did."""
        return next((event.at for event in self.events if event.kind is kind), None)

    @property
    def was_forwarded(self) -> bool:
        """Whether the callee's leg was begun."""
        return any(event.kind is CallEventKind.FORWARDED for event in self.events)

    @property
    def release(self) -> Release | None:
        """The codes it was released with, once it was."""
        return self.events[-1].release if self.events else None
