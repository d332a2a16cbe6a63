"""The settings of the platform profile as `schemas/profile.json` lists them, and the check of one override.

A setting is what the platform's documents leave open: its default, where that comes from, and what else it may be.
"""

import difflib
import math
import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from simulator.contract.codes import hangup_causes, result_codes
from simulator.contract.operations import operations
from simulator.resources import read_bytes

NONE_WORD = "none"  # TOML has no null: this word stands for it
Problem = str | None


class ProfileError(ValueError):
    """An override that is refused; the sentence says where, which setting, and what would be right."""

    def __init__(self, where: str, setting: str, problem: str) -> None:
        """`where` is the file or place of the override, `setting` its name as written."""
        super().__init__(f"{where}: [profile] {setting} {problem}")
        self.setting = setting


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the profile. `modes` () means every mode; `built` False: listed, not changeable in this version."""

    name: str
    value: Any
    type: str
    provenance: str
    page: str
    modes: tuple[str, ...]
    built: bool
    zh: str
    en: str
    why: str
    items: str | None = None
    choices: tuple[Any, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None
    minimum_length: int = 0
    maximum_length: int | None = None
    minimum_items: int = 0
    placeholders: tuple[str, ...] | None = None
    http_status: int | None = None
    hangup_cause: bool = False
    operation_member: bool = False
    pattern: str | None = None

    def checked(self, value: object, where: str) -> Any:
        """`value` as the profile keeps it: lists as tuples, "none" as None. Raises ProfileError."""
        if not self.built:
            raise ProfileError(where, self.name, f"cannot be changed in this version of pnsim; it stays {self.value!r}")
        if self.type == "nullable_integer" and value in (None, NONE_WORD):
            return None
        problem = self._problem(value)
        if problem:
            raise ProfileError(where, self.name, problem)
        return tuple(value) if isinstance(value, list | tuple) else value

    def _problem(self, value: object) -> Problem:
        if self.type != "list":
            return _scalar_problem(self, self.type, value)
        if not isinstance(value, list | tuple):
            return f"must be a list, not {value!r}"
        if len(value) < self.minimum_items:
            return "must not be empty"
        problems = ((place, _scalar_problem(self, self.items or "string", item)) for place, item in enumerate(value, 1))
        return next((f"item {place} {problem}" for place, problem in problems if problem), None)


@cache
def settings() -> tuple[Setting, ...]:
    """Every setting, in the order of the file."""
    rows = orjson.loads(read_bytes("schemas/profile.json"))["settings"]
    return tuple(Setting(**{key: _frozen(value) for key, value in row.items()}) for row in rows)


@cache
def setting_named(name: str, where: str) -> Setting:
    """The setting of this name; raises ProfileError with the nearest valid name."""
    by_name = {setting.name: setting for setting in settings()}
    if name in by_name:
        return by_name[name]
    near = difflib.get_close_matches(name, by_name, 1, 0)
    raise ProfileError(where, name, f"is no setting; did you mean {near[0]}? `pnsim profile` lists all")


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


# bool is an int in Python; in the profile it is not.
def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


TYPES: dict[str, tuple[str, Callable[[object], bool]]] = {
    "integer": ("a whole number", _is_integer),
    "nullable_integer": ('a whole number or "none"', _is_integer),
    "number": ("a number", _is_number),
    "string": ("a text in quotes", lambda value: isinstance(value, str)),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
}


def _scalar_problem(setting: Setting, kind: str, value: Any) -> Problem:
    words, fits = TYPES[kind]
    if not fits(value):
        return f"must be {words}, not {value!r}"
    if setting.choices is not None:
        return _choice_problem(setting.choices, value)
    if setting.http_status is not None:
        return _code_problem(setting.http_status, value)
    if setting.hangup_cause:
        return None if value in hangup_causes() else f"must be a hangup cause that `pnsim causes` lists, not {value!r}"
    if setting.operation_member:
        return _member_problem(value)
    return _text_problem(setting, value) if isinstance(value, str) else _range_problem(setting, value)


def _choice_problem(choices: tuple[Any, ...], value: object) -> Problem:
    if value in choices:
        return None
    near = difflib.get_close_matches(str(value), [str(choice) for choice in choices], 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"must be one of {', '.join(repr(choice) for choice in choices)}, not {value!r}{hint}"


def _code_problem(http_status: int, code: str) -> Problem:
    known = [row.code for row in result_codes() if row.http_status == http_status]
    if code in known:
        return None
    near = difflib.get_close_matches(code, known, 1, 0)
    return f"must be a result code of HTTP status {http_status}, not {code!r}; the nearest is {near[0]!r}"


def _member_problem(text: str) -> Problem:
    """What is wrong with a `mode.operation.member`; the member is passed over where no request has it."""
    place, _, member = text.rpartition(".")
    known = [f"{row.mode.lower()}.{row.operation}" for row in operations() if row.mode is not None]
    if place in known and member:
        return None
    near = difflib.get_close_matches(place or text, known, 1, 0)
    return f"must be written mode.operation.member, not {text!r}; the nearest operation is {near[0]!r}"


def _range_problem(setting: Setting, value: float) -> Problem:
    low = -math.inf if setting.minimum is None else setting.minimum
    high = math.inf if setting.maximum is None else setting.maximum
    return None if low <= value <= high else f"must be from {low} to {high}, not {value!r}"


def _text_problem(setting: Setting, text: str) -> Problem:
    most = math.inf if setting.maximum_length is None else setting.maximum_length
    if not setting.minimum_length <= len(text) <= most:
        return f"must have {setting.minimum_length} to {most} characters, not {len(text)}"
    if setting.pattern is not None and not re.fullmatch(setting.pattern, text):
        return f"must be of the form {setting.pattern}, not {text!r}"
    return None if setting.placeholders is None else _template_problem(setting.placeholders, text)


def _template_problem(allowed: tuple[str, ...], text: str) -> Problem:
    expected = f"may hold {', '.join('{' + name + '}' for name in allowed) or 'no braces'}"
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        return f"{expected}; {text!r} is no template: {error}"
    fields = [(name, spec, conversion) for _, name, spec, conversion in parts if name is not None]
    wrong = [name for name, spec, conversion in fields if name not in allowed or spec or conversion]
    return f"{expected}{' and nothing else in braces' if allowed else ''}, not {text!r}" if wrong else None
