"""Language 1, the customer's part, as values: requests to and from it, what its answers must be, what may go unexpected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.scenario.places import Place

CUSTOMER_WITHIN_SECONDS = 10.0
"""How much wall time the customer has for something that it must do by itself."""
PROBE_WITHIN_SECONDS = 2.0
PAUSE_SECONDS = 0.1
ANSWER_SECONDS = 10.0

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an HTTP answer of the customer must be; None and empty members are not judged."""

    status: int | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    absent: Sequence[str] = ()
    schema: Schema | None = None
    within_seconds: float | None = None
    acknowledged: bool | None = None
    attempt: int | None = None
    """Of a notification: the answer to which attempt; None: to the last."""


@dataclass(frozen=True, slots=True)
class AskCustomer:
    """A request to the customer's own API; with `until` again and again, in wall time."""

    place: Place
    method: str
    path: str | None = None
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False
    timeout_seconds: float = ANSWER_SECONDS
    expected: Wanted = Wanted()
    until: Wanted | None = None
    every_seconds: float = PAUSE_SECONDS
    within_seconds: float = CUSTOMER_WITHIN_SECONDS


@dataclass(frozen=True, slots=True)
class Probe:
    """What the customer must have counted about a call."""

    place: Place
    counted: Mapping[str, object]
    of: str | None = None
    within_seconds: float = PROBE_WITHIN_SECONDS


@dataclass(frozen=True, slots=True)
class Asking:
    """A request of the customer to the platform, and what the platform answered; `words` are the core's.

    `count` None means at least once.
    """

    operation: str
    words: Mapping[str, object] = field(default_factory=dict)
    fields: Mapping[str, object] = field(default_factory=dict)
    absent: Sequence[str] = ()
    status: int | None = None
    result_code: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class AwaitRequest:
    """Wait in wall time until the customer asks the platform this."""

    place: Place
    asking: Asking
    within_seconds: float = CUSTOMER_WITHIN_SECONDS
    save_as: str | None = None
    number_as: str | None = None


@dataclass(frozen=True, slots=True)
class Demands:
    """What an expectation demands beside what was sent about one call: how often, never, by when, in which order."""

    count: Mapping[str, int] = field(default_factory=dict)
    never: Sequence[str] = ()
    in_order: Sequence[tuple[str, str]] = ()
    """Names of calls, SMS or X numbers with kinds of notifications."""
    by: Mapping[str, float] = field(default_factory=dict)
    since_step: bool = False
    answers: Mapping[str, Wanted] = field(default_factory=dict)
    asked: Sequence[Asking] = ()

    @property
    def names_itself(self) -> bool:
        """Whether it says itself what it is about: requests of the customer, or notifications by their calls' names."""
        return bool(self.asked or self.in_order)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may happen though no step expects it: True for everything, or kinds and operations."""

    answers: bool | frozenset[str] = False
    requests: bool | frozenset[str] = False

    def answer(self, kind: str) -> bool:
        """Whether a notification of this kind may stay unacknowledged."""
        return self.answers if isinstance(self.answers, bool) else kind in self.answers

    def request(self, operation: str | None) -> bool:
        """Whether the customer may ask this unasked."""
        return self.requests if isinstance(self.requests, bool) else operation in self.requests


@dataclass(frozen=True, slots=True)
class CustomerSide:
    """What a scenario says of the customer's side: its API, what may go unexpected, what is known to fail."""

    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    allowed: Allowed = Allowed()
    known_failure: str | None = None
    known_failures: Mapping[Place, str] = field(default_factory=dict)
    """The reason by the place of the step that is known to fail."""
    scored: str = ""
    """The property of a receiver that the scenario scores."""
