"""One connection of the platform, and the connection to the receiver that belongs to it: bytes pass, and are watched.

Nothing is changed on the way: one connection here is one connection there, so everything that HTTP calls hop-by-hop
(Connection, Keep-Alive, TE, Upgrade, chunk sizes, 100-continue) is between platform and receiver as if nobody stood
between them. Only where the receiver cannot answer does the proxy say so itself: 502 or 504.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import Protocol

from simulator.clock import wall
from simulator.outbound.answer import Failure, FailureKind
from simulator.replay.exchanged import Exchanged
from simulator.replay.framing import Framing, Message
from simulator.replay.side import Side

MOST_PENDING = 1000
"""Requests of one connection that may wait for their answers and still be told apart."""
REASONS = {502: "Bad Gateway", 504: "Gateway Timeout"}
TIMEOUTS = (FailureKind.TIMEOUT, FailureKind.CONNECT_TIMEOUT)
STOPPED = "the proxy was stopped before an answer came"
LEFT = "the platform closed the connection before the answer came"


class Surroundings(Protocol):
    """What a tunnel needs of the capture that it belongs to."""

    timeout: float

    def dial(self, tunnel: "Tunnel") -> Awaitable[Side | Failure]:
        """A connection to the receiver."""
        ...

    def may_keep(self, exchange: Exchanged, size: int) -> bool:
        """Whether so many more bytes of an exchange may be remembered."""
        ...

    def watch(self, tunnel: "Tunnel", seconds: float | None) -> None:
        """Let it expire after so many seconds; None: never."""
        ...

    def exchanged(self, exchange: Exchanged) -> None:
        """An exchange ended."""
        ...

    def unreadable(self, side: str) -> None:
        """What passes is no HTTP that can be followed: it goes on unrecorded."""
        ...

    def gone(self, tunnel: "Tunnel") -> None:
        """The tunnel has no connection any more."""
        ...


class Tunnel:
    """Both connections and the exchanges that are under way between them."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self.platform = Side(self, is_platform=True)
        self.receiver: Side | None = None
        self._dialling: asyncio.Task[None] | None = None
        self._waiting: list[bytes] = []
        self._failed: tuple[int, str] | None = None
        self._pending: deque[Exchanged] = deque()
        self._arriving: Exchanged | None = None
        self._passed = 0
        self._has_left = self._is_over = self._is_unreadable = False
        self._requests = Framing(answers=False, begun=self._asked, keep=self._keep_request, ended=self._asked_all)
        self._answers = Framing(answers=True, begun=self._answering, keep=self._keep_answer, ended=self._answered)

    def other(self, side: Side) -> Side:
        """The connection across."""
        return self.platform if side is not self.platform else (self.receiver or self.platform)

    @property
    def is_idle(self) -> bool:
        """True when nothing is under way."""
        is_asking = self._requests.is_inside and not self._is_unreadable
        return not self._pending and not is_asking and self._dialling is None

    def opened(self, side: Side) -> None:
        """A connection is open; the receiver's becomes ours here, since its bytes may come before dialling returns."""
        if not side.is_platform:
            self.receiver = side

    def from_platform(self, data: bytes) -> None:
        """Pass on, then look at what it was."""
        if self._is_over:
            return
        if self._failed is None:
            self._send(data)
        at, started = wall.utc_now(), wall.monotonic()
        if self._arriving is None:
            self._arriving = Exchanged(at, started)
        self._requests.feed(data)
        if self._requests.is_lost and not self._is_unreadable:
            self._give_up_reading("platform")
        if self._arriving is not None and not self._requests.is_inside:
            self._arriving = None
        if self._failed is not None:
            self._refuse()
        elif not self.is_idle and self._dialling is None:
            self._around.watch(self, self._around.timeout)

    def _send(self, data: bytes) -> None:
        if self.receiver is not None and self._dialling is None:
            self.receiver.write(data)
            return
        self._waiting.append(data)
        if self._dialling is None:
            self.platform.pause(is_paused=True)  # at most one piece waits while the receiver is dialled
            self._dialling = asyncio.get_running_loop().create_task(self._dial())

    async def _dial(self) -> None:
        outcome = await self._around.dial(self)
        self._dialling = None
        waiting, self._waiting = self._waiting, []
        if self._is_over:
            if isinstance(outcome, Side):
                outcome.reset()
            return
        self.platform.pause(is_paused=False)
        if isinstance(outcome, Failure):
            self._failed = 504 if outcome.kind in TIMEOUTS else 502, outcome.detail
            self._around.watch(self, self._around.timeout)
            self._refuse()
            return
        for data in waiting:
            outcome.write(data)
        if self._has_left:
            outcome.write_eof()
        self._around.watch(self, self._around.timeout)

    def from_receiver(self, data: bytes) -> None:
        """Pass on, then look at what it was."""
        if self._is_over:
            return
        self._passed += len(data)
        self.platform.write(data)
        self._answers.feed(data)
        if self._answers.is_lost and not self._is_unreadable:
            self._give_up_reading("receiver")

    def half_closed(self, side: Side) -> None:
        """One end says no more."""
        if self._is_over:
            return
        if side.is_platform:
            self._has_left = True
            if self.is_idle and not self._is_unreadable:
                self._end(LEFT)
            elif self.receiver is not None:
                self.receiver.write_eof()
            return
        self._answers.end()
        if self._pending and not self._passed:
            self._fail(502, self._cut())
        elif self._requests.is_inside and not self._is_unreadable:
            self.platform.write_eof()  # an early answer: what is still being asked may go on
        else:
            self._end(self._cut())

    def lost(self, side: Side, exc: Exception | None) -> None:
        """One connection is gone, and so is the other."""
        if self._is_over:
            self._around.gone(self)
            return
        if side.is_platform:
            self._end(LEFT, is_reset=exc is not None or not self.is_idle)
            return
        self._answers.end()
        if self._pending and not self._passed:
            self._fail(502, self._cut())
        else:
            self._end(self._cut(), is_reset=exc is not None)

    def expire(self) -> None:
        """Time is up: the answer is not complete, or the request never became so."""
        if self._failed is not None:
            self._refuse(at_once=True)
            return
        if self._requests.is_inside and not self._is_unreadable:
            self._end(f"the platform sent no more of its request for {self._around.timeout:g} s", is_reset=True)
            return
        how_far = f" ({self._answers.came} bytes of its body came)" if self._passed else ""
        said = f"no complete answer within {self._around.timeout:g} s{how_far}" if self._passed else None
        self._fail(504, said or f"no answer within {self._around.timeout:g} s")

    def stop(self) -> None:
        """The proxy ends."""
        self._end(STOPPED, is_reset=not self.is_idle)

    def _cut(self) -> str:
        if not self._passed:
            return "the receiver cut the connection before an answer"
        where = f"body, after {self._answers.came} bytes" if self._answers.came else "header or before its body"
        return f"the receiver cut the connection in the answer's {where}"

    def _fail(self, status: int, why: str) -> None:
        """The receiver gave no answer: say so in its place, or, where a part has passed, break off as it did."""
        if self._passed:
            self._end(why, is_reset=True)
            return
        self._failed = status, why
        self._refuse(at_once=True)

    def _refuse(self, *, at_once: bool = False) -> None:
        """Answer for a receiver that cannot, once the request is there: who still sends would not read an answer."""
        if self._failed is None or (self._requests.is_inside and not at_once and not self._expects_continue()):
            return
        status, why = self._failed
        text = f"pnsim capture: {why}\n".encode()
        head = (
            f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
        )
        self.platform.write(head.encode() + text)
        self._end(why)

    def _expects_continue(self) -> bool:
        request = self._arriving.request if self._arriving is not None else None
        return request is not None and "100-continue" in request.values("expect")

    def _end(self, why: str, *, is_reset: bool = False) -> None:
        """Close both connections and say of every exchange under way why it has no answer."""
        self._is_over = True
        self._around.watch(self, None)
        now = wall.monotonic()
        while self._pending:
            exchange = self._pending.popleft()
            exchange.failure, exchange.seconds = why, now - exchange.started
            self._around.exchanged(exchange)
        for side in (self.platform, self.receiver):
            if side is not None and is_reset:
                side.reset()
            elif side is not None:
                side.close()
        if self.platform.transport is None and (self.receiver is None or self.receiver.transport is None):
            self._around.gone(self)

    def _give_up_reading(self, side: str) -> None:
        """From here on bytes pass that nobody can tell apart."""
        self._is_unreadable = True
        self._requests.stop()
        self._answers.stop()
        now = wall.monotonic()
        while self._pending:
            exchange = self._pending.popleft()
            exchange.failure = f"what the {side} sent is no HTTP that can be followed: it passes unrecorded"
            exchange.seconds = now - exchange.started
            self._around.exchanged(exchange)
        self._arriving = None
        self._around.watch(self, None)
        self._around.unreadable(side)

    def _asked(self, message: Message) -> bool:
        if self._arriving is None:  # several requests in one piece
            self._arriving = Exchanged(wall.utc_now(), wall.monotonic())
        self._arriving.request = message
        self._pending.append(self._arriving)
        if not self._answers.is_inside:
            self._passed = 0
        return False

    def _keep_request(self, size: int) -> bool:
        return self._around.may_keep(self._pending[-1], size) if self._pending else False

    def _asked_all(self, _message: Message) -> None:
        exchange, self._arriving = self._arriving, None
        if len(self._pending) > MOST_PENDING:
            self._give_up_reading("platform")
        elif exchange is not None and exchange.is_answered:
            self._finish(exchange)

    def _answering(self, message: Message) -> bool:
        status = message.status
        if not self._pending or (100 <= status < 200 and status != 101):
            return status < 200
        exchange = self._pending[0]
        exchange.answer = message
        method = exchange.request.method if exchange.request is not None else ""
        if status == 101 or (method == "CONNECT" and 200 <= status < 300):
            return True
        return method == "HEAD" or status in (204, 304)

    def _keep_answer(self, size: int) -> bool:
        return self._around.may_keep(self._pending[0], size) if self._pending else False

    def _answered(self, message: Message) -> None:
        if not self._pending or self._pending[0].answer is not message:
            return
        exchange = self._pending[0]
        exchange.seconds = wall.monotonic() - exchange.started
        request = exchange.request
        if request is not None and request.is_complete:
            self._finish(exchange)
        if message.status == 101 or (request is not None and request.method == "CONNECT"):
            self._give_up_reading("platform")

    def _finish(self, exchange: Exchanged) -> None:
        """Both halves have passed."""
        self._pending.remove(exchange)
        if self._has_left:
            exchange.failure = LEFT.replace("the connection", "its side")
        self._passed = 0
        self._around.watch(self, None if self.is_idle else self._around.timeout)
        self._around.exchanged(exchange)
