"""The running account of one process of a load: what was dialled, told, acknowledged and failed, and how late."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from simulator.delivery.attempt import Attempt
from simulator.delivery.delivery import Delivery
from simulator.delivery.notification import Notification, Slot
from simulator.load.measuring import Failures, Latencies, is_connection_error, reason_of

MICROSECOND = timedelta(microseconds=1)
NOT_ENDED = "not answered when the load ended"


class Tally:
    """Hears of every attempt that ended (`Outbox.on_ended`) and every call that was dialled.

    A notification was to be sent at the instant of its event, a CDR when its merge window was to close: what it waited for
    after that is part of its latency, also when the load itself was late or its call's earlier notifications hung.
    """

    def __init__(self, merge_window_seconds: float, stop_after: int, give_up: Callable[[str], None]) -> None:
        self._window = timedelta(seconds=merge_window_seconds)
        self._stop_after = stop_after
        self._give_up = give_up
        self._errors_in_a_row = 0
        self.dialled = 0
        self.requests = 0
        self.told = 0
        self.failed = 0
        self.lag = Latencies()
        self.latencies: dict[str, Latencies] = {}
        self.failures = Failures()
        self.causes: Counter[int] = Counter()
        self.last_ended_at: datetime | None = None

    def was_dialled(self, lag: timedelta) -> None:
        """A call was dialled, so long after it should have been."""
        self.dialled += 1
        self.lag.add(lag // MICROSECOND)

    def was_not_dialled(self, reason: str, example: str) -> None:
        """A call could not be dialled."""
        self.failures.add(f"not dialled: {reason}", example)
        self.failed += 1

    def attempt_ended(self, delivery: Delivery, attempt: Attempt) -> None:
        """One request with its notifications was answered, or was not."""
        ended_at = attempt.ended_at
        if ended_at is None:
            return
        self.requests += 1
        self.last_ended_at = ended_at
        kind, told = delivery.kind, delivery.notifications
        latencies = self.latencies.get(kind)
        if latencies is None:
            latencies = self.latencies[kind] = Latencies()
        for notification in told:
            latencies.add((ended_at - self.due_at(delivery, notification)) // MICROSECOND)
        self.told += len(told)
        if attempt.verdict is None or not attempt.verdict.acknowledged:
            self._failed(attempt, len(told))
        else:
            self._errors_in_a_row = 0

    def due_at(self, delivery: Delivery, notification: Notification) -> datetime:
        """When a notification was to be sent; one that was merged into an earlier window, then."""
        if delivery.slot is not Slot.FEE:
            return notification.created_at
        return min(notification.created_at + self._window, delivery.due_at)

    def _failed(self, attempt: Attempt, notifications: int) -> None:
        self.failed += notifications
        self.failures.add(reason_of(attempt), attempt.verdict.reason if attempt.verdict else "", notifications)
        if not is_connection_error(attempt):
            self._errors_in_a_row = 0
            return
        self._errors_in_a_row += 1
        if self._errors_in_a_row == self._stop_after:
            why = attempt.verdict.reason if attempt.verdict else ""
            self._give_up(f"{self._errors_in_a_row} connection errors in a row; the last: {why}")

    def left_over(self, notifications: int) -> None:
        """So many were still under way when the load ended."""
        if notifications:
            self.failed += notifications
            self.told += notifications
            self.failures.add(NOT_ENDED, "", notifications)

    def progress(self) -> dict[str, int]:
        """How it stands, for those who watch."""
        return {"dialled": self.dialled, "told": self.told, "failed": self.failed, "requests": self.requests}

    def result(self, began_at: datetime, violations: int, stopped: str) -> dict[str, Any]:
        """The whole account, for the process that sums up."""
        ended_at = self.last_ended_at or began_at
        return {
            **self.progress(),
            "seconds": max((ended_at - began_at).total_seconds(), 0.0),
            "lag": self.lag.encoded(),
            "latencies": {kind: latencies.encoded() for kind, latencies in self.latencies.items()},
            "failures": dict(self.failures.counts),
            "examples": self.failures.examples,
            "causes": {str(cause): times for cause, times in self.causes.items()},
            "violations": violations,
            "stopped": stopped,
        }
