"""What `pnsim replay` tells: its plan, answers that differ, and how it went."""

from collections.abc import Iterator

import click
import orjson

from simulator.cli.replaying import Replay
from simulator.cli.tables import print_table
from simulator.exchange.rows import instant
from simulator.replay.comparing import Difference
from simulator.replay.sending import Course
from simulator.replay.timing import BEHIND_SECONDS, Timing

SHOWN = 20
"""Differences that are shown; the rest is counted."""
PLAN_SHOWN = 1000
SLOW_SHARE = 0.05


class Differences:
    """The first answers that differ, kept for a table, or all of them as JSON lines at once."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._kept: list[Difference] = []

    def note(self, difference: Difference) -> None:
        """One more."""
        if self._as_json:
            click.echo(orjson.dumps({"difference": difference.as_json()}))
        elif len(self._kept) < SHOWN:
            self._kept.append(difference)

    def show(self, count: int) -> None:
        """The table, and how many it leaves out."""
        if not self._kept:
            return
        rows = ((one.source, one.event, one.about, "; ".join(one.what)) for one in self._kept)
        print_table(("source", "kind", "about", "answer"), rows)
        if count > len(self._kept):
            click.echo(f"… and {count - len(self._kept):,} more; --json has them all")


def show_plan(replay: Replay, *, as_json: bool) -> None:
    """What would be sent, when and where."""
    steps = _steps(replay)
    if as_json:
        for step in steps:
            click.echo(orjson.dumps(step))
        return
    rows = [tuple(step.values()) for _, step in zip(range(PLAN_SHOWN), steps, strict=False)]
    print_table(("after", "recorded", "kind", "attempt", "about", "url"), rows)
    rest = sum(1 for _ in steps)
    if rest:
        click.echo(f"… and {rest:,} more; --json has them all")


def _steps(replay: Replay) -> Iterator[dict[str, object]]:
    for parcel in replay.parcels():
        yield {
            "after": round(replay.pace.due(parcel.recorded.at), 3),
            "recorded": instant(parcel.recorded.at),
            "kind": parcel.told.event,
            "attempt": parcel.recorded.attempt,
            "about": ", ".join(parcel.told.about_ids[:3]) or "-",
            "url": parcel.url,
        }


def summary(replay: Replay, course: Course, timing: Timing, planned: int) -> dict[str, object]:
    """How it went, for a program."""
    counts, pace = replay.counts, replay.pace
    median, p99, most = course.lags.quantiles(0.5, 0.99, 1)
    lag = {"median": round(median, 6), "p99": round(p99, 6), "max": round(most, 6), "held": course.lags.held}
    return {
        "requests": planned,
        "sent": course.begun,
        "answered": counts.answered,
        "acknowledged": counts.acknowledged,
        "unanswered": counts.unanswered,
        "compared": counts.compared,
        "different": counts.different,
        "timing": timing.kind,
        "planned_seconds": round(course.planned, 3) if timing.waits else None,
        "seconds": round(course.seconds, 3),
        "late_seconds": lag if timing.waits else None,
        "on_time": is_on_time(course, timing),
        "gaps_shortened": pace.shortened,
        "renewed_by_seconds": replay.renewal.shift.total_seconds() if replay.renewal else None,
        "stopped": course.stopped or None,
    }


def is_on_time(course: Course, timing: Timing) -> bool:
    """Whether the schedule was kept; without one there is nothing to be late for."""
    _, p99, most = course.lags.quantiles(0.5, 0.99, 1)
    return not timing.waits or (p99 <= BEHIND_SECONDS and most <= max(1.0, SLOW_SHARE * course.planned))


def show_summary(replay: Replay, course: Course, timing: Timing, planned: int) -> None:
    """How it went, in words."""
    for line in _lines(replay, course, timing, planned):
        click.echo(line)


def _lines(replay: Replay, course: Course, timing: Timing, planned: int) -> Iterator[str]:
    counts = replay.counts
    yield (
        f"sent {course.begun:,} of {planned:,} requests in {course.seconds:.3g} s: {counts.answered:,} answered, "
        f"{counts.acknowledged:,} acknowledged, {counts.unanswered:,} without an answer"
    )
    if replay.renewal:
        yield f"ids are new, and times moved by {replay.renewal.shift} (days, h:mm:ss)"
    yield from _about_timing(replay, course, timing)
    if not counts.compared:
        yield "answers: the recording has none to compare with"
    elif counts.different:
        yield f"answers: {counts.different:,} of {counts.compared:,} differ from the recorded ones"
    else:
        yield f"answers: all {counts.compared:,} as recorded"
    if course.stopped:
        yield f"STOPPED: {course.stopped}; {planned - course.begun:,} requests were not sent"


def _about_timing(replay: Replay, course: Course, timing: Timing) -> Iterator[str]:
    if not timing.waits:
        return
    median, p99, most = (f"{1000 * seconds:.3g} ms" for seconds in course.lags.quantiles(0.5, 0.99, 1))
    yield (
        f"timing: planned {course.planned:.3g} s, took {course.seconds:.3g} s; requests began {median} late (median), "
        f"{p99} (p99), {most} (most)"
    )
    if replay.pace.shortened:
        left_out = replay.pace.left_out
        yield f"{replay.pace.shortened:,} silences were shortened, by {left_out:,.0f} s in all (--max-gap)"
    if not is_on_time(course, timing):
        held = course.lags.held
        why = f"{held:,} waited for the answer to one before them" if held else "no lane or no time was free for them"
        yield f"NOT ON TIME: the schedule was not kept ({why}); lower the speed, or raise --lanes"
