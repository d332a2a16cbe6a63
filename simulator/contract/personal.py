"""Which members of a message tell of persons, and which are ids, times and codes (schemas/codes/personal_members.json)."""

from dataclasses import dataclass
from functools import cache

import orjson

from simulator.resources import read_bytes


@dataclass(frozen=True, slots=True)
class PersonalMembers:
    """Names of members: phone numbers, what is never touched, and texts that people wrote."""

    numbers: frozenset[str]
    kept: frozenset[str]
    texts: frozenset[str]


@cache
def personal_members() -> PersonalMembers:
    """The table, read once."""
    table = orjson.loads(read_bytes("schemas/codes/personal_members.json"))
    return PersonalMembers(*(frozenset(table[name]) for name in ("numbers", "kept", "texts")))
