"""After every kind of request nothing in the journal's file lets anybody sign: no secret, no digest, no Authorization of ours."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from simulator.app import Simulator, assemble
from simulator.client.client import ControlClient
from simulator.client.errors import ControlError
from simulator.clock import wall
from simulator.config import AppOptions, NumberOption, load
from simulator.delivery.signature import Scheme, digest
from simulator.scenario.asking import Credentials, Customer

SECRET, OTHER, LATER, TYPO = "sesame-of-the-shop", "sesame-of-another", "sesame-of-tomorrow", "sesame-mistyped"
X, A, B = "+8617000000001", "+8613800000021", "+8613800000023"
SCHEMES = (Scheme.AKSK, Scheme.WSSE)
TARGET = "/rest/caas/relationnumber/partners/v1.0"


class Watched(Customer):
    """A customer that notes every digest it sends, and every one that would have been right."""

    def __init__(self, api: str, credentials: Credentials) -> None:
        super().__init__(api, credentials, wall.utc_now)
        self.digests: set[str] = set()

    def headers(self, scheme: Scheme = Scheme.AKSK) -> dict[str, str]:
        made = super().headers(scheme)
        token = made[f"X-{scheme.value}"]
        sent, nonce, created = (
            token.partition(f'{name}="')[2].partition('"')[0] for name in ("PasswordDigest", "Nonce", "Created")
        )
        self.digests |= {sent, *(digest(one, SECRET, nonce, created) for one in SCHEMES)}
        return made


@pytest.fixture
async def received() -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    """A receiver's address and the headers that it was sent."""
    seen: list[dict[str, str]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return web.Response(status=200 if len(seen) % 3 else 503)

    app = web.Application()
    app.router.add_post("/{slot}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", seen
    await runner.cleanup()


@pytest.fixture
async def simulator(tmp_path: Path, received: tuple[str, Any]) -> AsyncIterator[Simulator]:
    base = received[0]
    config = load(None, {}, {"store": str(tmp_path / "pnsim.db"), "port": 0, "control_port": 0, "clock": "virtual"})
    receivers = {slot: f"{base}/{slot}" for slot in ("status", "fee", "sms")}
    app = AppOptions("shop", SECRET, numbers=(NumberOption(X, "0755"),), receivers=receivers)
    one = assemble(replace(config, apps=(app,)))
    await one.start()
    yield one
    await one.stop()


async def every_kind_of_request(api: str, digests: set[str]) -> None:
    """Right ones, wrong ones, and those that are none."""
    right = Watched(api, Credentials("shop", SECRET))
    wrong = Watched(api, Credentials("shop", TYPO))
    unknown = Watched(api, Credentials("nobody", OTHER))
    words = {"caller": A, "callee": B, "x_number": X}
    for customer in (right, wrong, unknown):
        for scheme in SCHEMES:
            await customer.ask("bind", words, scheme)
    async with aiohttp.ClientSession() as session:
        for broken in odd_headers(wrong):
            async with session.post(api + TARGET, data=b"{}", headers=broken):
                pass
        async with session.get(f"{api}/nowhere?app_secret={SECRET}&x=1", headers=right.headers()):
            pass
        for given in (
            b'{"app_secret": "%s"}',
            b"app_secret=%s",
            b'{"\\u0061pp_s\\u0065cret": "%s"}',
            b"{'\\u0073ecret': '%s'",
        ):
            async with session.post(api + TARGET, data=given % SECRET.encode(), headers=right.headers()):
                pass
    await no_http(api, right)
    digests |= right.digests | wrong.digests | unknown.digests


def odd_headers(customer: Watched) -> list[dict[str, str]]:
    """A signature in the wrong place, in other words, twice, without quotes, and how other programs prove who they are."""
    made = customer.headers()
    token = made["X-AKSK"]
    return [
        {**made, "X-AKSK": token.replace('"', "")},
        {**made, "X-AKSK": token.replace("PasswordDigest", "passworddigest")},
        {**made, "X-AKSK": token.replace("PasswordDigest", "Digest")},
        {**made, "X-AKSK": f"{token},{token}"},
        {**made, "X-AKSK": token.replace(",", ", ")},
        {"X-AKSK": token},
        {**made, "Authorization": token},
        {**made, "Authorization": f"Bearer {TYPO}"},
        {**made, "Authorization": f"Basic {TYPO}"},
        {**made, "Authorization": TYPO},
        {**made, "Proxy-Authorization": TYPO, "Cookie": f"sid={TYPO}", "X-Api-Key": TYPO, "X-Auth-Token": TYPO},
        {**made, "X-WSSE": token},
        {**made, "X-AKSK": token.replace('Username="shop"', f'Username="{SECRET}"')},
        {"X-Mistaken": SECRET},
    ]


async def no_http(api: str, customer: Watched) -> None:
    """Bytes with a signature in them that are no valid HTTP."""
    host, _, port = api.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    token = customer.headers()["X-AKSK"]
    writer.write(f"POST {TARGET} HTTP/1.1\r\nX-AKSK : {token}\r\n{token}\r\n\r\n".encode())
    await reader.read()
    writer.close()


async def every_way_to_give_a_secret(control: ControlClient) -> None:
    """Over the control plane, also wrong: what is refused is journaled too."""
    await control.add_app({"app_key": "other", "app_secret": OTHER, "mode": "AXB"})
    await control.change_app("other", {"app_secret": LATER})
    for body in (
        {"app_key": "third", "app_secret": [LATER]},
        {"app_key": "third", "app_secret": {"is": LATER}},
        {"app_key": "third", "app_secret": LATER, "mode": "AY"},
        {"app_key": "third", "secret": LATER, "app_secret": LATER},
        {"app_key": "third", "app_token": LATER, "password": LATER},
    ):
        with pytest.raises(ControlError):
            await control.add_app(body)


def everything_in(path: Path) -> dict[str, bytes]:
    """What stands in each table of the file, but for the one that is made for secrets."""
    raw = sqlite3.connect(path)
    tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {}
    for table in tables:
        values = (value for row in raw.execute(f"SELECT * FROM {table}") for value in row)
        found[table] = b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)
    raw.close()
    return found


async def test_nothing_in_the_file_lets_anybody_sign(
    simulator: Simulator, received: tuple[str, list[dict[str, str]]], tmp_path: Path
) -> None:
    ready, digests = simulator.ready, set[str]()
    assert ready is not None
    async with ControlClient(ready.control, ready.token) as control:
        await every_kind_of_request(ready.api, digests)
        await every_way_to_give_a_secret(control)
        await control.set_faults("shop", [{"fault": "wrong_signature", "kinds": ["alerting"]}])
        await control.dial({"app_key": "shop", "caller": A, "dialled": X})
        await control.send_sms({"app_key": "shop", "sender": A, "x_number": X, "text": "hello"})
        await control.advance(3600)
        async with ControlClient(ready.control, "a-wrong-token") as stranger:
            with pytest.raises(ControlError):
                await stranger.apps()
    pushed = {
        headers["x-aksk"].partition('PasswordDigest="')[2].partition('"')[0] for headers in map(lowered, received[1])
    }
    assert len(pushed) > 5
    assert len(digests) > 10
    hidden = {SECRET, OTHER, LATER, TYPO, ready.token, "a-wrong-token", *digests, *pushed}
    for table in ("log", "snapshots"):  # at the end what was done becomes a snapshot
        tables = everything_in(tmp_path / "pnsim.db")
        secrets = tables.pop("secrets")
        assert SECRET.encode() in secrets
        assert LATER.encode() in secrets
        assert [place for word in hidden for place in places(tables, word)] == []
        assert set(tables) == {"rows", "log", "snapshots", "forgetting", "state", "in_use"}
        assert len(tables[table]) > 1000
        assert len(tables["rows"]) > 10_000
        await simulator.stop()


def places(tables: dict[str, bytes], word: str) -> list[str]:
    """Where a word stands, with what stands around it."""
    return [
        f"{table}: {content[max(0, at - 200) : at + 60]!r}"
        for table, content in tables.items()
        if (at := content.find(word.encode())) >= 0
    ]


def lowered(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
