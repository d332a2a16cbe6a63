"""Lists in pages: everything once, the newest first, whatever comes between two pages."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.config.checks import WrongValueError
from simulator.control.paging import cursor, page

if TYPE_CHECKING:
    from conftest import Plane

AT = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.sets(st.tuples(st.integers(0, 5), st.text("abc~", min_size=1, max_size=3))), st.integers(1, 5))
def test_the_pages_together_are_everything_once_the_newest_first(things, limit):
    def place(thing):
        return AT + timedelta(seconds=thing[0]), thing[1]

    seen, following = page(things, place, None, limit)
    while following is not None:
        assert len(seen) % limit == 0
        more, following = page(things, place, cursor(following), limit)
        seen += more
    assert seen == sorted(things, reverse=True)


@pytest.mark.parametrize(
    "wrong", ["", "x", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00~a", 3, "2026-01-01T00:00:00Z~"]
)
def test_what_is_no_cursor_is_refused(wrong):
    with pytest.raises(WrongValueError, match="must be the `next` of a page"):
        cursor(wrong)


async def test_calls_come_in_pages(plane: "Plane") -> None:
    x_number = plane.bind().x_number
    calls = [
        (
            await plane.raw(
                "POST", "/calls", json={"app_key": "axb-demo", "caller": "+8613800000021", "dialled": x_number}
            )
        )
        for _ in range(5)
    ]
    seen: list[str] = []
    following = ""
    while following is not None:
        _, answer, _ = await plane.raw("GET", f"/calls?limit=2{following}")
        seen += [call["call_id"] for call in answer["calls"]]
        following = answer["next"] and f"&cursor={answer['next'].replace('+', '%2B')}"
    assert sorted(seen) == sorted(call["call_id"] for _, call, _ in calls)
