"""Builds the steps of `blocks` from a tree that was found right, and sorts out what stands beside a step."""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.scenario.blocks import JUMPS, Block, Choice, ForEach, GoTo, Later, Marked, Maybe, Parallel, Repeat
from simulator.scenario.language import Step
from simulator.scenario.placed import Map
from simulator.scenario.places import Place, of_value
from simulator.scenario.variables import open_in

Tree = Mapping[str, Any]
Build = Callable[[Tree, Place], Step]
"""Builds a step that does something itself."""

BESIDE = ("when", "label", "capture")
"""What may stand beside any step."""

KNOWN_FAILURE = "known_failure"
"""Stands beside a step that does something itself, and says why it is known to fail."""

BLOCKS = ("repeat", "for_each", "optional", "parallel", "if", "go_to")


def kind_of(step: Tree) -> str:
    """The key that says what a step does."""
    return next((key for key in step if key not in (*BESIDE, KNOWN_FAILURE, "expect", "then", "else")), "expect")


class Blocks:
    """Builds lists of steps; what does something itself is built by `build`, once all of it is known."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self.known_failures: dict[Place, str] = {}
        """Why a step is known to fail, by its place."""

    def steps(self, trees: Any, around: Place) -> tuple[Step, ...]:
        """The steps of a list."""
        return tuple(self.step(tree, of_value(trees, index, around)) for index, tree in enumerate(trees or ()))

    def step(self, tree: Any, place: Place) -> Step:
        """One step, with what stands beside it."""
        beside = {key: tree[key] for key in BESIDE if key in tree}
        if not beside:
            return self._plain(tree, place)
        bare = tree.without(BESIDE) if isinstance(tree, Map) else {k: v for k, v in tree.items() if k not in BESIDE}
        capture = {str(name): str(path) for name, path in beside.get("capture", {}).items()}
        when, label = beside.get("when"), beside.get("label")
        return Marked(place, self._plain(bare, place), _text(when), _text(label), capture)

    def _plain(self, tree: Tree, place: Place) -> Step:
        kind = kind_of(tree)
        if kind in BLOCKS:
            return self._block(kind, tree, place)
        if KNOWN_FAILURE in tree:
            self.known_failures[place] = str(tree[KNOWN_FAILURE])
        if open_in(tree):
            return Later(place, kind, tree)
        return self._build(tree, place)

    def _block(self, kind: str, tree: Tree, place: Place) -> Block:
        body = tree[kind]
        inside = of_value(tree, kind, place)
        if kind == "if":
            then = self.steps(tree["then"], of_value(tree, "then", place))
            return Choice(place, str(body), then, self.steps(tree.get("else"), of_value(tree, "else", place)))
        if kind == "parallel":
            branches = (self.steps(one, of_value(body, index, inside)) for index, one in enumerate(body))
            return Parallel(place, tuple(branches))
        if kind == "go_to":
            return GoTo(place, str(body["label"]), _text(body.get("when")), body.get("at_most", JUMPS))
        return self._around(kind, body, place, self.steps(body["steps"], of_value(body, "steps", inside)))

    def _around(self, kind: str, body: Tree, place: Place, steps: tuple[Step, ...]) -> Block:
        if kind == "repeat":
            return Repeat(place, body["times"], steps, _text(body.get("as")))
        if kind == "for_each":
            return ForEach(place, body["in"], str(body["as"]), steps)
        return Maybe(place, steps, body.get("within"))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
