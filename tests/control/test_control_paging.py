"""Lists in pages: everything once, the newest first, whatever comes between two pages, and at one instant too."""

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.config.checks import WrongValueError
from simulator.control.paging import cursor_by_name, cursor_of, page, walked
from simulator.control.problems import Problem
from simulator.telephony.commands.axb import UnbindAxb

if TYPE_CHECKING:
    from conftest import Plane, Receiver

A, B, KEY = "+8613800000021", "+8613800000023", "axb-demo"


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(-5, 0))), st.integers(1, 5))
def test_the_pages_together_are_everything_once_the_newest_first(things, limit):
    seen, following = page(things, lambda thing: thing, None, limit)
    while following is not None:
        assert len(seen) % limit == 0
        more, following = page(things, lambda thing: thing, cursor_of(2)(following), limit)
        seen += more
    assert seen == sorted(things, reverse=True)


@pytest.mark.parametrize("wrong", ["", "x", "3~", "3", "1~2~3", "1~²", 3, "1~" + "9" * 20])
def test_what_is_no_cursor_is_refused(wrong):
    with pytest.raises(WrongValueError, match="must be the `next` of a page"):
        cursor_of(2)(wrong)


def test_no_name_is_no_cursor():
    with pytest.raises(WrongValueError, match="must be the `next` of a page, not ''"):
        cursor_by_name("")


def test_a_walk_goes_on_behind_what_was_shown_last_or_says_that_it_is_gone():
    assert walked("abc", str, None, 2) == (["a", "b"], "b")
    assert walked("abc", str, "b", 2) == (["c"], None)
    with pytest.raises(Problem, match="the page before ended with 'x', which has ended since; begin without a cursor"):
        walked("abc", str, "x", 2)


async def everything(plane: "Plane", path: str, name: str) -> list[Any]:
    """All that a list has, read two at a time."""
    found: list[Any] = []
    following = ""
    while following is not None:
        status, answer, _ = await plane.raw("GET", f"{path}{'&' if '?' in path else '?'}limit=2{following}")
        assert status == 200, answer
        assert 1 <= len(answer[name]) <= 2
        found += answer[name]
        following = answer["next"] and f"&cursor={quote(answer['next'])}"
    return found


async def test_calls_of_one_instant_come_the_newest_first(plane: "Plane") -> None:
    wish = {"app_key": KEY, "caller": A, "dialled": plane.bind().x_number}
    calls = [(await plane.raw("POST", "/calls", json=wish))[1]["call_id"] for _ in range(5)]
    assert [call["call_id"] for call in await everything(plane, "/calls", "calls")] == calls[::-1]


async def test_sms_of_one_instant_come_the_newest_first(plane: "Plane") -> None:
    wish = {"app_key": KEY, "sender": A, "x_number": plane.bind().x_number, "text": "hello"}
    sent = [(await plane.raw("POST", "/messages", json=wish))[1]["message_id"] for _ in range(5)]
    assert [one["message_id"] for one in await everything(plane, "/messages", "messages")] == sent[::-1]


async def test_notifications_come_the_newest_first_those_of_one_message_in_its_order(
    plane: "Plane", receiver: "Receiver"
) -> None:
    wish = {"app_key": KEY, "caller": A, "dialled": plane.bind().x_number, "outcome": "busy"}
    for _ in range(2):
        await plane.raw("POST", "/calls", json=wish)
    await plane.raw("POST", "/clock/advance", json={"seconds": 60})
    told = await everything(plane, "/notifications", "notifications")
    assert [one["kind"] for one in told] == [
        "fee", "fee", "disconnect", "disconnect", "callout", "callin", "callout", "callin"
    ]  # fmt: skip
    first, second = (await plane.raw("GET", "/calls"))[1]["calls"][::-1]
    assert [one["call_id"] for one in told[:2]] == [first["call_id"], second["call_id"]]
    assert len(receiver.got) == 7


async def test_x_numbers_come_in_the_order_of_their_digits_whatever_happens_to_them(plane: "Plane") -> None:
    path = f"/apps/{KEY}/numbers"
    numbers = [one["number"] for one in (await plane.raw("GET", path))[1]["numbers"]]
    assert numbers == sorted(numbers)
    assert len(numbers) == 50
    page = (await plane.raw("GET", f"{path}?limit=20"))[1]
    assert page["next"] == numbers[19]
    await plane.raw("PATCH", f"{path}/{quote(numbers[19])}", json={"state": "returned"})
    rest = (await plane.raw("GET", f"{path}?cursor={quote(page['next'])}"))[1]
    assert ([one["number"] for one in rest["numbers"]], rest["next"]) == (numbers[20:], None)


async def test_bindings_come_in_pages_and_behind_them_those_that_ended(plane: "Plane") -> None:
    bound = [plane.bind(caller=f"+8613900000{n:03d}", callee=B).subscription_id for n in range(5)]
    path = f"/apps/{KEY}/bindings"
    assert [one["subscription_id"] for one in await everything(plane, path, "bindings")] == bound
    first = (await plane.raw("GET", f"{path}?limit=2"))[1]
    unbind(plane, bound[1])
    status, problem, _ = await plane.raw("GET", f"{path}?cursor={first['next']}")
    assert (status, problem["title"]) == (410, "page gone")
    history = await everything(plane, f"{path}?history=true", "bindings")
    assert [one["subscription_id"] for one in history] == [bound[0], *bound[2:], bound[1]]


async def test_the_client_reads_whole_lists_page_by_page(plane: "Plane", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.client.paging.PAGE", 2)
    bound = [plane.bind(caller=f"+8613900000{n:03d}", callee=B).subscription_id for n in range(5)]
    async with plane.client() as client:
        assert len(await client.numbers(KEY)) == 50
        page = await client.bindings_page(KEY, limit=3)
        assert [one["subscription_id"] for one in page["bindings"]] == bound[:3]
        whole = asyncio.ensure_future(client.bindings(KEY, history=True))
        assert [one["subscription_id"] for one in await whole] == bound
        rest = await client.bindings_page(KEY, limit=3, cursor=page["next"])
        assert ([one["subscription_id"] for one in rest["bindings"]], rest["next"]) == (bound[3:], None)
        assert (await client.notifications_page(limit=1, cursor="1~0"))["notifications"] == []


def unbind(plane: "Plane", subscription_id: str) -> None:
    """End a binding."""
    exchange = plane.simulator.exchange
    app = exchange.app(KEY)
    assert app is not None
    exchange.axb.unbind(app, UnbindAxb(subscription_id))
