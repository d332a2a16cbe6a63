"""What everything is compared with: a bare aiohttp handler that reads nothing and answers 200."""

import asyncio
import json
import sys
from pathlib import Path

import uvloop
from aiohttp import web

ANSWER = b'{"resultcode":"0","resultdesc":"Success","subscriptionId":"0167ecc9-bfb6-4eec-b671-a7dab2ba78cf"}'


async def _handle(_: web.Request) -> web.Response:
    return web.Response(body=ANSWER, content_type="application/json")


async def _serve(ready: Path) -> None:
    app = web.Application()
    app.router.add_post("/rest/caas/relationnumber/partners/v1.0", _handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ready.write_text(json.dumps({"port": runner.addresses[0][1]}), encoding="utf-8")
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_serve(Path(sys.argv[1])))
