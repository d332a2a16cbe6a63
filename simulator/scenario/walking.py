"""Goes through a scenario's steps before it is played: names, labels, conditions and limits that a schema cannot check.

What a step does itself is checked by the caller; here is what stands around it. The steps of rounds and items that
are known are gone through for each of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.scenario import conditions, variables
from simulator.scenario.block_building import BESIDE, BLOCKS, kind_of
from simulator.scenario.blocks import LIMIT_NESTING, LIMIT_PLAYED
from simulator.scenario.nearest import suggestion
from simulator.scenario.placed import Map, with_member
from simulator.scenario.places import Place, Problem, of_key, of_value
from simulator.scenario.scene import MISSING, dig
from simulator.scenario.sights import SEEN, THING

GIVING = (
    "bind",
    "unbind",
    "modify",
    "query",
    "set_callee",
    "terminate",
    "request",
    "call",
    "sms",
    "customer",
    "await_request",
    "probe",
)
"""Steps that give something which can be captured."""

OF_A_CALL = ("id", "state", "hangup_cause", "send_result", "kinds", "told", "notifications")
"""What `call` and `sms` give (`sights.seen`)."""

NAMING = ("as", "of", "number_as")
KINDS = {"calls": "call", "sms": "sms", "bindings": "binding"}

Tree = Mapping[str, Any]
Check = Callable[[Tree, Place], Iterator[Problem]]
"""What is wrong with a step itself."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a step: values that are known, labels that can be gone to, how many blocks it is inside of."""

    statics: Mapping[str, Any]
    rounds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    """Labels that stand before the step, or at it."""
    depth: int = 0


