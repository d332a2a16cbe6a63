"""Check, then change, in mode AX: random commands and calls against a list of dictionaries; refused is unchanged."""

from copy import deepcopy
from dataclasses import asdict, fields
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from simulator.exchange.apps import NumberSpec
from simulator.telephony.bindings.ax import AxBinding
from simulator.telephony.commands.ax import BindAx, ModifyAx, QueryAx, SetCallee, UnbindAx
from simulator.telephony.errors import Reason
from simulator.telephony.numbering import NumberState
from tests.exchange.attempting import Attempting
from tests.exchange.ax_stage import AxStage
from tests.exchange.stage import KEY

A, B, C = people = [f"+861390000000{n}" for n in range(3)]
CITIES = {"0755": ["+8613800000001", "+8613800000003"], "020": ["+8613800000004"], "010": ["+8613800000002"]}
OURS = [x for numbers in CITIES.values() for x in numbers]
NOBODYS = "+8613800000009"
X_PER_USER, BINDS_PER_DAY = 2, 4
WORKING = (NumberState.NORMAL, NumberState.BINDING_FROZEN)
person, x_number = st.sampled_from(people), st.sampled_from([*OURS, NOBODYS])
members = {
    "record": st.booleans(),
    "max_minutes": st.sampled_from([0, 1, 60]),
    "user_data": st.sampled_from(["one", "two"]),
    "power": st.sampled_from(["on", "off"]),
    "direction": st.sampled_from([0, 1, 2]),
}


