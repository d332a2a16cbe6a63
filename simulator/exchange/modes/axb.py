"""The platform's AXB operations as commands: checked whole, then carried out, then journaled (ax_axb.md 6 to 9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from simulator.contract.codes import area_provinces
from simulator.exchange.apps import App, EndedBinding
from simulator.exchange.core import Core
from simulator.exchange.entering import command, question
from simulator.exchange.expiring import Expiries
from simulator.exchange.modes.checks import (
    check_numbers,
    check_recording,
    check_sms,
    check_state,
    check_voice_files,
    not_ours,
)
from simulator.exchange.modes.choosing import choose_x
from simulator.exchange.modes.mode import Arrival
from simulator.exchange.modes.noting import note_binding
from simulator.telephony.bindings.axb import AxbBinding, AxbBindings
from simulator.telephony.bindings.book import Binding
from simulator.telephony.calls import Call
from simulator.telephony.commands.axb import BindAxb, ModifyAxb, QueryAxb, UnbindAxb
from simulator.telephony.errors import Reason, Refused
from simulator.telephony.events import CallEvent
from simulator.telephony.messages import Sms, SmsRules, SmsWay, through_axb
from simulator.telephony.numbering import XNumber, area_of_landline
from simulator.telephony.routes.axb import route_axb
from simulator.telephony.routing import Route


@dataclass(frozen=True, slots=True)
class AxbPage:
    """A page of bindings, and how many there are in all."""

    bindings: Sequence[AxbBinding]
    total_count: int


def book(app: App) -> AxbBindings:
    """The bindings of an application of this mode."""
    return cast("AxbBindings", app.bindings)


VOICE_FILES = ("record_tone", "last_minute_tone", "caller_tone", "callee_tone")


class AxbMode:
    """Bind, unbind, modify and query, each raises Refused and then has changed nothing; and who is reached."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._expiries = Expiries(core, self._expired)

    @command("axb.bind")
    def bind(self, app: App, command: BindAxb) -> AxbBinding:
        """Tie two numbers together behind X."""
        at = self._core.now()
        check_numbers(app, (command.caller, command.callee))
        check_voice_files(
            app, (command.record_tone, command.last_minute_tone, command.caller_tone, command.callee_tone)
        )
        check_sms(app, sms=command.sms)
        x_number = self._x_for(app, command)
        subscription_id = self._core.subscription_id(app)
        binding = book(app).bind(command, x_number, subscription_id, at)
        self._expiries.begin(app, binding)
        self._note("bound", app, binding, at)
        return binding

    @command("axb.unbind")
    def unbind(self, app: App, command: UnbindAxb) -> Sequence[AxbBinding]:
        """Take away one binding, or all on an X number."""
        at = self._core.now()
        if command.subscription_id is not None:
            self._living(app, command.subscription_id, at)
            removed: Sequence[AxbBinding] = (book(app).remove(command.subscription_id),)
        else:
            removed = book(app).remove_all_on(self._own_x(app, command.x_number, "unbind").number)
            if not removed and app.profile.axb_unbind_empty_x != "success":
                raise Refused(Reason.NO_SUCH_BINDING, f"{command.x_number} has no bindings")
        for binding in removed:
            self._expiries.gone(app, binding)
            self._end(app, binding, "unbound", at)
        return removed

    @command("axb.modify")
    def modify(self, app: App, command: ModifyAxb) -> AxbBinding:
        """Change members of a binding; a lifetime counts anew from now."""
        at = self._core.now()
        old = self._living(app, command.subscription_id, at)
        changes = command.changes
        check_numbers(app, [str(changes[name]) for name in ("caller", "callee") if name in changes])
        check_voice_files(app, [str(changes[name]) for name in VOICE_FILES if changes.get(name)])
        check_recording(app, record=bool(changes.get("record")))
        check_sms(app, sms=bool(changes.get("sms")))
        check_state(app.pool.get(old.x_number))
        binding = book(app).modify(command.subscription_id, changes, at)
        self._expiries.changed(app, old, binding)
        self._note("modified", app, binding, at, changed=sorted(changes))
        return binding

    @question("axb.query")
    def query(self, app: App, command: QueryAxb) -> AxbPage:
        """Look bindings up; the subscription id wins over everything else."""
        at = self._core.now()
        if command.subscription_id is not None:
            return AxbPage((self._living(app, command.subscription_id, at),), 1)
        x_number = self._own_x(app, command.x_number, "query").number
        if command.caller is not None or command.callee is not None:
            return AxbPage((self._pair(app, x_number, command),), 1)
        total = book(app).count_on(x_number)
        if not total and app.profile.axb_query_empty_x != "empty_list":
            raise Refused(Reason.NO_SUCH_BINDING, f"{x_number} has no bindings")
        return AxbPage(book(app).page(x_number, command), total)

    def route(self, app: App, arrival: Arrival) -> Route:
        """The other party of the caller's pair on X."""
        self._catch_up(app, arrival.x_number.number, arrival.at)
        return route_axb(arrival.x_number, arrival.caller, book(app), app.routing_rules)

    def way(self, app: App, sms: Sms, at: datetime, rules: SmsRules) -> SmsWay:
        """Of an SMS: to the other party of the sender's pair on X (notifications.md 4)."""
        self._catch_up(app, sms.x_number, at)
        return through_axb(sms, book(app), rules)

    def happened(self, app: App, call: Call, event: CallEvent) -> None:
        """Nothing is kept of a call."""

    def _pair(self, app: App, x_number: str, command: QueryAxb) -> AxbBinding:
        party = command.caller if command.caller is not None else command.callee or ""
        binding = book(app).find(x_number, party)
        wanted = (command.caller, command.callee)
        if binding is None or any(
            w not in (None, has) for w, has in zip(wanted, (binding.caller, binding.callee), strict=True)
        ):
            raise Refused(
                Reason.NO_SUCH_BINDING, f"no binding on {x_number} with caller {wanted[0]} and callee {wanted[1]}"
            )
        return binding

    def _own_x(self, app: App, x_number: str | None, operation: str) -> XNumber:
        if x_number is None:
            raise Refused(Reason.IDENTIFICATION_INCOMPLETE, f"{operation} needs a subscription id or an X number")
        found = app.pool.get(x_number)
        if found is None:
            raise Refused(Reason.X_NOT_OURS, not_ours(app, x_number))
        self._catch_up(app, x_number, self._core.clock.now())
        return found

    def _living(self, app: App, subscription_id: str, at: datetime) -> AxbBinding:
        """The binding, if its lifetime is not over; raises Refused."""
        binding = book(app).get(subscription_id)
        self._catch_up(app, binding.x_number, at)
        return book(app).get(subscription_id)

    def _x_for(self, app: App, command: BindAxb) -> str:
        parties = (command.caller, command.callee)
        if command.x_number is None:
            check_recording(app, record=bool(command.record))
            book(app).check_pair("", parties)
            return self._choose_x(app, command)
        x_number = self._own_x(app, command.x_number, "bind")
        book(app).check_room(x_number.number, app.profile.pairs_per_x)
        check_recording(app, record=bool(command.record))
        check_state(x_number)
        book(app).check_pair(x_number.number, parties)
        return x_number.number

    def _choose_x(self, app: App, command: BindAxb) -> str:
        area_code = command.area_code or area_of_landline(command.caller, area_provinces())
        if area_code is None:
            raise Refused(
                Reason.IDENTIFICATION_INCOMPLETE, "a mobile caller needs an X number or an area code to choose X by"
            )
        parties = (command.caller, command.callee)

        def has_room(x_number: XNumber) -> bool:
            self._catch_up(app, x_number.number, self._core.clock.now())
            return book(app).has_room(x_number.number, parties, app.profile.pairs_per_x)

        chosen = choose_x(self._core, app, area_code, command.area_match, has_room)
        if chosen is not None:
            return chosen.number
        raise Refused(
            Reason.NO_NUMBER_AVAILABLE,
            f"no X of area {area_code} can take {command.caller} and {command.callee}: of {len(app.pool)} X numbers "
            "none of the area is normal, has room and has neither of them on it",
        )

    def _expired(self, app: App, binding: Binding, at: datetime) -> None:
        book(app).remove(binding.subscription_id)
        self._end(app, cast("AxbBinding", binding), "expired", at)

    def _end(self, app: App, binding: AxbBinding, why: str, at: datetime) -> None:
        app.ended.append(EndedBinding(binding, why, at))
        self._note(why, app, binding, at)

    def _catch_up(self, app: App, x_number: str, at: datetime) -> None:
        self._expiries.catch_up(app, lambda: book(app).on_x(x_number), at)

    def _note(
        self, what: str, app: App, binding: AxbBinding, at: datetime, changed: Sequence[str] | None = None
    ) -> None:
        parties = {"caller": binding.caller, "callee": binding.callee}
        note_binding(self._core, what, app, binding, at, **parties, changed=changed)
