"""`pnsim serve --store FILE` as a process: it goes on where it was, one at a time, and says when it can keep nothing more."""

import asyncio
import json
import resource
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import simulator
from simulator.client.client import ControlClient
from simulator.client.errors import Unreachable
from simulator.clock import wall
from simulator.scenario.asking import Credentials, Customer
from simulator.store.reading import read_rows

ROOT = Path(simulator.__file__).parents[1]
A, B = "+8613800000021", "+8613800000023"
CONFIG = """
[server]
port = 0
control_port = 0
clock = "virtual"
store = "pnsim.db"
control_token = "a-token-of-mine"
[[apps]]
app_key = "shop"
app_secret = "hush-hush-secret"
numbers = [{ number = "+8617000000001", area_code = "0755" }]
"""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "pnsim.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


class Served:
    """A process, and both ways to it."""

    def __init__(self, process: asyncio.subprocess.Process, ready: dict[str, Any], said: str) -> None:
        self.process = process
        self.said = said
        self.control = ControlClient(ready["control"], "a-token-of-mine")
        self.customer = Customer(ready["api"], Credentials("shop", "hush-hush-secret"), wall.utc_now)

    async def end(self, number: int) -> tuple[int, str]:
        """Its exit code and what it said on stderr."""
        if number:
            self.process.send_signal(number)
        async with asyncio.timeout(30):
            _, said = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, said.decode()


def read_ready() -> dict[str, Any]:
    ready: dict[str, Any] = json.loads(Path("ready.json").read_bytes())
    return ready


def configure(text: str) -> None:
    Path("etc/pnsim.toml").write_text(text, encoding="utf-8")


def files() -> list[str]:
    return sorted(path.name for path in Path("etc").iterdir())


async def dial_on(one: Served, answered: list[str]) -> None:
    """Call after call, as long as each is answered."""
    while len(answered) < 2000:
        call = await one.control.dial({"app_key": "shop", "caller": A, "dialled": "+8617000000001"})
        answered.append(call["call_id"])


@asynccontextmanager
async def served(*args: str, before: Callable[[], None] | None = None) -> AsyncIterator[Served]:
    command = (sys.executable, "-m", "simulator", "serve", "--config", "etc/pnsim.toml", *args)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, "--ready-file", "ready.json", stdout=pipe, stderr=pipe, preexec_fn=before
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            said = (await process.stdout.readuntil(b"  clock    ")).decode()
        one = Served(process, read_ready(), said)
        async with one.control:
            yield one
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_started_again_it_goes_on_where_it_was(number: int) -> None:
    async with served() as first:
        assert "  journal  etc/pnsim.db (new)\n" in first.said
        bound = await first.customer.ask("bind", {"caller": A, "callee": B, "x_number": "+8617000000001"})
        call = await first.control.dial({"app_key": "shop", "caller": A, "dialled": "+8617000000001"})
        await first.control.advance(3600)
        was = (
            await first.control.clock(),
            await first.control.bindings("shop"),
            await first.control.call(call["call_id"]),
        )
        await first.end(number)
    async with served() as second:
        assert "  journal  etc/pnsim.db: goes on from 2026-01-01 01:00:00 UTC, " in second.said
        is_now = (
            await second.control.clock(),
            await second.control.bindings("shop"),
            await second.control.call(call["call_id"]),
        )
        assert is_now == was
        assert was[1][0]["subscription_id"] == bound.word("subscription_id")
        rows = (await second.control.journal(limit=1000))["rows"]
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        assert [row["kind"] for row in rows if row["kind"] == "api_request"] == ["api_request"]
        reply = await second.customer.ask("unbind", {"subscription_id": bound.word("subscription_id")})
        assert reply.status == 200
        code, said = await second.end(signal.SIGTERM)
        assert (code, said) == (0, "")
    assert files() == ["pnsim.db", "pnsim.toml"]


