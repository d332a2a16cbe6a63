"""The laws of the story's clock: never backwards, never a jump when its scale changes, standing means standing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.clock.story import FIRST_INSTANT, StoryClock

START = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


class Wall:
    """Wall seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def wall() -> Wall:
    return Wall()


def clock_of(wall: Wall, scale: float) -> StoryClock:
    return StoryClock(START, scale=scale, monotonic=wall)


def test_a_virtual_clock_starts_at_a_fixed_aware_instant() -> None:
    assert datetime(2026, 1, 1, tzinfo=UTC) == FIRST_INSTANT
    assert FIRST_INSTANT.utcoffset() == timedelta()


def test_a_standing_clock_stands(wall: Wall) -> None:
    clock = clock_of(wall, 0)
    wall.seconds += 1e6
    assert clock.now() == START


@pytest.mark.parametrize("scale", [0.5, 1, 60, 100_000])
def test_a_running_clock_goes_scale_times_as_fast_as_the_wall(wall: Wall, scale: float) -> None:
    clock = clock_of(wall, scale)
    wall.seconds += 8
    assert clock.now() == START + timedelta(seconds=8 * scale)


@pytest.mark.parametrize("scale", [0, 1, 50])
def test_a_jump_lands_exactly_and_time_goes_on_from_there(wall: Wall, scale: float) -> None:
    clock = clock_of(wall, scale)
    wall.seconds += 3
    there = START + timedelta(days=400)
    clock.jump(there)
    assert clock.now() == there
    wall.seconds += 2
    assert clock.now() == there + timedelta(seconds=2 * scale)


def test_a_jump_backwards_is_refused_and_changes_nothing(wall: Wall) -> None:
    clock = clock_of(wall, 1)
    wall.seconds += 10
    with pytest.raises(ValueError, match=r"time cannot go backwards: it is 2026-05-04T03:02:11\+00:00, asked for"):
        clock.jump(START + timedelta(seconds=9))
    assert clock.now() == START + timedelta(seconds=10)


@pytest.mark.parametrize("scale", [-1, -0.001, float("inf"), float("nan")])
def test_an_impossible_scale_is_refused_and_changes_nothing(wall: Wall, scale: float) -> None:
    clock = clock_of(wall, 2)
    with pytest.raises(ValueError, match="0 stands still, 1 is real time"):
        clock.set_scale(scale)
    assert clock.scale == 2


def test_wall_seconds_until_an_instant(wall: Wall) -> None:
    clock = clock_of(wall, 4)
    assert clock.wall_seconds_until(START + timedelta(seconds=10)) == 2.5
    assert clock.wall_seconds_until(START - timedelta(seconds=10)) == 0
    clock.set_scale(0)
    assert clock.wall_seconds_until(START + timedelta(seconds=10)) is None
    assert clock.wall_seconds_until(START) == 0


steps = st.one_of(
    st.tuples(st.just("pass"), st.floats(0, 1e6)),
    st.tuples(st.just("scale"), st.floats(0, 1e4)),
    st.tuples(st.just("jump"), st.floats(0, 1e6)),
)


@given(st.floats(0, 1e3), st.lists(steps, max_size=30))
def test_time_never_goes_backwards_and_never_jumps_when_the_scale_changes(scale: float, steps: list) -> None:
    wall = Wall()
    clock = clock_of(wall, scale)
    before = clock.now()
    for step, amount in steps:
        if step == "pass":
            wall.seconds += amount
        elif step == "jump":
            clock.jump(clock.now() + timedelta(seconds=amount))
        else:
            at = clock.now()
            clock.set_scale(amount)
            assert clock.now() == at
        assert clock.now() >= before
        before = clock.now()
