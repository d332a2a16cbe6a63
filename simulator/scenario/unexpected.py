"""What fails a run though no step is about it: an answer that is no acknowledgement, a request that nobody awaited."""

from collections.abc import Mapping, Sequence

from simulator.scenario.blocks import inside
from simulator.scenario.language import Expect, Scenario
from simulator.scenario.verdict import Finding, Standing
from simulator.scenario.wanting import shortened
from simulator.scenario.witness import Reaction, Request

DOWNLOAD = "recording_download"
"""What the platform itself showed the way to is never unexpected."""
SHOWN = 5
"""Findings of one kind that are told."""
ALLOW_ANSWERS = "allow: {answers: true} in the scenario lets it pass, or an expect that says so"
ALLOW_REQUESTS = "allow: {requests: true} in the scenario lets it pass, or an await_request step"


class Expected:
    """Which notifications a scenario expects to stay unacknowledged; `of` says it of a kind."""

    def __init__(self, scenario: Scenario) -> None:
        self._all = scenario.needs_sample_receiver
        self._kinds: set[str] = set()
        self._but: set[str] | None = None
        for step in inside(scenario.steps):
            if isinstance(step, Expect):
                self.note(step)
        self._allowed = scenario.customer.allowed

    def of(self, kind: str) -> bool:
        """Whether some step, or the scenario, says that a notification of this kind may stay unacknowledged."""
        others = self._but is not None and kind not in self._but
        return self._all or others or kind in self._kinds or self._allowed.answer(kind)

    def note(self, expect: Expect) -> None:
        """What one expectation says of it."""
        said = expect.acknowledged
        if said is False or expect.exhausted:
            self._all = True
        elif isinstance(said, Mapping):
            self._kinds |= {kind for kind, good in said.items() if not good}
        elif isinstance(said, Sequence):
            self._but = set(said) if self._but is None else self._but & set(said)
        self._retried(expect.attempts)
        if expect.demands is not None:
            self._kinds |= set(expect.demands.answers)

    def _retried(self, attempts: Mapping[str, int] | int | None) -> None:
        """More than one attempt means that one was not acknowledged, but for a fault."""
        if isinstance(attempts, int):
            self._all = self._all or attempts > 1
        elif attempts is not None:
            self._kinds |= {kind for kind, count in attempts.items() if count > 1}


def answer_findings(refusals: Sequence[Reaction], expected: Expected) -> tuple[Finding, ...]:
    """The attempts that were not acknowledged and should have been; the first few."""
    wrong = [one for one in refusals if not expected.of(one.kind)]
    return tuple(_answer(one) for one in wrong[:SHOWN])


def _answer(reaction: Reaction) -> Finding:
    body = f": {shortened(reaction.body)}" if reaction.body else ""
    expected = f"{reaction.kind}, attempt {reaction.number}, acknowledged: no step expects anything else"
    return Finding(Standing.BROKEN, expected, f"{reaction.reason}{body}", ALLOW_ANSWERS)


def request_findings(requests: Sequence[Request], scenario: Scenario) -> tuple[Finding, ...]:
    """What the customer asked the platform and no step is about; the first few."""
    allowed = scenario.customer.allowed
    asked = [one for one in requests if not one.taken and one.operation != DOWNLOAD]
    wrong = [one for one in asked if not allowed.request(one.operation)]
    return tuple(_request(one) for one in wrong[:SHOWN])


def _request(request: Request) -> Finding:
    members = ", ".join(f"{key} = {value!r}" for key, value in request.members.items())
    got = f"{request.operation or request.line} {shortened(members)} answered {request.answered}"
    return Finding(
        Standing.BROKEN, "no request of the customer to the platform that no step is about", got, ALLOW_REQUESTS
    )
