"""A stage for the exchange's tests: one application, a clock that is moved by hand, and a postman for the outbox."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 - tests make their own dice

import orjson

from simulator.clock import wall
from simulator.clock.story import FIRST_INSTANT, StoryClock
from simulator.contract.profile import Profile
from simulator.delivery.delivery import Delivery
from simulator.delivery.notification import Slot
from simulator.delivery.outcome import Answered, Result, Unanswered
from simulator.exchange.apps import App, AppSpec, NumberSpec
from simulator.exchange.calls import PlayedCall
from simulator.exchange.core import Limits
from simulator.exchange.exchange import Exchange
from simulator.exchange.rows import AttemptEnded, AttemptStarted
from simulator.exchange.story import Story
from simulator.store.memory import MemoryStore
from simulator.store.store import Row
from simulator.telephony.bindings.axb import AxbBinding
from simulator.telephony.commands.axb import BindAxb
from simulator.telephony.commands.calls import Dial

START = FIRST_INSTANT
KEY, X, A, B, C = "axb-demo", "+8613800000001", "+8613900000001", "+8613900000002", "+8613900000003"
OK, FAILED = Answered(200, "OK"), Unanswered("connect", "nobody listens")
URLS = {Slot.STATUS: "http://127.0.0.1:9/status", Slot.FEE: "http://127.0.0.1:9/fee"}
Answers = Callable[[Delivery], Result]


def always(result: Result) -> Answers:
    return lambda _: result


def app_spec(app_key: str = KEY, secret: str = "secret", *, profile: dict | None = None, **members) -> AppSpec:
    numbers = (NumberSpec(X, "0755"), NumberSpec("+8613800000002", "010")) if app_key == KEY else ()
    return AppSpec(
        app_key, secret, Profile.default().with_overrides(profile or {}),
        **{"numbers": numbers, "receivers": URLS, **members},
    )  # fmt: skip


def make_exchange(*, seed: int = 7, scale: float = 0, limits: Limits | None = None, store=None) -> Exchange:
    clock, tokens = StoryClock(START, scale=scale, monotonic=wall.monotonic), iter(range(10**9))
    return Exchange(clock, store or MemoryStore(), Random(seed), seed, lambda: f"token-{next(tokens)}", limits)


class Stage:
    """An exchange with one application; `answers` says what the receivers answer."""

    def __init__(self, *, limits: Limits | None = None, scale: float = 0, seed: int = 7, **app) -> None:
        self.exchange = make_exchange(limits=limits, scale=scale, seed=seed)
        self.app: App = self.exchange.add_app(app_spec(**app))
        self.story = Story(self.exchange, wall.monotonic)
        self.answers: Answers = always(OK)
        self.sent: list[tuple[datetime, Delivery]] = []

    # --- commands ---

    def bind(self, caller: str = A, callee: str = B, **members) -> AxbBinding:
        chosen = {"x_number": X} if "area_code" not in members else {}
        return self.exchange.axb.bind(self.app, BindAxb(caller, callee, **{**chosen, **members}))

    def dial(self, caller: str = A, dialled: str = X, **wish) -> PlayedCall:
        return self.exchange.dial(self.app.app_key, Dial(caller, dialled, **wish))

    def change_profile(self, **settings) -> None:
        self.exchange.change_app(self.app.app_key, profile=self.app.profile.with_overrides(settings))

    def change_receivers(self, receivers: dict[Slot, str]) -> None:
        self.exchange.change_app(self.app.app_key, receivers=receivers)

    # --- what the emitter does ---

    def start(self) -> Delivery:
        """One attempt starts and stays on its way."""
        delivery = self.exchange.outbox.pull()
        assert delivery is not None, "nothing is ready"
        self.exchange.outbox.start(delivery, ())
        self.sent.append((self.exchange.clock.now(), delivery))
        return delivery

    def end(self, delivery: Delivery, result: Result = OK) -> None:
        self.exchange.outbox.end(delivery, result, 0.0)
        self.exchange.now()

    def work(self) -> None:
        """Every attempt that is due, one by one."""
        while self.exchange.outbox.ready:
            delivery = self.start()
            self.end(delivery, self.answers(delivery))

    async def work_for_ever(self) -> None:
        while True:
            self.work()
            await self.exchange.outbox.wake.wait()

    # --- time ---

    def pass_by(self, seconds: float) -> None:
        """Time passes, deadline by deadline, with the postman at work."""
        target = self.now + timedelta(seconds=seconds)
        self.work()
        while (earliest := self.exchange.deadlines.earliest()) is not None and earliest <= target:
            self.exchange.clock.jump(earliest)
            self.exchange.now()
            self.work()
        self.exchange.clock.jump(target)

    @property
    def now(self) -> datetime:
        return self.exchange.clock.now()

    # --- what can be seen ---

    def kinds(self) -> list[str]:
        return [delivery.kind for _, delivery in self.sent]

    def bodies(self, kind: str) -> list[dict]:
        return [orjson.loads(delivery.body) for _, delivery in self.sent if delivery.kind == kind]

    def cdrs(self) -> list[dict]:
        return [record for body in self.bodies("fee") for record in body["feeLst"]]

    def rows(self, kind: str) -> list[Row]:
        return list(self.exchange.journal.rows(limit=10**6, where=lambda row: row.kind == kind))

    def attempts(self) -> list[AttemptStarted]:
        return self.rows("attempt_started")

    def ends(self) -> list[AttemptEnded]:
        return self.rows("attempt_ended")


def seconds_of(at: datetime) -> float:
    """Seconds since the story began."""
    return (at - START).total_seconds()


def without(mapping: dict, *names) -> dict:
    return {name: value for name, value in mapping.items() if name not in names}


async def turns(count: int = 5) -> None:
    """Some turns of the event loop."""
    for _ in range(count):
        turned = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(turned.set_result, None)
        await turned
