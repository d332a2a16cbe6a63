"""AX: an X number belongs to one A; who dials X reaches A, A reaches a temporary callee (ax_axb.md 1 to 5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from simulator.telephony.bindings.idle import IdleNumbers
from simulator.telephony.commands.ax import BindAx
from simulator.telephony.errors import Reason, Refused
from simulator.telephony.numbering import XNumber


@dataclass(frozen=True, slots=True)
class AxBinding:
    """One A on one X number; members never set are None. It never ends by itself.

    `sequence` counts the binds of the application: of two bindings the newer one has the higher.
    """

    subscription_id: str
    x_number: str
    user: str
    sequence: int
    bound_at: datetime
    record: bool | None = None
    record_tone: str | None = None
    display: str | None = None
    sms: bool | None = None
    caller_tone: str | None = None
    callee_tone: str | None = None
    max_minutes: int | None = None
    last_minute_tone: str | None = None
    user_data: str | None = None
    power: str | None = None
    direction: int | None = None

    @property
    def expires_at(self) -> None:
        """AX never expires (ax_axb.md 1)."""


@dataclass(frozen=True, slots=True)
class TemporaryCallee:
    """Whom A reaches through X until an instant."""

    number: str
    until: datetime
    user_data: str | None = None


class AxBindings:
    """The AX bindings of one application. Every change is checked whole before anything is changed."""

    def __init__(self) -> None:
        self._by_id: dict[str, AxBinding] = {}
        self._on_x: dict[str, AxBinding] = {}
        self._of_user: dict[str, tuple[AxBinding, ...]] = {}
        self._callees: dict[str, TemporaryCallee] = {}
        self._last_callers: dict[str, str] = {}
        self._day = date.min
        self._binds_of_day: dict[str, int] = {}
        self._bound_so_far = 0
        self.idle = IdleNumbers(self._is_taken)

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[AxBinding]:
        return iter(self._by_id.values())

    def by_id(self, subscription_id: str) -> AxBinding | None:
        """The binding of this id, if there is one."""
        return self._by_id.get(subscription_id)

    def on_x(self, x_number: str) -> AxBinding | None:
        """The binding of this X, if it has one."""
        return self._on_x.get(x_number)

    def of_user(self, user: str) -> Sequence[AxBinding]:
        """The bindings of this A, newest first (observed.md)."""
        return self._of_user.get(user, ())

    def count_on(self, x_number: str) -> int:
        """1 for an X that is bound, 0 otherwise."""
        return int(x_number in self._on_x)

    def get(self, subscription_id: str) -> AxBinding:
        """The binding; raises Refused(NO_SUCH_BINDING)."""
        binding = self._by_id.get(subscription_id)
        if binding is None:
            raise Refused(Reason.NO_SUCH_BINDING, f"no binding {subscription_id!r}: never bound here, or unbound")
        return binding

    def check_not_together(self, x_number: str, user: str) -> None:
        """Raises Refused(ALREADY_BOUND_TOGETHER) when this A has this X already."""
        binding = self._on_x.get(x_number)
        if binding is not None and binding.user == user:
            raise Refused(Reason.ALREADY_BOUND_TOGETHER, f"{user} has {x_number} already ({binding.subscription_id})")

    def check_free(self, x_number: str) -> None:
        """Raises Refused(X_BOUND_TO_ANOTHER) when X has an A."""
        binding = self._on_x.get(x_number)
        if binding is not None:
            why = f"{x_number} belongs to {binding.user} already ({binding.subscription_id}); an X has one A"
            raise Refused(Reason.X_BOUND_TO_ANOTHER, why)

    def check_user(self, user: str, x_per_user: int) -> None:
        """Raises Refused(TOO_MANY_X) when A has as many X numbers as allowed."""
        if len(self._of_user.get(user, ())) >= x_per_user:
            raise Refused(Reason.TOO_MANY_X, f"{user} has {x_per_user} X numbers, the most an A can have")

    def has_day(self, x_number: str, day: date, binds_per_day: int | None) -> bool:
        """Whether X may be bound once more on this day."""
        count = self._binds_of_day.get(x_number, 0) if day == self._day else 0
        return binds_per_day is None or count < binds_per_day

    def check_day(self, x_number: str, day: date, binds_per_day: int | None) -> None:
        """Raises Refused(DAILY_LIMIT) when X was bound as often on this day as allowed."""
        if not self.has_day(x_number, day, binds_per_day):
            why = f"{x_number} was bound {binds_per_day} times on {day}, as often as it may; bind it tomorrow"
            raise Refused(Reason.DAILY_LIMIT, why)

    def bind(self, command: BindAx, x_number: str, subscription_id: str, at: datetime) -> AxBinding:
        """Add the binding that the checks allowed."""
        self._bound_so_far += 1
        binding = AxBinding(
            subscription_id,
            x_number,
            command.user,
            self._bound_so_far,
            at,
            command.record,
            command.record_tone,
            command.display,
            command.sms,
            command.caller_tone,
            command.callee_tone,
            command.max_minutes,
            command.last_minute_tone,
            command.user_data,
            command.power,
            command.direction,
        )
        self._put(binding)
        return binding

    def count_bind(self, x_number: str, day: date) -> None:
        """X was bound once more on this day; the days before are forgotten."""
        if day != self._day:
            self._day, self._binds_of_day = day, {}
        self._binds_of_day[x_number] = self._binds_of_day.get(x_number, 0) + 1

    def modify(self, binding: AxBinding, changes: Mapping[str, object]) -> AxBinding:
        """Replace the given members of a binding; it stays as old as it was."""
        new = replace(binding, **changes)  # type: ignore[arg-type]  # the reader made them from the schema's types
        self._leave_user(binding)
        self._put(new)
        return new

    def remove(self, subscription_id: str) -> AxBinding:
        """Take a binding away with its temporary callee; raises Refused(NO_SUCH_BINDING)."""
        binding = self.get(subscription_id)
        del self._by_id[subscription_id], self._on_x[binding.x_number]
        self._leave_user(binding)
        self._callees.pop(binding.x_number, None)
        self._last_callers.pop(binding.x_number, None)
        return binding

    def set_callee(self, x_number: str, callee: TemporaryCallee) -> None:
        """A reaches this number through X from now on; an earlier one is overwritten."""
        self._callees[x_number] = callee

    def callee(self, x_number: str, at: datetime) -> TemporaryCallee | None:
        """Whom A reaches through X at this instant."""
        callee = self._callees.get(x_number)
        return callee if callee is not None and at < callee.until else None

    def forget_callee(self, x_number: str) -> None:
        """A reaches nobody through X until somebody is set again."""
        self._callees.pop(x_number, None)

    def remember_caller(self, x_number: str, caller: str) -> None:
        """Who called A through X last: whom A calls back (notifications.md 1.4, memory call-back)."""
        if x_number in self._on_x:
            self._last_callers[x_number] = caller

    def last_caller(self, x_number: str) -> str | None:
        """Whom A calls back through X, if anybody called."""
        return self._last_callers.get(x_number)

    def _is_taken(self, x_number: XNumber) -> bool:
        return x_number.number in self._on_x

    def _put(self, binding: AxBinding) -> None:
        self._by_id[binding.subscription_id] = self._on_x[binding.x_number] = binding
        mine = (binding, *self._of_user.get(binding.user, ()))
        self._of_user[binding.user] = tuple(sorted(mine, key=_newest_first)) if len(mine) > 1 else mine

    def _leave_user(self, binding: AxBinding) -> None:
        others = tuple(other for other in self._of_user[binding.user] if other is not binding)
        if others:
            self._of_user[binding.user] = others
        else:
            del self._of_user[binding.user]


def _newest_first(binding: AxBinding) -> int:
    return -binding.sequence
