"""The platform's AXE operations as commands: checked whole, then carried out, then journaled (axe_axyb_x.md 1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import cast

from simulator.contract.network import axe_rules
from simulator.contract.profile import Profile
from simulator.exchange.apps import App, EndedBinding
from simulator.exchange.core import Core
from simulator.exchange.entering import command, question
from simulator.exchange.expiring import Expiries
from simulator.exchange.modes.checks import (
    check_display,
    check_numbers,
    check_recording,
    check_state,
    check_voice_files,
    not_ours,
)
from simulator.exchange.modes.choosing import choose_x
from simulator.exchange.modes.mode import Arrival
from simulator.exchange.modes.noting import note_binding
from simulator.telephony.bindings.axe import (
    AxeBinding,
    AxeBindings,
    Grant,
    Lifetimes,
    check_extension,
    check_lifetimes,
)
from simulator.telephony.bindings.book import Binding
from simulator.telephony.calls import Call
from simulator.telephony.commands.axe import HOURS, SECONDS_IN, BindAxe, CountAxe, FindAxe, ListAxe, ModifyAxe
from simulator.telephony.errors import Reason, Refused
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.numbering import XNumber
from simulator.telephony.routes.axe import Incoming, route_axe
from simulator.telephony.routing import CallDirection, Route

NUMBERS = ("callback_number",)
LIFETIMES = ("lifetime", "callback_lifetime")
VOICE_FILES = ("record_tone", "callback_tone")


@dataclass(frozen=True, slots=True)
class AxePage:
    """Bindings in order; `last` is the place behind which the next page begins, None for a single binding."""

    bindings: Sequence[AxeBinding]
    last: tuple[int, int] | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class AxeCounts:
    """How many bindings each X number carries; `following` is where the next page begins, None where none does."""

    counts: Sequence[tuple[str, int]]
    following: int | None = None


def book(app: App) -> AxeBindings:
    """The bindings of an application of this mode."""
    return cast("AxeBindings", app.bindings)


class AxeMode:
    """The operations, each raises Refused and then has changed nothing; who is reached, and who is called back."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._expiries = Expiries(core, self._expired)

    @command("axe.bind")
    def bind(self, app: App, command: BindAxe) -> AxeBinding:
        """Give A an extension behind X."""
        at = self._core.now()
        check_numbers(app, filter(None, (command.user, command.callback_number)))
        lives = lifetimes(command, app.profile)
        check_lifetimes(lives)
        if command.x_number is not None and command.extension is not None:
            check_extension(command.extension, app.spec.extension_digits)
        check_voice_files(app, (command.record_tone, command.callback_tone))
        x_number = self._x_for(app, command)
        extension = self._extension(app, command, x_number)
        subscription_id = self._core.subscription_id(app)
        binding = book(app).bind(command, Grant(subscription_id, x_number, extension, lives), at)
        self._expiries.begin(app, binding)
        self._note("bound", app, binding, at)
        return binding

    @command("axe.unbind")
    def unbind(self, app: App, command: FindAxe) -> AxeBinding:
        """Take one binding away."""
        at = self._core.now()
        binding = book(app).remove(self._one(app, command, "unbind").subscription_id)
        self._expiries.gone(app, binding)
        self._end(app, binding, "unbound", at)
        return binding

    @command("axe.modify")
    def modify(self, app: App, command: ModifyAxe) -> AxeBinding:
        """Change members of a binding; a lifetime counts anew from now."""
        at = self._core.now()
        old = self._one(app, command.which, "modify")
        changes = command.changes
        lives = changed_lifetimes(old, command)
        check_numbers(app, [str(changes[name]) for name in NUMBERS if changes.get(name)])
        check_lifetimes(lives)
        check_voice_files(app, [str(changes[name]) for name in VOICE_FILES if changes.get(name)])
        check_recording(app, record=bool(changes.get("record")))
        check_state(app.pool.get(old.x_number))
        check_display(app, changes.get("display"))
        binding = book(app).modify(old.subscription_id, changes, lives, at)
        self._expiries.changed(app, old, binding)
        self._note("modified", app, binding, at, changed=sorted(changes))
        return binding

    @question("axe.query")
    def query(self, app: App, command: FindAxe) -> AxeBinding:
        """Look one binding up."""
        self._core.now()
        return self._one(app, command, "query")

    @question("axe.list")
    def list(self, app: App, command: ListAxe) -> AxePage:
        """One binding, or a page of those on X."""
        self._core.now()
        which = command.which
        if which.subscription_id is not None or which.extension is not None or which.x_number is None:
            return AxePage((self._one(app, which, "list"),))
        x_number = self._own_x(app, which.x_number).number
        found = book(app).page(x_number, command.after, command.limit + 1)
        shown = found[: command.limit]
        return AxePage(shown, shown[-1].place if shown else command.after, len(found) > command.limit)

    @question("axe.count")
    def count(self, app: App, command: CountAxe) -> AxeCounts:
        """How many bindings X carries, or every X number of the application, page by page."""
        self._core.now()
        if command.x_number is not None:
            x_number = self._own_x(app, command.x_number).number
            return AxeCounts(((x_number, book(app).count_on(x_number)),))
        start = min(command.start, len(app.pool))
        end = start + command.limit
        found = [one.number for one in islice(app.pool, start, end + 1)]
        counts = [(number, book(app).count_on(number)) for number in found[: command.limit] if app.pool.get(number)]
        return AxeCounts(counts, end if len(found) > command.limit else None)

    def route(self, app: App, arrival: Arrival) -> Route:
        """A behind the keyed extension; when A dials X itself, who called A last."""
        self._catch_up(app, arrival.x_number.number)
        call = Incoming(arrival.x_number, arrival.caller, arrival.dial, arrival.at)
        return route_axe(call, book(app), app.routing_rules, axe_rules(app.profile))

    def happened(self, app: App, call: Call, event: CallEvent) -> None:
        """The caller who was transferred to A is whom A calls back; who never got so far reached no binding."""
        subscription_id = call.route.subscription_id
        if subscription_id is None or call.route.direction is not CallDirection.CALLEE_TO_CALLER:
            return
        if event.kind is CallEventKind.RELEASED and not call.was_forwarded:
            none = CallDirection.ABNORMAL
            call.route = replace(call.route, direction=none, subscription_id=None, user_data=None, extension=None)
        made_by = CallEventKind.ANSWERED if app.profile.axe_callback_made == "answered" else CallEventKind.FORWARDED
        if event.kind is made_by:
            book(app).remember(subscription_id, call.caller, event.at)

    def _one(self, app: App, which: FindAxe, operation: str) -> AxeBinding:
        if which.subscription_id is not None:
            self._catch_up(app, book(app).get(which.subscription_id).x_number)
            return book(app).get(which.subscription_id)
        if which.x_number is None or which.extension is None:
            lacking = "extension" if which.x_number is not None else "x_number"
            why = f"{operation} needs a subscription id, or an X number and its extension together"
            raise Refused(Reason.IDENTIFICATION_INCOMPLETE, why, detail=lacking)
        x_number = self._own_x(app, which.x_number).number
        found = book(app).find(x_number, which.extension)
        if found is None:
            why = f"no binding behind extension {which.extension} of {x_number}: never bound, unbound, or expired"
            raise Refused(Reason.NO_SUCH_BINDING, why)
        return found

    def _own_x(self, app: App, x_number: str) -> XNumber:
        found = app.pool.get(x_number)
        if found is None:
            raise Refused(Reason.X_NOT_OURS, not_ours(app, x_number))
        self._catch_up(app, x_number)
        return found

    def _x_for(self, app: App, command: BindAxe) -> str:
        if command.x_number is None:
            check_recording(app, record=bool(command.record))
            check_display(app, command.display)
            return self._choose_x(app, command)
        x_number = self._own_x(app, command.x_number)
        book(app).check_room(x_number.number, app.spec.extension_digits)
        check_recording(app, record=bool(command.record))
        check_state(x_number)
        book(app).check_free(x_number.number, command.user, command.extension)
        check_display(app, command.display)
        return x_number.number

    def _choose_x(self, app: App, command: BindAxe) -> str:
        def has_room(x_number: XNumber) -> bool:
            self._catch_up(app, x_number.number)
            return book(app).has_room(x_number.number, command.user, app.spec.extension_digits)

        chosen = choose_x(self._core, app, command.area_code or "", command.area_match, has_room)
        if chosen is not None:
            return chosen.number
        raise Refused(
            Reason.NO_NUMBER_AVAILABLE,
            f"no X of area {command.area_code} can take {command.user}: of {len(app.pool)} X numbers "
            "none of the area is normal, has a free extension and has not this A on it",
        )

    def _extension(self, app: App, command: BindAxe, x_number: str) -> str:
        """The extension that was asked for, which counts only beside an X number; else a free one."""
        if command.x_number is not None and command.extension is not None:
            return command.extension
        digits, at_least = app.spec.extension_digits, 1
        if app.profile.axe_extension_allocation == "random":
            at_least = self._core.dice.randrange(1, 10**digits)
        return book(app).free_extension(x_number, digits, at_least)

    def _catch_up(self, app: App, x_number: str) -> None:
        self._expiries.catch_up(app, lambda: book(app).on_x(x_number), self._core.clock.now())

    def _expired(self, app: App, binding: Binding, at: datetime) -> None:
        self._end(app, book(app).remove(binding.subscription_id), "expired", at)

    def _end(self, app: App, binding: AxeBinding, why: str, at: datetime) -> None:
        app.ended.append(EndedBinding(binding, why, at))
        self._note(why, app, binding, at)

    def _note(
        self, what: str, app: App, binding: AxeBinding, at: datetime, changed: Sequence[str] | None = None
    ) -> None:
        members = {"extension": binding.extension, "user": binding.user, "changed": changed}
        note_binding(self._core, what, app, binding, at, **members)


def lifetimes(command: BindAxe, profile: Profile) -> Lifetimes:
    """How long what is bound lives; what the bind does not say, the profile does (axe_axyb_x.md 1.1)."""
    unit = SECONDS_IN[command.time_unit or HOURS]
    default = (profile.axe_bind_expired_hours or 0) * SECONDS_IN[HOURS]
    lifetime = default if command.lifetime is None else command.lifetime * unit
    if command.callback_lifetime is not None:
        return Lifetimes(lifetime, command.callback_lifetime * unit)
    if profile.axe_callback_expired == "as_binding":
        return Lifetimes(lifetime)
    longest = 168 * SECONDS_IN[HOURS]
    return Lifetimes(lifetime, min(lifetime or longest, longest))


def changed_lifetimes(old: AxeBinding, command: ModifyAxe) -> Lifetimes:
    """How long a binding lives after a modification; what is not given stays (axe_axyb_x.md 1.3)."""
    unit = SECONDS_IN[command.time_unit or HOURS]
    given = {name: cast("int", value) * unit for name, value in command.changes.items() if name in LIFETIMES}
    return Lifetimes(given.get("lifetime", old.lifetime_seconds), given.get("callback_lifetime", old.callback_seconds))
