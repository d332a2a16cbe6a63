"""AXE: A has an extension behind X; many A share an X, each once (axe_axyb_x.md 1.0 to 1.6)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from simulator.telephony.commands.axe import BindAxe
from simulator.telephony.errors import Reason, Refused

NEVER = float("inf")
"""A lifetime of 0 compares as this one."""


class Lifetimes(NamedTuple):
    """How long a binding and its callback records live, in seconds; 0: for ever, None: as long as the binding."""

    binding: int
    callback: int | None = None


@dataclass(frozen=True, slots=True)
class AxeBinding:
    """One A behind an X number; members never set are None, `changed_at` is the bind or the last modification.

    `time_unit` and `lifetime` stay what the bind said, also after a modification (axe_axyb_x.md 1.4).
    """

    subscription_id: str
    x_number: str
    extension: str
    user: str
    sequence: int
    bound_at: datetime
    changed_at: datetime
    lifetime_seconds: int
    callback_seconds: int | None = None
    expires_at: datetime | None = None
    display: str | None = None
    record: bool | None = None
    record_tone: str | None = None
    callback_tone: str | None = None
    callback_number: str | None = None
    time_unit: str | None = None
    lifetime: int | None = None
    callback_lifetime: int | None = None
    user_data: str | None = None

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in a list: millisecond of the bind, and how many were bound before it in the application."""
        return int(self.bound_at.timestamp() * 1000), self.sequence

    @property
    def lives(self) -> Lifetimes:
        """How long it and its callback records live, in seconds."""
        return Lifetimes(self.lifetime_seconds, self.callback_seconds)


