"""What a receiver answers now against what it answered then: status, decision, and whether the platform takes it for a yes."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from simulator.contract import decisions, sms_decisions
from simulator.contract.decisions import BadDecision
from simulator.contract.messages import BLOCK
from simulator.contract.profile import Profile
from simulator.contract.reading import Reading
from simulator.delivery.outcome import Answered, Result, Unanswered, Verdict, judge
from simulator.replay.recorded import Recorded

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """One request that was answered otherwise: `what` has a sentence for each respect."""

    source: str
    event: str
    about: str
    url: str
    what: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For a program."""
        members = {"source": self.source, "kind": self.event, "about": self.about, "url": self.url}
        return {**members, "differences": list(self.what)}


def recorded_result(recorded: Recorded) -> Result | None:
    """What was answered then; None where the source does not say."""
    if recorded.status is not None:
        answer = recorded.answer
        return Answered(recorded.status, headers=recorded.answer_headers, body=answer, body_length=len(answer))
    return Unanswered("recorded", recorded.failure) if recorded.failure else None


def verdict(told: Reading, result: Result, profile: Profile) -> Verdict:
    """The platform's verdict on an answer (notifications.md 1.2, 2.7, 4.3)."""
    judged = judge(result, profile.success_statuses, asks=told.asks)
    if not judged.acknowledged or not told.asks or not isinstance(result, Answered):
        return judged
    try:
        if told.kind is not None and told.kind.kind == BLOCK:
            sms_decisions.decision(result.body, profile, told.sender)
        else:
            decisions.decision(result.body, profile)
    except BadDecision as bad:
        return judged._replace(acknowledged=False, reason=str(bad))
    return judged


def differences(told: Reading, then: Result, now: Result, profile: Profile) -> tuple[str, ...]:
    """In which respects an answer is another one; empty where it is the same."""
    return tuple(_differences(told, then, now, profile))


def _differences(told: Reading, then: Result, now: Result, profile: Profile) -> Iterator[str]:
    if _outcome(then) != _outcome(now):
        yield f"was {_in_words(then)}, is {_in_words(now)}"
    before, after = verdict(told, then, profile), verdict(told, now, profile)
    if before.acknowledged != after.acknowledged:
        yield "was acknowledged, is not: " + after.reason if before.acknowledged else "was not acknowledged, is now"
    if told.asks and isinstance(then, Answered) and isinstance(now, Answered) and _json(then.body) != _json(now.body):
        yield f"the decision was {_shown(then.body)}, is {_shown(now.body)}"


def _outcome(result: Result) -> object:
    """What is compared first; without an answer the reason is the network's, and no two clients word it alike."""
    return result.status if isinstance(result, Answered) else "no answer"


def _in_words(result: Result) -> str:
    return f"answered {result.status}" if isinstance(result, Answered) else f"not answered ({result.detail:.{SHOWN}})"


def _json(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body


def _shown(body: bytes) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())
    return text[:SHOWN] + "…" if len(text) > SHOWN else text or "empty"
