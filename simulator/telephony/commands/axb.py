"""What may be asked in mode AXB (ax_axb.md 6 to 9). Optional members are None when they were not given."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Direction(IntEnum):
    """Who of an AXB binding may call whom through X."""

    BOTH = 0
    CALLER_TO_CALLEE = 1
    CALLEE_TO_CALLER = 2


@dataclass(frozen=True, slots=True)
class BindAxb:
    """Tie caller and callee together behind an X number, given or chosen by area (ax_axb.md 6)."""

    caller: str
    callee: str
    x_number: str | None = None
    area_code: str | None = None
    area_match: str | None = None
    direction: int | None = None
    lifetime_seconds: int | None = None
    record: bool | None = None
    record_tone: str | None = None
    max_minutes: int | None = None
    last_minute_tone: str | None = None
    sms: bool | None = None
    caller_tone: str | None = None
    callee_tone: str | None = None
    user_data: str | None = None


@dataclass(frozen=True, slots=True)
class UnbindAxb:
    """Take one binding away, or all on an X number; the subscription id wins (ax_axb.md 7)."""

    subscription_id: str | None = None
    x_number: str | None = None


@dataclass(frozen=True, slots=True)
class ModifyAxb:
    """Change the given members of a binding, leave the others (ax_axb.md 8); `changes` holds members of `BindAxb`."""

    subscription_id: str
    changes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class QueryAxb:
    """Look bindings up by subscription id, else by X with optional parties; pages count from 1 (ax_axb.md 9)."""

    subscription_id: str | None = None
    x_number: str | None = None
    caller: str | None = None
    callee: str | None = None
    page_index: int = 1
    page_size: int = 50
