"""The JSON of the control plane, as `simulator.control` answers it; `*_at` are ISO 8601 texts in UTC."""

# ruff: noqa: PLC0414 - every shape is found here, wherever it is written

from collections.abc import Mapping
from typing import NotRequired, TypedDict

from simulator.client.judged_shapes import Difference as Difference
from simulator.client.judged_shapes import NearMiss as NearMiss
from simulator.client.judged_shapes import Row as Row
from simulator.client.judged_shapes import Verified as Verified
from simulator.client.judged_shapes import VerifiedTogether as VerifiedTogether
from simulator.client.judged_shapes import Waited as Waited


class AppKey(TypedDict):
    """An application, named."""

    app_key: str
    mode: str


class Clock(TypedDict):
    """The story's time; `scale` is story seconds per wall second, 0 stands still."""

    now: str
    scale: float
    next_deadline_at: str | None


class JournalEnds(TypedDict):
    """How long the journal is, how many rows made room for newer ones, and how many are kept, of how many bytes."""

    last_position: int
    dropped: int
    rows: int
    bytes: int


class Ready(TypedDict):
    """What runs, and where; `violations` counts notifications that broke their schema, a bug of the simulator.

    `exhausted` counts the notifications that were given up and not sent again since.
    """

    version: str
    api: str
    control: str
    clock: Clock
    apps: list[AppKey]
    seed: int
    violations: int
    exhausted: int
    journal: JournalEnds


class App(TypedDict):
    """An application's settings as they are; its secret is never told."""

    app_key: str
    mode: str
    edition: str
    state: str
    arrears: bool
    requests_per_minute: int | None
    traffic_per_minute: int | None
    recording: bool
    sms: bool
    features: list[str]
    voice_files: list[str]
    receivers: dict[str, str]
    allowed_ips: list[str]
    profile: dict[str, object]
    numbers: int
    bindings: int
    extension_digits: NotRequired[int]


class VoiceFile(TypedDict):
    """A voice file; only an approved one exists for requests."""

    name: str
    state: str
    bytes: int | None


class Refusal(TypedDict):
    """A refusal that the next requests of an application get; `left` None: until it is taken back."""

    code: str
    http_status: int
    sentence: str
    left: int | None


Fault = Mapping[str, object]
"""A rule: `app_key`, `fault`, `kinds`, `count`, `probability`, what the fault takes, `hits` so far, `left` or null."""


class Number(TypedDict):
    """An X number; `cause` is why it is in its state, where that is known, `pairs` how many bindings it carries."""

    number: str
    area_code: str
    state: str
    cause: int | None
    pairs: int


class Arrears(TypedDict):
    """What an account's arrears, or their payment, changed."""

    arrears: bool
    numbers: list[Number]


Binding = Mapping[str, object]
"""A binding: `subscription_id`, `x_number`, `expires_at` and the members of its mode, null where never set.

With history also those that ended: then `ended_at` and `ended_by` are there.
"""


class Dialled(TypedDict):
    """A call that began; it is planned to end at `ends_at`."""

    call_id: str
    session_id: str
    ends_at: str


class CallEvent(TypedDict):
    """Something that happened to a call."""

    event: str
    at: str
    hangup_cause: NotRequired[int]
    released_by: NotRequired[str]
    digits: NotRequired[str]


class Cdr(TypedDict):
    """The call detail record in the core's words."""

    direction: int
    caller: str
    x_number: str
    destination: str | None
    dialled_at: str
    forwarded_at: str | None
    alerted_at: str | None
    answered_at: str | None
    released_at: str
    failed_at: str | None
    hangup_cause: int
    disconnect_point: int
    q850: int
    sip_status: int
    subscription_id: str | None
    user_data: str | None


class Recording(TypedDict):
    """A call's recording; `deleted_at` is known once its CDR was pushed."""

    file_name: str
    domain: str
    seconds: float
    deleted_at: str | None


class CallNotification(TypedDict):
    """A notification of a call or SMS and how its delivery stands; `reason` is that of the last attempt.

    `fault` is there where it was hit by one.
    """

    notification_id: str
    delivery_id: str
    kind: str
    state: str
    attempts: int
    acknowledged: bool
    reason: str
    fault: NotRequired[str]


class Call(TypedDict):
    """A played call with everything that came of it."""

    call_id: str
    session_id: str
    icid: str
    app_key: str
    caller: str
    dialled: str
    outcome: str
    state: str
    ends_at: str
    subscription_id: str | None
    destination: str | None
    direction: int
    events: list[CallEvent]
    cdr: Cdr | None
    recording: Recording | None
    notifications: list[CallNotification]


class Message(TypedDict):
    """An SMS with everything that came of it; `state` is asking while the customer must decide, then ended.

    `send_result` is None meanwhile; `destination` and `delivered_text` are those of one that was forwarded.
    """

    message_id: str
    sms_id: str
    app_key: str
    sender: str
    x_number: str
    text: str
    state: str
    asked: bool
    send_result: int | None
    arrived_at: str
    ended_at: str | None
    direction: int
    destination: str | None
    delivered_text: str | None
    parts: int
    parts_sent: int
    subscription_id: str | None
    user_data: str | None
    notifications: list[CallNotification]


class Fired(TypedDict):
    """A deadline that came due while the clock was advanced."""

    at: str
    what: str
    detail: str


class Advanced(TypedDict):
    """Where an advance got to; `more` counts what fired beyond the list."""

    now: str
    reached: bool
    fired: list[Fired]
    more: int


class JournalPage(TypedDict):
    """Rows after a position, oldest first; `dropped` counts the rows no longer kept."""

    rows: list[Row]
    last_position: int
    dropped: int


class Attempt(TypedDict):
    """One HTTP request of a delivery: `status` when answered, `failure` when not, neither while it runs.

    `fault` is there where it was sent with one on purpose.
    """

    number: int
    started_at: str
    ended_at: str | None
    wall_seconds: float | None
    acknowledged: bool
    reason: str
    remark: str
    status: NotRequired[int]
    failure: NotRequired[str]
    fault: NotRequired[str]


class Notification(TypedDict):
    """A notification with its delivery; `body` is the whole message it went out in, `redeliveries` those by hand."""

    notification_id: str
    delivery_id: str
    kind: str
    app_key: str
    call_id: str | None
    message_id: str | None
    number: str | None
    url: str
    state: str
    redeliveries: int
    body: object
    attempts: list[Attempt]
    fault: NotRequired[str]
