"""The page's session and the live feed: who may follow, what is told, and what happens to those who cannot keep up."""

import asyncio
from typing import TYPE_CHECKING

import orjson
import pytest

from simulator.control.broadcast import CHUNKS_WAITING, ROWS_AT_ONCE, WATCHERS, Broadcast, Watcher
from simulator.control.page import page_files
from simulator.control.sessions import Sessions

if TYPE_CHECKING:
    from conftest import Plane


async def cookie_of(plane: "Plane") -> str:
    status, _, headers = await plane.raw("POST", "/session")
    assert status == 204
    return headers["Set-Cookie"]


async def events(
    plane: "Plane", count: int, path: str = "/events", begun: asyncio.Event | None = None, **headers: str
) -> list[tuple[str, dict]]:
    """The first events of the feed; `begun` is set with the first."""
    found: list[tuple[str, dict]] = []
    name = ""
    headers = {"Authorization": f"Bearer {plane.token}", **headers}
    async with plane.session.get(f"{plane.url}/control/v1{path}", headers=headers) as feed:
        assert (feed.status, feed.content_type) == (200, "text/event-stream")
        async for line in feed.content:
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            if line.startswith(b"data: "):
                found.append((name, orjson.loads(line[6:])))
                if begun is not None:
                    begun.set()
            if len(found) == count:
                return found
    return found


async def test_the_token_is_exchanged_for_a_cookie_that_no_script_can_read(plane: "Plane") -> None:
    cookie = await cookie_of(plane)
    assert cookie.startswith("pnsim_session=")
    assert cookie.endswith("; Path=/control/v1; HttpOnly; SameSite=Strict")
    assert plane.token not in cookie
    status, ready, _ = await plane.raw("GET", "/ready", token=None, headers={"Cookie": cookie.split(";")[0]})
    assert (status, ready["apps"][0]["app_key"]) == (200, "axb-demo")


async def test_a_cookie_that_nobody_was_given_is_none(plane: "Plane") -> None:
    for cookie in ("pnsim_session=", "pnsim_session=guessed", "other=1", 'pnsim_session="', ";;="):
        status, _, _ = await plane.raw("GET", "/ready", token=None, headers={"Cookie": cookie})
        assert status == 401, cookie


async def test_a_cookie_of_another_token_is_none(plane: "Plane") -> None:
    for token, good in (("another", False), (plane.token, True)):
        cookie = Sessions(token, lambda: "made").begin().split(";")[0]
        status, _, _ = await plane.raw("GET", "/ready", token=None, headers={"Cookie": cookie})
        assert (status == 200) is good, "a session outlives a restart exactly when the token is the same"


async def test_a_session_that_ended_asks_nothing_more(plane: "Plane") -> None:
    cookie = (await cookie_of(plane)).split(";")[0]
    own = {"Cookie": cookie, "Origin": plane.url}
    status, _, headers = await plane.raw("DELETE", "/session", token=None, headers=own)
    assert (status, "Max-Age=0" in headers["Set-Cookie"]) == (204, True)
    assert (await plane.raw("GET", "/ready", token=None, headers=own))[0] == 401


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "https://127.0.0.1"])
async def test_a_foreign_page_changes_nothing_with_somebodys_cookie(plane: "Plane", origin: str | None) -> None:
    cookie = (await cookie_of(plane)).split(";")[0]
    headers = {"Cookie": cookie, **({} if origin is None else {"Origin": origin})}
    status, problem, _ = await plane.raw("POST", "/reset", token=None, headers=headers, json={})
    assert (status, problem["title"]) == (403, "foreign origin")
    own = {"Cookie": cookie, "Origin": plane.url}
    assert (await plane.raw("POST", "/reset", token=None, headers=own, json={}))[0] == 204


async def test_what_happens_is_told_in_brief(plane: "Plane") -> None:
    begun = asyncio.Event()
    following = asyncio.ensure_future(events(plane, 3, begun=begun))
    await begun.wait()
    async with plane.client() as client:
        plane.bind()
        await client.change_app("axb-demo", {"sms": False})
    told = await following
    assert [name for name, _ in told] == ["position", "row", "row"]
    assert [row.get("what") for _, row in told[1:]] == ["bound", "app_changed"]
    assert all("body" not in row for _, row in told)


async def test_who_comes_back_is_told_what_he_missed(plane: "Plane") -> None:
    first = plane.simulator.exchange.journal.last_position
    plane.bind()
    told = await events(plane, 1, "/events", **{"Last-Event-ID": str(first)})
    assert told[0][0] == "row"
    assert told[0][1]["position"] == first + 1


async def test_what_happens_while_the_first_bytes_leave_is_told_to_everybody(plane: "Plane") -> None:
    broadcast = Broadcast(plane.simulator.exchange.journal)
    quick, slow = broadcast.join(None), broadcast.join(None)
    await anext(quick)
    await anext(slow)
    plane.bind()
    async with asyncio.timeout(5):
        told = await anext(quick)
        assert await anext(slow) == told
    broadcast.stop()


async def test_who_has_gone_is_not_counted_although_nothing_happens(
    plane: "Plane", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.control.lasting.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("simulator.control.broadcast.WATCHERS", 1)
    for _ in range(3):
        async with asyncio.timeout(10):
            while not await is_followed(plane):
                pass


async def is_followed(plane: "Plane") -> bool:
    """Whether there was room for one more, who goes at once."""
    headers = {"Authorization": f"Bearer {plane.token}"}
    async with plane.session.get(f"{plane.url}/control/v1/events", headers=headers) as feed:
        return feed.status == 200


async def test_who_missed_too_much_is_told_of_a_gap(plane: "Plane") -> None:
    exchange = plane.simulator.exchange
    for _ in range(ROWS_AT_ONCE + 1):
        exchange.journal.note("clock", exchange.now(), None)
    assert await events(plane, 1, "/events?after=0") == [("gap", {"position": exchange.journal.last_position})]


def test_a_slow_watcher_loses_the_newest_and_knows_it() -> None:
    watcher = Watcher()
    for number in range(CHUNKS_WAITING + 1):
        watcher.give(b"%d" % number)
    assert (watcher.waiting.qsize(), watcher.lost) == (CHUNKS_WAITING, True)


async def test_more_watchers_than_may_are_refused(plane: "Plane", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.control.broadcast.WATCHERS", 0)
    status, problem, _ = await plane.raw("GET", "/events")
    assert (status, problem["title"]) == (503, "too many watchers")
    assert WATCHERS == 200


async def test_the_pages_files_are_public_and_run_no_script_but_theirs(plane: "Plane") -> None:
    for path in page_files():
        async with plane.session.get(plane.url + path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert answer.status == 200
            assert "default-src 'none'; script-src 'self'" in policy
            assert plane.token not in (await answer.read()).decode()
    async with plane.session.get(f"{plane.url}/page/../server.py") as answer:
        assert answer.status == 401
