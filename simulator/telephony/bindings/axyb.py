"""AXYB: A is behind X, each B behind a Y of its own; B dials X to reach A, A dials Y to reach B (axe_axyb_x.md 2).

A number is X of one A or Y of many relations, never both, and a Y carries each A once: who dials it must reach one B.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.telephony.bindings.supply import Cities, Fits, Supply
from simulator.telephony.commands.axyb import BindAx, BindYb, Direction
from simulator.telephony.errors import Reason, Refused
from simulator.telephony.numbering import XNumber


@dataclass(frozen=True, slots=True)
class AxBinding:
    """A (`user`) with its X; lifetimes are those in effect, other members never set are None."""

    subscription_id: str
    x_number: str
    user: str
    changed_at: datetime
    expires_at: datetime | None
    lifetime_seconds: int
    yb_lifetime_seconds: int
    direction: int | None = None
    record: bool | None = None
    record_tone: str | None = None
    ring_tone: str | None = None
    user_data: str | None = None

    def allows(self, *, user_calls: bool) -> bool:
        """Whether A may call, or be called (axe_axyb_x.md 2.1, callDirection)."""
        return self.direction != (Direction.OTHERS_ONLY if user_calls else Direction.USER_ONLY)

    def yb_seconds(self, own: int | None) -> int:
        """How long a B keeps its Y: its own wish, else A's; never longer than A keeps X, 0 is as long as that."""
        wanted = self.yb_lifetime_seconds if own is None else own
        return min(wanted, self.lifetime_seconds) if self.lifetime_seconds else wanted


@dataclass(frozen=True, slots=True)
class YbBinding:
    """B (`peer`) with the Y by which A (`user`) knows it; `expires_at` None ends with A's X."""

    subscription_id: str
    relation_id: str
    x_number: str
    y_number: str
    user: str
    peer: str
    changed_at: datetime
    expires_at: datetime | None
    lifetime_seconds: int
    automatic: bool = False
    """Whether a call of an unknown B made it."""
    ring_tone: str | None = None
    user_data: str | None = None


@dataclass(slots=True, eq=False)
class Relations:
    """One A with its X, and its Bs by their own numbers."""

    number: XNumber
    ax: AxBinding
    by_peer: dict[str, YbBinding]


class Shared:
    """The relations on one Y: each A has one there, `peers` counts how often a number is a B there."""

    __slots__ = ("by_user", "number", "peers")

    def __init__(self, number: XNumber) -> None:
        self.number = number
        self.by_user: dict[str, YbBinding] = {}
        self.peers: Counter[str] = Counter()


def seconds_later(at: datetime, seconds: int) -> datetime | None:
    """When a lifetime that starts at `at` is over; 0 never ends."""
    return at + timedelta(seconds=seconds) if seconds else None


