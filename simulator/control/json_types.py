"""JSON Schemas of the typed shapes that answers have."""

import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from simulator.control.described import Schema

PLAIN: Mapping[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    types.NoneType: {"type": "null"},
    object: {},
    Any: {},
}


class Shapes:
    """Makes schemas, and keeps those of the named shapes that they refer to."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def schema_of(self, kind: Any) -> Schema:
        """The schema of a type; raises TypeError for one that no answer should have."""
        if kind in PLAIN:
            return PLAIN[kind]
        if is_typeddict(kind):
            return self._named(kind)
        origin, inside = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.schema_of(one) for one in inside]}
        if origin is list:
            return {"type": "array", "items": self.schema_of(inside[0])}
        if origin in (dict, Mapping):
            return {"type": "object", "additionalProperties": self.schema_of(inside[1])}
        raise TypeError(f"{kind!r} has no JSON Schema here")

    def closed(self, members: Mapping[str, Any], required: list[str]) -> Schema:
        """The schema of an object with these members and no others."""
        properties = {name: self.schema_of(kind) for name, kind in members.items()}
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

    def _named(self, kind: Any) -> Schema:
        name = kind.__name__
        if name not in self.components:
            self.components[name] = {}  # it may refer to itself
            hints = get_type_hints(kind)
            whole = self.closed(hints, [one for one in hints if one in kind.__required_keys__])
            self.components[name] = {"description": " ".join((kind.__doc__ or "").split()), **whole}
        return {"$ref": f"#/components/schemas/{name}"}
