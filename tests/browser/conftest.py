"""Headless Chromium, a simulator on port 0 with a standing clock, and a receiver; without a browser a loud skip.

All tests of a process share its browser, and therefore its loop; each has a context and a simulator of its own.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from simulator.delivery.notification import Slot
from tests.browser.browsing import WIDE, Seen, browser_path, started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests are skipped loudly, and fail where CI says so."""
    ours = [item for item in items if "tests/browser" in str(item.fspath)]
    for item in ours:
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    if browser_path() is not None or os.environ.get("CI", "").lower() == "true":
        return
    why = "no Chromium here: the page is NOT tested. apt-get install chromium, or set PNSIM_CHROMIUM"
    for item in ours:
        item.add_marker(pytest.mark.skip(reason=why))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Any]:
    """One browser."""
    from playwright.async_api import async_playwright

    path = browser_path()
    assert path, "no Chromium here and CI=true: apt-get install chromium, or set PNSIM_CHROMIUM"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def seen(chromium: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Seen]:
    """A standing clock; everything of the application goes to the receiver."""
    monkeypatch.chdir(tmp_path)
    simulator = await started()
    page = await chromium.new_page(viewport=WIDE, locale="en-GB")
    page.set_default_timeout(10_000)
    one = Seen(simulator, page)
    page.on("pageerror", lambda error: one.complaints.append(f"error: {error}"))
    page.on("console", lambda said: said.type == "error" and one.complaints.append(f"console: {said.text}"))
    page.on("dialog", lambda dialog: one.complaints.append(f"dialog: {dialog.message}"))
    runner = web.ServerRunner(web.Server(one.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    for app in simulator.exchange.apps():
        simulator.exchange.change_app(app.app_key, receivers={slot: f"{url}/{slot.value}" for slot in Slot})
    yield one
    await page.close()
    await one.simulator.stop()
    await runner.cleanup()
