"""A careless user of the page: double clicks, addresses of yesterday, a simulator that is gone, what was reset elsewhere."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from simulator.telephony.commands.calls import Dial
from tests.browser.browsing import KEY, A, Seen, started

ROWS = ".call-row"


def dial(seen: Seen, **members: Any) -> str:
    """A call of A; its id."""
    return seen.simulator.exchange.dial(KEY, Dial(A, seen.bind(), **members)).call.call_id


@pytest.mark.parametrize("address", ["calls/nope", "calls/a%2Fb?c", "calls/%E0%A4%A", "calls/<b>"])
async def test_an_address_without_its_call_says_so(seen: Seen, address: str) -> None:
    await seen.open(address)
    await expect(seen.page.locator(".detail .empty")).to_have_text(
        "There is no such call. It may have gone with a reset or a restart, or made room for newer ones."
    )
    await seen.page.set_viewport_size({"width": 360, "height": 740})
    await seen.page.click(".detail .back")
    await expect(seen.page.locator("#play-button")).to_be_visible()


async def test_a_call_that_was_reset_is_shown_no_more(seen: Seen) -> None:
    call_id = dial(seen)
    await seen.open(f"calls/{call_id}")
    await expect(seen.page.locator(".ladder")).to_be_visible()
    seen.simulator.exchange.reset(None)
    await expect(seen.page.locator(".detail .empty")).to_contain_text("no such call")
    await expect(seen.page.locator(ROWS)).to_have_count(0)


async def test_one_call_is_never_shown_under_the_address_of_another(seen: Seen) -> None:
    await seen.open(f"calls/{dial(seen)}")
    await expect(seen.page.locator(".ladder")).to_be_visible()
    await seen.page.evaluate("location.hash = 'calls/nope'")
    await expect(seen.page.locator(".detail .empty")).to_contain_text("no such call")
    assert await seen.page.locator(".ladder").count() == 0


async def test_a_double_click_plays_one_call(seen: Seen) -> None:
    x_number = seen.bind()
    await seen.open()
    await expect(seen.page.locator("#play-dialled")).to_have_value(x_number)
    await seen.page.dblclick("#play-button")
    await expect(seen.page.locator(".ladder")).to_be_visible()
    assert len(list(seen.simulator.exchange.calls(None, 10))) == 1


async def test_a_double_click_sends_again_once(seen: Seen) -> None:
    call_id = dial(seen)
    await seen.open(f"calls/{call_id}")
    await seen.page.wait_for_selector(".told-list li[data-state=acknowledged]:has-text('callin')")
    before = seen.got.count("/callin")
    await seen.page.dblclick("button.again[data-kind=callin]")
    await seen.page.wait_for_selector(".rung:has-text('callin #2')")
    assert seen.got.count("/callin") == before + 1


async def test_at_one_instant_the_newest_call_stands_on_top(seen: Seen) -> None:
    """The clock stands: all calls begin at the same instant."""
    early = [dial(seen) for _ in range(3)]
    await seen.open()
    await expect(seen.page.locator(ROWS)).to_have_count(3)
    late = [dial(seen) for _ in range(2)]
    await expect(seen.page.locator(ROWS)).to_have_count(5)
    shown = await seen.page.eval_on_selector_all(
        ROWS, "rows => rows.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top)).map(r => r.dataset.call)"
    )
    assert shown == [*reversed(early + late)]


async def test_at_one_instant_what_was_sent_again_stands_last_on_the_ladder(seen: Seen) -> None:
    await seen.open(f"calls/{dial(seen, rings_seconds=60)}")
    await seen.page.wait_for_selector(".told-list li[data-state=acknowledged]:has-text('callout')")
    await seen.page.click("button.again[data-kind=callin]")
    await seen.page.wait_for_selector(".rung:has-text('callin #2')")
    steps = await seen.page.eval_on_selector_all(
        ".rung", 'all => all.map(e => e.querySelector("text:not(.at)").textContent)'
    )
    assert steps[2:] == ["callin", "200", "callout", "200", "callin #2", "200"]


async def test_after_more_than_the_feed_tells_no_row_stands_still(seen: Seen) -> None:
    """A thousand calls end in one advance: the feed says only that there is a gap, and old rows are read anew."""
    x_number = seen.bind()
    seen.simulator.exchange.change_app(KEY, receivers={})
    await seen.open()
    for _ in range(600):
        seen.simulator.exchange.dial(KEY, Dial(A, x_number))
    await expect(seen.page.locator(".count")).to_have_text("600 Calls")
    await seen.simulator.story.advance(100)
    await expect(seen.page.locator(ROWS).first).to_contain_text("released")
    await seen.page.evaluate("document.querySelector('.calls').scrollTop = 20000")
    await expect(seen.page.locator(ROWS, has_text="forwarded")).to_have_count(0)
    await expect(seen.page.locator(ROWS, has_text="released").first).to_be_visible()


async def test_an_address_pasted_into_the_open_page_signs_in(seen: Seen) -> None:
    """Only what is behind the # changes: the browser loads nothing anew."""
    await seen.open()
    port = int(seen.address.rpartition(":")[2])
    await seen.simulator.stop()
    seen.simulator = await started("another-token", port)
    await expect(seen.page.locator(".sign-in")).to_be_visible()
    await seen.page.evaluate("location.hash = '#token=another-token'")
    await expect(seen.page.locator(".house")).to_be_visible()
    await expect(seen.page.locator(".alive.good")).to_be_visible()
    assert "token" not in await seen.page.evaluate("location.href")


