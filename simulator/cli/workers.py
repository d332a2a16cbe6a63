"""Scenarios over several processes: each plays whole ones, and what is told of them comes back in the order of the plan.

A process is started anew (`spawn`), so that it has nothing of this one but what it is handed. It plays one scenario at a
time and sends back a Recording. One that dies costs the scenario it played, which is broken; another takes its place.
"""

import multiprocessing
import signal
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from simulator.cli.asked import Asked
from simulator.cli.playhouse import play_for
from simulator.config import Config
from simulator.scenario.language import Scenario
from simulator.scenario.performance import result_of
from simulator.scenario.recording import Recording
from simulator.scenario.results import Result, Status
from simulator.scenario.runner import OVER, OVER_BEFORE

AHEAD = 50
"""So many scenarios a process may be played before the one whose turn it is to be told has ended."""
GRACE_SECONDS = 5.0
"""How long after --timeout a process may take to say so itself."""
FAREWELL_SECONDS = 2.0
"""How long a process that was told to end may take."""

Playing = Callable[[Sequence[str]], None]
"""Is told the names of the scenarios that are being played now."""


@dataclass(slots=True)
class Worker:
    """A process, our end of the pipe to it, and which scenario of the plan it plays."""

    process: SpawnProcess
    pipe: Connection
    place: int | None = None


class Workers:
    """At most `count` processes for the runs of one command line; close them in the end, however it comes."""

    def __init__(self, count: int, asked: Asked, config: Config) -> None:
        self._count = count
        self._stand = (asked, config)
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[Worker] = []

    def play(
        self,
        plan: Sequence[Scenario],
        wall_left: Callable[[], float],
        ends: Callable[[Result], bool],
        playing: Playing,
    ) -> Generator[Recording]:
        """A recording a scenario, in the order of the plan, until `ends` says of one that nothing is played after it."""
        run, turn = _Run(plan, ends), 0
        try:
            while turn < len(plan):
                if turn in run.ended:
                    yield run.ended.pop(turn)
                    turn += 1
                    continue
                self._hand_out(run, turn, wall_left)
                playing([plan[worker.place].label for worker in self._workers if worker.place is not None])
                self._hear(run, wall_left)
        finally:  # who still plays does so in vain
            self._end([worker for worker in self._workers if worker.place is not None])

    def close(self) -> None:
        """End every process, also one that plays."""
        self._end(list(self._workers))

    def _end(self, workers: Sequence[Worker]) -> None:
        for worker in workers:
            worker.process.terminate()
        for worker in workers:
            worker.process.join(FAREWELL_SECONDS)
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()
            self._workers.remove(worker)

    def _hand_out(self, run: "_Run", turn: int, wall_left: Callable[[], float]) -> None:
        """Let idle processes play what comes next."""
        while run.handed_out < len(run.plan) and run.handed_out < turn + AHEAD * self._count and not run.is_over:
            seconds = wall_left()
            if seconds <= 0:
                run.end(run.handed_out, _late(run.plan[run.handed_out]))
                run.handed_out += 1
                continue
            worker = self._idle()
            if worker is None:
                return
            try:
                worker.pipe.send((run.plan[run.handed_out], seconds))
            except OSError:  # it died while it had nothing to do
                self._bury(worker, run)
                continue
            worker.place = run.handed_out
            run.handed_out += 1

    def _idle(self) -> Worker | None:
        idle = next((worker for worker in self._workers if worker.place is None), None)
        return self._start() if idle is None and len(self._workers) < self._count else idle

    def _start(self) -> Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=play_for, args=(theirs, *self._stand), daemon=True)
        process.start()
        theirs.close()  # so that the pipe ends when the process does
        worker = Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _hear(self, run: "_Run", wall_left: Callable[[], float]) -> None:
        """Wait until a process has something to say, died, or has had its time; raises what broke in one."""
        busy = {worker.pipe: worker for worker in self._workers if worker.place is not None}
        if not busy:
            return
        patience = wall_left() + GRACE_SECONDS
        ready: Sequence[Any] = wait(list(busy), max(0.0, patience))
        for pipe in ready:
            self._take(busy[pipe], run)
        if not ready:
            for worker in busy.values():
                self._bury(worker, run, Status.INCOMPLETE, OVER)

    def _take(self, worker: Worker, run: "_Run") -> None:
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(worker, run)
            return
        if isinstance(said, BaseException):
            raise said
        if worker.place is not None:
            run.end(worker.place, said)
        worker.place = None

    def _bury(self, worker: Worker, run: "_Run", status: Status = Status.BROKEN, sentence: str = "") -> None:
        """A process that died, or must; its scenario ends so."""
        self._workers.remove(worker)
        worker.process.join(0 if sentence else FAREWELL_SECONDS)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        if worker.place is not None:
            why = sentence or f"the process that played it died: {_ending(worker.process.exitcode)}"
            run.end(worker.place, Recording(result_of(run.plan[worker.place], status, sentence=why)))


class _Run:
    """One plan being played: how far it is handed out, and what has ended before its turn."""

    def __init__(self, plan: Sequence[Scenario], ends: Callable[[Result], bool]) -> None:
        self.plan = plan
        self.handed_out = 0
        self.ended: dict[int, Recording] = {}
        self.is_over = False
        """Nothing more is handed out: something ended after which nothing is to be played."""
        self._ends = ends

    def end(self, place: int, recording: Recording) -> None:
        """The scenario at `place` has ended."""
        self.ended[place] = recording
        self.is_over = self.is_over or self._ends(recording.result)


def _late(scenario: Scenario) -> Recording:
    return Recording(result_of(scenario, Status.INCOMPLETE, sentence=OVER_BEFORE))


def _ending(code: int | None) -> str:
    """How a process ended, in words."""
    signals: Mapping[int, str] = {int(one): one.name for one in signal.Signals}
    if code is None or code >= 0:
        return f"exit code {code}"
    return f"killed by {signals.get(-code, f'signal {-code}')}"