class Ax(Attempting, RuleBasedStateMachine):
    """`model` is what is bound, oldest first; `callees` whom A reaches through an X; `binds` how often X was bound today."""

    @initialize()
    def begin(self) -> None:
        profile = {"ax_x_per_user": X_PER_USER, "ax_binds_per_day": BINDS_PER_DAY}
        self.stage = AxStage(profile=profile, numbers=tuple(NumberSpec(x, c) for c in CITIES for x in CITIES[c]))
        self.app, self.exchange = self.stage.app, self.stage.exchange
        self.model: list[dict] = []
        self.ended: list[str] = []
        self.issued: list[str] = ["never-issued"]
        self.callees: dict[str, tuple] = {}
        self.binds: dict[tuple, int] = {}

    # --- commands ---

    @rule(user=person, x=x_number, wish=st.fixed_dictionaries({}, optional=members))
    def bind(self, user, x, wish) -> None:
        command = BindAx(user, x, **wish)
        bound = self.attempt(lambda: self.exchange.ax.bind(self.app, command), self.why_not(user, x))
        if bound:
            self.remember(bound, user, x, wish)

    @rule(user=person, area=st.sampled_from([*CITIES, "021"]), loose=st.sampled_from([None, "0", "1"]))
    def bind_by_area(self, user, area, loose) -> None:
        groups = [CITIES.get(area, [])]
        if loose == "1":
            groups += [CITIES["0755"] + CITIES["020"] if area in ("0755", "020") else CITIES.get(area, []), OURS]
        can = next(filter(None, ([x for x in group if self.is_idle(x)] for group in groups)), [])
        wrong = self.too_many(user) or (None if can else Reason.NO_NUMBER_AVAILABLE)
        command = BindAx(user, area_code=area, area_match=loose, number_type="mobile-virtual")
        bound = self.attempt(lambda: self.exchange.ax.bind(self.app, command), wrong)
        if bound:
            assert bound.x_number in can
            self.remember(bound, user, bound.x_number, {})

    @rule(data=st.data(), x=x_number, by_id=st.booleans())
    def unbind(self, data, x, by_id) -> None:
        chosen, found, wrong = self.meant(data, x, by_id=by_id)
        broken = not by_id and x in OURS and self.state(x) not in WORKING
        if broken or (found and self.state(found["x_number"]) not in WORKING):
            wrong = Reason.NUMBER_STATE_ABNORMAL
        removed = self.attempt(lambda: self.exchange.ax.unbind(self.app, UnbindAx(chosen, x)), wrong)
        if removed:
            self.model.remove(found)
            self.callees.pop(found["x_number"], None)
            self.ended.append(found["subscription_id"])

    @rule(
        data=st.data(),
        x=x_number,
        by_id=st.booleans(),
        changes=st.fixed_dictionaries({}, optional={**members, "user": person}),
        locates=st.booleans(),
    )
    def modify(self, data, x, by_id, changes, locates) -> None:
        self.stage.change_profile(ax_modify_orig_num="locator" if locates else "new_number")
        chosen, found, wrong = self.meant(data, x, by_id=by_id)
        done = dict(changes)
        user = done.get("user")
        if found and user == found["user"]:
            del done["user"]
        elif found and user and locates:
            wrong = None if by_id else Reason.NO_SUCH_BINDING
            del done["user"]
        elif found and user:
            wrong = self.too_many(user)
        changed = self.attempt(lambda: self.exchange.ax.modify(self.app, ModifyAx(chosen, x, changes)), wrong)
        if changed:
            found.update(done)

    @rule(data=st.data(), x=x_number, by_id=st.booleans(), callee=person, seconds=st.sampled_from([None, 1, 90]))
    def set_callee(self, data, x, by_id, callee, seconds) -> None:
        chosen, found, wrong = self.meant(data, x, by_id=by_id)
        if found and found["user"] == callee:
            wrong = Reason.SAME_PARTIES
        command = SetCallee(callee, chosen, x, seconds, "trip")
        if self.attempt(lambda: self.exchange.ax.set_callee(self.app, command), wrong):
            self.callees[found["x_number"]] = (callee, self.stage.now + timedelta(seconds=seconds or 60))

    @rule(data=st.data(), x=x_number, by_id=st.booleans(), user=st.none() | person)
    def query(self, data, x, by_id, user) -> None:
        chosen, found, wrong = self.meant(data, x, by_id=by_id)
        wanted = [found]
        if not by_id and user is not None:
            wanted = [one for one in reversed(self.model) if one["user"] == user]
            wrong = None if wanted else Reason.NO_SUCH_BINDING
        got = self.attempt(lambda: self.exchange.ax.query(self.app, QueryAx(chosen, user, x)), wrong)
        assert wrong or [asdict(one) for one in got] == wanted

    # --- what happens ---

    @rule(caller=person, x=st.sampled_from(OURS), use=st.sampled_from(["one_call", "until_expiry"]))
    def call(self, caller, x, use) -> None:
        self.stage.change_profile(ax_temporary_callee_use=use)
        destination, refusal = self.reached(caller, x)
        played = self.stage.dial(caller, x, talks_seconds=1)
        assert (played.call.route.destination, played.call.route.refusal) == (destination, refusal)
        bound = self.on(x)
        if destination and bound and caller == bound["user"] and use == "one_call":
            del self.callees[x]
        self.stage.pass_by(10)
        assert played.cdr is not None
        assert self.exchange.violations == 0

    @rule(seconds=st.sampled_from([1, 59, 60, 3600, 86_400]))
    def let_time_pass(self, seconds) -> None:
        self.stage.pass_by(seconds)

    @rule(x=st.sampled_from(OURS[1:]), state=st.sampled_from([*WORKING, NumberState.NORMAL, NumberState.SUSPENDED]))
    def change_state(self, x, state) -> None:
        self.app.pool.get(x).state = state

    @rule()
    def reset(self) -> None:
        self.exchange.reset(KEY)
        self.model, self.ended, self.callees, self.binds = [], [], {}, {}

    # --- the model ---

    def meant(self, data, x: str, *, by_id: bool) -> tuple:
        """The id to ask with, the binding that is meant, and why there is none; the id decides alone."""
        if by_id:
            chosen = data.draw(st.sampled_from(self.issued))
            found = next((one for one in self.model if one["subscription_id"] == chosen), None)
            return chosen, found, None if found else Reason.NO_SUCH_BINDING
        if x == NOBODYS:
            return None, None, Reason.X_NOT_OURS
        return None, self.on(x), None if self.on(x) else Reason.NO_SUCH_BINDING

    def why_not(self, user: str, x: str) -> Reason | None:
        if x == NOBODYS:
            return Reason.X_NOT_OURS
        bound = self.on(x)
        if bound and bound["user"] == user:
            return Reason.ALREADY_BOUND_TOGETHER
        if self.too_many(user):
            return Reason.TOO_MANY_X
        if bound:
            return Reason.X_BOUND_TO_ANOTHER
        if self.state(x) is not NumberState.NORMAL:
            return Reason.NUMBER_STATE_ABNORMAL
        return None if self.today(x) < BINDS_PER_DAY else Reason.DAILY_LIMIT

    def too_many(self, user: str) -> Reason | None:
        mine = [one for one in self.model if one["user"] == user]
        return Reason.TOO_MANY_X if len(mine) >= X_PER_USER else None

    def is_idle(self, x: str) -> bool:
        return not self.on(x) and self.state(x) is NumberState.NORMAL and self.today(x) < BINDS_PER_DAY

    def reached(self, caller: str, x: str) -> tuple[str | None, int | None]:
        bound = self.on(x)
        if self.state(x) not in WORKING:
            return None, 8055
        if bound is None or bound["power"] == "off":
            return None, 8018
        is_a = caller == bound["user"]
        if bound["direction"] == (2 if is_a else 1):
            return None, 8016
        if not is_a:
            return bound["user"], None
        callee, until = self.callees.get(x, (None, self.stage.now))
        return (callee, None) if self.stage.now < until else (None, 8013)

    def on(self, x: str) -> dict | None:
        return next((one for one in self.model if one["x_number"] == x), None)

    def state(self, x: str) -> NumberState:
        return self.app.pool.get(x).state

    def today(self, x: str) -> int:
        return self.binds.get((x, (self.stage.now + timedelta(hours=8)).date()), 0)

    def remember(self, bound: AxBinding, user: str, x: str, wish: dict) -> None:
        assert bound.subscription_id not in self.issued
        self.issued.append(bound.subscription_id)
        self.binds[x, (self.stage.now + timedelta(hours=8)).date()] = self.today(x) + 1
        nothing = {member.name: None for member in fields(AxBinding)}
        named = {"subscription_id": bound.subscription_id, "x_number": x, "user": user}
        self.model.append(nothing | named | {"sequence": bound.sequence, "bound_at": self.stage.now} | wish)

    def everything(self) -> tuple:
        book, core = self.app.bindings, self.exchange.core
        indexes = (list(book._by_id.items()), book._on_x, book._of_user, book._callees, book._day, book._binds_of_day)
        heap = [(at, number) for at, number, _ in self.exchange.deadlines._heap]
        told = (self.exchange.journal.last_position, list(self.app.ended), heap)
        return deepcopy((indexes, told, core.ids.counters, core.dice.getstate()))

    # --- whole state after every step ---

    @invariant()
    def the_bindings_are_the_models(self) -> None:
        assert [asdict(one) for one in self.app.bindings] == self.model
        assert [one["sequence"] for one in self.model] == sorted(one["sequence"] for one in self.model)

    @invariant()
    def the_indexes_say_the_same(self) -> None:
        book = self.app.bindings
        assert {x: one.subscription_id for x, one in book._on_x.items()} == {
            one["x_number"]: one["subscription_id"] for one in self.model
        }
        of_user: dict[str, list[str]] = {}
        for one in reversed(self.model):
            of_user.setdefault(one["user"], []).append(one["subscription_id"])
        assert {user: [one.subscription_id for one in mine] for user, mine in book._of_user.items()} == of_user

    @invariant()
    def an_idle_number_has_no_a_and_every_other_one_is_idle(self) -> None:
        for city, idle in self.app.bindings.idle._cities.items():
            assert {one.number for one in idle.numbers} == {x for x in CITIES.get(city, []) if not self.on(x)}
            assert {one.number: place for place, one in enumerate(idle.numbers)} == idle.places

    @invariant()
    def a_temporary_callee_is_who_was_set_last(self) -> None:
        for x in OURS:
            found = self.app.bindings.callee(x, self.stage.now)
            callee, until = self.callees.get(x, (None, self.stage.now))
            assert (found.number if found else None) == (callee if self.stage.now < until else None)

    @invariant()
    def what_ended_is_remembered_and_nothing_ends_by_itself(self) -> None:
        assert [(one.binding.subscription_id, one.why) for one in self.app.ended] == [
            (subscription_id, "unbound") for subscription_id in self.ended
        ]


Ax.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAx = Ax.TestCase
