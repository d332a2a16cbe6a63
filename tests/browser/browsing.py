"""A simulator with its page in a real browser, its receiver, and what the page complains of."""

import os
import shutil
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from simulator.app import Simulator, assemble
from simulator.config import DEMO_APPS, load
from simulator.telephony.commands.axb import BindAxb

A, B = "+8613800000021", "+8613800000023"
KEY = "axb-demo"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE = {"width": 1280, "height": 860}


def browser_path() -> str | None:
    """The browser of this machine, or of PNSIM_CHROMIUM."""
    return os.environ.get("PNSIM_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@dataclass
class Seen:
    """A page in the browser, the simulator behind it, and what the receiver got."""

    simulator: Simulator
    page: Any
    complaints: list[str] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    status: int = 200
    says: str = ""

    @property
    def address(self) -> str:
        """Where the page is."""
        assert self.simulator.ready is not None
        return self.simulator.ready.control

    @property
    def token(self) -> str:
        """What signs in."""
        return self.simulator.token

    async def open(self, view: str = "calls") -> None:
        """Sign in by the address that the program prints, and go to a view."""
        await self.page.goto(f"{self.address}/#token={self.token}")
        await self.page.wait_for_selector(".house")
        await self.page.goto(f"{self.address}/#{view}")
        await self.page.wait_for_selector(f'nav a[aria-current="page"][href="#{view.split("/", maxsplit=1)[0]}"]')

    def bind(self, **members: Any) -> str:
        """A and B tied together; their X."""
        app = self.simulator.exchange.app(KEY)
        assert app is not None
        wish = BindAxb(**{"caller": A, "callee": B, "area_code": "0755", **members})
        return self.simulator.exchange.axb.bind(app, wish).x_number

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """The receiver."""
        self.got.append(request.path)
        await request.read()
        return web.Response(status=self.status, text=self.says)


async def started(token: str | None = None, port: int = 0, scale: str = "virtual") -> Simulator:
    """A simulator with the demo applications, one a mode."""
    config = load(None, {}, {"port": "0", "control_port": str(port), "clock": scale})
    server = replace(config.server, control_token=token) if token else config.server
    simulator = assemble(replace(config, server=server, apps=DEMO_APPS), lanes=4)
    await simulator.start()
    return simulator
