"""The operations of the platform's API as data: `schemas/codes/operations.json`, one row an operation of a mode."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import orjson

from simulator.resources import read_bytes

MODES = ("AX", "AXB", "AXE", "AXYB", "X")


@dataclass(frozen=True, slots=True)
class Operation:
    """One row: `mode` None belongs to every mode, `carried_in` is "body" or "query", `status` that of success."""

    mode: str | None
    operation: str
    method: str
    path: str
    request: str
    answer: str
    answer_type: str
    carried_in: str
    app_key_in_query: bool
    status: int
    page: str
    zh: str
    en: str


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation, in the order of the table."""
    return tuple(Operation(**row) for row in orjson.loads(read_bytes("schemas/codes/operations.json"))["rows"])


@cache
def operations_of(mode: str) -> Mapping[str, Operation]:
    """What an application of a mode may ask for, by name."""
    return MappingProxyType({row.operation: row for row in operations() if row.mode in (None, mode)})


@cache
def operation_names() -> Sequence[str]:
    """The names of all modes' operations, each once."""
    return tuple(dict.fromkeys(row.operation for row in operations()))
