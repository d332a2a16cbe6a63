"""Quantities on the command line: rates, durations, shares; each callback says what would be right."""

import re

import click

from simulator.load.thresholds import Allowed
from simulator.scenario.plain import seconds

RATE = re.compile(r"(\d{1,7}(?:\.\d{1,3})?)(?:/(s|m|h))?")
SECONDS = {"s": 1, "m": 60, "h": 3600}
FAILURES = re.compile(r"(\d{1,9})|(\d{1,3}(?:\.\d{1,4})?)%")
LONGEST_SECONDS = 24 * 3600.0


def rate(_: click.Context, parameter: click.Parameter, value: str) -> float:
    """Calls a second, from 200/s, 12000/m or 200."""
    found = RATE.fullmatch(value)
    a_second = float(found[1]) / SECONDS[found[2] or "s"] if found else 0.0
    if not a_second:
        raise click.BadParameter(f"{value!r} is no rate of calls such as 200/s or 90/m", param=parameter)
    return a_second


def duration(_: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    """Seconds, from 500ms, 60s, 5m or 1h."""
    if value is None:
        return None
    try:
        found = seconds(value)
    except ValueError:
        found = 0.0
    if not 0 < found <= LONGEST_SECONDS:
        raise click.BadParameter(
            f"{value!r} is no duration such as 500ms, 60s, 5m or 1h (24h at most)", param=parameter
        )
    return found


def milliseconds(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    """Milliseconds, from the same words."""
    found = duration(context, parameter, value)
    return None if found is None else found * 1000


def allowed(_: click.Context, parameter: click.Parameter, value: str) -> Allowed:
    """A number of failures, or a share of everything in percent."""
    found = FAILURES.fullmatch(value)
    if not found or float(found[2] or 0) > 100:
        raise click.BadParameter(
            f"{value!r} is neither a number of failures such as 10 nor a share such as 1%", param=parameter
        )
    return Allowed(count=int(found[1])) if found[1] else Allowed(share=float(found[2]) / 100)
