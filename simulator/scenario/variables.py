"""`${name}` and `${name.member}`: a variable, a parameter, a captured value or something that was seen, where a value stands.

There are names and dotted paths, nothing else: no template engine, no code. A text that is one `${…}` becomes the value
itself, with its type; inside a text the value is written out. `$${` stands for `${`. What was put in is never read
again: a value that holds `${…}` is only text.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from simulator.scenario.nearest import suggestion
from simulator.scenario.placed import remade
from simulator.scenario.places import Place, Problem, of_key, of_value
from simulator.scenario.scene import MISSING, dig

HOLE = re.compile(r"\$(\$)\{|\$\{([^{}]*)\}")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_-]+)*")
UNCLOSED = re.compile(r"(?<!\$)\$\{[^{}]*(\{|$)")
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?")
LIMIT_SIZE = 65_536
"""So much a variable, or a text that is put together, is at most (`weight`)."""

LIMIT_PUT_IN = 1_000_000
"""So much is put into a tree at most."""

FLAGS = {"true": True, "false": False}

Names = Mapping[str, Any]


WITH = "with"
"""What the values are called that an included file is given; one that is included further in has its own."""


class Literal(str):
    """A text that was put together: `${` in it is text."""

    __slots__ = ()


class Cell(str):
    """A value of a CSV file: a text that may be meant as a number or a truth value."""

    __slots__ = ()


def shown(text: str) -> str:
    """A text in a sentence, cut where it is long."""
    return repr(text) if len(text) <= 60 else f"{text[:57]!r}…"


def is_open(value: object) -> bool:
    """Whether a value is a text with a `${…}` that has not been put in."""
    return isinstance(value, str) and not isinstance(value, Literal) and "${" in value


def open_in(value: object) -> bool:
    """Whether there is such a text anywhere in a tree."""
    if isinstance(value, dict):
        return any(open_in(member) for member in value.values())
    if isinstance(value, list):
        return any(open_in(item) for item in value)
    return is_open(value)


def fill(value: Any, names: Names) -> Any:
    """The tree with every text put together whose names are all known; the others stay as they are.

    So do those with which the tree would grow beyond all bounds.
    """
    left = LIMIT_PUT_IN

    def put(leaf: Any) -> Any:
        nonlocal left
        if not is_open(leaf) or left < 0:
            return leaf
        found = _filled(leaf, names)
        left -= weight(found)
        return found if left >= 0 else leaf

    return remade(value, put)


def _filled(text: str, names: Names) -> Any:
    found = {path: dig(names, path) for path in paths(text)}
    if MISSING in found.values() or UNCLOSED.search(text):
        return text
    whole = HOLE.fullmatch(text)
    if whole and whole[2] is not None:
        value = found[whole[2]]
        return Literal(value) if isinstance(value, str) and "${" in value else value
    if any(isinstance(value, dict | list) for value in found.values()) or _too_long(text, names):
        return text
    return Literal(HOLE.sub(lambda hole: "${" if hole[1] else written(found[hole[2]]), text))


def _too_long(text: str, names: Names) -> bool:
    """Whether a text would be too long with everything put in."""
    found = [dig(names, path) for path in paths(text)]
    return len(text) + sum(weight(value) for value in found if value is not MISSING) > LIMIT_SIZE


def weight(value: object) -> int:
    """How much a value is: its characters, members and items."""
    if isinstance(value, dict | list):
        return 1 + sum(weight(one) for one in (value.values() if isinstance(value, dict) else value))
    return len(value) if isinstance(value, str) else 1


def written(value: object) -> str:
    """A value inside a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def paths(text: str) -> list[str]:
    """What stands between the brackets of a text."""
    return [hole[2] for hole in HOLE.finditer(text) if hole[2] is not None]


def wanted(value: object) -> str:
    """The names in all `${…}` of a tree, in one text."""
    if isinstance(value, dict | list):
        return " ".join(wanted(one) for one in (value.values() if isinstance(value, dict) else value))
    return " ".join(paths(value)) if isinstance(value, str) and is_open(value) else ""


def problems(value: Any, statics: Names, later: Sequence[str], place: Place) -> Iterator[Problem]:
    """Every `${…}` in a tree that can stand for nothing; `statics` are known, `later` become known while it is played."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from problems(member, statics, later, of_value(value, key, place))
            if isinstance(key, str) and is_open(key):
                what = f"the key {str(key)!r} has a ${{…}}, instead of being a name: values may have them, keys may not"
                yield Problem(of_key(value, key, place), what)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from problems(item, statics, later, of_value(value, index, place))
    elif isinstance(value, str) and is_open(value):
        yield from (Problem(place, sentence) for sentence in complaints(str(value), statics, later))


def complaints(text: str, statics: Names, later: Sequence[str]) -> Iterator[str]:
    """What is wrong with the `${…}` of a text."""
    if UNCLOSED.search(text):
        yield f"{shown(text)} opens a ${{ and does not close it, instead of ${{name}}; $${{ stands for ${{ itself"
        return
    if HOLE.fullmatch(text) is None and _too_long(text, statics):
        yield f"{shown(text)} grows to more than {LIMIT_SIZE} characters, instead of a value that fits"
        return
    for path in paths(text):
        sentence = _complaint(path, statics, later)
        if sentence:
            yield sentence
        elif HOLE.fullmatch(text) is None and isinstance(dig(statics, path), dict | list):
            yield f"${{{path}}} is a list or a mapping, instead of a value that fits into a text: name one of its members"


def _complaint(path: str, statics: Names, later: Sequence[str]) -> str:
    if NAME.fullmatch(path) is None:
        return f"${{{path}}} is no name, instead of ${{name}} or ${{name.member}}; conditions stand in `when` and `if`"
    root, _, member = path.partition(".")
    if root in statics:
        if dig(statics, path) is not MISSING:
            return ""
        near = suggestion(member, statics[root]) if isinstance(statics[root], dict) else ""
        return f"${{{path}}} stands for nothing: {root} has no member {member!r}{near}"
    if root in later:
        return ""
    known = list(dict.fromkeys([*statics, *later]))
    there = f" ({', '.join(known)})" if known else "; there is none"
    return f"${{{path}}} stands for nothing, instead of a name that is known here{there}{suggestion(root, known)}"


Typed = Callable[[Any], set[str]]
"""Tells the JSON types that a schema takes."""


def read(cell: str, kinds: set[str]) -> Any:
    """What a cell of a CSV file means where values of these types stand; where any may, by its look."""
    if "string" in kinds:
        return str(cell)
    if cell in FLAGS and (not kinds or "boolean" in kinds):
        return FLAGS[cell]
    if NUMBER.fullmatch(cell) and kinds != {"boolean"}:
        return float(cell) if "." in cell else int(cell)
    return str(cell)
