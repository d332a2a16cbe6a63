"""Whatever was asked of an exchange, the log gives an equal one, and its state does; and both go on alike.

Random commands of all modes, answers of receivers, faults, resets and moves of the clock, some refused; the states are
compared byte for byte. A run of the machine plays on one of three clocks: standing, real, quick.
"""

from contextlib import suppress
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from simulator.contract.faults import rules as fault_rules
from simulator.delivery.delivery import Delivery, ImpossibleStep
from simulator.delivery.notification import Slot
from simulator.delivery.outcome import Answered, Unanswered
from simulator.exchange.apps import App, NumberSpec, ProvokedRefusal
from simulator.exchange.core import Busy, Limits, UnknownNumber
from simulator.exchange.exchange import Exchange
from simulator.exchange.snapshots import restore, snapshot
from simulator.telephony.commands import ax, axb, axe, axyb
from simulator.telephony.commands.calls import Dial, Party, Terminate
from simulator.telephony.commands.messages import SendSms
from simulator.telephony.errors import NotPossible, Refused
from simulator.telephony.numbering import NumberState
from tests.exchange.loglist import ListLog, Machine, new_exchange, replayed, returned
from tests.exchange.stage import app_spec

MODES = {"AX": "1", "AXB": "2", "AXE": "3", "AXYB": "4", "X": "5"}
PEOPLE = [f"+861390000000{n}" for n in range(5)]
KEYS = [f"app-{mode.lower()}" for mode in MODES]
LIMITS = Limits(outbox_per_app=60, calls_kept=4, deliveries_kept=6, messages_kept=3)
EXPECTED = (Refused, NotPossible, UnknownNumber, Busy, ImpossibleStep, ValueError)

person, key, life = st.sampled_from(PEOPLE), st.sampled_from(KEYS), st.sampled_from([None, 0, 60, 3600])
area, loose, flag = (
    st.sampled_from(["0755", "010", "021"]),
    st.sampled_from([None, "0", "1"]),
    st.sampled_from([None, True]),
)
which = st.integers(0, 9)
DECISIONS = [
    b"", b"{", b'{"operation":"connect","connectInfo":{"calleeNum":"+8613900000001","recordFlag":"1"}}',
    b'{"operation":"close"}', b'{"operation":"vNumberRoute","calling":"+8613900000000","called":"+8613900000003"}',
]  # fmt: skip
results = st.one_of(
    st.just(Answered(200, "OK")),
    st.sampled_from(DECISIONS).map(
        lambda body: Answered(200, "OK", (("Content-Type", "application/json"), ("Date", "x")), body, len(body))
    ),
    st.just(Answered(503, "No", (("Retry-After", "3"),), b"later", 5)),
    st.sampled_from([Unanswered("timeout", "no answer"), Unanswered("connect", "nobody listens")]),
)
FAULTS = [
    [], [{"fault": "duplicated", "probability": 0.5}], [{"fault": "reordered"}, {"fault": "dropped_then_retried"}],
    [{"fault": "late"}], [{"fault": "cdr_before_disconnect", "count": 1}, {"fault": "gzip", "probability": 0.3}],
]  # fmt: skip


def numbers(mode: str) -> tuple[NumberSpec, ...]:
    first = f"+861380000{MODES[mode]}"
    return tuple(NumberSpec(f"{first}{n:03d}", "0755" if n < 3 else "010") for n in range(5))


def spec(mode: str):
    receivers = {slot: f"http://127.0.0.1:9/{slot.value}" for slot in Slot}
    return app_spec(
        f"app-{mode.lower()}", f"secret-{mode}", mode=mode, numbers=numbers(mode), receivers=receivers,
        features=frozenset({"recording_url", "push_number_status", "memory_call_back"}),
        voice_files=["tone.wav"], subscription_ids=("given-1", "given-2", "given-1"),
        profile={"axe_extension_allocation": "random", "pairs_per_x": 3},
    )  # fmt: skip


