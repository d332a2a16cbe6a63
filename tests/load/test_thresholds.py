"""Thresholds and ceilings: what is compared with what, and the sentences."""

from datetime import UTC, datetime

import pytest

from simulator.load import ceiling
from simulator.load.ceiling import ELSEWHERE, ON_LOOPBACK, TooMuch
from simulator.load.report import table
from simulator.load.summary import PERCENTILES, Spread, Summary, summed_up
from simulator.load.tally import Tally
from simulator.load.thresholds import Allowed, judged, span
from simulator.scenario.reports.printing import text_of
from tests.load.test_measuring import VALUES


def summary(**members: object) -> Summary:
    spread = Spread(1000, dict(zip(PERCENTILES, (1.0, 2.0, 150.0, 400.0), strict=True)), 500.0)
    given = {
        "dialled": 250,
        "told": 1000,
        "failed": 10,
        "requests": 900,
        "seconds": 5.0,
        "everything": spread,
        "lag": spread,
    }
    return Summary(**{**given, **members})


@pytest.mark.parametrize(
    ("limits", "failures", "kept"),
    [
        ({}, Allowed(count=10), [True]),
        ({}, Allowed(count=9), [False]),
        ({}, Allowed(share=0.01), [True]),
        ({}, Allowed(share=0.005), [False]),
        ({"max_p99": 150.0, "max_p50": 0.5, "max_p999": 400.0}, Allowed(count=10), [True, True, False, True]),
        ({"max_lag": 100.0}, Allowed(count=10), [True, False]),
    ],
)
def test_each_threshold_is_judged(limits, failures, kept):
    assert [one.kept for one in judged(summary(), limits, failures)] == kept


def test_durations_read_well():
    assert [span(value) for value in (0.4, 12.34, 250, 12_345)] == ["0.4 ms", "12.3 ms", "250 ms", "12.3 s"]


def test_the_table_fits_80_columns_and_says_everything():
    whole = summary(
        kinds={"disconnect": summary().everything}, stopped="50 connection errors in a row; the last: refused"
    )
    whole.failures.add("answered 503", "answered 503 where 200 is success", 10)
    whole.causes[8102] = 250
    lines = [text_of(line) for line in table(whole, judged(whole, {"max_p99": 100.0}, Allowed(share=0.01)))]
    assert max(map(len, lines)) <= 80
    said = "\n".join(lines)
    assert "250 calls, 1,000 notifications in 900 requests\nwithin 5.0 s: 200 notifications a second\n" in said
    assert "10 failures (1%)" in said
    assert "hangup causes: 8102 (250)" in said
    assert "✓ --max-failures 1%  measured: 1%" in said
    assert "✗ --max-p99 100 ms  measured: 150 ms" in said
    assert "✗ stopped: 50 connection errors in a row\n  the last: refused" in said


def test_accounts_of_two_processes_become_one():
    tallies = [Tally(1.0, 50, lambda _: None) for _ in range(2)]
    for tally in tallies:
        tally.latencies["callin"] = tally.lag
        for value in VALUES[:100]:
            tally.lag.add(value)
        tally.was_not_dialled("too many open deliveries", "full")
        tally.left_over(2)
    whole = summed_up([tally.result(datetime(2026, 1, 1, tzinfo=UTC), 0, "") for tally in tallies])
    assert (whole.everything.count, whole.told, whole.failed) == (200, 4, 6)
    assert whole.failures.counts == {"not dialled: too many open deliveries": 2, "not answered when the load ended": 4}
    assert whole.share_failed == 1.0


async def test_the_ceiling_is_lower_off_this_machine():
    assert await ceiling.ceiling_of("http://127.0.0.1:9000/status") is ON_LOOPBACK
    assert await ceiling.ceiling_of("http://192.0.2.1:9000/status") is ELSEWHERE


def test_more_than_the_ceiling_is_refused_with_what_to_do():
    ceiling.check(ON_LOOPBACK, "http://127.0.0.1:9000", 2000, 60)
    with pytest.raises(TooMuch) as rate:
        ceiling.check(ELSEWHERE, "http://192.0.2.1:9000", 200, 1)
    assert str(rate.value) == (
        "200 calls a second are more than 100, the ceiling for a receiver on another machine (http://192.0.2.1:9000): "
        "lower --rate, or say with --allow-more that it is yours and may get them"
    )
    with pytest.raises(TooMuch, match="360,000 calls are more than 100,000"):
        ceiling.check(ELSEWHERE, "http://192.0.2.1:9000", 100, 3600)
