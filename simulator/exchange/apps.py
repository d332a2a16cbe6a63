"""Applications: an app key with its secret, mode, X numbers, bindings and receivers; the unit of isolation."""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from simulator.contract.codes import area_provinces
from simulator.contract.editions import CURRENT
from simulator.contract.modes import mode_row
from simulator.contract.network import routing_rules, timing
from simulator.contract.profile import Profile
from simulator.delivery.notification import FALLBACK, Slot
from simulator.delivery.schedule import NEVER, Schedule
from simulator.exchange.deadlines import Expiring
from simulator.telephony.bindings.ax import AxBindings
from simulator.telephony.bindings.axb import AxbBindings
from simulator.telephony.bindings.axe import AxeBindings
from simulator.telephony.bindings.axyb import AxybBindings
from simulator.telephony.bindings.book import Binding, Book, NoBindings
from simulator.telephony.numbering import NumberPool
from simulator.telephony.voice_files import VoiceFile, VoiceFileState, shelf

if TYPE_CHECKING:
    from simulator.exchange.faults import AppFaults

BOOKS: Mapping[str, Callable[[], Book]] = {
    "AX": AxBindings,
    "AXB": AxbBindings,
    "AXE": AxeBindings,
    "AXYB": AxybBindings,
    "X": NoBindings,
}
"""Where the bindings of each mode are kept."""

PUSH_NUMBER_STATUS = "push_number_status"
RECORDING_URL = "recording_url"
MEMORY_CALL_BACK = "memory_call_back"
ENDED_KEPT = 1000
"""Ended bindings that are remembered for those who ask why a number is not bound any more."""


PROVOKED_KEPT = 100
"""Ordered refusals that wait; of more, the oldest is dropped."""


class AppState(Enum):
    """What the platform lets an application do."""

    NORMAL = "normal"
    FROZEN = "frozen"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class NumberSpec:
    """An X number to be put into a pool."""

    number: str
    area_code: str


@dataclass(frozen=True, slots=True)
class AppSpec:
    """An application as it was asked for."""

    app_key: str
    app_secret: str = field(repr=False)
    profile: Profile
    mode: str = "AXB"
    recording: bool = True
    sms: bool = True
    features: frozenset[str] = frozenset()
    """The switches of schemas/codes/features.json that are on."""
    voice_files: Collection[str | VoiceFile] = ()
    """A name alone is an approved file; ask `App.has_voice_file` what exists for a request."""
    numbers: tuple[NumberSpec, ...] = ()
    receivers: Mapping[Slot, str] = field(default_factory=dict)
    allowed_ips: frozenset[str] = frozenset()
    state: AppState = AppState.NORMAL
    arrears: bool = False
    """The account owes: its X numbers are suspended, nothing is bound or unbound, recordings cannot be fetched."""
    requests_per_minute: int | None = None
    """More of them are refused with 1010010; None: as many as come."""
    traffic_per_minute: int | None = None
    """More of them from one address, or for one A, are refused with 1011006; None: as many as come."""
    edition: str = CURRENT
    extension_digits: int = 4
    """How many digits its extensions have (AXE)."""
    subscription_ids: tuple[str, ...] = ()
    """The ids that its first bindings get; later ones, and all where there are none, are made from the seed."""


@dataclass(slots=True)
class ProvokedRefusal:
    """A result code that the control plane ordered for the next requests; `left` None: until it is taken back."""

    code: str
    http_status: int
    left: int | None


@dataclass(frozen=True, slots=True)
class EndedBinding:
    """A binding that is no more: `why` is unbound or expired."""

    binding: Binding
    why: str
    at: datetime


