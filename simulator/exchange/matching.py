"""Matching in the journal: the one meaning of "a row like this", for the control plane's verify and for expectations.

An expectation is a mapping of dotted paths to values: `{"kind": "attempt_ended", "status": 200}`. A mapping as a value
is more path, a number is an index, and a path leads into a text that is JSON: `{"body.feeLst.0.direction": 0}`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson


class Missing:
    """There is nothing at a path."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands at a path is not what was expected; `got` is MISSING where nothing stands."""

    path: str
    expected: object
    got: object


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A row that has something of what was expected, and what it lacks."""

    row: Mapping[str, object]
    differences: Sequence[Difference]


def matches(expected: Mapping[str, object], row: Mapping[str, object]) -> bool:
    """Whether everything expected stands in the row; an empty expectation matches every row."""
    return all(same(value, at_path(row, path)) for path, value in leaves(expected))


def differences(expected: Mapping[str, object], row: Mapping[str, object]) -> list[Difference]:
    """What the row lacks, in the order of the expectation."""
    found = ((path, value, at_path(row, path)) for path, value in leaves(expected))
    return [Difference(path, value, got) for path, value, got in found if not same(value, got)]


class Nearest:
    """The rows that lack least, the newest of equals first; rows that have nothing of it are no near misses."""

    def __init__(self, expected: Mapping[str, object], limit: int = 3) -> None:
        self._expected = expected
        self._limit = limit
        self._whole = sum(1 for _ in leaves(expected))
        self.misses: list[NearMiss] = []

    def look_at(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Consider more rows, newer ones than before."""
        judged = [NearMiss(row, differences(self._expected, row)) for row in rows]
        near = [miss for miss in reversed(judged) if 0 < len(miss.differences) < self._whole]
        self.misses = sorted([*near, *self.misses], key=lambda miss: len(miss.differences))[: self._limit]


def leaves(expected: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every dotted path of an expectation with its value; a list is a value, an empty mapping too."""
    for name, value in expected.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{path}.")
        else:
            yield path, value


def at_path(value: object, path: str) -> object:
    """What stands at a dotted path, or MISSING."""
    for part in path.split("."):
        value = _member(_opened(value), part)
    return value


def same(expected: object, got: object) -> bool:
    """Equality of JSON values: true is not 1, 1 is 1.0."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return expected.keys() == got.keys() and all(same(value, got[name]) for name, value in expected.items())
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return len(expected) == len(got) and all(map(same, expected, got))
    return expected == got


def _opened(value: object) -> object:
    """A text that is a JSON object or list, opened; everything else as it is."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def _member(value: object, part: str) -> object:
    if isinstance(value, Mapping):
        return value.get(part, MISSING)
    if isinstance(value, list | tuple) and part.isdecimal() and int(part) < len(value):
        return value[int(part)]
    return MISSING
