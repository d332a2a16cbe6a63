"""The async core: everything that a test can ask of a platform, in the event loop in which the simulator runs."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypedDict, Unpack

from simulator import app as house
from simulator.client.client import ControlClient
from simulator.clock import wall
from simulator.config import Config
from simulator.contract.operations import operations_of
from simulator.delivery.signature import Scheme
from simulator.scenario.asking import Credentials, Customer, Reply
from simulator.testing.applications import App, app_of, chosen, owner, receivers
from simulator.testing.failing import NotSettled, WrongWord, check_words, hint
from simulator.testing.looking import PAGE, Looking
from simulator.testing.moving import Moving
from simulator.testing.seen import PlayedCall, call_seen

STATES = ("dialled", "collecting", "forwarded", "alerting", "answered", "released")
RELEASED = STATES[-1]

Seconds = float | timedelta


class CallWords(TypedDict, total=False):
    """How a call goes: the words of a scenario's `call`, times as seconds or timedelta; `until` is where to return."""

    app: App | str
    outcome: str
    hangup_cause: int
    rings: Seconds
    talks: Seconds
    released_by: Literal["caller", "callee"]
    extension: str | Sequence[str]
    until: str


class Inside(Looking):
    """A simulator between its start and its stop. Each `reset` puts a new one behind the same ports."""

    def __init__(self, config: Config, wall_seconds: float) -> None:
        self._config = config
        self._wall_seconds = wall_seconds
        self._stack = AsyncExitStack()
        self._moving = Moving()
        self._doors: house.Doors | None = None
        self.apps = ()
        self.ready: house.Ready

    async def open(self) -> None:
        """Listen, and begin the story; raises PortInUse, ConfigError, ProfileError."""
        self._doors = house.Doors(self._config.server)
        try:
            await self._begin()
        except BaseException:
            self._doors.close()
            raise

    async def close(self) -> None:
        """End the story and stop listening."""
        async with self._moving.anew():
            await self._stack.aclose()
        if self._doors is not None:
            self._doors.close()

    async def reset(self) -> None:
        """Begin anew, as if just started: clock, ids, numbers, applications, receivers; addresses and token stay."""
        async with self._moving.anew():
            await self._stack.aclose()
            await self._begin()

    async def call(self, caller: str, dialled: str, **words: Unpack[CallWords]) -> PlayedCall:
        """Play a call from `caller` to the X number `dialled`, and move the clock until it is over.

        It returns when the call is released and the first attempt of every notification about it has ended; retries
        fall due when the clock is moved on (`advance`). With `until="answered"` (or another state) it returns in the middle.

        Words: `outcome` (answered, busy, no_answer…) or `hangup_cause` (any code of `pnsim causes`), `rings`, `talks`
        (seconds or timedelta), `released_by` (caller, callee), `extension` (AXE: what is keyed, or a list of tries), `app`
        (key or mode; by itself the one whose X number is dialled). Raises WrongWord, ControlError, NotSettled.
        """
        check_words("call", words, tuple(CallWords.__annotations__))
        until = words.get("until", RELEASED)
        if until not in STATES:
            raise WrongWord(f"call: until is no state {until!r}; {hint(until, STATES)}States: {', '.join(STATES)}")
        app = chosen(self.apps, words["app"]) if "app" in words else owner(self.apps, dialled)
        begun = await self.control.dial({"app_key": app.app_key, "caller": caller, "dialled": dialled, **_how(words)})
        return await self._go_on(begun["call_id"], until)

    async def release(self, call: PlayedCall, *, by: Literal["caller", "callee"] = "callee") -> PlayedCall:
        """Hang up a call that `call(…, until=…)` left in the middle, and see it to its end."""
        await self.control.release(call.call_id, by)
        return await self._go_on(call.call_id, RELEASED)

    async def advance(self, by: Seconds) -> datetime:
        """Let story time pass: retries, expiries, merge windows fall due on the way. Answers the story's instant."""
        async with self._moving.turn():
            return await self._advance(_seconds(by))

    async def receiver(self, where: str | Mapping[str, str] | None, *, app: App | str | None = None) -> None:
        """From now on tell this server: a base address, to which `/status`, `/fee`… are appended, or addresses by slot.

        None tells nobody. Of every application, or of the one that `app` names by key or mode.
        """
        told = receivers(where)
        for one in self.apps if app is None else (chosen(self.apps, app),):
            await self.control.change_app(one.app_key, {"receivers": told})

    async def request(
        self, operation: str, /, *, app: App | str | None = None, scheme: str = "AKSK", **words: object
    ) -> Reply:
        """Send one correctly signed request to the platform's API, as the application `app` (key or mode).

        Without it as the one whose `x_number` is named, else that of mode AXB.

        Operations and words are those of a scenario's steps and of `pnsim request`: `request("bind", caller=A, callee=B,
        x_number=X)`. A refusal is an answer too: `reply.status`, `reply.word("result_code")`.
        """
        named = next((each for each in self.apps if words.get("x_number") in each.numbers), None)
        one = chosen(self.apps, app or named)
        operations = operations_of(one.mode)
        if operation not in operations:
            there = f"{hint(operation, tuple(operations))}Mode {one.mode} has: {', '.join(operations)}"
            raise WrongWord(f"{one.app_key} has no operation {operation!r}; {there}")
        if scheme not in (schemes := tuple(one.value for one in Scheme)):
            raise WrongWord(f"there is no signature {scheme!r}; there are: {', '.join(schemes)}")
        credentials = Credentials(one.app_key, one.app_secret)
        customer = Customer(self.ready.api, credentials, wall.utc_now, one.mode)
        try:
            return await customer.ask(operation, words, Scheme(scheme))
        except ValueError as error:
            raise WrongWord(str(error)) from None

    # --- inside ---

    async def _begin(self) -> None:
        simulator = house.assemble(self._config, lanes=1)
        self._stack.push_async_callback(simulator.stop)
        self.ready = await simulator.start(self._doors)
        self._config = replace(self._config, server=replace(self._config.server, control_token=self.ready.token))
        self._simulator = simulator
        self.apps = tuple(app_of(app.spec) for app in simulator.exchange.apps())
        patience = self._wall_seconds + 30
        client = ControlClient(self.ready.control, self.ready.token, timeout_seconds=patience)
        self.control = await self._stack.enter_async_context(client)

    async def _go_on(self, call_id: str, until: str) -> PlayedCall:
        """From deadline to deadline until the call is there and told of."""
        exchange = self._simulator.exchange

        def is_there() -> bool:
            played = exchange.call(call_id)
            state = RELEASED if played is None else played.call.state.value
            told = until != RELEASED or not exchange.outbox.is_telling(call_id)
            return told and STATES.index(state) >= STATES.index(until)

        async with self._moving.turn():
            await self._until(is_there, f"call {call_id}")
        call = await self.control.call(call_id)
        return call_seen(call, await self.notifications(call_id))

    async def _until(self, is_there: Callable[[], bool], what: str) -> None:
        """Go on from deadline to deadline; raises NotSettled."""
        ends_at = wall.monotonic() + self._wall_seconds
        await self._advance(0)
        while not is_there():
            deadline, now = self._simulator.story.next_deadline_at(), self._simulator.exchange.now()
            if deadline is None or wall.monotonic() > ends_at:
                raise NotSettled(f"{what} did not come to its end within {self._wall_seconds:g} s of wall time")
            await self._advance(max(0.0, (deadline - now).total_seconds()))

    async def _advance(self, seconds: float) -> datetime:
        advancing = asyncio.ensure_future(self._simulator.story.advance(seconds, self._wall_seconds))
        failed = self._simulator.failed
        endings: list[asyncio.Future[Any]] = [advancing, failed] if failed else [advancing]
        try:  # nobody waits for the attempts of a part that broke
            await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
            await self.check()
            advanced = await advancing
        finally:
            advancing.cancel()
        if not advanced.reached:
            raise NotSettled(
                f"after {self._wall_seconds:g} s of wall time the clock stands at {advanced.now:%Y-%m-%d %H:%M:%S}, short of "
                f"where it was to go: {self._in_flight()}. Simulator(wall_seconds=…) gives it longer"
            )
        return advanced.now

    def _in_flight(self) -> str:
        running = [one for one in self._simulator.exchange.deliveries(limit=PAGE) if one.state.value == "in_flight"]
        told = ", ".join(f"{one.kind} to {one.url}" for one in running[:3])
        return f"no answer yet to {told}" if told else "more falls due than there is time for"


def _how(words: CallWords) -> dict[str, object]:
    """The words of a call as POST /calls has them."""
    how: dict[str, object] = {
        word: value for word, value in words.items() if word in ("outcome", "hangup_cause", "released_by")
    }
    if "extension" in words:
        extension = words["extension"]
        how["extension"] = list(extension) if isinstance(extension, list | tuple) else extension
    how |= {"rings_seconds": _seconds(words["rings"])} if "rings" in words else {}
    how |= {"talks_seconds": _seconds(words["talks"])} if "talks" in words else {}
    return how


def _seconds(span: Seconds) -> float:
    if isinstance(span, timedelta):
        return span.total_seconds()
    if isinstance(span, bool) or not isinstance(span, int | float):
        raise WrongWord(f"a span of time is a number of seconds or a timedelta, not {span!r}")
    return span
