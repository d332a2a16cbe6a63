"""The menu of the control plane: method, path, what is taken, who answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from simulator.control import paging, takes
from simulator.control.apps import AppRoutes
from simulator.control.asked import Answer, Asked, Member, Shape
from simulator.control.broadcast import Broadcast
from simulator.control.calls import CallRoutes
from simulator.control.catalogue import catalogue
from simulator.control.clock import ClockRoutes
from simulator.control.console import NUMBER_STATES, ConsoleRoutes
from simulator.control.deps import ControlDeps
from simulator.control.faults import FaultRoutes
from simulator.control.journal import JournalRoutes
from simulator.control.live import LiveRoutes
from simulator.control.messages import MessageRoutes
from simulator.control.metrics import Metrics
from simulator.control.notifications import NotificationRoutes
from simulator.control.openapi import Description
from simulator.control.snapshots import SnapshotRoutes
from simulator.delivery.delivery import DeliveryState

PREFIX = "/control/v1"
DAY = 86_400
BODY_LIMIT = 1024 * 1024
SNAPSHOT_LIMIT = 512 * BODY_LIMIT

WORD = Member(takes.word)
MAYBE_WORD = Member(takes.optional(takes.word), None)
LIMIT = Member(takes.whole_text(1, 1000), 100)
SECONDS = Member(takes.optional(takes.number(0, DAY)), None)
COUNT = Member(takes.optional(takes.whole(0, 10**9)), None)
PARTY = takes.one_of(("caller", "callee"))

DIAL: Shape = {
    "app_key": WORD,
    "caller": WORD,
    "dialled": WORD,
    "extension": Member(takes.optional(takes.digits), None),
    "outcome": MAYBE_WORD,
    "rings_seconds": SECONDS,
    "talks_seconds": SECONDS,
    "released_by": Member(takes.optional(PARTY), None),
    "hangup_cause": COUNT,
}
SMS: Shape = {
    "app_key": WORD,
    "sender": Member(takes.text(1, 32)),
    "x_number": WORD,
    "text": Member(takes.text(1, 2000)),
    "send_result": Member(takes.optional(takes.whole(0, 13)), None),
}
ADVANCE: Shape = {
    "seconds": Member(takes.number(0, 3660 * DAY)),
    "wall_seconds": Member(takes.number(0.001, DAY), 60.0),
}
WAIT: Shape = {
    "match": Member(takes.match),
    "count": Member(takes.whole(1, 100_000), 1),
    "timeout_seconds": Member(takes.number(0, 3600), 10.0),
    "after": Member(takes.whole(0, 2**53), 0),
}
DEMAND: Shape = {
    "match": Member(takes.optional(takes.match), None),
    "exactly": COUNT,
    "at_least": COUNT,
    "at_most": COUNT,
    "never": Member(takes.optional(takes.only_true), None),
    "in_order": Member(takes.optional(takes.matches), None),
    "after": Member(takes.whole(0, 2**53), 0),
    "since": Member(takes.optional(takes.instant), None),
    "until": Member(takes.optional(takes.instant), None),
}
VERIFY: Shape = {**DEMAND, "demands": Member(takes.optional(takes.demands), None)}
ROWS: Shape = {
    "after": Member(takes.whole_text(0, 2**53), 0),
    "limit": LIMIT,
    "kind": MAYBE_WORD,
    "app_key": MAYBE_WORD,
    "call_id": MAYBE_WORD,
    "message_id": MAYBE_WORD,
}
PAGED: Shape = {"app_key": MAYBE_WORD, "limit": LIMIT, "cursor": Member(takes.optional(paging.cursor_of(1)), None)}
DELIVERY_STATES = tuple(state.value for state in DeliveryState)
OF_CALL: Shape = {
    "call_id": MAYBE_WORD,
    "message_id": MAYBE_WORD,
    **PAGED,
    "cursor": Member(takes.optional(paging.cursor_of(2)), None),
    "number": MAYBE_WORD,
    "state": Member(takes.optional(takes.one_of(DELIVERY_STATES)), None),
}
NUMBERS: Shape = {"numbers": Member(takes.objects)}
NUMBER_STATE: Shape = {
    "state": Member(takes.one_of(NUMBER_STATES)),
    "cause": Member(takes.optional(takes.whole(0, 99)), None),
}
SEVERAL_NUMBERS: Shape = {"numbers": Member(takes.optional(takes.words), None), **NUMBER_STATE}
ARREARS: Shape = {"arrears": Member(takes.flag)}
PROVOKED: Shape = {
    "code": WORD,
    "http_status": COUNT,
    "times": Member(takes.optional(takes.whole(1, 1_000_000)), 1),
}
RELEASE: Shape = {"released_by": Member(PARTY, "callee")}
RESET: Shape = {"app_key": MAYBE_WORD}
OF_POOL: Shape = {
    "limit": Member(takes.whole_text(1, 1000), 1000),
    "cursor": Member(takes.optional(paging.cursor_by_name), None),
}
HISTORY: Shape = {"history": Member(takes.flag_text, default=False), **OF_POOL}
FAULTS: Shape = {"app_key": WORD, "faults": Member(takes.anything)}
OF_FAULTS: Shape = {"app_key": MAYBE_WORD}
EVENTS: Shape = {"after": Member(takes.optional(takes.whole_text(0, 2**53)), None)}
SCALE: Shape = {"scale": Member(takes.number(0, 100_000))}


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the menu; `body` None lets the whole object through.

    `may_last` is ended when the simulator stops, `only_waits` also when who asked has gone: it changes nothing.
    """

    method: str
    path: str
    answer: Callable[[Asked], Awaitable[Answer]]
    query: Shape = field(default_factory=dict)
    body: Shape | None = field(default_factory=dict)
    is_journaled: bool = True
    may_last: bool = False
    only_waits: bool = False
    reads_headers: bool = False
    body_limit: int = BODY_LIMIT
    """Bytes that a body may have."""


