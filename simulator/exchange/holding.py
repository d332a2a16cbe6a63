"""Deliveries that a fault keeps back: until later ones went first, or for some time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.delivery.delivery import Delivery
from simulator.delivery.fault import Plan
from simulator.exchange.deadlines import Deadline, Deadlines


@dataclass(slots=True, eq=False)
class Held:
    """A delivery that waits; `waits_for` later ones go first, 0: only time lets it go."""

    delivery: Delivery
    plan: Plan
    waits_for: int
    end: Deadline
    later: list[Delivery] = field(default_factory=list)
    """Those made after it, which may go first."""


class Holding:
    """What is held back, by what it is about; `release` is called with each when its time is over."""

    def __init__(self, deadlines: Deadlines, release: Callable[[Delivery], None]) -> None:
        self._deadlines = deadlines
        self._release = release
        self.held: dict[str, list[Held]] = {}

    def add(self, delivery: Delivery, plan: Plan, at: datetime) -> None:
        """Keep it back from now on."""
        delivery.due_at = at + timedelta(seconds=plan.held_seconds)
        detail = f"{delivery.kind} {delivery.delivery_id}"
        end = self._deadlines.add(delivery.due_at, "held", detail, self._time_is_over, delivery)
        held = Held(delivery, plan, plan.overtaken_by, end)
        self.held.setdefault(delivery.about_id, []).append(held)

    def awaits(self, about_id: str) -> bool:
        """Whether something waits for later ones about the same thing."""
        return any(held.waits_for for held in self.held.get(about_id, ()))

    def follow(self, delivery: Delivery) -> None:
        """Another delivery was made: it comes after those that are held."""
        for notification in delivery.notifications:
            for held in self.held.get(notification.about_id, ()):
                held.later.append(delivery)

    def overtaken(self, by: Delivery, about_id: str) -> Iterator[Delivery]:
        """The first attempt of another delivery has ended: those that waited for it go now."""
        for held in tuple(self.held.get(about_id, ())):
            if held.waits_for and by in held.later and held.plan.overtaken_in in (None, by.slot):
                held.waits_for -= 1
                if not held.waits_for:
                    self._drop(held)
                    yield held.delivery

    def forget(self, app_key: str) -> None:
        """What is held for this application goes nowhere."""
        for held in [one for many in self.held.values() for one in many if one.delivery.app_key == app_key]:
            self._drop(held)

    def _time_is_over(self, delivery: Delivery, at: datetime) -> None:
        self._drop(next(held for held in self.held[delivery.about_id] if held.delivery is delivery))
        delivery.due_at = at
        self._release(delivery)

    def _drop(self, held: Held) -> None:
        """It is held no more."""
        self._deadlines.cancel(held.end)
        about_id = held.delivery.about_id
        self.held[about_id].remove(held)
        if not self.held[about_id]:
            del self.held[about_id]
