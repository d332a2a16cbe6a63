"""Runs scenarios one after the other: each in a simulator and with an application of its own, and sums them up."""

import asyncio
from collections.abc import Sequence

from simulator.scenario.language import Scenario
from simulator.scenario.performance import Clocks, Options, Performance, Stager, result_of
from simulator.scenario.reaching import OutOfReach
from simulator.scenario.results import Result, Status
from simulator.scenario.watching import Watcher
from simulator.scenario.world import OutOfTime


class Runner:
    """Plays scenarios on the stages that `stager` gives, and tells `watcher` everything."""

    def __init__(self, stager: Stager, options: Options, clocks: Clocks, watcher: Watcher) -> None:
        self._stager = stager
        self._options = options
        self._clocks = clocks
        self._watcher = watcher

    async def run(self, scenarios: Sequence[Scenario]) -> list[Result]:
        """Every scenario; the first that finds its receiver or simulator out of reach ends the run."""
        results: list[Result] = []
        for scenario in scenarios:
            result = await self._one(scenario)
            self._watcher.end(result)
            results.append(result)
            if result.status is Status.UNREACHABLE:
                break
        self._watcher.finish(results)
        return results

    async def _one(self, scenario: Scenario) -> Result:
        if scenario.needs_sample_receiver and self._options.forced:
            why = "it needs the sample receiver, which must misbehave, and --receiver names another"
            return result_of(scenario, Status.SKIPPED, sentence=why)
        if self._clocks.wall_left() <= 0:
            return result_of(scenario, Status.INCOMPLETE, sentence="the time of --timeout was over before it began")
        performance = Performance(scenario, self._options, self._clocks, self._watcher)
        try:
            async with asyncio.timeout(self._clocks.wall_left()):
                return performance.played(await performance.run(self._stager))
        except (TimeoutError, OutOfTime):
            why = "the time of --timeout was over"
            return performance.played(result_of(scenario, Status.INCOMPLETE, sentence=why))
        except OutOfReach as error:
            return result_of(scenario, Status.UNREACHABLE, sentence=str(error))
