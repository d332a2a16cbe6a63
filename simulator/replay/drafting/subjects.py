"""What a capture tells of, one after the other: calls, SMS and changes of X numbers, each with all its notifications."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

import orjson

from simulator.contract.incidents import Incident
from simulator.contract.messages import BLOCK, NOTIFY
from simulator.contract.notifications import FEE
from simulator.contract.recognition import Message, Told, recognised
from simulator.contract.retelling import NumberRetold, SmsRetold, digits_of, numbers_of, sms_of, switches_of
from simulator.replay.drifting.signing import app_key
from simulator.replay.recorded import Recorded
from simulator.telephony.events import CallEventKind

MOST = 50
"""A story with more calls is read by nobody."""


@dataclass(slots=True)
class CallTold:
    """One call as the capture tells it."""

    session_id: str
    source: str
    kinds: list[str] = field(default_factory=list)
    events: dict[CallEventKind, Told] = field(default_factory=dict)
    keyed: list[str] = field(default_factory=list)
    cdr: Incident | None = None
    cause: int | None = None
    mode: str | None = None
    switches: set[str] = field(default_factory=set)

    @property
    def began(self) -> datetime | None:
        """The earliest instant known of it."""
        times = [told.at for told in self.events.values() if told.at is not None]
        times += list(self.cdr.times.values()) if self.cdr is not None else []
        return min(times, default=None)

    @property
    def ended(self) -> datetime | None:
        """The latest instant known of it."""
        times = [told.at for told in self.events.values() if told.at is not None]
        times += list(self.cdr.times.values()) if self.cdr is not None else []
        return max(times, default=None)

    def seconds(self, since: CallEventKind, until: CallEventKind) -> int | None:
        """How long it took from one event to another."""
        first, last = (self.events[kind].at if kind in self.events else None for kind in (since, until))
        return None if first is None or last is None else max(0, int((last - first).total_seconds()))


@dataclass(slots=True)
class SmsTold:
    """One SMS as the capture tells it."""

    source: str
    sms: SmsRetold
    began: datetime | None
    kinds: list[str] = field(default_factory=list)
    switches: set[str] = field(default_factory=set)

    @property
    def ended(self) -> datetime | None:
        """SMS take no time."""
        return self.began


@dataclass(slots=True)
class NumbersTold:
    """One message about X numbers."""

    source: str
    numbers: list[NumberRetold]
    began: datetime | None = None
    ended: datetime | None = None


Subject = CallTold | SmsTold | NumbersTold


@dataclass(slots=True)
class Subjects:
    """Collects them in the order in which each was first told of."""

    only: str | None = None
    """The session of the one call that is wanted."""
    app: str | None = None
    """The application whose story it is: the first that is seen, others are left out."""
    found: dict[str, Subject] = field(default_factory=dict)
    left_out: int = 0
    others: int = 0
    seen: set[bytes] = field(default_factory=set)

    def read(self, requests: Iterable[Recorded]) -> None:
        """Everything that a capture tells; what is pushed again counts once."""
        for recorded in requests:
            message = _message(recorded)
            if message is not None and self._is_ours(recorded, message) and not self._is_again(recorded, message):
                self._take(message, recorded.source)

    def _take(self, message: Message, source: str) -> None:
        if message.event is not None:
            self._event(message, source)
        elif message.kind == FEE:
            for told in message.told:
                self._cdr(told, message, source)
        elif self.only is None:
            self._other(message, source)

    def _event(self, message: Message, source: str) -> None:
        told, kind = message.told[0], message.event
        call = self._call(told.session_id, source)
        if call is None or kind is None:
            return
        call.kinds.append(message.kind)
        call.events.setdefault(kind, told)
        call.switches.update(switches_of(told))
        if kind is CallEventKind.COLLECTED:
            call.keyed.append(digits_of(told))
        if told.incident is not None:
            call.cause = told.incident.code
        if message.asks:
            call.mode = "X"

    def _cdr(self, told: Told, message: Message, source: str) -> None:
        call = self._call(told.session_id, source)
        if call is None or told.incident is None:
            return
        call.kinds.append(message.kind)
        call.cdr = told.incident
        call.switches.update(switches_of(told))
        call.mode = told.incident.mode or call.mode
        if call.cause is None:
            call.cause = told.incident.code

    def _other(self, message: Message, source: str) -> None:
        if message.kind in (NOTIFY, BLOCK):
            retold = sms_of(message)
            if retold is not None:
                self._sms(retold, message, source)
        elif numbers := list(numbers_of(message)):
            self._put(f"numbers {len(self.found)}", NumbersTold(source, numbers))

    def _sms(self, retold: SmsRetold, message: Message, source: str) -> None:
        told = self._put(f"sms {retold.sms_id}", SmsTold(source, retold, message.told[0].at))
        if isinstance(told, SmsTold):
            told.sms = retold
            told.kinds.append(message.kind)
            told.switches.update(switches_of(message.told[0]))

    def _call(self, session_id: str | None, source: str) -> CallTold | None:
        if session_id is None or self.only not in (None, session_id):
            return None
        found = self._put(f"call {session_id}", CallTold(session_id, source))
        return found if isinstance(found, CallTold) else None

    def _put(self, key: str, new: Subject) -> Subject | None:
        if key not in self.found and len(self.found) >= MOST:
            self.left_out += 1
            return None
        return self.found.setdefault(key, new)

    def _is_ours(self, recorded: Recorded, message: Message) -> bool:
        """Whether it is the application's that the story is of; with one call asked for, that of the call."""
        app = app_key(recorded) or message.app_key
        if self.only is not None:
            return True
        self.app = self.app or app
        self.others += app not in (None, self.app)
        return app in (None, self.app)

    def _is_again(self, recorded: Recorded, message: Message) -> bool:
        text = recorded.notification_id or message.kind
        key = blake2b(text.encode() + (b"" if recorded.notification_id else recorded.body), digest_size=16).digest()
        is_again = key in self.seen
        if len(self.seen) < MOST * 1000:
            self.seen.add(key)
        return is_again


def _message(recorded: Recorded) -> Message | None:
    try:
        return recognised(orjson.loads(recorded.body))
    except orjson.JSONDecodeError:
        return None


def in_order(subjects: Iterable[Subject]) -> Iterator[Subject]:
    """Calls that have no event but the CDR's are kept; those of which nothing is known are not."""
    yield from (one for one in subjects if not isinstance(one, CallTold) or one.cause is not None)
