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


FALLBACK = {Slot.CALLIN: Slot.STATUS}
"""Where a slot without an address of its own goes instead."""


class Notification(NamedTuple):
    """What one receiver is told about one call: `fragment` is the body, or its part of a batch."""

    notification_id: str
    app_key: str
    kind: str
    call_id: str
    created_at: datetime
    fragment: bytes
