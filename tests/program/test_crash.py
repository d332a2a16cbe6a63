"""The simulator is killed at random instants under load: nothing that it had told anybody is lost (`make soak`: 200 times)."""

import subprocess
import sys

import pytest

from tests.program.conftest import ROOT


@pytest.mark.timeout(420)
def test_twenty_kills_lose_nothing(environment: dict[str, str]):
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.crash", "--kills", "20"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    assert ended.stdout.startswith("kills 20, acknowledged ")
    assert ", lost = 0 (" in ended.stdout
