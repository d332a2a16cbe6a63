"""A load whose requests somebody else sends: the exchange says what is due, the sender says what was answered.

What `pnsim export locust` writes is such a sender. Nothing here waits or knows an event loop.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator.app import assemble, nonces
from simulator.clock import wall
from simulator.delivery.delivery import Delivery
from simulator.delivery.notification import Slot
from simulator.delivery.outcome import Answered, Unanswered
from simulator.emitter.signing import Signer
from simulator.exchange.core import Limits
from simulator.load.plan import Plan
from simulator.load.rehearsal import rehearse
from simulator.load.stage import Stage, config_of
from simulator.load.starts import Starts
from simulator.load.tally import MICROSECOND, Tally

KEPT = 1_000
OPEN_DELIVERIES = 100_000
SHORTEST_SECONDS, LONGEST_SECONDS = 0.001, 0.05
NEVER = 1 << 62


@dataclass(slots=True, eq=False)
class Parcel:
    """One signed request that is due; hand it back with `answered` or `unanswered`."""

    url: str
    kind: str
    headers: dict[str, str]
    body: bytes
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the platform makes of an answer: why it is a failure, or nothing; and how late it was, from when it was due."""

    failure: str
    milliseconds: float


class Pump:
    """One process' calls; the exchange runs on the machine's clock. Raises ScenarioError when it is made."""

    def __init__(self, plan: Plan) -> None:
        rehearse(plan)
        limits = Limits(outbox_per_app=OPEN_DELIVERIES, calls_kept=KEPT, deliveries_kept=KEPT)
        simulator = assemble(config_of(plan, "real"), limits=limits)
        self._exchange = simulator.exchange
        self._stage = Stage(self._exchange, simulator.spec, plan)
        self._signer = Signer(wall.utc_now, nonces().__next__)
        self._tally = Tally(self._stage.app.profile.merge_window_seconds, NEVER, lambda _: None)
        self._starts = Starts(self._stage, self._tally)
        self._begun = 0

    def tell(self, receivers: Mapping[str, str]) -> None:
        """Who is told from now on, by slot."""
        self._exchange.change_app(
            self._stage.app.app_key, receivers={Slot(name): url for name, url in receivers.items()}
        )

    def begin(self) -> None:
        """One more start of the scenario, now."""
        self._starts.begin(self._begun, self._exchange.now())
        self._begun += 1
        self._starts.under_way()

    def due(self) -> Iterator[Parcel]:
        """What is to be sent now, in its order."""
        self._exchange.now()
        while (delivery := self._exchange.outbox.pull()) is not None:
            headers, kept = self._signer.headers(self._stage.app)
            self._exchange.outbox.start(delivery, kept)
            yield Parcel(delivery.url, delivery.kind, dict(headers), delivery.body, delivery)

    def seconds_to_next(self) -> float:
        """How long the sender may wait before it asks what is due again."""
        earliest = self._exchange.deadlines.earliest()
        if earliest is None:
            return LONGEST_SECONDS
        seconds = (earliest - self._exchange.clock.now()).total_seconds()
        return min(max(seconds, SHORTEST_SECONDS), LONGEST_SECONDS)

    def answered(self, parcel: Parcel, status: int, body: bytes, seconds: float) -> Outcome:
        """The receiver answered; what follows is due at once."""
        return self._ended(parcel, Answered(status, body=body, body_length=len(body)), seconds)

    def unanswered(self, parcel: Parcel, detail: str, seconds: float) -> Outcome:
        """No answer came."""
        return self._ended(parcel, Unanswered("connect", detail), seconds)

    def _ended(self, parcel: Parcel, result: Answered | Unanswered, seconds: float) -> Outcome:
        delivery = parcel.delivery
        self._exchange.outbox.end(delivery, result, seconds)
        self._exchange.now()
        attempt = delivery.attempts[-1]
        verdict, ended_at = attempt.verdict, attempt.ended_at or self._exchange.clock.now()
        due_at = min(self._tally.due_at(delivery, told) for told in delivery.notifications)
        failure = "" if verdict is None or verdict.acknowledged else verdict.reason
        return Outcome(failure, max((ended_at - due_at) // MICROSECOND, 0) / 1000)
