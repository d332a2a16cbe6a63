"""`pnsim trigger`: one notification to a real server; what is shown, what ends with which code."""

import asyncio
import json
import re
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import simulator
from simulator.cli.main import pnsim
from simulator.cli.triggering import _was_reached
from simulator.clock.wall import utc_now
from simulator.contract.samples import kinds
from simulator.outbound.answer import Failure, FailureKind
from simulator.scenario.asking import Credentials
from simulator.scenario.deciding import connect_to
from simulator.scenario.language import Behaviour, SmsAnswer
from simulator.scenario.receiver import SampleReceiver

ROOT = Path(simulator.__file__).parents[1]
SEND = ("trigger",)
CONFIG = """
[[apps]]
app_key = "mine"
app_secret = "hush-hush"
mode = "AX"
numbers = [{ number = "+8613800000077", area_code = "0755" }]
[apps.receivers]
status = "URL/status"
[apps.profile]
push_scheme = "WSSE"
[[apps]]
app_key = "other"
app_secret = "hush-hush"
mode = "AXE"
extension_digits = 2
"""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def invoke(*args: str) -> Result:
    return CliRunner().invoke(pnsim, [*SEND, *args])


async def trigger(*args: str) -> Result:
    """Run the command in a thread of its own: it has an event loop of its own."""
    return await asyncio.to_thread(invoke, *args)


@asynccontextmanager
async def server(mode: str = "AXB", key: str = "", secret: str = "", **how: Any) -> AsyncIterator[SampleReceiver]:
    key = key or f"{mode.lower()}-demo"
    credentials = Credentials(key, secret or f"{key}-secret")
    async with SampleReceiver(credentials, utc_now, Behaviour(**how), mode=mode) as receiver:
        yield receiver


def shown_body(result: Result) -> dict[str, Any]:
    """The body that is shown after the headers of the request."""
    lines = [line.removeprefix("> ").removeprefix(">") for line in result.stdout.splitlines() if line.startswith(">")]
    body: dict[str, Any] = json.loads("\n".join(lines[lines.index("") :]))
    return body


EVERY = [(kind.event, mode) for kind in kinds().values() for mode in kind.modes()]


@pytest.mark.parametrize("mode", ["AX", "AXB", "AXE", "AXYB", "X"])
async def test_every_event_of_a_mode_is_right_for_a_server_that_checks_signature_schema_and_address(mode: str) -> None:
    async with server(mode) as receiver:
        events = [event for event, one in EVERY if one == mode]
        for event in events:
            result = await trigger(event, "--mode", mode, "--receiver", receiver.url)
            assert (result.exit_code, receiver.complaints) == (0, []), (event, result.output)
    assert len(receiver.arrivals) == len(events) >= 6
    paths = {arrival.judged.kind: arrival.path for arrival in receiver.arrivals}
    assert (paths["callin"], paths["disconnect"], paths["fee"]) == ("/callin", "/status", "/fee")


async def test_both_sides_are_shown_and_the_verdict() -> None:
    async with server() as receiver:
        result = await trigger("disconnect", "--cause", "8102", "--receiver", receiver.url)
    port = receiver.url.rpartition(":")[2]
    head = result.stdout.splitlines()[:6]
    assert head[:4] == [
        "> POST /status HTTP/1.1",
        f"> Host: 127.0.0.1:{port}",
        "> content-type: application/json;charset=UTF-8",
        '> authorization: AKSK realm="SDP",profile="UsernameToken",type="Appkey"',
    ]
    signed = r'UsernameToken Username="axb-demo",PasswordDigest="[+/\w]{43}=",Nonce="[0-9a-f]{32}",Created="[-0-9T:]+Z"'
    assert re.fullmatch(f"> x-aksk: {signed}", head[4])
    assert head[5] == f"> content-length: {len(receiver.arrivals[0].body)}"
    assert shown_body(result) == json.loads(receiver.arrivals[0].body)
    assert shown_body(result)["statusInfo"]["stateCode"] == 8102
    assert "\n< 200 OK\n" in result.stdout
    assert result.stdout.endswith("\nacknowledged: answered 200\n")


async def test_without_a_receiver_a_sample_one_answers_and_that_is_said() -> None:
    result = await trigger("fee", "--count", "50", "--mode", "AXYB")
    assert (result.exit_code, len(shown_body(result)["feeLst"])) == (0, 50)
    assert result.stderr == "no receiver is named: a sample receiver answers; --receiver URL is yours\n"


