"""Check, then change, in mode AXE: random commands and calls against a list of dictionaries; refused is unchanged."""

from copy import deepcopy
from dataclasses import asdict, fields
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from simulator.telephony.bindings.axe import AxeBinding
from simulator.telephony.commands.axe import SECONDS_IN, BindAxe, CountAxe, FindAxe, ListAxe, ModifyAxe
from simulator.telephony.commands.calls import Dial
from simulator.telephony.errors import Reason
from simulator.telephony.numbering import NumberState
from tests.exchange.attempting import Attempting
from tests.exchange.axe_stage import AxeStage
from tests.exchange.stage import KEY, X

PEOPLE = [f"+861390000{n:04}" for n in range(12)]
CALLERS = [f"+861380000{n:04}" for n in range(3)]
Y, NOBODYS = "+8613800000002", "+8613800000009"
XS = [X, Y, NOBODYS]
ALL = [str(number) for number in range(1, 10)]
person, x_number = st.sampled_from(PEOPLE), st.sampled_from(XS)
extension = st.sampled_from([None, "1", "2", "9", "0", "12"])
lifetime = st.sampled_from([None, 0, 1, 2, 3])
unit = st.sampled_from([None, "0", "1"])


class Axe(Attempting, RuleBasedStateMachine):
    """`model` is what is bound, oldest first; `records` who called whom last; `ended` what is not any more."""

    @initialize()
    def begin(self) -> None:
        self.stage = AxeStage(extension_digits=1)
        self.app, self.exchange = self.stage.app, self.stage.exchange
        self.model: list[dict] = []
        self.ended: list[tuple[str, str]] = []
        self.issued: list[str] = ["never-issued"]
        self.records: dict[str, tuple[str, datetime | None]] = {}

    # --- commands ---

    @rule(user=person, x=x_number, wish=extension, life=lifetime, callback=lifetime, unit=unit)
    def bind(self, user, x, wish, life, callback, unit) -> None:
        command = BindAxe(user, x, extension=wish, time_unit=unit, lifetime=life, callback_lifetime=callback)
        lives = self.lives(unit, life, callback, (168 * 3600, None))
        wrong = self.too_short(lives) or self.no_extension(wish) or self.why_not(x, user, wish)
        bound = self.attempt(lambda: self.exchange.axe.bind(self.app, command), wrong)
        if bound:
            self.remember(bound, command, x, wish or self.lowest(x), lives)

    @rule(user=person, area=st.sampled_from(["0755", "010", "021"]), loose=st.sampled_from(["0", "1"]), wish=extension)
    def bind_by_area(self, user, area, loose, wish) -> None:
        own = {"0755": [X], "010": [Y]}.get(area, [])
        can = [x for x in (XS[:2] if loose == "1" else own) if self.why_not(x, user, None) is None]
        command = BindAxe(user, area_code=area, area_match=loose, extension=wish)
        wrong = None if can else Reason.NO_NUMBER_AVAILABLE
        bound = self.attempt(lambda: self.exchange.axe.bind(self.app, command), wrong)
        if bound:
            assert bound.x_number in ([x for x in own if x in can] or can)
            lives = (168 * 3600, None)
            self.remember(bound, command, bound.x_number, self.lowest(bound.x_number), lives)

    @rule(data=st.data(), x=x_number, wish=extension, by_id=st.booleans())
    def unbind(self, data, x, wish, by_id) -> None:
        which, found, wrong = self.meant(data, x, wish, by_id)
        removed = self.attempt(lambda: self.exchange.axe.unbind(self.app, which), wrong)
        if removed:
            assert removed.subscription_id == found["subscription_id"]
            self.drop([found["subscription_id"]], "unbound")

    @rule(data=st.data(), x=x_number, wish=extension, by_id=st.booleans(), unit=unit)
    def modify(self, data, x, wish, by_id, unit) -> None:
        which, found, wrong = self.meant(data, x, wish, by_id)
        members = {
            "lifetime": st.sampled_from([0, 1, 2]),
            "callback_lifetime": st.sampled_from([0, 1, 2]),
            "callback_number": st.sampled_from([None, *CALLERS]),
            "record": st.booleans(),
        }
        changes = data.draw(st.fixed_dictionaries({}, optional=members))
        if found is not None:
            now = (found["lifetime_seconds"], found["callback_seconds"])
            lives = self.lives(unit, changes.get("lifetime"), changes.get("callback_lifetime"), now)
            wrong = self.too_short(lives) or self.abnormal(found["x_number"])
        changed = self.attempt(lambda: self.exchange.axe.modify(self.app, ModifyAxe(which, changes, unit)), wrong)
        if changed:
            given = {name: value for name, value in changes.items() if name != "lifetime"}
            found.update(given, changed_at=self.stage.now, lifetime_seconds=lives[0], callback_seconds=lives[1])
            if "lifetime" in changes:
                found["expires_at"] = self.after(lives[0])

    @rule(data=st.data(), x=x_number, wish=extension, by_id=st.booleans())
    def query(self, data, x, wish, by_id) -> None:
        which, found, wrong = self.meant(data, x, wish, by_id)
        got = self.attempt(lambda: self.exchange.axe.query(self.app, which), wrong)
        assert wrong or asdict(got) == found

    @rule(caller=st.sampled_from(CALLERS), x=st.sampled_from(XS[:2]), keyed=st.sampled_from(["1", "2", "3", "9"]))
    def call(self, caller, x, keyed) -> None:
        at = self.stage.now + timedelta(seconds=5)
        found = next((one for one in self.model if (one["x_number"], one["extension"]) == (x, keyed)), None)
        reached = found if found and (found["expires_at"] is None or found["expires_at"] > at) else None
        played = self.stage.exchange.dial(KEY, self.wish(caller, x, keyed))
        usable = self.app.pool.get(x).state in (NumberState.NORMAL, NumberState.BINDING_FROZEN)
        wanted = (reached["user"], None) if reached and usable else (None, 8022 if usable else 8055)
        assert (played.call.route.destination, played.call.route.refusal) == wanted
        self.let_time_pass(30)
        if wanted[0] and reached in self.model:
            life = reached["callback_seconds"]
            self.records[reached["subscription_id"]] = (caller, at + timedelta(seconds=life) if life else None)

    @rule(user=person, x=st.sampled_from(XS[:2]))
    def call_back(self, user, x) -> None:
        own = next((one for one in self.model if (one["x_number"], one["user"]) == (x, user)), None)
        if own is None or self.app.pool.get(x).state not in (NumberState.NORMAL, NumberState.BINDING_FROZEN):
            return
        caller, ends_at = self.records.get(own["subscription_id"], (None, None))
        if ends_at is not None and ends_at <= self.stage.now:
            caller = None
        route = self.stage.exchange.dial(KEY, self.wish(user, x)).call.route
        assert route.destination == (caller or own["callback_number"])
        assert (route.refusal, route.subscription_id) == (None if route.destination else 8019, own["subscription_id"])
        self.let_time_pass(30)

    @rule(seconds=st.sampled_from([1, 59, 60, 3540, 3600, 7200]))
    def let_time_pass(self, seconds) -> None:
        self.stage.pass_by(seconds)
        due = [one for one in self.model if one["expires_at"] is not None and one["expires_at"] <= self.stage.now]
        self.drop([one["subscription_id"] for one in sorted(due, key=lambda one: one["expires_at"])], "expired")

    @rule(state=st.sampled_from([NumberState.NORMAL, NumberState.SUSPENDED, NumberState.BINDING_FROZEN]))
    def change_state(self, state) -> None:
        self.app.pool.get(Y).state = state

    @rule()
    def reset(self) -> None:
        self.exchange.reset(KEY)
        self.model, self.ended, self.records = [], [], {}

    # --- the model ---

    def wish(self, caller: str, x: str, *keyed: str):
        return Dial(caller, x, extensions=keyed, outcome="busy")

    def on(self, x: str) -> list[dict]:
        return [one for one in self.model if one["x_number"] == x]

    def lowest(self, x: str) -> str:
        return min(set(ALL) - {one["extension"] for one in self.on(x)})

    def lives(self, unit, life, callback, default) -> tuple[int, int | None]:
        seconds = SECONDS_IN[unit or "0"]
        return (
            default[0] if life is None else life * seconds,
            default[1] if callback is None else callback * seconds,
        )

    def too_short(self, lives: tuple[int, int | None]) -> Reason | None:
        ever = 10**9
        too_short = lives[1] is not None and (lives[0] or ever) < (lives[1] or ever)
        return Reason.WRONG_VALUE if too_short else None

    def no_extension(self, wish: str | None) -> Reason | None:
        return Reason.WRONG_VALUE if wish in ("0", "12") else None

    def abnormal(self, x: str) -> Reason | None:
        return None if self.app.pool.get(x).state is NumberState.NORMAL else Reason.NUMBER_STATE_ABNORMAL

    def why_not(self, x: str, user: str, wish: str | None) -> Reason | None:
        if x == NOBODYS:
            return Reason.X_NOT_OURS
        if len(self.on(x)) >= len(ALL):
            return Reason.X_IS_FULL
        if self.abnormal(x):
            return Reason.NUMBER_STATE_ABNORMAL
        if wish in [one["extension"] for one in self.on(x)]:
            return Reason.EXTENSION_TAKEN
        return Reason.NUMBER_ALREADY_BOUND if user in [one["user"] for one in self.on(x)] else None

    def meant(self, data, x: str, wish: str | None, by_id: bool) -> tuple[FindAxe, dict | None, Reason | None]:
        if by_id:
            chosen = data.draw(st.sampled_from(self.issued))
            found = next((one for one in self.model if one["subscription_id"] == chosen), None)
            return FindAxe(chosen, x, wish), found, None if found else Reason.NO_SUCH_BINDING
        if wish is None:
            return FindAxe(None, x), None, Reason.IDENTIFICATION_INCOMPLETE
        found = next((one for one in self.on(x) if one["extension"] == wish), None)
        wrong = Reason.X_NOT_OURS if x == NOBODYS else None if found else Reason.NO_SUCH_BINDING
        return FindAxe(None, x, wish), found, wrong

    def remember(self, bound: AxeBinding, command: BindAxe, x: str, given: str, lives: tuple[int, int | None]) -> None:
        assert bound.subscription_id not in self.issued
        self.issued.append(bound.subscription_id)
        said = {name: value for name, value in asdict(command).items() if name in {f.name for f in fields(AxeBinding)}}
        self.model.append(
            said
            | {"subscription_id": bound.subscription_id, "x_number": x, "extension": given}
            | {"sequence": bound.sequence, "bound_at": self.stage.now, "changed_at": self.stage.now}
            | {"lifetime_seconds": lives[0], "callback_seconds": lives[1], "expires_at": self.after(lives[0])}
        )

    def after(self, seconds: int) -> datetime | None:
        return self.stage.now + timedelta(seconds=seconds) if seconds else None

    def drop(self, ids: list[str], why: str) -> None:
        self.ended += [(subscription_id, why) for subscription_id in ids]
        self.model = [one for one in self.model if one["subscription_id"] not in ids]
        self.records = {key: record for key, record in self.records.items() if key not in ids}

    def everything(self) -> tuple:
        book, core = self.app.bindings, self.exchange.core
        indexes = {x: (e.free, dict(e.by_extension), dict(e.by_user), list(e.in_order)) for x, e in book._on_x.items()}
        heap = [(at, number, key) for at, number, _, key in self.exchange.deadlines._heap]
        told = (self.exchange.journal.last_position, list(self.app.ended), heap)
        own = (list(book._by_id.items()), dict(book._callbacks), book._bound_so_far)
        return deepcopy((own, indexes, told, core.ids.counters, core.dice.getstate()))

    # --- whole state after every step ---

    @invariant()
    def the_bindings_are_the_models(self) -> None:
        found = sorted((asdict(one) for one in self.app.bindings), key=lambda one: one["sequence"])
        assert found == self.model
        assert len(self.app.bindings) == len(self.model)

    @invariant()
    def the_indexes_say_the_same(self) -> None:
        book = self.app.bindings
        assert set(book._on_x) == {one["x_number"] for one in self.model}
        for x, indexes in book._on_x.items():
            on_x = self.on(x)
            assert [one.subscription_id for one in indexes.in_order] == [one["subscription_id"] for one in on_x]
            assert {key: one.subscription_id for key, one in indexes.by_extension.items()} == {
                one["extension"]: one["subscription_id"] for one in on_x
            }
            assert {key: one.subscription_id for key, one in indexes.by_user.items()} == {
                one["user"]: one["subscription_id"] for one in on_x
            }
            taken = {one["extension"] for one in on_x}
            assert [number for number in ALL if indexes.free >> int(number) & 1] == sorted(set(ALL) - taken)
            assert not indexes.free & 1
            assert indexes.free.bit_length() <= len(ALL) + 1

    @invariant()
    def the_records_are_the_models(self) -> None:
        assert {key: tuple(record) for key, record in self.app.bindings._callbacks.items()} == self.records

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
    def a_list_and_a_count_answer_what_is_bound(self) -> None:
        for x in XS[:2]:
            ids, after, more = [], (0, 0), True
            while more:
                page = self.exchange.axe.list(self.app, ListAxe(FindAxe(x_number=x), after, 2))
                ids += [one.subscription_id for one in page.bindings]
                after, more = page.last, page.more
            assert ids == [one["subscription_id"] for one in self.on(x)]
        counts = self.exchange.axe.count(self.app, CountAxe()).counts
        assert counts == [(x, len(self.on(x))) for x in XS[:2]]


Axe.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestAxe = Axe.TestCase
