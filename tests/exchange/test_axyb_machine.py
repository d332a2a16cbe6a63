"""AXYB, check, then change: random commands and calls against a plain model; a refused one changes nothing at all."""

from copy import deepcopy
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from simulator.exchange.apps import NumberSpec
from simulator.telephony.bindings.axyb import YbBinding
from simulator.telephony.commands.axyb import BindAx, BindYb, QueryAxyb, UnbindAxyb
from simulator.telephony.commands.calls import Dial
from simulator.telephony.errors import Reason
from simulator.telephony.numbering import NumberState
from tests.exchange.attempting import Attempting
from tests.exchange.stage import KEY, Stage

PEOPLE = [f"+861390000000{n}" for n in range(5)]
CITIES = {"0755": 7, "020": 1, "010": 1}
PROVINCES = {"0755": 1, "020": 1, "010": 2, "021": 3}
AREA = {f"+86170{area:0>4}000{n}": area for area, count in CITIES.items() for n in range(count)}
NUMBERS = list(AREA)
X_PER_USER, PER_Y, DEFAULT = 2, 2, 7200
person, number, area = (
    st.sampled_from(PEOPLE),
    st.sampled_from(NUMBERS),
    st.sampled_from(["0755", "0755", "0755", *PROVINCES]),
)
lifetime = st.sampled_from([None, 0, 60, 600, 7200])
loose = st.booleans()


