"""What each state of an X number does and why it is in it, as data (recording_auth_codes.md 5, notifications.md 5).

`schemas/codes/number_states.json` has the states, `number_causes.json` the causes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import orjson

from simulator.resources import read_bytes
from simulator.telephony.numbering import NumberState

STATES = "schemas/codes/number_states.json"


class WrongCause(Exception):
    """A state and a cause that do not go together; the sentence says which would."""


@dataclass(frozen=True, slots=True)
class NumberCauseRow:
    """One cause of X-number status."""

    cause: int
    provenance: str
    zh: str
    en: str
    why: str


@dataclass(frozen=True, slots=True)
class NumberStateRow:
    """One state: may it be bound, the hangup cause of calls to it, does SMS work, is it still the application's."""

    state: NumberState
    bind: str
    call_cause: int | None
    sms: bool
    ours: bool
    status: str
    causes: tuple[int, ...]
    default_cause: int | None
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
    rows = orjson.loads(read_bytes(STATES))["rows"]
    found = (
        NumberStateRow(**{**row, "state": NumberState(row["state"]), "causes": tuple(row["causes"])}) for row in rows
    )
    return {row.state: row for row in found}


@cache
def statuses() -> Mapping[str, str]:
    """What each status of X-number status means."""
    return {code: words["en"] for code, words in orjson.loads(read_bytes(STATES))["statuses"].items()}


@cache
def number_causes() -> Mapping[int, NumberCauseRow]:
    """Every cause with its row."""
    rows = orjson.loads(read_bytes("schemas/codes/number_causes.json"))["rows"]
    return {row["cause"]: NumberCauseRow(**row) for row in rows}


def cause_of(state: NumberState, named: int | None) -> int | None:
    """The cause that a number is in this state with: the one named, else the state's own. Raises WrongCause."""
    row = number_states()[state]
    if named is None:
        return row.default_cause
    if named in row.causes:
        return named
    told = in_words(named) if named in number_causes() else f"{named}, which is no cause"
    if not row.causes:
        raise WrongCause(f"cause is {told}; state {state.value} has none: leave it out")
    raise WrongCause(f"cause is {told}; state {state.value} goes with {', '.join(map(in_words, row.causes))}, or none")


def in_words(cause: int) -> str:
    """A cause and what it means: 2 (arrears)."""
    return f"{cause} ({number_causes()[cause].en})"


@cache
def call_causes() -> Mapping[NumberState, int]:
    """The hangup cause of calls to an X number, for the states in which they are not connected."""
    return {row.state: row.call_cause for row in number_states().values() if row.call_cause is not None}
