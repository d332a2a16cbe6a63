"""`parameters:` plays a scenario once for each row of values: every combination of some, a list of rows, or a CSV file.

A row is a scenario of its own, `story[busy-A]`: with its own cast, its own result and its own test case.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice, product
from math import prod
from pathlib import Path
from typing import Any

from simulator.scenario import sources
from simulator.scenario.places import Place, Problem, of_value
from simulator.scenario.shapes import shown
from simulator.scenario.sights import SEEN
from simulator.scenario.variables import Cell, written

LIMIT_ROWS = 1000
LIMIT_NAME = 60
ENDING = ".csv"
CASE = "case"
"""The parameter that names the row, where there is one."""

Read = Callable[[Path], str]
"""Reads a text file; raises ScenarioError."""


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one case; `name` is what stands in the brackets."""

    name: str
    values: dict[str, Any]
    place: Place


class Parameters:
    """The rows of one scenario; `problems` tells what is wrong with them."""

    def __init__(self, file: str, read: Read) -> None:
        self.problems: list[Problem] = []
        self._root = Path(file).parent
        self._read = read

    def rows(self, given: Any, place: Place) -> list[Row]:
        """The rows that `parameters` stands for."""
        if isinstance(given, str):
            values = list(self._table(given, place))
        elif isinstance(given, dict):
            values = list(self._matrix(given, place))
        else:
            values = [(dict(row), of_value(given, index, place)) for index, row in enumerate(given)]
            self._same_names(values)
        rows = [Row(_name(row), row, at) for row, at in values]
        self._all_different(rows)
        return rows

    def _matrix(self, given: Any, place: Place) -> Iterator[tuple[dict[str, Any], Place]]:
        """Every combination; the last name changes fastest."""
        many = prod(len(values) for values in given.values())
        if many > LIMIT_ROWS:
            self._wrong(place, f"parameters stand for {many} cases, instead of at most {LIMIT_ROWS}")
            return
        for values in product(*given.values()):
            yield dict(zip(map(str, given), values, strict=True)), place

    def _same_names(self, rows: list[tuple[dict[str, Any], Place]]) -> None:
        for row, at in rows[1:]:
            if set(row) != set(rows[0][0]):
                there = ", ".join(map(str, rows[0][0]))
                self._wrong(at, f"a row has {', '.join(map(str, row))}, instead of what the first has: {there}")

    def _table(self, name: str, place: Place) -> Iterator[tuple[dict[str, Any], Place]]:
        path = self._root / name
        if Path(name).is_absolute() or not path.resolve().is_relative_to(self._root.resolve()):
            self._wrong(place, f"parameters is {shown(name)}, instead of a file below the scenario's folder")
            return
        if not sources.is_file(path):
            self._wrong(
                place, f"parameters is {shown(name)}, which is no file, instead of a CSV file beside the scenario"
            )
            return
        reader = csv.reader(StringIO(self._read(path).removeprefix("\ufeff"), newline=""), strict=True)
        try:
            yield from self._lines(reader, str(path))
        except csv.Error as error:
            self._wrong(Place(str(path), reader.line_num or 1, 1), f"no CSV: {error}")

    def _lines(self, reader: Any, file: str) -> Iterator[tuple[dict[str, Any], Place]]:
        head = [name.strip() for name in next(reader, [])]
        if not self._is_head(head, Place(file, 1, 1)):
            return
        count = 0
        for cells in islice(reader, LIMIT_ROWS + 1):
            at = Place(file, reader.line_num, 1)
            count += bool(cells)
            if len(cells) not in (0, len(head)):
                self._wrong(at, f"a row has {_values(len(cells))}, instead of {len(head)}: {', '.join(head)}")
            elif cells:
                yield dict(zip(head, map(Cell, cells), strict=True)), at
        if not count or count > LIMIT_ROWS:
            self._wrong(Place(file, 1, 1), f"{count or 'no'} rows stand under the names, instead of 1 to {LIMIT_ROWS}")

    def _is_head(self, head: list[str], at: Place) -> bool:
        wrong = next((name for name in head if not (name.isidentifier() and name.isascii()) or name in SEEN), None)
        if wrong is not None or not head or len(set(head)) < len(head):
            said = "no names" if head in ([], [""]) else shown(wrong) if wrong is not None else "a name twice"
            more = "; between them stands a comma" if wrong and len(head) == 1 and set(wrong) & set(";\t|") else ""
            self._wrong(at, f"the first line has {said}, instead of names of letters, digits and _, each once{more}")
            return False
        return True

    def _all_different(self, rows: list[Row]) -> None:
        seen: set[str] = set()
        for row in rows:
            if row.name in seen:
                what = f"two rows are called {row.name!r}, instead of one: give them a parameter {CASE!r} that tells them apart"
                self._wrong(row.place, what)
                return
            seen.add(row.name)

    def _wrong(self, place: Place, sentence: str) -> None:
        self.problems.append(Problem(place, sentence))


def _name(values: dict[str, Any]) -> str:
    """What a row is called: its `case`, else its values."""
    parts = [values[CASE]] if CASE in values else list(values.values())
    text = "-".join(written(part) if not isinstance(part, dict | list) else "…" for part in parts)
    said = "".join(letter if letter.isprintable() and letter not in "[]" else "_" for letter in text)
    return said if len(said) <= LIMIT_NAME else f"{said[: LIMIT_NAME - 1]}…"


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"
