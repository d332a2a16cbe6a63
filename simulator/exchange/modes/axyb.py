"""The platform's AXYB operations as commands: checked whole, then carried out, then journaled (axe_axyb_x.md 2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import cast

from simulator.contract.network import axyb_rules
from simulator.exchange.apps import App, EndedBinding
from simulator.exchange.core import Core
from simulator.exchange.entering import command, question
from simulator.exchange.expiring import Expiries
from simulator.exchange.modes.checks import check_numbers, check_recording, check_voice_files, may_be_bound, not_ours
from simulator.exchange.modes.mode import Arrival
from simulator.exchange.modes.noting import note_binding
from simulator.telephony.bindings.axyb import AxBinding, AxybBindings, Relations, YbBinding
from simulator.telephony.bindings.book import Binding
from simulator.telephony.bindings.supply import Cities
from simulator.telephony.calls import Call
from simulator.telephony.commands.axyb import BindAx, BindYb, QueryAxyb, UnbindAxyb
from simulator.telephony.errors import Reason, Refused
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.ids import uuid_text
from simulator.telephony.numbering import XNumber
from simulator.telephony.routes.axyb import route_axyb
from simulator.telephony.routing import CallDirection, Route

LOOSE = "1"
UNBOUND = "unbound"


@dataclass(frozen=True, slots=True)
class AxybPage:
    """An A and as many of its Bs as a query shows."""

    ax: AxBinding
    peers: Sequence[YbBinding]


def book(app: App) -> AxybBindings:
    """The bindings of an application of this mode."""
    return cast("AxybBindings", app.bindings)


class AxybMode:
    """Bind, unbind and query, each raises Refused and then has changed nothing; and who is reached."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._expiries = Expiries(core, self._expired, key_of)

    @command("axyb.bind_ax")
    def bind_ax(self, app: App, command: BindAx) -> AxBinding:
        """Give A an X number of a city (axe_axyb_x.md 2.1)."""
        at = self._core.now()
        check_numbers(app, (command.user,))
        check_voice_files(app, (command.record_tone, command.ring_tone))
        book(app).check_user(command.user, app.profile.axyb_x_per_user)
        check_recording(app, record=bool(command.record))
        cities = app.pool.cities(command.area_code, loose=command.area_match == LOOSE)
        x_number = book(app).free_x(cities, may_be_bound)
        if x_number is None:
            raise _none_left(app, "X", command.area_code)
        seconds = app.profile.axyb_duration_seconds if command.lifetime_seconds is None else command.lifetime_seconds
        ax = book(app).bind_ax(command, x_number, self._core.subscription_id(app), seconds, at)
        self._expiries.begin(app, ax)
        self._note("bound", app, ax, at)
        return ax

    @command("axyb.bind_yb")
    def bind_yb(self, app: App, command: BindYb) -> YbBinding:
        """Give B a Y number by which A reaches it (axe_axyb_x.md 2.1)."""
        at = self._core.now()
        check_numbers(app, (command.user,))
        check_voice_files(app, (command.ring_tone_y,))
        if app.profile.axyb_yb_user_data == "ignored":
            command = replace(command, user_data=None)
        relations = self._living(app, command.subscription_id)
        book(app).check_peer(relations, command.user)
        y_number = self._y_for(app, relations, command)
        if y_number is None:
            raise _none_left(app, "Y", command.area_code or relations.number.area_code)
        return self._tie(app, command, y_number, at, automatic=False)

    @command("axyb.unbind")
    def unbind(self, app: App, command: UnbindAxyb) -> Sequence[AxBinding | YbBinding]:
        """Take one B away, or A with every B (axe_axyb_x.md 2.2)."""
        at = self._core.now()
        if command.y_number is not None and app.pool.get(command.y_number) is None:
            raise Refused(Reason.X_NOT_OURS, not_ours(app, command.y_number))
        relations = self._living(app, command.subscription_id)
        if command.y_number is None and command.user is None:
            return self._end_all(app, command.subscription_id, UNBOUND, at)
        yb = _one_of(relations, command, book(app))
        self._end_one(app, yb, UNBOUND, at)
        return (yb,)

    @question("axyb.query")
    def query(self, app: App, command: QueryAxyb) -> AxybPage:
        """The relations of an A, by its subscription id or its X (axe_axyb_x.md 2.3)."""
        self._core.now()
        relations = self._asked(app, command)
        by_peer = relations.by_peer.values()
        ordered: Iterable[YbBinding] = reversed(by_peer) if app.profile.axyb_query_order == "newest_first" else by_peer
        return AxybPage(relations.ax, tuple(islice(ordered, app.profile.axyb_query_rows)))

    def route(self, app: App, arrival: Arrival) -> Route:
        """A by its X, shown the caller's Y; B by its Y, shown the X of the A who dials."""

        def find_y(relations: Relations) -> str | None:
            found = self._y_for(app, relations, BindYb(arrival.caller, relations.ax.subscription_id))
            return None if found is None else found.number

        self._catch_up(app, book(app).on_x(arrival.x_number.number))
        return route_axyb(
            arrival.x_number, arrival.caller, book(app), axyb_rules(app.profile, app.routing_rules), find_y
        )

    def happened(self, app: App, call: Call, event: CallEvent) -> None:
        """A caller whom A did not know gets the Y that its route promised, as soon as the call was dialled."""
        route = call.route
        if event.kind is not CallEventKind.DIALLED or route.direction is not CallDirection.CALLEE_TO_CALLER:
            return
        relations = book(app).on_x(call.x_number)
        if relations is None or route.refusal is not None or call.caller in relations.by_peer:
            return
        y_number = app.pool.get(route.shown or "")
        if y_number is not None:
            command = BindYb(call.caller, relations.ax.subscription_id)
            self._tie(app, command, y_number, event.at, automatic=True)

    def _asked(self, app: App, command: QueryAxyb) -> Relations:
        if command.subscription_id is not None:
            return self._living(app, command.subscription_id)
        x_number = command.x_number or ""
        if app.pool.get(x_number) is None:
            raise Refused(Reason.X_NOT_OURS, not_ours(app, x_number))
        self._catch_up(app, book(app).on_x(x_number))
        relations = book(app).on_x(x_number)
        if relations is None:
            raise Refused(Reason.NO_SUCH_BINDING, f"{x_number} is the X of nobody")
        return relations

    def _y_for(self, app: App, relations: Relations, command: BindYb) -> XNumber | None:
        return book(app).y_for(
            relations.ax.user, _cities_of_y(app, relations, command), may_be_bound, app.profile.axyb_relations_per_y
        )

    def _tie(self, app: App, command: BindYb, y_number: XNumber, at: datetime, *, automatic: bool) -> YbBinding:
        relation_id = self._id(app, "relation")
        yb = book(app).new_yb(command, y_number.number, relation_id, at, automatic=automatic)
        book(app).bind_yb(yb, y_number, app.profile.axyb_relations_per_y)
        self._expiries.begin(app, yb)
        self._note("bound", app, yb, at)
        return yb

    def _id(self, app: App, kind: str) -> str:
        return uuid_text(self._core.ids.next(app.app_key, kind))

    def _expired(self, app: App, binding: Binding, at: datetime) -> None:
        if isinstance(binding, YbBinding):
            self._end_one(app, binding, "expired", at)
        else:
            self._end_all(app, binding.subscription_id, "expired", at)

    def _end_all(self, app: App, subscription_id: str, why: str, at: datetime) -> Sequence[AxBinding | YbBinding]:
        """A's X ends, and every Y with it."""
        ended = book(app).remove_ax(subscription_id)
        for binding in ended:
            if why == UNBOUND or isinstance(binding, YbBinding):
                self._expiries.gone(app, binding)
            self._ended(app, binding, why, at)
        return ended

    def _end_one(self, app: App, yb: YbBinding, why: str, at: datetime) -> None:
        """One Y ends; A's X goes on."""
        book(app).remove_yb(yb)
        if why == UNBOUND:
            self._expiries.gone(app, yb)
        self._ended(app, yb, why, at)

    def _ended(self, app: App, binding: AxBinding | YbBinding, why: str, at: datetime) -> None:
        app.ended.append(EndedBinding(binding, why, at))
        self._note(why, app, binding, at)

    def _living(self, app: App, subscription_id: str) -> Relations:
        """An A with those of its Bs whose lifetime is not over; raises Refused(NO_SUCH_BINDING)."""
        self._catch_up(app, book(app).get(subscription_id))
        return book(app).get(subscription_id)

    def _catch_up(self, app: App, relations: Relations | None) -> None:
        def alive() -> Sequence[Binding]:
            return () if relations is None else (relations.ax, *relations.by_peer.values())

        self._expiries.catch_up(app, alive, self._core.clock.now())

    def _note(self, what: str, app: App, binding: AxBinding | YbBinding, at: datetime) -> None:
        """`user` is A; of a B there are its number and its Y too."""
        members: dict[str, object] = {"user": binding.user}
        if isinstance(binding, YbBinding):
            members |= {"y_number": binding.y_number, "callee": binding.peer, "automatic": binding.automatic}
        note_binding(self._core, what, app, binding, at, **members)


