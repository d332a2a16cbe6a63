"""A customer for tests: a shop whose own API takes orders, binds through the platform, and says what it did."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from simulator.clock.wall import utc_now
from simulator.scenario.asking import Credentials, Customer

DONE, OPEN = "done", "open"


class Shop:
    """POST /orders binds caller and callee (later, where it is told `later`); GET /orders/1 says how far it is."""

    def __init__(self) -> None:
        self.url = ""
        self.seen: list[tuple[str, str, dict[str, str], Any]] = []
        self.polls_until_done = 1
        self.answer: dict[str, Any] = {"id": 1, "lines": [{"item": "tea"}]}
        self._tasks: set[asyncio.Task[object]] = set()

    async def answered(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request."""
        body = await request.json() if request.body_exists else None
        self.seen.append((request.method, request.path_qs, dict(request.headers), body))
        if request.path == "/elsewhere":
            return web.Response(status=302, headers={"Location": f"{self.url}/orders/1"})
        if request.path == "/text":
            return web.Response(text="just words")
        if request.method == "POST" and body and "platform" in body:
            await self._bind(body)
        if request.path.startswith("/orders/"):
            self.polls_until_done -= 1
            return web.json_response({"state": OPEN if self.polls_until_done > 0 else DONE})
        return web.json_response(self.answer, status=201)

    async def _bind(self, order: dict[str, Any]) -> None:
        customer = Customer(order["platform"], Credentials(order["key"], order["secret"]), utc_now)
        words = {"caller": order["caller"], "callee": order["callee"], "x_number": order["x"]}
        asked = customer.ask(
            order.get("operation", "bind"), words if "operation" not in order else {"x_number": order["x"]}
        )
        if order.get("later"):
            task = asyncio.ensure_future(asked)
            self._tasks.add(task)
        else:
            await asked


@asynccontextmanager
async def shop() -> AsyncIterator[Shop]:
    """A shop that listens."""
    one = Shop()
    runner = web.ServerRunner(web.Server(one.answered, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield one
    finally:
        await runner.cleanup()
