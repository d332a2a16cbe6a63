"""The account of a whole load: what its processes measured, merged, and the figures that people and thresholds want."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.load.measuring import Failures, merged

PERCENTILES = (50.0, 90.0, 99.0, 99.9)


@dataclass(frozen=True, slots=True)
class Spread:
    """Latencies of one kind: how many, and milliseconds at the percentiles."""

    count: int
    percentiles: dict[float, float]
    longest: float


@dataclass(slots=True)
class Summary:
    """Everything that is known when a load has ended. Milliseconds; `seconds` from the first call to the last answer."""

    dialled: int = 0
    told: int = 0
    failed: int = 0
    requests: int = 0
    seconds: float = 0.0
    violations: int = 0
    stopped: str = ""
    lag: Spread = field(default_factory=lambda: Spread(0, dict.fromkeys(PERCENTILES, 0.0), 0.0))
    everything: Spread = field(default_factory=lambda: Spread(0, dict.fromkeys(PERCENTILES, 0.0), 0.0))
    kinds: dict[str, Spread] = field(default_factory=dict)
    failures: Failures = field(default_factory=Failures)
    causes: Counter[int] = field(default_factory=Counter)

    @property
    def share_failed(self) -> float:
        """Failures among all that should have been told or dialled, 0 to 1."""
        not_dialled = sum(times for reason, times in self.failures.counts.items() if reason.startswith("not dialled"))
        whole = self.told + not_dialled
        return self.failed / whole if whole else 0.0

    @property
    def notifications_a_second(self) -> float:
        """Notifications that were answered or failed, by the second."""
        return self.told / self.seconds if self.seconds else 0.0

    @property
    def calls_a_second(self) -> float:
        """Calls that were dialled, by the second."""
        return self.dialled / self.seconds if self.seconds else 0.0

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "calls": self.dialled,
            "notifications": self.told,
            "requests": self.requests,
            "failed": self.failed,
            "seconds": round(self.seconds, 3),
            "notifications_per_second": round(self.notifications_a_second, 1),
            "latency_ms": _spread(self.everything),
            "latency_ms_by_kind": {kind: _spread(spread) for kind, spread in self.kinds.items()},
            "scheduler_lag_ms": _spread(self.lag),
            "failures": [
                {"reason": reason, "count": times, "example": self.failures.examples.get(reason, "")}
                for reason, times in self.failures.counts.most_common()
            ],
            "hangup_causes": {str(cause): times for cause, times in self.causes.most_common()},
            "contract_violations": self.violations,
            "stopped": self.stopped or None,
        }


def summed_up(results: Sequence[dict[str, Any]]) -> Summary:
    """The accounts of all processes as one."""
    whole = Summary()
    encoded: dict[str, list[str]] = {}
    for one in results:
        for name in ("dialled", "told", "failed", "requests", "violations"):
            setattr(whole, name, getattr(whole, name) + one[name])
        whole.seconds = max(whole.seconds, one["seconds"])
        whole.stopped = whole.stopped or one["stopped"]
        whole.failures.add_all(one["failures"], one["examples"])
        whole.causes.update({int(cause): times for cause, times in one["causes"].items()})
        for kind, latencies in one["latencies"].items():
            encoded.setdefault(kind, []).append(latencies)
    whole.kinds = {kind: spread(merged(several)) for kind, several in encoded.items()}
    whole.everything = spread(merged([one for several in encoded.values() for one in several]))
    whole.lag = spread(merged([one["lag"] for one in results]))
    return whole


def spread(histogram: Any) -> Spread:
    """The figures of a histogram of microseconds."""
    count = histogram.get_total_count()
    at = {one: histogram.get_value_at_percentile(one) / 1000 if count else 0.0 for one in PERCENTILES}
    return Spread(count, at, histogram.get_max_value() / 1000 if count else 0.0)


def _spread(one: Spread) -> dict[str, float]:
    named = {f"p{percentile:g}".replace(".", ""): round(value, 3) for percentile, value in one.percentiles.items()}
    return {"count": one.count, **named, "max": round(one.longest, 3)}
