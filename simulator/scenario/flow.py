"""Goes through the steps of a scenario: one after the other, round by round, together, or not at all.

A step's number says where it stands: `3` is the third, `3.1` the first inside the third, `3[2].1` that of its second
round, item or list.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn, Protocol

from simulator.client.errors import ControlError
from simulator.scenario.blocks import (
    LIMIT_PLAYED,
    LIMIT_ROUNDS,
    LIMIT_VISITED,
    Choice,
    ForEach,
    GoTo,
    Later,
    Marked,
    Maybe,
    Parallel,
    Repeat,
    length,
)
from simulator.scenario.conditions import ConditionError, holds
from simulator.scenario.language import Step, describe
from simulator.scenario.later import built
from simulator.scenario.nearest import suggestion
from simulator.scenario.places import ScenarioError
from simulator.scenario.plain import plain, seconds
from simulator.scenario.results import StepFailed
from simulator.scenario.scene import MISSING, dig
from simulator.scenario.shapes import shown
from simulator.scenario.sights import Sights
from simulator.scenario.tally import Tally
from simulator.scenario.together import acted, together
from simulator.scenario.variables import fill, open_in, wanted
from simulator.scenario.waiting import LIMIT, TooLate, cut
from simulator.scenario.world import World

NUMBER: ContextVar[str] = ContextVar("number", default="1")
"""The number of the step that is being played."""


def numbered(steps: int) -> str:
    """Which step is being played: `step 2 of 5`; one inside of a block, `step 2[1].3`, is none of so many."""
    number = NUMBER.get()
    return f"step {number} of {steps}" if number.isdecimal() else f"step {number}"


ROUNDS: ContextVar[Mapping[str, Any]] = ContextVar("rounds", default={})  # noqa: B039 - nobody changes it
"""What the names of the rounds and items around a step stand for."""

COUNT: ContextVar[Tally] = ContextVar("count")
"""The count of the innermost part that can be given up."""

REMARKS = 50
"""So many remarks on steps that were not played as planned are kept."""

Label = str | None


class Players(Protocol):
    """What plays the steps that do something themselves."""

    async def do(self, step: Step) -> object:
        """Play one; answers what may be captured of it. Raises StepFailed."""
        ...

    def fail(self, step: Step, sentence: str) -> NoReturn:
        """Raise StepFailed."""


class Flow:
    """One scenario's way through its steps."""

    def __init__(
        self, steps: Sequence[Step], players: Players, sights: Sights, world: World, values: dict[str, Any]
    ) -> None:
        self.tally = Tally(length(steps))
        self.remarks: list[str] = []
        self.failed_at: tuple[str, Step] | None = None
        self._steps = steps
        self._players = players
        self._sights = sights
        self._world = world
        self._values = values
        self._visited = 0
        self._jumps: dict[str, int] = {}
        self._blocks: dict[type, Callable[[Any, str], Awaitable[Label]]] = {
            Repeat: self._repeat,
            ForEach: self._for_each,
            Maybe: self._maybe,
            Parallel: self._parallel,
            Choice: self._choice,
            GoTo: self._go_to,
        }

    async def play(self) -> None:
        """Every step; raises StepFailed at the first that fails and may not."""
        COUNT.set(self.tally)
        await self._sights.begin()
        await self._list(self._steps, "")

    async def _list(self, steps: Sequence[Step], above: str) -> Label:
        """One after the other; answers the label of a step outside the list where it goes on."""
        labels = {step.label: index for index, step in enumerate(steps) if isinstance(step, Marked) and step.label}
        index = 0
        while index < len(steps):
            label = await self._one(steps[index], f"{above}{index + 1}")
            if label is None:
                index += 1
            elif label in labels:
                COUNT.get().jumped(steps, index, labels[label])
                index = labels[label]
            else:
                COUNT.get().left(steps, index)
                return label
        return None

    async def _one(self, step: Step, number: str) -> Label:
        NUMBER.set(number)
        self._visited += 1
        if self._visited > LIMIT_VISITED:
            self._players.fail(step, f"more than {LIMIT_VISITED} steps were come to, instead of a story that ends")
        capture: Mapping[str, str] = {}
        if isinstance(step, Marked):
            if step.when is not None and not await self._holds(step.when, step):
                self._left_out(step, number, f"left out, since {step.when} does not hold")
                return None
            capture, step = step.capture, step.step
        block = self._blocks.get(type(step))
        if block is not None:
            return await block(step, number)
        await self._do(step, number, capture)
        return None

    async def _do(self, step: Step, number: str, capture: Mapping[str, str]) -> None:
        try:
            known = await self._known(step) if isinstance(step, Later) else step
            given = await self._players.do(known)
            for name, path in capture.items():
                self._capture(known, name, path, given)
            await self._world.look()
        except Exception:
            self.failed_at = self.failed_at or (number, step)
            raise
        acted()
        self._count(step)

    def _count(self, step: Step) -> None:
        if COUNT.get().did() > LIMIT_PLAYED:
            self._players.fail(step, f"more than {LIMIT_PLAYED} steps were played, instead of a story that ends")

    async def _known(self, step: Later) -> Step:
        """A step with everything put in."""
        names = await self._sights.names(wanted(step.tree), ROUNDS.get())
        try:
            return built(step, names)
        except ScenarioError as wrong:
            self._players.fail(step, "; ".join(problem.sentence for problem in wrong.problems))

    def _capture(self, step: Step, name: str, path: str, given: object) -> None:
        value = dig(given, path)
        if value is MISSING:
            there = f" It has: {', '.join(map(str, given))}" if isinstance(given, Mapping) and given else ""
            near = suggestion(path, given if isinstance(given, Mapping) else ())
            self._players.fail(step, f"capture {name}: what the step gave has no {path!r}{near or '.'}{there}")
        self._values[name] = value

    async def _value(self, value: object, step: Step) -> object:
        """A value of a block, with everything put in."""
        if not open_in(value):
            return value
        found = fill(value, await self._sights.names(wanted(value), ROUNDS.get()))
        if open_in(found):
            self._players.fail(step, f"{shown(found)} stands for nothing yet: the step that captures it was not played")
        return found

    async def _holds(self, condition: str, step: Step) -> bool:
        try:
            return holds(condition, await self._sights.names(condition, ROUNDS.get()))
        except ConditionError as wrong:
            self._players.fail(step, str(wrong))

    def _left_out(self, step: Step, number: str, why: str) -> None:
        COUNT.get().left_out(step)
        self._remark(step, number, why)

    def _remark(self, step: Step, number: str, why: str) -> None:
        if len(self.remarks) < REMARKS:
            self.remarks.append(f"{step.place}: step {number}, {describe(step)}: {why}")

    async def _repeat(self, step: Repeat, number: str) -> Label:
        times = await self._value(step.times, step)
        if not isinstance(times, int) or isinstance(times, bool) or not 0 <= times <= LIMIT_ROUNDS:
            self._players.fail(step, f"times is {shown(times)}, instead of a whole number from 0 to {LIMIT_ROUNDS}")
        if not isinstance(step.times, int):
            COUNT.get().plan((times - 1) * length(step.steps))
        return await self._rounds(step.steps, step.name, range(1, times + 1), number)

    async def _for_each(self, step: ForEach, number: str) -> Label:
        items = await self._value(step.items, step)
        if not isinstance(items, list) or len(items) > LIMIT_ROUNDS:
            self._players.fail(step, f"in is {shown(items)}, instead of a list of at most {LIMIT_ROUNDS} items")
        if not isinstance(step.items, list):
            COUNT.get().plan((len(items) - 1) * length(step.steps))
        return await self._rounds(step.steps, step.name, plain(items), number)

    async def _rounds(self, steps: Sequence[Step], name: str | None, values: Sequence[Any], number: str) -> Label:
        for index, value in enumerate(values):
            before = ROUNDS.set({**ROUNDS.get(), name: value} if name else ROUNDS.get())
            try:
                label = await self._list(steps, f"{number}[{index + 1}].")
            finally:
                ROUNDS.reset(before)
            if label is not None:
                COUNT.get().plan((index + 1 - len(values)) * length(steps))
                return label
        return None

    async def _choice(self, step: Choice, number: str) -> Label:
        if await self._holds(step.condition, step):
            return await self._list(step.then, f"{number}.")
        COUNT.get().plan(length(step.otherwise) - length(step.then))
        return await self._list(step.otherwise, f"{number}.")

    async def _go_to(self, step: GoTo, number: str) -> Label:
        self._count(step)
        if step.when is not None and not await self._holds(step.when, step):
            return None
        self._jumps[number] = self._jumps.get(number, 0) + 1
        if self._jumps[number] > step.at_most:
            often = "once" if step.at_most == 1 else f"{step.at_most} times"
            self._players.fail(step, f"it went to {step.label!r} {often}, and its condition still holds")
        return step.label

    async def _parallel(self, step: Parallel, number: str) -> Label:
        plays = [partial(self._branch, steps, f"{number}[{index + 1}].") for index, steps in enumerate(step.branches)]
        await together(plays, self._world.advance_to, await self._world.now())
        return None

    async def _branch(self, steps: Sequence[Step], above: str) -> None:
        await self._list(steps, above)

    async def _maybe(self, step: Maybe, number: str) -> Label:
        within = await self._value(step.within, step)
        limit = None if within is None else await self._world.now() + timedelta(seconds=seconds(str(within)))
        around = LIMIT.get()
        count = COUNT.get().inside(length(step.steps))
        counting, limiting = COUNT.set(count), LIMIT.set(around if limit is None else cut(limit))
        try:
            return await self._list(step.steps, f"{number}.")
        except (StepFailed, TooLate, ControlError) as failed:
            if isinstance(failed, ControlError) and failed.status >= 500:
                raise
            if isinstance(failed, TooLate) and (limit is None or (around is not None and around <= limit)):
                raise  # it is the time of an optional step around this one that is over
            self._give_up(step, number, failed, f"not done within {within}")
            return None
        finally:
            COUNT.reset(counting)
            LIMIT.reset(limiting)

    def _give_up(self, step: Maybe, number: str, failed: Exception, late: str) -> None:
        """It may fail: say so, and go on."""
        count = COUNT.get()
        self.failed_at = None
        why = late if isinstance(failed, TooLate) else _why(failed)
        self._remark(step, number, f"{count.done} of {count.planned} steps done; {why}")
        count.give_up()


def _why(failed: Exception) -> str:
    """A failure in one line."""
    if not isinstance(failed, StepFailed):
        return f"failed: {failed}"
    failure = failed.failure
    found = (
        [failure.sentence]
        if failure.sentence
        else [f"expected {one.expected}, got {one.got}" for one in failure.findings]
    )
    return f"{failure.step} failed: {'; '.join(found)}"
