"""Deliveries on their way: first attempts of a call one after the other, CDRs merged, retries when they fall due.

The order (semantics 6): the next first attempt of a call starts when the previous one ended, whichever way; a failed
one is retried on its own schedule and holds nothing back; CDRs are queued when the merge window closes, and not before
the first attempts of their call have ended.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.delivery.attempt import Attempt
from simulator.delivery.batch import batches
from simulator.delivery.delivery import FINISHED, Delivery, DeliveryState
from simulator.delivery.notification import Notification, Slot
from simulator.delivery.outcome import Result
from simulator.exchange.apps import App
from simulator.exchange.core import Core
from simulator.exchange.feed import Signal
from simulator.exchange.keeping import Kept
from simulator.exchange.rows import AttemptEnded, AttemptStarted


@dataclass(slots=True)
class MergeWindow:
    """CDRs of one application that wait to go out together."""

    waiting: list[Notification] = field(default_factory=list)
    is_open: bool = False


class Outbox:
    """What the emitter empties. It starts attempts in the order of `ready` and hands back how each ended."""

    def __init__(self, core: Core, merge: Callable[[Sequence[bytes]], bytes]) -> None:
        self._core = core
        self._merge = merge
        self.ready: deque[Delivery] = deque()
        self.wake = Signal()
        self.in_flight = 0
        self._settled = Signal()
        self._chains: dict[str, deque[Delivery]] = {}
        self._windows: dict[str, MergeWindow] = {}
        self._late: dict[str, list[Notification]] = {}
        self._by_notification: dict[str, str] = {}
        self._kept: Kept[Delivery] = Kept(core.limits.deliveries_kept, self._forgotten)
        self._open: Counter[str] = Counter()
        self.on_first_attempt: Callable[[Delivery, datetime], None] = lambda *_: None

    def is_full(self, app_key: str) -> bool:
        """Whether an application has as many open deliveries as it may."""
        return self._open[app_key] >= self._core.limits.outbox_per_app

    def open_deliveries(self, app_key: str) -> int:
        """How many deliveries of an application have not come to an end."""
        return self._open[app_key]

    def push(self, app: App, slot: Slot, notification: Notification) -> Delivery | None:
        """Tell the receiver of this slot, after what it is told first about the same call; None without a receiver."""
        url = app.receiver(slot)
        if url is None:
            return None
        delivery = self._delivery(app.app_key, slot, url, (notification,), notification.fragment)
        chain = self._chains.get(notification.call_id)
        if chain is None:
            self._chains[notification.call_id] = deque()
            self._make_ready(delivery)
        else:
            chain.append(delivery)
        return delivery

    def push_later(self, app: App, notification: Notification) -> None:
        """Queue a CDR for the merge window of its application, opening one where none is open."""
        window = self._windows.setdefault(app.app_key, MergeWindow())
        window.waiting.append(notification)
        if not window.is_open:
            window.is_open = True
            closes_at = notification.created_at + timedelta(seconds=app.profile.merge_window_seconds)
            self._core.deadlines.add(closes_at, "merge_window", app.app_key, lambda at: self._close(app.app_key, at))

    def start(self, delivery: Delivery, headers: tuple[tuple[str, str], ...]) -> Attempt:
        """An attempt sends its first byte now; `headers` as the journal may keep them."""
        at = self._core.clock.now()
        attempt = delivery.start(at)
        self.in_flight += 1
        self._core.journal.append(
            AttemptStarted(
                at=at,
                app_key=delivery.app_key,
                call_id=delivery.call_id,
                delivery=delivery,
                number=attempt.number,
                headers=headers,
            )
        )
        if attempt.number == 1:
            self.on_first_attempt(delivery, at)
        return attempt

    def end(self, delivery: Delivery, result: Result, wall_seconds: float) -> None:
        """An attempt ended: settle the delivery, and let the next of its call go."""
        self.in_flight -= 1
        app = self._core.apps.get(delivery.app_key)
        if app is not None and self._kept.get(delivery.delivery_id) is delivery:
            self._settle(app, delivery, result, wall_seconds)
        if len(delivery.attempts) == 1:
            self._next_in_chains(delivery)
        self._core.deadlines.fire_due(self._core.clock.now())
        self._tell_settled()

    def pull(self) -> Delivery | None:
        """The next delivery whose attempt may start; None when nothing is due."""
        return self.ready.popleft() if self.ready else None

    async def settled(self) -> None:
        """Wait until nothing is due and no attempt is in flight."""
        while self.ready or self.in_flight:
            await self._settled.wait()

    def of(self, notification_id: str) -> Delivery | None:
        """The delivery of a notification, or a delivery by its own id."""
        return self._kept.get(self._by_notification.get(notification_id, notification_id))

    def newest(self, where: Callable[[Delivery], bool], limit: int) -> Sequence[Delivery]:
        """Deliveries, the open ones first, the newest first."""
        return self._kept.newest(where, limit)

    def redeliver(self, delivery: Delivery) -> None:
        """Send it once more, now; raises ImpossibleStep while it is queued or in flight."""
        was_finished = delivery.state in FINISHED
        delivery.queue(self._core.clock.now())
        if was_finished:
            self._kept.add(delivery.delivery_id, delivery)
            self._open[delivery.app_key] += 1
        self._make_ready(delivery)

    def forget(self, app_key: str) -> None:
        """Forget the deliveries of an application; an attempt in flight ends unnoticed."""
        self.ready = deque(delivery for delivery in self.ready if delivery.app_key != app_key)
        for delivery in self._kept.newest(lambda kept: kept.app_key == app_key, len(self._kept)):
            self._kept.remove(delivery.delivery_id)
            for notification in delivery.notifications:
                self._chains.pop(notification.call_id, None)
                self._late.pop(notification.call_id, None)
        self._windows.pop(app_key, None)
        self._open.pop(app_key, None)
        self._tell_settled()

    def _delivery(
        self, app_key: str, slot: Slot, url: str, notifications: Sequence[Notification], body: bytes
    ) -> Delivery:
        delivery_id = f"d-{self._core.ids.next(app_key, 'delivery') >> 64:016x}"
        delivery = Delivery(delivery_id, app_key, slot, url, tuple(notifications), body, notifications[0].created_at)
        self._kept.add(delivery_id, delivery)
        self._open[app_key] += 1
        for notification in notifications:
            self._by_notification[notification.notification_id] = delivery_id
        return delivery

    def _make_ready(self, delivery: Delivery) -> None:
        self.ready.append(delivery)
        self.wake.fire()

    def _close(self, app_key: str, at: datetime) -> None:
        """The merge window closes: what may go goes; what waits for its call's events goes when those have ended."""
        window, app = self._windows.pop(app_key, None), self._core.apps.get(app_key)
        if window is None or app is None:
            return
        may_go = []
        for notification in window.waiting:
            if notification.call_id in self._chains:
                self._late.setdefault(notification.call_id, []).append(notification)
            else:
                may_go.append(notification)
        url = app.receiver(Slot.FEE)
        for batch in batches(may_go, app.profile.merge_limit) if url is not None else ():
            body = self._merge([notification.fragment for notification in batch])
            delivery = self._delivery(app_key, Slot.FEE, url or "", batch, body)
            delivery.due_at = at
            for notification in batch:
                self._chains[notification.call_id] = deque()
            self._make_ready(delivery)

    def _settle(self, app: App, delivery: Delivery, result: Result, wall_seconds: float) -> None:
        at = self._core.clock.now()
        attempt = delivery.end(result, at, wall_seconds, app.profile.success_statuses)
        retry_at = delivery.settle(app.schedule)
        self._core.journal.append(
            AttemptEnded(at=at, app_key=app.app_key, call_id=delivery.call_id, delivery=delivery, attempt=attempt)
        )
        if delivery.state in FINISHED:
            self._open[app.app_key] -= 1
            self._kept.finish(delivery.delivery_id)
        elif retry_at is not None:
            number = len(delivery.attempts) + 1
            detail = f"{delivery.kind} {delivery.delivery_id} attempt {number}"
            self._core.deadlines.add(retry_at, "retry", detail, lambda due: self._retry(delivery, number, due))

    def _retry(self, delivery: Delivery, number: int, at: datetime) -> None:
        """Due again, unless it was forgotten or sent by hand in the meantime."""
        is_waiting = delivery.state is DeliveryState.WAITING and len(delivery.attempts) + 1 == number
        if is_waiting and self._kept.get(delivery.delivery_id) is delivery:
            delivery.queue(at)
            self._make_ready(delivery)

    def _next_in_chains(self, delivery: Delivery) -> None:
        for notification in delivery.notifications:
            self._next_in_chain(notification.call_id)

    def _next_in_chain(self, call_id: str) -> None:
        chain = self._chains.get(call_id)
        if chain:
            self._make_ready(chain.popleft())
            return
        if chain is not None:
            del self._chains[call_id]
        for notification in self._late.pop(call_id, ()):
            self._push_at_once(notification)

    def _push_at_once(self, notification: Notification) -> None:
        """The merge window of this CDR has passed: it goes with those that are free at the same instant."""
        window = self._windows.setdefault(notification.app_key, MergeWindow())
        window.waiting.append(notification)
        if not window.is_open:
            window.is_open = True
            key, now = notification.app_key, self._core.clock.now()
            self._core.deadlines.add(now, "merge_window", key, lambda at: self._close(key, at))

    def _forgotten(self, delivery: Delivery) -> None:
        for notification in delivery.notifications:
            self._by_notification.pop(notification.notification_id, None)

    def _tell_settled(self) -> None:
        if not self.ready and not self.in_flight:
            self._settled.fire()
