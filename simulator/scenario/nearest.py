"""The nearest valid name, and the nearest miss of a value, for sentences."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

LONG = 30
"""From so many characters on one does not see at once where two texts differ."""
AROUND = 10
NAMES_SHOWN = 20


def suggestion(name: object, known: Iterable[object]) -> str:
    """`; did you mean 'x'?` for a name that resembles a known one, else nothing."""
    near = get_close_matches(str(name), [str(one) for one in known], 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def members_near(path: str, value: object) -> str:
    """What an object has where a member is missing: the one that was meant, or all of them."""
    if not isinstance(value, Mapping):
        return ""
    near = suggestion(path, value).removeprefix("; ")
    names = [str(name) for name in value]
    more = f" … and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return near or (f"it has: {', '.join(names[:NAMES_SHOWN])}{more}" if names else "it has no members")


def first_difference(wanted: Any, got: Any) -> str:
    """Where two long texts begin to differ; nothing for short ones and for other values."""
    if not (isinstance(wanted, str) and isinstance(got, str)) or min(len(wanted), len(got)) < LONG:
        return ""
    same = next((at for at, (one, other) in enumerate(zip(wanted, got, strict=False)) if one != other), None)
    if same is None:
        return f"{len(got)} characters, instead of {len(wanted)}"
    start = max(0, same - AROUND)
    return f"different from character {same + 1} on: {got[start : same + AROUND]!r}, instead of {wanted[start : same + AROUND]!r}"
