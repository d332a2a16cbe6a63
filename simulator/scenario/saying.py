"""What a scenario's words stand for in requests to the customer: names alone, and {name} inside a text."""

import re
from collections.abc import Callable, Iterator
from typing import Any

PLATFORM_WORDS = ("platform", "app_key", "app_secret")
"""What stands for how the platform is asked: its address, and what an application signs with."""

_NAMED = re.compile(r"(?<!\$)\{([A-Za-z][A-Za-z0-9_]{0,39})\}")

Look = Callable[[str], object]
"""What a name stands for; the name itself where it stands for nothing."""


def placeholders(value: Any) -> Iterator[str]:
    """The names that stand as {name} in the texts of a value."""
    if isinstance(value, str):
        yield from _NAMED.findall(value)
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from placeholders(member)


def said(value: Any, look: Look) -> Any:
    """A value with what its names stand for."""
    if isinstance(value, dict):
        return {key: said(member, look) for key, member in value.items()}
    if isinstance(value, list):
        return [said(item, look) for item in value]
    return text(value, look) if isinstance(value, str) else value


def text(value: str, look: Look, quoted: Callable[[str], str] = str) -> Any:
    """A text that is a name or has names in it; `quoted` makes them fit where they are put."""
    whole = look(value)
    if whole != value:
        return whole

    def put(found: re.Match[str]) -> str:
        stands_for = look(found[1])
        return found[0] if stands_for == found[1] else quoted(str(stands_for))

    return _NAMED.sub(put, value)
