"""One scenario being played: on a stage, with an application and a receiver of its own, from its cast to its result."""

import asyncio
from base64 import b64decode
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, cast

import aiohttp

from simulator.client.client import ControlClient, ControlError, Unreachable
from simulator.client.shapes import Row
from simulator.client.wire import Direct
from simulator.scenario.asking import Credentials, Customer
from simulator.scenario.blocks import length
from simulator.scenario.cast import Cast, draw, x_numbers
from simulator.scenario.customer_api import CustomerOptions
from simulator.scenario.customer_playing import CustomerSeat
from simulator.scenario.deciding import answer_of, sms_answer_of
from simulator.scenario.judging import PATHS, mark_of
from simulator.scenario.language import Behaviour, Scenario
from simulator.scenario.playing import Playing
from simulator.scenario.reaching import OutOfReach, check_all
from simulator.scenario.receiver import SampleReceiver
from simulator.scenario.results import Failure, Result, Status, StepFailed
from simulator.scenario.seating import asks_nobody, seat_of, settled, unasked
from simulator.scenario.watching import Opening, Watcher
from simulator.scenario.world import World

WRITTEN_BY_A_FAULT = "http_version"
"""The member of an attempt's row that only a request has whose bytes are wrong on purpose."""

STOPPING = "stopping"
"""The title of the problem with which a simulator that stops answers those who wait for it."""

EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scenario is played: a simulator's two ports, and the application to make there."""

    api: str
    control: str
    token: str = field(repr=False)
    credentials: Credentials
    app: Mapping[str, object] = field(default_factory=dict)
    failed: asyncio.Future[None] | None = field(default=None, repr=False)
    """Ends with an exception when the simulator broke."""
    direct: Direct | None = field(default=None, repr=False)
    """The way to the control plane of a simulator in this process."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller of a run decided; `receivers` are named by --receiver (`forced`), `configured` ones by mode.

    Where there are none a sample receiver is told.
    """

    receivers: Mapping[str, str] | None = None
    configured: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    forced: bool = False
    seed: int | None = None
    default_seed: int = 7
    strict: bool = False
    answer_timeout: float | None = None
    customer: CustomerOptions = field(default_factory=CustomerOptions)

    def told(self, mode: str) -> Mapping[str, str]:
        """The receivers of a scenario of this mode; empty: the sample receiver."""
        return self.receivers or self.configured.get(mode, {})


@dataclass(frozen=True, slots=True)
class Clocks:
    """Wall time, handed in: now for signatures, and how many seconds the run still has."""

    wall_now: Callable[[], datetime]
    wall_left: Callable[[], float]


Stager = Callable[[Scenario, int], AbstractAsyncContextManager[Stage]]
"""Gives a scenario with its seed a simulator to be played in."""


