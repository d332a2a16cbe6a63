"""What a load measures stays small, is as exact as an HDR histogram, and can be merged."""

import builtins

import pytest
from hdrh.histogram import HdrHistogram

from simulator.delivery.attempt import Attempt
from simulator.delivery.outcome import Answered, Unanswered
from simulator.load.measuring import (
    EXAMPLE_KEPT,
    LONGEST_MICROSECONDS,
    OTHER_REASONS,
    REASONS_KEPT,
    Failures,
    Latencies,
    MissingHistogram,
    empty_histogram,
    is_connection_error,
    merged,
    reason_of,
)

VALUES = [(7919 * number * number) % 5_000_000 + 1 for number in range(4000)]


def test_buckets_are_those_of_an_hdr_histogram():
    ours, reference = Latencies(), HdrHistogram(1, LONGEST_MICROSECONDS, 3)
    for value in VALUES:
        ours.add(value)
        reference.record_value(value)
    histogram = merged([ours.encoded()])
    assert histogram.get_total_count() == len(VALUES)
    for percentile in (1, 50, 90, 99, 99.9, 100):
        assert histogram.get_value_at_percentile(percentile) == reference.get_value_at_percentile(percentile)


def test_histograms_of_several_processes_merge_to_that_of_one():
    whole, parts = Latencies(), [Latencies() for _ in range(3)]
    for number, value in enumerate(VALUES):
        whole.add(value)
        parts[number % 3].add(value)
    one, several = merged([whole.encoded()]), merged([part.encoded() for part in parts])
    assert several.get_total_count() == one.get_total_count()
    assert [several.get_value_at_percentile(at) for at in (50, 99)] == [
        one.get_value_at_percentile(at) for at in (50, 99)
    ]


def test_latencies_take_bounded_memory_and_odd_values():
    latencies = Latencies()
    for value in (-5, 0, 10**15):
        latencies.add(value)
    for value in range(0, 10_000_000, 37):
        latencies.add(value)
    assert len(latencies._buckets) < 20_000
    assert merged([latencies.encoded()]).get_total_count() == 3 + len(range(0, 10_000_000, 37))


def test_reasons_are_bounded_and_their_examples_harmless():
    failures = Failures()
    for number in range(REASONS_KEPT + 5):
        failures.add(f"reason {number}", "\x1b[2J" + "x" * 1000)
    assert len(failures.counts) == REASONS_KEPT + 1
    assert failures.counts[OTHER_REASONS] == 5
    assert all(example.isprintable() and len(example) <= EXAMPLE_KEPT for example in failures.examples.values())


@pytest.mark.parametrize(
    ("result", "reason", "connection"),
    [
        (Answered(503, "Service Unavailable"), "answered 503", False),
        (Answered(200), "answered 200 without a valid decision", False),
        (Unanswered("timeout", "no answer within 10 s"), "no answer: timeout", False),
        (Unanswered("connect", "refused"), "no answer: connect", True),
        (Unanswered("cut", "cut"), "no answer: cut", True),
    ],
)
def test_failures_are_counted_by_their_reason(result, reason, connection):
    attempt = Attempt(1, None, result=result)  # type: ignore[arg-type]  # no instant is asked for
    assert reason_of(attempt) == reason
    assert is_connection_error(attempt) is connection


def test_without_the_extra_it_names_itself(monkeypatch):
    really = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("hdrh"):
            raise ImportError(name)
        return really(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingHistogram) as missing:
        empty_histogram()
    assert str(missing.value) == "`pnsim load` needs `pip install 'privatenumber-simulator[load]'`"
