"""Checks that also say, as a JSON Schema, what they let pass: the control plane's OpenAPI document is made of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from simulator.config.checks import Check

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Described(Generic[T_co]):
    """A check of a member, and the schema of what it takes."""

    check: Callable[[object], T_co]
    schema: Schema

    def __call__(self, value: object) -> T_co:
        """What is kept of a value; raises WrongValueError."""
        return self.check(value)


def takes(**schema: object) -> Callable[[Check[T]], Described[T]]:
    """A decorator of checks: the schema of what is taken, member by member."""
    return lambda check: Described(check, schema)


def schema_of(check: Check[object]) -> Schema:
    """What a check says that it takes; {} where it says nothing."""
    return check.schema if isinstance(check, Described) else {}
