"""Part of `make soak`: what `pnsim export locust` writes, under Locust's own master and two workers on loopback.

The receiver is the sample one, which checks every signature and body. Without Locust it says how to get it, and passes.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.processes import LOAD_CORE, child, folder, wait_for

USERS, SECONDS = 20, 6
KINDS = {"callin", "callout", "disconnect", "fee"}
SCENARIO = """\
scenario: busy
title: A calls B, who is on the phone
cast: {A: mobile, B: mobile, X: number}
steps:
  - bind: {caller: A, callee: B, number: X}
  - call: {caller: A, dialled: X, outcome: busy}
"""


def locust(locustfile: Path, *arguments: str) -> list[str]:
    """The command of one Locust process."""
    program = shutil.which("locust") or str(Path(sys.executable).with_name("locust"))
    return [program, "-f", str(locustfile), "--headless", "--loglevel", "WARNING", *arguments]


def is_installed() -> bool:
    """Whether there is a Locust to try it with."""
    return bool(shutil.which("locust")) or Path(sys.executable).with_name("locust").exists()


def distributed(place: Path, receiver: str) -> Sequence[dict[str, object]]:
    """One master and two workers for some seconds; the master's statistics, a row a kind of notification."""
    scenario, locustfile = place / "busy.yaml", place / "locustfile.py"
    scenario.write_text(SCENARIO, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "simulator", "export", "locust", str(scenario), "-o", str(locustfile)], check=True
    )
    asked = ("--users", str(USERS), "--spawn-rate", str(USERS), "--run-time", f"{SECONDS}s", "--json")
    commands = [
        locust(locustfile, "--host", receiver, "--master", "--expect-workers", "2", *asked),
        *(locust(locustfile, "--worker") for _ in range(2)),
    ]
    quiet = {"cwd": place, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    processes = [subprocess.Popen(command, **quiet) for command in commands]
    try:
        said, _ = processes[0].communicate(timeout=SECONDS + 60)
        for worker in processes[1:]:
            worker.communicate(timeout=30)
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.communicate()
    rows: list[dict[str, object]] = json.loads(said[said.index("[") :])
    return rows


def wrong(rows: Sequence[dict[str, object]], complaints: Sequence[str]) -> list[str]:
    """What did not come out as it should."""
    found = [f"{row['name']}: {row['num_failures']} failures" for row in rows if row["num_failures"]]
    if missing := KINDS - {str(row["name"]) for row in rows}:
        found.append(f"never sent: {', '.join(sorted(missing))}")
    begun = sum(int(str(row["num_requests"])) for row in rows if row["name"] == "callin")
    if begun < USERS * SECONDS // 2:
        found.append(f"only {begun} calls of {USERS * SECONDS}")
    return found + list(complaints)


def main() -> int:
    """Exit code 0 when both workers played what the file says, or there is no Locust."""
    if not is_installed():
        print("Locust is not installed: pip install 'privatenumber-simulator[locust]', then it is tried too")
        return 0
    with folder() as place, ExitStack() as stack:
        ready, log = place / "receive.json", place / "receive.log"
        command = ["-m", "benchmarks.strict_receiver", str(ready), str(log)]
        process = stack.enter_context(child(command, LOAD_CORE, ready))
        rows = distributed(place, wait_for(ready, process)["url"])
        process.terminate()
        process.wait(timeout=30)
        complaints = log.read_text(encoding="utf-8").splitlines() if log.exists() else ["the receiver left no log"]
    for row in rows:
        print(f"  {row['name']!s:12} {row['num_requests']:>6} requests  {row['num_failures']} failures")
    problems = wrong(rows, complaints)
    print("\n".join(problems) or "one master, two workers: every notification signed, schema-valid and acknowledged")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
