"""Steps of a draft as YAML, with what could not be known as comments."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
RESERVED = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


class Step(NamedTuple):
    """One step: its word, its keys, and what is to be said of it."""

    word: str
    keys: Mapping[str, Any] | str
    remarks: Sequence[str] = ()


def lines_of(step: Step) -> Iterator[str]:
    """A step as lines of a scenario; remarks stand above it."""
    for remark in step.remarks:
        yield f"  # {remark}"
    if isinstance(step.keys, str):
        yield f"  - {step.word}: {step.keys}"
    elif step.word == "expect":
        yield "  - expect:"
        yield from (f"      {key}: {value_of(value)}" for key, value in step.keys.items())
    else:
        yield f"  - {step.word}: {value_of(step.keys)}"


def value_of(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {value_of(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(value_of, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    is_plain = bool(value) and set(value) <= PLAIN and not value[0].isdigit() and value.lower() not in RESERVED
    is_duration = value[:-1].isdigit() and value[-1:] in ("s", "m", "h", "d")
    if is_plain or is_duration:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
