"""The customer's side of the platform's API: words of the core in, a signed HTTP request out, the answer back.

Where each word travels is read from `schemas/codes/operations.json` and `x-field` of the request schemas (ax_axb.md 1 to 9,
axe_axyb_x.md 1, 2 and 5, recording_auth_codes.md 1 and 2).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson

from simulator.contract.operations import Operation, operations_of
from simulator.contract.schemas import load as load_schema
from simulator.delivery.signature import Scheme, digest
from simulator.scenario.loader import language

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an application signs with."""

    app_key: str
    app_secret: str


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """An unsigned request: `target` is path and query, `body` None where the operation has none."""

    method: str
    target: str
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the platform answered; `members` of its JSON body, empty when it had none."""

    status: int
    members: Mapping[str, Any] = field(default_factory=dict)
    location: str | None = None
    length: int = 0
    start: bytes = b""

    def word(self, word: str) -> Any:
        """A member by the core's word for it (`x-answers` of the language's schema), None when absent."""
        names = (name for name in language()["x-answers"][word] if name in self.members)
        return next((self.members[name] for name in names), None)


def api_request(operation: Operation, words: Mapping[str, object], app_key: str) -> ApiRequest:
    """The request that carries these words; raises ValueError for a word that the operation has no place for."""
    members: dict[str, Any] = {}
    for word, value in words.items():
        path, kind = _place(operation, word)
        inner = members
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
        inner[path[-1]] = wire_value(value, kind)
    query = {"app_key": app_key} if operation.app_key_in_query else {}
    if operation.carried_in == "body":
        return ApiRequest(operation.method, _target(operation.path, query), orjson.dumps(members))
    return ApiRequest(operation.method, _target(operation.path, {**query, **members}))


def _target(path: str, query: Mapping[str, object]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _place(operation: Operation, word: str) -> tuple[Path, str]:
    places = _places(operation.request)
    if word not in places:
        raise ValueError(f"{operation.operation} carries no {word!r}; it carries: {', '.join(places)}")
    return places[word]


def places_of(schema: str) -> Mapping[str, tuple[Path, str]]:
    """Where each word of a request stands in its members, and of which kind it is."""
    return _places(schema)


@cache
def _places(schema: str) -> dict[str, tuple[Path, str]]:
    return dict(_walk(load_schema(schema)["properties"], ()))


def _walk(properties: Mapping[str, Any], above: Path) -> Iterator[tuple[str, tuple[Path, str]]]:
    for name, rule in properties.items():
        here = (*above, name)
        if "properties" in rule:
            yield from _walk(rule["properties"], here)
        elif "x-field" in rule:
            yield rule["x-field"]["name"], (here, rule["x-field"]["kind"])


def wire_value(value: object, kind: str) -> object:
    """A word's value on the wire: flags travel as texts, as the documents have them."""
    return str(value).lower() if kind == "flag" and isinstance(value, bool) else value


class Customer:
    """An application of a mode: it signs and sends requests to `base_url`, follows no redirect, keeps no connection."""

    def __init__(
        self, base_url: str, credentials: Credentials, wall_now: Callable[[], datetime], mode: str = "AXB"
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._credentials = credentials
        self._wall_now = wall_now
        self._operations = operations_of(mode)
        self._sent = 0
        self._nonces: set[str] = set()

    def made(self, nonce: str) -> bool:
        """Whether the request with this nonce is one of ours."""
        return nonce in self._nonces

    async def ask(self, operation: str, words: Mapping[str, object], scheme: Scheme = Scheme.AKSK) -> Reply:
        """One signed request; raises aiohttp.ClientError or TimeoutError when no answer comes."""
        request = api_request(self._operations[operation], words, self._credentials.app_key)
        url = self._base_url + request.target
        return await self._exchange(request.method, url, request.body, self.headers(scheme))

    async def download(self, address: str) -> Reply:
        """What a recording's address serves; only the first bytes are kept."""
        return await self._exchange("GET", address, None, {})

    def headers(self, scheme: Scheme = Scheme.AKSK) -> dict[str, str]:
        """The headers of a request that is signed now."""
        self._sent += 1
        now = self._wall_now()
        created = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        nonce = blake2b(f"{now.isoformat()}/{self._sent}".encode(), digest_size=16).hexdigest()
        self._nonces.add(nonce)
        key, secret = self._credentials.app_key, self._credentials.app_secret
        signed = digest(scheme, secret, nonce, created)
        token = f'UsernameToken Username="{key}",PasswordDigest="{signed}",Nonce="{nonce}",Created="{created}"'
        return {
            "Content-Type": "application/json;charset=UTF-8",
            "Authorization": f'{scheme.value} realm="SDP",profile="UsernameToken",type="Appkey"',
            f"X-{scheme.value}": token,
        }

    async def _exchange(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        from yarl import URL  # noqa: PLC0415 - comes with aiohttp

        session = aiohttp.ClientSession(trust_env=False, connector=aiohttp.TCPConnector(force_close=True, ssl=False))
        limit = aiohttp.ClientTimeout(total=30)
        address = URL(url, encoded=True)
        async with (
            session,
            session.request(
                method, address, data=body, headers=headers, allow_redirects=False, timeout=limit
            ) as answer,
        ):
            return await _reply(answer)


async def _reply(answer: aiohttp.ClientResponse) -> Reply:
    content = await answer.read()
    return Reply(answer.status, _members(content), answer.headers.get("Location"), len(content), content[:12])


def _members(content: bytes) -> Mapping[str, Any]:
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
