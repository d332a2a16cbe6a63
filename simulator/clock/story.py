"""The clock of a story: it runs, stands still or jumps, and never goes backwards.

story time = anchor + (wall - wall anchor) x scale. Scale 1 is the real clock, scale 0 the virtual one that stands until
it is told; changing the scale re-anchors, so time never jumps when it changes.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

FIRST_INSTANT = datetime(2026, 1, 1, tzinfo=UTC)
"""Where a virtual clock starts unless told otherwise."""


class Clock(Protocol):
    """What the rooms above may ask: the instant of the story, and whether time runs by itself."""

    @property
    def scale(self) -> float:
        """Story seconds per wall second; 0 stands still."""

    def now(self) -> datetime:
        """The story's instant, aware UTC."""


class StoryClock:
    """A clock anchored in wall time; `monotonic` is the source of wall seconds."""

    def __init__(self, start: datetime, *, scale: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._anchor = start
        self._wall_anchor = monotonic()
        self._scale = scale
        self._held: datetime | None = None

    @property
    def scale(self) -> float:
        """Story seconds per wall second; 0 stands still."""
        return self._scale

    def now(self) -> datetime:
        """The story's instant, aware UTC."""
        if self._held is not None:
            return self._held
        if self._scale == 0:
            return self._anchor
        return self._anchor + timedelta(seconds=(self._monotonic() - self._wall_anchor) * self._scale)

    def jump(self, instant: datetime) -> None:
        """Move to `instant`; raises ValueError when it lies in the past."""
        now = self.now()
        if instant < now:
            raise ValueError(f"time cannot go backwards: it is {now.isoformat()}, asked for {instant.isoformat()}")
        self._set_anchor(instant)

    def set_scale(self, scale: float) -> None:
        """From now on `scale` story seconds pass per wall second; raises ValueError when negative or no number."""
        if not 0 <= scale < math.inf:
            raise ValueError(f"scale {scale} is not possible; 0 stands still, 1 is real time, 60 a minute a second")
        self._set_anchor(self.now())
        self._scale = scale

    def hold(self) -> datetime:
        """Stand at this instant until `let_go`, as if no time passed meanwhile; it is the instant of one command."""
        self._held = self.now()
        return self._held

    def let_go(self) -> None:
        """Go on as if it had never been held."""
        self._held = None

    def replay_at(self, instant: datetime) -> None:
        """Be held at an instant of the past, when the same command was carried out; `restart` ends it."""
        self._held = instant

    def restart(self, instant: datetime, scale: float) -> None:
        """Go on from an instant, whatever it was before."""
        self._held, self._scale = None, scale
        self._set_anchor(instant)

    def wall_seconds_until(self, instant: datetime) -> float | None:
        """Wall seconds until the story reaches `instant` (0 when it has), None while the clock stands."""
        remaining = (instant - self.now()).total_seconds()
        if remaining <= 0:
            return 0.0
        return remaining / self._scale if self._scale else None

    def _set_anchor(self, instant: datetime) -> None:
        self._anchor = instant
        self._wall_anchor = self._monotonic()
        if self._held is not None:
            self._held = instant
