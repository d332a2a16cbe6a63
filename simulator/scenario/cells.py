"""Values of a CSV file or of `${…}` in a scenario's tree: read as what is wanted where they stand, by its schema."""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.scenario.placed import Map, Seq
from simulator.scenario.shapes import is_right
from simulator.scenario.variables import Cell, read, written

Schema = Mapping[str, Any]
Resolve = Callable[[Schema], Schema]


def fitted(value: Any, schema: Schema, resolve: Resolve) -> Any:
    """The tree with every cell read."""
    schemas = _alternatives(schema, resolve)
    if isinstance(value, Cell):
        return read(value, {_type(one) for one in schemas if _type(one)})
    if isinstance(value, int | float):
        return _as_text(value, schemas)
    if isinstance(value, Map):
        members = {key: fitted(member, _of_key(schemas, value, key), resolve) for key, member in value.items()}
        return Map(members, value.keys_at, value.values_at)
    if isinstance(value, Seq):
        items: Schema = next((one["items"] for one in schemas if "items" in one), {})
        return Seq((fitted(item, items, resolve) for item in value), value.items_at)
    return value


def _as_text(value: float, schemas: list[Schema]) -> Any:
    """A number or truth value as the text that is wanted in its place; itself, where it is wanted or no text fits."""
    if any(is_right(value, one) for one in schemas):
        return value
    texts = [one for one in schemas if one.get("type") == "string" and not one.get("x-number")]
    text = written(value)
    return text if any(is_right(text, one) for one in texts) else value


def _alternatives(schema: Schema, resolve: Resolve) -> list[Schema]:
    """The schemas that a value may obey, without that of a `${…}`."""
    schema = resolve(schema)
    choices = schema.get("anyOf", schema.get("oneOf"))
    if choices is None:
        return [schema]
    return [one for choice in choices for one in _alternatives(choice, resolve) if "x-hole" not in one]


def _type(schema: Schema) -> str:
    """The JSON type that a schema asks for; texts where it lists them."""
    if "enum" in schema:
        return "string" if isinstance(schema["enum"][0], str) else "boolean"
    return str(schema.get("type", ""))


def _of_key(schemas: list[Schema], value: Map, key: object) -> Schema:
    """The schema of a member; of a step, by what it does."""
    for schema in schemas:
        required = schema.get("required", ())
        known = schema.get("properties", {})
        if key in known and (len(schemas) == 1 or all(name in value for name in required)):
            found: Schema = known[key]
            return found
    others = next((one.get("additionalProperties") for one in schemas), None)
    return others if isinstance(others, Mapping) else {}
