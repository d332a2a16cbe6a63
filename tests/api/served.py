"""A platform of two applications behind the real API server on port 0, on a standing clock."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from random import Random  # noqa: TID251 - a seeded die of the test
from urllib.parse import urlencode

from aiohttp import web

from simulator.api.server import ApiServer
from simulator.clock.story import FIRST_INSTANT, StoryClock
from simulator.contract.profile import Profile
from simulator.exchange.apps import App, AppSpec, NumberSpec
from simulator.exchange.exchange import Exchange
from simulator.exchange.story import Story
from simulator.store.memory import MemoryStore
from simulator.telephony.commands.calls import Dial
from simulator.telephony.recordings import Recording

KEY, SECRET = "a1key", "cfc8secret"
OTHER_KEY, OTHER_SECRET = "a2key", "othersecret"
X1, X2, OTHER_X = "+8613800006666", "+8613800006667", "+8613900007777"
A, B, C = "+8613800000021", "+8613800000023", "+8613800000025"
AXB = "/rest/caas/relationnumber/partners/v1.0"
RECORDING = "/rest/provision/voice/record/v1.0"
WALL = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
CREATED = "2026-03-01T12:00:00Z"
NONCE = "66C92B11FF8A425FB8D4CCFE0ED9ED1F"


def aksk(secret: str, nonce: str, created: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), (nonce + created).encode(), hashlib.sha256).digest()).decode()


def wsse(secret: str, nonce: str, created: str) -> str:
    return base64.b64encode(hashlib.sha256((nonce + created + secret).encode()).digest()).decode()


def authorization(scheme: str = "AKSK") -> str:
    return f'{scheme} realm="SDP",profile="UsernameToken",type="Appkey"'


def token(key: str, digest: str, nonce: str = NONCE, created: str = CREATED, comma: str = ",") -> str:
    parts = (f'Username="{key}"', f'PasswordDigest="{digest}"', f'Nonce="{nonce}"', f'Created="{created}"')
    return f"UsernameToken {comma.join(parts)}"


def signed(key: str = KEY, secret: str = SECRET, nonce: str = NONCE, created: str = CREATED) -> dict[str, str]:
    """The headers of a correctly signed AKSK request."""
    return {"Authorization": authorization(), "X-AKSK": token(key, aksk(secret, nonce, created), nonce, created)}


def signed_wsse(key: str = KEY, secret: str = SECRET, nonce: str = NONCE, created: str = CREATED) -> dict[str, str]:
    """The headers of a correctly signed WSSE request."""
    return {"Authorization": authorization("WSSE"), "X-WSSE": token(key, wsse(secret, nonce, created), nonce, created)}


@dataclass
class Got:
    """An answer, taken apart by hand: what an HTTP client would tidy is left as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        members: dict[str, object] = json.loads(self.body)
        return members

    @property
    def code(self) -> object:
        return self.json()["resultcode"]

    @property
    def sentence(self) -> object:
        return self.json()["resultdesc"]


def taken_apart(raw: bytes) -> Got:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    return Got(int(lines[0].split()[1]), headers, body)


def raw_request(method: str, target: str, headers: Mapping[str, str], body: bytes = b"", version: str = "1.1") -> bytes:
    length = {"Content-Length": str(len(body))} if body else {}
    every = {"Host": "platform", "Content-Type": "application/json;charset=UTF-8", **headers, **length}
    lines = (f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in every.items()), "", "")
    return "\r\n".join(lines).encode() + body


