"""Attempts that are wrong on purpose: what is really sent, and what the journal keeps of it."""

from collections.abc import Callable

from simulator.delivery.delivery import Delivery
from simulator.delivery.fault import Hit
from simulator.delivery.outcome import Answered, Result, Unanswered
from simulator.emitter.signing import Headers, masked
from simulator.exchange.rows import Struck
from simulator.outbound.answer import FailureKind
from simulator.outbound.faults import DAMAGES
from simulator.outbound.raw import RawRequest, ordinary
from simulator.outbound.request import render_request
from simulator.outbound.target import Target


class Faulty:
    """One attempt of a delivery that a fault hit; `request` is there where the fault is one of the bytes."""

    def __init__(
        self, hit: Hit, delivery: Delivery, target: Callable[[str], Target], signed: Callable[[float], Headers]
    ) -> None:
        self.headers: Headers = () if hit.plan.is_dropped else signed(0)
        self.request: RawRequest | None = None
        self.struck = Struck(hit.fault, b"" if hit.plan.is_dropped else None)
        self.kept = masked(self.headers)
        if hit.fault in DAMAGES:
            self._damage(hit, delivery, target, signed)

    def _damage(
        self, hit: Hit, delivery: Delivery, target: Callable[[str], Target], signed: Callable[[float], Headers]
    ) -> None:
        try:
            aimed = target(delivery.url)
            render_request("POST", aimed, self.headers, delivery.body)
        except ValueError:  # no HTTP request can carry it, faulty or not: whoever sends it finds out
            return
        right = ordinary(aimed, self.headers, delivery.body, signed)
        request = self.request = DAMAGES[hit.fault](right, hit.parameters)
        self.kept = masked(request.headers)
        self.struck = Struck(hit.fault, request.sent, request.version, _segments(request))


def _segments(request: RawRequest) -> tuple[int, ...]:
    return () if request.pause_at is None else (request.pause_at, len(request.body) - request.pause_at)


def never_sent(hit: Hit) -> Unanswered:
    """The result of an attempt that was none."""
    return Unanswered("dropped", f"never sent: {hit.fault}")


def too_late(hit: Hit, result: Result, seconds: float) -> Result:
    """No answer within the time, whatever was answered; who could not be asked could not answer late."""
    if not isinstance(result, Answered):
        return result
    came = f"the answer {result.status} counts as late"
    return Unanswered(FailureKind.TIMEOUT.value, f"no answer within {seconds:g} s: {came} ({hit.fault})")
