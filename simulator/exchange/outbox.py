"""Deliveries on their way: first attempts of a call one after the other, CDRs merged, retries when they fall due.

The order (semantics 6): the next first attempt of a call starts when the previous one ended, whichever way; a failed
one is retried on its own schedule and holds nothing back; CDRs are queued when the merge window closes, and not before
the first attempts of their call have ended.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from simulator.delivery.attempt import Attempt
from simulator.delivery.batch import batches
from simulator.delivery.delivery import FINISHED, Delivery, DeliveryState
from simulator.delivery.notification import Notification, Slot
from simulator.delivery.outcome import INTERRUPTED, Result, Verdict, remarked
from simulator.exchange.apps import App
from simulator.exchange.attempts import Headers, end_in_brief, ended, start_in_brief, started
from simulator.exchange.chains import Chains
from simulator.exchange.core import Busy, Core
from simulator.exchange.entering import command
from simulator.exchange.feed import Signal
from simulator.exchange.holding import Holding
from simulator.exchange.keeping import Kept
from simulator.exchange.merging import MergeWindows
from simulator.exchange.retrying import Retries
from simulator.exchange.rows import Struck

Asked = Callable[[Delivery, Result, Verdict], tuple[Verdict, Callable[[], None]]]


class Outbox:
    """What the emitter empties. It starts attempts in the order of `ready` and hands back how each ended."""

    def __init__(self, core: Core, merge: Callable[[Sequence[bytes]], bytes]) -> None:
        self._core = core
        self._merge = merge
        self.ready: deque[Delivery] = deque()
        self.wake = Signal()
        self._flying: dict[str, Delivery] = {}
        self._settled = Signal()
        self._chains = Chains()
        self._windows = MergeWindows(core.deadlines, self._close)
        self._holding = Holding(core.deadlines, self._queue)
        self._late: dict[str, list[Notification]] = {}
        self._by_notification: dict[str, str] = {}
        self._kept: Kept[Delivery] = Kept(core.limits.deliveries_kept, self._forgotten)
        self._open: Counter[str] = Counter()
        self._exhausted: Counter[str] = Counter()
        self.retries = Retries(core.deadlines, self._make_ready)
        self.on_first_attempt: Callable[[Delivery, datetime], None] = lambda *_: None
        self.on_answer: Asked = lambda _delivery, _result, verdict: (verdict, lambda: None)
        """Judges the answer to a delivery that asks; what it gives back is done once that is in the journal."""
        self.on_unsent: Callable[[Notification, datetime], None] = lambda *_: None
        self.on_ended: Callable[[Delivery, Attempt], None] = lambda *_: None
        """Is told of every attempt that ended, once it is judged and in the journal."""

    @property
    def in_flight(self) -> int:
        """How many attempts have started and not ended."""
        return len(self._flying)

    def is_full(self, app_key: str) -> bool:
        """Whether an application has as many open deliveries as it may."""
        return self._open[app_key] >= self._core.limits.outbox_per_app

    def open_deliveries(self, app_key: str | None = None) -> int:
        """How many deliveries, of one application or of all, have not come to an end."""
        return self._open.total() if app_key is None else self._open[app_key]

    def check_room(self, app_key: str) -> None:
        """Raises Busy when the outbox of an application is full."""
        if self.is_full(app_key):
            raise Busy(f"{app_key} has {self._open[app_key]} open deliveries, as many as it may; advance the clock")

    def exhausted(self, app_key: str | None = None) -> int:
        """How many notifications, of one application or of all, were given up and not sent again since."""
        return self._exhausted.total() if app_key is None else self._exhausted[app_key]

    def push(self, app: App, slot: Slot, notification: Notification, *, asks: bool = False) -> Delivery | None:
        """Tell the receiver of this slot, after what it is told first about the same call; None without a receiver."""
        return self._push(app, slot, (notification,), notification.fragment, asks=asks)

    def push_together(self, app: App, slot: Slot, batch: Sequence[Notification], body: bytes) -> Delivery | None:
        """Tell the receiver of this slot several things in one message, after what it is told first about any of them."""
        return self._push(app, slot, batch, body, asks=False)

    def push_later(self, app: App, notification: Notification) -> None:
        """Queue a CDR for the merge window of its application, opening one where none is open."""
        closes_at = notification.created_at + timedelta(seconds=app.profile.merge_window_seconds)
        self._windows.add(notification, closes_at)

    @command("outbox.start", start_in_brief)
    def start(self, delivery: Delivery, headers: Headers, struck: Struck | None = None) -> Attempt:
        """An attempt sends its first byte now; `headers` as the journal may keep them, `struck` what a fault did."""
        at = self._core.clock.now()
        attempt = delivery.start(at)
        self._flying[delivery.delivery_id] = delivery
        if struck is not None:
            attempt.fault = struck.fault
        self._core.journal.append(started(delivery, attempt, headers, struck))
        if attempt.number == 1:
            self.on_first_attempt(delivery, at)
        return attempt

    @command("outbox.end", end_in_brief)
    def end(self, delivery: Delivery, result: Result, wall_seconds: float, at: datetime | None = None) -> None:
        """An attempt ended: settle the delivery, and let the next of its call go.

        Whoever ends attempts lets the exchange look at the time afterwards: what became due by them is a deadline.
        `at`: when it ended, if that was not now.
        """
        self._flying.pop(delivery.delivery_id, None)
        app = self._core.apps.get(delivery.app_key)
        if app is not None and self._kept.get(delivery.delivery_id) is delivery:
            attempt = delivery.end(result, at or self._core.clock.now(), wall_seconds, app.profile.success_statuses)
            self._settle(app, delivery, attempt, result)
        if delivery.has_gone_first:
            for notification in delivery.notifications:
                if self._holding.held:
                    self._let_overtaken_go(delivery, notification.about_id)
                self._next_in_chain(notification.about_id)
        self._tell_settled()

    def is_telling(self, about_id: str) -> bool:
        """Whether a notification about a call or an SMS still waits for the end of its first attempt."""
        return about_id in self._chains or about_id in self._late or self._windows.has(about_id)

    def pull(self) -> Delivery | None:
        """The next delivery whose attempt may start; None when nothing is due."""
        return self.ready.popleft() if self.ready else None

    def take(self, delivery_id: str) -> Delivery | None:
        """A delivery that is in flight; else one out of those that are ready."""
        found = self._flying.get(delivery_id) or next(
            (one for one in self.ready if one.delivery_id == delivery_id), None
        )
        if found is not None and delivery_id not in self._flying:
            self.ready.remove(found)
        return found

    def come_back(self, until: datetime) -> None:
        """The process ended and another goes on: attempts in flight have failed, of retries due by `until` one is made."""
        for delivery in tuple(self._flying.values()):
            self.end(delivery, INTERRUPTED, 0.0, delivery.attempts[-1].started_at)
        for delivery in self.retries.waiting(until):
            app = self._core.apps[delivery.app_key]
            delivery.collapse(app.schedule_of(delivery.slot), until)

    async def settled(self) -> None:
        """Wait until nothing is due and no attempt is in flight."""
        while self.ready or self.in_flight:
            await self._settled.wait()

    def of(self, notification_id: str) -> Delivery | None:
        """The delivery of a notification, or a delivery by its own id."""
        delivery_id = self._by_notification.get(notification_id) or f"d{notification_id[1:]}"
        return self._kept.get(delivery_id)

    def newest(self, where: Callable[[Delivery], bool], limit: int) -> Sequence[Delivery]:
        """Deliveries, the open ones first, the newest first."""
        return self._kept.newest(where, limit)

    def redeliver(self, delivery: Delivery) -> None:
        """Send it once more, now, its schedule anew; raises ImpossibleStep while it is queued or in flight."""
        was, was_finished = delivery.state, delivery.state in FINISHED
        delivery.redeliver(self._core.clock.now())
        self.retries.cancel(delivery)
        if was is DeliveryState.EXHAUSTED:
            self._exhausted[delivery.app_key] -= len(delivery.notifications)
        if was_finished:
            self._kept.add(delivery.delivery_id, delivery)
            self._open[delivery.app_key] += 1
        self._make_ready(delivery)

    def forget(self, app_key: str) -> None:
        """Forget the deliveries of an application; an attempt in flight ends unnoticed."""
        self.ready = deque(delivery for delivery in self.ready if delivery.app_key != app_key)
        for delivery in self._kept.newest(lambda kept: kept.app_key == app_key, len(self._kept)):
            self._kept.remove(delivery.delivery_id)
            self.retries.cancel(delivery)
            self._chains.forget(delivery)
            for notification in delivery.notifications:
                self._late.pop(notification.about_id, None)
        self._windows.forget(app_key)
        self._holding.forget(app_key)
        self._open.pop(app_key, None)
        self._exhausted.pop(app_key, None)
        self._tell_settled()

    def _push(self, app: App, slot: Slot, batch: Sequence[Notification], body: bytes, *, asks: bool) -> Delivery | None:
        url = app.receiver(slot)
        if url is None:
            return None
        delivery = self._delivery(app.app_key, slot, url, batch, body)
        delivery.asks = asks
        if app.faults is None or not self._is_held(app, delivery):
            self._queue(delivery)
        return delivery

    def _delivery(
        self, app_key: str, slot: Slot, url: str, notifications: Sequence[Notification], body: bytes
    ) -> Delivery:
        delivery_id = f"d{notifications[0].notification_id[1:]}"
        delivery = Delivery(delivery_id, app_key, slot, url, tuple(notifications), body, notifications[0].created_at)
        delivery.made = self._core.ids.number()
        self._kept.add(delivery_id, delivery)
        self._open[app_key] += 1
        if len(notifications) > 1:
            self._by_notification |= dict.fromkeys((one.notification_id for one in notifications), delivery_id)
        return delivery

    def _queue(self, delivery: Delivery) -> None:
        """Make it ready, after what is told first about the same; a CDR is queued when its turn has come already."""
        if self._holding.held:
            self._holding.follow(delivery)
        if delivery.slot is Slot.FEE:
            for notification in delivery.notifications:
                self._chains.begin(notification.about_id)
            self._make_ready(delivery)
        elif self._chains.line_up(delivery):
            self._make_ready(delivery)

    def _is_held(self, app: App, delivery: Delivery) -> bool:
        """Whether a fault hits it that keeps it back."""
        if app.faults is not None:
            app.faults.strike(delivery, is_awaited=self._holding.awaits(delivery.about_id))
        if delivery.fault is None or not delivery.fault.plan.held_seconds:
            return False
        self._holding.add(delivery, delivery.fault.plan, self._core.clock.now())
        return True

    def _let_overtaken_go(self, delivery: Delivery, about_id: str) -> None:
        for overtaken in self._holding.overtaken(delivery, about_id):
            if not self._chains.go_next(overtaken):
                self._queue(overtaken)

    def _make_ready(self, delivery: Delivery) -> None:
        self.ready.append(delivery)
        self.wake.fire()

    def _close(self, app_key: str, waiting: Sequence[Notification], at: datetime) -> None:
        """The merge window closes: what may go goes; what waits for its call's events goes when those have ended."""
        app = self._core.apps[app_key]
        may_go = []
        for notification in waiting:
            if notification.about_id in self._chains:
                self._late.setdefault(notification.about_id, []).append(notification)
            else:
                may_go.append(notification)
        for batch in batches(may_go, app.profile.merge_limit):
            self._push_batch(app, batch, at)

    def _push_batch(self, app: App, batch: Sequence[Notification], at: datetime) -> None:
        url = app.receiver(Slot.FEE)
        if url is None:  # it was taken away while the window was open
            for notification in batch:
                self.on_unsent(notification, at)
            return
        body = self._merge([notification.fragment for notification in batch])
        delivery = self._delivery(app.app_key, Slot.FEE, url, batch, body)
        delivery.due_at = at
        if app.faults is None or not self._is_held(app, delivery):
            self._queue(delivery)

    def _settle(self, app: App, delivery: Delivery, attempt: Attempt, result: Result) -> None:
        at = self._core.clock.now()
        follow: Callable[[], None] | None = None
        if delivery.asks and attempt.verdict is not None:
            form = attempt.verdict.remark
            verdict, follow = self.on_answer(delivery, result, attempt.verdict)
            attempt.verdict = remarked(verdict, form)
        retry_at = delivery.settle(app.schedule_of(delivery.slot))
        self._core.journal.append(ended(delivery, attempt, result, at, retry_at))
        self.on_ended(delivery, attempt)
        if delivery.state in FINISHED:
            self._open[app.app_key] -= 1
            if delivery.state is DeliveryState.EXHAUSTED:
                self._exhausted[app.app_key] += len(delivery.notifications)
            self._kept.finish(delivery.delivery_id)
        elif retry_at is not None:
            self.retries.add(delivery, retry_at)
        else:  # neither finished nor waiting for an instant: a copy follows at once
            delivery.queue(at)
            self.ready.appendleft(delivery)
            self.wake.fire()
        if follow is not None:
            follow()

    def _next_in_chain(self, about_id: str) -> None:
        following = self._chains.follow(about_id)
        if following is not None:
            self._make_ready(following)
        if about_id in self._chains:
            return
        for notification in self._late.pop(about_id, ()) if self._late else ():
            # its own window has passed: it goes with those that are free at the same instant
            self._windows.add(notification, self._core.clock.now())

    def _forgotten(self, delivery: Delivery) -> None:
        if len(delivery.notifications) > 1:
            for notification in delivery.notifications:
                self._by_notification.pop(notification.notification_id, None)

    def _tell_settled(self) -> None:
        if not self.ready and not self.in_flight:
            self._settled.fire()
