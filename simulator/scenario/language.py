"""Language 1 as values: a scenario, its cast and its steps, as `schemas/scenario.json` describes them to editors.

Durations are seconds, numbers are texts, words of API requests are the core's words (`telephony.commands`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator.scenario.places import Place

WITHIN_SECONDS = 30.0
"""How much story time an expectation has unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast: `mobile`, `landline` or `number` (an X number) to generate, or a `given` number."""

    kind: str
    given: str | None = None
    area_code: str = "0755"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the sample receiver answers: an empty 200, or misbehaving for ever or `fail_first` times a message.

    A call that is put to it (mode X) is answered with `decision`; `decide` is that as a scenario says it.
    """

    answer: int | None = None
    hang: bool = False
    cut: bool = False
    garbage: bool = False
    delay_seconds: float = 0
    fail_first: int | None = None
    decide: Mapping[str, object] | None = None
    decision: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform must answer; None is not judged."""

    status: int | None = None
    result_code: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    absent: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """An API request; its operation is one of the application's mode. `expected` None means success."""

    place: Place
    operation: str
    words: Mapping[str, object]
    of: str | None = None
    save_as: str | None = None
    expected: Answer | None = None
    scheme: str = "AKSK"
    about_latest: bool = False
    number_as: str | None = None


@dataclass(frozen=True, slots=True)
class PlayCall:
    """Somebody dials; the clock goes on until the call is `until`."""

    place: Place
    caller: str
    dialled: str
    outcome: str | None = None
    rings_seconds: float | None = None
    talks_seconds: float | None = None
    released_by: str | None = None
    hangup_cause: int | None = None
    extensions: tuple[str, ...] = ()
    until: str = "released"
    save_as: str = "call"


@dataclass(frozen=True, slots=True)
class Release:
    """A running call is hung up now."""

    place: Place
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """What the receiver must have been told about the calls; None and empty members are not judged."""

    place: Place
    of: Sequence[str] = ()
    notifications: tuple[str, ...] | None = None
    acknowledged: bool | Mapping[str, bool] | None = None
    exhausted: bool = False
    within_seconds: float = WITHIN_SECONDS
    hangup_cause: int | None = None
    attempts: Mapping[str, int] | int | None = None
    fields: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    absent: Mapping[str, Sequence[str]] = field(default_factory=dict)
    one_batch: str | None = None


@dataclass(frozen=True, slots=True)
class Advance:
    """So much story time passes."""

    place: Place
    seconds: float


Step = Ask | PlayCall | Release | Expect | Advance


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story. `app` holds members of `[[apps]]`; `behaviour` is there when it needs the sample receiver."""

    name: str
    title: str
    file: str
    steps: tuple[Step, ...]
    cast: Mapping[str, Member] = field(default_factory=dict)
    app: Mapping[str, object] = field(default_factory=dict)
    seed: int | None = None
    behaviour: Behaviour | None = None
    repetition: int = 1
    """Which time it is that a run plays it: the same story, told apart in reports."""

    @property
    def label(self) -> str:
        """Its name in reports."""
        return self.name if self.repetition == 1 else f"{self.name} #{self.repetition}"

    @property
    def mode(self) -> str:
        """The application's one mode."""
        return str(self.app.get("mode", "AXB"))

    @property
    def needs_sample_receiver(self) -> bool:
        """Whether only the built-in receiver will do."""
        return self.behaviour is not None


def describe(step: Step) -> str:
    """A step in a few words, for reports."""
    match step:
        case Ask():
            return step.operation
        case PlayCall():
            return f"call {step.caller}→{step.dialled}"
        case Release():
            return "release"
        case Expect():
            return "expect"
        case Advance():
            return f"advance {span(step.seconds)}"


def span(seconds: float) -> str:
    """A duration as people say it: 7d, 1h 30m, 2s, 0.5s."""
    if seconds < 1:
        return f"{seconds:g}s"
    parts, rest = [], seconds
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        whole, rest = divmod(rest, size)
        if whole:
            parts.append(f"{whole:g}{unit}")
    if rest or not parts:
        parts.append(f"{round(rest, 3):g}s")
    return " ".join(parts)
