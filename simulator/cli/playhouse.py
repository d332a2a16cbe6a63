"""What a process of --workers does: it plays the scenarios that it is handed, one after the other, until nobody hands it any."""

import os
import pickle
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait

from simulator.cli.asked import Asked
from simulator.cli.loop import forever
from simulator.clock import wall
from simulator.config import Config
from simulator.scenario.language import Scenario
from simulator.scenario.performance import Clocks
from simulator.scenario.recording import Recorder, Recording
from simulator.scenario.runner import Runner

ORPHANED = 3


def play_for(pipe: Connection, asked: Asked, config: Config) -> None:
    """Take (scenario, wall seconds) from the pipe, send back a Recording, or the exception that ends the whole run.

    Ctrl-C is the business of the process that started this one: it ends us. When it is gone itself, nobody would.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with forever() as runner:
        while True:
            try:
                scenario, seconds = pipe.recv()
            except (EOFError, OSError):
                return
            try:
                said: object = runner.run(_play(asked, config, scenario, seconds))
            except Exception as error:  # noqa: BLE001 - whatever it is, the process that reports has to end with it
                said = _portable(error)
            pipe.send(said)


async def _play(asked: Asked, config: Config, scenario: Scenario, seconds: float) -> Recording:
    began_at = wall.monotonic()
    recorder = Recorder()
    clocks = Clocks(wall.utc_now, lambda: began_at + seconds - wall.monotonic())
    result = await Runner(asked.stager(config), asked.options(config), clocks, recorder).play(scenario)
    return Recording(result, recorder.told, wall.monotonic() - began_at)


def _portable(error: Exception) -> Exception:
    """The exception, or where it cannot travel what it says."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes, to see whether they can be read again
    except Exception:  # noqa: BLE001 - an exception may hold anything
        return RuntimeError(repr(error))
    return error


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(ORPHANED)