@dataclass
class Platform:
    """The server under test and what is behind it."""

    exchange: Exchange
    story: Story
    api: ApiServer
    port: int = 0
    host: str = "127.0.0.1"
    wall: list[datetime] = field(default_factory=lambda: [WALL])

    @property
    def app(self) -> App:
        app = self.exchange.app(KEY)
        assert app is not None
        return app

    async def send(self, raw: bytes) -> Got:
        """Send exactly these bytes and read until the platform closes."""
        return taken_apart(await self.raw(raw))

    async def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: object = None) -> Got:
        """A request; signed unless `headers` are given, `body` as JSON unless it is bytes."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return await self.send(raw_request(method, target, signed() if headers is None else headers, content))

    async def bind(self, **members: object) -> Got:
        body = {"callerNum": A, "calleeNum": B, "relationNum": X1, **members}
        return await self.ask("POST", AXB, body={name: value for name, value in body.items() if value is not ...})

    async def bound(self, **members: object) -> str:
        return str((await self.bind(**members)).json()["subscriptionId"])

    async def get(self, **query: str) -> Got:
        return await self.ask("GET", f"{AXB}?{urlencode(query)}")

    async def recorded(self, seconds: float = 10) -> Recording:
        """Play a recorded call of A to B through X1, of so many seconds."""
        await self.bound(recordFlag="true")
        played = self.exchange.dial(KEY, Dial(A, X1, talks_seconds=seconds))
        await self.story.advance(seconds + 60)
        found = self.exchange.call(played.call.call_id)
        assert found is not None
        assert found.recording is not None
        return found.recording

    async def address_of(self, recording: Recording, headers: Mapping[str, str] | None = None) -> Got:
        query = urlencode({"recordDomain": recording.domain, "fileName": recording.name})
        return await self.ask("GET", f"{RECORDING}?{query}", headers)

    async def raw(self, raw: bytes) -> bytes:
        """Send exactly these bytes; exactly what comes back until the platform closes."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(raw)
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        return answer

    def rows(self, kind: str = "api_request") -> list[dict[str, object]]:
        return [row.as_json() for row in self.exchange.journal.rows(limit=10_000) if row.kind == kind]

    def last(self) -> dict[str, object]:
        return self.rows()[-1]

    def state(self) -> object:
        """Everything an application has, in comparable form."""
        apps = self.exchange.apps()
        bindings = [(app.spec, list(app.bindings), list(app.ended)) for app in apps]
        pools = [[(x.number, x.area_code, x.state) for x in app.pool] for app in apps]
        return bindings, pools, dict(self.exchange.core.ids.counters), len(self.exchange.deadlines)

    def change(self, **members: object) -> None:
        self.exchange.change_app(KEY, **members)

    def set_profile(self, **overrides: object) -> None:
        """Settings of the application; those before authentication are the platform's, see `platform_with`."""
        self.change(profile=self.app.profile.with_overrides(overrides))


def make_exchange(profile: Profile, mode: str = "AXB") -> Exchange:
    tokens = count(1)
    clock = StoryClock(FIRST_INSTANT, scale=0, monotonic=lambda: 0.0)
    exchange = Exchange(clock, MemoryStore(), Random(7), 7, lambda: f"token-{next(tokens)}")
    numbers = (NumberSpec(X1, "0755"), NumberSpec(X2, "010"))
    files = frozenset({"callerHintTone.wav", "calleeHintTone.wav"})
    spec = AppSpec(KEY, SECRET, profile, mode, voice_files=files, numbers=numbers)
    exchange.add_app(spec)
    other = replace(spec, app_key=OTHER_KEY, app_secret=OTHER_SECRET, numbers=(NumberSpec(OTHER_X, "0755"),))
    exchange.add_app(other)
    return exchange


@asynccontextmanager
async def platform_with(host: str = "127.0.0.1", mode: str = "AXB", **overrides: object) -> AsyncIterator[Platform]:
    """A platform whose applications have a mode, with some settings of its profile changed."""
    profile = Profile.default().with_overrides(overrides)
    exchange = make_exchange(profile, mode)
    wall = [WALL]
    base: list[str] = []
    api = ApiServer(exchange, profile=profile, base_url=lambda: base[0], wall_now=lambda: wall[0])
    exchange.on_reset(api.reset)
    runner = web.ServerRunner(api.handler(), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    port = runner.addresses[0][1]
    base.append(f"http://{host}:{port}")
    try:
        yield Platform(exchange, Story(exchange, lambda: 0.0), api, port, host, wall)
    finally:
        await runner.cleanup()
