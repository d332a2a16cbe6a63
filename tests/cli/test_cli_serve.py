"""`pnsim serve` as a process: ready when bound, a clean stop, one line for what is in the way."""

import asyncio
import json
import re
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import simulator
from simulator import app
from simulator.cli import serve
from simulator.cli.main import main
from simulator.cli.readyfile import ReadyFile
from simulator.config import load
from simulator.config.demo import PLAYED_MODES

ROOT = Path(simulator.__file__).parents[1]
READY = Path("ready.json")
FREE = ("--port", "0", "--control-port", "0")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@asynccontextmanager
async def served(*args: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A process and what it said when it was ready; ended if it is still there."""
    command = (sys.executable, "-m", "simulator", "serve", *FREE, *args)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            said = (await process.stdout.readuntil(b"  clock    ")).decode()
        yield process, said
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def read_with_mode(path: Path) -> tuple[Any, int]:
    return json.loads(path.read_bytes()), path.stat().st_mode


def nothing_left() -> bool:
    return list(Path().iterdir()) == []


async def ended(process: asyncio.subprocess.Process, number: int) -> int:
    process.send_signal(number)
    async with asyncio.timeout(30):
        return await process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_is_ready_when_bound_and_ends_with_0(number: int) -> None:
    write(READY, "left behind by another run")
    async with served("--ready-file", "ready.json", "--clock", "virtual") as (process, said):
        ready, mode = read_with_mode(READY)
        assert stat.S_IMODE(mode) == 0o600
        assert ready["pid"] == process.pid
        assert ready["apps"] == [{"app_key": f"{mode.lower()}-demo", "mode": mode} for mode in PLAYED_MODES]
        secrets = [f"{mode.lower()}-demo-secret" for mode in PLAYED_MODES]
        assert all(text in said for text in (ready["api"], ready["control"], ready["token"], *secrets))
        headers = {"Authorization": f"Bearer {ready['token']}"}
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{ready['control']}/control/v1/ready", headers=headers) as answer,
        ):
            assert (await answer.json())["clock"]["scale"] == 0
        assert await ended(process, number) == 0
        assert process.stderr is not None
        assert await process.stderr.read() == b""
    assert nothing_left()


async def test_a_token_of_the_environment_is_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PNSIM_CONTROL_TOKEN", "a-token-of-mine")
    async with served() as (_, said):
        assert "  token    a-token-of-mine\n" in said
        assert re.search(r"^  page     http://127\.0\.0\.1:\d+/#token=a-token-of-mine$", said, re.MULTILINE)


async def test_secrets_of_a_configuration_are_not_printed() -> None:
    write(Path("pnsim.toml"), '[[apps]]\napp_key = "shop"\napp_secret = "hush-hush"\n')
    async with served() as (_, said):
        assert "shop (AXB)" in said
        assert "hush" not in said


@pytest.mark.parametrize("flag", ["--port", "--control-port"])
def test_a_port_in_use_is_one_line_that_says_which_and_what_to_do(
    flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", *FREE, flag, port, "--ready-file", "ready.json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert port in err
    assert f"choose another with {flag}" in err
    assert not Path("ready.json").exists()


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("203.0.113.5", "cannot assign requested address; 203.0.113.5 is no address of this machine, "),
        ("no.such.host.invalid", ""),
    ],
)
def test_a_host_that_cannot_be_listened_on_is_one_line_that_says_so(
    host: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *FREE, "--host", host, "--control-token", "a-token-of-mine"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"Error: cannot listen on {host}:0: {why}")
    assert err.endswith("choose another with --host\n")
    assert "unknown error" not in err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "203.0.113.5", "pnsim"])
def test_an_address_that_others_reach_needs_a_token_that_somebody_chose(
    host: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PNSIM_CONTROL_TOKEN", raising=False)
    assert main(["serve", *FREE, "--host", host, "--ready-file", "ready.json"]) == 2
    assert capsys.readouterr().err.endswith(
        f"Error: other machines reach {host}: whoever they are, they must not guess the control plane's token. Choose one "
        "with PNSIM_CONTROL_TOKEN or --control-token, or listen on 127.0.0.1\n"
    )
    assert not Path("ready.json").exists()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "127.9.9.9"])
def test_loopback_needs_none(host: str) -> None:
    app.check_open(load(None, {}, {"host": host}).server)


async def test_with_a_token_of_ones_own_others_may_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PNSIM_CONTROL_TOKEN", "a-token-of-mine")
    async with served("--host", "0.0.0.0", "--ready-file", "ready.json"):
        control = read_with_mode(READY)[0]["control"].replace("0.0.0.0", "127.0.0.1")
        async with aiohttp.ClientSession() as session:
            for token, status in (("a-token-of-mine", 200), ("another", 401)):
                headers = {"Authorization": f"Bearer {token}"}
                async with session.get(f"{control}/control/v1/ready", headers=headers) as answer:
                    assert answer.status == status


def test_a_certificate_that_cannot_be_served_is_one_line_and_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("cert.pem"), "no certificate\n")
    assert main(["serve", *FREE, "--tls", "cert.pem,cert.pem"]) == 3
    assert capsys.readouterr().err == (
        "cannot serve https with cert.pem and cert.pem: one of them is no PEM file of its kind\n"
    )


def test_what_cannot_be_loaded_ends_before_anything_is_bound(capsys: pytest.CaptureFixture[str]) -> None:
    Path("pnsim.toml").write_text("[server]\nprot = 1\n", encoding="utf-8")
    assert main(["serve", *FREE]) == 3
    assert capsys.readouterr().err.startswith("pnsim.toml:2: server has no key 'prot'; did you mean 'port'?")
    Path("pnsim.toml").write_text("[profile]\n\nretry_minute = []\n", encoding="utf-8")
    assert main(["serve", *FREE]) == 3
    assert capsys.readouterr().err.startswith("pnsim.toml:3: [profile] retry_minute is no setting")
    assert main(["serve", "--clock", "fast"]) == 2
    assert main(["serve", "--ready-file", "no/where.json"]) == 2
    assert "the folder of no/where.json is not there" in capsys.readouterr().err


def test_a_part_that_breaks_ends_the_program_with_5(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(_: object) -> None:
        raise RuntimeError("the emitter broke")

    monkeypatch.setattr(app.Emitter, "run", broken)
    assert main(["serve", *FREE, "--ready-file", "ready.json"]) == 5
    assert "pnsim has a bug: RuntimeError: the emitter broke" in capsys.readouterr().err
    assert not Path("ready.json").exists()


def test_every_option_is_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: dict[str, Any] = {}
    monkeypatch.setattr(serve, "load", lambda path, environ, flags: heard.update(flags) or load(path, {}, {}))
    monkeypatch.setattr(serve, "run", lambda coroutine: coroutine.close())
    flags = [
        "--host",
        "::1",
        "--port",
        "1",
        "--control-port",
        "2",
        "--store",
        "memory",
        "--clock",
        "virtual",
        "--tls",
        "off",
    ]
    more = [
        "--edition",
        "2026",
        "--seed",
        "3",
        "--start-at",
        "2026-01-01T00:00:00Z",
        "--control-token",
        "a-token-of-mine",
        "--store-max-rows",
        "5",
        "--store-max-bytes",
        "6",
        "--log-format",
        "json",
        "--log-level",
        "debug",
    ]
    assert main(["serve", *flags, *more]) == 0
    given = dict(zip(flags[::2] + more[::2], flags[1::2] + more[1::2], strict=True))
    assert {f"--{name.replace('_', '-')}": value for name, value in heard.items()} == given


def test_a_ready_file_that_another_simulator_wrote_stays(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    ours, theirs = ReadyFile(path), ReadyFile(path)
    ours.write({"pid": 1})
    theirs.write({"pid": 2})
    ours.remove()
    assert json.loads(path.read_bytes()) == {"pid": 2}
    theirs.remove()
    assert not path.exists()
