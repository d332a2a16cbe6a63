"""What the state of an exchange is made of: the classes that may stand in it, and which attributes of the parts it is.

Who adds an attribute says here what it is: state, or wiring that a new exchange has anyway. tests/exchange/test_members.py
looks whether every attribute is one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from simulator.contract.codes import area_provinces
from simulator.contract.faults import FaultRule
from simulator.contract.profile import Profile
from simulator.delivery.attempt import Attempt
from simulator.delivery.delivery import Delivery, DeliveryState
from simulator.delivery.fault import Hit, Plan
from simulator.delivery.notification import Notification, Slot
from simulator.delivery.outcome import Answered, Unanswered, Verdict
from simulator.exchange.apps import App, AppSpec, AppState, EndedBinding, NumberSpec, ProvokedRefusal
from simulator.exchange.calls import Calls, PlayedCall
from simulator.exchange.chains import Chains
from simulator.exchange.codec import Form, Register
from simulator.exchange.console import Console
from simulator.exchange.core import Core
from simulator.exchange.deadlines import Deadline, Deadlines
from simulator.exchange.exchange import Exchange
from simulator.exchange.expiring import BindingExpiry
from simulator.exchange.faults import AppFaults, Faults, LivingRule
from simulator.exchange.holding import Held, Holding
from simulator.exchange.keeping import Kept
from simulator.exchange.merging import MergeWindow, MergeWindows
from simulator.exchange.messages import Messages, PlayedMessage
from simulator.exchange.modes.axb import AxbMode
from simulator.exchange.modes.axe import AxeMode
from simulator.exchange.modes.axyb import AxybMode
from simulator.exchange.outbox import Outbox
from simulator.exchange.recordings import Recordings
from simulator.exchange.retrying import Retries
from simulator.exchange.rows import Struck
from simulator.telephony.bindings import ax, axb, axe, axyb, idle, supply
from simulator.telephony.bindings.book import NoBindings
from simulator.telephony.calls import Call, CallState
from simulator.telephony.cdr import Cdr
from simulator.telephony.commands import ax as of_ax
from simulator.telephony.commands import axb as of_axb
from simulator.telephony.commands import axe as of_axe
from simulator.telephony.commands import axyb as of_axyb
from simulator.telephony.commands.calls import Dial, FindRecording, Party, Terminate
from simulator.telephony.commands.messages import SendSms
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.ids import Ids
from simulator.telephony.messages import SendResult, SmsDirection, SmsWay
from simulator.telephony.numbering import NumberPool, NumberState, XNumber
from simulator.telephony.plan import Step
from simulator.telephony.recordings import Recording
from simulator.telephony.release import Release, Stage
from simulator.telephony.routing import CallDirection, Route
from simulator.telephony.voice_files import VoiceFile, VoiceFileState

VALUES: Mapping[str, tuple[type, ...]] = {
    "": (
        Answered, CallEvent, Cdr, Dial, EndedBinding, FaultRule, FindRecording, Hit, Notification, NumberSpec, Plan, Profile,
        Release, Route, SendSms, SmsWay, Step, Struck, Terminate, Unanswered, Verdict, VoiceFile,
    ),
    "ax.": (ax.AxBinding, ax.TemporaryCallee, of_ax.BindAx, of_ax.ModifyAx, of_ax.QueryAx, of_ax.SetCallee, of_ax.UnbindAx),
    "axb.": (axb.AxbBinding, of_axb.BindAxb, of_axb.ModifyAxb, of_axb.QueryAxb, of_axb.UnbindAxb),
    "axe.": (
        axe.AxeBinding, axe.CallbackRecord, of_axe.BindAxe, of_axe.CountAxe, of_axe.FindAxe, of_axe.ListAxe, of_axe.ModifyAxe,
    ),
    "axyb.": (axyb.AxBinding, axyb.YbBinding, of_axyb.BindAx, of_axyb.BindYb, of_axyb.QueryAxyb, of_axyb.UnbindAxyb),
}  # fmt: skip
"""What never changes, with every member, by what its name begins with."""

THINGS: Mapping[str, tuple[type, ...]] = {
    "": (
        Attempt, BindingExpiry, Call, Deadline, Delivery, Held, LivingRule, MergeWindow, PlayedCall, PlayedMessage,
        Recording, XNumber,
    ),
    "axyb.": (axyb.Relations,),
}  # fmt: skip
"""What changes, with every member."""

ENUMS: Mapping[str, type[Enum]] = {
    **{kind.__name__: kind for kind in (
        AppState, CallDirection, CallEventKind, CallState, DeliveryState, NumberState, Party, SendResult, Slot, SmsDirection,
        Stage, VoiceFileState,
    )},
    "axb.Direction": of_axb.Direction,
    "axyb.Direction": of_axyb.Direction,
}  # fmt: skip

METHODS: frozenset[tuple[type, str]] = frozenset({
    (Calls, "_next"), (Recordings, "_days_are_over"), (Retries, "_fall_due"), (MergeWindows, "_close"),
    (Holding, "_time_is_over"), (AxbMode, "_expired"), (AxeMode, "_expired"), (AxybMode, "_expired"),
    (ax.AxBindings, "_is_taken"), (axyb.AxybBindings, "_is_taken"),
})  # fmt: skip
"""What deadlines, expiries and supplies hold on to."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the exchange: what of it is state, and what a new exchange has anyway."""

    state: tuple[str, ...] = ()
    wiring: tuple[str, ...] = ()