def menu(deps: ControlDeps, broadcast: Broadcast | None = None) -> tuple[Route, ...]:
    """Every route under /control/v1."""
    broadcast = broadcast or Broadcast(deps.exchange.journal)
    described = Description()
    described.routes = (
        *_applications(deps),
        *_console(deps),
        *_played(deps),
        *_seen(deps),
        *_live(deps, broadcast),
        Route("GET", "/openapi.json", described.answer),
    )
    return described.routes


def _applications(deps: ControlDeps) -> tuple[Route, ...]:
    """What applications there are, and what they have."""
    apps = AppRoutes(deps)
    return (
        Route("GET", "/apps", apps.listed),
        Route("POST", "/apps", apps.add, body=None),
        Route("GET", "/apps/{app_key}", apps.one),
        Route("PATCH", "/apps/{app_key}", apps.change, body=None),
        Route("DELETE", "/apps/{app_key}", apps.remove),
        Route("GET", "/apps/{app_key}/numbers", apps.numbers, query=OF_POOL),
        Route("POST", "/apps/{app_key}/numbers", apps.add_numbers, body=NUMBERS),
        Route("GET", "/apps/{app_key}/bindings", apps.bindings, query=HISTORY),
    )


def _console(deps: ControlDeps) -> tuple[Route, ...]:
    """What an operator does to an application."""
    console = ConsoleRoutes(deps)
    return (
        Route("PATCH", "/apps/{app_key}/numbers", console.change_numbers, body=SEVERAL_NUMBERS),
        Route("PATCH", "/apps/{app_key}/numbers/{number}", console.change_number, body=NUMBER_STATE),
        Route("POST", "/apps/{app_key}/arrears", console.change_arrears, body=ARREARS),
        Route("GET", "/apps/{app_key}/voice-files", console.voice_files),
        Route("POST", "/apps/{app_key}/voice-files", console.add_voice_file, body=None),
        Route("PATCH", "/apps/{app_key}/voice-files/{name}", console.change_voice_file, body=None),
        Route("DELETE", "/apps/{app_key}/voice-files/{name}", console.remove_voice_file),
        Route("GET", "/apps/{app_key}/refusals", console.refusals),
        Route("POST", "/apps/{app_key}/refusals", console.provoke, body=PROVOKED),
        Route("DELETE", "/apps/{app_key}/refusals", console.stop_provoking),
    )


def _played(deps: ControlDeps) -> tuple[Route, ...]:
    """What happens on the network, and when."""
    calls, messages, clock = CallRoutes(deps), MessageRoutes(deps), ClockRoutes(deps)
    snapshots = SnapshotRoutes(deps)
    return (
        Route("GET", "/ready", clock.ready),
        Route("GET", "/calls", calls.listed, query=PAGED),
        Route("POST", "/calls", calls.dial, body=DIAL),
        Route("GET", "/calls/{call_id}", calls.one),
        Route("POST", "/calls/{call_id}/release", calls.release, body=RELEASE),
        Route("GET", "/messages", messages.listed, query=PAGED),
        Route("POST", "/messages", messages.send, body=SMS),
        Route("GET", "/messages/{message_id}", messages.one),
        Route("GET", "/clock", clock.now),
        Route("POST", "/clock/advance", clock.advance, body=ADVANCE, may_last=True),
        Route("POST", "/clock/scale", clock.scale, body=SCALE),
        Route("POST", "/clock/freeze", clock.freeze),
        Route("POST", "/reset", clock.reset, body=RESET),
        Route("GET", "/snapshot", snapshots.taken),
        Route("PUT", "/snapshot", snapshots.put_back, body=None, body_limit=SNAPSHOT_LIMIT),
    )


def _seen(deps: ControlDeps) -> tuple[Route, ...]:
    """What has happened so far."""
    journal, notifications = JournalRoutes(deps, DEMAND), NotificationRoutes(deps)
    return (
        Route("GET", "/journal", journal.rows, query=ROWS, is_journaled=False),
        Route("POST", "/journal/wait", journal.wait, body=WAIT, may_last=True, only_waits=True),
        Route("POST", "/journal/verify", journal.verify, body=VERIFY),
        Route("GET", "/notifications", notifications.listed, query=OF_CALL),
        Route("GET", "/notifications/{notification_id}", notifications.one),
        Route("POST", "/notifications/{notification_id}/redeliver", notifications.redeliver),
        *_of_faults(FaultRoutes(deps)),
    )


def _of_faults(faults: FaultRoutes) -> tuple[Route, ...]:
    return (
        Route("GET", "/faults", faults.listed, query=OF_FAULTS),
        Route("PUT", "/faults", faults.put, body=FAULTS),
        Route("DELETE", "/faults", faults.removed, query=OF_FAULTS),
    )


def _live(deps: ControlDeps, broadcast: Broadcast) -> tuple[Route, ...]:
    """What the page signs in with, and follows."""
    live = LiveRoutes(deps, broadcast)
    return (
        Route("POST", "/session", live.begin_session, reads_headers=True),
        Route("DELETE", "/session", live.end_session, reads_headers=True),
        Route("GET", "/catalogue", catalogue),
        Route("GET", "/metrics", Metrics(deps, broadcast).text, is_journaled=False),
        Route("GET", "/events", live.events, query=EVENTS, is_journaled=False, reads_headers=True),
    )
