"""Plays the steps of one scenario in a world, one after the other, and stops at the first that fails.

The clock moves only in call, sms, expect and advance (semantics: in `run`). An expectation goes from deadline to deadline
until it is met, or can no longer be.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from simulator.client.errors import ControlError
from simulator.contract.operations import operations_of
from simulator.delivery.signature import Scheme
from simulator.scenario.asking import Reply
from simulator.scenario.cast import Cast
from simulator.scenario.customer_api import CustomerApi
from simulator.scenario.customer_language import AskCustomer, AwaitRequest, Probe
from simulator.scenario.customer_playing import CustomerPlaying, CustomerSeat, Names, StepWrong
from simulator.scenario.language import (
    Advance,
    Answer,
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
from simulator.scenario.naming import NAMED
from simulator.scenario.places import Place
from simulator.scenario.results import Failure
from simulator.scenario.scene import SeenCall
from simulator.scenario.verdict import Finding, Standing, judge
from simulator.scenario.wanting import reply_findings
from simulator.scenario.world import World, instant

SUCCESS = "0"
CALL_STOP = "call_stop"
REACHED = {"dialled": 0, "collecting": 1, "forwarded": 2, "alerting": 3, "answered": 4, "released": 5}
PARTY_WORDS = ("caller", "callee", "user", "x_number", "y_number", "callback_number")

Named = Callable[[str, str], None]
"""Is told what a scenario calls a number that a bind was given."""


class StepFailed(Exception):
    """A step that did not come out as it should."""

    def __init__(self, failure: Failure) -> None:
        super().__init__("\n".join(failure.lines()))
        self.failure = failure


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
        self.steps_done = 0
        self._world = world
        self._cast = dict(cast)
        self._named = named
        self._strict = strict
        self._calls: dict[str, str] = {}
        self._sessions: dict[str, str] = {}
        self._messages: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        """The ids that notifications have of every call and SMS, the latest last."""
        self._bindings: dict[str, str] = {}
        self._numbers_since = 0
        names = Names(self._cast, self._bindings, self._sessions, self._ids)
        seat = seat or CustomerSeat(CustomerApi(None, {}))
        self.customer = CustomerPlaying(scenario, world, seat, names)
        self.known: list[Failure] = []
        """Failures of steps that are known to fail, with their reasons."""
        self._unexpected: list[Failure] = []
        """What no step was about, at the step during which it came: it fails the scenario at its end."""
        self._look = names.look
        self._plays = self._players()

    def _players(self) -> dict[type, Callable[[Any], Awaitable[object]]]:
        """What plays each kind of step."""
        return {
            Ask: self._ask,
            PlayCall: self._call,
            PlaySms: self._sms,
            Release: self._release,
            Expect: self._expect,
            Advance: lambda step: self._world.advance(step.seconds),
            SetFaults: lambda step: self._world.set_faults(step.rules),
            ChangeNumbers: self._change,
            ChangeArrears: self._change,
            AskCustomer: self.customer.ask,
            AwaitRequest: self._await,
            Probe: self.customer.probe,
        }

    async def play(self) -> None:
        """Every step; raises StepFailed at the first that fails."""
        if self.scenario.faults:
            await self._world.set_faults(self.scenario.faults)
        for step in self.scenario.steps:
            await self._one(step)
            self.steps_done += 1
        if wrong := self.customer.unexpected_requests():
            top = Place(self.scenario.file, 1, 1)
            self._unexpected.append(Failure(top, "after the last step", findings=wrong))
        if self._unexpected:
            raise StepFailed(self._unexpected[0])

    async def _one(self, step: Step) -> None:
        """One step, and what came of it unexpected; a failure that is known is noted, and missed where there is none."""
        reason = self.scenario.customer.known_failures.get(step.place)
        try:
            await self._plays[type(step)](step)
            await self._world.look()
            if wrong := self.customer.unexpected_answers():
                self._unexpected.append(self._failed(step, findings=wrong).failure)
        except (StepFailed, StepWrong) as error:
            failed = error if isinstance(error, StepFailed) else self._failed(step, error.sentence, error.findings)
            if reason is None:
                raise failed from None
            self.known.append(replace(failed.failure, sentence=f"known failure: {reason}"))
            return
        if reason is not None:
            what = f"passed, though it is marked as a known failure ({reason}): take known_failure out"
            raise self._failed(step, what)

    def failure_here(self, sentence: str) -> Failure:
        """The step that is being played failed for a reason that is not its own."""
        return self._failed(self.scenario.steps[self.steps_done], sentence).failure

    async def _release(self, step: Release) -> None:
        await self._world.release(self._calls[step.of or self._latest(self._calls)], step.by)

    async def _ask(self, step: Ask) -> None:
        words = {word: self._number(value) if word in PARTY_WORDS else value for word, value in step.words.items()}
        words = {**await self._about(step), **words}
        reply = await self._world.ask(step.operation, words, Scheme(step.scheme))
        await self._world.look()
        self._judge_answer(step, reply)
        self._keep(step, reply)
        if reply.location is not None:
            await self._download(step, reply.location)

    async def _await(self, step: AwaitRequest) -> None:
        self._keep(step, await self.customer.await_request(step))

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
            return {"session_id": self._sessions[call], "signal": CALL_STOP} if call else {"signal": CALL_STOP}
        if step.of is None and not step.about_latest:
            return {}
        name = step.of or self._latest(self._bindings)
        if name not in self._bindings:
            raise self._failed(step, f"{name!r} stands for no binding: the bind that should have made it was refused")
        return {"subscription_id": self._bindings[name]}

    async def _recording(self, step: Ask, name: str) -> dict[str, object]:
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
        wanted = step.expected or self._success(step.operation)
        if findings := reply_findings(wanted, reply, self._resolve):
            raise self._failed(step, findings=tuple(findings))

    async def _call(self, step: PlayCall) -> None:
        wish: dict[str, Any] = {
            "caller": self._number(step.caller),
            "dialled": self._number(step.dialled),
            "outcome": step.outcome,
            "rings_seconds": step.rings_seconds,
            "talks_seconds": step.talks_seconds,
            "released_by": step.released_by,
            "hangup_cause": step.hangup_cause,
            "extension": list(step.extensions) or None,
        }
        dialled = await self._world.dial({word: value for word, value in wish.items() if value is not None})
        self._remember(step.save_as, dialled["session_id"])
        self._calls[step.save_as] = dialled["call_id"]
        self._sessions[step.save_as] = dialled["session_id"]
        await self._world.advance(0)
        await self._go_on(step, dialled["call_id"])

    async def _sms(self, step: PlaySms) -> None:
        wish: dict[str, Any] = {
            "sender": self._number(step.sender),
            "x_number": self._number(step.x_number),
            "text": NAMED.sub(lambda found: self._cast.get(found[1], found[0]), step.text),
            "send_result": step.send_result,
        }
        try:
            sms = await self._world.send_sms({word: value for word, value in wish.items() if value is not None})
        except ControlError as error:
            if not step.refused or error.status != 422:
                raise
            return
        if step.refused:
            raise self._failed(step, f"the SMS was played, instead of refused: its sendResult is {sms['send_result']}")
        self._remember(step.save_as, sms["sms_id"])
        self._messages[step.save_as] = sms["message_id"]
        await self._world.advance(0)

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
            await self._world.advance_to(min(deadline, ends_at) if deadline else ends_at)
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
            deadline = await self._world.next_deadline_at()
            final = deadline is None or deadline > limit
            await self._world.advance_to(deadline if deadline and not final else now)

    def _number(self, name: object) -> object:
        return self._cast.get(str(name), name)

    def _resolve(self, value: object) -> object:
        """What a value of an expectation stands for: a number of the cast, a subscription id, the id of a call or SMS, itself."""
        return self._look(value)

    def _latest(self, names: dict[str, str]) -> str:
        return next(reversed(names), "")

    def _failed(self, step: Step, sentence: str = "", findings: Sequence[Finding] = ()) -> StepFailed:
        place = self.steps_done + 1, len(self.scenario.steps)
        what = f"step {place[0]} of {place[1]}, {describe(step)}"
        return StepFailed(Failure(step.place, what, sentence, tuple(findings)))

    def _success(self, operation: str) -> Answer:
        status = operations_of(self.scenario.mode)[operation].status
        return Answer(status, SUCCESS if status == 200 else None)
