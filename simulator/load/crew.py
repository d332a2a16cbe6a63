"""The processes of a load: started, told to begin together, watched, stopped together, their accounts collected."""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from simulator.load.plan import Plan

LONGEST_LINE = 8 * 1024 * 1024
PATIENCE_SECONDS = 60.0
"""Wall seconds that a process may take to get ready."""
ENDING_SECONDS = 15.0
"""Wall seconds that it may take to stop."""

Progress = Callable[[dict[str, int]], None]


class WorkerRefused(Exception):
    """A process found something wrong with the scenario."""


class WorkerBroke(Exception):
    """A process ended without its account."""


class Crew:
    """Processes that run `command`, each with its share of a plan."""

    def __init__(self, command: Sequence[str], plan: Plan, progress: Progress) -> None:
        self._command = command
        self._plan = plan
        self._progress = progress
        self._processes: list[Process] = []
        self._standing: dict[int, dict[str, int]] = {}
        self._results: list[dict[str, Any]] = []

    async def run(self, stop: asyncio.Event) -> list[dict[str, Any]]:
        """Play the plan; the accounts. Raises WorkerRefused, WorkerBroke."""
        try:
            for index in range(self._plan.workers):
                self._processes.append(await self._start(index))
            async with asyncio.timeout(PATIENCE_SECONDS):
                await asyncio.gather(*(self._ready(process) for process in self._processes))
            self._tell(b"go\n")
            stopping = asyncio.create_task(self._stop_when(stop))
            try:
                await asyncio.gather(*(self._listen(index) for index in range(len(self._processes))))
            finally:
                stopping.cancel()
        except TimeoutError:
            raise WorkerBroke(f"a process of the load was not ready within {PATIENCE_SECONDS:g} s") from None
        finally:
            await asyncio.gather(*(_end(process) for process in self._processes))
        return self._results

    async def _start(self, index: int) -> Process:
        process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE)
        if process.stdin is not None:
            process.stdin.write(self._plan.share(index).line())
        return process

    async def _ready(self, process: Process) -> None:
        line = await _line(process)
        if "refused" in line:
            raise WorkerRefused(line["refused"])

    async def _listen(self, index: int) -> None:
        """Until its account is there; a process that gave up ends the others."""
        while True:
            line = await _line(self._processes[index])
            if "progress" in line:
                self._standing[index] = line["progress"]
                self._progress(dict(sum((Counter(one) for one in self._standing.values()), Counter[str]())))
            elif "result" in line:
                self._results.append(line["result"])
                if line["result"]["stopped"]:
                    self._tell(b"stop\n")
                return

    async def _stop_when(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._tell(b"stop\n")

    def _tell(self, order: bytes) -> None:
        for process in self._processes:
            if process.stdin is not None and process.returncode is None:
                process.stdin.write(order)


async def _line(process: Process) -> dict[str, Any]:
    raw = await process.stdout.readline() if process.stdout is not None else b""
    if not raw:
        raise WorkerBroke("a process of the load ended without its account; what it said last is above")
    line: dict[str, Any] = json.loads(raw)
    return line


async def _end(process: Process) -> None:
    """Let a process end by itself; one that does not is ended."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(ENDING_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
