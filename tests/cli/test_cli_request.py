"""`pnsim request`: a signed request against a whole simulator."""

import asyncio
import json
import re
import shlex
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator.app import assemble
from simulator.cli.main import pnsim
from simulator.config import load

PARTIES = ("--caller", "+8613800000021", "--callee", "+8613800000023")


@pytest.fixture(params=["off", "self-signed"])
async def api(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The address of a running platform, over http and over https."""
    monkeypatch.chdir(tmp_path)
    simulator = assemble(load(None, {}, {"port": "0", "control_port": "0", "clock": "virtual", "tls": request.param}))
    yield (await simulator.start()).api
    await simulator.stop()


async def ask(api: str, *args: str) -> Result:
    """Run the command in a thread of its own: it has an event loop of its own."""
    return await asyncio.to_thread(invoke, *args, "--url", api, "--insecure")


def invoke(*args: str) -> Result:
    return CliRunner().invoke(pnsim, ["request", *args])


def body_of(result: Result) -> dict[str, object]:
    body: dict[str, object] = json.loads(result.stdout.splitlines()[-1].removeprefix("< "))
    return body


@pytest.mark.parametrize("scheme", ["AKSK", "WSSE"])
async def test_every_operation_is_signed_sent_and_shown_with_its_answer(api: str, scheme: str) -> None:
    bound = await ask(api, "bind", *PARTIES, "--area-code", "0755", "--record", "yes", "--scheme", scheme)
    assert bound.exit_code == 0, bound.output
    assert "> POST /rest/caas/relationnumber/partners/v1.0 HTTP/1.1\n> Host: " in bound.stdout
    assert '"recordFlag":"true"' in bound.stdout
    assert f"> X-{scheme}: UsernameToken Username=" in bound.stdout
    assert "< 200 OK\n" in bound.stdout
    body = body_of(bound)
    subscription, x_number = str(body["subscriptionId"]), str(body["relationNum"])
    assert (await ask(api, "modify", "--subscription-id", subscription, "--max-minutes", "3")).exit_code == 0
    queried = body_of(await ask(api, "query", "--number", x_number))
    assert queried["totalCount"] == 1
    assert (await ask(api, "unbind", "--subscription-id", subscription)).exit_code == 0


async def test_a_refusal_is_shown_and_ends_with_1(api: str) -> None:
    refused = await ask(api, "recording-address", "--file-name", "x.wav", "--domain", "ostor.huawei.com")
    assert refused.exit_code == 1
    assert body_of(refused)["resultcode"] == "1012007"
    wrong_secret = await ask(api, "query", "--number", "+8613800000001", "--app-secret", "wrong")
    assert wrong_secret.exit_code == 1
    assert body_of(wrong_secret) == {"resultcode": "1010010", "resultdesc": "Invalid digest."}


@pytest.mark.parametrize("mode", ["AX", "AXE", "AXYB"])
async def test_without_an_app_key_the_demo_app_of_the_mode_signs(api: str, mode: str) -> None:
    area = ("--area-code", "0755", "--number-type", "mobile-virtual") if mode == "AX" else ("--area-code", "0755")
    bound = await ask(api, "bind", "--mode", mode, "--user", "+8613800000021", *area)
    assert (bound.exit_code, body_of(bound)["resultcode"]) == (0, "0")
    assert f'Username="{mode.lower()}-demo"' in bound.stdout


async def test_a_certificate_of_nobody_is_refused_without_insecure(api: str) -> None:
    result = await asyncio.to_thread(invoke, "query", "--number", "+8613800000001", "--url", api)
    assert result.exit_code == (6 if api.startswith("https") else 1)


def test_nobody_there_ends_with_6() -> None:
    result = invoke("query", "--number", "x", "--url", "http://127.0.0.1:1")
    assert result.exit_code == 6
    assert result.stderr == "connection refused by 127.0.0.1:1; is a platform there? `pnsim serve` starts one\n"


def test_curl_prints_a_command_with_the_digest_and_without_the_secret() -> None:
    result = invoke("bind", *PARTIES, "--app-key", "k", "--app-secret", "hush-hush", "--curl")
    words = shlex.split(result.stdout)
    assert (result.exit_code, words[:4]) == (0, ["curl", "-i", "-X", "POST"])
    assert words[-1] == "http://127.0.0.1:8080/rest/caas/relationnumber/partners/v1.0"
    assert json.loads(words[-2]) == {"callerNum": "+8613800000021", "calleeNum": "+8613800000023"}
    assert re.search(r'PasswordDigest="[A-Za-z0-9+/]{43}=",Nonce="[0-9a-f]{32}",Created="[-0-9T:]+Z"', result.stdout)
    assert "hush" not in result.output


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["bind", "--calle", "x"], "No such option '--calle'"),
        (["bnd"], "No such command 'bnd'"),
        (["query", "--url", "ftp://x"], "only http and https are spoken, not 'ftp'"),
        (["query", "--app-key", "shop"], "--app-secret is needed for shop: only the demo's secret is known"),
        (["query", "--mode", "AY"], "'AY' is not one of 'AX', 'AXB', 'AXE', 'AXYB', 'X'"),
        (["modify", "--mode", "X"], "mode X has no operation modify; it has: recording-address, terminate"),
        (["bind", "--max-minutes", "x"], "'x' is not a valid integer"),
    ],
)
def test_wrong_usage_ends_with_2(args: list[str], sentence: str) -> None:
    result = invoke(*args)
    assert result.exit_code == 2
    assert sentence in result.stderr.replace("\n", " ")


def test_an_operation_has_an_option_for_every_member() -> None:
    offered = set(re.findall(r"--([a-z-]+)", invoke("bind", "--help").stdout))
    assert {
        "caller",
        "callee",
        "x-number",
        "number",
        "area-code",
        "area-match",
        "direction",
        "lifetime-seconds",
    } <= offered
    assert {
        "record",
        "record-tone",
        "max-minutes",
        "last-minute-tone",
        "caller-tone",
        "callee-tone",
        "user-data",
    } <= offered
