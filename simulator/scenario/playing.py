"""Plays the steps of one scenario in a world, one after the other, and stops at the first that fails.

The clock moves only in call, sms, expect and advance (semantics: in `run`). An expectation goes from deadline to deadline
until it is met, or can no longer be.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NoReturn

from simulator.client.errors import ControlError
from simulator.delivery.signature import Scheme
from simulator.scenario import answering, wishes
from simulator.scenario.asking import Reply
from simulator.scenario.cast import Cast
from simulator.scenario.customer_api import CustomerApi
from simulator.scenario.customer_language import AskCustomer, AwaitRequest, Probe
from simulator.scenario.customer_playing import CustomerPlaying, CustomerSeat, Names
from simulator.scenario.flow import NUMBER, Flow, numbered
from simulator.scenario.language import (
    Advance,
    Ask,
    ChangeArrears,
    ChangeNumbers,
    Expect,
    PlayCall,
    PlaySms,
    Release,
    Scenario,
    SetFaults,
    Step,
    describe,
)
from simulator.scenario.outcomes import Outcomes
from simulator.scenario.results import Failure, StepFailed
from simulator.scenario.scene import SeenCall
from simulator.scenario.sights import Sights, Things, seen
from simulator.scenario.verdict import Finding, Standing, judge
from simulator.scenario.world import World, instant

CALL_STOP = "call_stop"
REACHED = {"dialled": 0, "collecting": 1, "forwarded": 2, "alerting": 3, "answered": 4, "released": 5}
PARTY_WORDS = ("caller", "callee", "user", "x_number", "y_number", "callback_number")

Named = Callable[[str, str], None]
"""Is told what a scenario calls a number that a bind was given."""


class Playing:
    """One scenario under way: what its names stand for, and how many of its steps are done."""

    def __init__(
        self,
        scenario: Scenario,
        world: World,
        cast: Cast,
        named: Named,
        *,
        strict: bool = False,
        seat: CustomerSeat | None = None,
    ) -> None:
        self.scenario = scenario
        self._world = world
        self._things = Things(dict(cast), values=dict(scenario.values))
        self._cast, self._bindings = self._things.cast, self._things.bindings
        self._calls, self._messages = self._things.calls, self._things.messages
        self._named = named
        self._strict = strict
        self._sessions: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        """The ids that notifications have of every call and SMS, the latest last."""
        self._numbers_since = 0
        names = Names(self._cast, self._bindings, self._sessions, self._ids)
        seat = seat or CustomerSeat(CustomerApi(None, {}))
        self.customer = CustomerPlaying(scenario, world, seat, names)
        self._outcomes = Outcomes(scenario, self.customer, self._failed)
        self._look = names.look
        sights = Sights(self._things, self._seen, world.now)
        self._flow = Flow(scenario.steps, self, sights, world, self._things.values)
        self._plays = self._players()

    @property
    def known(self) -> Sequence[Failure]:
        """Failures of steps that are known to fail, with their reasons."""
        return self._outcomes.known

    def _players(self) -> dict[type, Callable[[Any], Awaitable[object]]]:
        """What plays each kind of step."""
        return {
            Ask: self._ask,
            PlayCall: self._call,
            PlaySms: self._sms,
            Release: self._release,
            Expect: self._expect,
            Advance: self._advance,
            SetFaults: lambda step: self._world.set_faults(step.rules),
            ChangeNumbers: self._change,
            ChangeArrears: self._change,
            AskCustomer: self.customer.ask,
            AwaitRequest: self._await,
            Probe: self.customer.probe,
        }

    @property
    def steps_done(self) -> int:
        """How many steps were played to their end."""
        return self._flow.tally.done

    @property
    def steps_planned(self) -> int:
        """How many steps are to be played, as far as that is decided."""
        return self._flow.tally.planned

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was not played as planned, and need not be."""
        return (*self._flow.remarks, *self._world.remarks())

    async def play(self) -> None:
        """Every step; raises StepFailed at the first that fails and may not."""
        if self.scenario.faults:
            await self._world.set_faults(self.scenario.faults)
        await self._flow.play()
        self._outcomes.check()

    async def do(self, step: Step) -> object:
        """Play a step that does something itself; answers what may be captured of it."""
        return await self._outcomes.of(step, self._do)

    async def _do(self, step: Step) -> object:
        if isinstance(step, Expect | Release):
            self._check_there(step)
        given = await self._plays[type(step)](step)
        await self._world.look()
        return given

    def fail(self, step: Step, sentence: str) -> NoReturn:
        """Raise StepFailed for a reason that is not the step's own."""
        raise self._failed(step, sentence)

    def failure_here(self, sentence: str) -> Failure:
        """The step that is being played failed for a reason that is not its own."""
        number, step = self._flow.failed_at or ("1", self.scenario.steps[0])
        NUMBER.set(number)
        return self._failed(step, sentence).failure

    def _check_there(self, step: Expect | Release) -> None:
        """What a step is about may not have been played: a condition left it out."""
        of = (step.of,) if isinstance(step.of, str) else step.of or ()
        known = {*self._calls, *self._messages, *self._cast}
        missing = next((name for name in of if name not in known), None)
        if missing is not None:
            self.fail(step, f"{missing!r} stands for nothing: the step that makes it was not played")
        if isinstance(step, Expect) and step.demands is not None and step.demands.names_itself:
            return
        if not of and not (self._calls if isinstance(step, Release) else self._ids):
            self.fail(step, "it is about the latest call, and none was played")

    async def _advance(self, step: Advance) -> None:
        await self._world.advance(step.seconds)

    async def _release(self, step: Release) -> None:
        await self._world.release(self._calls[step.of or self._latest(self._calls)], step.by)

    async def _ask(self, step: Ask) -> Mapping[str, Any]:
        words = {word: self._number(value) if word in PARTY_WORDS else value for word, value in step.words.items()}
        words = {**await self._about(step), **words}
        reply = await self._world.ask(step.operation, words, Scheme(step.scheme))
        await self._world.look()
        code = reply.word("result_code")
        self._things.answer = {"status": reply.status, "result_code": code, "body": dict(reply.members)}
        self._judge_answer(step, reply)
        self._keep(step, reply)
        if reply.location is not None:
            await self._download(step, reply.location)
        return reply.members

    async def _await(self, step: AwaitRequest) -> Mapping[str, Any]:
        reply = await self.customer.await_request(step)
        self._keep(step, reply)
        return reply.members

    def _keep(self, step: Ask | AwaitRequest, reply: Reply) -> None:
        """The names that a step gives to what the platform answered."""
        subscription_id = reply.word("subscription_id")
        if step.save_as and isinstance(subscription_id, str):
            self._bindings.pop(step.save_as, None)
            self._bindings[step.save_as] = subscription_id
        x_number = reply.word("x_number")
        if step.number_as and isinstance(x_number, str):
            self._cast[step.number_as] = x_number
            self._named(step.number_as, x_number)

    async def _about(self, step: Ask) -> dict[str, object]:
        """The words that say which binding or recording is meant."""
        if step.operation == "recording_address" and step.of:
            return await self._recording(step, step.of)
        if step.operation == "terminate":
            call = step.of or (self._latest(self._sessions) if step.about_latest else None)
            self._check_call(step, call)
            return {"session_id": self._sessions[call], "signal": CALL_STOP} if call else {"signal": CALL_STOP}
        if step.of is None and not step.about_latest:
            return {}
        name = step.of or self._latest(self._bindings)
        if name not in self._bindings:
            raise self._failed(step, f"{name!r} stands for no binding: the bind that should have made it was refused")
        return {"subscription_id": self._bindings[name]}

    def _check_call(self, step: Ask, name: str | None) -> None:
        if name is not None and name not in self._calls:
            raise self._failed(step, f"{name!r} stands for no call: the step that should have made it was not played")

    async def _recording(self, step: Ask, name: str) -> dict[str, object]:
        self._check_call(step, name)
        recording = (await self._world.call(self._calls[name]))["recording"]
        if recording is None:
            why = "was not recorded: bind with record: true, let the app have recording, and talk for 3 s or more"
            raise self._failed(step, f"{name} {why}")
        return {"file_name": recording["file_name"], "domain": recording["domain"]}

    async def _download(self, step: Ask, address: str) -> None:
        """A customer fetches what it was shown the way to; the address must serve a WAV file."""
        file = await self._world.download(address)
        await self._world.look()
        if file.status != 200 or file.start[:4] != b"RIFF" or file.start[8:12] != b"WAVE":
            got = f"{file.status} with {file.length} bytes that begin with {file.start!r}"
            raise self._failed(step, findings=(Finding(Standing.BROKEN, "200 with a WAV file at the address", got),))

    def _judge_answer(self, step: Ask, reply: Reply) -> None:
        wanted = step.expected or answering.success(step.operation, self.scenario.mode)
        found = answering.findings(wanted, reply, self._resolve)
        if found:
            raise self._failed(step, findings=found)

    async def _call(self, step: PlayCall) -> Mapping[str, Any]:
        dialled = await self._world.dial(wishes.of_call(step, self._number))
        self._remember(step.save_as, dialled["session_id"])
        self._calls[step.save_as] = dialled["call_id"]
        self._sessions[step.save_as] = dialled["session_id"]
        await self._world.advance(0)
        await self._go_on(step, dialled["call_id"])
        return seen(await self._seen(step.save_as))

    async def _sms(self, step: PlaySms) -> Mapping[str, Any]:
        try:
            sms = await self._world.send_sms(wishes.of_sms(step, self._cast))
        except ControlError as error:
            if not step.refused or error.status != 422:
                raise
            return {}
        if step.refused:
            raise self._failed(step, f"the SMS was played, instead of refused: its sendResult is {sms['send_result']}")
        self._remember(step.save_as, sms["sms_id"])
        self._messages[step.save_as] = sms["message_id"]
        await self._world.advance(0)
        return seen(await self._seen(step.save_as))

    def _remember(self, name: str, own_id: str) -> None:
        """A name stands for the latest call or SMS that was given it."""
        for named in (self._calls, self._sessions, self._messages, self._ids):
            named.pop(name, None)
        self._ids[name] = own_id

    async def _go_on(self, step: PlayCall, call_id: str) -> None:
        """From deadline to deadline until the call is where the step wants it."""
        while True:
            call = await self._world.call(call_id)
            if REACHED[call["state"]] >= REACHED[step.until]:
                break
            deadline = await self._world.next_deadline_at()
            ends_at = instant(call["ends_at"])
            await self._world.toward(min(deadline, ends_at) if deadline else ends_at)
        if call["state"] == "released" and step.until != "released":
            raise self._failed(step, f"the call was released before it was {step.until}")

    async def _change(self, step: ChangeNumbers | ChangeArrears) -> None:
        """What an operator does to X numbers; expectations of them begin here."""
        self._numbers_since = self._world.sent_so_far()
        if isinstance(step, ChangeArrears):
            await self._world.change_arrears(arrears=step.arrears)
        else:
            numbers = None if step.numbers is None else [str(self._number(name)) for name in step.numbers]
            await self._world.change_numbers(numbers, step.state, step.cause)
        await self._world.advance(0)

    async def _seen(self, name: str) -> SeenCall:
        if name in self._calls:
            return await self._world.seen(name, self._calls[name])
        if name in self._messages:
            return await self._world.seen_sms(name, self._messages[name])
        return await self._world.seen_number(name, self._cast[name], self._numbers_since)

    async def _expect(self, step: Expect) -> None:
        names = step.of or ((self._latest(self._ids),) if self._ids else ())
        now = await self._world.advance(0)
        limit = now + timedelta(seconds=step.within_seconds)
        final = False
        while True:
            calls = [await self._seen(name) for name in names]
            more = await self.customer.demanded(step, calls, self._seen, now, final=final)
            verdict = judge(step, calls, self._resolve, final=final, strict=self._strict, more=more)
            if verdict.standing is Standing.MET:
                return
            if verdict.standing is Standing.BROKEN or final:
                raise self._failed(step, findings=verdict.findings)
            final = await self._world.go_on(limit)

    def _number(self, name: object) -> object:
        return self._cast.get(str(name), name)

    def _resolve(self, value: object) -> object:
        """What a value of an expectation stands for: a number of the cast, a subscription id, the id of a call or SMS, itself."""
        return self._look(value)

    def _latest(self, names: dict[str, str]) -> str:
        return next(reversed(names), "")

    def _failed(self, step: Step, sentence: str = "", findings: Sequence[Finding] = ()) -> StepFailed:
        what = f"{numbered(len(self.scenario.steps))}, {describe(step)}"
        return StepFailed(Failure(step.place, what, sentence, tuple(findings)))
