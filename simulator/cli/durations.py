"""Durations of the story on the command line: 90s, 1h30m, 7d."""

import re

import click

from simulator.scenario.plain import UNITS

PIECE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)", re.ASCII)
WHOLE = re.compile(rf"(?:{PIECE.pattern})+", re.ASCII)
LONGEST_DAYS = 3660


def story_seconds(text: str) -> float:
    """The seconds of a duration; raises click.UsageError with what would be one."""
    found = PIECE.findall(text) if WHOLE.fullmatch(text) else []
    units = [unit for _, unit in found]
    seconds = round(sum(float(number) * UNITS[unit] for number, unit in found), 6)
    if not found or len(set(units)) < len(units) or seconds > LONGEST_DAYS * UNITS["d"]:
        raise click.UsageError(f"{text!r} is no duration such as 90s, 1h30m or 7d ({LONGEST_DAYS}d at most)")
    return seconds
