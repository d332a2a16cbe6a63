"""With a journal in a file nothing leaves before what it tells of is there: no answer, no first byte (semantics 9)."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ServerDisconnectedError, web

from simulator.app import Simulator, assemble
from simulator.client.client import ControlClient
from simulator.client.errors import Unreachable
from simulator.clock import wall
from simulator.config import AppOptions, NumberOption, load
from simulator.scenario.asking import Credentials, Customer
from simulator.store.log import StoreFailed
from simulator.store.writer import Writer

A, B, X = "+8613800000021", "+8613800000023", "+8617000000001"


class File:
    """What another process would find in the journal's file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.missing: list[str] = []
        self.received = 0

    def count(self, kind: str, words: str) -> int:
        raw = sqlite3.connect(self.path)
        try:
            select = "SELECT count(*) FROM rows WHERE kind = ? AND instr(row, ?)"
            (found,) = raw.execute(select, (kind, words.encode())).fetchone()
            return int(found)
        finally:
            raw.close()

    async def receive(self, request: web.Request) -> web.Response:
        """A receiver that looks whether the attempt is in the file."""
        self.received += 1
        if not self.count("attempt_started", request.headers["x-aksk"].partition("Nonce=")[2][1:33]):
            self.missing.append(await request.text())
        return web.Response()


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "pnsim.db")


@pytest.fixture
async def simulator(file: File) -> AsyncIterator[Simulator]:
    app = web.Application()
    app.router.add_post("/{slot}", file.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    config = load(None, {}, {"store": str(file.path), "port": 0, "control_port": 0, "clock": "virtual"})
    receivers = {slot: f"{base}/{slot}" for slot in ("status", "fee", "sms")}
    shop = AppOptions("shop", "hush", numbers=(NumberOption(X, "0755"),), receivers=receivers)
    one = assemble(replace(config, apps=(shop,)))
    await one.start()
    yield one
    await one.stop()
    await runner.cleanup()


async def test_what_is_answered_and_what_is_sent_is_in_the_file(simulator: Simulator, file: File) -> None:
    ready = simulator.ready
    assert ready is not None
    assert simulator.direct is not None
    customer = Customer(ready.api, Credentials("shop", "hush"), wall.utc_now)
    await customer.ask("bind", {"caller": A, "callee": B, "x_number": X})
    assert file.count("api_request", "/rest/caas/relationnumber") == 1
    async with ControlClient(ready.control, ready.token) as control:
        for talks in range(1, 6):
            call = await control.dial({"app_key": "shop", "caller": A, "dialled": X, "talks_seconds": talks})
            assert file.count("call_event", call["call_id"]) >= 1
            await control.advance(60)
    assert (file.received, file.missing) == (30, [])
    status, _ = await simulator.direct("POST", "/clock/advance", {}, b'{"seconds": 1}')
    assert (status, file.count("control_request", "/clock/advance")) == (200, 6)


async def test_what_cannot_be_kept_is_not_answered(
    simulator: Simulator, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("no more of it")

    ready = simulator.ready
    assert ready is not None
    customer = Customer(ready.api, Credentials("shop", "hush"), wall.utc_now)
    await customer.ask("bind", {"caller": A, "callee": B, "x_number": X})
    monkeypatch.setattr(Writer, "_write", full)
    sentence = (
        f"{file.path}: the journal cannot be written (no more of it); look at the disk and its rights and start again: "
        "everything that was answered so far is in it"
    )
    for _ in range(2):
        with pytest.raises(ServerDisconnectedError):
            await customer.ask("query", {"x_number": X})
    async with ControlClient(ready.control, ready.token) as control:
        with pytest.raises(Unreachable):
            await control.dial({"app_key": "shop", "caller": A, "dialled": X})
    assert simulator.direct is not None
    with pytest.raises(StoreFailed):
        await simulator.direct("POST", "/clock/advance", {}, b'{"seconds": 1}')
    assert simulator.failed is not None
    assert str(simulator.failed.exception()) == sentence
    assert file.received == 0
