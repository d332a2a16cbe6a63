"""How each hangup cause is brought about in each mode: `schemas/codes/reproductions.json` as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import orjson

from simulator.contract.codes import HangupCause, ReleaseRow, hangup_causes, releases
from simulator.resources import read_bytes

BEHAVIOUR, CONDITION = "behaviour", "condition"
Tree = Mapping[str, Any]


class NotReproducible(LookupError):
    """A cause that cannot occur in a mode; the sentence names the modes where it can."""


@dataclass(frozen=True, slots=True)
class Reproduction:
    """One cause in one mode: its mode's ordinary `story`, and in `change` what differs from it.

    `how` is behaviour where the cause follows by itself, condition where it is set for the call. `events` are told
    before the disconnect.
    """

    cause: HangupCause
    mode: str
    how: str
    zh: str
    en: str
    events: tuple[str, ...]
    story: Tree
    change: Tree

    @property
    def release(self) -> ReleaseRow:
        """The codes that belong to the cause."""
        return releases()[self.cause.code]

    @property
    def events_when_set(self) -> tuple[str, ...]:
        """What is told before the end when the cause is set for the call in place of what would bring it about."""
        return tuple(_told(self.cause, self.mode))

    def kinds(self, events: Sequence[str]) -> list[str]:
        """What is told of the call when these events come before its end."""
        return [*events, *_table()["judged"]]

    @property
    def codes(self) -> Mapping[str, Mapping[str, int]]:
        """The members of disconnect and CDR that say the cause, with their values, by the kind of notification."""
        words = {"cause": self.cause.code, **{word: getattr(self.release, word) for word in RELEASE_WORDS}}
        told = _table()["codes"].items()
        return {kind: {name: words[word] for name, word in members.items()} for kind, members in told}


RELEASE_WORDS = ("disconnect_point", "q850", "sip_status")


def judged_kinds() -> Sequence[str]:
    """The notifications that a receiver must acknowledge for a reproduction to pass."""
    return list(_table()["judged"])


def values() -> Mapping[str, Tree]:
    """What `--set` may give beside numbers, by name."""
    return MappingProxyType(_table()["values"])


def number_rules() -> Mapping[str, Tree]:
    """What the number of a party, and an X number, must look like."""
    return MappingProxyType(_table()["numbers"])


def diverting_numbers() -> Mapping[str, Tree]:
    """By party: the kind of number that ends a call by itself, and the stages of causes that it would forestall."""
    return MappingProxyType(_table()["diverting"])


def story_direction(mode: str) -> int | None:
    """The direction of the CDR of a mode's ordinary story; None for a mode that is none."""
    direction: int | None = _table()["stories"].get(mode, {}).get("direction")
    return direction


def reproduction(code: int, mode: str) -> Reproduction:
    """How a cause is brought about in a mode; raises NotReproducible."""
    found = _by_place().get((code, mode))
    if found is None:
        modes = hangup_causes()[code].modes
        raise NotReproducible(f"{code} does not occur in mode {mode}; it does in {', '.join(modes)}")
    return found


def reproductions() -> Sequence[Reproduction]:
    """Every cause in every mode where it can occur, in the order of the catalogue."""
    return [reproduction(cause.code, mode) for cause in hangup_causes().values() for mode in cause.modes]


@cache
def _by_place() -> Mapping[tuple[int, str], Reproduction]:
    return {
        (code, mode): _made(row, code, mode)
        for row in _table()["rows"]
        for code in row["causes"]
        for mode in row["modes"]
    }


def _made(row: Tree, code: int, mode: str) -> Reproduction:
    cause, story = hangup_causes()[code], _table()["stories"][mode]
    return Reproduction(
        cause, mode, row["how"], row["zh"], row["en"], tuple(row.get("events", _told(cause, mode))), story, row
    )


def _told(cause: HangupCause, mode: str) -> list[str]:
    """The events before the release, without those that the mode does not have."""
    there = _table()["stories"][mode]["tells"]
    return [event for event in cause.events if event in there]


@cache
def _table() -> Any:
    return orjson.loads(read_bytes("schemas/codes/reproductions.json"))
