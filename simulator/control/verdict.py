"""Judging a journal: how many rows match, or whether some come in an order."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator.client import shapes
from simulator.control.problems import Problem
from simulator.exchange.matching import MISSING, Nearest, NearMiss, matches
from simulator.exchange.rows import instant

Rows = Callable[[], AsyncIterator[Sequence[shapes.Row]]]
"""Reads the same rows as often as it is called, a piece at a time: a journal on disk is larger than the memory."""

COUNTS = ("exactly", "at_least", "at_most")
DEMANDS = (*COUNTS, "never", "in_order")
SURPLUS_SHOWN = 3
"""Of the rows that are too many so many are shown, the first ones."""
NOTHING: Mapping[str, Any] = dict.fromkeys(DEMANDS)


async def judge(demand: Mapping[str, Any], rows: Rows, now: datetime) -> shapes.Verified:
    """The verdict on rows, oldest first; raises Problem 422 when the demand contradicts itself."""
    given = [name for name in DEMANDS if demand[name] is not None]
    if len(given) > 1:
        raise Problem(422, "contradiction", f"{' and '.join(given)} cannot be demanded together; give one of them")
    window = Window(demand["since"], demand["until"])
    seen = window.of(rows)
    if demand["in_order"] is not None:
        if demand["match"] is not None:
            raise Problem(422, "contradiction", "in_order has its own matches; leave match out")
        return await _in_order(demand["in_order"], seen, window)
    if demand["match"] is None:
        raise Problem(
            422, "missing member", "the body lacks 'match', or 'in_order' with a list of matches", valid=["match"]
        )
    return await _counted(demand, seen, window, now)


async def judge_all(demands: Iterable[tuple[Mapping[str, Any], Rows]], now: datetime) -> shapes.VerifiedTogether:
    """The verdict on each demand with its rows, and the problems of all that are not met."""
    verdicts = [await judge(demand, rows, now) for demand, rows in demands]
    problems = [f"demands[{number}]: {one['problem']}" for number, one in enumerate(verdicts) if one["problem"]]
    return {"passed": not problems, "problems": problems, "verdicts": verdicts}


async def missed(demand: Mapping[str, Any], rows: Rows) -> dict[str, object]:
    """Why a wait for so many rows was in vain: the sentence, and the rows that come nearest."""
    verdict = await _counted({**NOTHING, **demand}, rows, Window(None, None), None)
    return {"problem": verdict["problem"], "nearest": verdict["nearest"]}


@dataclass(frozen=True, slots=True)
class Window:
    """The instants that a demand is about, both of them in it; None: without that end."""

    since: datetime | None
    until: datetime | None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise Problem(422, "contradiction", "until lies before since: the window has no instant")

    def of(self, rows: Rows) -> Rows:
        """The rows in it."""
        if self == Window(None, None):
            return rows

        async def within() -> AsyncIterator[Sequence[shapes.Row]]:
            async for piece in rows():
                yield [row for row in piece if self._has(str(row["at"]))]

        return within

    def _has(self, at: str) -> bool:
        """Whether an instant is in it; all are texts of one form, so they compare as texts."""
        is_late_enough = self.since is None or at >= instant(self.since)
        return is_late_enough and (self.until is None or at <= instant(self.until))

    def in_words(self, rows: int) -> str:
        """How many rows were looked at, and of which time."""
        since = "" if self.since is None else f" since {instant(self.since)}"
        until = "" if self.until is None else f" until {instant(self.until)}"
        return f"in {rows} journal rows{since}{until}"

    def lasts(self, now: datetime | None) -> bool:
        """Whether more may still happen in it."""
        return self.until is not None and now is not None and now < self.until


async def _counted(demand: Mapping[str, Any], rows: Rows, window: Window, now: datetime | None) -> shapes.Verified:
    match, found, seen = demand["match"], 0, 0
    low, high, words = _bounds(demand)
    surplus: list[NearMiss] = []
    async for piece in rows():
        seen += len(piece)
        for row in piece:
            if matches(match, row):
                found += 1
                if high is not None and found > high and len(surplus) < SURPLUS_SHOWN:
                    surplus.append(NearMiss(row, ()))
    problem = ""
    if found < low or (high is not None and found > high):
        problem = f"{words} of {match}, found {found} {window.in_words(seen)}"
    elif high is not None and window.lasts(now) and now is not None:
        problem = (
            f"{words} of {match}, found {found} so far, but the window lasts until {instant(window.until or now)} and "
            f"it is {instant(now)}: advance the clock first"
        )
    return _verdict(found, problem, await _nearest(match, rows) if found < low else surplus)


async def _nearest(match: Mapping[str, object], rows: Rows, skip: int = 0) -> list[NearMiss]:
    """The near misses after the first `skip` rows."""
    near = Nearest(match)
    async for piece in rows():
        near.look_at(piece[skip:])
        skip = max(0, skip - len(piece))
    return near.misses


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


async def _in_order(demanded: list[Mapping[str, object]], rows: Rows, window: Window) -> shapes.Verified:
    """Each match must be found after the one before it."""
    found = start = seen = 0
    async for piece in rows():
        for row in piece:
            seen += 1
            if found < len(demanded) and matches(demanded[found], row):
                found, start = found + 1, seen
    if found == len(demanded):
        return _verdict(found, "", [])
    match = demanded[found]
    is_earlier = await _is_among(match, rows, start)
    why = "is in the journal only before the one that should precede it" if is_earlier else "is not in the journal"
    where = f" ({window.in_words(seen)})" if window != Window(None, None) else ""
    problem = f"of {len(demanded)} in order, number {found + 1} {why}: {match}{where}"
    return _verdict(found, problem, await _nearest(match, rows, start))


async def _is_among(match: Mapping[str, object], rows: Rows, first: int) -> bool:
    """Whether one of the first rows matches."""
    async for piece in rows():
        if any(matches(match, row) for row in piece[: max(0, first)]):
            return True
        first -= len(piece)
    return False


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
