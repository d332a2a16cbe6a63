"""What may be asked in mode AX (ax_axb.md 1 to 5). Optional members are None when they were not given."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BindAx:
    """Give the user A an X number, named or chosen by area (ax_axb.md 1)."""

    user: str
    x_number: str | None = None
    number_type: str | None = None
    area_code: str | None = None
    area_match: str | None = None
    record: bool | None = None
    record_tone: str | None = None
    display: str | None = None
    sms: bool | None = None
    caller_tone: str | None = None
    callee_tone: str | None = None
    max_minutes: int | None = None
    last_minute_tone: str | None = None
    user_data: str | None = None
    power: str | None = None
    direction: int | None = None


@dataclass(frozen=True, slots=True)
class UnbindAx:
    """Take an X number away from its A; the subscription id alone decides where it is given (ax_axb.md 2)."""

    subscription_id: str | None = None
    x_number: str | None = None


@dataclass(frozen=True, slots=True)
class ModifyAx:
    """Change the given members of a binding found by subscription id or X (ax_axb.md 3).

    `user` in `changes` is a new A, or for a client of before 2021 the A that the binding has.
    """

    subscription_id: str | None
    x_number: str | None
    changes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class QueryAx:
    """Look bindings up: by subscription id, else by A, else by X (ax_axb.md 4)."""

    subscription_id: str | None = None
    user: str | None = None
    x_number: str | None = None


@dataclass(frozen=True, slots=True)
class SetCallee:
    """Say whom A reaches when A dials X next (ax_axb.md 5)."""

    callee: str
    subscription_id: str | None = None
    x_number: str | None = None
    lifetime_seconds: int | None = None
    user_data: str | None = None
