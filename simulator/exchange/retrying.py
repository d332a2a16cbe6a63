"""Deliveries whose next attempt waits for its instant (notifications.md 1.3)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from simulator.delivery.delivery import Delivery
from simulator.exchange.deadlines import Deadline, Deadlines


class Retries:
    """A deadline for each; `make_ready` is called with what is due, queued already."""

    def __init__(self, deadlines: Deadlines, make_ready: Callable[[Delivery], None]) -> None:
        self._deadlines = deadlines
        self._make_ready = make_ready
        self._waiting: dict[str, Deadline] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, delivery: Delivery, retry_at: datetime) -> None:
        """Its next attempt is made then."""
        detail = f"{delivery.kind} {delivery.delivery_id} attempt {len(delivery.attempts) + 1}"
        self._waiting[delivery.delivery_id] = self._deadlines.add(retry_at, "retry", detail, self._fall_due, delivery)

    def cancel(self, delivery: Delivery) -> None:
        """Its next attempt is not made; harmless when none was to be."""
        deadline = self._waiting.pop(delivery.delivery_id, None)
        if deadline is not None:
            self._deadlines.cancel(deadline)

    def waiting(self, until: datetime) -> Sequence[Delivery]:
        """Those whose next attempt is due by then."""
        due = (deadline for deadline in self._waiting.values() if deadline.at <= until)
        return [one for deadline in due for one in deadline.arguments if isinstance(one, Delivery)]

    def _fall_due(self, delivery: Delivery, at: datetime) -> None:
        del self._waiting[delivery.delivery_id]
        delivery.queue(at)
        self._make_ready(delivery)
