"""Counting: bounds, classes, buckets."""

import pytest

from simulator.exchange.tally import BOUNDS, Seconds, count_new


def test_beyond_its_size_a_table_counts_everything_else_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.exchange.tally.SERIES", 3)
    counts: dict[str, int] = {}
    for number in range(10):
        count_new(counts, str(number), "other")
    assert counts == {"0": 1, "1": 1, "2": 1, "other": 7}


def test_buckets_are_cumulative_and_the_last_has_all() -> None:
    seconds = Seconds()
    for value in (0.0, BOUNDS[0], 0.3, 99):
        seconds.add(value)
    up_to = dict(seconds.up_to())
    assert (up_to[BOUNDS[0]], up_to[0.25], up_to[0.5], up_to[10.0], up_to[float("inf")]) == (2, 2, 3, 3, 4)
    assert seconds.total == pytest.approx(99.3005)
