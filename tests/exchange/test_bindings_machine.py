"""Check, then change: random commands against a list of dictionaries, and a refused one changes nothing at all."""

from copy import deepcopy
from dataclasses import asdict, fields
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from simulator.telephony.bindings.axb import AxbBinding
from simulator.telephony.commands.axb import BindAxb, ModifyAxb, QueryAxb, UnbindAxb
from simulator.telephony.errors import Reason
from simulator.telephony.numbering import NumberState
from tests.exchange.attempting import Attempting
from tests.exchange.stage import KEY, Stage, X

PEOPLE = [f"+861390000000{n}" for n in range(6)]
XS = [X, "+8613800000002", "+8613800000009"]  # the last is nobody's
PAIRS = 2
person, x_number, lifetime = st.sampled_from(PEOPLE), st.sampled_from(XS), st.sampled_from([None, 0, 60, 3600])


class Bindings(Attempting, RuleBasedStateMachine):
    """`model` is what is bound, oldest first; `ended` how many are not any more."""

    @initialize()
    def begin(self) -> None:
        self.stage = Stage(profile={"pairs_per_x": PAIRS})
        self.app, self.exchange = self.stage.app, self.stage.exchange
        self.model: list[dict] = []
        self.ended: list[tuple[str, str]] = []
        self.issued: list[str] = ["never-issued"]

    # --- commands ---

    @rule(caller=person, callee=person, x=x_number, life=lifetime)
    def bind(self, caller, callee, x, life) -> None:
        wrong = self.why_not(x, caller, callee)
        command = BindAxb(caller, callee, x_number=x, lifetime_seconds=life)
        bound = self.attempt(lambda: self.exchange.axb.bind(self.app, command), wrong)
        if bound:
            self.remember(bound, caller, callee, x, life)

    @rule(caller=person, callee=person, area=st.sampled_from(["0755", "010", "021"]), loose=st.sampled_from(["0", "1"]))
    def bind_by_area(self, caller, callee, area, loose) -> None:
        own = {"0755": XS[:1], "010": XS[1:2]}.get(area, [])
        can = [x for x in (XS[:2] if loose == "1" else own) if self.why_not(x, caller, callee) is None]
        preferred = [x for x in own if x in can] or can
        wrong = Reason.SAME_PARTIES if caller == callee else None if can else Reason.NO_NUMBER_AVAILABLE
        command = BindAxb(caller, callee, area_code=area, area_match=loose)
        bound = self.attempt(lambda: self.exchange.axb.bind(self.app, command), wrong)
        if bound:
            assert bound.x_number in preferred
            self.remember(bound, caller, callee, bound.x_number, None)

    @rule(data=st.data())
    def unbind_one(self, data) -> None:
        chosen = data.draw(st.sampled_from(self.issued))
        known = chosen in self.ids()
        command = UnbindAxb(chosen, x_number=X)
        removed = self.attempt(
            lambda: self.exchange.axb.unbind(self.app, command), None if known else Reason.NO_SUCH_BINDING
        )
        if removed:
            self.drop([chosen], "unbound")

    @rule(x=x_number)
    def unbind_all(self, x) -> None:
        on_x = [one["subscription_id"] for one in self.model if one["x_number"] == x]
        wrong = None if x in XS[:2] else Reason.X_NOT_OURS
        removed = self.attempt(lambda: self.exchange.axb.unbind(self.app, UnbindAxb(x_number=x)), wrong)
        if removed is not None:
            assert [one.subscription_id for one in removed] == on_x
            self.drop(on_x, "unbound")

    @rule(data=st.data())
    def modify(self, data) -> None:
        chosen = data.draw(st.sampled_from(self.issued))
        members = {"caller": person, "callee": person, "lifetime_seconds": st.sampled_from([0, 30, 3600])}
        changes = data.draw(st.fixed_dictionaries({}, optional=members))
        old = next((one for one in self.model if one["subscription_id"] == chosen), None)
        new = {**(old or {}), **changes}
        wrong = Reason.NO_SUCH_BINDING if old is None else self.clash(new, chosen)
        changed = self.attempt(lambda: self.exchange.axb.modify(self.app, ModifyAxb(chosen, changes)), wrong)
        if changed and old:
            old.update(changes, changed_at=self.stage.now)
            if "lifetime_seconds" in changes:
                old["expires_at"] = self.expiry(changes["lifetime_seconds"])

    @rule(seconds=st.sampled_from([1, 29, 30, 60, 1800, 3600]))
    def let_time_pass(self, seconds) -> None:
        self.stage.pass_by(seconds)
        due = [one for one in self.model if one["expires_at"] is not None and one["expires_at"] <= self.stage.now]
        self.drop([one["subscription_id"] for one in sorted(due, key=lambda one: one["expires_at"])], "expired")

    @rule(state=st.sampled_from(NumberState))
    def change_state(self, state) -> None:
        self.app.pool.get(XS[1]).state = state

    @rule()
    def reset(self) -> None:
        self.exchange.reset(KEY)
        self.model, self.ended = [], []

    # --- the model ---

    def why_not(self, x: str, caller: str, callee: str) -> Reason | None:
        owned = self.app.pool.get(x)
        if owned is None:
            return Reason.X_NOT_OURS
        if len([one for one in self.model if one["x_number"] == x]) >= PAIRS:
            return Reason.X_IS_FULL
        if owned.state is not NumberState.NORMAL:
            return Reason.NUMBER_STATE_ABNORMAL
        return self.clash({"x_number": x, "caller": caller, "callee": callee}, "")

    def clash(self, wanted: dict, except_for: str) -> Reason | None:
        if except_for and self.app.pool.get(wanted["x_number"]).state is not NumberState.NORMAL:
            return Reason.NUMBER_STATE_ABNORMAL
        if wanted["caller"] == wanted["callee"]:
            return Reason.SAME_PARTIES
        others = [o for o in self.model if o["x_number"] == wanted["x_number"] and o["subscription_id"] != except_for]
        taken = {party for other in others for party in (other["caller"], other["callee"])}
        return Reason.NUMBER_ALREADY_BOUND if taken & {wanted["caller"], wanted["callee"]} else None

    def remember(self, bound: AxbBinding, caller: str, callee: str, x: str, life: int | None) -> None:
        assert bound.subscription_id not in self.issued
        self.issued.append(bound.subscription_id)
        nothing = {member.name: None for member in fields(AxbBinding)}
        self.model.append(
            nothing
            | {"subscription_id": bound.subscription_id, "caller": caller, "callee": callee, "x_number": x}
            | {"changed_at": self.stage.now, "lifetime_seconds": life, "expires_at": self.expiry(life)}
        )

    def expiry(self, life: int | None) -> datetime | None:
        return self.stage.now + timedelta(seconds=life) if life else None

    def drop(self, ids: list[str], why: str) -> None:
        self.ended += [(subscription_id, why) for subscription_id in ids]
        self.model = [one for one in self.model if one["subscription_id"] not in ids]

    def ids(self) -> list[str]:
        return [one["subscription_id"] for one in self.model]

    def everything(self) -> tuple:
        bindings, core = self.app.bindings, self.exchange.core
        indexes = {x: (list(r.by_id.items()), dict(r.by_party)) for x, r in bindings._on_x.items()}
        heap = [(at, number, key) for at, number, _, key in self.exchange.deadlines._heap]
        told = (self.exchange.journal.last_position, list(self.app.ended), heap)
        return deepcopy((list(bindings._by_id.items()), indexes, told, core.ids.counters, core.dice.getstate()))

    # --- whole state after every step ---

    @invariant()
    def the_bindings_are_the_models(self) -> None:
        assert [asdict(one) for one in self.app.bindings] == sorted(self.model, key=self.place)
        assert len(self.app.bindings) == len(self.model)

    def place(self, one: dict) -> int:
        return self.issued.index(one["subscription_id"])

    @invariant()
    def the_indexes_say_the_same(self) -> None:
        on_x: dict[str, list[dict]] = {}
        for one in self.model:
            on_x.setdefault(one["x_number"], []).append(one)
        assert set(self.app.bindings._on_x) == set(on_x)
        for x, pairs in on_x.items():
            relations = self.app.bindings._on_x[x]
            assert list(relations.by_id) == [one["subscription_id"] for one in pairs]
            parties = {party: one["subscription_id"] for one in pairs for party in (one["caller"], one["callee"])}
            assert {party: one.subscription_id for party, one in relations.by_party.items()} == parties

    @invariant()
    def only_what_ends_by_itself_has_a_deadline(self) -> None:
        limited = {one["subscription_id"]: one["expires_at"] for one in self.model if one["expires_at"]}
        heap = {key: at for at, _, owner, key in self.exchange.deadlines._heap if key and owner.is_current(key, at)}
        assert heap == limited
        assert len(self.exchange.deadlines) == len(limited)

    @invariant()
    def what_ended_is_remembered_with_its_reason(self) -> None:
        assert [(one.binding.subscription_id, one.why) for one in self.app.ended] == self.ended

    @invariant()
    def a_query_answers_what_is_bound(self) -> None:
        for x in XS[:2]:
            page = self.exchange.axb.query(self.app, QueryAxb(x_number=x))
            assert [one.subscription_id for one in page.bindings] == [
                one["subscription_id"] for one in self.model if one["x_number"] == x
            ]
            assert page.total_count == len(page.bindings)


Bindings.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestBindings = Bindings.TestCase
