"""Checks a YAML tree against the language's JSON Schema, with sentences that teach and the place of every fault.

It walks the subset of JSON Schema that `schemas/scenario.json` uses; a test proves that its verdict is that of the
reference library. `x-right` in the schema says what would be right, `x-number` that a bare number was meant as text.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from simulator.scenario.nearest import suggestion
from simulator.scenario.places import Place, Problem, of_key, of_value
from simulator.scenario.variables import is_open

Schema = Mapping[str, Any]
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
}  # fmt: skip
HOLE = "x-hole"
"""Marks the alternative of a schema that is a `${…}`: it is put in, and checked, later."""

RIGHT = {"string": "text", "boolean": "true or false", "array": "a list", "object": "a mapping"}


class Shapes:
    """The walker of one schema document; `problems` yields every fault of a value."""

    def __init__(self, root: Schema) -> None:
        self._root = root

    def problems(self, value: object, schema: Schema, where: str, place: Place) -> Iterator[Problem]:
        """What is wrong with `value`, which stands at `place` and is called `where` in sentences."""
        schema = self.resolve(schema)
        if "oneOf" in schema:
            yield from self._step(value, schema, place)
        elif "anyOf" in schema:
            yield from self._any(value, schema, where, place)
        elif sentence := complaint(value, schema, where):
            yield Problem(place, sentence)
        elif isinstance(value, dict):
            yield from self._mapping(value, schema, where, place)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                at = of_value(value, index, place)
                yield from self.problems(item, schema.get("items", {}), f"{where}[{index + 1}]", at)

    def resolve(self, schema: Schema) -> Schema:
        """`schema` with its `$ref` into this document followed; members beside the `$ref` win."""
        if "$ref" not in schema:
            return schema
        target = self._root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return {**self.resolve(target), **{key: member for key, member in schema.items() if key != "$ref"}}

    def _any(self, value: object, schema: Schema, where: str, place: Place) -> Iterator[Problem]:
        choices = [self.resolve(choice) for choice in schema["anyOf"]]
        if is_open(value) and any(HOLE in choice for choice in choices):
            return
        choices = [choice for choice in choices if HOLE not in choice]
        fitting = next((choice for choice in choices if "type" in choice and is_a(value, choice["type"])), choices[0])
        yield from self.problems(value, fitting, where, place)

    def _mapping(self, value: dict[Any, Any], schema: Schema, where: str, place: Place) -> Iterator[Problem]:
        known = schema.get("properties", {})
        others = schema.get("additionalProperties", True)
        for name in schema.get("required", ()):
            if name not in value:
                meaning = self.resolve(known[name]).get("description", "")
                yield Problem(place, f"{where or 'a step'} lacks {name!r}" + (f": {meaning}" if meaning else ""))
        for key, member in value.items():
            inner = known.get(key, others)
            if inner is False:
                yield Problem(of_key(value, key, place), unknown_key(where, key, list(known), value))
                continue
            yield from self._name(key, schema, where, of_key(value, key, place))
            if isinstance(inner, Mapping):
                yield from self.problems(member, inner, _joined(where, key), of_value(value, key, place))

    def _name(self, key: object, schema: Schema, where: str, place: Place) -> Iterator[Problem]:
        rule = schema.get("propertyNames")
        if rule:
            yield from self.problems(key, rule, f"a key of {where}", place)

    def _step(self, value: object, schema: Schema, place: Place) -> Iterator[Problem]:
        """A step is a mapping that does one thing; the thing's name chooses the alternative."""
        alternatives = {choice["required"][0]: choice for choice in schema["oneOf"]}
        if not isinstance(value, dict) or not value:
            said = _sized(value) if value == {} else shown(value)
            what = f"a step is {said}, instead of a mapping with one of: {', '.join(alternatives)}"
            yield Problem(place, what)
            return
        known = [key for key in value if key in alternatives]
        doing = [key for key in known if key != "expect"] or known
        if len(doing) != 1:
            yield from _not_one(value, doing, list(alternatives), place)
            return
        if "expect" in value and "expect" not in alternatives[doing[0]]["properties"]:
            what = f"an expect stands beside {doing[0]}, instead of in a step of its own: put a '-' before it"
            yield Problem(of_key(value, "expect", place), what)
            return
        yield from self._mapping(value, alternatives[doing[0]], "", place)


