"""Who is reached when X is dialled: a route, or the hangup cause why nobody is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    prompt_seconds: float = 0.0
    """How long a prompt is played before the call goes on or is released; keying digits is not in it (AXE)."""
    foreign_display: bool = False
    """Whether the callee sees a number that carriers do not let through (X, AX)."""
    bound_number: str | None = None
    """The privacy number that the call is counted for; None: the one that was dialled (AXYB: A dials Y, X is A's)."""


USABLE = frozenset({NumberState.NORMAL, NumberState.BINDING_FROZEN})


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """What the profile leaves to the platform: may a landline call, which way counts a call in the wrong direction.

    `x_causes` are the hangup causes of calls to X numbers that are out of order, `every_call` that of all calls.
    """

    landline_may_call: bool = False
    wrong_direction_is_abnormal: bool = False
    x_causes: Mapping[NumberState, int] = field(
        default_factory=lambda: {state: X_UNUSABLE for state in NumberState if state not in USABLE}
    )
    every_call: int | None = None


def barred(x_number: XNumber, caller: str, rules: RoutingRules) -> Route | None:
    """The route of a call that no binding is asked about; None otherwise.

    The account is frozen, X is out of order, or the caller may not call.
    """
    cause = rules.every_call or rules.x_causes.get(x_number.state)
    if cause is not None:
        return Route(CallDirection.ABNORMAL, refusal=cause)
    if kind_of(caller) is NumberKind.LANDLINE and not rules.landline_may_call:
        return Route(CallDirection.ABNORMAL, refusal=LANDLINE_CALLER)
    return None


def limit_seconds(max_minutes: int | None) -> int | None:
    """The longest call of a binding in seconds; 0 and None are no limit."""
    return max_minutes * 60 if max_minutes else None
