"""What mixes are made of: `schemas/mixes.json` as values, and the hangup causes of the catalogue."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from simulator.contract.codes import hangup_causes
from simulator.contract.reproductions import NotReproducible, reproduction
from simulator.resources import read_bytes

Table = Mapping[str, Any]


@cache
def table() -> Table:
    """The whole table."""
    known: Table = orjson.loads(read_bytes("schemas/mixes.json"))
    return known


def modes() -> list[str]:
    """Every mode that is played."""
    return list(table()["modes"])


@cache
def causes(mode: str) -> list[int]:
    """The hangup causes that a call of a mode may be given, the smallest first."""
    return sorted(code for code in hangup_causes() if code and _occurs(code, mode))


def _occurs(code: int, mode: str) -> bool:
    try:
        reproduction(code, mode)
    except NotReproducible:
        return False
    return True