@dataclass(slots=True)
class Walk:
    """One way through the steps; `made` is what steps before made, by kind."""

    cast: Sequence[str]
    made: Mapping[str, Sequence[str]]
    check: Check
    remember: Callable[[Tree], None]
    """Is told each step after it was checked, so that `made` has what it makes."""
    captured: list[str] = field(default_factory=list)
    labelled: list[tuple[str, Place]] = field(default_factory=list)
    left: int = LIMIT_PLAYED

    def steps(self, trees: Any, place: Place, around: Around) -> Iterator[Problem]:
        """Faults of a list of steps."""
        mine = tuple(str(tree["label"]) for tree in trees if "label" in tree)
        behind = around.behind
        for index, tree in enumerate(trees):
            at = of_value(trees, index, place)
            if "label" in tree:
                behind = (*behind, str(tree["label"]))
            yield from self._step(tree, at, replace(around, labels=(*around.labels, *mine), behind=behind))

    def _step(self, tree: Tree, at: Place, around: Around) -> Iterator[Problem]:
        yield from self._beside(tree, at, around)
        kind = kind_of(tree)
        if kind in BLOCKS:
            yield from self._block(kind, tree, at, around)
            return
        yield from self._spend(1, at)
        if self.left >= 0:
            bare = tree.without(BESIDE) if isinstance(tree, Map) else tree
            yield from self._itself(kind, bare, at, around)
            self.remember(bare)
        self.captured += [str(name) for name in tree.get("capture", {})]

    def _spend(self, steps: int, at: Place) -> Iterator[Problem]:
        """So many more steps are planned."""
        before, self.left = self.left, self.left - steps
        if self.left < 0 <= before:
            what = f"more than {LIMIT_PLAYED} steps are planned up to here, instead of a story that ends"
            yield Problem(at, what)

    def _itself(self, kind: str, tree: Tree, at: Place, around: Around) -> Iterator[Problem]:
        """A step that does something: every name in it must be known, then it is checked as what it will be."""
        wrong = list(variables.problems(tree, around.statics, self._later(around), at))
        wrong += self._things(tree, at)
        body = tree[kind]
        inside = of_value(tree, kind, at)
        named = [key for key in NAMING if isinstance(body, dict) and variables.open_in(body.get(key))]
        for key in named if not wrong else ():
            what = f"{key} is {str(body[key])!r}, which is known only while it is played, instead of a name"
            wrong.append(Problem(of_value(body, key, inside), what))
        yield from wrong
        if wrong or (kind in ("number_status", "faults") and variables.open_in(tree)):
            return
        if isinstance(body, Map) and variables.is_open(body.get("hangup_cause")):
            tree = with_member(tree, kind, body.without(["hangup_cause"]))
        yield from self.check(tree, at)

    def _things(self, value: Any, place: Place) -> Iterator[Problem]:
        """`${calls.NAME}` of a call that no step makes."""
        if isinstance(value, dict):
            for key, member in value.items():
                yield from self._things(member, of_value(value, key, place))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._things(item, of_value(value, index, place))
        elif variables.is_open(value):
            for path in variables.paths(value):
                yield from self._thing(path, place)

    def _thing(self, text: str, place: Place) -> Iterator[Problem]:
        for kind, name in THING.findall(text):
            known = self.made[KINDS[kind]]
            if name not in known:
                there = f" ({', '.join(known)})" if known else "; there is none"
                what = f"{kind}.{name} is a {KINDS[kind]} that no step before makes, instead of one that was made"
                yield Problem(place, f"{what}{there}{suggestion(name, known)}")

    def _later(self, around: Around) -> list[str]:
        """Names that become known while it is played."""
        return list(dict.fromkeys([*self.cast, *self.captured, *around.rounds, *SEEN]))

    def _beside(self, tree: Tree, at: Place, around: Around) -> Iterator[Problem]:
        if "when" in tree:
            yield from self._condition(tree, "when", at, around)
        if "label" in tree:
            yield from self._label(str(tree["label"]), of_value(tree, "label", at))
        yield from self._capture(tree, at, around)

    def _label(self, name: str, place: Place) -> Iterator[Problem]:
        taken = next((where for label, where in self.labelled if label == name), place)
        if taken != place:
            yield Problem(place, f"label is {name!r} a second time, instead of once: the first is in line {taken.line}")
        else:
            self.labelled.append((name, place))

    def _condition(self, body: Tree, key: str, at: Place, around: Around) -> Iterator[Problem]:
        expression, place = str(body[key]), of_value(body, key, at)
        known = list(dict.fromkeys([*around.statics, *self._later(around)]))
        yield from (Problem(place, f"{key}: {sentence}") for sentence in conditions.problems(expression, known))
        yield from self._thing(expression, place)

    def _capture(self, tree: Tree, at: Place, around: Around) -> Iterator[Problem]:
        capture = tree.get("capture", {})
        kind = kind_of(tree)
        if capture and kind not in GIVING:
            what = f"capture stands beside {kind}, which gives nothing, instead of beside one of: {', '.join(GIVING)}"
            yield Problem(of_key(tree, "capture", at), what)
            return
        inside = of_value(tree, "capture", at)
        for name, path in capture.items():
            yield from self._free(str(name), of_key(capture, name, inside), around, captured=True)
            first = str(path).partition(".")[0]
            if kind in ("call", "sms") and first not in OF_A_CALL:
                there = ", ".join(OF_A_CALL)
                what = f"capture.{name} is {str(path)!r}, instead of what a {kind} has ({there}){suggestion(first, OF_A_CALL)}"
                yield Problem(of_value(capture, name, inside), what)

    def _free(self, name: str, place: Place, around: Around, *, captured: bool = False) -> Iterator[Problem]:
        """Whether a name may be given to something else."""
        taken = {
            **dict.fromkeys([] if captured else self.captured, "captured"),
            **dict.fromkeys(around.rounds, "a round or item around it"),
            **dict.fromkeys(around.statics, "a variable"),
            **dict.fromkeys(self.cast, "one of the cast"),
            **dict.fromkeys(SEEN, "always there"),
        }
        if name in taken:
            yield Problem(place, f"the name {name!r} is {taken[name]} already, instead of free: take another")

    def _block(self, kind: str, tree: Tree, at: Place, around: Around) -> Iterator[Problem]:
        inside = replace(around, depth=around.depth + 1)
        if inside.depth > LIMIT_NESTING:
            yield Problem(at, f"{kind} stands inside {LIMIT_NESTING} other blocks, instead of inside fewer")
            return
        body, place = tree[kind], of_value(tree, kind, at)
        if kind == "go_to":
            yield from self._go_to(body, place, around)
        elif kind == "if":
            yield from self._condition(tree, "if", at, around)
            yield from self.steps(tree["then"], of_value(tree, "then", at), inside)
            yield from self.steps(tree.get("else", ()), of_value(tree, "else", at), inside)
        elif kind == "parallel":
            for index, steps in enumerate(body):
                yield from self.steps(steps, of_value(body, index, place), replace(inside, labels=(), behind=()))
        else:
            yield from self._rounds(kind, body, place, inside)

    def _rounds(self, kind: str, body: Tree, place: Place, inside: Around) -> Iterator[Problem]:
        yield from self._open(kind, body, place, inside)
        steps, at = body["steps"], of_value(body, "steps", place)
        name = body.get("as")
        if name is not None and name != variables.WITH:
            yield from self._free(str(name), of_value(body, "as", place), inside)
        values = _values(kind, body, inside) if name is not None else None
        if values is None:
            yield from self._spend(_length(steps) * (_times(body, inside) - 1), place)
            rounds = inside.rounds if name is None else (*inside.rounds, str(name))
            yield from self.steps(variables.fill(steps, _known_of(body)), at, replace(inside, rounds=rounds))
            return
        for value in values:
            if self.left < 0:
                return
            known = {str(name): value}
            filled = variables.fill(steps, known)
            yield from self.steps(filled, at, replace(inside, statics={**inside.statics, **known}))

    def _open(self, kind: str, body: Tree, place: Place, around: Around) -> Iterator[Problem]:
        """The values of a block itself."""
        for key in ("times", "in", "within"):
            if key in body:
                at = of_value(body, key, place)
                yield from variables.problems(body[key], around.statics, self._later(around), at)
                yield from self._things(body[key], at)
        found = body.get("in")
        if kind == "for_each" and not isinstance(found, list) and not variables.is_open(found):
            what = f"in is {variables.written(found)!r}, instead of a list, or ${{name}} of one"
            yield Problem(of_value(body, "in", place), what)

    def _go_to(self, body: Tree, place: Place, around: Around) -> Iterator[Problem]:
        name = str(body["label"])
        if name not in around.labels:
            there = f" ({', '.join(around.labels)})" if around.labels else "; there is none"
            what = f"label is {name!r}, instead of one in this list of steps or one around it{there}"
            yield Problem(of_value(body, "label", place), what + suggestion(name, around.labels))
        elif name in around.behind and "when" not in body:
            what = (
                f"go_to goes back to {name!r} whatever happens, instead of under a condition: add when, or use repeat"
            )
            yield Problem(place, what)
        if "when" in body:
            yield from self._condition(body, "when", place, around)


