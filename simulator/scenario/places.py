"""Where in a scenario file something stands, and what is wrong there."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, as `file:line:column: what, instead of what`."""

    place: Place
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


class ScenarioError(Exception):
    """A scenario that cannot be played; `problems` are in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def of_key(parent: Any, key: object, around: Place) -> Place:
    """Where `key` of a mapping stands; `around` when the file does not have it."""
    return _at(parent, "key", key, around)


def of_value(parent: Any, key: object, around: Place) -> Place:
    """Where the value of `key` of a mapping, or an item of a list, stands; `around` when the file does not have it."""
    if isinstance(parent, dict) and parent.get(key) is None:
        return of_key(parent, key, around)
    return _at(parent, "item" if isinstance(key, int) else "value", key, around)


def _at(parent: Any, kind: str, key: object, around: Place) -> Place:
    kept = getattr(parent, f"{kind}s_at", None)
    if kept is not None:
        return _kept(kept, key, around)
    try:
        line, column = getattr(parent.lc, kind)(key)
    except (AttributeError, KeyError, TypeError):  # written on the command line, not in the file
        return around
    return Place(around.file, line + 1, column + 1)


def _kept(kept: Any, key: object, around: Place) -> Place:
    """The place that a tree of `placed` remembers; values that were set on the command line have none."""
    try:
        place: Place = kept[key]
    except (KeyError, IndexError):
        return around
    return place
