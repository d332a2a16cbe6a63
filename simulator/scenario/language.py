"""Language 1 as values: a scenario, its cast and its steps, as `schemas/scenario.json` describes them to editors.

Durations are seconds, numbers are texts, words of API requests are the core's words (`telephony.commands`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.contract.faults import FAULT
from simulator.scenario import blocks
from simulator.scenario.customer_language import AskCustomer, AwaitRequest, CustomerSide, Demands, Probe
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

    A call that is put to it (mode X) is answered with `decision`, an SMS with `sms_decision`; `decide` and `decide_sms`
    are those as a scenario says them.
    """

    answer: int | None = None
    hang: bool = False
    cut: bool = False
    garbage: bool = False
    delay_seconds: float = 0
    fail_first: int | None = None
    decide: Mapping[str, object] | None = None
    decision: bytes | None = None
    decide_sms: Mapping[str, object] | None = None
    sms_decision: "SmsAnswer | bytes | None" = None
    careful: bool = False
    """It refuses what is not rightly signed, too old or no notification, and counts everything once."""
    naive: tuple[str, ...] = ()
    """What a careful one does wrongly all the same: words of `counting.NAIVE`."""


@dataclass(frozen=True, slots=True)
class SmsAnswer:
    """What the sample receiver answers to a Block: forward the SMS to `destination`, or without one discard it."""

    destination: str | None = None
    user_data: str | None = None


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
class PlaySms:
    """Somebody writes to X; `{name}` in the text stands for a number of the cast. `refused`: it must not be played."""

    place: Place
    sender: str
    x_number: str
    text: str
    send_result: int | None = None
    refused: bool = False
    save_as: str = "sms"


@dataclass(frozen=True, slots=True)
class Release:
    """A running call is hung up now, by the callee unless `by` says otherwise."""

    place: Place
    of: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """What the receiver must have been told about the calls, SMS or X numbers; None and empty members are not judged."""

    place: Place
    of: Sequence[str] = ()
    notifications: tuple[str, ...] | None = None
    acknowledged: bool | Mapping[str, bool] | Sequence[str] | None = None
    """A list: these kinds were acknowledged; the others are not judged."""
    exhausted: bool = False
    within_seconds: float = WITHIN_SECONDS
    hangup_cause: int | None = None
    attempts: Mapping[str, int] | int | None = None
    fields: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    absent: Mapping[str, Sequence[str]] = field(default_factory=dict)
    one_batch: str | None = None
    send_result: int | None = None
    demands: Demands | None = None


@dataclass(frozen=True, slots=True)
class ChangeNumbers:
    """An operator puts X numbers, `numbers` None: all of the application, into a state of the console."""

    place: Place
    numbers: tuple[str, ...] | None
    state: str
    cause: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeArrears:
    """The account owes, or has paid."""

    place: Place
    arrears: bool


@dataclass(frozen=True, slots=True)
class Advance:
    """So much story time passes."""

    place: Place
    seconds: float


@dataclass(frozen=True, slots=True)
class SetFaults:
    """From now on exactly these notifications are wrong on purpose."""

    place: Place
    rules: Sequence[Mapping[str, object]]


Doing = (
    Ask | PlayCall | PlaySms | Release | Expect | Advance | ChangeNumbers | ChangeArrears | SetFaults
    | AskCustomer | AwaitRequest | Probe
)  # fmt: skip
"""Steps that do something themselves."""

Step = Doing | blocks.Flow


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
    faults: Sequence[Mapping[str, object]] = ()
    repetition: int = 1
    """Which time it is that a run plays it: the same story, told apart in reports."""

    @property
    def label(self) -> str:
        """Its name in reports."""
        return self.name if self.repetition == 1 else f"{self.name} #{self.repetition}"

    customer: CustomerSide = field(default_factory=CustomerSide)
    values: Mapping[str, Any] = field(default_factory=dict)
    """Its variables, and the parameters of its row."""

    @property
    def mode(self) -> str:
        """The application's one mode."""
        return str(self.app.get("mode", "AXB"))

    @property
    def needs_sample_receiver(self) -> bool:
        """Whether only the built-in receiver will do."""
        return self.behaviour is not None


IN_WORDS: Mapping[type, Callable[[Any], str]] = {
    Ask: lambda step: str(step.operation),
    PlayCall: lambda step: f"call {step.caller}→{step.dialled}",
    PlaySms: lambda step: f"sms {step.sender}→{step.x_number}",
    Release: lambda _: "release",
    Expect: lambda _: "expect",
    Advance: lambda step: f"advance {span(step.seconds)}",
    ChangeNumbers: lambda step: f"number_status {', '.join(step.numbers or ('all',))} {step.state}",
    ChangeArrears: lambda step: f"arrears {str(step.arrears).lower()}",
    AskCustomer: lambda step: f"customer {step.method} {step.path or step.url}",
    AwaitRequest: lambda step: f"await_request {step.asking.operation}",
    Probe: lambda step: f"probe {step.of or 'the latest call'}",
    SetFaults: lambda step: f"faults {', '.join(str(one[FAULT]) for one in step.rules) or 'none'}",
    **blocks.IN_WORDS,
}


def describe(step: Step) -> str:
    """A step in a few words, for reports."""
    if isinstance(step, blocks.Marked):
        return describe(step.step)
    return IN_WORDS[type(step)](step)


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
