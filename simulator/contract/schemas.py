"""One compiled validator a JSON Schema of `schemas/`: a fast verdict, and sentences where a person reads them.

The verdict is jsonschema-rs's, the sentences are the reference library's; a test proves that they agree. Neither may
fetch anything: a `$ref` reaches our own `$id`s, read from this installation's folder, and nothing else.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import orjson

from simulator.resources import folder, read_bytes

ID_PREFIX = "https://pnsim.dev/schemas/"
NOT_SCHEMAS = ("codes/", "editions.json", "faults.json", "mixes.json", "profile.json")


class UnknownSchemaError(LookupError):
    """There is no such schema; the sentence names the nearest one."""


class RemoteReferenceError(LookupError):
    """A schema refers to something outside this installation, which is never fetched."""


class Validator:
    """The two verdicts on values of one schema, compiled when it is made."""

    __slots__ = ("is_valid", "name", "schema")

    is_valid: Callable[[object], bool]  # the compiled function itself: one call on the hot path, not two

    def __init__(self, name: str, schema: dict[str, Any]) -> None:
        """Compile `schema`; raises ValueError of jsonschema-rs for a schema that is none."""
        self.name = name
        self.schema = schema
        fast = import_module("jsonschema_rs")  # 21 ms, paid by programs that validate
        self.is_valid = fast.Draft202012Validator(schema, retriever=retrieve).is_valid

    def violations(self, value: object) -> list[str]:
        """What is wrong, ordered by place: "at /statusInfo/stateCode: 'x' is not of type 'integer'"; [] when valid."""
        found = sorted((_place(fault.way), fault.message) for fault in self.faults(value))
        return [f"at {place}: {message}" for place, message in found]

    def faults(self, value: object) -> Iterator["Fault"]:
        """What is wrong, rule by rule, for those who sort it."""
        for error in _reference(orjson.dumps(self.schema)).iter_errors(value):
            way = tuple(error.absolute_path)
            yield Fault(way, error.validator, error.validator_value, error.schema, error.instance, error.message)


class Fault(NamedTuple):
    """One rule of a schema that a value breaks: where, which rule, what it asks for, its schema, what is there."""

    way: tuple[str | int, ...]
    rule: str
    wanted: Any
    schema: Mapping[str, Any]
    value: Any
    message: str


@cache
def names() -> tuple[str, ...]:
    """The name of every schema: its path in `schemas/` without ".json", e.g. "notifications/axb/callin"."""
    root = folder("schemas")
    paths = (path.relative_to(root).as_posix() for path in root.rglob("*.json"))
    return tuple(sorted(path.removesuffix(".json") for path in paths if not path.startswith(NOT_SCHEMAS)))


def load(name: str) -> dict[str, Any]:
    """The schema `name` as fresh JSON; raises UnknownSchemaError with the nearest name."""
    if name not in names():
        near = difflib.get_close_matches(name, names(), 1, 0)
        raise UnknownSchemaError(f"no schema {name!r}; the nearest is {near[0]!r}")
    schema: dict[str, Any] = orjson.loads(read_bytes(f"schemas/{name}.json"))
    return schema


@cache
def known(name: str) -> dict[str, Any]:
    """The schema `name` for those who only look at it: read once, and nobody's to change. Raises UnknownSchemaError."""
    return load(name)


@cache
def validator(name: str) -> Validator:
    """The compiled validator of the schema `name`, made once; raises UnknownSchemaError."""
    return Validator(name, load(name))


def retrieve(uri: str) -> dict[str, Any]:
    """The schema of one of our own `$id`s; raises RemoteReferenceError for every other address."""
    if not uri.startswith(ID_PREFIX):
        raise RemoteReferenceError(f"a schema refers to {uri!r}; only {ID_PREFIX}… is there, and nothing is fetched")
    return load(uri.removeprefix(ID_PREFIX).partition("#")[0].removesuffix(".json"))


@cache
def _reference(schema: bytes) -> Any:
    jsonschema = import_module("jsonschema")  # 76 ms, paid only where a sentence is asked for
    referencing = import_module("referencing")  # comes with jsonschema
    registry = referencing.Registry(retrieve=lambda uri: referencing.Resource.from_contents(retrieve(uri)))
    return jsonschema.Draft202012Validator(orjson.loads(schema), registry=registry)


def _place(path: Iterable[object]) -> str:
    return "/" + "/".join(str(part) for part in path)
