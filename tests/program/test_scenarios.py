"""Every shipped scenario against `pnsim receive` in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.program.conftest import ROOT

SHIPPED = sorted((ROOT / "scenarios" / "axb").glob("*.yaml"))


@contextmanager
def _receiver(folder: Path, environment: dict[str, str], *words: str) -> Iterator[str]:
    ready = folder / "receive.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "receive", "--port", "0", "--ready-file", str(ready), *words],
        env={**environment, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        assert "listening on" in process.stderr.readline()
        yield json.loads(ready.read_text(encoding="utf-8"))["receiver"]
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0, "SIGTERM is a clean stop"


def test_at_least_eight_scenarios_are_shipped_for_axb():
    assert len(SHIPPED) >= 8


@pytest.mark.timeout(120)
def test_shipped_scenarios_pass_against_a_receiver_in_another_process(pnsim, tmp_path, environment):
    with _receiver(tmp_path, environment) as url:
        ended = pnsim("run", str(ROOT / "scenarios" / "axb"), "--receiver", url)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert "passed" in ended.stdout.splitlines()[-1]


@pytest.mark.timeout(120)
def test_a_receiver_that_answers_500_fails_with_expected_got_and_the_nearest_miss(pnsim, tmp_path, environment):
    with _receiver(tmp_path, environment, "--answer", "500") as url:
        ended = pnsim("run", str(ROOT / "scenarios" / "axb" / "axb_busy.yaml"), "--receiver", url)
    assert ended.returncode == 1
    for word in ("expected", "got", "nearest", "answered 500", "axb_busy.yaml:"):
        assert word in ended.stdout, ended.stdout
