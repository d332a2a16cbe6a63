"""Judging a journal: how many rows match, or whether some come in an order."""

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.client import shapes
from simulator.control.problems import Problem
from simulator.exchange.matching import MISSING, NearMiss, matches, nearest

COUNTS = ("exactly", "at_least", "at_most")
DEMANDS = (*COUNTS, "never", "in_order")


def judge(demand: Mapping[str, Any], rows: Iterable[shapes.Row]) -> shapes.Verified:
    """The verdict on rows, oldest first; raises Problem 422 when the demand contradicts itself."""
    given = [name for name in DEMANDS if demand[name] is not None]
    if len(given) > 1:
        raise Problem(422, "contradiction", f"{' and '.join(given)} cannot be demanded together; give one of them")
    if demand["in_order"] is not None:
        if demand["match"] is not None:
            raise Problem(422, "contradiction", "in_order has its own matches; leave match out")
        return _in_order(demand["in_order"], list(rows))
    if demand["match"] is None:
        raise Problem(
            422, "missing member", "the body lacks 'match', or 'in_order' with a list of matches", valid=["match"]
        )
    return _counted(demand, list(rows))


def _counted(demand: Mapping[str, Any], rows: list[shapes.Row]) -> shapes.Verified:
    match = demand["match"]
    found = sum(matches(match, row) for row in rows)
    low, high, words = _bounds(demand)
    passed = low <= found and (high is None or found <= high)
    problem = "" if passed else f"{words} of {match}, found {found} in {len(rows)} journal rows"
    return _verdict(found, problem, nearest(match, rows) if found < low else [])


def _bounds(demand: Mapping[str, Any]) -> tuple[int, int | None, str]:
    """The fewest and the most rows demanded, and how to say so; without a demand one is enough."""
    if demand["never"] is not None:
        return 0, 0, "expected none"
    for name in COUNTS:
        count = demand[name]
        if count is not None:
            low = 0 if name == "at_most" else count
            return low, None if name == "at_least" else count, f"expected {name.replace('_', ' ')} {count}"
    return 1, None, "expected at least 1"


def _in_order(demanded: list[Mapping[str, object]], rows: list[shapes.Row]) -> shapes.Verified:
    """Each match must be found after the one before it."""
    start = 0
    for found, match in enumerate(demanded):
        index = next((i for i in range(start, len(rows)) if matches(match, rows[i])), None)
        if index is None:
            earlier = any(matches(match, row) for row in rows[:start])
            why = "is in the journal only before the one that should precede it" if earlier else "is not in the journal"
            problem = f"of {len(demanded)} in order, number {found + 1} {why}: {match}"
            return _verdict(found, problem, nearest(match, rows[start:]))
        start = index + 1
    return _verdict(len(demanded), "", [])


def _verdict(found: int, problem: str, near: list[NearMiss]) -> shapes.Verified:
    shown: list[shapes.NearMiss] = [{"row": miss.row, "differences": _differences(miss)} for miss in near]
    return {"passed": not problem, "found": found, "problem": problem, "nearest": shown}


def _differences(miss: NearMiss) -> list[shapes.Difference]:
    return [
        {
            "path": one.path,
            "expected": one.expected,
            "got": None if one.got is MISSING else one.got,
            "missing": one.got is MISSING,
        }
        for one in miss.differences
    ]
