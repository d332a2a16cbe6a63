"""`pnsim scenario from` from outside: a draft that `pnsim check` and `pnsim run` take, and how it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

from simulator.cli.check import problem
from tests.replay.shows import capture, pushed
from tests.replay.test_drift_findings import STORY


def pnsim(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def night(tmp_path: Path) -> Path:
    path = tmp_path / "night.ndjson"
    path.write_bytes(capture(pushed(STORY)))
    return path


def test_the_draft_is_checked_and_played(night, tmp_path):
    file = tmp_path / "night.yaml"
    done = pnsim("scenario", "from", night, "-o", file)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr == f"{file}: drafted; read its comments, then pnsim run {file}\n"
    assert problem(file) == ""
    played = pnsim("run", file)
    assert played.returncode == 0, played.stdout + played.stderr


def test_without_a_file_the_draft_is_printed(night):
    done = pnsim("scenario", "from", night)
    assert done.returncode == 0, done.stderr
    assert "\nscenario: night\n" in done.stdout


def test_numbers_are_kept_only_when_asked(night):
    assert "+86" not in pnsim("scenario", "from", night).stdout
    assert 'A: "+8613800000021"' in pnsim("scenario", "from", night, "--keep-numbers").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["-o", "night.ndjson"], 2, "night.ndjson is there already; name another file, or take it away"),
        (["-o", "night.txt"], 2, "night.txt is no name of a scenario; NAME.yaml is, such as night.yaml"),
        (
            ["-o", "My night.yaml"],
            2,
            "My night.yaml is no name of a scenario: small letters, digits and _, such as my_night.yaml",
        ),
        (["--call", "1200"], 4, "night.ndjson: no call '1200' in it"),
        (["--mode", "AB"], 2, "'AB' is not one of 'AX', 'AXB', 'AXE', 'AXYB', 'X'"),
        (["-o", "none/night.yaml"], 3, "none/night.yaml': cannot be written: No such file or directory"),
    ],
)
def test_refusals(night, arguments, code, sentence):
    paths = [str(night.parent / one) if "night" in one else one for one in arguments]
    done = pnsim("scenario", "from", night, *paths)
    assert done.returncode == code, done.stderr
    assert sentence in " ".join(done.stderr.split())


def test_a_file_that_is_no_capture_is_refused(tmp_path):
    done = pnsim("scenario", "from", tmp_path / "none.ndjson")
    assert done.returncode == 3
    assert "cannot be read" in done.stderr
