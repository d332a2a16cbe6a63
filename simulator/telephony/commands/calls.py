"""What may be asked of the network and of calls in every mode. Optional members are None when they were not given."""

from dataclasses import dataclass
from enum import Enum


class Party(Enum):
    """One of the two people of a call."""

    CALLER = "caller"
    CALLEE = "callee"


@dataclass(frozen=True, slots=True)
class FindRecording:
    """Ask where a recording can be downloaded (recording_auth_codes.md 1)."""

    file_name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Terminate:
    """End a call that is under way; `signal` has one value and is checked where it is read (axe_axyb_x.md 5)."""

    session_id: str
    signal: str


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
    extensions: tuple[str, ...] = ()
    """What the caller keys when an extension is asked for (AXE), try after try; "" and tries not given: nothing."""
