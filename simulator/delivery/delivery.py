"""A delivery: the effort to tell one receiver, from queued to acknowledged or exhausted.

DELIVERY_TRANSITIONS is the whole life; a step that it does not have is refused and leaves the delivery as it was.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from simulator.delivery.attempt import Attempt
from simulator.delivery.fault import Hit
from simulator.delivery.notification import OF_CALLS, OF_MESSAGES, Notification, Slot
from simulator.delivery.outcome import Result, in_brief, judge
from simulator.delivery.schedule import Schedule


class DeliveryState(Enum):
    """Where a delivery is in its life."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"

    __hash__ = object.__hash__  # by identity: Enum's own is a Python call on every look-up in a table


FINISHED = (DeliveryState.ACKNOWLEDGED, DeliveryState.EXHAUSTED)

DELIVERY_TRANSITIONS: dict[DeliveryState, tuple[DeliveryState, ...]] = {
    DeliveryState.QUEUED: (DeliveryState.IN_FLIGHT,),
    DeliveryState.IN_FLIGHT: (DeliveryState.ACKNOWLEDGED, DeliveryState.WAITING, DeliveryState.EXHAUSTED),
    DeliveryState.WAITING: (DeliveryState.QUEUED,),
    DeliveryState.ACKNOWLEDGED: (DeliveryState.QUEUED,),
    DeliveryState.EXHAUSTED: (DeliveryState.QUEUED,),
}


class ImpossibleStep(Exception):
    """A delivery was asked for a step that its state does not have."""


@dataclass(slots=True, eq=False)
class Delivery:
    """One batch on its way to one receiver address; its body never changes once it was made."""

    delivery_id: str
    app_key: str
    slot: Slot
    url: str
    notifications: tuple[Notification, ...]
    body: bytes
    due_at: datetime
    state: DeliveryState = DeliveryState.QUEUED
    attempts: list[Attempt] = field(default_factory=list)
    asks: bool = False
    """Whether its answer decides something, so that 200 alone is no acknowledgement (notifications.md 1.2)."""
    redeliveries: int = 0
    """How often it was sent again by hand."""
    schedule_from: int = 0
    """How many attempts were made before its schedule began anew."""
    fault: Hit | None = None
    """The fault that it was hit by; its body stays what it is, only what is sent differs."""
    skipped: int = 0
    """Attempts of its schedule that were not made: they fell due together with a later one."""
    made: int = 0
    """Which of everything that was made it is: at one instant too the later has the greater."""

    @property
    def kind(self) -> str:
        """What kind of notification this is, in the wire's word."""
        return self.notifications[0].kind

    @property
    def about_id(self) -> str:
        """The call, SMS or X number it is about; for a batch that of the first."""
        return self.notifications[0].about_id

    @property
    def call_id(self) -> str | None:
        """The call it is about, if it is about one."""
        return self.about_id if self.slot in OF_CALLS else None

    @property
    def message_id(self) -> str | None:
        """The SMS it is about, if it is about one."""
        return self.about_id if self.slot in OF_MESSAGES else None

    @property
    def number(self) -> str | None:
        """The X number it is about, if it is about one; for a batch the first."""
        return self.about_id if self.slot is Slot.NUMBER_STATUS else None

    @property
    def shown_fault(self) -> Hit | None:
        """The fault of the attempt that comes next."""
        hit = self.fault
        return hit if hit is not None and hit.shows_in(len(self.attempts) + 1) else None

    @property
    def has_gone_first(self) -> bool:
        """Whether its first attempt is over now, with all that a fault repeats of it at once."""
        copies = 0 if self.fault is None else self.fault.plan.copies
        return len(self.attempts) == 1 + copies

    def start(self, at: datetime) -> Attempt:
        """Begin an attempt."""
        self._step(DeliveryState.IN_FLIGHT)
        attempt = Attempt(len(self.attempts) + 1, at)
        self.attempts.append(attempt)
        return attempt

    def end(self, result: Result, at: datetime, wall_seconds: float, successes: Collection[int]) -> Attempt:
        """Record in brief what became of the running attempt; `settle` follows. Raises ImpossibleStep if none runs."""
        if self.state is not DeliveryState.IN_FLIGHT:
            raise ImpossibleStep(f"delivery {self.delivery_id} is {self.state.value}: no attempt of it is running")
        attempt = self.attempts[-1]
        attempt.result, attempt.ended_at, attempt.wall_seconds = in_brief(result), at, wall_seconds
        attempt.verdict = judge(result, successes, asks=self.asks)
        return attempt

    def settle(self, schedule: Schedule) -> datetime | None:
        """After a judged attempt: acknowledged, exhausted, or waiting until the instant returned.

        Waiting without an instant: a copy follows at once, and the last one settles it. The schedule counts the failures
        since it was last sent by hand.
        """
        last = self.attempts[-1]
        if last.verdict is None or last.ended_at is None:
            raise ImpossibleStep(f"attempt {last.number} of {self.delivery_id} has not ended")
        if self.fault is not None and self.fault.is_copy(last.number + 1):
            self._step(DeliveryState.WAITING)
            return None
        if last.verdict.acknowledged or any(map(_is_acknowledged, self._repeated(last))):
            self._step(DeliveryState.ACKNOWLEDGED)
            return None
        retry_at = None if last.verdict.final else self._next_after(schedule, last.ended_at)
        self._step(DeliveryState.EXHAUSTED if retry_at is None else DeliveryState.WAITING)
        return retry_at

    def collapse(self, schedule: Schedule, until: datetime) -> None:
        """Of the attempts of its schedule that are due by `until` only one is made; what is measured from it is not due."""
        last_ended_at = self.attempts[-1].ended_at
        while not schedule.successive and last_ended_at is not None:
            self.skipped += 1
            following = self._next_after(schedule, last_ended_at)
            if following is None or following > until:
                self.skipped -= 1
                return

    def queue(self, at: datetime) -> None:
        """Due again at `at`."""
        self._step(DeliveryState.QUEUED)
        self.due_at = at

    def redeliver(self, at: datetime) -> None:
        """Due again at `at` by hand, whatever came of it so far: its schedule begins anew."""
        self.queue(at)
        self.redeliveries += 1
        self.schedule_from = len(self.attempts)
        self.skipped = 0

    def _next_after(self, schedule: Schedule, last_ended_at: datetime) -> datetime | None:
        first_failed_at = self.attempts[self.schedule_from].ended_at or last_ended_at
        failures = len(self.attempts) - self.schedule_from - len(self._copies()) + self.skipped
        return schedule.next_after(failures, first_failed_at, last_ended_at)

    def _copies(self) -> list[Attempt]:
        """The attempts that only repeated the first; they use up nothing of the schedule, which they belong to."""
        hit = self.fault
        return [] if hit is None else [one for one in self.attempts[self.schedule_from :] if hit.is_copy(one.number)]

    def _repeated(self, last: Attempt) -> list[Attempt]:
        """The attempts that the last one only repeats: the receiver said yes to the message if it did to one of them."""
        return self.attempts[:-1] if self.fault is not None and self.fault.is_copy(last.number) else []

    def _step(self, state: DeliveryState) -> None:
        if state not in DELIVERY_TRANSITIONS[self.state]:
            raise ImpossibleStep(f"delivery {self.delivery_id} is {self.state.value} and cannot become {state.value}")
        self.state = state


def _is_acknowledged(attempt: Attempt) -> bool:
    return attempt.verdict is not None and attempt.verdict.acknowledged
