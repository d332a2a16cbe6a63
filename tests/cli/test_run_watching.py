"""`pnsim run --watch`: what changed is played again, what is broken is said, Ctrl-C ends it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import simulator
from simulator.cli.main import main

BIND = """\
scenario: NAME
title: A number is bound
cast: {A: mobile, B: mobile, X: number}
steps:
  - bind: {caller: A, callee: B, number: X}
"""
CALL = "  - call: {caller: A, dialled: X, outcome: busy}\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str = BIND) -> None:
    """The whole file at once, as editors do it."""
    Path("new").write_text(text.replace("NAME", name), encoding="utf-8")
    Path("new").replace(f"{name}.yaml")


@pytest.fixture
def watching() -> Iterator[subprocess.Popen[str]]:
    write("a")
    write("b")
    with started(".", "--watch", "-q") as process:
        yield process
        process.kill()


def started(*args: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(simulator.__file__).parents[1])}
    command = [sys.executable, "-m", "simulator", "run", *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, text=True)


def said_until(process: subprocess.Popen[str], end: str) -> list[str]:
    """The lines of its output up to one that begins so."""
    said: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line.rstrip("\n"))
        if line.startswith(end):
            return said
    raise AssertionError("\n".join(said))


def test_what_changes_is_played_and_what_breaks_leaves_the_last_good_set(watching: subprocess.Popen[str]):
    said = said_until(watching, "-- ")
    assert [line for line in said if "passed" in line] == [
        " ✓ a passed  1 of 1 steps",
        " ✓ b passed  1 of 1 steps",
        "2 passed",
    ]
    assert said[-1] == "-- watching 2 scenarios; Ctrl-C ends"

    write("b", BIND.replace("callee: B", "calle: B"))
    said = said_until(watching, "-- ")
    assert said[0].startswith("b.yaml:5:23: bind has no key 'calle'; did you mean 'callee'?")
    assert said[-1] == "-- not taken over; the last good set stays: 2 scenarios"

    write("a", BIND.replace("is bound", "is bound again"))  # nothing of a broken set is taken over
    assert said_until(watching, "-- ")[-1] == "-- not taken over; the last good set stays: 2 scenarios"

    write("b")
    said = said_until(watching, "-- ")
    assert [line for line in said if "passed" in line] == [" ✓ a passed  1 of 1 steps", "1 passed"]
    assert "   A number is bound again" in said

    write("c")
    said = said_until(watching, "-- ")
    assert [line for line in said if "passed" in line] == [" ✓ c passed  1 of 1 steps", "1 passed"]
    assert said[-1] == "-- watching 3 scenarios; Ctrl-C ends"

    watching.send_signal(signal.SIGINT)
    rest, _ = watching.communicate(timeout=30)
    assert (watching.returncode, rest) == (0, "")


def test_an_interruption_of_what_is_played_is_one():
    write("a", BIND.replace("cast:", "needs: sample_receiver\nreceiver: {hang: true}\ncast:") + CALL)
    with started(".", "--watch") as process:
        said_until(process, "   01-01 00:00:00  API   bind")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert rest.endswith("interrupted\n")


def test_without_its_extra_watching_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys):
    write("a")
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert main(["run", ".", "--watch"]) == 2
    assert "--watch needs watchfiles: pip install 'privatenumber-simulator[watch]'" in capsys.readouterr().err


def test_nothing_to_watch_is_said(capsys):
    assert main(["run", "nowhere/at/all.yaml", "--watch"]) == 2
    assert "--watch: there is no folder nowhere/at to watch" in capsys.readouterr().err


def test_a_file_that_goes_is_said(watching: subprocess.Popen[str]):
    said_until(watching, "-- ")
    Path("b.yaml").unlink()
    assert said_until(watching, "-- ") == ["-- 1 scenario gone; watching 1 scenario; Ctrl-C ends"]