async def test_a_setting_is_sent_and_a_server_that_minds_it_is_believed() -> None:
    async with server() as receiver:
        args = ("--set", "stateCode=9999", "--set", "caller=13800000021", "--receiver", receiver.url)
        refused = await trigger("disconnect", *args)
        assert (refused.exit_code, len(receiver.arrivals)) == (2, 0)
        said = " ".join(refused.stderr.split())
        assert (
            "the platform never sends this, by the schema notifications/axb/disconnect: at /statusInfo/stateCode: "
            in said
        )
        assert "9999 is not one of" in said
        assert said.endswith("--unchecked sends it")
        sent = await trigger("disconnect", *args, "--unchecked")
        assert sent.exit_code == 0
        assert "unchecked: at /statusInfo/stateCode: 9999 is not one of" in sent.stderr
        info = json.loads(receiver.arrivals[0].body)["statusInfo"]
    assert (info["stateCode"], info["caller"]) == (9999, "13800000021")


@pytest.mark.parametrize(
    ("how", "code", "sentence"),
    [
        ({"answer": 500}, 1, "not acknowledged: answered 500 Internal Server Error where 200 is success"),
        ({"answer": 302}, 1, "not acknowledged: answered 302 Found where 200 is success; the platform follows no redirects"),
        ({"hang": True}, 1, "not acknowledged: no answer within 0.5 s"),
        ({"cut": True}, 1, "not acknowledged: "),
        ({"garbage": True}, 1, "not acknowledged: "),
    ],
)  # fmt: skip
async def test_what_the_platform_would_not_take_for_an_acknowledgement_ends_with_1(
    how: dict[str, Any], code: int, sentence: str
) -> None:
    async with server(**how) as receiver:
        result = await trigger("alerting", "--receiver", receiver.url, "--timeout", "0.5")
    assert result.exit_code == code
    assert sentence in result.stdout


async def test_nobody_there_ends_with_6() -> None:
    result = await trigger("alerting", "--url", "http://127.0.0.1:1/mine")
    assert result.exit_code == 6
    assert result.stderr == "http://127.0.0.1:1/mine is out of reach; `pnsim receive` starts a sample server\n"
    assert "not acknowledged: connection refused by 127.0.0.1:1" in result.stdout
    name = await trigger("alerting", "--receiver", "http://nobody.invalid")
    assert name.exit_code == 6
    assert not _was_reached(Failure(FailureKind.CONNECT_TIMEOUT, "no connection to http://h:80 within 10 s"))
    assert _was_reached(Failure(FailureKind.TIMEOUT, "no answer within 10 s"))


@pytest.mark.parametrize(
    ("decision", "code", "told"),
    [
        (None, 0, ["decided: close", "acknowledged: answered 200"]),
        (connect_to("+8613800000023"), 0, ["decided: connect, callee +8613800000023", "acknowledged: answered 200"]),
        (b"", 1, ["not acknowledged: answered 200, but the body is empty; a JSON object is needed"]),
        (b'{"operation":"connect","connectInfo":{"calleNum":"x"}}', 1,
         ["not acknowledged: answered 200, but the decision lacks calleeNum; 'calleNum' was given"]),
        (b'{"operation":"close","closeInfo":{"closeHintTone":"none.wav"}}', 1,
         ["not acknowledged: answered 200, but the decision cannot be carried out: "]),
    ],
)  # fmt: skip
async def test_the_decision_on_a_call_to_x_is_read(decision: bytes | None, code: int, told: list[str]) -> None:
    async with server("X", decision=decision) as receiver:
        result = await trigger("callin", "--mode", "X", "--receiver", receiver.url)
    assert result.exit_code == code
    assert all(line in result.stdout for line in told), result.stdout


@pytest.mark.parametrize(
    ("decision", "code", "told"),
    [
        (None, 0, ["decided: discard", "acknowledged: answered 200"]),
        (SmsAnswer("+8613800000023", "u"), 0,
         ["decided: forward, destination +8613800000023, user_data u", "acknowledged: answered 200"]),
        (b"{}", 1, ["not acknowledged: answered 200, but the decision lacks actions"]),
        (b'{"actions":{"operation":"Discard"}}', 1, ["instead of vNumberRoute or DiscardMessage; is DiscardMessage meant?"]),
    ],
)  # fmt: skip
async def test_the_decision_on_an_sms_is_read(decision: SmsAnswer | bytes | None, code: int, told: list[str]) -> None:
    async with server("X", sms_decision=decision) as receiver:
        result = await trigger("sms-block", "--mode", "X", "--receiver", receiver.url)
    assert result.exit_code == code
    assert all(line in result.stdout for line in told), result.stdout


