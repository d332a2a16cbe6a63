"""The customer's own API, asked in wall time: what is dialled passes the gate, no proxy, no redirect, one time limit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import orjson

from simulator.clock import wall
from simulator.config.values import ProbeConfig
from simulator.outbound.gate import Gate
from simulator.outbound.target import parse_target
from simulator.outbound.transport import Answer, Failure, Transport, render_request
from simulator.scenario.wanting import Came

JSON = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class CustomerOptions:
    """Where the customer's own API is, by precedence: `named` by --customer, else the scenario's, else `configured`.

    `probe` None: it cannot be asked what it counted.
    """

    named: str | None = None
    configured: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    probe: ProbeConfig | None = None


class NoCustomer(Exception):
    """There is no address to ask."""


class CustomerApi:
    """An async context manager; `base` is where paths are appended, `declared` the addresses that a person wrote."""

    def __init__(self, base: str | None, headers: Mapping[str, str], declared: tuple[str, ...] = ()) -> None:
        self.base = None if base is None else base.rstrip("/")
        self._headers = headers
        gate = Gate()
        for url in (*declared, *([] if base is None else [base])):
            gate.declare(url)
        self._transport = Transport(gate, connections_per_receiver=4)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.close()

    async def ask(self, method: str, url: str, headers: Mapping[str, str], body: Any, seconds: float) -> Came:
        """One request, JSON where there is a body (None: none); `url` may be a path. Raises NoCustomer and ValueError."""
        address = self._address(url)
        target = parse_target(address, declared=False)  # the gate knows the hosts that were declared
        content = b"" if body is None else orjson.dumps(body)
        typed = {} if body is None else {"Content-Type": JSON}
        given = {"Accept": "application/json", **typed, **self._headers, **headers}
        request = render_request(method, target, tuple(given.items()), content)
        began = wall.monotonic()
        outcome = await self._transport.exchange(target, request, timeout=seconds)
        return _came(f"{method} {address}", outcome, wall.monotonic() - began)

    def _address(self, url: str) -> str:
        if not url.startswith("/"):
            return url
        if self.base is None:
            raise NoCustomer("the customer's own API has no address: --customer URL, or customer: {url: …}")
        return self.base + url


def _came(what: str, outcome: Answer | Failure, seconds: float) -> Came:
    if isinstance(outcome, Failure):
        return Came(what, None, "", seconds, outcome.detail)
    text = outcome.body.decode("utf-8", "replace")
    if outcome.body_length > len(outcome.body):
        text += f" … {outcome.body_length - len(outcome.body)} bytes more"
    return Came(what, outcome.status, text, seconds)
