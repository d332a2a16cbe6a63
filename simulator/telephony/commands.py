"""Imperatives: what may be asked of the exchange. Optional members are None when they were not given."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum


class Direction(IntEnum):
    """Who of an AXB binding may call whom through X."""

    BOTH = 0
    CALLER_TO_CALLEE = 1
    CALLEE_TO_CALLER = 2


class Party(Enum):
    """One of the two people of a call."""

    CALLER = "caller"
    CALLEE = "callee"


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


@dataclass(frozen=True, slots=True)
class FindRecording:
    """Ask where a recording can be downloaded (recording_auth_codes.md 1)."""

    file_name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Dial:
    """Play a call: `caller` dials `dialled`, and what then happens; seconds None take the outcome's default."""

    caller: str
    dialled: str
    outcome: str = "answered"
    rings_seconds: float | None = None
    talks_seconds: float | None = None
    released_by: Party = Party.CALLEE
    hangup_cause: int | None = None
