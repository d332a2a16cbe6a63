"""The page in a browser: a call is played and watched as it happens, sent again, and the clock is moved."""

import pytest
from playwright.async_api import expect

from simulator.telephony.commands.calls import Dial
from tests.browser.browsing import A, Seen, started

RUNGS = ".ladder .rung"


async def test_the_token_of_the_address_signs_in_and_is_seen_no_more(seen: Seen) -> None:
    await seen.open()
    assert seen.token not in await seen.page.evaluate("location.href")
    assert seen.token not in await seen.page.content()
    assert "pnsim_session" not in await seen.page.evaluate("document.cookie")
    assert seen.complaints == []


async def test_without_the_token_there_is_a_form_that_takes_it(seen: Seen) -> None:
    await seen.page.goto(seen.address)
    await seen.page.fill("input[name=token]", "wrong")
    await seen.page.click("button.primary")
    assert await seen.page.inner_text("[role=alert]") == "This is not the token."
    await seen.page.fill("input[name=token]", seen.token)
    await seen.page.click("button.primary")
    await seen.page.wait_for_selector(".house")


async def test_a_played_call_grows_on_its_ladder_as_it_happens(seen: Seen) -> None:
    x_number = seen.bind()
    await seen.open()
    await expect(seen.page.locator("#play-dialled")).to_have_value(x_number)
    await seen.page.click("#play-button")
    texts = 'elements => elements.map(e => e.querySelector("text:not(.at)").textContent)'

    async def steps(count: int) -> list[str]:
        await expect(seen.page.locator(RUNGS)).to_have_count(count)
        return await seen.page.eval_on_selector_all(RUNGS, texts)

    begun = await steps(6)
    assert begun == ["dialled", "forwarded", "callin", "200", "callout", "200"]
    await seen.simulator.story.advance(2)
    assert "alerted" in await steps(9)
    await seen.simulator.story.advance(60)
    assert (await steps(17))[-2:] == ["fee", "200"]
    assert await seen.page.inner_text(".head .chip") == "released"
    assert seen.complaints == []


async def test_a_case_of_8031_in_fewer_than_ten_clicks(seen: Seen) -> None:
    """Play, look, send again, advance, look."""
    seen.status = 500
    await seen.open()
    await seen.page.evaluate("window.clicks = 0; addEventListener('click', () => window.clicks++, true)")
    await seen.page.click("#play-app")
    await seen.page.select_option("#play-app", "axyb-demo")
    await seen.page.click("#play-cause")
    await seen.page.select_option("#play-cause", "8031")
    await expect(seen.page.locator("#play-dialled")).not_to_have_value("")
    await seen.page.click("#play-button")
    await seen.page.wait_for_selector(".cause:has-text('8031')")
    await seen.page.click(".told-list li:has-text('disconnect') .plain")
    await seen.page.wait_for_selector(".exchanges:has-text('500')")
    seen.status = 200
    await seen.page.click(".told-list li:has-text('disconnect') button.again")
    await seen.page.wait_for_selector(".told-list li:has-text('disconnect'):has-text('acknowledged')")
    await seen.page.click(".clock summary")
    await seen.page.click("[data-advance='1m']")
    await seen.page.wait_for_selector(".fired li")
    await seen.page.wait_for_selector(".told-list li:has-text('fee'):has-text('acknowledged')")
    assert await seen.page.evaluate("window.clicks") < 10


async def test_send_again_sends_again(seen: Seen) -> None:
    x_number = seen.bind()
    await seen.open()
    await seen.page.fill("#play-dialled", x_number)
    await seen.page.click("#play-button")
    await seen.page.wait_for_selector(".told-list li:has-text('callin'):has-text('acknowledged')")
    before = seen.got.count("/callin")
    await seen.page.click(".told-list li:has-text('callin') button.again")
    await seen.page.wait_for_selector(f"{RUNGS}:has-text('callin #2')")
    assert seen.got.count("/callin") == before + 1


async def test_a_refusal_is_shown_where_it_was_asked(seen: Seen) -> None:
    await seen.open()
    await seen.page.fill("#play-dialled", "+8613900000000")
    await seen.page.click("#play-button")
    assert "nobody's X number" in await seen.page.inner_text(".play .refused")


async def test_the_page_goes_on_after_a_restart_that_kept_the_token(seen: Seen) -> None:
    await seen.open()
    port, token = int(seen.address.rpartition(":")[2]), seen.token
    await seen.simulator.stop()
    await seen.page.wait_for_selector(".alive.bad")
    seen.simulator = await started(token, port)
    await seen.page.wait_for_selector(".alive.good")
    x_number = seen.bind()
    await seen.page.fill("#play-dialled", x_number)
    await seen.page.click("#play-button")
    await expect(seen.page.locator(".ladder")).to_be_visible()
    assert await seen.page.locator(".sign-in").count() == 0


async def test_after_a_restart_with_another_token_the_page_asks_for_it(seen: Seen) -> None:
    await seen.open()
    port = int(seen.address.rpartition(":")[2])
    await seen.simulator.stop()
    seen.simulator = await started("another-token", port)
    await expect(seen.page.locator(".sign-in input[name=token]")).to_be_visible()
    assert await seen.page.locator(".house").count() == 0


async def test_a_call_is_played_looked_at_and_sent_again_without_a_mouse(seen: Seen) -> None:
    seen.status = 500
    x_number = seen.bind()
    await seen.open("journal")
    keyboard = seen.page.keyboard
    await keyboard.press("p")
    await expect(seen.page.locator("#play-dialled")).to_have_value(x_number)
    await expect(seen.page.locator("#play-caller")).to_be_focused()
    await keyboard.press("Enter")
    await seen.page.wait_for_selector(".told-list li[data-state=waiting]:has-text('callout')")
    seen.status = 200
    await keyboard.press("Escape")
    await keyboard.press("r")
    await seen.page.wait_for_selector(".told-list li[data-state=acknowledged]:has-text('callout')")
    await keyboard.press("a")
    await keyboard.press("Enter")
    await seen.page.wait_for_selector(".fired li")
    await keyboard.press("Escape")
    await expect(seen.page.locator(".clock .menu")).to_be_hidden()
    await seen.page.focus(".rung.press")
    await keyboard.press("Enter")
    await expect(seen.page.locator(".exchanges pre").first).to_contain_text("POST /callin")


@pytest.mark.parametrize("key", ["p", "/"])
async def test_keys_lead_to_the_fields(seen: Seen, key: str) -> None:
    await seen.open()
    await seen.page.keyboard.press(key)
    assert await seen.page.evaluate("document.activeElement.id") == {"p": "play-caller", "/": "search"}[key]


async def test_keys_walk_the_list_and_the_views(seen: Seen) -> None:
    x_number = seen.bind()
    for _ in range(3):
        seen.simulator.exchange.dial("axb-demo", Dial(A, x_number))
    await seen.open()
    await seen.page.wait_for_selector(".call-row")
    await seen.page.keyboard.press("j")
    first = await seen.page.get_attribute(".call-row.chosen", "data-call")
    await seen.page.keyboard.press("j")
    await expect(seen.page.locator(".call-row.chosen")).not_to_have_attribute("data-call", first)
    await seen.page.keyboard.press("5")
    await seen.page.wait_for_selector("nav a[href='#journal'][aria-current]")