class AxybBindings:
    """The AXYB bindings of one application. Every change is checked whole before anything is changed."""

    def __init__(self) -> None:
        self._by_id: dict[str, Relations] = {}
        self._on_x: dict[str, Relations] = {}
        self._on_y: dict[str, Shared] = {}
        self._held: Counter[str] = Counter()
        self._by_relation: dict[str, YbBinding] = {}
        self._supply = Supply(self._is_taken)

    def __len__(self) -> int:
        return len(self._by_id) + len(self._by_relation)

    def __iter__(self) -> Iterator[AxBinding | YbBinding]:
        for relations in self._by_id.values():
            yield relations.ax
            yield from relations.by_peer.values()

    def count_on(self, x_number: str) -> int:
        """What a number carries: as X its A and every B, as Y its relations."""
        relations, shared = self._on_x.get(x_number), self._on_y.get(x_number)
        return (1 + len(relations.by_peer) if relations else 0) + (len(shared.by_user) if shared else 0)

    def by_id(self, key: str) -> AxBinding | YbBinding | None:
        """The A of a subscription id, or the B of a relation's id, if there is one."""
        relations = self._by_id.get(key)
        return relations.ax if relations else self._by_relation.get(key)

    def get(self, subscription_id: str) -> Relations:
        """An A with its Bs; raises Refused(NO_SUCH_BINDING)."""
        relations = self._by_id.get(subscription_id)
        if relations is None:
            why = f"no binding {subscription_id!r}: never bound here, unbound, or expired"
            raise Refused(Reason.NO_SUCH_BINDING, why)
        return relations

    def on_x(self, x_number: str) -> Relations | None:
        """The A that X belongs to, with its Bs."""
        return self._on_x.get(x_number)

    def of_user_on(self, y_number: str, user: str) -> YbBinding | None:
        """The B whom A reaches when it dials Y."""
        shared = self._on_y.get(y_number)
        return shared.by_user.get(user) if shared else None

    def is_peer_on(self, y_number: str, number: str) -> bool:
        """Whether Y is the number's own: it is a B there."""
        shared = self._on_y.get(y_number)
        return shared is not None and number in shared.peers

    # --- checks ---

    def check_user(self, user: str, most: int) -> None:
        """Raises Refused(USER_HAS_ENOUGH) when A has as many X numbers as it may."""
        if self._held[user] >= most:
            raise Refused(Reason.USER_HAS_ENOUGH, f"{user} has {most} X numbers, the most that one A can")

    def check_peer(self, relations: Relations, peer: str) -> None:
        """Raises Refused when B is A, or has a Y with this A already."""
        if peer == relations.ax.user:
            raise Refused(Reason.SAME_PARTIES, f"A and B are the same number {peer}", detail="user")
        yb = relations.by_peer.get(peer)
        if yb is not None:
            why = f"{peer} has a Y in binding {yb.subscription_id} already: {yb.y_number}"
            raise Refused(Reason.NUMBER_ALREADY_BOUND, why, detail=peer)

    # --- choices ---

    def free_x(self, cities: Cities, usable: Fits) -> XNumber | None:
        """An X that nobody has."""
        return self._supply.free(cities, usable)

    def y_for(self, user: str, cities: Cities, usable: Fits, most: int) -> XNumber | None:
        """A Y that can take one more relation of this A: one in use as Y, else one that nobody has."""

        def has_room(number: XNumber) -> bool:
            by_user = self._on_y[number.number].by_user
            return len(by_user) < most and user not in by_user

        return self._supply.shared_or_free(cities, has_room, usable)

    # --- changes ---

    def bind_ax(
        self, command: BindAx, x_number: XNumber, subscription_id: str, seconds: int, at: datetime
    ) -> AxBinding:
        """Give A the X that `free_x` chose, for so many seconds."""
        yb_seconds = command.yb_lifetime_seconds or 0
        ax = AxBinding(
            subscription_id,
            x_number.number,
            command.user,
            at,
            seconds_later(at, seconds),
            seconds,
            min(yb_seconds, seconds) if seconds else yb_seconds,
            command.direction,
            command.record,
            command.record_tone,
            command.ring_tone,
            command.user_data,
        )
        self._by_id[subscription_id] = self._on_x[ax.x_number] = Relations(x_number, ax, {})
        self._held[ax.user] += 1
        self._supply.take(x_number)
        return ax

    def bind_yb(self, yb: YbBinding, y_number: XNumber, most: int) -> None:
        """Give B the Y that `y_for` chose; `check_peer` allowed it."""
        self._by_id[yb.subscription_id].by_peer[yb.peer] = yb
        shared = self._on_y.get(yb.y_number)
        if shared is None:
            shared = self._on_y[yb.y_number] = Shared(y_number)
        shared.by_user[yb.user] = yb
        shared.peers[yb.peer] += 1
        self._by_relation[yb.relation_id] = yb
        self._supply.share(y_number)
        if len(shared.by_user) >= most:
            self._supply.fill(y_number)

    def new_yb(self, command: BindYb, y_number: str, relation_id: str, at: datetime, *, automatic: bool) -> YbBinding:
        """What `bind_yb` would keep; raises Refused(NO_SUCH_BINDING)."""
        ax = self.get(command.subscription_id).ax
        seconds = ax.yb_seconds(command.yb_lifetime_seconds)
        ends_at = seconds_later(at, seconds)
        with_ax = ends_at is None or (ax.expires_at is not None and ends_at >= ax.expires_at)
        return YbBinding(
            ax.subscription_id,
            relation_id,
            ax.x_number,
            y_number,
            ax.user,
            command.user,
            at,
            None if with_ax else ends_at,
            seconds,
            automatic,
            command.ring_tone_y,
            command.user_data,
        )

    def remove_yb(self, yb: YbBinding) -> None:
        """Take one B's Y away."""
        del self._by_id[yb.subscription_id].by_peer[yb.peer]
        self._leave(yb)

    def remove_ax(self, subscription_id: str) -> Sequence[AxBinding | YbBinding]:
        """Take A's X away with every Y of it, the Ys first; raises Refused(NO_SUCH_BINDING)."""
        relations = self.get(subscription_id)
        ax, peers = relations.ax, tuple(relations.by_peer.values())
        for yb in peers:
            self._leave(yb)
        del self._by_id[subscription_id], self._on_x[ax.x_number]
        self._held[ax.user] -= 1
        if not self._held[ax.user]:
            del self._held[ax.user]
        self._supply.give_back(relations.number)
        return (*peers, ax)

    def _leave(self, yb: YbBinding) -> None:
        shared = self._on_y[yb.y_number]
        del shared.by_user[yb.user]
        shared.peers[yb.peer] -= 1
        if not shared.peers[yb.peer]:
            del shared.peers[yb.peer]
        del self._by_relation[yb.relation_id]
        if shared.by_user:
            self._supply.share(shared.number)
        else:
            del self._on_y[yb.y_number]
            self._supply.give_back(shared.number)

    def _is_taken(self, number: XNumber) -> bool:
        return number.number in self._on_x or number.number in self._on_y
