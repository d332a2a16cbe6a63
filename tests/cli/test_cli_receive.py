"""`pnsim receive` as a process: live lines, JSON, a ready file, a clean stop."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

import simulator
from simulator.cli.main import main
from simulator.contract.schemas import load
from simulator.delivery.signature import Scheme, digest

ROOT = Path(simulator.__file__).parents[1]
ASKS = load("notifications/x/callin")["examples"][0]
DISCONNECT = load("notifications/axb/disconnect")["examples"][1]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@asynccontextmanager
async def receiving(*args: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A process that listens, and its address."""
    command = (sys.executable, "-m", "simulator", "receive", "--port", "0", *args)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            said = (await process.stderr.readline()).decode()
        yield process, said.split()[2]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def signature(secret: str = "axb-demo-secret", key: str = "axb-demo") -> dict[str, str]:
    value = digest(Scheme.AKSK, secret, "n", "c")
    token = f'UsernameToken Username="{key}",PasswordDigest="{value}",Nonce="n",Created="c"'
    return {"Authorization": 'AKSK realm="SDP"', "X-AKSK": token}


async def post(url: str, headers: dict[str, str]) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/status", json=DISCONNECT, headers=headers) as answer,
    ):
        return answer.status


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(10):
        return (await process.stdout.readline()).decode()


async def test_a_line_tells_who_called_whom_why_it_ended_and_what_is_wrong():
    async with receiving() as (process, url):
        assert await post(url, signature()) == 200
        right = await line(process)
        assert await post(url, signature("wrong")) == 200
        wrong = await line(process)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert right[8:].rstrip() == (
        "  disconnect  +8613800000021 → +8613800000022  ok  8014 Invalid AXB/X call: binding does not exist, "
        "number format wrong, etc. 无效AXB/X模式呼叫(绑定关系不存在,号码格式错误等)"
    )
    assert "+8613800000022  the AKSK digest is not that of this app's secret  8014 Invalid" in wrong


async def test_json_is_one_object_a_request_and_the_ready_file_is_there_while_it_listens():
    args = ("--json", "--answer", "503", "--fail-first", "1", "--app-key", "mine", "--ready-file", "ready.json")
    async with receiving(*args) as (process, url):
        ready = json.loads(Path("ready.json").read_bytes())  # noqa: ASYNC240 - a tiny local file in a test
        assert ready == {"receiver": url}
        assert await post(url, signature("mine-secret", "mine")) == 503
        arrived = json.loads(await line(process))
        assert await post(url, signature("mine-secret", "mine")) == 200
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    assert (arrived["kind"], arrived["path"], arrived["ok"], arrived["answered"]) == (
        "disconnect",
        "/status",
        True,
        "503",
    )
    assert arrived["told"][0]["cause"] == 8014
    assert json.loads(arrived["body"]) == DISCONNECT
    assert not Path("ready.json").exists()  # noqa: ASYNC240 - as above


def test_a_port_in_use_is_one_line_that_says_what_to_do(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["receive", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use; choose another with --port" in said


def test_misbehaviours_exclude_one_another(capsys):
    assert main(["receive", "--cut", "--answer", "500"]) == 2
    assert "--answer and --cut exclude one another: a request gets one answer or none" in capsys.readouterr().err


async def test_a_call_to_x_is_connected_to_the_number_or_answered_with_the_file():
    Path("wrong.json").write_text('{"operation": "conect"}')  # noqa: ASYNC240 - a tiny local file in a test
    wanted = {
        (): {"operation": "close"},
        ("--connect", "+8613800000002"): {"operation": "connect", "connectInfo": {"calleeNum": "+8613800000002"}},
        ("--decision", "wrong.json"): {"operation": "conect"},
    }
    for args, decision in wanted.items():
        async with (
            receiving(*args) as (_, url),
            aiohttp.ClientSession() as session,
            session.post(f"{url}/callin", json=ASKS, headers=signature()) as answer,
        ):
            assert (answer.status, await answer.json()) == (200, decision)


def test_a_call_gets_one_answer(capsys):
    Path("d.json").write_text("{}")
    assert main(["receive", "--connect", "+8613800000002", "--decision", "d.json"]) == 2
    assert "--connect and --decision exclude one another: a call gets one answer" in capsys.readouterr().err


async def test_x_number_status_is_shown_with_its_meaning_and_refused_at_the_wrong_address():
    notice = {"eventType": "numStatus", "numInfo": [
        {"number": "+8613800000001", "status": "10", "cause": "7"}, {"number": "+8613800000002", "status": "5"},
    ]}  # fmt: skip
    async with receiving() as (process, url), aiohttp.ClientSession() as session:
        for path in ("number-status", "fee"):
            async with session.post(f"{url}/{path}", json=notice, headers=signature()) as answered:
                assert (answered.status, await answered.read()) == (200, b"")
        right, more, wrong = [await line(process) for _ in range(3)]
    assert right[8:].rstrip() == "  numStatus   +8613800000001 10 unavailable (7 unconditional forwarding active)  ok"
    assert more.strip() == "numStatus   +8613800000002 5 normal"
    assert "a numStatus came to /fee, instead of /number-status" in wrong


async def test_an_sms_that_is_put_to_it_is_discarded_or_routed():
    asks = load("notifications/x/sms_block")["examples"][0]
    to_b = {"called": "+8613800000002", "calling": "+8613800000001"}
    wanted = {
        (): {"actions": [{"operation": "DiscardMessage"}]},
        ("--connect", "+8613800000002"): {"actions": [{"operation": "vNumberRoute", "message": to_b}]},
    }
    for args, decision in wanted.items():
        async with (
            receiving(*args) as (process, url),
            aiohttp.ClientSession() as session,
            session.post(f"{url}/sms-block", json=asks, headers=signature()) as answer,
        ):
            assert (answer.status, await answer.json()) == (200, decision)
            assert (await line(process))[8:].split() == [
                "sms_block", "+8613800000001", "→", "+8613800000000", "ok",
            ]  # fmt: skip
