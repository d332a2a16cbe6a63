"""What may be asked in mode AXYB (axe_axyb_x.md 2.1 to 2.3). Optional members are None when they were not given."""

from dataclasses import dataclass
from enum import IntEnum


class Direction(IntEnum):
    """Who of an AXYB binding may call whom."""

    BOTH = 0
    USER_ONLY = 1
    OTHERS_ONLY = 2


@dataclass(frozen=True, slots=True)
class BindAx:
    """Give A (`user`) an X number of a city (axe_axyb_x.md 2.1)."""

    user: str
    area_code: str
    area_match: str | None = None
    direction: int | None = None
    lifetime_seconds: int | None = None
    yb_lifetime_seconds: int | None = None
    record: bool | None = None
    record_tone: str | None = None
    ring_tone: str | None = None
    user_data: str | None = None


@dataclass(frozen=True, slots=True)
class BindYb:
    """Give B (`user`) a Y number by which it is known to the A of a subscription id (axe_axyb_x.md 2.1)."""

    user: str
    subscription_id: str
    area_code: str | None = None
    area_match: str | None = None
    yb_lifetime_seconds: int | None = None
    ring_tone_y: str | None = None
    user_data: str | None = None


@dataclass(frozen=True, slots=True)
class UnbindAxyb:
    """Take A with every B away, or one B; the Y number wins over B's own (axe_axyb_x.md 2.2)."""

    subscription_id: str
    y_number: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class QueryAxyb:
    """Look the relations of an A up; the subscription id wins over X (axe_axyb_x.md 2.3)."""

    subscription_id: str | None = None
    x_number: str | None = None
