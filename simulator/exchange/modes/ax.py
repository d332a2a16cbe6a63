"""Mode AX: its operations as commands, and who is reached (ax_axb.md 1 to 5)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, cast

from simulator.contract.network import ax_rules
from simulator.contract.responses.common import ZONES
from simulator.exchange.apps import MEMORY_CALL_BACK, App, EndedBinding
from simulator.exchange.core import Core
from simulator.exchange.entering import command
from simulator.exchange.modes.checks import (
    check_display,
    check_in_order,
    check_numbers,
    check_recording,
    check_sms,
    check_state,
    check_voice_files,
    may_be_bound,
    not_ours,
)
from simulator.exchange.modes.choosing import LOOSE
from simulator.exchange.modes.mode import Arrival
from simulator.exchange.modes.noting import note_binding
from simulator.telephony.bindings.ax import AxBinding, AxBindings, TemporaryCallee
from simulator.telephony.calls import Call
from simulator.telephony.commands.ax import BindAx, ModifyAx, QueryAx, SetCallee, UnbindAx
from simulator.telephony.errors import Reason, Refused
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.messages import Sms, SmsRules, SmsWay, through_ax
from simulator.telephony.numbering import XNumber
from simulator.telephony.routes.ax import AxCall, route_ax
from simulator.telephony.routing import CallDirection, Route

LOCATOR = "locator"
ONE_CALL = "one_call"
DAYS_BEGIN_IN = "Asia/Shanghai"
"""Where the days begin that binds are counted by."""


class Which(Protocol):
    """What every request but bind finds its binding by."""

    @property
    def subscription_id(self) -> str | None:
        """Decides alone where it is given."""

    @property
    def x_number(self) -> str | None:
        """Decides where there is no id."""


class AxMode:
    """Bind, unbind, modify, query, temporary callee, each raises Refused and then has changed nothing; and routing."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @command("ax.bind")
    def bind(self, app: App, command: BindAx) -> AxBinding:
        """Give A an X number."""
        at = self._core.now()
        check_numbers(app, (command.user,))
        tones = (command.record_tone, command.last_minute_tone, command.caller_tone, command.callee_tone)
        check_voice_files(app, tones)
        day = (at + ZONES[DAYS_BEGIN_IN]).date()
        x_number = self._x_for(app, command, day)
        subscription_id = self._core.subscription_id(app)
        binding = book(app).bind(command, x_number.number, subscription_id, at)
        book(app).idle.take(x_number)
        book(app).count_bind(x_number.number, day)
        self._note("bound", app, binding, at)
        return binding

    @command("ax.unbind")
    def unbind(self, app: App, command: UnbindAx) -> AxBinding:
        """Take an X number away from its A."""
        at = self._core.now()
        if command.subscription_id is None:
            check_in_order(self._own_x(app, command.x_number))
        binding = self._found(app, command)
        check_in_order(app.pool.get(binding.x_number))
        book(app).remove(binding.subscription_id)
        x_number = app.pool.held(binding.x_number)
        if x_number is not None:
            book(app).idle.give_back(x_number)
        app.ended.append(EndedBinding(binding, "unbound", at))
        self._note("unbound", app, binding, at)
        return binding

    @command("ax.modify")
    def modify(self, app: App, command: ModifyAx) -> AxBinding:
        """Change members of a binding, A among them."""
        at = self._core.now()
        old = self._found(app, command)
        changes = self._changes(app, old, command)
        tone = changes.get("last_minute_tone")
        check_voice_files(app, (str(tone) if tone else None,))
        if "user" in changes:
            check_numbers(app, (str(changes["user"]),))
            book(app).check_user(str(changes["user"]), app.profile.ax_x_per_user)
        check_recording(app, record=bool(changes.get("record")))
        check_sms(app, sms=bool(changes.get("sms")))
        binding = book(app).modify(old, changes)
        self._note("modified", app, binding, at, changed=sorted(changes))
        return binding

    def query(self, app: App, command: QueryAx) -> Sequence[AxBinding]:
        """Look bindings up: by subscription id, else by A, else by X; newest first."""
        self._core.now()
        if command.subscription_id is not None or command.user is None:
            return (self._found(app, command),)
        bindings = book(app).of_user(command.user)
        if not bindings:
            hint = "; a + in a URL query must be sent as %2B" if command.user.startswith(" ") else ""
            raise Refused(Reason.NO_SUCH_BINDING, f"{command.user!r} has no X number of this application{hint}")
        return bindings

    @command("ax.set_callee")
    def set_callee(self, app: App, command: SetCallee) -> AxBinding:
        """Say whom A reaches when A dials X next."""
        at = self._core.now()
        binding = self._found(app, command)
        if command.callee == binding.user:
            raise Refused(Reason.SAME_PARTIES, f"{command.callee} is A itself; A cannot call A", detail="callee")
        seconds = command.lifetime_seconds or app.profile.ax_temporary_callee_seconds
        callee = TemporaryCallee(command.callee, at + timedelta(seconds=seconds), command.user_data)
        book(app).set_callee(binding.x_number, callee)
        self._note("callee_set", app, binding, at, callee=command.callee, until=f"{callee.until:%Y-%m-%dT%H:%M:%SZ}")
        return binding

    def route(self, app: App, arrival: Arrival) -> Route:
        """A by everybody, the temporary callee by A."""
        call = AxCall(arrival.x_number, arrival.caller, arrival.at, is_busy=arrival.under_way > 0)
        return route_ax(call, book(app), app.routing_rules, ax_rules(app.profile, calls_back=app.has(MEMORY_CALL_BACK)))

    def way(self, app: App, sms: Sms, at: datetime, rules: SmsRules) -> SmsWay:
        """Of an SMS: to A by everybody, by A to whom its text names (notifications.md 4)."""
        del at  # nothing of AX ends by itself
        return through_ax(sms, book(app), rules)

    def happened(self, app: App, call: Call, event: CallEvent) -> None:
        """A temporary callee that lives for one call is used up by it; who was put through to A is remembered."""
        if event.kind is CallEventKind.FORWARDED and call.route.direction is CallDirection.CALLEE_TO_CALLER:
            book(app).remember_caller(call.x_number, call.caller)
        to_callee = call.route.direction is CallDirection.CALLER_TO_CALLEE and call.route.destination is not None
        if event.kind is CallEventKind.DIALLED and to_callee and app.profile.ax_temporary_callee_use == ONE_CALL:
            book(app).forget_callee(call.x_number)

    def _x_for(self, app: App, command: BindAx, day: date) -> XNumber:
        """The X number that is asked for, or one of the area; every check is done, in the order of the bind table."""
        if command.x_number is None:
            book(app).check_user(command.user, app.profile.ax_x_per_user)
            check_recording(app, record=bool(command.record))
            self._check_permissions(app, command)
            return self._choose_x(app, command, day)
        x_number = self._own_x(app, command.x_number)
        book(app).check_not_together(x_number.number, command.user)
        book(app).check_user(command.user, app.profile.ax_x_per_user)
        book(app).check_free(x_number.number)
        check_recording(app, record=bool(command.record))
        check_state(x_number)
        self._check_permissions(app, command)
        book(app).check_day(x_number.number, day, app.profile.ax_binds_per_day)
        return x_number

    def _check_permissions(self, app: App, command: BindAx) -> None:
        check_display(app, command.display)
        check_sms(app, sms=command.sms)

    def _choose_x(self, app: App, command: BindAx, day: date) -> XNumber:
        """Any idle X of the city; loosely of its province, then of the application."""

        def fits(x_number: XNumber) -> bool:
            return may_be_bound(x_number) and book(app).has_day(x_number.number, day, app.profile.ax_binds_per_day)

        dice = self._core.dice.randrange
        for group in app.pool.groups(command.area_code or "", loose=command.area_match == LOOSE):
            chosen = book(app).idle.choose(group, fits, dice)
            if chosen is not None:
                return chosen
        raise Refused(
            Reason.NO_NUMBER_AVAILABLE,
            f"no X of area {command.area_code} can be given to {command.user}: of {len(app.pool)} X numbers "
            "none of the area is normal and has no A",
        )

    def _own_x(self, app: App, x_number: str | None) -> XNumber:
        if x_number is None:
            raise Refused(Reason.IDENTIFICATION_INCOMPLETE, "a subscription id or an X number is needed")
        found = app.pool.get(x_number)
        if found is None:
            raise Refused(Reason.X_NOT_OURS, not_ours(app, x_number))
        return found

    def _found(self, app: App, which: Which) -> AxBinding:
        """The binding of this id, else of this X; raises Refused."""
        if which.subscription_id is not None:
            return book(app).get(which.subscription_id)
        x_number = self._own_x(app, which.x_number)
        binding = book(app).on_x(x_number.number)
        if binding is None:
            raise Refused(Reason.NO_SUCH_BINDING, f"{x_number.number} has no A: never bound here, or unbound")
        return binding

    def _changes(self, app: App, old: AxBinding, command: ModifyAx) -> Mapping[str, object]:
        """What a modification changes; before 2021 its A is no change but finds the binding together with X."""
        user = command.changes.get("user")
        if user is None or user == old.user:
            return without_user(command.changes)
        if app.profile.ax_modify_orig_num != LOCATOR:
            return command.changes
        if command.subscription_id is None:
            raise Refused(Reason.NO_SUCH_BINDING, f"{old.x_number} belongs to {old.user}, not to {user}")
        return without_user(command.changes)

    def _note(self, what: str, app: App, binding: AxBinding, at: datetime, **more: object) -> None:
        note_binding(self._core, what, app, binding, at, user=binding.user, **more)


def without_user(changes: Mapping[str, object]) -> Mapping[str, object]:
    """A modification that leaves A as it is."""
    return {name: value for name, value in changes.items() if name != "user"}


def book(app: App) -> AxBindings:
    """The bindings of an application of this mode."""
    return cast("AxBindings", app.bindings)
