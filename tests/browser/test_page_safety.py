"""What the customer's code sends is only text on the page; everybody can use it: keyboards, narrow screens, screen readers."""

import asyncio
from typing import Any

import orjson
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from simulator.contract.faults import rules
from simulator.telephony.commands.calls import Dial
from simulator.telephony.commands.messages import SendSms
from tests.browser.browsing import KEY, A, B, Seen

HOSTILE = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>\"'><b>bold</b>{{1}}`${1}`"
VIEWS = ("calls", "messages", "apps", "faults", "journal")
SERIOUS = ("serious", "critical")


async def played(seen: Seen) -> str:
    """A call with everything told, hostile user data in it; its id."""
    x_number = seen.bind(user_data=HOSTILE)
    played = seen.simulator.exchange.dial(KEY, Dial(A, x_number))
    seen.simulator.exchange.send_sms(KEY, SendSms(B, x_number, HOSTILE))
    await seen.simulator.story.advance(120)
    return played.call.call_id


async def test_hostile_values_are_shown_as_text(seen: Seen) -> None:
    seen.says = HOSTILE
    call_id = await played(seen)
    await ask_with_a_hostile_header(seen)
    await seen.open(f"calls/{call_id}")
    await seen.page.click(".told-list li:has-text('callin') .plain")
    for place in (0, 1):
        await expect(seen.page.locator(".exchanges pre").nth(place)).to_contain_text("<script>")
    await seen.page.goto(f"{seen.address}/#messages")
    await expect(seen.page.locator(".sms-list")).to_contain_text(HOSTILE)
    await seen.page.click(".sms-list .plain")
    await expect(seen.page.locator(".exchanges pre").first).to_contain_text("POST /sms")
    await seen.page.goto(f"{seen.address}/#journal")
    await seen.page.fill("#search", "onerror")
    await expect(seen.page.locator(".rows[aria-busy=false] li").first).to_be_visible()
    for button in await seen.page.locator(".rows .plain").all():
        await button.click()
    assert await seen.page.evaluate("window.pwned") is None
    assert await seen.page.locator("main img, main script, main b").count() == 0
    assert seen.complaints == []


async def ask_with_a_hostile_header(seen: Seen) -> None:
    """The platform's API, asked with nonsense everywhere."""
    assert seen.simulator.ready is not None
    host, _, port = seen.simulator.ready.api.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /{'<script>window.pwned=1</script>'} HTTP/1.1\r\nHost: x\r\nX-Hi: {HOSTILE}\r\n\r\n".encode())
    await reader.read()
    writer.close()
    await writer.wait_closed()


async def test_the_policy_lets_no_inline_script_run(seen: Seen) -> None:
    await seen.open()
    await seen.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.pwned = 1'; document.body.append(s); }"
    )
    assert await seen.page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in one for one in seen.complaints)


def put_fault(seen: Seen) -> None:
    """A rule to look at."""
    seen.simulator.exchange.faults.put(KEY, rules([{"fault": "two_segments", "count": 2}]))


UNFOLDS = {
    "apps": (".detail details > summary", ".detail form"),
    "messages": (".sms-list .plain", ".exchanges pre"),
    "journal": (".rows .plain", ".rows pre"),
    "calls/": (".told-list .plain", ".exchanges pre"),
}


async def everything_open(seen: Seen, view: str) -> None:
    """Whatever of a view unfolds: the bytes of the first notification, the help, the receivers, a row of the journal."""
    if await seen.page.locator(".help").count():
        await seen.page.click(".help button")
    for name, (press, shown) in UNFOLDS.items():
        if view.startswith(name):
            await seen.page.click(press)
            await expect(seen.page.locator(shown).first).to_be_visible()
    await seen.page.evaluate("document.activeElement.blur()")
    await seen.page.keyboard.press("?")
    await expect(seen.page.locator(".help")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_serious(seen: Seen, theme: Any) -> None:
    call_id = await played(seen)
    seen.status = 500
    seen.simulator.exchange.dial(KEY, Dial(A, seen.bind(callee="+8613800000025")))
    await seen.page.emulate_media(color_scheme=theme)
    found = []
    put_fault(seen)
    for view in (*VIEWS, f"calls/{call_id}"):
        await seen.open(view)
        await everything_open(seen, view)
        await expect(seen.page.locator("main")).not_to_be_empty()
        result = await Axe().run(seen.page)
        found += [
            (view, one["id"], one["nodes"][0]["html"][:120])
            for one in result.response["violations"]
            if one["impact"] in SERIOUS
        ]
    assert found == []


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_it_fits_into_360_pixels(seen: Seen, language: str) -> None:
    call_id = await played(seen)
    put_fault(seen)
    await seen.page.set_viewport_size({"width": 360, "height": 740})
    await seen.open()
    if language == "zh":
        await seen.page.click("text=中文")
    for view in (*VIEWS, f"calls/{call_id}"):
        await seen.open(view)
        await everything_open(seen, view)
        wide = await seen.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, view


async def test_it_speaks_chinese_and_remembers_it(seen: Seen) -> None:
    await seen.open()
    await seen.page.click("text=中文")
    await expect(seen.page.locator("nav")).to_contain_text("通话")
    await seen.page.reload()
    await expect(seen.page.locator("nav")).to_contain_text("通话")
    assert await seen.page.get_attribute("html", "lang") == "zh-CN"
    causes = await seen.page.inner_text("#play-cause")
    assert "AXYB" not in causes
    assert "被叫" in causes


async def test_ten_thousand_calls_do_not_stall_it(seen: Seen) -> None:
    x_number = seen.bind()
    app = seen.simulator.exchange.app(KEY)
    assert app is not None
    seen.simulator.exchange.change_app(KEY, receivers={})
    for _ in range(10_000):
        seen.simulator.exchange.dial(KEY, Dial(A, x_number, rings_seconds=50))
    await seen.open()
    await expect(seen.page.locator(".count")).to_have_text("10000 Calls", timeout=60_000)
    assert await seen.page.locator(".call-row").count() < 60
    await seen.page.evaluate(
        "() => { window.longest = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "e => window.longest = Math.max(window.longest, e.duration))).observe({type: 'longtask'}); }"
    )
    await seen.page.evaluate("document.querySelector('.calls').scrollTop = 300000")
    await expect(seen.page.locator(".call-row").first).to_be_visible()
    await seen.page.locator(".call-row").nth(8).click()
    await expect(seen.page.locator(".ladder")).to_be_visible()
    await seen.page.fill("#search", "no such call")
    await expect(seen.page.locator(".empty")).to_be_visible()
    assert await seen.page.evaluate("window.longest") < 1000
    assert orjson.dumps(seen.complaints) == b"[]"
