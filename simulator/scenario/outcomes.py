"""What comes of each step: known failures are noted, and what no step was about fails a scenario at its end."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from simulator.scenario.customer_playing import CustomerPlaying, StepWrong
from simulator.scenario.language import Expect, Scenario, Step
from simulator.scenario.places import Place
from simulator.scenario.results import Failure, StepFailed
from simulator.scenario.verdict import Finding
from simulator.scenario.witness import Reaction


class Failing(Protocol):
    """Makes the failure of the step that is being played."""

    def __call__(self, step: Step, sentence: str = "", findings: Sequence[Finding] = ()) -> StepFailed: ...


class Outcomes:
    """The outcomes of one scenario's steps."""

    def __init__(self, scenario: Scenario, customer: CustomerPlaying, failed: Failing) -> None:
        self.known: list[Failure] = []
        """Failures of steps that are known to fail, with their reasons."""
        self._scenario = scenario
        self._customer = customer
        self._failed = failed
        self._came: list[tuple[Failure, Sequence[Reaction]]] = []

    async def of(self, step: Step, play: Callable[[Step], Awaitable[object]]) -> object:
        """What a step gives; None where it failed as is known. Raises StepFailed."""
        reason = self._scenario.customer.known_failures.get(step.place)
        if isinstance(step, Expect):
            self._customer.expected.note(step)
        given = None
        try:
            given = await play(step)
        except (StepFailed, StepWrong) as error:
            failed = error if isinstance(error, StepFailed) else self._failed(step, error.sentence, error.findings)
            if reason is None:
                raise failed from None
            self.known.append(replace(failed.failure, sentence=f"known failure: {reason}"))
        else:
            if reason is not None:
                what = f"passed, though it is marked as a known failure ({reason}): take known_failure out"
                raise self._failed(step, what)
        if news := self._customer.news():
            self._came.append((self._failed(step).failure, news))
        return given

    def check(self) -> None:
        """Raises StepFailed for the first answer, else request, of the customer that no step was about."""
        for failure, reactions in self._came:
            if wrong := self._customer.unexpected_answers(reactions):
                raise StepFailed(replace(failure, findings=wrong))
        if asked := self._customer.unexpected_requests():
            top = Place(self._scenario.file, 1, 1)
            raise StepFailed(Failure(top, "after the last step", findings=asked))
