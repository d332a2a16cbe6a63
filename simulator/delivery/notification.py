"""A notification: something that happened, told to one receiver."""

from datetime import datetime
from enum import Enum
from typing import NamedTuple


class Slot(Enum):
    """Which of an application's receiver addresses a notification goes to (notifications.md 1, address slots)."""

    STATUS = "status"
    CALLIN = "callin"
    FEE = "fee"
    SMS = "sms"
    SMS_BLOCK = "sms_block"
    NUMBER_STATUS = "number_status"

    __hash__ = object.__hash__  # by identity: Enum's own is a Python call on every look-up in a table


FALLBACK = {Slot.CALLIN: Slot.STATUS, Slot.NUMBER_STATUS: Slot.STATUS}
"""Where a slot without an address of its own goes instead; X-number status only if the application asked for it."""

OF_CALLS = frozenset((Slot.STATUS, Slot.CALLIN, Slot.FEE))
OF_MESSAGES = frozenset((Slot.SMS, Slot.SMS_BLOCK))


class Notification(NamedTuple):
    """What one receiver is told about one call, SMS or X number: `fragment` is the body, or its part of a batch.

    Of what is told about the same `about_id` the first attempts go out one after the other.
    """

    notification_id: str
    app_key: str
    kind: str
    about_id: str
    created_at: datetime
    fragment: bytes
