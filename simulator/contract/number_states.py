"""What each state of an X number does, as data: `schemas/codes/number_states.json` (recording_auth_codes.md 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import orjson

from simulator.resources import read_bytes
from simulator.telephony.numbering import NumberState


@dataclass(frozen=True, slots=True)
class NumberStateRow:
    """One state: may it be bound, the hangup cause of calls to it, does SMS work, is it still the application's."""

    state: NumberState
    bind: str
    call_cause: int | None
    sms: bool
    ours: bool
    status: str
    provenance: str
    zh: str
    en: str
    why: str

    @property
    def may_be_bound(self) -> bool:
        """Whether new bindings are taken."""
        return self.bind == "allowed"


@cache
def number_states() -> Mapping[NumberState, NumberStateRow]:
    """Every state with its row."""
    rows = orjson.loads(read_bytes("schemas/codes/number_states.json"))["rows"]
    found = (NumberStateRow(**{**row, "state": NumberState(row["state"])}) for row in rows)
    return {row.state: row for row in found}


@cache
def call_causes() -> Mapping[NumberState, int]:
    """The hangup cause of calls to an X number, for the states in which they are not connected."""
    return {row.state: row.call_cause for row in number_states().values() if row.call_cause is not None}
