"""What a load must keep to: each threshold is judged when it is over, and one that is crossed makes the exit code 1."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.load.summary import Summary


@dataclass(frozen=True, slots=True)
class Kept:
    """One threshold as it came out."""

    name: str
    limit: str
    measured: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Allowed:
    """So many failures: a share of everything (0 to 1), or a number."""

    share: float | None = None
    count: int = 0

    def __str__(self) -> str:
        return f"{self.count:,}" if self.share is None else f"{self.share * 100:g}%"


LATENCIES: Mapping[str, float] = {"max_p50": 50.0, "max_p90": 90.0, "max_p99": 99.0, "max_p999": 99.9}
"""Thresholds of latency with their percentiles."""
OPTIONS: Mapping[str, Callable[[Summary], float]] = {
    **{name: lambda summary, at=at: summary.everything.percentiles[at] for name, at in LATENCIES.items()},  # type: ignore[misc]  # bound at once
    "max_lag": lambda summary: summary.lag.percentiles[99.0],
}
"""Thresholds in milliseconds with what each is compared with."""


def judged(summary: Summary, milliseconds: Mapping[str, float], failures: Allowed) -> list[Kept]:
    """Every threshold that was set, and that of failures."""
    verdicts = [_failures(summary, failures)]
    for name, limit in milliseconds.items():
        measured = OPTIONS[name](summary)
        verdicts.append(Kept(f"--{name.replace('_', '-')}", span(limit), span(measured), kept=measured <= limit))
    return verdicts


def _failures(summary: Summary, allowed: Allowed) -> Kept:
    if allowed.share is None:
        kept = summary.failed <= allowed.count
        return Kept("--max-failures", str(allowed), f"{summary.failed:,}", kept=kept)
    kept = summary.share_failed <= allowed.share
    return Kept("--max-failures", str(allowed), f"{summary.share_failed * 100:.3g}%", kept=kept)


def span(milliseconds: float) -> str:
    """Milliseconds as people read them."""
    if milliseconds >= 10_000:
        return f"{milliseconds / 1000:,.1f} s"
    return f"{milliseconds:,.1f} ms" if milliseconds < 100 else f"{milliseconds:,.0f} ms"
