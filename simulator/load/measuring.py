"""What a load measures, in bounded memory: latencies by bucket, counts, failures by their reason.

A latency is counted in the bucket that an HDR histogram of three significant digits would give it. That costs a tenth of
a record in the histogram, which is made once, when the load is over, so that those of several processes can be merged.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from simulator.delivery.attempt import Attempt
from simulator.delivery.outcome import Answered, Unanswered

LONGEST_MICROSECONDS = 24 * 3600 * 1_000_000
DIGITS = 3
DIGIT_BITS = 11
"""Bits of a value that tell its bucket: 2,048 steps hold three digits."""
REASONS_KEPT = 40
EXAMPLE_KEPT = 160
OTHER_REASONS = "other reasons"
CONNECTION_ERRORS = frozenset({"connect", "tls", "cut", "forbidden"})
"""Kinds of failure in which no answer began; a run of them says that nobody is there any more."""


class MissingHistogram(Exception):
    """The package that merges latencies is not installed."""

    def __init__(self) -> None:
        super().__init__("`pnsim load` needs `pip install 'privatenumber-simulator[load]'`")


def empty_histogram() -> Any:
    """A histogram of microseconds; raises MissingHistogram."""
    try:
        from hdrh.histogram import HdrHistogram  # noqa: PLC0415 - an extra: only a load needs it
    except ImportError:
        raise MissingHistogram from None
    return HdrHistogram(1, LONGEST_MICROSECONDS, DIGITS)


def merged(encoded: list[str]) -> Any:
    """One histogram of several that were encoded."""
    whole = empty_histogram()
    for one in encoded:
        whole.decode_and_add(one.encode())
    return whole


class Latencies:
    """Microseconds, counted by bucket: some thousand buckets at most."""

    __slots__ = ("_buckets",)

    def __init__(self) -> None:
        self._buckets: dict[int, int] = {}

    def add(self, microseconds: int) -> None:
        """One more; what came early counts as on time."""
        shift = microseconds.bit_length() - DIGIT_BITS
        bucket = max(microseconds >> shift << shift if shift > 0 else microseconds, 1)
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1

    def encoded(self) -> str:
        """The whole as a histogram that another process can add to its own."""
        histogram = empty_histogram()
        for microseconds, times in self._buckets.items():
            histogram.record_value(min(microseconds, LONGEST_MICROSECONDS), times)
        text: bytes = histogram.encode()
        return text.decode()


class Failures:
    """How often what went wrong, with one sentence of each; new reasons beyond a few dozen are counted as one."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, str] = {}

    def add(self, reason: str, example: str, times: int = 1) -> None:
        """So many more for this reason."""
        if reason not in self.counts and len(self.counts) >= REASONS_KEPT:
            reason = OTHER_REASONS
        self.counts[reason] += times
        self.examples.setdefault(reason, printable(example))

    def add_all(self, counts: Mapping[str, int], examples: Mapping[str, str]) -> None:
        """Those of another process."""
        for reason, times in counts.items():
            self.add(reason, examples.get(reason, ""), times)


def printable(text: str) -> str:
    """The beginning of a text from outside, on one line and without control characters."""
    return "".join(one if one.isprintable() else " " for one in text[:EXAMPLE_KEPT])


def reason_of(attempt: Attempt) -> str:
    """Why an attempt failed, in words that are the same for all that failed alike."""
    result = attempt.result
    if isinstance(result, Answered):
        return f"answered {result.status}" + ("" if result.status != 200 else " without a valid decision")
    return f"no answer: {result.kind}" if isinstance(result, Unanswered) else "no answer"


def is_connection_error(attempt: Attempt) -> bool:
    """Whether there was no answer because there was nobody to talk to."""
    return isinstance(attempt.result, Unanswered) and attempt.result.kind in CONNECTION_ERRORS
