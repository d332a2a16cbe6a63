"""Whatever is left out, repeated, given up or jumped over: at the end as many steps are done as are planned."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NoReturn

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario.blocks import Choice, ForEach, GoTo, Marked, Maybe, Parallel, Repeat
from simulator.scenario.flow import Flow
from simulator.scenario.language import Advance, SetFaults, Step
from simulator.scenario.places import Place
from simulator.scenario.results import Failure, StepFailed
from simulator.scenario.sights import Sights, Things

AT = Place("story.yaml", 1, 1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DONE, FAILS = Advance(AT, 1), SetFaults(AT, ())
CONDITIONS = st.sampled_from(["true", "false"])


class Stage:
    """Plays nothing; `FAILS` fails."""

    def __init__(self) -> None:
        self.played = 0

    async def do(self, step: Step) -> object:
        if step is FAILS:
            self.fail(step, "on purpose")
        self.played += 1
        return {}

    def fail(self, step: Step, sentence: str) -> NoReturn:
        raise StepFailed(Failure(AT, "step", sentence))

    async def look(self) -> None:
        pass

    async def now(self) -> datetime:
        return NOW

    async def advance_to(self, at: datetime) -> datetime:
        return at


def marked(step: Step, when: str | None) -> Step:
    return step if when is None else Marked(AT, step, when)


def blocks(inner: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    steps = st.lists(inner, min_size=1, max_size=4).map(tuple)
    failing = st.tuples(steps, st.booleans(), steps).map(
        lambda made: (*made[0], *([FAILS] if made[1] else []), *made[2])
    )
    return st.one_of(
        st.builds(Repeat, st.just(AT), st.integers(1, 3), steps),
        st.builds(ForEach, st.just(AT), st.lists(st.integers(), min_size=1, max_size=3), st.just("item"), steps),
        st.builds(Choice, st.just(AT), CONDITIONS, steps, steps),
        st.builds(Maybe, st.just(AT), failing),
        st.lists(steps, min_size=2, max_size=3).map(lambda lists: Parallel(AT, tuple(lists))),
    )


MARKED = st.builds(marked, st.just(DONE), st.one_of(st.none(), CONDITIONS))
NESTED = st.recursive(
    MARKED,
    lambda inner: st.builds(marked, blocks(inner), st.one_of(st.none(), CONDITIONS)),
    max_leaves=12,
)


def flow(steps: Sequence[Step]) -> tuple[Flow, Stage]:
    stage = Stage()
    sights = Sights(Things({}), None, stage.now)  # type: ignore[arg-type]  # no world is asked
    return Flow(steps, stage, sights, stage, {}), stage  # type: ignore[arg-type]  # a stage plays what a world does


@settings(max_examples=150, deadline=None)
@given(st.lists(NESTED, min_size=1, max_size=5))
async def test_as_many_steps_are_done_as_are_planned(steps: list[Step]):
    played, stage = flow(steps)
    await played.play()
    assert played.tally.done == played.tally.planned == stage.played


@settings(max_examples=100, deadline=None)
@given(st.lists(NESTED, min_size=1, max_size=3), st.lists(NESTED, min_size=1, max_size=3), st.booleans())
async def test_jumps_keep_the_count(before: list[Step], between: list[Step], inside: bool):
    """Forward over some steps, from the list itself or from a block in it."""
    jump: Step = GoTo(AT, "end")
    leaving: Step = Repeat(AT, 3, (DONE, jump, DONE)) if inside else jump
    played, stage = flow([*before, leaving, *between, Marked(AT, DONE, label="end")])
    await played.play()
    assert played.tally.done == played.tally.planned == stage.played + 1


@settings(max_examples=50, deadline=None)
@given(st.lists(NESTED, min_size=1, max_size=3), st.integers(1, 3))
async def test_a_jump_back_plans_what_it_repeats(between: list[Step], at_most: int):
    again = Marked(AT, Maybe(AT, (DONE, FAILS, DONE)), label="again")
    played, stage = flow([DONE, again, *between, Maybe(AT, (GoTo(AT, "again", "true", at_most),)), DONE])
    await played.play()
    assert played.tally.done == played.tally.planned == stage.played + at_most + 1
