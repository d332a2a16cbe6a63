"""Every hangup cause in every mode, played on the virtual clock against a receiver that answers an empty 200 to everything."""

import time
from collections.abc import Sequence
from datetime import datetime

from benchmarks.processes import LOAD_CORE, SERVER_CORE, child, folder, on_core, wait_for
from simulator.cli.loop import run
from simulator.cli.staging import in_process
from simulator.client.shapes import Row
from simulator.clock import wall
from simulator.config import load
from simulator.scenario.judging import PATHS
from simulator.scenario.performance import Clocks, Options
from simulator.scenario.reproducing import every_scenario
from simulator.scenario.results import Result, Status
from simulator.scenario.runner import Runner
from simulator.scenario.watching import Opening

LIMIT_SECONDS = 30
PATIENCE_SECONDS = 600.0


class Counting:
    """A watcher that counts notifications."""

    def __init__(self) -> None:
        self.notifications = 0
        self.results: Sequence[Result] = ()

    def begin(self, opening: Opening) -> None:
        """Nothing is shown."""

    def named(self, name: str, number: str) -> None:
        """Nothing is shown."""

    def row(self, row: Row) -> None:
        """Count what was sent."""
        self.notifications += row["kind"] == "attempt_ended"

    def jump(self, before: datetime, after: datetime) -> None:
        """Nothing is shown."""

    def end(self, result: Result) -> None:
        """Nothing is shown."""

    def finish(self, results: Sequence[Result]) -> None:
        """Keep how it ended."""
        self.results = results


def play(address: str) -> tuple[Counting, float]:
    """What was counted, and how many seconds it took, from the tables to the last result."""
    began = time.perf_counter()
    watcher = Counting()
    config = load(None, {}, {"port": "0", "control_port": "0", "clock": "virtual"})
    options = Options({slot: f"{address}/{path}" for slot, path in PATHS.items()}, forced=True)
    clocks = Clocks(wall.utc_now, lambda: began + PATIENCE_SECONDS - time.perf_counter())
    scenarios = [scenario for _, scenario in every_scenario(decided=False)]
    run(Runner(in_process(config, None), options, clocks, watcher).run(scenarios))
    return watcher, time.perf_counter() - began


def main() -> None:
    """Print seconds and notifications; end with 1 when a cause was not reproduced."""
    print("\nHangup causes: the whole catalogue, in every mode where a cause can occur, on the virtual clock")
    with folder() as place:
        ready = place / "sink.json"
        with child(["-m", "benchmarks.sink", str(ready)], LOAD_CORE, ready) as process:
            on_core(SERVER_CORE)
            watcher, seconds = play(f"http://127.0.0.1:{wait_for(ready, process)['port']}")
    passed = sum(result.status is Status.PASSED for result in watcher.results)
    told = f"{watcher.notifications} notifications in {seconds:.1f} s (limit {LIMIT_SECONDS} s)"
    print(f"  {passed} of {len(watcher.results)} stories passed, {told}")
    if passed < len(watcher.results) or not passed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
