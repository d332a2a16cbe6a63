"""What of a scenario a load plays: its binds once for every cast, its calls again and again.

Expectations are left out: under load every notification must be acknowledged, and thresholds judge. Any other step has no
meaning for many calls at once and is refused with its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.scenario.answering import SUCCESS
from simulator.scenario.language import Answer, Ask, Expect, PlayCall, Scenario, Step, describe
from simulator.scenario.places import Place, Problem, ScenarioError

BIND = "bind"


@dataclass(frozen=True, slots=True)
class Script:
    """The binds and the calls of a scenario; `unjudged` counts the expectations that were left out."""

    scenario: Scenario
    binds: Sequence[Ask]
    calls: Sequence[PlayCall]
    unjudged: int = 0


def script_of(scenario: Scenario) -> Script:
    """The script; raises ScenarioError with every step that a load cannot play."""
    problems = [Problem(step.place, why) for step in scenario.steps if (why := _unplayable(step))]
    calls = [step for step in scenario.steps if isinstance(step, PlayCall)]
    top = Place(scenario.file, 1, 1)
    if scenario.behaviour is not None:
        what = (
            "a scenario that needs the sample receiver, instead of one for a receiver of your own: a load tells yours"
        )
        problems.append(Problem(top, what))
    if not problems:
        problems += _out_of_order(scenario)
    if not calls:
        problems.append(Problem(top, "a scenario without a call, instead of one with a call to play again and again"))
    if problems:
        raise ScenarioError(problems)
    binds = [step for step in scenario.steps if isinstance(step, Ask)]
    return Script(scenario, binds, calls, sum(isinstance(step, Expect) for step in scenario.steps))


def _unplayable(step: Step) -> str:
    """Why a load cannot play a step; empty when it can."""
    if isinstance(step, Expect):
        return ""
    if isinstance(step, PlayCall):
        if step.until == "released":
            return ""
        return f"a call until it is {step.until}, instead of one that is played to its end: a load goes on by itself"
    if not isinstance(step, Ask) or step.operation != BIND:
        return f"{describe(step)}, instead of bind, call or expect: a load plays nothing else"
    if step.expected is not None and not _is_success(step.expected):
        return "a bind that is to be refused, instead of one that must succeed: a load binds before it begins"
    return ""


def _is_success(expected: Answer) -> bool:
    return expected.status in (None, 200) and expected.result_code in (None, SUCCESS)


def _out_of_order(scenario: Scenario) -> Sequence[Problem]:
    """Binds after a call: a load has bound everything before the first call."""
    called, problems = False, []
    for step in scenario.steps:
        called = called or isinstance(step, PlayCall)
        if called and isinstance(step, Ask):
            what = "a bind after a call, instead of before the first: a load binds once and then only calls"
            problems.append(Problem(step.place, what))
    return problems
