"""Reading the journal, waiting for it, judging it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from simulator.control.verdict import judge

if TYPE_CHECKING:
    from conftest import Plane

A, B, C = "+8613800000021", "+8613800000023", "+8613800000025"
KEY = "axb-demo"
BOUND = {"kind": "state_change", "what": "bound"}


async def test_rows_are_read_in_pages_and_narrowed(plane: "Plane") -> None:
    plane.bind()
    page = (await plane.raw("GET", "/journal?limit=1"))[1]
    assert (page["rows"][0]["position"], page["rows"][0]["what"], page["dropped"]) == (1, "app_added", 0)
    rest = (await plane.raw("GET", f"/journal?after=1&kind=state_change&app_key={KEY}"))[1]
    assert [row["what"] for row in rest["rows"]] == ["bound"]
    assert rest["last_position"] == rest["rows"][0]["position"]


async def test_a_wait_ends_with_the_rows_that_are_there_already(plane: "Plane") -> None:
    plane.bind()
    result = (await plane.raw("POST", "/journal/wait", json={"match": BOUND}))[1]
    assert (result["reached"], result["found"]) == (True, 1)
    assert (result["rows"][0]["caller"], result["rows"][0]["callee"]) == (A, B)


async def test_a_wait_ends_when_the_last_missing_row_is_written(plane: "Plane") -> None:
    plane.bind()
    body = {"match": BOUND, "count": 2, "timeout_seconds": 30}
    waiting = asyncio.create_task(plane.raw("POST", "/journal/wait", json=body))
    await plane.raw("GET", "/clock")
    assert not waiting.done()
    plane.bind(caller=C, callee="+8613800000027")
    async with asyncio.timeout(10):
        result = (await waiting)[1]
    assert (result["reached"], result["found"]) == (True, 2)


async def test_a_wait_in_vain_ends_with_its_time_and_what_there_was(plane: "Plane") -> None:
    plane.bind()
    body = {"match": BOUND, "count": 2, "timeout_seconds": 0.05}
    result = (await plane.raw("POST", "/journal/wait", json=body))[1]
    assert (result["reached"], result["found"], len(result["rows"])) == (False, 1, 1)
    assert result["problem"].startswith(f"expected at least 2 of {BOUND}, found 1 in ")
    assert result["nearest"][0]["differences"] == [
        {"path": "what", "expected": "bound", "got": "app_added", "missing": False}
    ]


async def test_a_wait_that_was_not_in_vain_has_no_problem(plane: "Plane") -> None:
    plane.bind()
    result = (await plane.raw("POST", "/journal/wait", json={"match": BOUND}))[1]
    assert (result["problem"], result["nearest"]) == ("", [])


async def test_a_stop_of_the_simulator_ends_a_wait(plane: "Plane", monkeypatch: pytest.MonkeyPatch) -> None:
    entered = asyncio.Event()

    async def watched(_: int) -> None:
        entered.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(plane.simulator.exchange.journal.changed, "next_change", watched)
    waiting = asyncio.create_task(plane.raw("POST", "/journal/wait", json={"match": {"x": 1}, "timeout_seconds": 3600}))
    async with asyncio.timeout(10):
        await entered.wait()
        await plane.simulator.stop()
        status, problem, _ = await waiting
    assert (status, problem["title"]) == (503, "stopping")


async def test_a_wait_after_a_position_does_not_see_older_rows(plane: "Plane") -> None:
    plane.bind()
    position = plane.simulator.exchange.journal.last_position
    body = {"match": BOUND, "after": position, "timeout_seconds": 0}
    assert (await plane.raw("POST", "/journal/wait", json=body))[1]["found"] == 0


async def test_a_verification_in_vain_shows_the_nearest_row(plane: "Plane") -> None:
    plane.bind()
    match = {**BOUND, "callee": C}
    result = (await plane.raw("POST", "/journal/verify", json={"match": match}))[1]
    assert (result["passed"], result["found"]) == (False, 0)
    assert result["problem"].startswith("expected at least 1 of ")
    nearest = result["nearest"][0]
    assert nearest["row"]["what"] == "bound"
    assert nearest["differences"] == [{"path": "callee", "expected": C, "got": B, "missing": False}]


ROWS = [{"kind": kind, "n": n} for n, kind in enumerate("abacb")]


async def rows() -> AsyncIterator[list[Any]]:
    """The rows in pieces."""
    for start in range(0, len(ROWS), 2):
        yield ROWS[start : start + 2]


NOTHING: dict[str, Any] = {
    "match": None, "exactly": None, "at_least": None, "at_most": None, "never": None, "in_order": None,
    "since": None, "until": None,
}  # fmt: skip
NOW = datetime(2026, 1, 1, 0, 0, 9, tzinfo=UTC)
A_ROW = {"kind": "a"}


@pytest.mark.parametrize(
    ("demand", "found", "problem"),
    [
        ({"match": A_ROW}, 2, ""),
        ({"match": {"kind": "z"}}, 0, "expected at least 1 of {'kind': 'z'}, found 0 in 5 journal rows"),
        ({"match": A_ROW, "exactly": 2}, 2, ""),
        ({"match": A_ROW, "exactly": 1}, 2, "expected exactly 1 of {'kind': 'a'}, found 2 in 5 journal rows"),
        ({"match": A_ROW, "exactly": 0}, 2, "expected exactly 0 of {'kind': 'a'}, found 2 in 5 journal rows"),
        ({"match": A_ROW, "at_least": 3}, 2, "expected at least 3 of {'kind': 'a'}, found 2 in 5 journal rows"),
        ({"match": A_ROW, "at_least": 2}, 2, ""),
        ({"match": A_ROW, "at_most": 1}, 2, "expected at most 1 of {'kind': 'a'}, found 2 in 5 journal rows"),
        ({"match": A_ROW, "at_most": 2}, 2, ""),
        ({"match": A_ROW, "never": True}, 2, "expected none of {'kind': 'a'}, found 2 in 5 journal rows"),
        ({"match": {"kind": "z"}, "never": True}, 0, ""),
        ({"in_order": [{"kind": "a"}, {"kind": "a"}, {"kind": "b"}]}, 3, ""),
        (
            {"in_order": [{"kind": "c"}, {"kind": "a"}]},
            1,
            "of 2 in order, number 2 is in the journal only before the one that should precede it: {'kind': 'a'}",
        ),
        ({"in_order": [{"kind": "z"}]}, 0, "of 1 in order, number 1 is not in the journal: {'kind': 'z'}"),
    ],
)
async def test_counts_order_and_never_are_judged(demand: dict[str, Any], found: int, problem: str) -> None:
    verdict = await judge({**NOTHING, **demand}, rows, NOW)
    assert (verdict["passed"], verdict["found"], verdict["problem"]) == (not problem, found, problem)


@pytest.mark.parametrize(
    ("demand", "surplus"),
    [({"never": True}, [0, 2]), ({"at_most": 1}, [2]), ({"exactly": 1}, [2]), ({"exactly": 0}, [0, 2])],
)
async def test_rows_that_are_too_many_are_shown(demand: dict[str, Any], surplus: list[int]) -> None:
    shown = (await judge({**NOTHING, "match": A_ROW, **demand}, rows, NOW))["nearest"]
    assert shown == [{"row": ROWS[n], "differences": []} for n in surplus]


async def test_a_number_that_is_not_there_is_told_from_one_that_differs() -> None:
    (near,) = (await judge({**NOTHING, "match": {"kind": "c", "m": 1}}, rows, NOW))["nearest"]
    assert near["differences"] == [{"path": "m", "expected": 1, "got": None, "missing": True}]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"match": {}, "exactly": 1, "never": True}, "exactly and never cannot be demanded together; give one of them"),
        ({"match": {}, "in_order": [{}]}, "in_order has its own matches; leave match out"),
        ({}, "the body lacks 'match', or 'in_order' with a list of matches"),
        ({"match": []}, 'the body: match must be an object of dotted paths and values like {"status": 200}, not []'),
        (
            {"in_order": []},
            "the body: in_order must be a list of at least one object of dotted paths and values, not []",
        ),
        ({"match": {}, "never": False}, "the body: never must be true or be left out, not false"),
        (
            {"demands": [{"match": {}}], "after": 3},
            "each of the demands has its own after; leave it out beside them",
        ),
        (
            {"demands": [{"match": {}}, {"mach": {}}]},
            (
                "demands[1] has no member 'mach'; did you mean 'match'? It takes: match, exactly, at_least, at_most, never, "
                "in_order, after, since, until"
            ),
        ),
        ({"demands": []}, "the body: demands must be a list of at least one object, not []"),
        ({"demands": [{}] * 101}, "the body: demands must be at most 100 demands, not 101"),
        (
            {"match": {}, "since": "2026-01-01"},
            "the body: since must be an instant like \"2026-01-01T08:00:00Z\", not '2026-01-01'",
        ),
        (
            {"match": {}, "since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
            "until lies before since: the window has no instant",
        ),
    ],
)
async def test_a_demand_that_contradicts_itself_is_refused(plane: "Plane", body: dict[str, Any], detail: str) -> None:
    status, problem, _ = await plane.raw("POST", "/journal/verify", json=body)
    assert (status, problem["detail"]) == (422, detail)


TIMED = [{"kind": "a", "at": f"2026-01-01T00:00:0{second}.000000Z", "position": second} for second in range(1, 6)]


def at(second: int) -> datetime:
    """An instant of the first seconds of 2026."""
    return NOW.replace(second=second)


@pytest.mark.parametrize(
    ("demand", "found", "problem"),
    [
        ({"never": True, "since": at(6)}, 0, ""),
        (
            {"never": True, "since": at(4), "until": at(5)},
            2,
            (
                "expected none of {'kind': 'a'}, found 2 in 2 journal rows since 2026-01-01T00:00:04.000000Z "
                "until 2026-01-01T00:00:05.000000Z"
            ),
        ),
        ({"exactly": 3, "until": at(3)}, 3, ""),
        (
            {"never": True, "since": at(6), "until": NOW + timedelta(seconds=1)},
            0,
            (
                "expected none of {'kind': 'a'}, found 0 so far, but the window lasts until 2026-01-01T00:00:10.000000Z and "
                "it is 2026-01-01T00:00:09.000000Z: advance the clock first"
            ),
        ),
        ({"at_least": 5, "until": NOW + timedelta(seconds=1)}, 5, ""),
    ],
)
async def test_a_window_holds_what_is_judged(demand: dict[str, Any], found: int, problem: str) -> None:
    verdict = await judge({**NOTHING, "match": A_ROW, **demand}, timed, NOW)
    assert (verdict["found"], verdict["problem"]) == (found, problem)


async def timed() -> AsyncIterator[list[Any]]:
    """All in one piece."""
    yield list(TIMED)


async def test_an_order_in_a_window_says_where_it_looked() -> None:
    demand = {**NOTHING, "in_order": [{"position": 4}, {"position": 5}], "until": at(4)}
    assert (await judge(demand, timed, NOW))["problem"] == (
        "of 2 in order, number 2 is not in the journal: {'position': 5} "
        "(in 4 journal rows until 2026-01-01T00:00:04.000000Z)"
    )


async def test_several_demands_are_judged_at_once_and_all_that_is_wrong_is_told(plane: "Plane") -> None:
    plane.bind()
    behind = plane.simulator.exchange.journal.last_position
    demands = [
        {"match": BOUND, "exactly": 2},
        {"match": BOUND},
        {"match": BOUND, "never": True},
        {"match": BOUND, "never": True, "after": behind},
        {"in_order": [BOUND, {"kind": "nothing"}]},
    ]
    async with plane.client() as client:
        verdict = await client.verify_all(demands)
    assert [one["passed"] for one in verdict["verdicts"]] == [False, True, False, True, False]
    assert not verdict["passed"]
    assert [problem.split(":")[0] for problem in verdict["problems"]] == ["demands[0]", "demands[2]", "demands[4]"]
    assert verdict["problems"][0].startswith(f"demands[0]: expected exactly 2 of {BOUND}, found 1 in ")