def key_of(binding: Binding) -> str:
    """What the book knows a binding by: an A by its subscription id, a B by an id of its own."""
    return binding.relation_id if isinstance(binding, YbBinding) else binding.subscription_id


def _cities_of_y(app: App, relations: Relations, command: BindYb) -> Cities:
    """Where a Y may come from: the city that was asked for, else what the profile says of the city of X."""
    if command.area_code is not None:
        return app.pool.cities(command.area_code, loose=command.area_match == LOOSE)
    return app.pool.cities(relations.number.area_code, loose=app.profile.axyb_y_without_area == "loose")


def _one_of(relations: Relations, command: UnbindAxyb, bindings: AxybBindings) -> YbBinding:
    """The B that an unbind means, the Y number wins; raises Refused(NO_SUCH_BINDING)."""
    ax = relations.ax
    by_y = command.y_number is not None
    yb = bindings.of_user_on(command.y_number or "", ax.user) if by_y else relations.by_peer.get(command.user or "")
    if yb is None or yb.subscription_id != ax.subscription_id:
        which = f"Y {command.y_number}" if by_y else f"B {command.user}"
        raise Refused(Reason.NO_SUCH_BINDING, f"{which} is not in binding {ax.subscription_id} of {ax.user}")
    return yb


def _none_left(app: App, role: str, area_code: str) -> Refused:
    why = f"no {role} for area {area_code}: of {len(app.pool)} numbers none that may be chosen is normal and free" + (
        ", or a Y with room that this A is not on" if role == "Y" else ""
    )
    return Refused(Reason.NO_NUMBER_AVAILABLE, why)
