"""The log of `pnsim serve`: what is told at which level, that it never holds a secret, and that nobody forges a line."""

import asyncio
import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from simulator.app import Simulator, assemble
from simulator.cli.log_rows import follow
from simulator.cli.logs import Lines, install, plain, tell
from simulator.config import load
from simulator.delivery.notification import Slot
from simulator.delivery.signature import aksk_digest
from simulator.telephony.commands.axb import BindAxb
from simulator.telephony.commands.calls import Dial
from tests.cli.test_cli_serve import served

KEY, SECRET = "axb-demo", "axb-demo-secret"
BIND = "/rest/caas/relationnumber/partners/v1.0"
HOSTILE = 'x\r\n2026-01-01 error forged\x1b[2J\u2028"}{\x00'


@contextmanager
def logged(simulator: Simulator, level: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the log of this simulator says, as JSON."""
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    undo = install(level, "json", lambda: (simulator.token, *(app.secret for app in simulator.exchange.apps())))
    follow(simulator.exchange.journal)
    try:
        yield said
    finally:
        undo()


@pytest.fixture
async def simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    one = assemble(load(None, {}, {"port": "0", "control_port": "0", "clock": "virtual"}), lanes=1)
    await one.start()
    yield one
    await one.stop()


def records(said: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


def wrong_headers(digest: str) -> list[dict[str, str]]:
    """Requests that are refused, each with something in it that must not be told."""
    scheme = 'AKSK realm="SDP",profile="UsernameToken",type="Appkey"'
    token = f'UsernameToken Username="{KEY}",PasswordDigest="{digest}",Nonce="n1",Created="2020-01-01T00:00:00Z"'
    return [
        {},
        {"Authorization": f"Bearer {digest}"},
        {"Authorization": scheme},
        {"Authorization": scheme, "X-AKSK": token},
        {"Authorization": scheme, "X-AKSK": token.replace(KEY, SECRET)},
        {"Authorization": scheme, "X-AKSK": token.replace('"', "'")},
        {"Authorization": scheme, "X-AKSK": token.replace("PasswordDigest", "Digest")},
        {"Authorization": scheme.replace("AKSK", "WSSE"), "X-WSSE": token},
        {"Authorization": f"Basic {digest}", "X-AKSK": digest},
        {"Authorization": digest, "X-AKSK": f"{token},{token}"},
        {"X-AKSK": token, "Cookie": f"pnsim_session={digest}"},
    ]


async def test_no_wrong_request_puts_a_secret_into_the_log(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert simulator.ready is not None
    digest = aksk_digest(SECRET, "n1", "2020-01-01T00:00:00Z")
    hidden = (digest, digest[:-1], SECRET, simulator.token, "UsernameToken U")
    targets = (BIND, f"{BIND}?secret={SECRET}", f"/{SECRET}/{digest}", f"/rest/{simulator.token}")
    with logged(simulator, "debug", monkeypatch) as said:
        async with aiohttp.ClientSession() as session:
            for headers in wrong_headers(digest):
                for target in targets:
                    for method in ("POST", "GET", "PATCH"):
                        body = json.dumps({"app_secret": SECRET, "callerNum": digest})
                        await session.request(method, simulator.ready.api + target, headers=headers, data=body)
                for path in ("/apps", f"/{SECRET}", f"/apps/{simulator.token}", f"/ready?token={simulator.token}"):
                    url = f"{simulator.ready.control}/control/v1{path}"
                    await session.post(url, headers=headers, data=json.dumps({"app_secret": SECRET}))
                    await session.post(url, headers={"Authorization": f"Bearer {simulator.token}"}, json={"x": SECRET})
    told = records(said)
    assert len(told) > 150
    assert {record["event"] for record in told} == {"api_refused", "control_refused"}
    assert [secret for secret in hidden if secret in said.getvalue()] == []


async def test_failed_attempts_are_told_and_at_last_that_it_was_given_up(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = simulator.exchange
    exchange.change_app(KEY, receivers={Slot.STATUS: f"http://127.0.0.1:9/status?key={SECRET}"})
    app = exchange.app(KEY)
    assert app is not None
    bound = exchange.axb.bind(app, BindAxb("+8613800000021", "+8613800000023", area_code="0755"))
    with logged(simulator, "info", monkeypatch) as said:
        exchange.dial(KEY, Dial("+8613800000021", bound.x_number))
        await simulator.story.advance(7 * 86_400)
    told = [record for record in records(said) if record.get("kind") == "callin"]
    assert [(record["event"], record["level"], record["attempt"]) for record in told][:2] == [
        ("attempt_failed", "info", 1),
        ("attempt_failed", "info", 2),
    ]
    assert (told[-1]["event"], told[-1]["level"], told[-1]["retry_at"]) == ("delivery_exhausted", "warning", None)
    assert told[0]["receiver"] == "127.0.0.1:9/status"
    assert told[0]["failure"]
    assert SECRET not in said.getvalue()


async def test_the_default_level_listens_to_next_to_nothing(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(simulator.exchange.journal.listeners)
    with logged(simulator, "error", monkeypatch) as said:
        assert len(simulator.exchange.journal.listeners) == before + 1
        tell(logging.WARNING, "nobody hears it")
        simulator.exchange.journal.note("contract_violation", simulator.exchange.now(), KEY, violations=["x"])
    assert [record["event"] for record in records(said)] == ["contract_violation"]


def test_hostile_text_ends_no_line_in_either_form() -> None:
    for is_json in (True, False):
        lines = Lines(lambda: (SECRET,), is_json=is_json)
        record = logging.LogRecord("pnsim", logging.INFO, "", 0, HOSTILE, (), None)
        record.fields = {"why": HOSTILE, "many": [HOSTILE, SECRET], "count": 3}
        line = lines.format(record)
        assert line.isprintable()
        assert len(line.splitlines()) == 1
        assert SECRET not in line
        if is_json:
            assert json.loads(line)["why"] == HOSTILE
    assert plain("a\tb\x85") == "a\\tb\\x85"


@pytest.mark.parametrize("is_json", [True, False])
def test_a_bug_has_its_traceback_and_its_words_forge_nothing(*, is_json: bool) -> None:
    error = RuntimeError(f"broke on {SECRET}\n{HOSTILE}")
    record = logging.LogRecord("simulator.control", logging.ERROR, "", 0, "a bug", (), (RuntimeError, error, None))
    text = Lines(lambda: (SECRET,), is_json=is_json).format(record)
    assert "RuntimeError: broke on ***" in text
    assert SECRET not in text
    first, *others = text.split("\n")
    assert "a bug" in first
    assert all(line.startswith("  | ") and line.isprintable() for line in others)
    assert bool(others) is not is_json


async def test_serve_tells_start_ready_and_stop_in_json_and_by_itself_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for flags, events in (((), []), (("--log-level", "info", "--log-format", "json"), ["start", "ready", "stopped"])):
        async with served(*flags) as (process, _):
            process.terminate()
            async with asyncio.timeout(30):
                _, err = await process.communicate()
        told = [json.loads(line) for line in err.decode().splitlines()]
        assert [record["event"] for record in told] == events
        assert all({"time", "level"} <= set(record) for record in told)
