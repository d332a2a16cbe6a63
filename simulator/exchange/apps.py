"""Applications: an app key with its secret, mode, X numbers, bindings and receivers; the unit of isolation."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from simulator.contract.codes import area_provinces
from simulator.contract.network import routing_rules, timing
from simulator.contract.profile import Profile
from simulator.delivery.notification import FALLBACK, Slot
from simulator.delivery.schedule import Schedule
from simulator.exchange.deadlines import Deadline
from simulator.telephony.bindings.axb import AxbBindings
from simulator.telephony.bindings.axyb import AxybBindings
from simulator.telephony.bindings.book import Binding, Book
from simulator.telephony.numbering import NumberPool

BOOKS: Mapping[str, Callable[[], Book]] = {"AXB": AxbBindings, "AXYB": AxybBindings}
"""Where the bindings of each mode are kept."""

ENDED_KEPT = 1000
"""Ended bindings that are remembered for those who ask why a number is not bound any more."""


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
    voice_files: frozenset[str] = frozenset()
    numbers: tuple[NumberSpec, ...] = ()
    receivers: Mapping[Slot, str] = field(default_factory=dict)
    allowed_ips: frozenset[str] = frozenset()
    state: AppState = AppState.NORMAL


@dataclass(frozen=True, slots=True)
class EndedBinding:
    """A binding that is no more: `why` is unbound or expired."""

    binding: Binding
    why: str
    at: datetime


class App:
    """A living application; everything in it belongs to it alone."""

    def __init__(self, spec: AppSpec) -> None:
        self.take(spec)
        self.pool = NumberPool(area_provinces())
        for number in spec.numbers:
            self.pool.add(number.number, number.area_code)
        self.forget()

    def take(self, spec: AppSpec) -> None:
        """Be what `spec` says from now on; numbers and bindings stay."""
        self.spec = spec
        self.profile = spec.profile
        self.timing = timing(spec.profile)
        self.routing_rules = routing_rules(spec.profile)
        self.schedule = Schedule(
            spec.profile.retry_minutes, successive=spec.profile.retry_measured_from == "previous_attempt"
        )

    def forget(self) -> None:
        """Start again with the same numbers: no bindings, nothing ended."""
        self.bindings: Book = BOOKS[self.spec.mode]()
        self.expiries: dict[str, Deadline] = {}
        self.ended: deque[EndedBinding] = deque(maxlen=ENDED_KEPT)

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
        if address is None and slot in FALLBACK:
            return self.spec.receivers.get(FALLBACK[slot])
        return address
