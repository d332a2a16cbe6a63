"""Every scenario that is shipped is played against a real HTTP receiver, passes, and pushes nothing that is drift."""

import pytest

from simulator.config import load
from simulator.contract.editions import profile_of
from simulator.replay.drift import Drift, compare
from simulator.resources import folder
from simulator.scenario.language import Scenario, SetFaults
from simulator.scenario.loader import files, load_all
from simulator.scenario.results import Status
from tests.replay.shows import recorded, told
from tests.scenario.stages import lines, played

SHIPPED = files([folder("scenarios")])

SOME_INSTANT = "2026-02-03T04:05:06Z"
"""Not where a run begins by itself: with --start-at and --simulator a clock stands anywhere."""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
async def test_a_shipped_scenario_passes_with_every_step_played(path):
    for scenario in load_all(path):
        await passes(scenario)


async def passes(scenario: Scenario) -> None:
    """One row of its parameters, played."""
    watcher = await played(scenario, start_at=SOME_INSTANT)
    (result,) = watcher.ended
    assert result.status is Status.PASSED, lines(result)
    assert result.steps_done == result.steps_planned >= 1
    assert not watcher.of_kind("contract_violation")
    profile = profile_of(str(scenario.app.get("edition", load(None, {}, {}).server.edition)))
    drift = Drift(profile.with_overrides(scenario.app.get("profile", {})), scenario.mode)
    found = told(compare(recorded(watcher.rows), drift))
    is_wrong_on_purpose = scenario.faults or any(isinstance(step, SetFaults) for step in scenario.steps)
    assert not found or is_wrong_on_purpose, "what is no fault is pushed as the contract says"
