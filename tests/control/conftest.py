"""A whole simulator on free ports and a standing clock, a receiver, and raw requests to its control plane."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from simulator.app import Simulator, assemble
from simulator.client.client import ControlClient
from simulator.config import DEMO_APP, load
from simulator.telephony.bindings.axb import AxbBinding
from simulator.telephony.commands.axb import BindAxb

A, B, C = "+8613800000021", "+8613800000023", "+8613800000025"
KEY = "axb-demo"


@dataclass
class Plane:
    """A started simulator and ways to ask its control plane."""

    simulator: Simulator
    session: aiohttp.ClientSession
    url: str
    token: str

    async def raw(self, method: str, path: str, **how: Any) -> tuple[int, Any, Mapping[str, str]]:
        """Status, JSON and headers of a request; `token=None` sends none."""
        token = how.pop("token", self.token)
        headers = {**({} if token is None else {"Authorization": f"Bearer {token}"}), **how.pop("headers", {})}
        url = self.url + ("" if path.startswith("/control") else "/control/v1") + path
        async with self.session.request(method, url, headers=headers, **how) as answer:
            return answer.status, await answer.json(content_type=None), answer.headers

    def client(self) -> ControlClient:
        """A typed client, to be entered."""
        return ControlClient(self.url, self.token)

    def bind(self, **members: Any) -> AxbBinding:
        """A binding of A and B in 0755."""
        exchange = self.simulator.exchange
        app = exchange.app(KEY)
        assert app is not None
        return exchange.axb.bind(app, BindAxb(**{"caller": A, "callee": B, "area_code": "0755", **members}))


@dataclass
class Receiver:
    """A customer's server that answers what it is told."""

    url: str = ""
    status: int = 200
    hold: asyncio.Event | None = None
    got: list[tuple[str, bytes]] = field(default_factory=list)

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Remember and answer."""
        self.got.append((request.path, await request.read()))
        if self.hold is not None:
            await self.hold.wait()
        return web.Response(status=self.status)


@pytest.fixture
async def plane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Plane]:
    monkeypatch.chdir(tmp_path)
    config = load(None, {}, {"port": "0", "control_port": "0", "clock": "virtual"})
    simulator = assemble(replace(config, apps=(DEMO_APP,)), lanes=1)
    ready = await simulator.start()
    async with aiohttp.ClientSession() as session:
        yield Plane(simulator, session, ready.control, ready.token)
    await simulator.stop()


@pytest.fixture
async def receiver(plane: Plane) -> AsyncIterator[Receiver]:
    """Receives everything of the demo application."""
    one = Receiver()
    runner = web.ServerRunner(web.Server(one.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    slots = {slot: f"{one.url}/{slot}" for slot in ("status", "fee")}
    async with plane.client() as client:
        await client.change_app(KEY, {"receivers": slots})
    yield one
    await runner.cleanup()
