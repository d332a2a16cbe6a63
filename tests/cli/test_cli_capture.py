"""`pnsim capture` and `pnsim mask` as processes: ready file, both views, masking, a kill, refusals."""

import asyncio
import json
import signal
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
from tests.replay.proxied import OK, captured, raw_server

ROOT = Path(simulator.__file__).parents[1]
DISCONNECT = load("notifications/axb/disconnect")["examples"][1]
A, X = "+8613800000021", "+8613800000022"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while head := await reader.readuntil(b"\r\n\r\n"):
        await reader.readexactly(int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0))
        writer.write(OK)


@asynccontextmanager
async def capturing(port: int, *args: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A process that captures, and its address."""
    where = ("--listen", ":0", "--forward", f"http://127.0.0.1:{port}", "--output", "c.ndjson")
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "simulator", "capture", *where, *args)
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            said = (await process.stderr.readline()).decode()
        assert said.startswith("capturing http"), said
        yield process, said.split()[1]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def push(url: str, secret: str = "axb-demo-secret", **options: object) -> None:
    value = digest(Scheme.AKSK, secret, "n", "c")
    token = f'UsernameToken Username="axb-demo",PasswordDigest="{value}",Nonce="n",Created="c"'
    headers = {"Authorization": 'AKSK realm="SDP",profile="UsernameToken",type="Appkey"', "X-AKSK": token}
    async with aiohttp.ClientSession() as session, session.post(
        f"{url}/status", data=json.dumps(DISCONNECT), headers=headers, **options
    ) as answer:  # fmt: skip
        assert answer.status == 200


async def end(process: asyncio.subprocess.Process) -> tuple[str, str]:
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode(), err.decode()


async def test_a_live_line_a_signature_remark_a_ready_file_and_a_summary():
    known = ("--app", "axb-demo", "--secret", "axb-demo-secret", "--ready-file", "p.json")
    async with raw_server(answering) as port, capturing(port, *known) as (process, url):
        ready = json.loads(Path("p.json").read_text(encoding="utf-8"))  # noqa: ASYNC240 - a line of a test
        await push(url)
        await push(url, secret="another")
        out, err = await end(process)
    assert ready == {"proxy": url, "receiver": f"http://127.0.0.1:{port}", "capture": "c.ndjson", "pid": process.pid}
    right, wrong = out.splitlines()
    assert f"disconnect  {A}" in right
    assert "  200  " in right
    assert "  signature ok  " in right
    assert "  the AKSK digest is not that of this app's secret  " in wrong
    assert err.splitlines() == ["2 exchanges on 2 connections, 2 recorded in c.ndjson"]
    assert not Path("p.json").exists()  # noqa: ASYNC240 - as above


async def test_json_lines_and_masked_numbers_the_same_in_a_second_file():
    masked = ("--json", "--mask", "--mask-key", "long enough")
    async with raw_server(answering) as port, capturing(port, *masked) as (process, url):
        await push(url)
        out, _ = await end(process)
        line = json.loads(out)
        assert (line["kind"], line["status"], line["signature"]) == ("disconnect", 200, None)
        assert line["session_ids"] == [DISCONNECT["statusInfo"]["sessionId"]]
        Path("c.ndjson").rename("masked.ndjson")  # noqa: ASYNC240 - as above
        async with capturing(port) as (second, address):
            await push(address)
            await end(second)
    assert main(["mask", "c.ndjson", "-o", "later.ndjson", "--mask-key", "long enough"]) == 0
    (at_once,), (later,), (clear,) = (captured(Path(f)) for f in ("masked.ndjson", "later.ndjson", "c.ndjson"))
    assert at_once.body == later.body
    assert A.encode() in clear.body
    assert A.encode() not in later.body
    assert X.encode() not in later.body


async def test_a_kill_leaves_a_capture_that_can_be_read_and_gone_on_with():
    async with raw_server(answering) as port:
        async with capturing(port) as (process, url):
            assert process.stdout is not None
            for _ in range(5):
                await push(url)
                await process.stdout.readline()  # shown: so it is in the file
            process.kill()
        assert len(captured(Path("c.ndjson"))) == 5
        async with capturing(port) as (process, url):
            await push(url)
            await end(process)
    assert [line.status for line in captured(Path("c.ndjson"))] == [200] * 6


async def test_https_towards_the_platform():
    async with raw_server(answering) as port, capturing(port, "--tls", "self-signed") as (process, url):
        assert url.startswith("https://127.0.0.1:")
        await push(url, ssl=False)
        await end(process)
    assert [line.status for line in captured(Path("c.ndjson"))] == [200]


async def test_a_listener_for_all_is_warned_about():
    async with raw_server(answering) as port, capturing(port, "--listen", "0.0.0.0:0") as (process, _):
        _, err = await end(process)
    assert err.startswith(
        f"WARNING: 0.0.0.0 is reachable by strangers, and through this proxy so is http://127.0.0.1:{port}\n"
    )


FORWARD = ("--forward", "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ((), "Missing option '--forward'."),
        (("--forward", "http://h/status"),
         "targets pass unchanged, so the receiver has no path of its own: write http://h:80"),
        (("--forward", "ftp://h"), "only http and https are spoken, not 'ftp'"),
        ((*FORWARD, "--listen", "9000"),
         "'9000' is no address to listen on: write :9000 (this machine only), or 0.0.0.0:9000"),
        ((*FORWARD, "--listen", ":99999"), "'99999' is no address to listen on".replace("99999", ":99999")),
        ((*FORWARD, "--max-bytes", "lots"), "'lots' is no size such as 64KiB, 500MB or 1GiB"),
        ((*FORWARD, "--secret", "s"), "--secret belongs to an application: add --app KEY"),
        ((*FORWARD, "--app", "me"),
         "the secret of 'me' is not known: add --secret SECRET (there is no configuration)"),
        ((*FORWARD, "--mask-sms"), "--mask-sms says how to mask: add --mask"),
        ((*FORWARD, "--mask", "--mask-key", "short"),
         "must have at least 8 characters: who guesses it can undo the masking (the value is not shown)"),
        ((*FORWARD, "--tls", "on"), 'must be "off", "self-signed" or { cert = "FILE", key = "FILE" }'),
        ((*FORWARD, "--ready-file", "no/r.json"), "the folder of no/r.json is not there"),
    ],
)  # fmt: skip
def test_refusals_of_capture(capsys, args, sentence):
    assert main(["capture", *args]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert sentence in said
    assert "'short'" not in said


def test_a_file_that_is_no_capture_is_not_written_to(capsys):
    Path("c").write_text("mine\n", encoding="utf-8")
    assert main(["capture", *FORWARD, "--listen", ":0", "--output", "c"]) == 3
    assert "c is there and is no capture: choose another file, nothing was written to it" in capsys.readouterr().err
    assert main(["mask", "c", "-o", "d"]) == 3
    assert "no capture of this version: its first line would be" in capsys.readouterr().err
    assert not Path("d").exists()
    assert main(["mask", "c", "-o", "c"]) == 2
    assert "c is there already: choose another file, nothing is overwritten" in capsys.readouterr().err