def _finish_app(app: App) -> None:
    app.be(app.spec)


def _finish_pool(pool: NumberPool) -> None:
    pool._provinces = area_provinces()  # noqa: SLF001 - the one table of cities; a state need not say it


def _finish_extensions(on_x: axe.Extensions) -> None:
    on_x.free = (1 << 10**on_x.digits) - 2
    for extension in on_x.by_extension:
        on_x.free &= ~(1 << int(extension))


PLAIN = (
    Form(
        "App", App, ("spec", "pool", "bindings", "expiry", "ended", "provoked", "faults", "subscription_ids"),
        derived=("profile", "timing", "routing_rules", "voice_files", "is_restricted", "_schedules"), finish=_finish_app,
    ),
    Form("AppFaults", AppFaults, ("_app", "_ids", "living")),
    Form(
        "NumberPool", NumberPool, ("_numbers", "_returned", "_by_area", "_by_province"),
        derived=("_provinces",), finish=_finish_pool,
    ),
    Form("NoBindings", NoBindings, ()),
    Form("ProvokedRefusal", ProvokedRefusal, ("code", "http_status", "left"), is_given=True),
    Form("ax.AxBindings", ax.AxBindings, (
        "_by_id", "_on_x", "_of_user", "_callees", "_last_callers", "_day", "_binds_of_day", "_bound_so_far", "idle",
    )),
    Form("ax.IdleNumbers", idle.IdleNumbers, ("_cities", "_is_taken")),
    Form("ax.IdleInCity", idle.IdleInCity, ("known", "numbers", "places")),
    Form("axb.AxbBindings", axb.AxbBindings, ("_by_id", "_on_x")),
    Form("axb.Relations", axb.Relations, ("by_id", "by_party")),
    Form("axe.AxeBindings", axe.AxeBindings, ("_by_id", "_on_x", "_callbacks", "_bound_so_far")),
    Form(
        "axe.Extensions", axe.Extensions, ("digits", "by_extension", "by_user", "in_order"),
        derived=("free",), finish=_finish_extensions,
    ),
    Form("axyb.AxybBindings", axyb.AxybBindings, ("_by_id", "_on_x", "_on_y", "_held", "_by_relation", "_supply")),
    Form("axyb.Shared", axyb.Shared, ("number", "by_user", "peers")),
    Form("axyb.Supply", supply.Supply, ("_cities", "_is_taken")),
    Form("axyb.City", supply.City, ("mark", "returned", "shared")),
)  # fmt: skip
"""What is no dataclass: each says which of its attributes are state, and which follow from those."""

