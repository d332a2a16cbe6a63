"""From a file's tree to the scenarios it stands for: includes, variables and parameters put in, everything checked.

There is one scenario, or one for each row of `parameters`. What is wrong in several rows is told once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simulator.scenario import references, variables
from simulator.scenario.building import Builder
from simulator.scenario.cells import fitted
from simulator.scenario.including import Including
from simulator.scenario.language import Scenario
from simulator.scenario.parameters import Parameters, Row
from simulator.scenario.placed import Map, placed, remade, with_member
from simulator.scenario.places import Place, Problem, ScenarioError, of_key, of_value
from simulator.scenario.plain import plain
from simulator.scenario.shapes import Schema, Shapes
from simulator.scenario.sights import SEEN

ITSELF = ("variables", "parameters", "scenario", "steps")
"""Members of a scenario that have no `${…}` of variables of their own, or are gone through step by step."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: a text, and a tree with places."""

    text: Callable[[Path], str]
    tree: Callable[[Path], Any]


def cases(tree: Any, file: str, language: Schema, reading: Reading) -> list[Scenario]:
    """The scenarios of a tree; raises ScenarioError with everything that is wrong with any of them."""
    top = Place(file, 1, 1)
    including = Including(file, reading.tree)
    tree = including.whole(placed(tree, top), top)
    shapes = Shapes(language)
    wrong = [*including.problems, *shapes.problems(tree, language, "a scenario", top)]
    _stop(wrong)
    rows, wrong = _rows(tree, top, file, reading.text)
    _stop(wrong)
    each: list[Row | None] = [*rows] or [None]
    made = [_Case(tree, top, language, row).made() for row in each]
    _stop([problem for problems, _ in made for problem in problems])
    return [scenario for _, scenario in made if scenario is not None]


def obeying(tree: Any, schema: Schema, language: Schema, where: str, place: Place) -> tuple[Any, list[Problem]]:
    """A tree with everything put in, and what is wrong with it: a number from a `${…}` is text where text is wanted."""
    shapes = Shapes(language)
    wrong = list(shapes.problems(tree, schema, where, place))
    if not wrong:
        return tree, wrong
    tree = fitted(tree, schema, shapes.resolve)
    return tree, list(shapes.problems(tree, schema, where, place))


def _stop(wrong: list[Problem]) -> None:
    if wrong:
        raise ScenarioError(wrong)


def _rows(tree: Any, top: Place, file: str, read: Callable[[Path], str]) -> tuple[list[Row], list[Problem]]:
    if "parameters" not in tree:
        return [], []
    parameters = Parameters(file, read)
    rows = parameters.rows(tree["parameters"], of_value(tree, "parameters", top))
    taken = _taken(tree, "parameters", rows[0].values if rows else {}, top)
    return rows, [*parameters.problems, *taken]


def _taken(tree: Any, key: str, names: Mapping[str, Any], top: Place) -> Iterator[Problem]:
    """Names that stand for something else already."""
    inside = of_value(tree, key, top)
    cast = tree.get("cast") or {}
    for name in names:
        what = "one of the cast" if name in cast else "always there" if name in SEEN else ""
        if what:
            at = of_key(tree[key], name, inside) if isinstance(tree[key], dict) else inside
            yield Problem(at, f"the name {str(name)!r} is {what} already, instead of free: take another")


class _Case:
    """One scenario of a tree: `row` has its parameters."""

    def __init__(self, tree: Map, top: Place, language: Schema, row: Row | None) -> None:
        self._tree = tree
        self._top = top
        self._language = language
        self._row = row

    def made(self) -> tuple[list[Problem], Scenario | None]:
        """What is wrong with it, or the scenario."""
        values, wrong = self._values()
        tree = self._filled(values)
        wrong += self._header(tree, values)
        if not wrong:
            tree, wrong = obeying(tree, self._language, self._language, "a scenario", self._top)
        wrong = wrong or list(references.problems(tree, self._top, values))
        if wrong:
            return [self._said(problem) for problem in wrong], None
        scenario = Builder(self._language, self._top.file).scenario(tree)
        name = f"{scenario.name}[{self._row.name}]" if self._row else scenario.name
        return [], replace(scenario, name=name, values=plain(remade(values, _by_its_look)))

    def _values(self) -> tuple[dict[str, Any], list[Problem]]:
        """Parameters and variables; a variable may name those before it."""
        values: dict[str, Any] = dict(self._row.values) if self._row else {}
        given = self._tree.get("variables") or {}
        inside = of_value(self._tree, "variables", self._top)
        wrong = list(_taken(self._tree, "variables", given, self._top)) if given else []
        for name, value in given.items():
            if name in values:
                what = f"the name {str(name)!r} is a parameter already, instead of free: take another"
                wrong.append(Problem(of_key(given, name, inside), what))
            wrong += variables.problems(value, values, (), of_value(given, name, inside))
            values[str(name)] = variables.fill(value, values)
            wrong += self._too_big(values[str(name)], of_value(given, name, inside))
            if wrong:
                break
        return values, wrong

    def _too_big(self, value: Any, place: Place) -> Iterator[Problem]:
        """A variable may name others, which may name others: it must not grow without end."""
        if variables.weight(value) > variables.LIMIT_SIZE:
            what = f"a variable grows to more than {variables.LIMIT_SIZE} characters and items, instead of a value that fits"
            yield Problem(place, what)

    def _filled(self, values: Mapping[str, Any]) -> Map:
        tree = self._tree
        for key in tree:
            if key not in ITSELF[:3] and variables.open_in(tree[key]):
                tree = with_member(tree, key, variables.fill(tree[key], values))
        return fitted(tree, self._language, Shapes(self._language).resolve) if _has_cells(self._row) else tree

    def _header(self, tree: Map, values: Mapping[str, Any]) -> list[Problem]:
        found: list[Problem] = []
        for key in tree:
            if key not in ITSELF:
                found += variables.problems(tree[key], values, (), of_value(tree, key, self._top))
        return found

    def _said(self, problem: Problem) -> Problem:
        """A problem that a row has says in which."""
        if self._row is None or not variables.open_in(self._tree):
            return problem
        return Problem(problem.place, f"{problem.sentence} (in the case {self._row.name})")


def _by_its_look(value: Any) -> Any:
    return variables.read(value, set()) if isinstance(value, variables.Cell) else value


def _has_cells(row: Row | None) -> bool:
    return row is not None and any(isinstance(value, variables.Cell) for value in row.values.values())
