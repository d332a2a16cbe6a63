"""Past participles: what happened to a call."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from simulator.telephony.release import Release


class CallEventKind(Enum):
    """The life of a call: dialled, forwarded, alerted, answered, released."""

    DIALLED = "dialled"
    FORWARDED = "forwarded"
    ALERTED = "alerted"
    ANSWERED = "answered"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class CallEvent:
    """Something happened to a call at an instant; `release` is there when it was released."""

    kind: CallEventKind
    at: datetime
    release: Release | None = None
