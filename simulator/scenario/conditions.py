"""Conditions in CEL, the Common Expression Language (https://cel.dev): `when:` on a step, `if:`, the `when` of a go_to.

They see values and compare them; they call nothing of ours, loop over nothing but a list, and always end: an
expression has at most 500 characters and two macros (all, exists, exists_one, map, filter).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from simulator.scenario.nearest import suggestion
from simulator.scenario.shapes import shown

LIMIT_LENGTH = 500
LIMIT_MACROS = 2
MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_][A-Za-z0-9_]*)\s*,")
HOLE = re.compile(r"\$\{([^{}]*)\}")
FUNCTIONS = (
    "size", "has", "startsWith", "endsWith", "contains", "matches", "int", "uint", "double", "string", "bool", "type",
    "min", "max", "duration", "timestamp",
)  # fmt: skip
TYPES = ("int", "uint", "double", "string", "bool", "list", "map", "null_type", "bytes")
SYNTAX = re.compile(r"<input>:1:(\d+): Syntax error: (.*)")


class ConditionError(ValueError):
    """A condition that is none, or that cannot be decided; the sentence says why."""


def problems(expression: str, known: Sequence[str]) -> Iterator[str]:
    """What is wrong with a condition, before anything has been seen; `known` are the names it may use."""
    try:
        program = compiled(expression)
    except ConditionError as wrong:
        yield str(wrong)
        return
    own = set(MACRO.findall(expression))
    for name in program.variables():
        if name not in known and name not in own and name not in TYPES:
            there = ", ".join(known)
            yield f"{_quoted(expression)} names {name!r}, instead of a name that is known here ({there}){suggestion(name, known)}"
    for name in program.functions():
        if name.isidentifier() and name not in FUNCTIONS:
            there = ", ".join(FUNCTIONS)
            yield f"{_quoted(expression)} calls {name!r}, instead of one of: {there}{suggestion(name, FUNCTIONS)}"


@lru_cache(maxsize=1000)
def compiled(expression: str) -> Any:
    """The condition's program; raises ConditionError."""
    from cel import compile as read  # noqa: PLC0415 - half a second, paid only where there is a condition

    if len(expression) > LIMIT_LENGTH:
        raise ConditionError(f"a condition has {len(expression)} characters, instead of at most {LIMIT_LENGTH}")
    hole = HOLE.search(expression)
    if hole:
        raise ConditionError(f"{_quoted(expression)} has {hole[0]}, instead of the bare name: {hole[1]}")
    if len(MACRO.findall(expression)) > LIMIT_MACROS:
        raise ConditionError(
            f"{_quoted(expression)} has more than {LIMIT_MACROS} of all, exists, exists_one, map, filter"
        )
    try:
        return read(expression)
    except ValueError as error:
        raise ConditionError(f"{_quoted(expression)} is no condition: {_where(str(error))}") from None


def holds(expression: str, names: Mapping[str, Any]) -> bool:
    """Whether a condition is true of these values; raises ConditionError."""
    program = compiled(expression)
    try:
        value = program.execute(dict(names))
    except KeyError as error:
        raise ConditionError(f"{_quoted(expression)} cannot be decided: there is no {error.args[0]} yet") from None
    except (RuntimeError, TypeError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise ConditionError(f"{_quoted(expression)} cannot be decided: {_short(str(error))}") from None
    if not isinstance(value, bool):
        raise ConditionError(
            f"{_quoted(expression)} is {shown(value)}, instead of true or false: compare it with something"
        )
    return value


def _quoted(expression: str) -> str:
    return f"the condition {shown(expression)}"


def _where(text: str) -> str:
    """What the library says of a wrong expression, without its drawing and its list of tokens."""
    found = SYNTAX.search(text)
    if found is None:
        return _short(text)
    said = found[2].split(" expecting ")[0].replace("'<EOF>'", "end").replace("mismatched input", "unexpected")
    return f"at its character {found[1]}: {said}"


def _short(text: str) -> str:
    return text.partition("\n")[0].split(". ")[0].rstrip(".")