async def answering(body: bytes) -> tuple[asyncio.Server, str]:
    """A server of a customer that answers 200 with this body, whatever it gets."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", f"Content-Length: {len(body)}"))
        writer.write(head.encode("latin-1") + b"\r\n" + body)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    return listening, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def test_a_body_where_none_is_due_is_a_remark_and_with_strict_a_failure() -> None:
    listening, url = await answering(b'{"ok":true}')
    async with listening:
        lenient, strict = (
            await trigger("answer", "--receiver", url),
            await trigger("answer", "--receiver", url, "--strict"),
        )
    assert (lenient.exit_code, strict.exit_code) == (0, 1)
    assert lenient.stdout.endswith(
        '< {"ok":true}\nacknowledged: answered 200\nremark: answered with a body of 11 bytes where none is due\n'
    )


async def test_an_answer_moves_no_cursor() -> None:
    listening, url = await answering(b"\x1b[2J\xff\x00\r\nbye")
    async with listening:
        result = await trigger("answer", "--receiver", url)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", result.stdout)
    assert r"\x1b[2J" in result.stdout


async def test_credentials_numbers_and_addresses_are_those_of_the_configuration() -> None:
    async with server("AX", "mine", "hush-hush") as receiver:
        Path("pnsim.toml").write_text(CONFIG.replace("URL", receiver.url))  # noqa: ASYNC240 - a tiny local file in a test
        result = await trigger("callin", "--app", "mine")
        assert (result.exit_code, receiver.complaints) == (0, [])
        by_mode = await trigger("disconnect", "--mode", "AX")
    assert '> authorization: WSSE realm="SDP"' in by_mode.stdout
    assert '> x-wsse: UsernameToken Username="mine"' in by_mode.stdout
    assert shown_body(result)["statusInfo"]["called"] == "+8613800000077"
    assert "hush" not in result.output + by_mode.output
    keyed = await trigger("collectInfo", "--app", "other", "--dry-run")
    assert shown_body(keyed)["statusInfo"]["digitInfo"] == "12"


async def test_json_is_one_object_with_all_of_it() -> None:
    async with server("X", decision=connect_to("+8613800000023")) as receiver:
        told = json.loads((await trigger("callin", "--mode", "X", "--receiver", receiver.url, "--json")).stdout)
    assert (told["event"], told["mode"], told["app_key"], told["receiver"]) == ("callin", "X", "x-demo", "yours")
    assert told["url"] == f"{receiver.url}/callin"
    assert told["body"]["statusInfo"]["notifyMode"] == "Block"
    assert set(told["headers"]) == {"content-type", "authorization", "x-aksk"}
    assert (told["answer"]["status"], told["acknowledged"], told["verdict"]) == (200, True, "answered 200")
    assert told["decision"] == {"decision": "connect", "callee": "+8613800000023"}
    failed = json.loads((await trigger("fee", "--url", "http://127.0.0.1:1/", "--json")).stdout)
    assert (failed["answer"], failed["acknowledged"]) == (None, False)
    planned = json.loads((await trigger("fee", "--json", "--print")).stdout)
    assert (planned["sent"], planned["url"], "answer" in planned) == (False, "http://127.0.0.1:9000/fee", False)


def test_a_dry_run_sends_nothing_and_curl_prints_a_command_without_the_secret() -> None:
    dry = invoke("disconnect", "--dry-run", "--url", "http://127.0.0.1:1/x/?y=1")
    assert (dry.exit_code, dry.stderr) == (0, "")
    assert dry.stdout.startswith("> POST /x/?y=1 HTTP/1.1\n> Host: 127.0.0.1:1\n")
    words = shlex.split(invoke("fee", "--curl", "--receiver", "http://127.0.0.1:9000").stdout)
    assert words[:4] == ["curl", "-i", "-X", "POST"]
    assert words[-1] == "http://127.0.0.1:9000/fee"
    assert json.loads(words[-2])["eventType"] == "fee"
    assert not [word for word in words if "axb-demo-secret" in word]


def test_the_list_has_every_event_of_a_mode_with_the_paths_that_can_be_set() -> None:
    rows = json.loads(invoke("--list", "--json").stdout)
    assert [(row["event"], row["mode"]) for row in rows] == EVERY
    fee = next(row for row in rows if (row["event"], row["mode"]) == ("fee", "AXE"))
    assert (fee["address"], fee["cause"], fee["schema"]) == ("/fee", True, "notifications/axe/fee")
    assert {"feeLst.extendNum", "feeLst.callerNum"} <= set(fee["paths"])
    assert fee["words"]["cause"] == "feeLst.ulFailReason"
    plain = invoke("collectInfo", "--list").stdout.splitlines()
    assert plain[0].split("\t")[:3] == ["event", "mode", "address"]
    assert [line.split("\t")[:3] for line in plain[1:]] == [["collectInfo", "AXE", "/status"]]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ((), "which EVENT? `pnsim trigger --list` has them all"),
        (("disconect",), "no notification 'disconect'; did you mean disconnect? There are: callin, collectInfo, callout, "),
        (("disconect", "--list"), "no notification 'disconect'; did you mean disconnect?"),
        (("collectInfo", "--mode", "X"), "mode X has no collectInfo: only AXE collects digits, when B dials X"),
        (("sms", "--mode", "AXE"), "mode AXE has no sms: "),
        (("sms", "--mode", "AXE", "--list"), "mode AXE has no sms: "),
        (("disconnect", "--cause", "8108"), "no hangup cause 8108; the nearest is 8105; `pnsim causes` lists all"),
        (("disconnect", "--cause", "8031", "--mode", "AX"), "8031 does not occur in mode AX; it does in AXYB. --unchecked"),
        (("disconnect", "--cause", "8059"), "8059 is no hangup cause, but a disconnect point: Intercepted by the carrier"),
        (("fee", "--cause", "8059"), "in a CDR it is sent with --set cause=8059"),
        (("disconnect", "--cause", "9" * 5000), "is not a valid integer"),
        (("callin", "--cause", "8102"), "callin tells no hangup cause; disconnect and fee do"),
        (("fee", "--count", "51"), "a message holds 1 to 50 CDRs, not 51"),
        (("callin", "--count", "2"), "callin tells of one thing a message; only fee holds up to 50"),
        (("callin", "--set", "caler=x"), "'caler' leads nowhere in notifications/axb/callin; did you mean statusInfo.caller?"),
        (("callin", "--set", "caler=x", "--unchecked"), "'caler' leads nowhere"),
        (("callin", "--set", "caller"), "'caller' is not path=value"),
        (("callin", "--mode", "AY"), "'AY' is not one of 'AX', 'AXB', 'AXE', 'AXYB', 'X'"),
        (("callin", "--receiver", "ftp://x"), "ftp"),
        (("callin", "--receiver", "http://h", "--url", "http://h"), "--receiver is a base address and --url a whole one"),
        (("callin", "--app", "mne"), "no application 'mne'; did you mean 'mine'? There are: mine, other"),
        (("callin", "--app", "mine", "--mode", "AXB"), "application mine is of mode AX, not AXB"),
        (("fee", "--app", "mine"), ("application mine has no address for fee, so the platform pushes no fee; give it one "
         "under [apps.receivers], or name --receiver URL")),
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_2_and_says_what_would_be_right(args: tuple[str, ...], sentence: str) -> None:
    Path("pnsim.toml").write_text(CONFIG.replace("URL", "http://127.0.0.1:1"))
    result = invoke(*args)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_hostile_settings_are_only_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8, escapes and quotes, from a real process: one sentence or plain text, never a traceback."""
    command = [sys.executable, "-m", "simulator", "trigger", "answer", "--dry-run", "--set"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "LC_ALL": "C.UTF-8"}

    def run(setting: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([*command, setting], capture_output=True, cwd=tmp_path, env=environment, check=False)

    deep = run(b'statusInfo={"a":' + b"[" * 500 + b"]" * 500 + b"}")
    assert (deep.returncode, b"the body cannot be written as JSON: Recursion limit reached" in deep.stderr) == (2, True)
    broken, odd = run(b"caller=\xff\xfe"), run("sessionId='; rm -rf \x1b[2J $(id) 中".encode())
    assert (broken.returncode, b"is no UTF-8 text" in broken.stderr) == (2, True)
    assert odd.returncode == 0
    assert b"\x1b" not in odd.stdout
    assert "'; rm -rf \\u001b[2J $(id) 中" in odd.stdout.decode()
