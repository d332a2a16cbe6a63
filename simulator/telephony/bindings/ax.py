"""AX: an X number belongs to one A; who dials X reaches A, A reaches a temporary callee (ax_axb.md 1 to 5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from simulator.telephony.commands.ax import BindAx
from simulator.telephony.errors import Reason, Refused


@dataclass(frozen=True, slots=True)
class AxBinding:
    """One A on one X number; members never set are None. It never ends by itself."""

    subscription_id: str
    x_number: str
    user: str
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
        self._of_user: dict[str, dict[str, AxBinding]] = {}
        self._callees: dict[str, TemporaryCallee] = {}
        self._binds_on_day: dict[str, tuple[date, int]] = {}

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
        return tuple(reversed(self._of_user.get(user, {}).values()))

    def count_on(self, x_number: str) -> int:
        """1 for an X that is bound, 0 otherwise."""
        return int(x_number in self._on_x)

    def get(self, subscription_id: str) -> AxBinding:
        """The binding; raises Refused(NO_SUCH_BINDING)."""
        binding = self._by_id.get(subscription_id)
        if binding is None:
            raise Refused(Reason.NO_SUCH_BINDING, f"no binding {subscription_id!r}: never bound here, or unbound")
        return binding

    def check_free(self, x_number: str, user: str) -> None:
        """Raises Refused when X has an A already."""
        binding = self._on_x.get(x_number)
        if binding is None:
            return
        if binding.user == user:
            raise Refused(Reason.ALREADY_BOUND_TOGETHER, f"{user} has {x_number} already ({binding.subscription_id})")
        why = f"{x_number} belongs to {binding.user} already ({binding.subscription_id}); an X has one A"
        raise Refused(Reason.X_BOUND_TO_ANOTHER, why)

    def check_user(self, user: str, x_per_user: int) -> None:
        """Raises Refused(TOO_MANY_X) when A has as many X numbers as allowed."""
        if len(self._of_user.get(user, ())) >= x_per_user:
            raise Refused(Reason.TOO_MANY_X, f"{user} has {x_per_user} X numbers, the most an A can have")

    def check_day(self, x_number: str, day: date, binds_per_day: int | None) -> None:
        """Raises Refused(DAILY_LIMIT) when X was bound as often on this day as allowed."""
        last, count = self._binds_on_day.get(x_number, (day, 0))
        if binds_per_day is not None and last == day and count >= binds_per_day:
            raise Refused(Reason.DAILY_LIMIT, f"{x_number} was bound {count} times on {day}; bind it tomorrow")

    def bind(self, command: BindAx, x_number: str, subscription_id: str, at: datetime) -> AxBinding:
        """Add the binding that the checks allowed."""
        binding = AxBinding(
            subscription_id,
            x_number,
            command.user,
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
        """X was bound once more on this day."""
        last, count = self._binds_on_day.get(x_number, (day, 0))
        self._binds_on_day[x_number] = (day, count + 1 if last == day else 1)

    def modify(self, binding: AxBinding, changes: Mapping[str, object]) -> AxBinding:
        """Replace the given members of a binding."""
        new = replace(binding, **changes)  # type: ignore[arg-type]  # the reader made them from the schema's types
        if new.user != binding.user:
            self._leave_user(binding)
        self._put(new)
        return new

    def remove(self, subscription_id: str) -> AxBinding:
        """Take a binding away with its temporary callee; raises Refused(NO_SUCH_BINDING)."""
        binding = self.get(subscription_id)
        del self._by_id[subscription_id], self._on_x[binding.x_number]
        self._leave_user(binding)
        self._callees.pop(binding.x_number, None)
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

    def _put(self, binding: AxBinding) -> None:
        self._by_id[binding.subscription_id] = self._on_x[binding.x_number] = binding
        self._of_user.setdefault(binding.user, {})[binding.subscription_id] = binding

    def _leave_user(self, binding: AxBinding) -> None:
        bindings = self._of_user[binding.user]
        del bindings[binding.subscription_id]
        if not bindings:
            del self._of_user[binding.user]
