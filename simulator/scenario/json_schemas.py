"""JSON Schemas that a scenario brings along: written in it, or in a file beside it. Nothing is fetched.

Their patterns are a stranger's regular expressions: only jsonschema-rs, whose engine bounds them, ever runs them.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from simulator.scenario import sources

LIMIT_BYTES = 256 * 1024
SHOWN = 3
"""Violations that are told."""
CUT = 300


class BadSchema(ValueError):
    """What stands in the place of a schema is none; the sentence says why."""


def schema_of(given: object, folder: Path) -> Mapping[str, Any]:
    """The schema, read from the file beside the scenario where it is named; raises BadSchema."""
    schema = _read(str(given), folder) if isinstance(given, str) else given
    if not isinstance(schema, dict):
        raise BadSchema(f"schema is {schema!r:.60}, instead of a JSON Schema in {{ }}")
    _compiled(orjson.dumps(schema))
    return schema


def violations(schema: Mapping[str, Any], value: object) -> list[str]:
    """What is wrong with a value, the first few; [] when nothing is."""
    found = []
    for error in _compiled(orjson.dumps(schema)).iter_errors(value):
        place = "/" + "/".join(str(part) for part in error.instance_path)
        found.append(f"at {place}: {str(error.message)[:CUT]}")
        if len(found) == SHOWN:
            break
    return found


def _read(name: str, folder: Path) -> object:
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise BadSchema(f"schema is {name!r}, instead of a file beside the scenario or below it")
    path = folder / name
    try:
        raw = sources.read(path, LIMIT_BYTES + 1)
    except OSError as error:
        raise BadSchema(f"schema names {str(path)!r}, which cannot be read: {error.strerror}") from None
    if len(raw) > LIMIT_BYTES:
        raise BadSchema(f"schema names {str(path)!r}, which has more than {LIMIT_BYTES // 1024} KiB")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadSchema(f"schema names {str(path)!r}, which is no JSON: {error}") from None


@lru_cache(maxsize=64)
def _compiled(schema: bytes) -> Any:
    fast = import_module("jsonschema_rs")  # 21 ms, paid where a scenario brings a schema
    try:
        return fast.Draft202012Validator(orjson.loads(schema), retriever=_nothing)
    except ValueError as error:
        raise BadSchema(f"schema is none that can be used: {str(error).partition(chr(10))[0][:CUT]}") from None


def _nothing(address: str) -> None:
    raise ValueError(f"a schema refers to {address!r}: nothing is fetched, put it under $defs")
