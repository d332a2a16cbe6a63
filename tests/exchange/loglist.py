"""A log in a list, and exchanges that are brought back from one."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251 - tests make their own dice

from simulator.clock.story import StoryClock
from simulator.exchange.comeback import Configured, Returned, bring_back
from simulator.exchange.core import Limits
from simulator.exchange.entries import DOWNLOADS_KEY, Replay, Replaying, Tokens, read_entry
from simulator.exchange.exchange import Exchange
from simulator.store.memory import MemoryStore
from tests.exchange.stage import START

WALL = datetime(2026, 7, 1, tzinfo=UTC)


class ListLog:
    """Keeps everything it was given, also what a snapshot made superfluous."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.snapshots: list[tuple[int, bytes]] = []
        self.kept: dict[str, str] = {}

    def record(self, entry: bytes) -> int:
        self.lines.append(entry)
        return len(self.lines)

    async def committed(self) -> None:
        """A list is always there."""

    def entries(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        return iter(list(enumerate(self.lines, 1))[after:])

    def snapshot(self) -> tuple[int, bytes] | None:
        return self.snapshots[-1] if self.snapshots else None

    def keep_snapshot(self, sequence: int, state: bytes) -> None:
        self.snapshots.append((sequence, state))

    def secrets(self) -> Mapping[str, str]:
        return dict(self.kept)

    def keep_secret(self, app_key: str, secret: str | None) -> None:
        if secret is None:
            self.kept.pop(app_key, None)
        else:
            self.kept[app_key] = secret


class Machine:
    """Wall time that is moved by hand, for clocks that run."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def wall_now(self) -> datetime:
        return WALL + timedelta(seconds=self.seconds)


def new_exchange(
    machine: Machine, *, scale: float = 0, seed: int = 7, start: datetime = START, limits: Limits | None = None
) -> Exchange:
    clock, tokens = StoryClock(start, scale=scale, monotonic=machine.monotonic), iter(range(10**9))
    return Exchange(clock, MemoryStore(), Random(seed), seed, lambda: f"token-{next(tokens)}", limits)


def returned(
    exchange: Exchange,
    log: ListLog,
    machine: Machine,
    *configured: Configured,
    every: int = 10**9,
    in_child: bool = False,
) -> Returned:
    return bring_back(exchange, log, machine.wall_now, configured, every=every, in_child=in_child)


def replayed(log: ListLog, make: Callable[[], Exchange]) -> Exchange:
    """A new exchange to which the same commands were given, and nothing else: as it was when the last one was over."""
    exchange = make()
    exchange.core.token = Tokens(exchange.core, log.kept[DOWNLOADS_KEY])
    exchange.core.recorder = Replaying()
    replay = Replay(exchange, log.secrets())
    for line in log.lines:
        replay.carry_out(read_entry(line))
    exchange.clock.restart(exchange.clock.now(), exchange.clock.scale)
    exchange.core.recorder = None
    return exchange