class Performance:
    """One scenario being played, from its stage to its result."""

    def __init__(self, scenario: Scenario, options: Options, clocks: Clocks, watcher: Watcher) -> None:
        self._scenario = scenario
        self._options = options
        self._clocks = clocks
        self._watcher = watcher
        self._seed = seed_of(scenario, options)
        self._violations: list[str] = []
        self._wrong_on_purpose: set[str] = set()
        self._remarks: list[str] = []
        self._given_up = 0
        self._playing: Playing | None = None

    @property
    def steps_done(self) -> int:
        """How many steps were played to their end."""
        return self._playing.steps_done if self._playing else 0

    def played(self, result: Result) -> Result:
        """A result with how many steps were planned and done, and what was left out, as it turned out."""
        if self._playing is None:
            return result
        playing = self._playing
        remarks = (*playing.remarks, *unasked(self._scenario, playing.customer.unprobed))
        return replace(result, steps_planned=playing.steps_planned, steps_done=playing.steps_done, remarks=remarks)

    async def run(self, stager: Stager) -> Result:
        """Play it; raises OutOfReach before the first step, TimeoutError and OutOfTime."""
        told = self._options.told(self._scenario.mode)
        sample_alone = self._scenario.needs_sample_receiver or not told
        if not sample_alone:
            if why := asks_nobody(self._scenario, self._options.customer):
                return result_of(self._scenario, Status.SKIPPED, sentence=why)
            await check_all(told.values())
        async with AsyncExitStack() as stack:
            stage = await stack.enter_async_context(stager(self._scenario, _own_seed(self._scenario, self._seed)))
            cast = draw(self._scenario.cast, _own_seed(self._scenario, self._seed))
            sample = await stack.enter_async_context(self._sample(stage, cast)) if sample_alone else None
            receivers = _of_sample(sample) if sample else dict(told)
            control = await stack.enter_async_context(ControlClient(stage.control, stage.token, direct=stage.direct))
            refused = await self._make_app(control, stage, cast, receivers)
            if refused:
                return result_of(self._scenario, Status.FAILED, sentence=refused)
            said = "the built-in sample receiver" if sample else _said(receivers)
            self._watcher.begin(Opening(self._scenario, cast, self._seed, stage.credentials.app_key, said))
            try:
                seat = await stack.enter_async_context(seat_of(self._scenario, self._options.customer, stage, sample))
                return await self._unless_broken(self._play(control, stage, cast, sample, seat), stage.failed)
            finally:
                await _leave(control, stage.credentials.app_key)

    def _sample(self, stage: Stage, cast: Cast) -> SampleReceiver:
        profile = self._scenario.app.get("profile")
        unsigned = isinstance(profile, dict) and profile.get("push_scheme") == "none"
        credentials = None if unsigned else stage.credentials
        scored = bool(self._scenario.customer.scored)
        behaviour = self._scenario.behaviour or Behaviour(careful=scored)
        behaviour = replace(
            behaviour,
            decision=answer_of(behaviour.decide, cast),
            sms_decision=sms_answer_of(behaviour.decide_sms, cast),
        )
        return SampleReceiver(credentials, self._clocks.wall_now, behaviour, mode=self._scenario.mode)

    async def _make_app(
        self, control: ControlClient, stage: Stage, cast: Cast, receivers: Mapping[str, str]
    ) -> str | None:
        """The scenario's application; answers the sentence of a refusal. Raises OutOfReach."""
        profile = {**_table(stage.app.get("profile")), **_table(self._scenario.app.get("profile"))}
        if self._options.answer_timeout is not None:
            profile["answer_timeout_seconds"] = self._options.answer_timeout
        app = {**stage.app, **self._scenario.app, "profile": profile}
        app |= {"app_key": stage.credentials.app_key, "app_secret": stage.credentials.app_secret}
        app |= {"numbers": x_numbers(self._scenario.cast, cast), "receivers": dict(receivers)}
        try:
            await control.add_app(app)
        except ControlError as error:
            return f"its application cannot be made: {error}"
        except Unreachable as error:
            raise OutOfReach(str(error)) from None
        return None

    async def _unless_broken(self, play: Coroutine[None, None, Result], failed: asyncio.Future[None] | None) -> Result:
        """What `play` comes to, or that the simulator broke meanwhile: nobody waits for a part that is gone."""
        playing = asyncio.ensure_future(play)
        endings: list[asyncio.Future[Any]] = [playing, failed] if failed else [playing]
        try:
            await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
            if failed is not None and failed.done() and failed.exception() is not None:
                what = f"the simulator broke: {failed.exception()!r}"
                return result_of(self._scenario, Status.BROKEN, self.steps_done, sentence=what)
            return await playing
        finally:
            playing.cancel()

    async def _play(
        self, control: ControlClient, stage: Stage, cast: Cast, sample: SampleReceiver | None, seat: CustomerSeat
    ) -> Result:
        customer = Customer(stage.api, stage.credentials, self._clocks.wall_now, self._scenario.mode)
        world = World(control, customer, stage.credentials.app_key, self._clocks.wall_left)
        world.on_row, world.on_jump = self._row, self._watcher.jump
        strict = self._options.strict
        self._playing = Playing(self._scenario, world, cast, self._watcher.named, strict=strict, seat=seat)
        try:
            await world.enter()
            await self._playing.play()
        except StepFailed as failed:
            return self._judged(sample, Status.FAILED, failed.failure)
        except ControlError as error:
            status = Status.BROKEN if error.status == 500 or error.title == STOPPING else Status.FAILED
            return self._judged(sample, status, self._playing.failure_here(str(error)))
        except (aiohttp.ClientError, OSError, Unreachable) as error:
            if isinstance(error, TimeoutError):
                raise
            return self._judged(sample, Status.BROKEN, self._playing.failure_here(f"the simulator is gone: {error}"))
        if self._playing.steps_done == 0 or self._playing.steps_done < self._playing.steps_planned:
            what = f"{self._playing.steps_done} of {self._playing.steps_planned} steps were played"
            return result_of(self._scenario, Status.INCOMPLETE, sentence=what)
        return self._judged(sample, Status.PASSED, None)

    def _row(self, row: Row) -> None:
        if row["kind"] == "contract_violation":
            self._violations.append(f"{row.get('notification_kind')}: {row.get('violations')}")
        if row["kind"] == "attempt_started" and WRITTEN_BY_A_FAULT in row:
            self._wrong_on_purpose.add(_mark(row))
        if row["kind"] == "attempt_ended":
            self._given_up += _given_up(row)
            if row.get("remark"):
                self._remarks.append(f"{row['notification_kind']} {row['remark']}")
        self._watcher.row(row)

    def _judged(self, sample: SampleReceiver | None, status: Status, failure: Failure | None) -> Result:
        """The result, unless what the simulator itself sent was wrong: then that is what counts."""
        ours = self._violations + (sample.complaints_except(self._wrong_on_purpose) if sample else [])
        if ours:
            what = "the simulator sent, or would have sent, what breaks the contract (please report it): "
            return result_of(self._scenario, Status.BROKEN, self.steps_done, sentence=what + "; ".join(ours[:5]))
        if self._options.strict and status is Status.PASSED and self._remarks:
            said = "; ".join(dict.fromkeys(self._remarks))
            failed = result_of(self._scenario, Status.FAILED, self.steps_done, sentence=f"remarks (--strict): {said}")
            return replace(failed, given_up=self._given_up)
        result = replace(result_of(self._scenario, status, self.steps_done, failure), given_up=self._given_up)
        return settled(self._scenario, result, self._playing)


