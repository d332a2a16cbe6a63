"""What "a row like this" means."""

import pytest

from simulator.exchange.matching import MISSING, Difference, Nearest, differences, matches

ROW = {
    "position": 4,
    "kind": "attempt_ended",
    "status": 200,
    "acknowledged": True,
    "app_key": None,
    "notification_ids": ["n-1", "n-2"],
    "authentication": {"scheme": "AKSK", "verdict": "ok"},
    "body": '{"eventType":"fee","feeLst":[{"direction":0}]}',
    "answer": "{not json",
}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"kind": "attempt_ended"},
        {"status": 200.0},
        {"app_key": None},
        {"notification_ids": ["n-1", "n-2"]},
        {"notification_ids.1": "n-2"},
        {"authentication.scheme": "AKSK"},
        {"authentication": {"scheme": "AKSK"}},
        {"body.eventType": "fee", "body": {"feeLst": [{"direction": 0}]}},
        {"body.feeLst.0.direction": 0},
        {"answer": "{not json"},
    ],
)
def test_a_row_matches_what_stands_in_it(expected: dict[str, object]) -> None:
    assert matches(expected, ROW)
    assert differences(expected, ROW) == []


@pytest.mark.parametrize(
    ("expected", "path", "got"),
    [
        ({"status": 201}, "status", 200),
        ({"status": "200"}, "status", 200),
        ({"acknowledged": 1}, "acknowledged", True),
        ({"position": True}, "position", 4),
        ({"call_id": None}, "call_id", MISSING),
        ({"notification_ids": ["n-1"]}, "notification_ids", ["n-1", "n-2"]),
        ({"notification_ids.2": "n-3"}, "notification_ids.2", MISSING),
        ({"notification_ids.-1": "n-2"}, "notification_ids.-1", MISSING),
        ({"authentication": {}}, "authentication", {"scheme": "AKSK", "verdict": "ok"}),
        ({"authentication.scheme.x": 1}, "authentication.scheme.x", MISSING),
        ({"body": {"feeLst": [{"direction": False}]}}, "body.feeLst", [{"direction": 0}]),
        ({"answer.not": "json"}, "answer.not", MISSING),
    ],
)
def test_a_difference_names_the_path_and_what_stands_there(expected: dict[str, object], path: str, got: object) -> None:
    assert not matches(expected, ROW)
    (difference,) = differences(expected, ROW)
    assert (difference.path, difference.got) == (path, got)


def test_differences_come_in_the_order_of_the_expectation() -> None:
    found = differences({"status": 500, "kind": "attempt_ended", "authentication.scheme": "WSSE"}, ROW)
    assert found == [Difference("status", 500, 200), Difference("authentication.scheme", "WSSE", "AKSK")]


def nearest(expected, rows, limit=3, piece=2):
    """The nearest rows, looked at a piece at a time."""
    near = Nearest(expected, limit)
    for start in range(0, len(rows), piece):
        near.look_at(rows[start : start + piece])
    return near.misses


def test_the_nearest_rows_lack_least_and_are_new() -> None:
    rows = [{"position": n, "kind": kind, "status": status} for n, (kind, status) in enumerate(
        [("a", 200), ("a", 500), ("b", 200), ("c", 404), ("a", 200)]
    )]  # fmt: skip
    found = nearest({"kind": "a", "status": 404}, rows)
    assert [miss.row["position"] for miss in found] == [4, 3, 1]
    assert [difference.path for difference in found[0].differences] == ["status"]


def test_rows_that_match_or_have_nothing_of_it_are_no_near_misses() -> None:
    assert nearest({"kind": "a", "status": 200}, [{"kind": "a", "status": 200}, {"kind": "b", "status": 1}]) == []


def test_no_more_near_misses_than_asked_for() -> None:
    rows = [{"kind": "a", "status": n} for n in range(9)]
    assert len(nearest({"kind": "a", "status": 99}, rows, limit=2)) == 2
