"""The one function that assembles the house, and the only place where dice, nonces and tokens are made."""

import asyncio
import gc
import ipaddress
import os
import secrets
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from aiohttp import web

from simulator import __version__
from simulator.api.doors import Doors, PortInUse, cannot_listen, context_of, teaching
from simulator.api.server import ApiServer
from simulator.clock import wall
from simulator.clock.story import FIRST_INSTANT, StoryClock
from simulator.config.apps import app_options
from simulator.config.origins import ConfigError, Origin
from simulator.config.values import Config, ServerOptions
from simulator.contract.profile import Profile, ProfileError
from simulator.control.deps import ControlDeps
from simulator.control.direct import Direct
from simulator.control.server import DIRECT, make_app
from simulator.control.sessions import Sessions
from simulator.emitter.emitter import Emitter
from simulator.emitter.signing import Signer
from simulator.exchange.apps import AppSpec
from simulator.exchange.comeback import Returned, bring_back
from simulator.exchange.core import Limits
from simulator.exchange.exchange import Exchange
from simulator.exchange.rows import instant
from simulator.exchange.snapshots import BadState
from simulator.exchange.story import Story
from simulator.outbound.gate import Gate
from simulator.outbound.transport import Transport
from simulator.specs import configured_apps, make_spec, profile_in_force, taken_in
from simulator.store.choosing import chosen
from simulator.store.memory import MemoryStore
from simulator.store.sqlite import SqliteStore
from simulator.telephony.errors import NotPossible

NONCES_AT_ONCE = 64
COLLECTED_EVERY = (10_000, 20, 20)
"""Net allocations before the youngest objects are searched for cycles, and how many such searches before the older are."""

LANES = 200
"""Attempts that may be in flight at once."""


class OpenToOthers(ConfigError):
    """Other machines would reach the control plane, and nobody chose its token; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Where a started simulator listens."""

    api: str
    control: str
    token: str
    pid: int
    apps: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, object]:
        """The ready file's content."""
        apps = [{"app_key": key, "mode": mode} for key, mode in self.apps]
        return {"api": self.api, "control": self.control, "token": self.token, "pid": self.pid, "apps": apps}


