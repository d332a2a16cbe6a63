"""The emitter empties the outbox: attempts start in order, each ends as a command to the exchange (semantics 5, 8).

While the clock stands, attempts due at one instant go out as a wave: they start in sequence order and their results
are applied in start order when all have ended. While it runs, each result is applied when it is there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from itertools import islice
from typing import Any, NamedTuple

from simulator.delivery.delivery import Delivery
from simulator.delivery.fault import Hit
from simulator.delivery.outcome import Answered, Result, Unanswered
from simulator.emitter.faulty import Faulty, never_sent, too_late
from simulator.emitter.signing import Headers, Signer
from simulator.exchange.apps import App
from simulator.exchange.exchange import Exchange
from simulator.outbound.target import Target, parse_target
from simulator.outbound.transport import Answer, Failure, Transport

TARGETS_KEPT = 256
"""Parsed receiver addresses that are remembered."""

REASON_KEPT = 200
"""Characters of an answer's reason phrase that are remembered with every attempt."""


class Sent(NamedTuple):
    """One attempt that has ended, not yet handed back."""

    delivery: Delivery
    result: Result
    wall_seconds: float


class Emitter:
    """Pulls what is due and sends it, at most `lanes` attempts at a time."""

    def __init__(
        self, exchange: Exchange, transport: Transport, signer: Signer, *, lanes: int, monotonic: Callable[[], float]
    ) -> None:
        self._exchange = exchange
        self._core = exchange.core
        self._outbox = exchange.outbox
        self._transport = transport
        self._signer = signer
        self._lanes = lanes
        self._monotonic = monotonic
        self._committed = exchange.journal.committed
        self._targets: dict[str, Target] = {}
        self._running = 0
        self.answer_timeout: float | None = None
        """Wall seconds that beat the profile's, for impatient runs."""

    async def run(self) -> None:
        """Empty the outbox for ever; cancel to stop. An attempt that breaks the simulator itself ends it."""
        async with asyncio.TaskGroup() as group:
            while True:
                if self._exchange.clock.scale == 0 and not self._running:
                    await self._wave()
                else:
                    self._start_what_fits(group)
                if not self._outbox.ready or self._running >= self._lanes:
                    await self._outbox.wake.wait()

    async def _wave(self) -> None:
        """Everything due now, one wave after the other, results applied in start order."""
        while self._outbox.ready:
            pulled = enumerate(iter(self._outbox.pull, None))
            sent: dict[int, Sent] = {}
            if self._lanes == 1:
                # one by one: what the first causes at the same instant may come before the rest
                await self._lane(islice(pulled, 1), sent)
            else:
                lanes = min(self._lanes, len(self._outbox.ready))
                await asyncio.gather(*(self._lane(pulled, sent) for _ in range(lanes)))
            for _, ended in sorted(sent.items()):
                self._outbox.end(ended.delivery, ended.result, ended.wall_seconds)
            self._exchange.now()

    async def _lane(self, pulled: Iterator[tuple[int, Delivery]], sent: dict[int, Sent]) -> None:
        for order, delivery in pulled:
            sent[order] = await self._attempt(delivery)

    def _start_what_fits(self, group: asyncio.TaskGroup) -> None:
        while self._running < self._lanes:
            delivery = self._outbox.pull()
            if delivery is None:
                return
            self._running += 1
            group.create_task(self._alone(self._attempt(delivery)))

    async def _alone(self, attempt: Awaitable[Sent]) -> None:
        sent = await attempt
        self._running -= 1
        self._outbox.end(sent.delivery, sent.result, sent.wall_seconds)
        self._exchange.now()
        self._outbox.wake.fire()

    def _attempt(self, delivery: Delivery) -> Coroutine[Any, Any, Sent]:
        """One HTTP request, begun now: the journal knows of it before its first byte, and before anybody else acts."""
        app = self._core.apps.get(delivery.app_key) or self._core.app(delivery.app_key)
        hit = None if delivery.fault is None else delivery.shown_fault
        if hit is not None:
            return self._faulty(app, delivery, hit)
        headers, kept = self._signer.headers(app)
        self._outbox.start(delivery, kept)
        sent = self._send(delivery, headers, self._patience(app))
        return sent if self._committed is None else _after(self._committed, sent)

    def _patience(self, app: App) -> float:
        return self.answer_timeout or app.profile.answer_timeout_seconds

    def _faulty(self, app: App, delivery: Delivery, hit: Hit) -> Coroutine[Any, Any, Sent]:
        """An attempt that is wrong on purpose."""
        faulty = Faulty(hit, delivery, self._target, lambda seconds: self._signer.headers(app, seconds)[0])
        self._outbox.start(delivery, faulty.kept, faulty.struck)
        sent = self._send_faulty(delivery, hit, faulty, self._patience(app))
        return sent if self._committed is None else _after(self._committed, sent)

    async def _send_faulty(self, delivery: Delivery, hit: Hit, faulty: Faulty, seconds: float) -> Sent:
        if hit.plan.is_dropped:
            return Sent(delivery, never_sent(hit), 0.0)
        if faulty.request is None:
            sent = await self._send(delivery, faulty.headers, seconds)
            return sent._replace(result=too_late(hit, sent.result, seconds)) if hit.plan.answers_too_late else sent
        started = self._monotonic()
        answer = await self._transport.wrong(self._target(delivery.url), faulty.request, timeout=seconds)
        return Sent(delivery, _result(answer), self._monotonic() - started)

    async def _send(self, delivery: Delivery, headers: Headers, seconds: float) -> Sent:
        started = self._monotonic()
        try:
            answer = await self._transport.post(self._target(delivery.url), headers, delivery.body, timeout=seconds)
        except ValueError as unsendable:  # an address or an app key that no HTTP request can carry
            return Sent(delivery, Unanswered("unsendable", str(unsendable)), 0.0)
        return Sent(delivery, _result(answer), self._monotonic() - started)

    def _target(self, url: str) -> Target:
        target = self._targets.get(url)
        if target is None:
            if len(self._targets) >= TARGETS_KEPT:
                self._targets.clear()
            target = self._targets[url] = parse_target(url, declared=True)
        return target


async def _after(committed: Callable[[], Awaitable[None]], sent: Coroutine[Any, Any, Sent]) -> Sent:
    """The first byte leaves when its start is kept: what a receiver saw is in the journal, whatever happens then."""
    try:
        await committed()
    except BaseException:
        sent.close()
        raise
    return await sent


def _result(answer: Answer | Failure) -> Result:
    if isinstance(answer, Answer):
        return Answered(answer.status, answer.reason[:REASON_KEPT], answer.headers, answer.body, answer.body_length)
    return Unanswered(answer.kind.value, answer.detail)
