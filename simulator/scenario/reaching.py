"""Whether receivers and simulators answer at all: asked before the first step, by a TCP connection."""

import asyncio
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from simulator.clock.wall import sleep

PATIENCE_SECONDS = 5.0
PAUSE_SECONDS = 0.1


class OutOfReach(Exception):
    """Nobody listens there; the sentence says where and what to do."""


async def check_all(urls: Iterable[str]) -> None:
    """Raises OutOfReach for the first address where nobody listens."""
    for url in dict.fromkeys(urls):
        problem = await _problem(url)
        if problem:
            raise OutOfReach(f"nobody listens at {url} ({problem}); start the receiver there, or see --wait-for")


async def wait_for(url: str, wall_left: Callable[[], float]) -> None:
    """Wait until somebody listens at `url`; raises OutOfReach when the wall time is over."""
    while problem := await _problem(url):
        if wall_left() <= 0:
            raise OutOfReach(f"nobody listened at {url} in time ({problem})")
        await sleep(min(PAUSE_SECONDS, max(0.0, wall_left())))


async def _problem(url: str) -> str:
    """Why nobody can be reached at `url`; empty when somebody can."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, port)
    except TimeoutError:
        return f"no answer within {PATIENCE_SECONDS:g} s"
    except OSError as error:
        return error.strerror or str(error)
    writer.close()
    return ""