def _values(kind: str, body: Tree, around: Around) -> Sequence[Any] | None:
    """What the name of a block stands for, round by round; None where only playing tells."""
    if kind == "repeat":
        return None if variables.is_open(body["times"]) else range(1, _times(body, around) + 1)
    items = body["in"]
    return items if isinstance(items, list) and not variables.open_in(items) else None


def _known_of(body: Tree) -> dict[str, Any]:
    """What is known by now of the values that an included file is given, where others become known later."""
    if body.get("as") != variables.WITH or not isinstance(body["in"], list):
        return {}
    values = {key: value for one in body["in"] for key, value in one.items() if not variables.open_in(value)}
    return {variables.WITH: values}


def _times(body: Tree, around: Around) -> int:
    times = body.get("times", 1)
    if variables.is_open(times):
        found = dig(around.statics, variables.paths(times)[0]) if variables.paths(times) else MISSING
        times = found if isinstance(found, int) else 1
    return int(times)


def _length(steps: Any) -> int:
    """How many steps a list stands for, as far as the file tells."""
    return sum(_size(step) for step in steps)


def _size(step: Tree) -> int:
    kind = kind_of(step)
    if kind == "if":
        return max(_length(step["then"]), _length(step.get("else", ())))
    if kind == "parallel":
        return sum(_length(steps) for steps in step[kind])
    if kind not in BLOCKS or kind == "go_to":
        return 1
    body = step[kind]
    rounds = len(body["in"]) if isinstance(body.get("in"), list) else body.get("times", 1)
    return _length(body["steps"]) * (rounds if isinstance(rounds, int) else 1)