def _not_one(value: dict[Any, Any], doing: list[Any], kinds: list[str], place: Place) -> Iterator[Problem]:
    if doing:
        what = f"a step does {' and '.join(doing)}, instead of one thing: write two steps"
        yield Problem(of_key(value, doing[1], place), what)
    for key in value if not doing else ():
        yield Problem(of_key(value, key, place), unknown_key("a step", key, kinds))


def _joined(where: str, key: object) -> str:
    return f"{where}.{key}" if where and where != "a scenario" else str(key)


def is_a(value: object, kind: str) -> bool:
    """Whether a YAML value is of a JSON Schema type; booleans are no integers."""
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def unknown_key(where: str, key: object, known: list[str], given: Collection[object] = ()) -> str:
    """The sentence for a key that the language does not have; rather one that is not `given` yet was meant."""
    near = suggestion(key, [one for one in known if one not in given]) or suggestion(key, known) or "."
    return f"{where or 'a step'} has no key {str(key)!r}{near} It knows: {', '.join(known)}"


def complaint(value: object, schema: Schema, where: str) -> str:
    """What is wrong with a value itself, not with what is in it; empty when nothing is."""
    if "enum" in schema:
        return _choice(value, schema, where)
    kind = schema.get("type")
    if kind is None:
        return ""
    if not is_a(value, kind):
        return f"{where} is {shown(value)}, instead of {_quoted(value, schema) or right(schema)}"
    if not _fits(value, schema):
        near = suggestion(value, schema.get("x-choices", []))
        return f"{where} is {_sized(value)}, instead of {right(schema)}{near}"
    return ""


def is_right(value: object, schema: Schema) -> bool:
    """Whether a value that is neither mapping nor list obeys a schema."""
    return not complaint(value, schema, "")


def _choice(value: object, schema: Schema, where: str) -> str:
    choices = schema["enum"]
    if any(value == choice and isinstance(value, bool) == isinstance(choice, bool) for choice in choices):
        return ""
    wanted = schema.get("x-right") or f"one of: {', '.join(map(str, choices))}"
    near = suggestion(value, choices) if len(choices) > 1 else ""
    return f"{where} is {shown(value)}, instead of {wanted}{near}"


def _fits(value: Any, schema: Schema) -> bool:
    if isinstance(value, str):
        return _text_fits(value, schema)
    if isinstance(value, list | dict):
        least, most = schema.get("minItems", schema.get("minProperties", 0)), schema.get("maxItems", len(value))
        return bool(least <= len(value) <= most)
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def _text_fits(value: str, schema: Schema) -> bool:
    """Patterns are the language's own, never a user's."""
    long_enough = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    return long_enough and ("pattern" not in schema or re.search(schema["pattern"], value) is not None)


def right(schema: Schema) -> str:
    """What would be right, in words."""
    if "x-right" in schema:
        return str(schema["x-right"])
    kind = schema["type"]
    limits = [schema.get(name) for name in ("minimum", "minLength", "minItems", "minProperties")]
    least = next((limit for limit in limits if limit is not None), None)
    most = next((schema[name] for name in ("maximum", "maxLength", "maxItems") if name in schema), None)
    size = f"{least or 0} to {most}" if most is not None else f"{least} or more" if least else ""
    if kind == "integer":
        return f"a whole number from {size}" if most is not None else f"a whole number of {least or 0} or more"
    unit = {"string": " characters", "array": " items", "object": " members"}.get(kind, "")
    return f"{RIGHT[kind]} of {size}{unit}" if size else RIGHT[kind]


def _quoted(value: object, schema: Schema) -> str:
    """The same value in quotes, where a bare number was meant as text."""
    if schema["type"] != "string" or isinstance(value, bool) or not isinstance(value, int):
        return ""
    text = f"+{value}" if schema.get("x-number") and value >= 0 else str(value)
    return f'text in quotes: "{text}"' if _text_fits(text, schema) and "pattern" in schema else ""


def _sized(value: object) -> str:
    """A value whose size may be what is wrong with it."""
    if not isinstance(value, dict | list):
        return shown(value)
    what, of = ("mapping", "members") if isinstance(value, dict) else ("list", "items")
    return f"a {what} of {len(value):,} {of if len(value) != 1 else of[:-1]}" if value else f"an empty {what}"


def shown(value: object) -> str:
    """A value as a sentence shows it, cut where it is long."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"the number {int(value)}"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(str(value))
    return text if len(text) <= 60 else f"{text[:57]}…'"
