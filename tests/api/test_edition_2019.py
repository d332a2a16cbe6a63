"""A client of 2019 against a whole simulator with edition = "2019" and no other change (ax_axb.md 11)."""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web

from simulator.app import assemble
from simulator.config import load
from tests.api.served import AXB, RECORDING, A, B, C

SECRET = "cfc8secret"
X = "+8613800006666"
NONCE = re.compile(r'Username="(.*?)",PasswordDigest="(.*?)",Nonce="(.*?)",Created="(.*?)"')


def sha(nonce: str, created: str) -> str:
    return base64.b64encode(hashlib.sha256((nonce + created + SECRET).encode()).digest()).decode()


def headers() -> dict[str, str]:
    nonce, created = "66C92B11FF8A425FB8D4CCFE0ED9ED1F", "2019-11-08T06:40:14Z"
    token = f'Username="a1key",PasswordDigest="{sha(nonce, created)}",Nonce="{nonce}",Created="{created}"'
    return {
        "Authorization": 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"',
        "X-WSSE": f"UsernameToken {token}",
    }


@dataclass
class Client:
    """The program of 2019: it signs with WSSE, and refuses notifications whose X-WSSE is not right."""

    api: str
    session: aiohttp.ClientSession
    control: str
    token: str
    told: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Mapping[str, str]] = field(default_factory=list)

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        how = {"headers": headers(), "data": json.dumps(body) if body else None, "allow_redirects": False}
        async with self.session.request(method, self.api + path, **how) as answer:
            content = await answer.read()
            return answer.status, json.loads(content) if content else {"location": answer.headers["Location"]}

    async def play(self, path: str, body: object) -> None:
        bearer = {"Authorization": f"Bearer {self.token}"}
        async with self.session.post(f"{self.control}/control/v1{path}", json=body, headers=bearer) as answer:
            assert answer.status < 300, await answer.text()

    async def take(self, request: web.BaseRequest) -> web.Response:
        found = NONCE.search(request.headers.get("X-WSSE", ""))
        right = found is not None and found[1] == "a1key" and sha(found[3], found[4]) == found[2]
        if not right or not request.headers["Authorization"].startswith("WSSE "):
            self.refused.append(request.headers)
            return web.Response(status=401)
        self.told.append(await request.json())
        return web.Response()


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        one = Client("", session, "", "")
        runner = web.ServerRunner(web.Server(one.take), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        receiver = f"http://127.0.0.1:{runner.addresses[0][1]}"
        config = tmp_path / "pnsim.toml"
        config.write_text(
            '[server]\nport = 0\ncontrol_port = 0\nclock = "virtual"\nedition = "2019"\n'
            f'[[apps]]\napp_key = "a1key"\napp_secret = "{SECRET}"\nmode = "AXB"\n'
            f'numbers = [{{ number = "{X}", area_code = "0755" }}]\n'
            f'[apps.receivers]\nstatus = "{receiver}/status"\nfee = "{receiver}/fee"\n'
        )
        simulator = assemble(load(config, {}, {}), lanes=1)
        ready = await simulator.start()
        one.api, one.control, one.token = ready.api, ready.control, ready.token
        yield one
        await simulator.stop()
        await runner.cleanup()


async def test_a_client_of_2019_runs_unchanged(client: Client) -> None:
    bind = {"callerNum": A, "calleeNum": B, "relationNum": X, "recordFlag": "true", "userData": "order 17"}
    status, bound = await client.ask("POST", AXB, bind)
    assert (status, bound["resultcode"]) == (200, "0")
    status, twice = await client.ask("POST", AXB, {**bind, "calleeNum": C})
    assert (status, twice) == (403, {"resultcode": "1013102", "resultdesc": "The number $ has been bound."})
    _, found = await client.ask("GET", f"{AXB}?relationNum={quote(X)}&callerNum={quote(C)}")
    assert [pair["subscriptionId"] for pair in found["relationNumList"]] == [bound["subscriptionId"]]
    assert "userData" not in found["relationNumList"][0]
    await client.play("/calls", {"app_key": "a1key", "caller": A, "dialled": X, "talks_seconds": 16})
    await client.play("/clock/advance", {"seconds": 60})
    assert client.refused == []
    events = [told["eventType"] for told in client.told]
    assert events == ["callin", "callout", "alerting", "answer", "disconnect", "fee"]
    assert "userData" not in client.told[0]["statusInfo"]
    record = client.told[-1]["feeLst"][0]
    assert (record["userData"], record["recordObjectName"][:10]) == ("order 17", "2601010000")
    query = f"fileName={record['recordObjectName']}&recordDomain={record['recordDomain']}"
    status, moved = await client.ask("GET", f"{RECORDING}?{query}")
    assert status == 301
    async with client.session.get(moved["location"]) as file:
        assert (await file.read())[:4] == b"RIFF"
    await client.play("/clock/advance", {"seconds": 3 * 86_400 + 1})
    async with client.session.get(moved["location"]) as file:
        assert file.status == 404, "an address of 2019 works three days"


async def test_the_same_client_is_not_understood_by_the_edition_of_2026(client: Client) -> None:
    """Its receiver refuses AKSK: what makes it run is the edition and nothing else."""
    bearer = {"Authorization": f"Bearer {client.token}"}
    app = f"{client.control}/control/v1/apps/a1key"
    async with client.session.patch(app, json={"edition": "2026"}, headers=bearer) as answer:
        assert (await answer.json())["edition"] == "2026"
    await client.ask("POST", AXB, {"callerNum": A, "calleeNum": B, "relationNum": X})
    await client.play("/calls", {"app_key": "a1key", "caller": A, "dialled": X})
    await client.play("/clock/advance", {"seconds": 30})
    assert client.told == []
    assert all("X-AKSK" in refused for refused in client.refused)
    assert len(client.refused) >= 6
    await asyncio.wait_for(client.play("/reset", {}), 10)
