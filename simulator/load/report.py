"""The final table of a load, for a person: fits 80 columns."""

from collections.abc import Iterator, Sequence

from simulator.load.summary import PERCENTILES, Spread, Summary
from simulator.load.thresholds import Kept, span
from simulator.scenario.reports.printing import Line

CAUSES_SHOWN = 8
LABEL_WIDTH = 14


def table(summary: Summary, verdicts: Sequence[Kept]) -> Iterator[Line]:
    """Line by line: how much, how late, what failed, how the calls ended, what was to be kept."""
    yield from _in_all(summary)
    yield []
    yield [(_row("", ["count", *(f"p{one:g}" for one in PERCENTILES), "max"]), "dim")]
    for kind, one in summary.kinds.items():
        yield [(_spread(kind, one), "")]
    yield [(_spread("all", summary.everything), "bold")]
    yield [(_spread("scheduler lag", summary.lag), "dim")]
    yield [("latency counts from the instant at which a notification was to be sent", "dim")]
    yield []
    yield from _failures(summary)
    yield [(f"hangup causes: {_causes(summary)}", "")]
    for verdict in verdicts:
        mark, style = ("✓", "green") if verdict.kept else ("✗", "red")
        yield [(f"{mark} {verdict.name} {verdict.limit}", style), (f"  measured: {verdict.measured}", "")]
    if summary.stopped:
        why, _, last = summary.stopped.partition("; ")
        yield [(f"✗ stopped: {why}", "red")]
        yield [(f"  {last}", "dim")]
    if summary.violations:
        what = f"✗ {summary.violations:,} notifications broke the contract and were withheld (please report it)"
        yield [(what, "red")]


def _in_all(summary: Summary) -> Iterator[Line]:
    yield [(f"{summary.dialled:,} calls, {summary.told:,} notifications in {summary.requests:,} requests", "bold")]
    yield [(f"within {summary.seconds:,.1f} s: {summary.notifications_a_second:,.0f} notifications a second", "")]


def _spread(label: str, one: Spread) -> str:
    values = [span(one.percentiles[at]) for at in PERCENTILES]
    return _row(label, [f"{one.count:,}", *values, span(one.longest)])


def _row(label: str, cells: Sequence[str]) -> str:
    return f"{label:<{LABEL_WIDTH}}{cells[0]:>9}" + "".join(f"{cell:>11}" for cell in cells[1:])


def _failures(summary: Summary) -> Iterator[Line]:
    if not summary.failed:
        yield [("no failures", "green")]
        return
    yield [(f"{summary.failed:,} failures ({summary.share_failed * 100:.3g}%)", "red")]
    for reason, times in summary.failures.counts.most_common():
        yield [(f"{times:>9,}  ", ""), (reason, "bold")]
        example = summary.failures.examples.get(reason, "")
        if example and example != reason:
            yield [(f"{'':11}{example}", "dim")]


def _causes(summary: Summary) -> str:
    shown = [f"{cause} ({times:,})" for cause, times in summary.causes.most_common(CAUSES_SHOWN)]
    rest = len(summary.causes) - CAUSES_SHOWN
    return (", ".join(shown) or "no call has ended") + (f" and {rest} more" if rest > 0 else "")
