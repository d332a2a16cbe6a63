"""What a bind, a query and a call cost with 1,000, 100,000 and 1,000,000 bindings in one process, and what they weigh.

Then all of the million end at one instant while requests go on: the longest pause that one of them met.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random

from simulator.app import settle_memory
from simulator.cli.loop import run
from simulator.clock import wall
from simulator.clock.story import FIRST_INSTANT, StoryClock
from simulator.contract.profile import Profile
from simulator.exchange.apps import App, AppSpec, NumberSpec
from simulator.exchange.exchange import Exchange
from simulator.exchange.story import Story
from simulator.store.memory import MemoryStore
from simulator.telephony.commands.axb import BindAxb, QueryAxb
from simulator.telephony.commands.calls import Dial

SIZES = (1_000, 100_000, 1_000_000)
PAIRS_PER_X = 4_000
ROUNDS = 9
OPERATIONS = 1_000
LIFETIME = 7 * 86_400


class Platform:
    """An exchange whose one application has as many bindings as wanted, 4,000 on an X number."""

    def __init__(self) -> None:
        clock = StoryClock(FIRST_INSTANT, scale=0, monotonic=wall.monotonic)
        tokens = count()
        self.exchange = Exchange(clock, MemoryStore(), Random(7), 7, lambda: str(next(tokens)))
        numbers = tuple(NumberSpec(x_number(n), "0755") for n in range(SIZES[-1] // PAIRS_PER_X + 10))
        self.app: App = self.exchange.add_app(AppSpec("scale", "secret", Profile.default(), numbers=numbers))
        self.bound = 0

    def grow(self, size: int) -> None:
        """Bind until there are `size` bindings, all with the same end."""
        while self.bound < size:
            self.bind(self.bound)
            self.bound += 1

    def bind(self, number: int) -> None:
        """The pair of this number."""
        x = x_number(number // PAIRS_PER_X)
        self.exchange.axb.bind(
            self.app, BindAxb(party(2 * number), party(2 * number + 1), x, lifetime_seconds=LIFETIME)
        )

    def call(self, number: int) -> None:
        """A call through the pair of this number, as far as it goes at once."""
        self.exchange.dial("scale", Dial(party(2 * number), x_number(number // PAIRS_PER_X), "busy"))

    def query(self, number: int) -> None:
        """The pair of this number, looked up by X and caller."""
        self.exchange.axb.query(self.app, QueryAxb(x_number=x_number(number // PAIRS_PER_X), caller=party(2 * number)))

    def query_any(self, number: int) -> None:
        """Look an X number up, whatever is on it."""
        self.exchange.axb.query(self.app, QueryAxb(x_number=x_number(number % 50), page_size=10))


def x_number(number: int) -> str:
    """An X number."""
    return f"+86170{number:08d}"


def party(number: int) -> str:
    """A user's number."""
    return f"+86139{number:08d}"


def cost(operation: Callable[[int], None], numbers: Callable[[int], int]) -> float:
    """CPU microseconds of one operation, the median of rounds."""
    rounds = []
    for _ in range(ROUNDS):
        chosen = [numbers(n) for n in range(OPERATIONS)]
        started = time.process_time()
        for number in chosen:
            operation(number)
        rounds.append((time.process_time() - started) / OPERATIONS * 1e6)
    return statistics.median(rounds)


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure() -> Platform:
    """Print the costs at each size; the platform with the largest."""
    platform, dice = Platform(), Random(1)
    before = resident()
    first: dict[str, float] = {}
    print(f"  {'bindings':>10}  {'bind µs':>8}  {'query µs':>8}  {'call µs':>8}   bytes a binding")
    for size in SIZES:
        platform.grow(size)
        fresh = count(platform.bound)
        costs = {
            "bind": cost(platform.bind, lambda _, fresh=fresh: next(fresh)),  # type: ignore[misc]  # bound at once
            "query": cost(platform.query, lambda _, size=size: dice.randrange(size)),  # type: ignore[misc]  # as above
            "call": cost(platform.call, lambda _, size=size: dice.randrange(size)),  # type: ignore[misc]  # as above
        }
        platform.bound = next(fresh)
        first = first or costs
        weight = (resident() - before) / platform.bound
        shown = "  ".join(f"{value:8.1f}" for value in costs.values())
        print(f"  {platform.bound:>10,}  {shown}   {weight:,.0f}")
    ratios = ", ".join(f"{name} {costs[name] / first[name]:.2f} x" for name in costs)
    print(f"  the last against the first: {ratios} (aim ≤ 1.3); memory a binding (aim ≤ 1,024)")
    return platform


async def expire(platform: Platform) -> None:
    """All end at one instant: the longest time between two looks at the platform while they do."""
    exchange = platform.exchange
    exchange.change_app("scale", profile=replace(platform.app.profile, merge_window_seconds=1.0))
    exchange.clock.jump(FIRST_INSTANT + timedelta(seconds=LIFETIME - 1))
    exchange.now()
    story = Story(exchange, wall.monotonic)
    exchange.clock.set_scale(1)
    running = asyncio.create_task(story.run())
    longest, asked, started = 0.0, 0, time.perf_counter()
    while len(platform.app.bindings) and time.perf_counter() - started < 120:
        before = time.perf_counter()
        await asyncio.sleep(0)
        platform.query_any(asked)
        longest = max(longest, time.perf_counter() - before)
        asked += 1
    running.cancel()
    seconds = time.perf_counter() - started
    left = len(platform.app.bindings)
    print(
        f"  {platform.bound:,} bindings ended in {seconds:.1f} s, {left:,} are left; "
        f"{asked:,} requests meanwhile, the longest waited {longest * 1000:.1f} ms (aim ≤ 50)"
    )


async def scale() -> None:
    """Everything, printed."""
    settle_memory()
    print("\nScale: one process, bindings with an end, costs in CPU µs inside the exchange")
    await expire(measure())


if __name__ == "__main__":
    run(scale())
