"""Runs scenarios one after the other, each in a simulator and with an application of its own, and sums them up."""

import asyncio
from collections.abc import Sequence

from simulator.scenario.language import Scenario
from simulator.scenario.performance import Clocks, Options, Performance, Stager, result_of
from simulator.scenario.reaching import OutOfReach
from simulator.scenario.results import QUIET, Result, Status
from simulator.scenario.watching import Watcher
from simulator.scenario.world import OutOfTime

OVER_BEFORE = "the time of --timeout was over before it began"
OVER = "the time of --timeout was over"


class Account:
    """What a run comes to: its results, in the order in which its scenarios were to be played."""

    def __init__(self, watcher: Watcher, *, fail_fast: bool = False) -> None:
        self.results: list[Result] = []
        self.ended_by: Result | None = None
        """The result after which nothing more is played."""
        self._watcher = watcher
        self._fail_fast = fail_fast

    def add(self, result: Result) -> None:
        """One more scenario has ended."""
        self._watcher.end(result)
        self.results.append(result)
        if self.ends(result):
            self.ended_by = result

    def ends(self, result: Result) -> bool:
        """Whether nothing is played after this: nobody is there to be told, or --fail-fast says so."""
        return result.status is Status.UNREACHABLE or (self._fail_fast and result.status not in QUIET)

    def close(self, plan: Sequence[Scenario]) -> list[Result]:
        """The run has ended; what of its plan has no result was not played, and counts as that."""
        for scenario in plan[len(self.results) :]:
            by = self.ended_by.name if self.ended_by else "an interruption"
            self.add(result_of(scenario, Status.NOT_PLAYED, sentence=f"not played: the run ended with {by}"))
        self._watcher.finish(self.results)
        return self.results


class Runner:
    """Plays scenarios on the stages that `stager` gives, and tells `watcher` everything."""

    def __init__(self, stager: Stager, options: Options, clocks: Clocks, watcher: Watcher) -> None:
        self._stager = stager
        self._options = options
        self._clocks = clocks
        self._watcher = watcher

    async def run(self, scenarios: Sequence[Scenario], *, fail_fast: bool = False) -> list[Result]:
        """Every scenario; the first that finds its receiver or simulator out of reach ends the run.

        An interruption ends it too, after the reports: they have what was played, and count the rest.
        """
        account = Account(self._watcher, fail_fast=fail_fast)
        try:
            for scenario in scenarios:
                account.add(await self.play(scenario))
                if account.ended_by is not None:
                    break
        except asyncio.CancelledError:
            account.close(scenarios)
            raise
        return account.close(scenarios)

    async def play(self, scenario: Scenario) -> Result:
        """One scenario; its end is the caller's to tell."""
        if scenario.needs_sample_receiver and self._options.forced:
            why = "it needs the sample receiver, which must misbehave, and --receiver names another"
            return result_of(scenario, Status.SKIPPED, sentence=why)
        if self._clocks.wall_left() <= 0:
            return result_of(scenario, Status.INCOMPLETE, sentence=OVER_BEFORE)
        performance = Performance(scenario, self._options, self._clocks, self._watcher)
        try:
            async with asyncio.timeout(self._clocks.wall_left()):
                return performance.played(await performance.run(self._stager))
        except (TimeoutError, OutOfTime):
            return performance.played(result_of(scenario, Status.INCOMPLETE, sentence=OVER))
        except OutOfReach as error:
            return result_of(scenario, Status.UNREACHABLE, sentence=str(error))
