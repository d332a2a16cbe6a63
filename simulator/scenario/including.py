"""`include:` puts the steps of another file in the place of a step: files below the scenario's folder, in no circle.

Names are relative to the scenario's folder, also in an included file. Such a file is a list of steps and is called
`NAME.steps.yaml`, so that nobody takes it for a scenario. What stands under `with` are values for that file alone: its
steps are those of one round with an item that is called `with`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from simulator.scenario import sources
from simulator.scenario.nearest import suggestion
from simulator.scenario.placed import Map, Seq, with_member
from simulator.scenario.places import Place, Problem, ScenarioError, of_value
from simulator.scenario.shapes import shown
from simulator.scenario.variables import WITH, Literal, fill, is_open

ENDING = ".steps.yaml"
LIMIT_FILES = 100
BLOCKS_OF_STEPS = ("repeat", "for_each", "optional")
"""Steps with a list of steps under `steps`."""

Read = Callable[[Path], Any]
"""Reads a file into a tree with places; raises ScenarioError."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A file that is being read, in the files that include it."""

    path: Path
    inside: "_Open | None" = None

    def way(self) -> list[Path]:
        """From the outermost to this."""
        return [*(self.inside.way() if self.inside else []), self.path]


class Including:
    """Puts together one scenario; `problems` tells what cannot be."""

    def __init__(self, file: str, read: Read) -> None:
        self.problems: list[Problem] = []
        self._scenario = Path(file)
        self._root = self._scenario.parent
        self._read = read
        self._files = 0
        self._names: dict[str, Any] = {}
        """Variables, which may stand in the name of a file."""

    def whole(self, tree: Any, top: Place) -> Any:
        """The tree with every include in its steps replaced by what it names."""
        if not isinstance(tree, dict) or not isinstance(tree.get("steps"), list):
            return tree
        opened = _Open(self._scenario.resolve())
        given = tree.get("variables")
        for name, value in given.items() if isinstance(given, dict) else ():
            if isinstance(value, str | int):  # lists of lists of lists are no part of a name
                self._names[str(name)] = fill(value, self._names)
        return with_member(tree, "steps", self._steps(tree["steps"], of_value(tree, "steps", top), opened))

    def _steps(self, steps: Any, around: Place, opened: _Open) -> Any:
        """A list of steps, with the items of those it includes."""
        if not isinstance(steps, list):
            return steps
        items: list[Any] = []
        items_at: list[Place] = []
        for index, step in enumerate(steps):
            at = of_value(steps, index, around)
            for one, place in self._step(step, at, opened):
                items.append(one)
                items_at.append(place)
        return Seq(items, items_at)

    def _step(self, step: Any, at: Place, opened: _Open) -> Iterator[tuple[Any, Place]]:
        """A step, or those that stand in its place; an include that cannot be followed stays."""
        if not isinstance(step, dict) or not {"include"} <= set(step) <= {"include", WITH}:
            yield self._inside(step, at, opened), at
            return
        included = self._included(step["include"], of_value(step, "include", at), opened)
        if included and isinstance(step.get(WITH), dict) and step[WITH]:
            yield _round(step[WITH], of_value(step, WITH, at), included, at), at
        else:
            yield from included if included and WITH not in step else [(step, at)]

    def _inside(self, step: Any, at: Place, opened: _Open) -> Any:
        """A step with what its own lists of steps include; conditions are no texts that anything is put into."""
        if not isinstance(step, dict):
            return step
        step = _literal(_literal(step, "when"), "if")
        if isinstance(step.get("go_to"), dict):
            step = with_member(step, "go_to", _literal(step["go_to"], "when"))
        for kind in BLOCKS_OF_STEPS:
            body = step.get(kind)
            if isinstance(body, dict) and "steps" in body:
                place = of_value(body, "steps", of_value(step, kind, at))
                step = with_member(step, kind, with_member(body, "steps", self._steps(body["steps"], place, opened)))
        for key in ("then", "else"):
            if key in step:
                step = with_member(step, key, self._steps(step[key], of_value(step, key, at), opened))
        if isinstance(step.get("parallel"), list):
            lists, place = step["parallel"], of_value(step, "parallel", at)
            places = [of_value(lists, index, place) for index in range(len(lists))]
            step = with_member(step, "parallel", Seq(map(self._steps, lists, places, [opened] * len(lists)), places))
        return step

    def _included(self, name: Any, place: Place, opened: _Open) -> list[tuple[Any, Place]]:
        path = self._path(name, place, opened)
        if path is None:
            return []
        try:
            steps = self._read(path)
        except ScenarioError as error:
            self.problems += error.problems
            return []
        top = Place(str(path), 1, 1)
        if not isinstance(steps, list) or not steps:
            said = shown(steps) if isinstance(steps, dict | str) else "empty"
            self._wrong(top, f"an included file is {said}, instead of a list of steps")
            return []
        within = self._steps(steps, top, _Open(path.resolve(), opened))
        return list(zip(within, within.items_at, strict=True))

    def _path(self, name: Any, place: Place, opened: _Open) -> Path | None:
        """The file that is meant; None where there is none that may be. What is no name at all the language tells."""
        if not isinstance(name, str) or not name.endswith(ENDING):
            return None
        self._files += 1
        named = fill(name, self._names)
        if is_open(named):
            there = ", ".join(self._names) or "there is none"
            self._wrong(place, f"include is {shown(name)}, instead of a file, or one that variables name ({there})")
            return None
        name = str(named)
        path = self._root / name
        sentence = self._refusal(name, path, path.resolve(), opened)
        if sentence:
            self._wrong(place, f"include {sentence}")
        return None if sentence else path

    def _refusal(self, name: str, path: Path, real: Path, opened: _Open) -> str:
        """Why a file may not be included."""
        if self._files > LIMIT_FILES:
            return f"takes more than {LIMIT_FILES} files, instead of a story"
        if Path(name).is_absolute() or not real.is_relative_to(self._root.resolve()):
            return f"is {shown(name)}, instead of a file below the scenario's folder"
        if real in opened.way():
            way = " → ".join(one.name for one in [*opened.way(), real])
            return f"goes in a circle, instead of to another file: {way}"
        if not sources.is_file(path):
            others = [
                str(one.relative_to(self._root)) for one in islice(sources.below(self._root, ENDING), LIMIT_FILES)
            ]
            return f"is {shown(name)}, which is no file, instead of one that is there{suggestion(name, sorted(others))}"
        return ""

    def _wrong(self, place: Place, sentence: str) -> None:
        self.problems.append(Problem(place, sentence))


def _round(values: Any, at: Place, included: list[tuple[Any, Place]], place: Place) -> Map:
    """The steps of a file as those of one round, in which `values` have the name `with`."""
    steps = Seq((step for step, _ in included), (where for _, where in included))
    body = {"in": Seq([values], [at]), "as": WITH, "steps": steps}
    places = dict.fromkeys(body, at)
    return Map({"for_each": Map(body, places, places)}, {"for_each": place}, {"for_each": place})


def _literal(tree: Any, key: str) -> Any:
    return with_member(tree, key, Literal(tree[key])) if isinstance(tree.get(key), str) else tree
