"""The machine's own time."""

from datetime import UTC

from simulator.clock import wall


def test_the_wall_says_aware_utc() -> None:
    assert wall.utc_now().tzinfo is UTC


async def test_sleeping_lets_monotonic_seconds_pass() -> None:
    before = wall.monotonic()
    await wall.sleep(0.01)
    assert wall.monotonic() - before >= 0.009
