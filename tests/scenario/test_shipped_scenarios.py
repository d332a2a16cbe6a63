"""Every scenario that is shipped is played against a real HTTP receiver, and passes."""

import pytest

from simulator.resources import folder
from simulator.scenario.loader import files, load
from simulator.scenario.results import Status
from tests.scenario.stages import lines, played

SHIPPED = files([folder("scenarios")])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
async def test_a_shipped_scenario_passes_with_every_step_played(path):
    scenario = load(path)
    watcher = await played(scenario)
    (result,) = watcher.ended
    assert result.status is Status.PASSED, lines(result)
    assert result.steps_done == result.steps_planned == len(scenario.steps)
    assert not watcher.of_kind("contract_violation")
