"""A conversation of `pnsim serve` with `pnsim receive`, taken from the journal, replays to the same answers."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from simulator.client.client import ControlClient
from tests.program.conftest import ROOT

CALLER, CALLEE = "+8613800000021", "+8613800000023"


class Processes:
    """pnsim commands that run until the test is over, each with a ready file."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = {**environment, "PYTHONPATH": str(ROOT)}
        self.folder = folder
        self._running: list[subprocess.Popen[bytes]] = []

    async def start(self, *words: str) -> dict[str, str]:
        ready = self.folder / f"ready-{len(self._running)}.json"
        self._spawn(*words, "--ready-file", str(ready))
        async with asyncio.timeout(30):
            while not ready.exists():
                await asyncio.to_thread(self._look)
        return json.loads(ready.read_text())

    def _spawn(self, *words: str) -> None:
        command = [sys.executable, "-m", "simulator", *words]
        self._running.append(
            subprocess.Popen(command, cwd=self.folder, env=self._environment, stdout=subprocess.DEVNULL)
        )

    def _look(self) -> None:
        try:
            assert self._running[-1].wait(0.05) is None, "the process has ended"
        except subprocess.TimeoutExpired:
            return

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(20)


@pytest.fixture
def processes(environment, tmp_path):
    running = Processes(environment, tmp_path)
    yield running
    running.stop()


@asynccontextmanager
async def platform(
    processes: Processes, mode: str, receiver: str
) -> AsyncIterator[tuple[ControlClient, dict[str, str], str]]:
    served = await processes.start("serve", "--port", "0", "--control-port", "0", "--clock", "virtual")
    paths = ("status", "fee", "sms", "sms_block")
    receivers = {slot: f"{receiver}/{slot.replace('_', '-')}" for slot in paths if mode != "AXB" or slot in paths[:2]}
    async with ControlClient(served["control"], served["token"]) as control:
        await control.change_app(f"{mode.lower()}-demo", {"receivers": receivers})
        yield control, served, (await control.numbers(f"{mode.lower()}-demo"))[0]["number"]


async def journal(control: ControlClient, folder: Path) -> Path:
    rows = (await control.journal(limit=1000))["rows"]
    path = folder / "night"  # no name says what it is
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


async def test_calls_replay_to_the_same_answers(processes, pnsim):
    receiver = (await processes.start("receive", "--port", "0"))["receiver"]
    async with platform(processes, "AXB", receiver) as (control, served, x):
        words = ("--caller", CALLER, "--callee", CALLEE, "--x-number", x)
        bound = await asyncio.to_thread(pnsim, "request", "bind", "--url", served["api"], *words)
        assert bound.returncode == 0, bound.stdout + bound.stderr
        for outcome in ("answered", "busy", "no_answer"):
            await control.dial({"app_key": "axb-demo", "caller": CALLER, "dialled": x, "outcome": outcome})
            await control.advance(120)
        source = await journal(control, processes.folder)
    played = await asyncio.to_thread(
        pnsim, "replay", str(source), "--receiver", receiver, "--speed", "100x", "--expect-same", "--json"
    )
    assert played.returncode == 0, played.stdout + played.stderr
    told = json.loads(played.stdout)["summary"]
    assert (told["requests"], told["acknowledged"], told["different"]) == (15, 15, 0)
    assert told["compared"] == 15


async def test_decisions_of_mode_x_replay_to_the_same_decisions_and_differ_from_another_server(processes, pnsim):
    key = ("--app-key", "x-demo", "--port", "0")
    receiver = (await processes.start("receive", *key, "--connect", CALLEE))["receiver"]
    closing = (await processes.start("receive", *key))["receiver"]
    async with platform(processes, "X", receiver) as (control, _, x):
        await control.dial({"app_key": "x-demo", "caller": CALLER, "dialled": x})
        await control.send_sms({"app_key": "x-demo", "sender": CALLER, "x_number": x, "text": "hello"})
        await control.advance(120)
        source = await journal(control, processes.folder)
    same = await asyncio.to_thread(pnsim, "replay", str(source), "--receiver", receiver, "--virtual", "--expect-same")
    assert same.returncode == 0, same.stdout + same.stderr
    assert "answers: all 8 as recorded" in same.stdout
    other = await asyncio.to_thread(pnsim, "replay", str(source), "--receiver", closing, "--virtual", "--expect-same")
    assert other.returncode == 1
    assert "the decision was" in other.stdout
    assert "answers: 2 of 8 differ from the recorded ones" in other.stdout
