"""Past participles: what happened to a call."""

from datetime import datetime
from enum import Enum
from typing import NamedTuple

from simulator.telephony.commands.calls import Party
from simulator.telephony.release import Release


class CallEventKind(Enum):
    """The life of a call: dialled, (in AXE) digits collected, forwarded, alerted, answered, released."""

    DIALLED = "dialled"
    COLLECTED = "collected"
    FORWARDED = "forwarded"
    ALERTED = "alerted"
    ANSWERED = "answered"
    RELEASED = "released"

    __hash__ = object.__hash__  # by identity: Enum's own is a Python call on every look-up in a table


class CallEvent(NamedTuple):
    """Something happened to a call at an instant.

    `release` when it was released, with `by` where a party did that and not the platform; `digits` when some were keyed.
    """

    kind: CallEventKind
    at: datetime
    release: Release | None = None
    digits: str | None = None
    by: Party | None = None
