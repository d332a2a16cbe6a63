"""Mode AX: its operations as commands, and who is reached (ax_axb.md 1 to 5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from simulator.contract.responses.common import ZONES
from simulator.exchange.apps import App, EndedBinding
from simulator.exchange.core import Core
from simulator.exchange.modes.checks import (
    check_display,
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
from simulator.telephony.bindings.ax import AxBinding, AxBindings, TemporaryCallee
from simulator.telephony.calls import Call
from simulator.telephony.commands.ax import BindAx, ModifyAx, QueryAx, SetCallee, UnbindAx
from simulator.telephony.errors import Reason, Refused
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.ids import uuid_text
from simulator.telephony.routes.ax import AxRules, route_ax
from simulator.telephony.routing import CallDirection, Route

LOCATOR = "locator"
ONE_CALL = "one_call"


class AxMode:
    """Bind, unbind, modify, query, temporary callee, each raises Refused and then has changed nothing; and routing."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def bind(self, app: App, command: BindAx) -> AxBinding:
        """Give A an X number."""
        at = self._core.now()
        check_numbers(app, (command.user,))
        tones = (command.record_tone, command.last_minute_tone, command.caller_tone, command.callee_tone)
        check_voice_files(app, tones)
        check_display(app, command.display)
        x_number = self._x_for(app, command)
        book(app).check_user(command.user, app.profile.ax_x_per_user)
        check_recording(app, record=bool(command.record))
        check_sms(app, sms=command.sms)
        day = (at + ZONES[app.profile.subscribe_time_zone]).date()
        book(app).check_day(x_number, day, app.profile.ax_binds_per_day)
        subscription_id = uuid_text(self._core.ids.next(app.app_key, "subscription"))
        binding = book(app).bind(command, x_number, subscription_id, at)
        book(app).count_bind(x_number, day)
        self._note("bound", app, binding, at)
        return binding

    def unbind(self, app: App, command: UnbindAx) -> AxBinding:
        """Take an X number away from its A."""
        at = self._core.now()
        binding = self._found(app, command.subscription_id, command.x_number)
        check_state(app.pool.get(binding.x_number))
        book(app).remove(binding.subscription_id)
        app.ended.append(EndedBinding(binding, "unbound", at))
        self._note("unbound", app, binding, at)
        return binding

    def modify(self, app: App, command: ModifyAx) -> AxBinding:
        """Change members of a binding, A among them."""
        at = self._core.now()
        old = self._found(app, command.subscription_id, command.x_number)
        changes = self._changes(app, old, command.changes)
        tone = changes.get("last_minute_tone")
        check_voice_files(app, (str(tone) if tone else None,))
        check_recording(app, record=bool(changes.get("record")))
        check_sms(app, sms=bool(changes.get("sms")))
        if "user" in changes:
            check_numbers(app, (str(changes["user"]),))
            book(app).check_user(str(changes["user"]), app.profile.ax_x_per_user)
        binding = book(app).modify(old, changes)
        self._note("modified", app, binding, at, changed=sorted(changes))
        return binding

    def query(self, app: App, command: QueryAx) -> Sequence[AxBinding]:
        """Look bindings up: by subscription id, else by A, else by X."""
        self._core.now()
        if command.subscription_id is not None or command.user is None:
            return (self._found(app, command.subscription_id, command.x_number),)
        bindings = book(app).of_user(command.user)
        if not bindings:
            raise Refused(Reason.NO_SUCH_BINDING, f"{command.user} has no X number of this application")
        return bindings

    def set_callee(self, app: App, command: SetCallee) -> AxBinding:
        """Say whom A reaches when A dials X next."""
        at = self._core.now()
        binding = self._found(app, command.subscription_id, command.x_number)
        if command.callee == binding.user:
            raise Refused(Reason.SAME_PARTIES, f"{command.callee} is A itself; A cannot call A", detail="callee")
        seconds = command.lifetime_seconds or app.profile.ax_temporary_callee_seconds
        callee = TemporaryCallee(command.callee, at + timedelta(seconds=seconds), command.user_data)
        book(app).set_callee(binding.x_number, callee)
        self._note("callee_set", app, binding, at, callee=command.callee, until=f"{callee.until:%Y-%m-%dT%H:%M:%SZ}")
        return binding

    def route(self, app: App, arrival: Arrival) -> Route:
        """A by everybody, the temporary callee by A."""
        profile = app.profile
        rules = AxRules(app.routing_rules, profile.ax_switched_off_cause, arrival.at, arrival.under_way > 0)
        return route_ax(arrival.x_number, arrival.caller, book(app), rules)

    def happened(self, app: App, call: Call, event: CallEvent) -> None:
        """A temporary callee that lives for one call is used up by it."""
        to_callee = call.route.direction is CallDirection.CALLER_TO_CALLEE and call.route.destination is not None
        if event.kind is CallEventKind.DIALLED and to_callee and app.profile.ax_temporary_callee_use == ONE_CALL:
            book(app).forget_callee(call.x_number)

    def _x_for(self, app: App, command: BindAx) -> str:
        if command.x_number is None:
            chosen = choose_x(
                self._core,
                app,
                command.area_code or "",
                command.area_match,
                lambda x_number: book(app).on_x(x_number.number) is None,
            )
            if chosen is None:
                why = f"no X of area {command.area_code} is normal and free, of {len(app.pool)} X numbers"
                raise Refused(Reason.NO_NUMBER_AVAILABLE, why)
            return chosen.number
        x_number = app.pool.get(command.x_number)
        if x_number is None:
            raise Refused(Reason.X_NOT_OURS, not_ours(app, command.x_number))
        check_state(x_number)
        book(app).check_free(x_number.number, command.user)
        return x_number.number

    def _found(self, app: App, subscription_id: str | None, x_number: str | None) -> AxBinding:
        """The binding of this id, else of this X; raises Refused."""
        if subscription_id is not None:
            return book(app).get(subscription_id)
        if x_number is None:
            raise Refused(Reason.IDENTIFICATION_INCOMPLETE, "a subscription id or an X number is needed")
        if app.pool.get(x_number) is None:
            raise Refused(Reason.X_NOT_OURS, not_ours(app, x_number))
        binding = book(app).on_x(x_number)
        if binding is None:
            raise Refused(Reason.NO_SUCH_BINDING, f"{x_number} has no A: never bound here, or unbound")
        return binding

    def _changes(self, app: App, old: AxBinding, asked: Mapping[str, object]) -> dict[str, object]:
        """What a modification changes: A too, unless this edition reads A as a locator, or it is the same A."""
        same = app.profile.ax_modify_orig_num == LOCATOR or asked.get("user") == old.user
        return {name: value for name, value in asked.items() if not (name == "user" and same)}

    def _note(self, what: str, app: App, binding: AxBinding, at: datetime, **more: object) -> None:
        note_binding(self._core, what, app, binding, at, user=binding.user, **more)


def book(app: App) -> AxBindings:
    """The bindings of an application of this mode."""
    return cast("AxBindings", app.bindings)
