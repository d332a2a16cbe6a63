"""What differs by mode on the wire: `schemas/codes/modes.json` (notifications.md 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import orjson

from simulator.resources import read_bytes


@dataclass(frozen=True, slots=True)
class ModeRow:
    """One mode: in which events members stand, what its CDRs are called, and what it is for."""

    mode: str
    service_type: str
    subscription_id_in: frozenset[str]
    user_data_in: frozenset[str]
    by_direction: Mapping[int, frozenset[str]]
    notify_mode: str | None
    nobodys_x_cause: int | None
    zh: str
    en: str

    def carries_user_data(self, event_type: str, direction: int) -> bool:
        """Whether an event of a call in this direction carries userData."""
        return event_type in self.by_direction.get(direction, self.user_data_in)


@cache
def mode_rows() -> Sequence[ModeRow]:
    """Every mode, in the order of the table."""
    return tuple(_row(**row) for row in orjson.loads(read_bytes("schemas/codes/modes.json"))["rows"])


@cache
def mode_row(mode: str) -> ModeRow:
    """The row of a mode; raises KeyError."""
    return {row.mode: row for row in mode_rows()}[mode]


def _row(
    *,
    subscription_id_in: Sequence[str],
    user_data_in: Sequence[str],
    by_direction: Mapping[str, Sequence[str]],
    nobodys_x_cause: int | None,
    **texts: str,
) -> ModeRow:
    directions = {int(direction): frozenset(events) for direction, events in by_direction.items()}
    return ModeRow(
        subscription_id_in=frozenset(subscription_id_in),
        user_data_in=frozenset(user_data_in),
        by_direction=directions,
        nobodys_x_cause=nobodys_x_cause,
        **texts,
    )
