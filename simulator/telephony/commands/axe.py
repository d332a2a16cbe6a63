"""What may be asked in mode AXE (axe_axyb_x.md 1.1 to 1.6). Optional members are None when they were not given."""

from collections.abc import Mapping
from dataclasses import dataclass

SECONDS_IN = {"0": 3600, "1": 60}
"""The units that both lifetimes may be given in (timeUnit): hours and minutes."""

HOURS = "0"
"""The unit where none is named."""


@dataclass(frozen=True, slots=True)
class BindAxe:
    """Give A (`user`) an extension behind an X number, both given or chosen (axe_axyb_x.md 1.1).

    `lifetime` and `callback_lifetime` count in `time_unit`; 0 never ends.
    """

    user: str
    x_number: str | None = None
    area_code: str | None = None
    area_match: str | None = None
    extension: str | None = None
    display: str | None = None
    record: bool | None = None
    record_tone: str | None = None
    callback_tone: str | None = None
    callback_number: str | None = None
    time_unit: str | None = None
    lifetime: int | None = None
    callback_lifetime: int | None = None
    user_data: str | None = None


@dataclass(frozen=True, slots=True)
class FindAxe:
    """Which binding is meant: the subscription id wins over X and extension together (axe_axyb_x.md 1.2)."""

    subscription_id: str | None = None
    x_number: str | None = None
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class ModifyAxe:
    """Change the given members of a binding, leave the others (axe_axyb_x.md 1.3).

    `changes` holds members of `BindAxe`; None in it takes a member away. Lifetimes count in `time_unit`.
    """

    which: FindAxe
    changes: Mapping[str, object]
    time_unit: str | None = None


@dataclass(frozen=True, slots=True)
class ListAxe:
    """The bindings of an X number after a place, oldest first, or a single one (axe_axyb_x.md 1.5)."""

    which: FindAxe
    after: tuple[int, int] = (0, 0)
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CountAxe:
    """How many bindings an X number carries, or each X number from the `start`-th on (axe_axyb_x.md 1.6)."""

    x_number: str | None = None
    start: int = 0
    limit: int = 50
