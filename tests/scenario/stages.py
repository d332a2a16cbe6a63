"""Stages for tests: a simulator in this process for each scenario, and a watcher that remembers."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from simulator.app import Simulator, assemble
from simulator.client.shapes import Row
from simulator.clock import wall
from simulator.config import load
from simulator.scenario.asking import Credentials
from simulator.scenario.language import Scenario
from simulator.scenario.loader import parse
from simulator.scenario.performance import Clocks, Options, Stage
from simulator.scenario.results import Result
from simulator.scenario.runner import Runner
from simulator.scenario.watching import Opening

KEY = Credentials("axb-demo", "axb-demo-secret")
HEADER = """\
scenario: story
title: A story that a test tells
cast: {A: mobile, B: mobile, C: mobile, X: number}
"""
BOUND = "  - bind: {caller: A, callee: B, number: X, as: pair}\n"


def story(steps: str, header: str = "") -> Scenario:
    """A scenario of these steps."""
    return parse(f"{HEADER}{header}steps:\n{steps}", "story.yaml")


class Remembering:
    """A watcher that remembers everything it is told."""

    def __init__(self) -> None:
        self.openings: list[Opening] = []
        self.names: list[tuple[str, str]] = []
        self.rows: list[Row] = []
        self.jumps: list[float] = []
        self.ended: list[Result] = []
        self.finished: Sequence[Result] | None = None

    def begin(self, opening: Opening) -> None:
        self.openings.append(opening)

    def named(self, name: str, number: str) -> None:
        self.names.append((name, number))

    def row(self, row: Row) -> None:
        self.rows.append(row)

    def jump(self, before: datetime, after: datetime) -> None:
        self.jumps.append((after - before).total_seconds())

    def end(self, result: Result) -> None:
        self.ended.append(result)

    def finish(self, results: Sequence[Result]) -> None:
        self.finished = results

    def of_kind(self, kind: str) -> list[Row]:
        return [row for row in self.rows if row["kind"] == kind]


def clocks(seconds: float = 60) -> Clocks:
    """A run that may take so many wall seconds."""
    end = wall.monotonic() + seconds
    return Clocks(wall.utc_now, lambda: end - wall.monotonic())


class Theatre:
    """Gives every scenario a simulator of its own, signed for by the demo application of a mode.

    `simulators` are those that were started.
    """

    def __init__(self, mode: str = "AXB", start_at: str | None = None) -> None:
        self.simulators: list[Simulator] = []
        self._flags = {"clock": "virtual", "port": "0", "control_port": "0", "start_at": start_at}
        key = f"{mode.lower()}-demo"
        self._credentials = Credentials(key, f"{key}-secret")

    @asynccontextmanager
    async def stage(self, _: Scenario, seed: int) -> AsyncIterator[Stage]:
        config = load(None, {}, self._flags)
        config = replace(config, apps=(), server=replace(config.server, seed=seed))
        simulator = assemble(config, lanes=1)
        self.simulators.append(simulator)
        ready = await simulator.start()
        try:
            yield Stage(ready.api, ready.control, ready.token, self._credentials, failed=simulator.failed)
        finally:
            await simulator.stop()


async def played(
    *scenarios: Scenario, options: Options | None = None, seconds: float = 60, start_at: str | None = None
) -> Remembering:
    """What a watcher saw of a run of these scenarios."""
    watcher = Remembering()
    await Runner(Theatre(start_at=start_at).stage, options or Options(), clocks(seconds), watcher).run(scenarios)
    return watcher


async def result_of(*args: Scenario, options: Options | None = None) -> Result:
    """The result of the one scenario."""
    (result,) = (await played(*args, options=options)).ended
    return result


def lines(result: Result) -> str:
    """Why it did not pass."""
    return "\n".join(result.failure.lines()) if result.failure else ""
