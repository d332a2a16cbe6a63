"""Part of `make bench`: what open pages cost the API, and how soon a page shows a call that was played.

Feeds are read by a process of their own, as browsers would; rounds with none, one and fifty of them alternate.
"""

import asyncio
import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.bench import _ours, _signed_headers
from benchmarks.load import binds, press
from benchmarks.processes import LOAD_CORE, child, folder, middle, on_core

ROUNDS = 5
ROUND_SECONDS = 2.0
CONNECTIONS = 32
FEEDS = (0, 1, 50)
PATH = "/rest/caas/relationnumber/partners/v1.0"
CALLS = 30
KEY, A, X = "bench", "+8613100000021", "+8613800000000"
PLAY = """async (body) => {
  const began = performance.now();
  const headers = {"Content-Type": "application/json"};
  const answer = await fetch("/control/v1/calls", {method: "POST", body, headers});
  const row = `[data-call="${(await answer.json()).call_id}"]`;
  const frame = () => new Promise(requestAnimationFrame);
  while (!document.querySelector(row)) {
    if (performance.now() - began > 10000) throw new Error(`there is no ${row}`);
    await frame();
  }
  await frame();
  return performance.now() - began;
}"""
"""Plays a call and looks for its row, with the page's own clock at both ends."""


async def _follow(control: str, token: str, count: int) -> None:
    """Hold so many feeds open, reading whatever comes, until this process is ended."""
    host, port = control.removeprefix("http://").split(":")
    asked = f"GET /control/v1/events HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()

    async def one() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(asked)
        while await reader.read(65_536):
            pass

    await asyncio.gather(*(one() for _ in range(count)))


def _ask(control: str, token: str, path: str, body: object = None) -> bytes:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(f"{control}/control/v1{path}", data, headers)  # our own loopback address
    with urllib.request.urlopen(asked, timeout=30) as answer:
        content: bytes = answer.read()
        return content


def _watched(control: str, token: str, count: int) -> None:
    """Wait until so many watch."""
    until = time.monotonic() + 30
    while f"pnsim_feed_watchers {float(count)}".encode() not in _ask(control, token, "/metrics"):
        if time.monotonic() > until:
            raise SystemExit(f"there are no {count} watchers of the feed")
        time.sleep(0.05)


def _throughput(place: Path) -> None:
    print(f"\nOpen pages: authenticated AXB bind with feeds of GET /events, {ROUNDS} rounds of {ROUND_SECONDS:g} s")
    rates: dict[int, list[float]] = {count: [] for count in FEEDS}
    with _ours(place) as (port, _):
        ready = json.loads((place / "serve.json").read_text(encoding="utf-8"))
        requests: Iterator[bytes] = binds(PATH, _signed_headers(), [f"+8613800{number:06d}" for number in range(2000)])
        uvloop.run(press(port, requests, ROUND_SECONDS, CONNECTIONS))  # warms up
        for round_number in range(ROUNDS):
            for count in FEEDS if round_number % 2 else reversed(FEEDS):
                with child(["-m", "benchmarks.pages", ready["control"], ready["token"], str(count)], LOAD_CORE):
                    _watched(ready["control"], ready["token"], count)
                    good, bad, seconds = uvloop.run(press(port, requests, ROUND_SECONDS, CONNECTIONS))
                if bad or not good:
                    raise SystemExit(f"{count} pages: {bad} bad answers, {good} good ones")
                rates[count].append(good / seconds)
                _watched(ready["control"], ready["token"], 0)
    for count in FEEDS:
        print(f"  {count:3} pages      {middle(rates[count]):9,.0f} r/s")
    for count in FEEDS[1:]:
        ratio = middle([some / none for some, none in zip(rates[count], rates[0], strict=True)])
        print(f"  {count} pages / none: {ratio:.2f} x{' (aim ≥ 0.8)' if count > 1 else ''}")


async def _shown(page: Any) -> list[float]:
    """Milliseconds from asking for a call to the frame that has its row, of every one of CALLS."""
    body = json.dumps({"app_key": KEY, "caller": A, "dialled": X})
    return [await page.evaluate(PLAY, body) for _ in range(CALLS)]


async def _on_screen(control: str, token: str, browser: str) -> list[float]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = await chromium.new_page()
        await page.goto(f"{control}/#token={token}")
        await page.wait_for_selector(".house")
        await page.goto(f"{control}/#calls")
        took = await _shown(page)
        await chromium.close()
        return took


def _page(place: Path) -> None:
    from tests.browser.browsing import browser_path

    browser = browser_path()
    if browser is None:
        print("\nThe page: NOT measured, there is no Chromium here")
        return
    print(f"\nThe page: from a played call to its row on screen, headless Chromium, {CALLS} calls")
    os.environ.pop("DISPLAY", None)
    with _ours(place):
        ready = json.loads((place / "serve.json").read_text(encoding="utf-8"))
        took = sorted(asyncio.run(_on_screen(ready["control"], ready["token"], browser)))
    print(f"  median {middle(took):.0f} ms (aim ≤ 150), fastest {took[0]:.0f}, slowest {took[-1]:.0f}")


def main() -> None:
    """Measure and print; with arguments, be the process that reads the feeds."""
    if len(sys.argv) == 4:
        uvloop.run(_follow(sys.argv[1], sys.argv[2], int(sys.argv[3])))
        time.sleep(3600)
    with folder() as place:
        on_core(LOAD_CORE)
        _throughput(place)
    with folder() as place:
        _page(place)


if __name__ == "__main__":
    main()
