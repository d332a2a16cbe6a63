"""Plain values out of what YAML carries: without places, durations as seconds."""

import re
from typing import Any

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text: str) -> float:
    """The seconds of a duration such as `500ms` or `7d`."""
    found = re.fullmatch(r"([0-9.]+)(ms|s|m|h|d)", text)
    if found is None:
        raise ValueError(f"{text!r} is no duration such as 500ms, 2s, 3m, 1h or 7d")
    return round(float(found[1]) * UNITS[found[2]], 6)


def plain(value: Any) -> Any:
    """A YAML value without the places it carries."""
    if isinstance(value, dict):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value
