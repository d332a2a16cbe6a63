"""What a draft of a story needs from recorded notifications, beyond what `recognition.py` reads (notifications.md 2 to 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from simulator.contract.messages import BLOCK
from simulator.contract.network import call_tables
from simulator.contract.number_states import number_states
from simulator.contract.recognition import Message, Told
from simulator.contract.send_results import send_results
from simulator.resources import read_bytes

USUAL = {"5": "normal", "9": "suspended", "10": "unavailable", "11": "binding_frozen"}
"""The state that a status is told of, where several states are told with it."""
LONGEST_EXTENSION = 4


@dataclass(frozen=True, slots=True)
class SmsRetold:
    """One SMS as its notification tells it; `destination` and `result` only once it was decided."""

    sms_id: str
    sender: str
    x_number: str
    destination: str | None
    result: int | None


@dataclass(frozen=True, slots=True)
class NumberRetold:
    """The state of an X number as its status tells it, in the console's words."""

    number: str
    state: str
    cause: int | None


def sms_of(message: Message) -> SmsRetold | None:
    """What a notification about an SMS says of it; None where it does not say enough."""
    told = message.told[0]
    sender, destination = told.parties
    x_number = told.record.get("virtualNumber")
    if told.session_id is None or sender is None or not isinstance(x_number, str):
        return None
    result = told.record.get("sendResult")
    decided = message.kind != BLOCK and isinstance(result, int) and result in send_results()
    return SmsRetold(told.session_id, sender, x_number, destination, result if decided else None)


def numbers_of(message: Message) -> Iterator[NumberRetold]:
    """The X numbers that a message tells of, as far as their status is known."""
    states = {row.state.value: row for row in number_states().values()}
    for told in message.told:
        number, state = told.record.get("number"), USUAL.get(str(told.record.get("status")))
        if not isinstance(number, str) or state is None:
            continue
        cause = str(told.record.get("cause"))
        known = cause.isdecimal() and int(cause) in states[state].causes
        yield NumberRetold(number, state, int(cause) if known else None)


def digits_of(told: Told) -> str:
    """What the caller keyed, as far as it can be an extension."""
    return as_extension(told.record.get("digitInfo")) or ""


def as_extension(value: object) -> str | None:
    """A value that is one to four digits."""
    is_one = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= LONGEST_EXTENSION
    return str(value) if is_one else None


def switches_of(told: Told) -> list[str]:
    """The features that an application must have whose notification carries these members."""
    return [row["feature"] for row in _features() if any(name in told.record for name in row["members"])]


def outcome_of(cause: int) -> str | None:
    """The outcome that ends with this cause, if there is one."""
    return next((row.name for row in call_tables().outcomes.values() if row.cause == cause), None)


@cache
def _features() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = orjson.loads(read_bytes("schemas/codes/features.json"))["rows"]
    return rows