class Replays(RuleBasedStateMachine):
    """`live` is asked; `going` are its deliveries on their way."""

    @initialize(scale=st.sampled_from([0.0, 1.0, 60.0]), every=st.sampled_from([5, 10**9]))
    def begin(self, scale: float, every: int) -> None:
        self.machine, self.log = Machine(), ListLog()
        self.live = self.new(scale)
        self.returned = returned(self.live, self.log, self.machine, every=every)
        for mode in MODES:
            self.live.add_app(spec(mode))

    def new(self, scale: float = 0.0) -> Exchange:
        return new_exchange(self.machine, scale=scale, limits=LIMITS)

    def ask(self, exchange: Exchange, ask) -> None:
        with suppress(*EXPECTED):
            ask(exchange)

    def app(self, app_key: str) -> App:
        found = self.live.app(app_key)
        assert found is not None
        return found

    def x_of(self, app_key: str, number: int) -> str:
        held = list(self.app(app_key).pool)
        return held[number % len(held)].number if held else "+8613800009999"

    def id_of(self, app_key: str, number: int) -> str:
        known = [one.subscription_id for one in self.app(app_key).bindings] or ["none"]
        return known[number % len(known)]

    # --- bindings ---

    @rule(user=person, number=which, by_area=st.booleans(), city=area, match=loose, record=flag)
    def bind_ax(self, user, number, by_area, city, match, record) -> None:
        place = {"area_code": city, "area_match": match} if by_area else {"x_number": self.x_of("app-ax", number)}
        self.ask(self.live, lambda ex: ex.ax.bind(self.app("app-ax"), ax.BindAx(user, record=record, **place)))

    @rule(number=which, user=person, callee=person, seconds=st.sampled_from([None, 30]))
    def change_ax(self, number, user, callee, seconds) -> None:
        found = self.id_of("app-ax", number)
        command = ax.ModifyAx(found, None, {"user": user, "sms": True})
        self.ask(self.live, lambda ex: ex.ax.modify(self.app("app-ax"), command))
        callee_is = ax.SetCallee(callee, found, lifetime_seconds=seconds)
        self.ask(self.live, lambda ex: ex.ax.set_callee(self.app("app-ax"), callee_is))

    @rule(a=person, b=person, number=which, by_area=st.booleans(), city=area, match=loose, seconds=life, record=flag)
    def bind_axb(self, a, b, number, by_area, city, match, seconds, record) -> None:  # noqa: PLR0917 - by name, from Hypothesis
        place = {"area_code": city, "area_match": match} if by_area else {"x_number": self.x_of("app-axb", number)}
        command = axb.BindAxb(a, b, lifetime_seconds=seconds, record=record, **place)
        self.ask(self.live, lambda ex: ex.axb.bind(self.app("app-axb"), command))

    @rule(number=which, a=person, seconds=st.sampled_from([0, 30, 60, 3600]))
    def modify_axb(self, number, a, seconds) -> None:
        command = axb.ModifyAxb(self.id_of("app-axb", number), {"caller": a, "lifetime_seconds": seconds})
        self.ask(self.live, lambda ex: ex.axb.modify(self.app("app-axb"), command))

    @rule(
        user=person, number=which, extension=st.sampled_from([None, "0001", "12"]), city=area, hours=life, match=loose
    )
    def bind_axe(self, user, number, extension, city, hours, match) -> None:
        place = {"area_code": city, "area_match": match} if number % 2 else {"x_number": self.x_of("app-axe", number)}
        command = axe.BindAxe(user, extension=extension, time_unit="1", lifetime=hours, **place)
        self.ask(self.live, lambda ex: ex.axe.bind(self.app("app-axe"), command))

    @rule(number=which, minutes=st.sampled_from([0, 1, 600]))
    def modify_axe(self, number, minutes) -> None:
        found = axe.FindAxe(self.id_of("app-axe", number))
        changes = {"lifetime": minutes, "user_data": "ü😀"}
        self.ask(self.live, lambda ex: ex.axe.modify(self.app("app-axe"), axe.ModifyAxe(found, changes, "1")))

    @rule(user=person, city=area, match=loose, seconds=life)
    def bind_axyb(self, user, city, match, seconds) -> None:
        command = axyb.BindAx(user, city, match, lifetime_seconds=seconds, record=True)
        self.ask(self.live, lambda ex: ex.axyb.bind_ax(self.app("app-axyb"), command))

    @rule(user=person, number=which, seconds=life)
    def bind_yb(self, user, number, seconds) -> None:
        command = axyb.BindYb(user, self.id_of("app-axyb", number), yb_lifetime_seconds=seconds)
        self.ask(self.live, lambda ex: ex.axyb.bind_yb(self.app("app-axyb"), command))

    @rule(app_key=key, number=which)
    def unbind(self, app_key, number) -> None:
        found, app = self.id_of(app_key, number), self.app(app_key)
        commands = {
            "app-ax": lambda ex: ex.ax.unbind(app, ax.UnbindAx(found)),
            "app-axb": lambda ex: ex.axb.unbind(app, axb.UnbindAxb(found)),
            "app-axe": lambda ex: ex.axe.unbind(app, axe.FindAxe(found)),
            "app-axyb": lambda ex: ex.axyb.unbind(app, axyb.UnbindAxyb(found)),
            "app-x": lambda ex: ex.now(),
        }
        self.ask(self.live, commands[app_key])

    @rule(app_key=key, number=which)
    def query(self, app_key, number) -> None:
        app, x_number = self.app(app_key), self.x_of(app_key, number)
        commands = {
            "app-ax": lambda ex: ex.ax.query(app, ax.QueryAx(x_number=x_number)),
            "app-axb": lambda ex: ex.axb.query(app, axb.QueryAxb(x_number=x_number)),
            "app-axe": lambda ex: (
                ex.axe.list(app, axe.ListAxe(axe.FindAxe(x_number=x_number))), ex.axe.count(app, axe.CountAxe()),
            ),
            "app-axyb": lambda ex: ex.axyb.query(app, axyb.QueryAxyb(x_number=x_number)),
            "app-x": lambda ex: ex.calls("app-x"),
        }  # fmt: skip
        self.ask(self.live, commands[app_key])

    # --- the network ---

    @rule(
        app_key=key, caller=person, number=which, outcome=st.sampled_from(["answered", "busy", "no_answer", "rejected"]),
        forced=st.sampled_from([None, None, 8102]), keyed=st.sampled_from([(), ("0001",), ("", "0002")]),
    )  # fmt: skip
    def dial(self, app_key, caller, number, outcome, forced, keyed) -> None:
        wish = Dial(caller, self.x_of(app_key, number), outcome, hangup_cause=forced, extensions=keyed)
        self.ask(self.live, lambda ex: ex.dial(app_key, wish))

    @rule(app_key=key, number=which, by=st.sampled_from(Party), terminated=st.booleans())
    def end_call(self, app_key, number, by, terminated) -> None:
        calls = self.live.calls(app_key)
        if not calls:
            return
        call = calls[number % len(calls)].call
        ending = Terminate(call.session_id, "call_stop")
        if terminated:
            self.ask(self.live, lambda ex: ex.terminate(self.app(app_key), ending))
        else:
            self.ask(self.live, lambda ex: ex.release(call.call_id, by))

    @rule(app_key=key, sender=person, number=which, text=st.sampled_from(["hi", "你好@+8613900000002", "\ud800"]))
    def send_sms(self, app_key, sender, number, text) -> None:
        self.ask(self.live, lambda ex: ex.send_sms(app_key, SendSms(sender, self.x_of(app_key, number), text)))

    # --- what the emitter does ---

    @rule()
    def start(self) -> None:
        delivery = self.live.outbox.pull()
        if delivery is not None:
            self.live.outbox.start(delivery, (("Authorization", "masked"),))

    @rule(result=results, number=which)
    def end(self, result, number) -> None:
        going = list(self.live.outbox._flying.values())
        if going:
            self.live.outbox.end(going[number % len(going)], result, 0.25)
            self.live.now()

    @rule(result=results)
    def work(self, result) -> None:
        for _ in range(30):
            delivery = self.live.outbox.pull()
            if delivery is None:
                return
            self.live.outbox.start(delivery, ())
            self.live.outbox.end(delivery, result, 0.0)
            self.live.now()

    @rule(number=which)
    def redeliver(self, number) -> None:
        deliveries: list[Delivery] = list(self.live.deliveries())
        if deliveries:
            about = deliveries[number % len(deliveries)].notifications[0].notification_id
            self.ask(self.live, lambda ex: ex.redeliver(about))

    # --- the operator ---

    @rule(app_key=key, faults=st.sampled_from(FAULTS))
    def put_faults(self, app_key, faults) -> None:
        with suppress(ValueError):
            self.live.faults.put(app_key, fault_rules(faults, self.app(app_key).mode))

    @rule(app_key=key, number=which, state=st.sampled_from(NumberState), every=st.booleans())
    def change_numbers(self, app_key, number, state, every) -> None:
        chosen = None if every else [self.x_of(app_key, number)]
        self.ask(self.live, lambda ex: ex.console.change_numbers(app_key, chosen, state))

    @rule(app_key=key, owes=st.booleans())
    def owe(self, app_key, owes) -> None:
        self.ask(self.live, lambda ex: ex.console.change_arrears(app_key, arrears=owes))

    @rule(app_key=key, times=st.sampled_from([None, 1, 2]))
    def provoke(self, app_key, times) -> None:
        self.ask(self.live, lambda ex: ex.console.provoke(app_key, ProvokedRefusal("1010002", 500, times)))

    @rule(app_key=key)
    def count_refusal_down(self, app_key) -> None:
        self.live.next_refusal(self.app(app_key))

    @rule(app_key=key, sms=st.booleans(), secret=st.sampled_from(["changed-secret", "another-secret"]))
    def change_app(self, app_key, sms, secret) -> None:
        self.ask(self.live, lambda ex: ex.change_app(app_key, sms=sms, app_secret=secret))

    @rule(mode=st.sampled_from(list(MODES)))
    def replace_app(self, mode) -> None:
        self.live.remove_app(f"app-{mode.lower()}")
        self.live.add_app(spec(mode))

    @rule(app_key=key, number=which)
    def add_numbers(self, app_key, number) -> None:
        added = [NumberSpec(f"+86138000{MODES[self.app(app_key).mode]}90{number}", "021")]
        self.ask(self.live, lambda ex: ex.add_numbers(app_key, added))

    @rule(app_key=st.one_of(st.none(), key))
    def reset(self, app_key) -> None:
        self.live.reset(app_key)

    # --- time ---

    @rule(seconds=st.sampled_from([1, 5, 30, 60, 400, 3600]))
    def walk(self, seconds) -> None:
        target = self.live.clock.now() + timedelta(seconds=seconds)
        self.live.clockwork.stand_still()
        while (earliest := self.live.deadlines.earliest()) is not None and earliest <= target:
            self.live.clockwork.jump(max(earliest, self.live.clock.now()))
            self.live.now()
        self.live.clockwork.jump(target)
        self.live.clockwork.go_on()

    @rule(seconds=st.sampled_from([0.5, 7.0, 61.0]), look=st.booleans())
    def wall_time_passes(self, seconds, look) -> None:
        self.machine.seconds += seconds
        if look:
            self.live.now()

    @rule(scale=st.sampled_from([0, 1, 60, -1]))
    def set_scale(self, scale) -> None:
        self.ask(self.live, lambda ex: ex.clockwork.set_scale(scale))

    # --- the process ends ---

    @rule(seconds=st.sampled_from([0, 100, 4000]))
    def come_back(self, seconds) -> None:
        """Another process goes on from the log; what was on its way when the first one ended has failed."""
        self.machine.seconds += seconds
        self.live = self.new(0.0)
        self.returned = returned(self.live, self.log, self.machine, every=self.returned.snapshotting._every)

    # --- what must be equal ---

    @rule()
    def compare(self) -> None:
        """The log gives an equal exchange, and so does the state."""
        live = comparable(self.live)
        assert comparable(replayed(self.log, self.new)) == live
        restored = self.restored()
        assert comparable(restored) == live
        assert [app.secret for app in restored.apps()] == [app.secret for app in self.live.apps()]

    @rule(number=which)
    def compare_what_comes_next(self, number) -> None:
        """From one instant both go on alike: what they push, and what they are in the end."""
        one, other = replayed(self.log, self.new), self.restored()
        one.clock.restart(other.clock.now(), other.clock.scale)
        assert self.future(one, number) == self.future(other, number)
        assert comparable(one) == comparable(other)

    def restored(self) -> Exchange:
        exchange = self.new()
        restore(exchange, snapshot(self.live), self.log.secrets())
        return exchange

    def future(self, exchange: Exchange, number: int) -> list[bytes]:
        """Calls and SMS of all applications, then an hour in which every other attempt fails."""
        exchange.clock.set_scale(0)
        exchange.core.downloads_at = lambda: "http://there/"
        exchange.core.token = lambda: "token"
        for app in exchange.apps():
            dialled, caller = self.x_of(app.app_key, number), PEOPLE[number % len(PEOPLE)]
            self.ask(exchange, lambda ex, app=app: ex.dial(app.app_key, Dial(caller, dialled)))  # noqa: B023 - asked at once
            self.ask(exchange, lambda ex, app=app: ex.send_sms(app.app_key, SendSms(caller, dialled, "hi")))  # noqa: B023 - asked at once
        bodies: list[bytes] = []
        for going in tuple(exchange.outbox._flying.values()):
            exchange.outbox.end(going, Unanswered("connect", "nobody listens"), 0.0)
        target = exchange.clock.now() + timedelta(hours=1)
        while True:
            while (delivery := exchange.outbox.pull()) is not None:
                exchange.outbox.start(delivery, ())
                bodies.append(delivery.body)
                answer = Answered(200, "OK") if len(bodies) % 2 else Unanswered("connect", "nobody listens")
                exchange.outbox.end(delivery, answer, 0.0)
                exchange.now()
            earliest = exchange.deadlines.earliest()
            if earliest is None or earliest > target:
                return bodies
            exchange.clock.jump(max(earliest, exchange.clock.now()))
            exchange.now()

    def teardown(self) -> None:
        if hasattr(self, "live"):
            self.compare()


def comparable(exchange: Exchange) -> bytes:
    """The state, on a clock that stands at its last command."""
    return snapshot(exchange).partition(b'"seed"')[2]


Replays.TestCase.settings = settings(max_examples=25, stateful_step_count=50, deadline=None)
TestReplays = Replays.TestCase
