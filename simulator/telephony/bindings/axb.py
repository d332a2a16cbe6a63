"""AXB: A and B reach each other through X; one X carries many pairs, a number once per X (ax_axb.md 6 to 9)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from simulator.telephony.commands.axb import BindAxb, Direction, QueryAxb
from simulator.telephony.errors import Reason, Refused


@dataclass(frozen=True, slots=True)
class AxbBinding:
    """One pair on one X number; members never set are None, `changed_at` is the bind or the last modification."""

    subscription_id: str
    x_number: str
    caller: str
    callee: str
    changed_at: datetime
    expires_at: datetime | None = None
    direction: int | None = None
    lifetime_seconds: int | None = None
    record: bool | None = None
    record_tone: str | None = None
    max_minutes: int | None = None
    last_minute_tone: str | None = None
    sms: bool | None = None
    caller_tone: str | None = None
    callee_tone: str | None = None
    user_data: str | None = None

    def other_party(self, number: str) -> str:
        """Whom `number` reaches through X."""
        return self.callee if number == self.caller else self.caller

    def allows(self, number: str) -> bool:
        """Whether `number` may call the other one (ax_axb.md 6, callDirection)."""
        forbidden = Direction.CALLEE_TO_CALLER if number == self.caller else Direction.CALLER_TO_CALLEE
        return self.direction != forbidden


def expiry(at: datetime, lifetime_seconds: int | None) -> datetime | None:
    """When a lifetime that starts at `at` is over; absent or 0 never ends."""
    return at + timedelta(seconds=lifetime_seconds) if lifetime_seconds else None


class Relations:
    """The pairs on one X number."""

    __slots__ = ("by_id", "by_party")

    def __init__(self) -> None:
        self.by_id: dict[str, AxbBinding] = {}
        self.by_party: dict[str, AxbBinding] = {}


class AxbBindings:
    """The AXB bindings of one application. Every change is checked whole before anything is changed."""

    def __init__(self) -> None:
        self._by_id: dict[str, AxbBinding] = {}
        self._on_x: dict[str, Relations] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[AxbBinding]:
        return iter(self._by_id.values())

    def by_id(self, subscription_id: str) -> AxbBinding | None:
        """The binding of this id, if there is one."""
        return self._by_id.get(subscription_id)

    def on_x(self, x_number: str) -> Iterable[AxbBinding]:
        """The bindings on X."""
        relations = self._on_x.get(x_number)
        return relations.by_id.values() if relations else ()

    def get(self, subscription_id: str) -> AxbBinding:
        """The binding; raises Refused(NO_SUCH_BINDING)."""
        binding = self._by_id.get(subscription_id)
        if binding is None:
            raise Refused(
                Reason.NO_SUCH_BINDING, f"no binding {subscription_id!r}: never bound here, unbound, or expired"
            )
        return binding

    def find(self, x_number: str, party: str) -> AxbBinding | None:
        """The binding on X that contains this party."""
        relations = self._on_x.get(x_number)
        return relations.by_party.get(party) if relations else None

    def count_on(self, x_number: str) -> int:
        """How many pairs X carries."""
        relations = self._on_x.get(x_number)
        return len(relations.by_id) if relations else 0

    def page(self, x_number: str, query: QueryAxb) -> Sequence[AxbBinding]:
        """One page of the bindings on X, oldest first."""
        relations = self._on_x.get(x_number)
        if relations is None:
            return ()
        start = (query.page_index - 1) * query.page_size
        return tuple(islice(relations.by_id.values(), start, start + query.page_size))

    def has_room(self, x_number: str, parties: tuple[str, str], pairs_per_x: int) -> bool:
        """Whether X can take this pair: fewer than so many on it, and neither number among them."""
        relations = self._on_x.get(x_number)
        if relations is None:
            return True
        return len(relations.by_id) < pairs_per_x and not any(party in relations.by_party for party in parties)

    def check_pair(self, x_number: str, parties: tuple[str, str], *, except_for: str = "") -> None:
        """Raises Refused when a party is in another pair on X, or is both parties."""
        if parties[0] == parties[1]:
            raise Refused(Reason.SAME_PARTIES, f"caller and callee are the same number {parties[0]}", detail="callee")
        for party in parties:
            other = self.find(x_number, party)
            if other is not None and other.subscription_id != except_for:
                raise Refused(
                    Reason.NUMBER_ALREADY_BOUND,
                    f"{party} is on {x_number} already, in binding {other.subscription_id} "
                    f"({other.caller} and {other.callee})",
                    detail=party,
                )

    def check_room(self, x_number: str, pairs_per_x: int) -> None:
        """Raises Refused(X_IS_FULL) when X carries its maximum of pairs."""
        if self.count_on(x_number) >= pairs_per_x:
            raise Refused(Reason.X_IS_FULL, f"{x_number} carries {pairs_per_x} pairs, the most an X number can")

    def bind(self, command: BindAxb, x_number: str, subscription_id: str, at: datetime) -> AxbBinding:
        """Add the pair that `check_pair` and `check_room` allowed."""
        binding = AxbBinding(
            subscription_id,
            x_number,
            command.caller,
            command.callee,
            at,
            expiry(at, command.lifetime_seconds),
            command.direction,
            command.lifetime_seconds,
            command.record,
            command.record_tone,
            command.max_minutes,
            command.last_minute_tone,
            command.sms,
            command.caller_tone,
            command.callee_tone,
            command.user_data,
        )
        self._put(binding)
        return binding

    def modify(self, subscription_id: str, changes: Mapping[str, object], at: datetime) -> AxbBinding:
        """Replace the given members; a new lifetime counts from `at`. Raises Refused and then changes nothing."""
        old = self.get(subscription_id)
        new = replace(old, changed_at=at, **changes)  # type: ignore[arg-type]  # the reader made them from the schema's types
        if "lifetime_seconds" in changes:
            new = replace(new, expires_at=expiry(at, new.lifetime_seconds))
        self.check_pair(old.x_number, (new.caller, new.callee), except_for=subscription_id)
        relations = self._on_x[old.x_number]
        del relations.by_party[old.caller], relations.by_party[old.callee]
        self._put(new)
        return new

    def remove(self, subscription_id: str) -> AxbBinding:
        """Take one binding away; raises Refused(NO_SUCH_BINDING)."""
        binding = self.get(subscription_id)
        relations = self._on_x[binding.x_number]
        del self._by_id[subscription_id], relations.by_id[subscription_id]
        del relations.by_party[binding.caller], relations.by_party[binding.callee]
        if not relations.by_id:
            del self._on_x[binding.x_number]
        return binding

    def remove_all_on(self, x_number: str) -> Sequence[AxbBinding]:
        """Take every binding on X away."""
        relations = self._on_x.pop(x_number, None)
        removed = tuple(relations.by_id.values()) if relations else ()
        for binding in removed:
            del self._by_id[binding.subscription_id]
        return removed

    def _put(self, binding: AxbBinding) -> None:
        relations = self._on_x.get(binding.x_number)
        if relations is None:
            relations = self._on_x[binding.x_number] = Relations()
        self._by_id[binding.subscription_id] = relations.by_id[binding.subscription_id] = binding
        relations.by_party[binding.caller] = relations.by_party[binding.callee] = binding
