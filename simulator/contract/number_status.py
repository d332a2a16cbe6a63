"""X-number status as the platform writes it: what is told of one number, and a message of up to 100 (notifications.md 5)."""

from collections.abc import Mapping, Sequence
from functools import cache

from simulator.contract.number_states import number_states
from simulator.contract.profile import Profile
from simulator.contract.schemas import Validator, validator
from simulator.telephony.numbering import NumberState, XNumber

KIND = "numStatus"
AT_ONCE = 100
"""X numbers that one message tells of at most."""

Json = dict[str, object]


def number_status(x_number: XNumber, profile: Profile) -> Json:
    """What is told of one X number: its status and, where the profile carries it, why."""
    status = number_states()[x_number.state].status
    told: Json = {"number": x_number.number, "status": status}
    if x_number.cause is not None and status in profile.number_status_cause_with:
        told["cause"] = str(x_number.cause)
    return told


def differs(x_number: XNumber, was: Mapping[str, object], profile: Profile) -> bool:
    """Whether there is something to tell: another status, or another reason why it does not work."""
    now = number_status(x_number, profile)
    if x_number.state is NumberState.NORMAL:
        now.pop("cause", None)
    return now != was


def message(fragments: Sequence[bytes]) -> bytes:
    """One message for 1 to 100 X numbers, from their JSON."""
    return b'{"eventType":"numStatus","numInfo":[' + b",".join(fragments) + b"]}"


def violations(told: Json, mode: str) -> list[str]:
    """How what is told of a number breaks the schema of its mode; empty when it may leave."""
    body = {"eventType": KIND, "numInfo": [told]}
    check = _schema(mode)
    return [] if check.is_valid(body) else check.violations(body)


@cache
def _schema(mode: str) -> Validator:
    return validator(f"notifications/{mode.lower()}/{KIND}")
