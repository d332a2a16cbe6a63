"""How fast the shipped suite is played on the virtual clock: scenarios a second on one core, and two workers against one.

Three figures of whole commands: the suite once; then many times over, from which start and loading are taken out; then the
same in two processes. The first two are per second of processor time, which is what one core gives, whatever else the machine
does; the last is wall time, and means something on two idle cores only. Aims: 25 a second, 1.7 for two workers.
"""

import os
import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import NamedTuple

from benchmarks.processes import middle, on_core
from simulator.resources import folder

TIMES = 5
ROUNDS = 3
AIM_PER_SECOND, AIM_WORKERS = 25.0, 1.7


class Took(NamedTuple):
    """What a command took: wall and processor seconds, its processes together."""

    wall: float
    cpu: float


def played(times: int, workers: int) -> Took:
    """One command that plays the suite so many times, on as many cores as it has workers."""
    command = [sys.executable, "-m", "simulator", "run", str(folder("scenarios")), "--quiet"]
    command += ["--repeat", str(times), "--workers", str(workers)]
    began_at, cpu_before = time.perf_counter(), _cpu_of_children()
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=installed(),
        preexec_fn=lambda: on_core(0) if workers == 1 else None,
    )  # fmt: skip
    took = Took(time.perf_counter() - began_at, _cpu_of_children() - cpu_before)
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return took


def installed() -> dict[str, str]:
    """An environment in which modules are compiled once, as they are where the package is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(gettempdir()) / f"pnsim-compiled-{os.getuid()}")}


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def busy() -> str:
    """What else the machine does, where it says so: figures beside a load are none."""
    with suppress(OSError, AttributeError):
        return f"{os.getloadavg()[0]:.1f} processes wanted a core in the minute before; "
    return ""


def main() -> None:
    """Measure and print."""
    count = len(list(Path(folder("scenarios")).rglob("*.yaml")))
    print(f"the shipped suite: {count} scenarios; {busy()}medians of {ROUNDS} alternated rounds")
    played(1, 1)
    rounds = [(played(1, 1), played(TIMES, 1), played(TIMES, 2)) for _ in range(ROUNDS)]
    whole = count / middle([once.cpu for once, _, _ in rounds])
    playing = count * (TIMES - 1) / middle([many.cpu - once.cpu for once, many, _ in rounds])
    ratio = middle([one.wall / two.wall for _, one, two in rounds])
    print(f"  one core, start and loading included {whole:7.1f} scenarios/s")
    print(f"  one core, once it plays              {playing:7.1f} scenarios/s (aim {AIM_PER_SECOND:g})")
    print(f"  two workers against one, {TIMES} times over {ratio:7.2f} (aim {AIM_WORKERS:g})")


if __name__ == "__main__":
    main()