async def _leave(control: ControlClient, app_key: str) -> None:
    """Take the scenario's application away; a simulator that is gone has none, and the result says that it is gone."""
    with suppress(ControlError, Unreachable):
        await control.remove_app(app_key)


def result_of(
    scenario: Scenario, status: Status, done: int = 0, failure: Failure | None = None, *, sentence: str = ""
) -> Result:
    """What became of a scenario; `sentence` where no step is to blame."""
    if sentence:
        failure = Failure(None, scenario.file, sentence)
    result = Result(scenario.label, scenario.file, scenario.title, status, length(scenario.steps), done, failure)
    return replace(result, scored=scenario.customer.scored)


def _mark(row: Row) -> str:
    """What the sample receiver knows this request by."""
    said = cast("Mapping[str, Any]", row)
    body = b64decode(said["body_base64"]) if "body_base64" in said else said["body"].encode()
    return mark_of(((name, value) for name, value in said["headers"]), body)


def seed_of(scenario: Scenario, options: Options) -> int:
    """--seed, else the scenario's, else the configuration's."""
    given = (options.seed, scenario.seed, options.default_seed)
    return next(seed for seed in given if seed is not None)


def _own_seed(scenario: Scenario, seed: int) -> int:
    """Another cast and other ids for each scenario of one seed.

    So they can share a simulator, and a customer's server that knows a session id does not take one story for another.
    """
    return int.from_bytes(blake2b(f"{seed}/{scenario.name}".encode(), digest_size=7).digest())


def _of_sample(sample: SampleReceiver) -> dict[str, str]:
    return {slot: f"{sample.url}/{path}" for slot, path in PATHS.items()}


def _said(receivers: Mapping[str, str]) -> str:
    """Receiver addresses for a person: what they have in common, once."""
    return ", ".join(dict.fromkeys(url.removesuffix(f"/{PATHS[slot]}") for slot, url in receivers.items()))


def _given_up(row: Row) -> int:
    """How many notifications an ended attempt was the last of."""
    ids = row.get("notification_ids")
    return len(ids) if row.get("state") == EXHAUSTED and isinstance(ids, list) else 0


def _table(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}
