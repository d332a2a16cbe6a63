"""Plays a plan and reports it: in this process, or over several with one report that is the same."""

from collections.abc import Iterable, Sequence
from contextlib import closing

import click

from simulator.cli.asked import Asked
from simulator.cli.bundling import keeping_of, say_kept, say_none_kept
from simulator.cli.endings import UNREACHABLE
from simulator.cli.loop import run as run_loop
from simulator.cli.plan import Plan
from simulator.cli.progress import progress
from simulator.cli.remembered import Remembered
from simulator.cli.reporting import reports
from simulator.cli.workers import Workers
from simulator.clock import wall
from simulator.config import Config
from simulator.scenario.performance import Clocks
from simulator.scenario.reaching import OutOfReach, wait_for
from simulator.scenario.recording import Recording
from simulator.scenario.results import Result, exit_code
from simulator.scenario.runner import Account, Runner
from simulator.scenario.watching import Watcher, Watchers


class Stopwatch:
    """The time by which reports measure scenarios that other processes played: theirs, one after the other."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def __call__(self) -> float:
        """Seconds; only differences mean anything."""
        return self._seconds

    def add(self, seconds: float) -> None:
        """A scenario took so long."""
        self._seconds += seconds


class Company:
    """Who plays the plans of one command line; `close` ends its processes."""

    def __init__(self, asked: Asked, config: Config, remembered: Remembered, beside: Watcher | None = None) -> None:
        """`beside` is told everything, too. Raises UsageError for what is wrong with the options, before a process is started."""
        self._asked = asked
        self._config = config
        self._beside = beside
        self._stager = asked.stager(config)
        self._options = asked.options(config)
        self._remembered = remembered
        self._workers = Workers(asked.workers, asked, config) if asked.workers > 1 else None

    def close(self) -> None:
        """End what was started."""
        if self._workers is not None:
            self._workers.close()

    def perform(self, plan: Plan) -> int:
        """Play it, report it, remember what failed; the exit code."""
        ends_at = wall.monotonic() + self._asked.timeout
        clocks = Clocks(wall.utc_now, lambda: ends_at - wall.monotonic())
        if plan.remark:
            click.echo(plan.remark, err=True)
        if self._asked.wait_for:
            try:
                run_loop(wait_for(self._asked.wait_for, clocks.wall_left))
            except OutOfReach as error:
                click.echo(str(error), err=True)
                return UNREACHABLE
        keeping = keeping_of(self._asked, self._config, self._options, plan)
        results = self._play(plan, clocks, self._workers, [one for one in (keeping, self._beside) if one is not None])
        say_kept(keeping)
        say_none_kept(self._asked, results)
        self._remembered.note(zip(plan.scenarios, results, strict=True))
        return 0 if plan.is_empty_on_purpose else exit_code(results)

    def _play(self, plan: Plan, clocks: Clocks, workers: Workers | None, beside: Sequence[Watcher]) -> list[Result]:
        stopwatch = Stopwatch()
        with (
            closing(progress(len(plan.scenarios))) as bar,
            reports(self._asked.wanted(), stopwatch if workers else wall.monotonic) as watcher,
        ):
            told = bar.around(Watchers([watcher, *beside]) if beside else watcher)
            if workers is None:
                runner = Runner(self._stager, self._options, clocks, told)
                return run_loop(runner.run(plan.scenarios, fail_fast=self._asked.fail_fast))
            account = Account(told, fail_fast=self._asked.fail_fast)
            recordings = workers.play(plan.scenarios, clocks.wall_left, account.ends, bar.playing)
            try:
                with closing(recordings):
                    _tell(recordings, told, stopwatch, account)
            except KeyboardInterrupt:
                account.close(plan.scenarios)
                raise
            return account.close(plan.scenarios)


def _tell(recordings: Iterable[Recording], told: Watcher, stopwatch: Stopwatch, account: Account) -> None:
    for recording in recordings:
        recording.tell(told)
        stopwatch.add(recording.wall_seconds)
        account.add(recording.result)
        if account.ended_by is not None:
            return
