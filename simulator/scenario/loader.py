"""Reads scenario files: YAML with line and column in every error, and nothing in it that could hurt.

Raises ScenarioError with every fault as `file:line:column: what, instead of what`. A file holds one document, is at
most 256 KiB, nests at most 20 deep, and has no anchors, aliases or tags.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any

from simulator.contract.schemas import known as schema_known
from simulator.scenario import sources
from simulator.scenario.cases import Reading, cases
from simulator.scenario.including import ENDING, Including
from simulator.scenario.language import Scenario
from simulator.scenario.placed import Map, placed
from simulator.scenario.places import Place, Problem, ScenarioError
from simulator.scenario.shapes import Schema, Shapes

LIMIT_BYTES = 256 * 1024
LIMIT_DEPTH = 20
Changes = Callable[[Any], None]


def language() -> Schema:
    """The language's JSON Schema."""
    return schema_known("scenario")


def files(paths: Iterable[Path]) -> list[Path]:
    """The scenario files among `paths`: folders stand for the `*.yaml` files in them, sorted. Raises ScenarioError.

    Lists of steps that scenarios include (`*.steps.yaml`) are none.
    """
    found: list[Path] = []
    for path in paths:
        inside = [one for one in sorted(path.rglob("*.yaml")) if not is_steps(one)] if path.is_dir() else [path]
        if not inside:
            what = "a folder without a *.yaml file, instead of scenarios"
            raise ScenarioError([Problem(Place(str(path), 1, 1), what)])
        found += inside
    return list(dict.fromkeys(found))


def is_steps(path: Path) -> bool:
    """Whether a file is a list of steps that scenarios include."""
    return path.name.endswith(ENDING)


def load(path: Path, change: Changes | None = None) -> Scenario:
    """The scenario in a file, the first where it has parameters; raises ScenarioError."""
    return load_all(path, change)[0]


def load_all(path: Path, change: Changes | None = None) -> list[Scenario]:
    """The scenarios in a file; `change` may set values before they are checked. Raises ScenarioError."""
    return parse_all(_text(path), str(path), change)


def parse(text: str, file: str, change: Changes | None = None) -> Scenario:
    """The scenario of a text that is the content of `file`; raises ScenarioError."""
    return parse_all(text, file, change)[0]


def parse_all(text: str, file: str, change: Changes | None = None) -> list[Scenario]:
    """The scenarios of a text, one for each row of its parameters; raises ScenarioError."""
    tree = _tree(text, file)
    if change is not None and isinstance(tree, dict):
        change(tree)
    return cases(tree, file, language(), Reading(_text, _steps))


def of_tree(tree: Any, file: str) -> Scenario:
    """The scenario of a tree; raises ScenarioError."""
    return cases(tree, file, language(), Reading(_text, _steps))[0]


def check_steps(path: Path) -> None:
    """Whether a file is a list of steps that scenarios can include, as far as it can be judged alone; raises ScenarioError."""
    top = Place(str(path), 1, 1)
    including = Including(str(path), _steps)
    tree = including.whole(Map({"steps": _steps(path)}, {}, {"steps": top}), top)
    shape = {**language()["properties"]["steps"], "description": ""}
    wrong = [*including.problems, *Shapes(language()).problems(tree["steps"], shape, "an included file", top)]
    if wrong:
        raise ScenarioError(wrong)


def _steps(path: Path) -> Any:
    """The tree of an included file, with its places."""
    return placed(_tree(_text(path), str(path)), Place(str(path), 1, 1))


def _text(path: Path) -> str:
    top = Place(str(path), 1, 1)
    try:
        raw = sources.read(path, LIMIT_BYTES + 1)
    except OSError as error:
        raise ScenarioError([Problem(top, f"cannot be read: {error.strerror}")]) from None
    if len(raw) > LIMIT_BYTES:
        raise ScenarioError([Problem(top, f"more than {LIMIT_BYTES // 1024} KiB, instead of a story")])
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        at = _place(str(path), raw[: error.start].decode())
        raise ScenarioError([Problem(at, "bytes that are no UTF-8, instead of text")]) from None


def _tree(text: str, file: str) -> Any:
    from ruamel.yaml import YAML  # noqa: PLC0415 - 60 ms, paid only where a scenario is read
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415 - as above

    from simulator.scenario.yaml_scanning import Scanning  # noqa: PLC0415 - it is made of ruamel

    yaml = YAML(typ="rt", pure=True)
    yaml.Scanner, yaml.Parser = Scanning, _watchful(file)
    try:
        return yaml.load(StringIO(text))
    except MarkedYAMLError as error:
        raise ScenarioError([_not_yaml(error, file)]) from None
    except (YAMLError, ValueError) as error:
        what = str(error).partition("\n")[0]
        at = getattr(error, "position", None)  # a character that YAML does not have says where it stands
        place = _place(file, text[:at]) if isinstance(at, int) else Place(file, 1, 1)
        raise ScenarioError([Problem(place, f"no YAML: {what}")]) from None


def _place(file: str, before: str) -> Place:
    """Where a file is right behind this text."""
    return Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _not_yaml(error: Any, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    if type(error).__name__ == "DuplicateKeyError":
        key = str(error.problem).partition('"')[2].partition('"')[0]
        return Problem(place, f"the key {key!r} a second time, instead of once")
    return Problem(place, f"no YAML: {error.problem or error.context}".partition("\n")[0])


def _watchful(file: str) -> Any:
    """A parser that lets nothing harmful through: looking for it beforehand would read every file twice."""
    from ruamel.yaml.parser import Parser  # noqa: PLC0415 - as above

    class Watchful(Parser):
        watch = _Harm(file)

        @cached_property
        def scanner(self) -> Any:
            return self.loader.scanner

        def get_event(self) -> Any:
            event = super().get_event()
            self.watch.look(event)
            return event

    return Watchful


class _Harm:
    """Looks for what the language does not have: more documents, anchors, aliases, tags, depth."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._depth = self._documents = 0

    def look(self, event: Any) -> None:
        """The next event; raises ScenarioError where it is harmful."""
        kind = type(event).__name__
        self._depth += kind in ("MappingStartEvent", "SequenceStartEvent")
        self._depth -= kind in ("MappingEndEvent", "SequenceEndEvent")
        self._documents += kind == "DocumentStartEvent"
        what = ""
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            what = "an anchor or alias (& or *), instead of the value itself: the language has none"
        elif getattr(event, "tag", None):
            what = f"the tag {event.tag}, instead of a plain value: the language has none"
        elif self._depth > LIMIT_DEPTH:
            what = f"more than {LIMIT_DEPTH} levels deep, instead of a story"
        elif self._documents > 1:
            what = "a second document, instead of one scenario a file"
        if what:
            place = Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)
            raise ScenarioError([Problem(place, what)])
