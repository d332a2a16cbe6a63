"""Children under measurement: started on a core of their own, asked for their CPU time, ended by their id."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

SERVER_CORE = 0
LOAD_CORE = min(1, (os.cpu_count() or 1) - 1)
PATIENCE = 30.0


def on_core(core: int) -> None:
    """Keep this process on one core, where the machine lets us."""
    with suppress(AttributeError, OSError):
        os.sched_setaffinity(0, {core})


def cpu_seconds(pid: int) -> float:
    """CPU time a process has used so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def child(arguments: Sequence[str], core: int, ready: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """A Python child on `core`, ready when its ready file is there; ended when the block ends."""
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=lambda: on_core(core),
    )  # fmt: skip
    try:
        if ready is not None:
            wait_for(ready, process)
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def wait_for(ready: Path, process: subprocess.Popen[str]) -> dict[str, str]:
    """The content of a ready file, as soon as it is there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if ready.exists() and (text := ready.read_text(encoding="utf-8")):
            content: dict[str, str] = json.loads(text)
            return content
        if process.poll() is not None:
            raise SystemExit(
                f"{process.args} ended with {process.returncode}:\n{process.stdout and process.stdout.read()}"
            )
        time.sleep(0.001)
    raise SystemExit(f"{process.args} was not ready within {PATIENCE:g} s")


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pnsim-bench-") as name:
        yield Path(name)


def middle(values: Sequence[float]) -> float:
    """The median."""
    return median(values)
