"""The crash test's clients and receiver: they drive a simulator until it dies, and remember what they were told."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import aiohttp
from aiohttp import web

from simulator.client.client import ControlClient
from simulator.client.errors import ControlError, Unreachable
from simulator.scenario.asking import Credentials, Customer, Reply

APP = Credentials("crash", "crash-secret")
BROKEN = (aiohttp.ClientError, ConnectionError, TimeoutError, Unreachable)

Bound = tuple[str, str] | None
"""Who is bound to an X number: caller and callee; None: nobody."""


@dataclass
class Told:
    """What the simulator answered; what it did not come to answer may be so or so."""

    bindings: dict[str, list[Bound]] = field(default_factory=dict)
    """By X number what may be bound to it: one possibility where every answer came."""
    ids: dict[str, str] = field(default_factory=dict)
    """By X number the subscription id of its acknowledged binding."""
    calls: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    now: str = ""
    """The latest instant that an advance of the clock told of."""
    acknowledged: int = 0
    received: list[tuple[str, str]] = field(default_factory=list)
    """Path and body of every notification that the receiver answered with 200."""
    attempts: list[tuple[str, str]] = field(default_factory=list)
    """Those that came in whole, answered or not."""


class Receiver:
    """The customer's server: it fails now and then, so that there are retries."""

    def __init__(self, dice: Random) -> None:
        self.told = Told()
        self._dice = dice
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen."""
        app = web.Application()
        app.router.add_post("/{slot}", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        told, seen = self.told, (request.path, (await request.read()).decode())
        told.attempts.append(seen)
        if self._dice.random() < 0.1:
            return web.Response(status=503)
        told.received.append(seen)
        return web.Response(status=200)


class Pair:
    """Two people and their X number: binds, changes, calls, texts and unbinds, one thing after the other."""

    def __init__(self, x_number: str, number: int, told: Told, dice: Random) -> None:
        self._x_number = x_number
        self._people = [f"+86131{number:08d}", *(f"+86132{number * 10 + n:08d}" for n in range(3))]
        self._told = told
        self._dice = dice

    async def play(self, customer: Customer, control: ControlClient) -> None:
        """Go on until the simulator dies."""
        while True:
            possible = self._told.bindings.setdefault(self._x_number, [None])
            if len(possible) > 1:
                return
            try:
                await (self._bound if possible[0] else self._free)(customer, control)
            except BROKEN:
                return

    async def _free(self, customer: Customer, _: ControlClient) -> None:
        caller, callee = self._people[0], self._dice.choice(self._people[1:])
        words = {"caller": caller, "callee": callee, "x_number": self._x_number, "lifetime_seconds": 0}
        reply = await self._changing((caller, callee), customer.ask("bind", words))
        self._told.ids[self._x_number] = str(reply.word("subscription_id"))

    async def _bound(self, customer: Customer, control: ControlClient) -> None:
        caller, dice, what = self._people[0], self._dice, self._dice.random()
        if what < 0.15:
            await self._changing(None, customer.ask("unbind", {"subscription_id": self._told.ids[self._x_number]}))
        elif what < 0.35:
            callee = dice.choice(self._people[1:])
            words = {"subscription_id": self._told.ids[self._x_number], "callee": callee}
            await self._changing((caller, callee), customer.ask("modify", words))
        elif what < 0.8:
            body = {"app_key": APP.app_key, "caller": caller, "dialled": self._x_number, "talks_seconds": 3}
            self._told.calls.append((await control.dial(body))["call_id"])
            self._told.acknowledged += 1
        else:
            body = {"app_key": APP.app_key, "sender": caller, "x_number": self._x_number, "text": "hello"}
            self._told.messages.append((await control.send_sms(body))["message_id"])
            self._told.acknowledged += 1

    async def _changing(self, bound: Bound, asking: Awaitable[Reply]) -> Reply:
        """A change of the binding: until the answer is there it may be as before or as after."""
        before = self._told.bindings[self._x_number]
        self._told.bindings[self._x_number] = [*before, bound]
        reply = await asking
        if reply.status != 200:
            raise SystemExit(f"a request that was right was refused: {reply.status} {dict(reply.members)}")
        self._told.bindings[self._x_number] = [bound]
        self._told.acknowledged += 1
        return reply


async def move_clock(told: Told, control: ControlClient, dice: Random) -> None:
    """Move a standing clock a little, again and again."""
    while True:
        try:
            told.now = (await control.advance(dice.uniform(0, 5)))["now"]
        except BROKEN:
            return
        except ControlError as refused:
            if refused.status != 503:
                raise
            return


def customer_of(api: str) -> Customer:
    """The application's owner."""
    return Customer(api, APP, lambda: datetime.now(UTC))