class CallbackRecord(NamedTuple):
    """Who called A last through X: whom A reaches by dialling X (axe_axyb_x.md 1.0)."""

    caller: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a bind was given beside what it asked for: X, extension, id, lifetimes."""

    subscription_id: str
    x_number: str
    extension: str
    lives: Lifetimes


class Extensions:
    """The A behind one X number. A bit of `free` is an extension: the lowest one is found without a search."""

    __slots__ = ("by_extension", "by_user", "digits", "free", "in_order")

    def __init__(self, digits: int) -> None:
        self.digits = digits
        self.free = (1 << 10**digits) - 2
        self.by_extension: dict[str, AxeBinding] = {}
        self.by_user: dict[str, AxeBinding] = {}
        self.in_order: list[AxeBinding] = []

    def lowest_free(self, at_least: int = 1) -> str:
        """The lowest free extension from `at_least` on, else from the first on; X must have room."""
        above = self.free >> at_least
        shift, bits = (at_least, above) if above else (0, self.free)
        return f"{shift + (bits & -bits).bit_length() - 1:0{self.digits}d}"


class AxeBindings:
    """The AXE bindings of one application. Every change is checked whole before anything is changed."""

    def __init__(self) -> None:
        self._by_id: dict[str, AxeBinding] = {}
        self._on_x: dict[str, Extensions] = {}
        self._callbacks: dict[str, CallbackRecord] = {}
        self._bound_so_far = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[AxeBinding]:
        return iter(self._by_id.values())

    def by_id(self, subscription_id: str) -> AxeBinding | None:
        """The binding of this id, if there is one."""
        return self._by_id.get(subscription_id)

    def on_x(self, x_number: str) -> Sequence[AxeBinding]:
        """The bindings on X."""
        on_x = self._on_x.get(x_number)
        return on_x.in_order if on_x else ()

    def get(self, subscription_id: str) -> AxeBinding:
        """The binding; raises Refused(NO_SUCH_BINDING)."""
        binding = self._by_id.get(subscription_id)
        if binding is None:
            raise Refused(
                Reason.NO_SUCH_BINDING, f"no binding {subscription_id!r}: never bound here, unbound, or expired"
            )
        return binding

    def find(self, x_number: str, extension: str) -> AxeBinding | None:
        """Who is behind this extension of X."""
        on_x = self._on_x.get(x_number)
        return on_x.by_extension.get(extension) if on_x else None

    def of_user(self, x_number: str, user: str) -> AxeBinding | None:
        """The binding of this A on X."""
        on_x = self._on_x.get(x_number)
        return on_x.by_user.get(user) if on_x else None

    def count_on(self, x_number: str) -> int:
        """How many A are behind X."""
        on_x = self._on_x.get(x_number)
        return len(on_x.in_order) if on_x else 0

    def page(self, x_number: str, after: tuple[int, int], limit: int) -> Sequence[AxeBinding]:
        """So many bindings on X behind a place, oldest first."""
        on_x = self._on_x.get(x_number)
        if on_x is None:
            return ()
        start = bisect_right(on_x.in_order, after, key=_place)
        return on_x.in_order[start : start + limit]

    def has_room(self, x_number: str, user: str, digits: int) -> bool:
        """Whether X can take this A: an extension is free, and A has none on it."""
        on_x = self._on_x.get(x_number)
        return on_x is None or (len(on_x.in_order) < most(digits) and user not in on_x.by_user)

    def check_room(self, x_number: str, digits: int) -> None:
        """Raises Refused(X_IS_FULL) when every extension of X is taken."""
        if self.count_on(x_number) >= most(digits):
            raise Refused(Reason.X_IS_FULL, f"all {most(digits)} extensions of {x_number} are taken")

    def check_free(self, x_number: str, user: str, extension: str | None) -> None:
        """Raises Refused when the extension is taken, or A is behind X already."""
        taken = self.find(x_number, extension) if extension is not None else None
        if taken is not None:
            raise Refused(
                Reason.EXTENSION_TAKEN,
                f"extension {extension} of {x_number} is {taken.user}'s, in binding {taken.subscription_id}",
            )
        own = self.of_user(x_number, user)
        if own is not None:
            raise Refused(
                Reason.NUMBER_ALREADY_BOUND,
                f"{user} is behind {x_number} already, with extension {own.extension} in binding {own.subscription_id}; "
                "one A has one extension on an X number",
                detail=user,
            )

    def free_extension(self, x_number: str, digits: int, at_least: int = 1) -> str:
        """The lowest free extension of X from `at_least` on, else of all; X must have room."""
        on_x = self._on_x.get(x_number)
        return (on_x or Extensions(digits)).lowest_free(at_least)

    def bind(self, command: BindAxe, grant: Grant, at: datetime) -> AxeBinding:
        """Add the binding that `check_room` and `check_free` allowed."""
        self._bound_so_far += 1
        binding = AxeBinding(
            grant.subscription_id,
            grant.x_number,
            grant.extension,
            command.user,
            self._bound_so_far,
            at,
            at,
            grant.lives.binding,
            grant.lives.callback,
            expiry(at, grant.lives.binding),
            command.display,
            command.record,
            command.record_tone,
            command.callback_tone,
            command.callback_number,
            command.time_unit,
            command.lifetime,
            command.callback_lifetime,
            command.user_data,
        )
        on_x = self._on_x.get(grant.x_number)
        if on_x is None:
            on_x = self._on_x[grant.x_number] = Extensions(len(grant.extension))
        on_x.free &= ~(1 << int(grant.extension))
        on_x.in_order.append(binding)
        self._put(on_x, binding)
        return binding

    def modify(self, subscription_id: str, changes: Mapping[str, object], lives: Lifetimes, at: datetime) -> AxeBinding:
        """Replace the given members; a lifetime that is given counts from `at`, what the bind said of it is kept."""
        old = self.get(subscription_id)
        kept = {name: value for name, value in changes.items() if name != "lifetime"}
        new = replace(old, changed_at=at, **kept)  # type: ignore[arg-type]  # the reader made them from the schema's types
        new = replace(new, lifetime_seconds=lives.binding, callback_seconds=lives.callback)
        if "lifetime" in changes:
            new = replace(new, expires_at=expiry(at, lives.binding))
        on_x = self._on_x[old.x_number]
        on_x.in_order[bisect_left(on_x.in_order, old.place, key=_place)] = new
        self._put(on_x, new)
        return new

    def remove(self, subscription_id: str) -> AxeBinding:
        """Take one binding away with its callback record; raises Refused(NO_SUCH_BINDING)."""
        binding = self.get(subscription_id)
        on_x = self._on_x[binding.x_number]
        del self._by_id[subscription_id], on_x.by_extension[binding.extension], on_x.by_user[binding.user]
        del on_x.in_order[bisect_left(on_x.in_order, binding.place, key=_place)]
        on_x.free |= 1 << int(binding.extension)
        self._callbacks.pop(subscription_id, None)
        if not on_x.in_order:
            del self._on_x[binding.x_number]
        return binding

    def remember(self, subscription_id: str, caller: str, at: datetime) -> None:
        """`caller` is whom A calls back from now on; nothing happens where the binding has gone."""
        binding = self._by_id.get(subscription_id)
        if binding is not None:
            self._callbacks[subscription_id] = CallbackRecord(caller, expiry(at, binding.callback_seconds))

    def last_caller(self, subscription_id: str, at: datetime) -> str | None:
        """Whom A calls back; None when nobody called yet, or the record is over."""
        record = self._callbacks.get(subscription_id)
        if record is None or (record.expires_at is not None and record.expires_at <= at):
            return None
        return record.caller

    def _put(self, on_x: Extensions, binding: AxeBinding) -> None:
        self._by_id[binding.subscription_id] = binding
        on_x.by_extension[binding.extension] = on_x.by_user[binding.user] = binding


def most(digits: int) -> int:
    """How many extensions of so many digits there are: all zeros is none (axe_axyb_x.md 1.0)."""
    return int(10**digits) - 1


def expiry(at: datetime, seconds: int | None) -> datetime | None:
    """When a lifetime that starts at `at` is over; None and 0 never end."""
    return at + timedelta(seconds=seconds) if seconds else None


def check_lifetimes(lives: Lifetimes) -> None:
    """Raises Refused unless the binding lives as long as its callback records; 0 is for ever (axe_axyb_x.md 1.1)."""
    if lives.callback is not None and (lives.binding or NEVER) < (lives.callback or NEVER):
        raise Refused(
            Reason.WRONG_VALUE,
            f"the binding would live {lives.binding} s and its callback records {lives.callback or 'for ever'}"
            f"{' s' if lives.callback else ''}; the binding must live as long or longer",
            detail="lifetime",
        )


def check_extension(extension: str, digits: int) -> None:
    """Raises Refused unless this is an extension of the application's width (axe_axyb_x.md 1.0)."""
    is_number = extension.isascii() and extension.isdigit()
    if len(extension) != digits or not is_number or not int(extension):
        first, last = f"{1:0{digits}d}", f"{most(digits)}"
        raise Refused(
            Reason.WRONG_VALUE,
            f"{extension!r} is no extension here: the application's have {digits} digits, {first} to {last}",
            detail="extension",
        )


def _place(binding: AxeBinding) -> tuple[int, int]:
    return binding.place