PARTS: Mapping[type, Part] = {
    Core: Part(
        ("apps", "violations", "downloads", "tokens_drawn", "resumes", "until", "configured"),
        # whoever looks a binding up has looked at the time before, which says anew whether there is anything behind
        ("clock", "journal", "ids", "dice", "tables", "limits", "token", "deadlines", "downloads_at", "is_behind", "recorder"),
    ),
    # outdated entries are no state: what happens is the same whenever they are swept out
    Deadlines: Part(("_heap", "_sequence"), ("_cancelled", "_dead", "on_earlier", "on_fired")),
    Ids: Part(("counters",), ("_seed", "_streams")),
    Calls: Part(
        ("_under_way", "_by_session"), ("_core", "_modes", "on_event", "on_cdr", "on_unasked", "_kept", "recordings")
    ),
    Recordings: Part(("_by_name", "_by_token", "_unannounced", "_deletions"), ("_core",)),
    Messages: Part((), ("_core", "_modes", "_nobodys", "on_asked", "on_unasked", "on_ended", "_kept")),
    Outbox: Part(
        ("ready", "_flying", "_late", "_by_notification", "_open", "_exhausted"),
        (
            "_core", "_merge", "wake", "_settled", "_chains", "_windows", "_holding", "_kept", "retries",
            "on_first_attempt", "on_answer", "on_unsent", "on_ended",
        ),
    ),
    Retries: Part(("_waiting",), ("_deadlines", "_make_ready")),
    Chains: Part(("_behind", "_others")),
    MergeWindows: Part(("_open",), ("_deadlines", "_on_closed")),
    Holding: Part(("held",), ("_deadlines", "_release")),
    Kept: Part(("_living", "_finished"), ("_limit", "_on_forgotten")),
    Exchange: Part((), (
        "clock", "journal", "tally", "limits", "core", "_core", "deadlines", "outbox", "console", "faults", "clockwork",
        "ax", "axb", "axe", "axyb", "_calls", "_messages", "_judges", "_on_reset",
    )),
    Console: Part((), ("_core", "_telling")),
    Faults: Part((), ("_core",)),
    AxbMode: Part((), ("_core", "_expiries")),
    AxeMode: Part((), ("_core", "_expiries")),
    AxybMode: Part((), ("_core", "_expiries")),
}  # fmt: skip
"""The parts that every exchange is made of."""


def parts_of(exchange: Exchange) -> Mapping[str, Any]:
    """The parts of an exchange by the names that entries and states have for them."""
    calls, messages, outbox = exchange._calls, exchange._messages, exchange.outbox  # noqa: SLF001 - its own inside
    return {
        "core": exchange.core, "deadlines": exchange.deadlines, "ids": exchange.core.ids, "exchange": exchange,
        "ax": exchange.ax, "axb": exchange.axb, "axe": exchange.axe, "axyb": exchange.axyb,
        "console": exchange.console, "faults": exchange.faults, "clockwork": exchange.clockwork,
        "calls": calls, "calls.kept": calls._kept, "recordings": calls.recordings,  # noqa: SLF001 - as above
        "messages": messages, "messages.kept": messages._kept,  # noqa: SLF001 - as above
        "outbox": outbox, "outbox.kept": outbox._kept, "retries": outbox.retries,  # noqa: SLF001 - as above
        "chains": outbox._chains, "windows": outbox._windows, "holding": outbox._holding,  # noqa: SLF001 - as above
    }  # fmt: skip


@cache
def register() -> Register:
    """Everything that may stand in a state or an entry."""
    whole = [*_whole(VALUES, is_value=True), *_whole(THINGS, is_value=False), *PLAIN, _app_spec()]
    return Register({form.kind: form for form in whole}, ENUMS, METHODS)


def _app_spec() -> Form:
    members = tuple(name for name in _members(AppSpec) if name != "app_secret")
    return Form("AppSpec", AppSpec, members, is_value=True, hidden="app_secret")


def _whole(groups: Mapping[str, tuple[type, ...]], *, is_value: bool) -> list[Form]:
    return [
        Form(f"{prefix}{kind.__name__}", kind, _members(kind), is_value)
        for prefix, kinds in groups.items()
        for kind in kinds
    ]


def _members(kind: Any) -> tuple[str, ...]:
    return tuple(member.name for member in fields(kind)) if is_dataclass(kind) else tuple(kind._fields)