class App:
    """A living application; everything in it belongs to it alone."""

    def __init__(self, spec: AppSpec) -> None:
        self.pool = NumberPool(area_provinces())
        for number in spec.numbers:
            self.pool.add(number.number, number.area_code)
        self.take(spec)
        self.forget()

    def take(self, spec: AppSpec) -> None:
        """Be what `spec` says from now on; numbers and bindings stay."""
        self.be(spec)
        if spec.arrears:
            self.pool.fall_into_arrears()
        else:
            self.pool.pay_arrears()

    def be(self, spec: AppSpec) -> None:
        """What follows from `spec` alone."""
        self.spec = spec
        self.profile = spec.profile
        self.timing = timing(spec.profile)
        self.routing_rules = routing_rules(spec.profile, frozen=spec.state is AppState.FROZEN)
        self.voice_files = shelf(spec.voice_files)
        limits = (spec.requests_per_minute, spec.traffic_per_minute)
        self.is_restricted = bool(
            spec.arrears or spec.allowed_ips or spec.state is not AppState.NORMAL or limits != (None, None)
        )
        """Whether more than its mode decides what it may ask for; few are, and every request asks."""
        self._schedules = schedules(spec)

    def forget(self) -> None:
        """Start again with the same numbers: no bindings, nothing ended, no faults."""
        self.bindings: Book = BOOKS[self.spec.mode]()
        self.expiry: Expiring | None = None
        self.ended: deque[EndedBinding] = deque(maxlen=ENDED_KEPT)
        self.provoked: deque[ProvokedRefusal] = deque(maxlen=PROVOKED_KEPT)
        self.faults: AppFaults | None = None
        self.subscription_ids = deque(self.spec.subscription_ids)

    def has_voice_file(self, name: str) -> bool:
        """Whether a request may name this file: only an approved one exists (recording_auth_codes.md 5)."""
        file = self.voice_files.get(name)
        return file is not None and file.state is VoiceFileState.APPROVED

    def next_refusal(self) -> "ProvokedRefusal | None":
        """The refusal that its next request was ordered to get, counted down; None where none is left."""
        if not self.provoked:
            return None
        first = self.provoked[0]
        if first.left is not None:
            first.left -= 1
            if not first.left:
                self.provoked.popleft()
        return first

    @property
    def app_key(self) -> str:
        """Its key, the Username of its signed requests."""
        return self.spec.app_key

    @property
    def secret(self) -> str:
        """What its requests and notifications are signed with."""
        return self.spec.app_secret

    @property
    def mode(self) -> str:
        """The one mode it was made for."""
        return self.spec.mode

    @property
    def state(self) -> AppState:
        """Normal, frozen or unavailable."""
        return self.spec.state

    def receiver(self, slot: Slot) -> str | None:
        """The address a slot is pushed to; None when nothing of that kind is pushed."""
        address = self.spec.receivers.get(slot)
        if address is None and slot in FALLBACK and (slot is not Slot.NUMBER_STATUS or self.has(PUSH_NUMBER_STATUS)):
            return self.spec.receivers.get(FALLBACK[slot])
        return address

    def area_of(self, number: str) -> str | None:
        """The city of an X number that the application has, or had."""
        held = self.pool.held(number)
        return held.area_code if held is not None else None

    def schedule_of(self, slot: Slot) -> Schedule:
        """When what failed on its way to a slot is pushed again (notifications.md 1.3)."""
        return self._schedules[slot]

    def has(self, feature: str) -> bool:
        """Whether a switch of schemas/codes/features.json is on."""
        return feature in self.spec.features


def schedules(spec: AppSpec) -> Mapping[Slot, Schedule]:
    """The schedule of each slot (notifications.md 1.3); what is never pushed again has an empty one."""
    profile = spec.profile
    successive = profile.retry_measured_from == "previous_attempt"
    of_calls = Schedule(profile.retry_minutes, successive)
    of_messages = Schedule(profile.sms_retry_minutes, successive)
    asked_once = mode_row(spec.mode).notify_mode is not None and not profile.x_callin_retried
    return {
        Slot.STATUS: of_calls,
        Slot.CALLIN: NEVER if asked_once else of_calls,
        Slot.FEE: of_calls,
        Slot.SMS: of_messages,
        Slot.SMS_BLOCK: of_messages,
        Slot.NUMBER_STATUS: of_calls if profile.number_status_retried else NEVER,
    }