async def test_the_second_process_on_a_file_is_refused() -> None:
    async with served() as first:
        command = (sys.executable, "-m", "simulator", "serve", "--port", "0", "--control-port", "0")
        pipe = asyncio.subprocess.PIPE
        second = await asyncio.create_subprocess_exec(*command, "--store", "etc/pnsim.db", stdout=pipe, stderr=pipe)
        out, err = await second.communicate()
        assert (second.returncode, out.decode(), err.decode()) == (
            3,
            "",
            f"etc/pnsim.db: process {first.process.pid} has this journal open; stop it, or name another file with --store\n",
        )


async def test_a_full_disk_ends_it_with_one_line_and_loses_nothing() -> None:
    def no_file_beyond() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    calls: list[str] = []
    async with served(before=no_file_beyond) as first:
        await first.customer.ask("bind", {"caller": A, "callee": B, "x_number": "+8617000000001"})
        with pytest.raises(Unreachable):
            await dial_on(first, calls)
        code, said = await first.end(0)
    assert code == 5
    assert said.count("\n") == 1
    assert said.startswith("etc/pnsim.db: the ")
    assert said.endswith("start again: everything that was answered so far is in it\n")
    assert len(calls) > 10
    async with served() as second:
        known = {call["call_id"] for call in await second.control.calls("shop", limit=1000)}
        assert set(calls) <= known
        await second.end(signal.SIGTERM)


async def test_limits_hold_and_what_was_dropped_is_told() -> None:
    async with served("--store-max-rows", "20") as first:
        for _ in range(10):
            await first.customer.ask("query", {"x_number": "+8617000000001"})
        for _ in range(30):
            await first.control.advance(1)
        ready = await first.control.ready()
        assert ready["journal"]["dropped"] == ready["journal"]["last_position"] - 20 > 0
        await first.end(signal.SIGKILL)
    async with served("--store-max-rows", "20") as second:
        assert (await second.control.ready())["journal"]["dropped"] >= ready["journal"]["dropped"]
        await second.end(signal.SIGTERM)
    assert len(list(read_rows(Path("etc/pnsim.db")))) == 20


def write_config(text: str) -> None:
    Path("etc/pnsim.toml").write_text(text, encoding="utf-8")


async def test_another_seed_changes_nothing_of_a_journal_that_has_its_own() -> None:
    pool = 'number_pool = { count = 3, area_code = "0755" }'
    write_config(f"{CONFIG}{pool}\n")
    more = {"app_key": "more", "app_secret": "hush-too", "number_pool": {"count": 3, "area_code": "010"}}
    async with served() as first:
        await first.control.add_app(more)
        pools = [await first.control.numbers(app_key) for app_key in ("shop", "more")]
        await first.control.remove_app("more")
        await first.end(signal.SIGTERM)
    async with served("--seed", "99") as second:
        await second.control.add_app(more)
        assert [await second.control.numbers(app_key) for app_key in ("shop", "more")] == pools
        assert (await second.control.ready())["seed"] == 7
        await second.end(signal.SIGTERM)


async def test_what_the_configuration_changes_is_said_and_nothing_else_changes() -> None:
    async with served() as first:
        await first.control.change_app("shop", {"requests_per_minute": 7})
        await first.end(signal.SIGKILL)
    text = CONFIG + 'sms = false\n[[apps]]\napp_key = "new"\napp_secret = "new-secret"\n'
    configure(text)
    async with served() as second:
        assert "           shop: now as configured: sms\n           new: new in the configuration\n" in second.said
        shop = await second.control.app("shop")
        assert (shop["requests_per_minute"], shop["sms"]) == (7, False)
    configure(CONFIG.partition("[[apps]]")[0] + text.partition("sms = false\n")[2])
    async with served() as third:
        line = "shop: no longer in the configuration, goes on; DELETE /control/v1/apps/shop takes it away"
        assert f"           {line}\n" in third.said


async def test_a_state_that_cannot_be_read_is_said_with_its_file() -> None:
    async with served() as first:
        await first.end(signal.SIGTERM)
    with sqlite3.connect("etc/pnsim.db") as raw:
        raw.execute("UPDATE snapshots SET state = substr(state, 1, 100)")
    raw.close()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "serve", "--config", "etc/pnsim.toml", stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 3
    assert said.decode().startswith("etc/pnsim.db: this is no state of an exchange (JSONDecodeError: ")
    assert said.decode().endswith("take the version that wrote it, or start with another file\n")