class Axyb(Attempting, RuleBasedStateMachine):
    """`model` is the As that are bound, oldest first, each with its Bs."""

    @initialize()
    def begin(self) -> None:
        profile = {"axyb_x_per_user": X_PER_USER, "axyb_relations_per_y": PER_Y, "axyb_query_rows": "none",
                   "axyb_query_order": "oldest_first"}  # fmt: skip
        numbers = tuple(NumberSpec(one, AREA[one]) for one in NUMBERS)
        self.stage = Stage(mode="AXYB", numbers=numbers, profile=profile)
        self.app, self.exchange, self.mode = self.stage.app, self.stage.exchange, self.stage.exchange.axyb
        self.model: list[dict] = []
        self.ended: list[tuple[str, str, str]] = []
        self.issued = ["never-issued"]
        self.order = count()
        for user in PEOPLE[:2]:
            self.give_x(user, "0755", True, 600, None)

    # --- commands ---

    @rule(user=person, area=area, loose=loose, life=lifetime, of_b=lifetime)
    def bind_a(self, user, area, loose, life, of_b) -> None:
        self.give_x(user, area, loose, life, of_b)

    def give_x(self, user, area, loose, life, of_b) -> None:
        can = self.best(area, loose, self.free())
        wrong = Reason.USER_HAS_ENOUGH if self.held(user) >= X_PER_USER else None if can else Reason.NO_NUMBER_AVAILABLE
        command = BindAx(user, area, "1" if loose else "0", lifetime_seconds=life, yb_lifetime_seconds=of_b)
        ax = self.attempt(lambda: self.mode.bind_ax(self.app, command), wrong)
        if ax is None:
            return
        assert ax.x_number in can
        seconds = DEFAULT if life is None else life
        most = min(of_b or 0, seconds) if seconds else of_b or 0
        self.issued.append(ax.subscription_id)
        self.model.append({
            "id": ax.subscription_id, "x": ax.x_number, "a": user, "ends": self.later(seconds), "seconds": seconds,
            "of_b": most, "bs": [], "made": self.made(),
        })  # fmt: skip

    @rule(data=st.data(), peer=person, area=st.none() | area, loose=loose, life=lifetime)
    def bind_b(self, data, peer, area, loose, life) -> None:
        chosen = data.draw(self.ids())
        one = self.of(chosen)
        wrong, can = self.why_no_b(one, peer, area, loose)
        command = BindYb(peer, chosen, area, "1" if loose else "0", life)
        yb = self.attempt(lambda: self.mode.bind_yb(self.app, command), wrong)
        if yb and one:
            assert yb.y_number in can
            self.remember(one, peer, yb.y_number, life)

    @rule(data=st.data(), y=st.none() | number, peer=st.none() | person)
    def unbind(self, data, y, peer) -> None:
        chosen = data.draw(self.ids())
        one = self.of(chosen)
        if not (y or peer) and not data.draw(st.sampled_from([False, False, False, True])):
            return
        meant = [b for b in (one["bs"] if one else []) if (b["y"] == y if y else b["b"] == peer)]
        wrong = None if one and (meant or not (y or peer)) else Reason.NO_SUCH_BINDING
        removed = self.attempt(lambda: self.mode.unbind(self.app, UnbindAxyb(chosen, y, peer)), wrong)
        if removed is not None and one:
            if y or peer:
                self.drop_b(one, meant[0], "unbound")
            else:
                self.drop_a(one, "unbound")

    @rule(data=st.data(), x=number)
    def query(self, data, x) -> None:
        chosen = data.draw(st.none() | self.ids())
        one = self.of(chosen) if chosen else next((one for one in self.model if one["x"] == x), None)
        command = QueryAxyb(chosen, x)
        page = self.attempt(lambda: self.mode.query(self.app, command), None if one else Reason.NO_SUCH_BINDING)
        if page and one:
            assert page.ax.subscription_id == one["id"]
            assert [yb.peer for yb in page.peers] == [b["b"] for b in one["bs"]]

    @rule(caller=person, dialled=number)
    def call(self, caller, dialled) -> None:
        before = len(self.app.bindings)
        route = self.exchange.dial(KEY, Dial(caller, dialled, outcome="busy")).call.route
        cause, destination, promised = self.expected(caller, dialled)
        assert (route.refusal, route.destination) == (cause, destination)
        if promised is None:
            assert len(self.app.bindings) == before
            return
        assert route.shown in promised
        one = next(one for one in self.model if one["x"] == dialled)
        self.remember(one, caller, str(route.shown), None)

    @rule(seconds=st.sampled_from([1, 59, 60, 540]))
    def let_time_pass(self, seconds) -> None:
        self.stage.pass_by(seconds)
        now = self.stage.now
        due = [
            (b["ends"], b["made"], one, b) for one in self.model for b in one["bs"] if b["ends"] and b["ends"] <= now
        ]
        due += [(one["ends"], one["made"], one, None) for one in self.model if one["ends"] and one["ends"] <= now]
        for _, _, one, b in sorted(due, key=lambda item: item[:2]):
            if b is None:
                self.drop_a(one, "expired")
            elif b in one["bs"] and one in self.model:
                self.drop_b(one, b, "expired")

    @rule(number=number, state=st.sampled_from([NumberState.NORMAL, NumberState.NORMAL, NumberState.BINDING_FROZEN]))
    def change_state(self, number, state) -> None:
        self.app.pool.get(number).state = state

    @rule(really=st.integers(0, 9))
    def reset(self, really) -> None:
        if really != 9:
            return
        self.exchange.reset(KEY)
        self.model, self.ended = [], []

    # --- the model ---

    def of(self, subscription_id: str) -> dict | None:
        return next((one for one in self.model if one["id"] == subscription_id), None)

    def ids(self) -> st.SearchStrategy[str]:
        """Those that live, each several times, and two that do not or need not."""
        return st.sampled_from([*(one["id"] for one in self.model for _ in range(4)), self.issued[0], self.issued[-1]])

    def made(self) -> int:
        """In which order things were made: what ends at one instant ends in it."""
        return next(self.order)

    def held(self, user: str) -> int:
        return len([one for one in self.model if one["a"] == user])

    def later(self, seconds: int) -> datetime | None:
        return self.stage.now + timedelta(seconds=seconds) if seconds else None

    def on_y(self, y: str) -> list[str]:
        """The As on a Y."""
        return [one["a"] for one in self.model for b in one["bs"] if b["y"] == y]

    def free(self) -> list[str]:
        xs = {one["x"] for one in self.model}
        return [n for n in NUMBERS if n not in xs and not self.on_y(n) and self.is_normal(n)]

    def is_normal(self, number: str) -> bool:
        return self.app.pool.get(number).state is NumberState.NORMAL

    def best(self, area: str, loose: bool, fitting: list[str]) -> set[str]:
        """Those of the best city that has any."""
        order = [area]
        if loose:
            order += sorted((c for c in CITIES if c != area), key=lambda c: PROVINCES[c] != PROVINCES[area])
        cities = ({n for n in fitting if AREA[n] == city} for city in order)
        return next((found for found in cities if found), set())

    def ys_for(self, one: dict, area: str | None, loose: bool) -> set[str]:
        shared = {n for n in NUMBERS if self.on_y(n) and self.is_normal(n)}
        room = {n for n in shared if len(self.on_y(n)) < PER_Y and one["a"] not in self.on_y(n)}
        return self.best(area or AREA[one["x"]], loose if area else True, [*self.free(), *room])

    def why_no_b(self, one: dict | None, peer: str, area: str | None, loose: bool) -> tuple[Reason | None, set[str]]:
        if one is None:
            return Reason.NO_SUCH_BINDING, set()
        if peer == one["a"]:
            return Reason.SAME_PARTIES, set()
        if peer in [b["b"] for b in one["bs"]]:
            return Reason.NUMBER_ALREADY_BOUND, set()
        can = self.ys_for(one, area, loose)
        return (None if can else Reason.NO_NUMBER_AVAILABLE), can

    def expected(self, caller: str, dialled: str) -> tuple[int | None, str | None, set[str] | None]:
        """Cause, destination, and the Ys of which a new B gets one."""
        for one in self.model:
            for b in one["bs"]:
                if b["y"] == dialled and one["a"] == caller:
                    return None, b["b"], None
        one = next((one for one in self.model if one["x"] == dialled), None)
        if one is None:
            own = any(b["y"] == dialled and b["b"] == caller for other in self.model for b in other["bs"])
            return (8032 if own else 8030), None, None
        if caller == one["a"]:
            return 8032, None, None
        if caller in [b["b"] for b in one["bs"]]:
            return None, one["a"], None
        can = self.ys_for(one, None, True)
        return (None, one["a"], can) if can else (8031, None, None)

    def remember(self, one: dict, peer: str, y: str, own: int | None) -> None:
        wanted = one["of_b"] if own is None else own
        seconds = min(wanted, one["seconds"]) if one["seconds"] else wanted
        ends = self.later(seconds)
        if ends and one["ends"] and ends >= one["ends"]:
            ends = None
        one["bs"].append({"b": peer, "y": y, "ends": ends, "seconds": seconds, "made": self.made()})

    def drop_b(self, one: dict, b: dict, why: str) -> None:
        one["bs"].remove(b)
        self.ended.append((one["id"], b["b"], why))

    def drop_a(self, one: dict, why: str) -> None:
        self.model.remove(one)
        self.ended += [*((one["id"], b["b"], why) for b in one["bs"]), (one["id"], "", why)]

    def everything(self) -> tuple:
        bindings, core = self.app.bindings, self.exchange.core
        xs = {x: (asdict(one.ax), list(one.by_peer)) for x, one in bindings._on_x.items()}
        ys = {y: (dict(shared.by_user), dict(shared.peers)) for y, shared in bindings._on_y.items()}
        heap = [(at, order, key) for at, order, _, key in self.exchange.deadlines._heap]
        told = (self.exchange.journal.last_position, list(self.app.ended), heap)
        counts = (dict(bindings._held), len(bindings), core.ids.counters, core.dice.getstate())
        return deepcopy((list(bindings), list(bindings._by_id), xs, ys, told, counts))

    # --- whole state after every step ---

    @invariant()
    def the_bindings_are_the_models(self) -> None:
        relations = self.app.bindings._by_id
        assert list(relations) == [one["id"] for one in self.model]
        for one in self.model:
            ax, peers = relations[one["id"]].ax, list(relations[one["id"]].by_peer.values())
            said = (ax.x_number, ax.user, ax.expires_at, ax.lifetime_seconds, ax.yb_lifetime_seconds)
            assert said == (one["x"], one["a"], one["ends"], one["seconds"], one["of_b"])
            assert [(yb.peer, yb.y_number, yb.expires_at, yb.lifetime_seconds) for yb in peers] == [
                (b["b"], b["y"], b["ends"], b["seconds"]) for b in one["bs"]
            ]
        assert len(self.app.bindings) == len(list(self.app.bindings)) == sum(1 + len(one["bs"]) for one in self.model)

    @invariant()
    def the_indexes_say_the_same(self) -> None:
        bindings = self.app.bindings
        assert set(bindings._on_x) == {one["x"] for one in self.model}
        assert dict(bindings._held) == {one["a"]: self.held(one["a"]) for one in self.model}
        assert set(bindings._on_y) == {b["y"] for one in self.model for b in one["bs"]}
        for y, shared in bindings._on_y.items():
            assert sorted(shared.by_user) == sorted(self.on_y(y))
            assert sorted(shared.peers.elements()) == sorted(
                b["b"] for one in self.model for b in one["bs"] if b["y"] == y
            )

    @invariant()
    def the_rules_of_the_numbers_hold(self) -> None:
        xs, ys = set(self.app.bindings._on_x), set(self.app.bindings._on_y)
        assert not xs & ys
        assert all(len(self.on_y(y)) == len(set(self.on_y(y))) <= PER_Y for y in ys)

    @invariant()
    def only_what_ends_by_itself_has_a_deadline(self) -> None:
        limited = [one["ends"] for one in self.model if one["ends"]]
        limited += [b["ends"] for one in self.model for b in one["bs"] if b["ends"]]
        heap = [at for at, _, owner, key in self.exchange.deadlines._heap if key and owner.is_current(key, at)]
        assert sorted(heap) == sorted(limited)

    @invariant()
    def what_ended_is_remembered_with_its_reason(self) -> None:
        told = [
            (end.binding.subscription_id, end.binding.peer if isinstance(end.binding, YbBinding) else "", end.why)
            for end in self.app.ended
        ]
        assert told == self.ended


Axyb.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAxyb = Axyb.TestCase
