"""Steps that decide which steps are played, how often and in what order: values, as the language has them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.scenario.places import Place

if TYPE_CHECKING:
    from simulator.scenario.language import Step

LIMIT_PLAYED = 10_000
"""So many steps a scenario plays at most, however often it goes round."""

LIMIT_VISITED = 100_000
"""So many steps it comes to, those that are left out and those that decide too."""

LIMIT_NESTING = 5
"""So many blocks may stand in one another."""

LIMIT_ROUNDS = 1000
JUMPS = 10
"""How often a go_to goes back unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Later:
    """A step of one `kind` with a `${…}` that is known only while the scenario is played."""

    place: Place
    kind: str
    tree: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Marked:
    """A step with what stands beside it: its condition, its label, what is captured from what it gives."""

    place: Place
    step: "Step"
    when: str | None = None
    label: str | None = None
    capture: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same steps again and again; `name` stands for the round, from 1 on."""

    place: Place
    times: object
    steps: "tuple[Step, ...]"
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ForEach:
    """The same steps for each of `items`, which `name` stands for."""

    place: Place
    items: object
    name: str
    steps: "tuple[Step, ...]"


@dataclass(frozen=True, slots=True)
class Maybe:
    """Steps that may fail, or take longer than they have, without failing the scenario (`optional`)."""

    place: Place
    steps: "tuple[Step, ...]"
    within: object = None


@dataclass(frozen=True, slots=True)
class Parallel:
    """Lists of steps that go on together in story time; at one instant in the order of the lists."""

    place: Place
    branches: "tuple[tuple[Step, ...], ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """These steps if a condition holds, else those."""

    place: Place
    condition: str
    then: "tuple[Step, ...]"
    otherwise: "tuple[Step, ...]" = ()


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go on at the step with a label, if the condition holds, and at most so often."""

    place: Place
    label: str
    when: str | None = None
    at_most: int = JUMPS


Block = Repeat | ForEach | Maybe | Parallel | Choice | GoTo
Flow = Later | Marked | Block


def lists_in(step: object) -> "Sequence[tuple[Step, ...]]":
    """The lists of steps inside a step; none in one that does something itself."""
    if isinstance(step, Marked):
        return lists_in(step.step)
    if isinstance(step, Parallel):
        return step.branches
    if isinstance(step, Choice):
        return (step.then, step.otherwise)
    return (step.steps,) if isinstance(step, Repeat | ForEach | Maybe) else ()


def inside(steps: "Sequence[Step]") -> "list[Step]":
    """All steps of a list that do something themselves, also those in blocks."""
    found: list[Step] = []
    for step in steps:
        bare = step.step if isinstance(step, Marked) else step
        nested = lists_in(bare)
        found += [one for steps in nested for one in inside(steps)] if nested else [bare]
    return found


def size(step: object) -> int:
    """How many steps a step stands for, as far as that is known before it is played."""
    if isinstance(step, Marked):
        return size(step.step)
    if isinstance(step, Choice):
        return length(step.then)
    if isinstance(step, GoTo) or not isinstance(step, Block):
        return 1
    inside = sum(length(steps) for steps in lists_in(step))
    if isinstance(step, Repeat):
        return inside * (step.times if isinstance(step.times, int) else 1)
    if isinstance(step, ForEach):
        return inside * (len(step.items) if isinstance(step.items, list) else 1)
    return inside


def length(steps: "Sequence[Step]") -> int:
    """How many steps a list of steps stands for."""
    return sum(size(step) for step in steps)


IN_WORDS: Mapping[type, Callable[[Any], str]] = {
    Later: lambda step: str(step.kind),
    Repeat: lambda step: f"repeat {step.times} times",
    ForEach: lambda step: f"for_each {step.name}",
    Maybe: lambda _: "optional",
    Parallel: lambda step: f"parallel, {len(step.branches)} lists",
    Choice: lambda step: f"if {step.condition}",
    GoTo: lambda step: f"go_to {step.label}",
}
"""In a few words, for reports; a marked step is described by what it marks."""
