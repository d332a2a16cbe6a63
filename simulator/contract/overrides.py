"""`path=value`: a member of a body set to something else; a path that leads nowhere is refused with the nearest one.

A path is written from the root (`statusInfo.stateCode`), from anywhere below where that is clear (`stateCode`), in
snake case (`state_code`), or with the core's word for it (`cause`: `x-notifications` of schemas/scenario.json). A list is
gone through by an index (`feeLst.0.callerNum`) or, without one, as a whole.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson

from simulator.contract.schemas import load

Json = dict[str, Any]
EVERY = "*"
"""Where a path goes through the items of a list."""
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
INDEX = re.compile(r"\[(\d{1,3})\]")
SHOWN = 80


class OverrideError(ValueError):
    """A setting that is none, or whose path leads nowhere; the sentence says what would be right."""


class Place(NamedTuple):
    """A member that can be set: the way to it, what its schema says of it, and who stands beside it."""

    way: tuple[str, ...]
    rule: Mapping[str, Any]
    siblings: tuple[str, ...]

    @property
    def path(self) -> str:
        """As it is written from the root."""
        return ".".join(step for step in self.way if step != EVERY)

    @property
    def is_leaf(self) -> bool:
        """Whether nothing is beneath it."""
        return "properties" not in self.rule and "items" not in self.rule


def snake(name: str) -> str:
    """A wire name in snake case."""
    return HUMP.sub("_", name).lower()


@cache
def places(schema: str) -> Sequence[Place]:
    """Every member of the notifications of a schema, in the order of the samples."""
    return tuple(_walk(load(schema), ()))


def words(schema: str) -> Mapping[str, str]:
    """The core's words that its members can be named by, each with the path it stands for."""
    found = {word: next(_by_word([word], places(schema)), None) for word in _words()}
    return {word: one[0].path for word, one in found.items() if one is not None}


def overridden(body: Json, settings: Sequence[str], schema: str) -> Json:
    """`body` with the settings carried out, in their order; raises OverrideError. The schema's verdict is not asked."""
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals or not path:
            raise OverrideError(f"{_shown(setting)} is not path=value, such as {_example(schema)}")
        place, indexes = _find(path, schema)
        _put(body, place, indexes, _value(text, place.rule, path))
    return body


def _walk(rule: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Place]:
    properties = rule.get("properties", {})
    for name, inner in properties.items():
        here = (*above, name)
        yield Place(here, inner, tuple(properties))
        yield from _walk(inner, here)
    if "items" in rule:
        yield from _walk(rule["items"], (*above, EVERY))


@cache
def _words() -> Mapping[str, Sequence[str]]:
    words: Mapping[str, Sequence[str]] = load("scenario")["x-notifications"]
    return words


def _find(path: str, schema: str) -> tuple[Place, list[str]]:
    """The place that a path names, and the indexes it gives, one a list (EVERY: all of it)."""
    steps = INDEX.sub(r".\1", path).split(".")
    known = places(schema)
    found = [(place, indexes) for place in known if (indexes := _match(steps, place.way)) is not None]
    found = [one for one in found if one[0].path == ".".join(_names(steps))] or found
    found = found or [*_by_word(steps, known)]
    if len(found) == 1:
        return found[0]
    if found:
        raise OverrideError(f"{_shown(path)} may be {' or '.join(one[0].path for one in found)}; write one of them")
    raise OverrideError(f"{_shown(path)} leads nowhere in {schema}; {_nearest(steps, known)}")


def _names(steps: Sequence[str]) -> list[str]:
    return [step for step in steps if not _is_index(step)]


def _by_word(steps: Sequence[str], known: Sequence[Place]) -> Iterator[tuple[Place, list[str]]]:
    """The place behind a word of the core; of several names that it stands for, the first that is there."""
    *above, last = steps
    for name in _words().get(last, ()):
        for place in known:
            indexes = _match([*above, name], place.way)
            if indexes is not None:
                yield place, indexes
                return


def _match(steps: Sequence[str], way: Sequence[str]) -> list[str] | None:
    """The indexes for the lists on the way if its end reads like the steps, else None."""
    left, indexes = list(steps), []
    for name in reversed(way):
        if name == EVERY:
            indexes.append(left.pop() if left and _is_index(left[-1]) else EVERY)
        elif left and left[-1] in (name, snake(name)):
            left.pop()
        elif left:
            return None
    return None if left else indexes[::-1]


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdecimal() and len(step) <= 3


def _nearest(steps: Sequence[str], known: Sequence[Place]) -> str:
    """The place that a misspelled path may mean: by its last name, else by all of it."""
    by_name = {name: place.path for place in known for name in (place.way[-1], snake(place.way[-1]))}
    by_name |= {word: found[0].path for word in _words() for found in [*_by_word([word], known)][:1]}
    wanted = _names(steps)
    near = difflib.get_close_matches((wanted or [""])[-1][:SHOWN], by_name, 1, 0.5)
    if near:
        return f"did you mean {by_name[near[0]]}?"
    paths = [place.path for place in known]
    return f"the nearest is {difflib.get_close_matches('.'.join(wanted)[:SHOWN], paths, 1, 0)[0]}"


def _value(text: str, rule: Mapping[str, Any], path: str) -> object:
    """JSON where it is some, else text; in a member that holds text nothing but a text or null is taken for JSON.

    So a phone number stays one, and a service type keeps its zeros.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise OverrideError(f"the value of {_shown(path)} is no UTF-8 text") from None
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return parsed if parsed is None or isinstance(parsed, str) or not _holds_text(rule) else text


def _holds_text(rule: Mapping[str, Any]) -> bool:
    if "type" in rule:
        return bool(rule["type"] == "string")
    values = [rule["const"]] if "const" in rule else rule.get("enum", [0])
    return all(isinstance(value, str) for value in values)


def _put(body: Json, place: Place, indexes: Sequence[str], value: object) -> None:
    """Set it wherever the way leads; a member that was not there stands where the samples have it."""
    targets: list[Any] = [body]
    lists = iter(indexes)
    for step in place.way[:-1]:
        if step == EVERY:
            targets = [item for target in targets for item in _items(target, next(lists), place)]
        else:
            targets = [_inside(target, step) for target in targets]
    name, order = place.way[-1], {sibling: rank for rank, sibling in enumerate(place.siblings)}
    for target in targets:
        if not isinstance(target, dict):
            raise OverrideError(f"{place.path} goes through {_shown(str(target))}, which is no object")
        members = sorted({**target, name: value}.items(), key=lambda member: order[member[0]])
        target.clear()
        target.update(members)


def _inside(target: Any, step: str) -> Any:
    if not isinstance(target, dict):
        return target
    return target.setdefault(step, {})


def _items(target: Any, index: str, place: Place) -> list[Any]:
    if not isinstance(target, list):
        raise OverrideError(f"{place.path} goes through a list that is not there")
    if index == EVERY:
        return target
    if int(index) >= len(target):
        raise OverrideError(f"{place.path} has {len(target)} in its list here, counted from 0; there is no {index}")
    return [target[int(index)]]


def _example(schema: str) -> str:
    return f"{places(schema)[-1].path}=…"


def _shown(text: str) -> str:
    """What was given, as far as a line goes."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")
