"""`pnsim faults`: the table, and the faults of a running simulator, driven from outside."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator.cli.main import pnsim
from simulator.contract.faults import fault_rows

ROOT = Path(__file__).resolve().parents[2]
READY = "ready.json"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PNSIM_CONTROL_TOKEN", raising=False)


def invoke(*args: str) -> Result:
    return CliRunner().invoke(pnsim, ["faults", *args])


async def pnsim_faults(*args: str) -> tuple[int, str, str]:
    """The command in a process of its own."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "simulator", "faults", *args)
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def serving() -> AsyncIterator[None]:
    """A simulator with its demo applications."""
    command = ("serve", "--port", "0", "--control-port", "0", "--ready-file", READY)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "simulator", *command, stdout=pipe)
    assert process.stdout is not None
    await process.stdout.readuntil(b"  clock    ")
    try:
        yield
    finally:
        process.terminate()
        await process.communicate()


def test_the_table_has_every_fault_with_what_it_takes() -> None:
    result = invoke("--list")
    header, *rows = result.stdout.splitlines()
    assert header.split("\t") == ["fault", "sort", "does", "含义", "takes", "page"]
    assert [row.split("\t")[0] for row in rows] == list(fault_rows())
    assert "kinds: only messages of these kinds" in result.stderr
    listed = json.loads(invoke("--list", "--json").stdout)
    assert [row["fault"] for row in listed] == list(fault_rows())
    assert listed[3]["parameters"] == [{"name": "hours", "default": 3, "zh": "小时数", "en": "how many story hours"}]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["gzipp"], "no fault 'gzipp'; did you mean 'gzip'? `pnsim faults --list` lists all 17"),
        (["late", "hour=2"], "late has no 'hour'; did you mean 'hours'? It takes: kinds, count, probability, hours"),
        (["late", "hours=soon"], "hours must be a number from 0.001 to 720, not 'soon'"),
        (["late", "5"], "'5' is not NAME=VALUE, such as count=2 or kinds=disconnect,fee"),
        (["late", "--clear"], "--clear takes faults away; to set others give FAULT alone"),
        (["--add"], "--add needs a FAULT: `pnsim faults --list` lists them"),
        (["late", "--list"], "--list prints the table of faults and takes nothing else but --json"),
        (["late"], "the simulator's token is needed: --token, --ready-file, or PNSIM_CONTROL_TOKEN"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(words: list[str], sentence: str) -> None:
    result = invoke(*words)
    assert result.exit_code == 2
    assert f"Error: {sentence}" in result.stderr


def test_any_free_port_is_nobody_in_particular(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PNSIM_CONTROL_PORT", "0")
    assert "control_port is 0, any free one: name the simulator with" in invoke("late", "--token", "12345678").stderr


def test_a_file_that_is_no_ready_file_is_said() -> None:
    Path("other.txt").write_text("hello", encoding="utf-8")
    result = invoke("--ready-file", "other.txt")
    assert result.exit_code == 2
    assert "other.txt is no ready file" in result.stderr


async def test_a_missing_simulator_is_said() -> None:
    code, _, said = await pnsim_faults("--simulator", "http://127.0.0.1:9", "--token", "a-token-of-my-own")
    assert (code, said.startswith("no simulator answers at http://127.0.0.1:9 (")) == (6, True)


async def test_faults_of_a_running_simulator_are_set_added_listed_and_taken_away() -> None:
    async with serving():
        code, _, said = await pnsim_faults("gzip", "--ready-file", READY)
        assert code == 2
        assert "whose notifications? Give --app KEY; there are: ax-demo, axb-demo" in said
        ours = ("--ready-file", READY, "--app", "axb-demo")
        code, told, _ = await pnsim_faults("gzip", "kinds=disconnect,fee", "count=2", *ours)
        assert [line.split("\t") for line in told.splitlines()] == [
            ["app", "fault", "kinds", "count", "probability", "hits", "left", "takes"],
            ["axb-demo", "gzip", "disconnect,fee", "2", "1.0", "0", "2", "attempts=1"],
        ]
        await pnsim_faults("late", "hours=5", "probability=0.1", "--add", *ours)
        code, told, _ = await pnsim_faults("--json", "--ready-file", READY)
        assert [(one["fault"], one["count"], one["probability"]) for one in json.loads(told)] == [
            ("gzip", 2, 1), ("late", None, 0.1),
        ]  # fmt: skip
        code, _, said = await pnsim_faults("gzip", "kinds=ring", *ours)
        assert code == 2
        assert "no 'ring' is pushed in mode AXB" in said
        assert await pnsim_faults("--clear", "--json", "--ready-file", READY) == (0, "[]\n", "")
