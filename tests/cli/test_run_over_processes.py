"""`pnsim run --workers`: one report whatever the number of processes, also when one of them dies."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import simulator
from simulator.cli.main import main

BUSY = """\
scenario: busy
title: A calls B, who is on the phone
cast: {A: mobile, B: mobile, X: number}
steps:
  - bind: {caller: A, callee: B, number: X}
  - call: {caller: A, dialled: X, outcome: busy}
  - expect: {notifications: [callin, callout, disconnect, fee], of: call}
"""
FAILING = BUSY.replace("scenario: busy", "scenario: {name}").replace("callin, callout", "callout")
HUNG = BUSY.replace("scenario: busy", "scenario: {name}\nneeds: sample_receiver\nreceiver: {{hang: true}}")
HUNG = HUNG.replace("{A:", "{{A:").replace("number}\nsteps", "number}}\nsteps")
HUNG = re.sub(r"\{(caller|notifications)(.*)\}", r"{{\1\2}}", HUNG)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(simulator.__file__).parents[1])}
WALL = (
    (rb'time="[0-9.]+"', b'time="0"'),
    (rb'"wall_seconds":[0-9.e-]+', b'"wall_seconds":0'),
    (rb"127\.0\.0\.1:\d+", b"HERE"),
    (rb"[0-9a-f]{32}", b"NONCE"),
    (rb'(Digest|digest)(\\*"?[=:]\\*"?|=&quot;)[A-Za-z0-9+/=]+', b"DIGEST"),
    (rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ(?=\\*\"\]|&quot;|\\\\\")", b"CREATED"),
    (rb"\d+ ms", b"0 ms"),
)

pytestmark = pytest.mark.timeout(180)  # each starts several processes, on whatever machine this is
WIRE = {"headers", "authentication", "wall_seconds", "url"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(*names: str, text: str = BUSY) -> None:
    for name in names:
        Path(f"{name}.yaml").write_text(text.replace("scenario: busy", f"scenario: {name}"), encoding="utf-8")


def started(*args: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "simulator", "run", *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)


def test_two_processes_report_as_one_does(capsys):
    write("a", "c", "d")
    Path("b.yaml").write_text(FAILING.replace("{name}", "b"), encoding="utf-8")
    reports = []
    for workers in ("1", "2"):
        asked = ["--ladder", "--github", "--junit", "r.xml", "--html", "r.html", "--ndjson", "r.ndjson"]
        assert main(["run", ".", "--workers", workers, *asked]) == 1
        parts = [capsys.readouterr().out.encode(), *(Path(f"r.{kind}").read_bytes() for kind in ("xml", "html"))]
        reports.append([*map(settled, parts), *map(json.loads, Path("r.ndjson").read_bytes().splitlines())])
    for one, two in zip(*reports, strict=True):
        assert without_wire(one) == without_wire(two)
    assert b"3 passed, 1 failed" in reports[1][0]


def without_wire(line: object) -> object:
    """A line of NDJSON without the members that hold what `settled` takes out of texts."""
    if not isinstance(line, dict):
        return line
    row = {name: value for name, value in line.get("row", {}).items() if name not in WIRE}
    return {**line, "row": row}


def settled(report: bytes) -> bytes:
    """A report without what differs from run to run: wall times, ports, nonces, digests (semantics.md 5)."""
    for pattern, instead in WALL:
        report = re.sub(pattern, instead, report)
    return report


def test_a_process_that_dies_is_a_broken_scenario_and_the_rest_goes_on():
    write("b", "c", "d")
    Path("a.yaml").write_text(HUNG.format(name="a"), encoding="utf-8")
    with started(".", "--workers", "2", "-q", "--ndjson", "r.ndjson") as running:
        first_worker(running.pid).kill()
        said, wrong = running.communicate(timeout=50)
    assert running.returncode == 5, wrong
    assert b" ! a broken  0 of 3 steps\n   a.yaml: the process that played it died: killed by SIGKILL\n" in said
    assert said.endswith(b"\n3 passed, 1 broken\n")
    ended = [
        line["scenario"]
        for line in map(json.loads, Path("r.ndjson").read_bytes().splitlines())
        if line["type"] == "scenario_ended"
    ]
    assert ended == ["a", "b", "c", "d"]


def first_worker(pid: int) -> psutil.Process:
    """The process that was started first, once it plays: it has the first scenario of the plan."""
    run = psutil.Process(pid)
    while True:
        workers = [child for child in run.children() if "spawn_main" in " ".join(child.cmdline())]
        first = min(workers, key=lambda child: child.create_time(), default=None)
        if first is not None and any(one.status == psutil.CONN_LISTEN for one in first.net_connections()):
            return first
        with suppress(psutil.TimeoutExpired):
            run.wait(0.05)


@pytest.mark.parametrize(
    ("how", "code", "last_words"), [(signal.SIGINT, 130, b"interrupted"), (signal.SIGKILL, -9, b"")]
)
def test_whatever_ends_a_run_ends_its_processes(how: signal.Signals, code: int, last_words: bytes):
    for name in ("a", "b"):
        Path(f"{name}.yaml").write_text(HUNG.format(name=name), encoding="utf-8")
    with started(".", "--workers", "2", "--junit", "r.xml") as running:
        first_worker(running.pid)
        children = psutil.Process(running.pid).children()
        running.send_signal(how)
        _, said = running.communicate(timeout=50)
    assert (running.returncode, said.strip()) == (code, last_words)
    assert not psutil.wait_procs(children, timeout=10)[1]
    told = Path("r.xml").read_text(encoding="utf-8").count("not played: the run ended with an interruption")
    assert bool(told) is (code == 130)


def test_the_timeout_holds_for_every_process(capsys):
    write("d")
    for name in ("a", "b"):
        Path(f"{name}.yaml").write_text(HUNG.format(name=name), encoding="utf-8")
    assert main(["run", ".", "--workers", "2", "--timeout", "0.5", "-q"]) == 4
    said = capsys.readouterr().out
    assert "d.yaml: the time of --timeout was over before it began" in said
    assert said.endswith("\n3 incomplete\n")


def test_a_receiver_is_waited_for_before_a_process_starts(capsys):
    write("a")
    assert main(["run", ".", "--workers", "2", "--wait-for", "http://127.0.0.1:1", "--timeout", "0.2"]) == 6
    assert "nobody listened at http://127.0.0.1:1 in time" in capsys.readouterr().err


def test_fail_fast_reports_what_one_process_would(capsys):
    write("a", "c", "d", "e")
    Path("b.yaml").write_text(FAILING.replace("{name}", "b"), encoding="utf-8")
    assert main(["run", ".", "--workers", "2", "--fail-fast", "-q", "--junit", "r.xml"]) == 1
    assert capsys.readouterr().out.endswith("\n1 passed, 1 failed, 3 not played\n")
    assert Path("r.xml").read_text(encoding="utf-8").count("not played: the run ended with b") == 6


def test_what_is_wrong_with_the_options_is_said_before_a_process_starts(capsys):
    write("a")
    assert main(["run", ".", "--workers", "2", "--app", "axb-dmo"]) == 2
    assert "no application 'axb-dmo'; did you mean 'axb-demo'?" in capsys.readouterr().err
    assert main(["run", ".", "--workers", "2", "--simulator", "http://127.0.0.1:1", "--token", "abcdefgh"]) == 2
    assert "--workers plays in simulators of our own; stories in the one of --simulator share its clock" in (
        capsys.readouterr().err
    )
    assert main(["run", ".", "--workers", "0"]) == 2
    assert "0 is not in the range 1<=x<=64" in capsys.readouterr().err
