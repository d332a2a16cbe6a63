"""Who is reached when X is dialled: a route, or the hangup cause why nobody is."""

from dataclasses import dataclass
from enum import Enum

from simulator.telephony.numbering import NumberKind, NumberState, XNumber, kind_of
from simulator.telephony.release import LANDLINE_CALLER, X_UNUSABLE


class CallDirection(Enum):
    """Which way a call goes through its binding; abnormal where no binding says."""

    CALLEE_TO_CALLER = 0
    CALLER_TO_CALLEE = 1
    ABNORMAL = 2


@dataclass(frozen=True, slots=True)
class Route:
    """Where a call goes: `refusal` is the hangup cause when it goes nowhere.

    A copy of what the binding said when the call arrived: a call lives on while its binding is changed or removed.
    """

    direction: CallDirection
    destination: str | None = None
    refusal: int | None = None
    subscription_id: str | None = None
    user_data: str | None = None
    max_seconds: int | None = None
    record: bool = False
    record_tone: str | None = None
    shown: str | None = None
    """The number that the callee sees; None: the X that was dialled."""
    collected: tuple[str, ...] = ()
    """The digits that were keyed on the way, try after try (AXE)."""
    extension: str | None = None
    """The extension that was reached (AXE)."""
    bound_number: str | None = None
    """The privacy number that the call is counted for; None: the one that was dialled (AXYB: A dials Y, X is A's)."""


UNDECIDED = Route(CallDirection.CALLER_TO_CALLEE)
"""The route of a call while the customer is asked (mode X)."""


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """What the profile leaves to the platform: may a landline call, which way counts a call in the wrong direction."""

    landline_may_call: bool = False
    wrong_direction_is_abnormal: bool = False


def barred(x_number: XNumber, caller: str, rules: RoutingRules) -> Route | None:
    """The route of a call that no binding is asked about: X is unusable, or the caller may not call; None otherwise."""
    if x_number.state in (NumberState.SUSPENDED, NumberState.UNAVAILABLE):
        return Route(CallDirection.ABNORMAL, refusal=X_UNUSABLE)
    if kind_of(caller) is NumberKind.LANDLINE and not rules.landline_may_call:
        return Route(CallDirection.ABNORMAL, refusal=LANDLINE_CALLER)
    return None


def limit_seconds(max_minutes: int | None) -> int | None:
    """The longest call of a binding in seconds; 0 and None are no limit."""
    return max_minutes * 60 if max_minutes else None