@pytest.mark.parametrize("token", ["wrong", "%E0%A4%A", ""])
async def test_a_wrong_token_in_the_address_is_refused_in_words(seen: Seen, token: str) -> None:
    await seen.page.goto(f"{seen.address}/#token={token}")
    await expect(seen.page.locator(".sign-in [role=alert]")).to_have_text("This is not the token.")
    assert "#token" not in await seen.page.evaluate("location.href")
    assert not [one for one in seen.complaints if one.startswith("error")]


async def test_a_simulator_that_is_gone_is_said_in_words(seen: Seen) -> None:
    x_number = seen.bind()
    await seen.open()
    await expect(seen.page.locator("#play-dialled")).to_have_value(x_number)
    await seen.simulator.stop()
    await seen.page.wait_for_selector(".alive.bad")
    await seen.page.click("#play-button")
    await expect(seen.page.locator(".play .refused")).to_have_text(
        "The simulator does not answer. Is it still running?"
    )
    for view in ("messages", "apps", "faults", "journal"):
        await seen.page.evaluate(f"location.hash = '{view}'")
        await expect(seen.page.locator(f"nav a[href='#{view}'][aria-current]")).to_be_visible()
        await expect(seen.page.locator(".refused").first).to_contain_text("does not answer")
    assert not [one for one in seen.complaints if one.startswith("error")]
    seen.simulator = await started()


async def test_a_feed_that_is_full_signs_nobody_out(seen: Seen) -> None:
    await seen.page.route("**/control/v1/events", lambda route: route.fulfill(status=503, body=""))
    await seen.page.goto(f"{seen.address}/#token={seen.token}")
    await expect(seen.page.locator(".alive.bad")).to_be_visible()
    await seen.page.unroute("**/control/v1/events")
    await expect(seen.page.locator(".alive.good")).to_be_visible()
    assert await seen.page.locator(".sign-in").count() == 0


async def test_what_is_bound_later_is_offered_unless_something_was_typed(seen: Seen) -> None:
    await seen.open()
    first = seen.bind()
    await expect(seen.page.locator("#play-dialled")).to_have_value(first)
    await seen.page.fill("#play-caller", "+8613811112222")
    seen.bind(callee="+8613800000099")
    await seen.page.evaluate("location.hash = 'journal'")
    await seen.page.wait_for_selector("#play-caller", state="detached")
    await seen.page.evaluate("location.hash = 'calls'")
    await expect(seen.page.locator("#play-caller")).to_have_value("+8613811112222")


async def test_two_tabs_show_the_same(seen: Seen, chromium: Any) -> None:
    """They share a session: the second needs no token, and goes when the first signs out."""
    context = await chromium.new_context()
    one, other = await context.new_page(), await context.new_page()
    await one.goto(f"{seen.address}/#token={seen.token}")
    await one.wait_for_selector(".house")
    await other.goto(f"{seen.address}/#calls")
    await other.wait_for_selector(".house")
    call_id = dial(seen)
    for tab in (one, other):
        await expect(tab.locator(f"[data-call={call_id}]")).to_be_visible()
    await one.keyboard.press("?")
    await one.click(".help button:has-text('Sign out')")
    await expect(one.locator(".sign-in")).to_be_visible()
    await other.reload()
    await expect(other.locator(".sign-in")).to_be_visible()
    await context.close()


async def test_an_advance_that_does_not_arrive_says_where_it_stopped(seen: Seen) -> None:
    await seen.open()
    answer = '{"now": "2026-01-01T00:00:30.000000Z", "reached": false, "fired": [], "more": 0}'
    await seen.page.route("**/clock/advance", lambda route: route.fulfill(status=200, body=answer))
    await seen.page.click(".clock summary")
    await seen.page.click("[data-advance='1h']")
    await expect(seen.page.locator(".clock .refused")).to_contain_text("before its end; the clock stands at")


async def test_a_double_click_advances_once(seen: Seen) -> None:
    await seen.open()
    before = seen.simulator.exchange.now()
    await seen.page.click(".clock summary")
    await seen.page.dblclick("[data-advance='1h']")
    await expect(seen.page.locator(".clock .hint")).to_have_text("nothing happened on the way")
    assert seen.simulator.exchange.now() - before == timedelta(hours=1)
    assert await seen.page.locator(".clock .refused").count() == 0
    await seen.page.keyboard.press("Escape")
    await expect(seen.page.locator(".clock .menu")).to_be_hidden()


async def test_the_ladder_of_a_call_that_was_asked_about_asks_before_it_ends(seen: Seen) -> None:
    """All at one instant: the receiver is asked, says nothing useful, and the call is released."""
    await seen.open()
    await seen.page.select_option("#play-app", "x-demo")
    await expect(seen.page.locator("#play-dialled")).not_to_have_value("")
    await seen.page.click("#play-button")
    await expect(seen.page.locator(".rung:has-text('disconnect')")).to_be_visible()
    steps = await seen.page.eval_on_selector_all(
        ".rung", 'all => all.map(e => e.querySelector("text:not(.at)").textContent)'
    )
    assert steps[:4] == ["dialled", "callin", "200", "released 8014"]


async def test_a_field_that_somebody_is_in_is_not_changed_by_what_is_bound(seen: Seen) -> None:
    await seen.open()
    dialled, caller = seen.page.locator("#play-dialled"), seen.page.locator("#play-caller")
    await expect(dialled).not_to_have_value("")
    offered = await dialled.input_value()
    await dialled.focus()
    x_number = seen.bind(caller="+8613800000099")
    await expect(caller).to_have_value("+8613800000099")
    assert x_number != offered
    assert await dialled.input_value() == offered