class Simulator:
    """The assembled house: start it, use `exchange` and `story`, stop it. It belongs to one event loop."""

    def __init__(self, config: Config, exchange: Exchange, *, profile: Profile, lanes: int) -> None:
        self.config = config
        self.exchange = exchange
        self.profile = profile
        self.story = Story(exchange, wall.monotonic)
        self.token = config.server.control_token or secrets.token_urlsafe(24)
        self.ready: Ready | None = None
        self.failed: asyncio.Future[None] | None = None
        """Ends with the exception when a part of the simulator broke."""
        self.store: SqliteStore | None = None
        """The journal in a file, where there is one; it is closed when the simulator stops."""
        self.returned: Returned | None = None
        """What came back from that file."""
        self.direct: Direct | None = None
        """The control plane past its wire, once it has started; for who runs in the same event loop."""
        self._lanes = lanes
        self._stops: list[Callable[[], Awaitable[None]]] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, doors: Doors | None = None) -> Ready:
        """Bind both ports, start the clock and the emitter; raises PortInUse or OpenToOthers, then nothing is left running.

        With `doors` it listens at those, and leaves them open when it stops.
        """
        check_open(self.config.server)
        failed = self.failed = asyncio.get_running_loop().create_future()
        if self.store is not None:
            self.store.on_failed = lambda error: None if failed.done() else failed.set_exception(error)
        try:
            return await self._start(self.config.server, doors)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close the ports, end attempts in flight, stop the clock."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        while self._stops:
            await self._stops.pop()()
        store, self.store = self.store, None
        if store is not None:
            if self.returned is not None and store.failure is None:
                self.returned.stop()
            store.close()
        if self.failed is not None and self.failed.done() and not self.failed.cancelled():
            self.failed.exception()

    def describe(self) -> dict[str, object]:
        """What GET /ready says."""
        exchange, ready = self.exchange, self.ready
        return {
            "version": __version__,
            "api": ready.api if ready else None,
            "control": ready.control if ready else None,
            "clock": {"now": instant(exchange.now()), "scale": exchange.clock.scale},
            "apps": [{"app_key": app.app_key, "mode": app.mode} for app in exchange.apps()],
            "seed": exchange.core.ids.seed,
            "violations": exchange.violations,
            "exhausted": exchange.outbox.exhausted(),
            "journal": exchange.journal.measures(),
        }

    def is_broken(self) -> bool:
        """Whether a part of it broke."""
        failed = self.failed
        return failed is not None and failed.done() and not failed.cancelled() and failed.exception() is not None

    def spec(self, body: Mapping[str, object], where: str = "POST /apps") -> AppSpec:
        """An application from the body of a request, which `where` names in sentences; raises ConfigError, ProfileError."""
        options = app_options(body, Origin(where))
        return make_spec(options, self.config, where, taken_in(self.exchange), seed=self.exchange.core.ids.seed)

    def impatient(self, answer_timeout: float) -> None:
        """Wait less for slow receivers than the profile says (wall seconds)."""
        self._emitter.answer_timeout = answer_timeout

    async def _start(self, server: ServerOptions, doors: Doors | None) -> Ready:
        transport = Transport(Gate(), connections_per_receiver=self._lanes)
        self._stops.append(transport.close)
        signer = Signer(wall.utc_now, nonces().__next__)
        self._emitter = Emitter(self.exchange, transport, signer, lanes=self._lanes, monotonic=wall.monotonic)
        api = ApiServer(self.exchange, profile=self.profile, base_url=self._base_url, wall_now=wall.utc_now)
        self.exchange.on_reset(api.reset)
        context = doors.context if doors else context_of(server)
        api_runner = web.ServerRunner(api.handler(), handle_signals=False)
        api_port = await self._listen(api_runner, doors.port if doors else server.port, "port", context)
        sessions = Sessions(self.token, lambda: secrets.token_urlsafe(16))
        deps = ControlDeps(
            self.exchange, self.story, self.token, self.describe, self.spec, sessions, is_broken=self.is_broken
        )
        plane = make_app(deps)
        self.direct = plane[DIRECT]
        control = web.AppRunner(plane, access_log=None, handle_signals=False)
        control_port = await self._listen(
            control, doors.control_port if doors else server.control_port, "control_port", None
        )
        scheme = "https" if context else "http"
        host = f"[{server.host}]" if ":" in server.host else server.host
        apps = tuple((app.app_key, app.mode) for app in self.exchange.apps())
        self.ready = Ready(
            f"{scheme}://{host}:{api_port}", f"http://{host}:{control_port}", self.token, os.getpid(), apps
        )
        for part in (self.story.run(), self._emitter.run()):
            task = asyncio.create_task(part)
            task.add_done_callback(self._broke)
            self._tasks.append(task)
        return self.ready

    async def _listen(
        self, runner: web.BaseRunner, port: int | socket.socket, option: str, context: ssl.SSLContext | None
    ) -> int:
        await runner.setup()
        self._stops.append(runner.cleanup)
        if isinstance(port, socket.socket):
            await web.SockSite(runner, port.dup(), ssl_context=context).start()
        else:
            with teaching(self.config.server.host, port, option):
                await web.TCPSite(runner, self.config.server.host, port, ssl_context=context).start()
        bound: int = runner.addresses[0][1]
        return bound

    def _base_url(self) -> str:
        return self.ready.api if self.ready else ""

    def _broke(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and self.failed is not None and not self.failed.done():
            self.failed.set_exception(error)


def check_open(server: ServerOptions) -> None:
    """Raises OpenToOthers for an address that other machines reach, unless somebody chose the control plane's token."""
    if server.control_token is None and not _is_loopback(server.host):
        raise OpenToOthers(
            f"other machines reach {server.host}: whoever they are, they must not guess the control plane's token. Choose "
            "one with PNSIM_CONTROL_TOKEN or --control-token, or listen on 127.0.0.1"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def assemble(config: Config, *, lanes: int = LANES, limits: Limits | None = None) -> Simulator:
    """A simulator as configured, not yet started.

    Raises ProfileError, NotPossible (two apps with one number), CannotOpen and BadState (its journal).
    """
    server = config.server
    profile = profile_in_force(config)
    store = chosen(server.store, server.store_max_rows, server.store_max_bytes)
    try:
        simulator = _assembled(config, store, profile, lanes, limits)
    except BaseException:
        if isinstance(store, SqliteStore):
            store.close()
        raise
    return simulator


def _assembled(
    config: Config, store: MemoryStore | SqliteStore, profile: Profile, lanes: int, limits: Limits | None
) -> Simulator:
    server = config.server
    exchange = Exchange(
        _clock(server),
        store,
        Random(server.seed),  # noqa: S311 - one seed, one story: nothing here is a secret
        server.seed,
        lambda: secrets.token_urlsafe(24),
        limits,
    )
    simulator = Simulator(config, exchange, profile=profile, lanes=lanes)
    configured = configured_apps(config, exchange)
    if isinstance(store, SqliteStore):
        simulator.store = store
        try:
            simulator.returned = bring_back(exchange, store, wall.utc_now, configured)
        except (BadState, NotPossible) as wrong:
            raise type(wrong)(f"{store.path}: {wrong}") from None
    else:
        for one in configured:
            exchange.add_app(one.spec())
    return simulator


def settle_memory() -> None:
    """Let the collector look seldom, and never at what a start left; for programs that do nothing but simulate.

    Journal, calls and deliveries are many, live long and hold no cycles: looking through them again and again for
    cycles took a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(*COLLECTED_EVERY)
    gc.enable()


def without_ports(config: Config) -> Config:
    """The same configuration on any free ports."""
    return replace(config, server=replace(config.server, port=0, control_port=0))


def in_memory(config: Config) -> Config:
    """The same configuration without a journal in a file, which belongs to `pnsim serve` alone."""
    return replace(config, server=replace(config.server, store="memory"))


def nonces() -> Iterator[str]:
    """32 hex digits each; the machine is asked for many at once, since every question is a system call."""
    while True:
        digits = secrets.token_hex(16 * NONCES_AT_ONCE)
        yield from (digits[start : start + 32] for start in range(0, len(digits), 32))


def _clock(server: ServerOptions) -> StoryClock:
    virtual = server.clock == "virtual"
    start = server.start_at or (FIRST_INSTANT if virtual else wall.utc_now())
    return StoryClock(start, scale=0 if virtual else 1, monotonic=wall.monotonic)


__all__ = [
    "Doors",
    "PortInUse",
    "ProfileError",
    "Ready",
    "Simulator",
    "assemble",
    "cannot_listen",
    "in_memory",
    "make_spec",
    "profile_in_force",
    "settle_memory",
    "without_ports",
]
