"""The only file that asks the machine what time it is, or waits for it."""

import asyncio
import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The machine's time as an aware UTC instant."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never run backwards; only differences mean anything."""
    return time.monotonic()


async def sleep(seconds: float) -> None:
    """Wait for `seconds` of wall time."""
    await asyncio.sleep(seconds)
