"""`make screenshots`: the main views as pictures for the README, of a story that is the same every time."""

import asyncio
import sys
from pathlib import Path

from aiohttp import web
from playwright.async_api import async_playwright

from simulator.delivery.notification import Slot
from simulator.telephony.commands.calls import Dial
from simulator.telephony.commands.messages import SendSms
from tests.browser.browsing import KEY, A, B, Seen, browser_path, started

DOCS = Path(__file__).parents[2] / "docs"
SHOTS = (
    ("call", "calls/{call}", "light", {"width": 1280, "height": 900}),
    ("call-dark", "calls/{call}", "dark", {"width": 1280, "height": 900}),
    ("journal", "journal", "light", {"width": 1280, "height": 700}),
    ("narrow", "calls/{call}", "light", {"width": 360, "height": 740}),
)


async def main() -> None:
    """Play the story, take the pictures."""
    path = browser_path()
    if path is None:
        sys.exit("no Chromium here: apt-get install chromium, or set PNSIM_CHROMIUM")
    simulator = await started()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = await browser.new_page(locale="en-GB", timezone_id="Asia/Shanghai")
        seen = Seen(simulator, page)
        call_id = await story(seen)
        for name, view, theme, size in SHOTS:
            await page.set_viewport_size(size)
            await page.emulate_media(color_scheme=theme)
            await seen.open(view.format(call=call_id))
            await page.wait_for_selector(".ladder, .rows li")
            await page.wait_for_selector("header :text-is('live')")
            await page.screenshot(path=DOCS / f"page-{name}.png")
        await browser.close()
    await simulator.stop()


async def story(seen: Seen) -> str:
    """Some calls, of which the last has a notification that was refused and sent again; its id."""
    runner = web.ServerRunner(web.Server(seen.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    exchange, story = seen.simulator.exchange, seen.simulator.story
    exchange.change_app(KEY, receivers={slot: f"{url}/{slot.value}" for slot in Slot})
    x_number = seen.bind(record=True)
    for outcome in ("busy", "answered", "no_answer", "powered_off", "rejected"):
        exchange.dial(KEY, Dial(A, x_number, outcome=outcome))
        await story.advance(120)
    exchange.send_sms(KEY, SendSms(B, x_number, "我在楼下 I am downstairs"))
    call = exchange.dial(KEY, Dial(A, x_number, talks_seconds=16))
    await story.advance(4)
    seen.status = 500
    await story.advance(20)
    seen.status = 200
    await story.advance(300)
    return call.call.call_id


if __name__ == "__main__":
    asyncio.run(main())
