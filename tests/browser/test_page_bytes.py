"""What was sent and received, to the byte; faults set in the form; whole lists; the journal as far back as it goes."""

from typing import Any

import orjson
import pytest
from playwright.async_api import expect

from simulator.config import DEMO_APPS
from simulator.contract.number_states import number_states
from simulator.store.memory import MemoryStore
from simulator.telephony.commands.calls import Dial
from simulator.telephony.numbering import XNumber
from tests.browser.browsing import KEY, A, Seen

ROW = ".told-list li:has-text('{}')"


async def played(seen: Seen, count: int = 1) -> list[str]:
    """Calls with everything told; their ids."""
    x_number = seen.bind()
    ids = [seen.simulator.exchange.dial(KEY, Dial(A, x_number)).call.call_id for _ in range(count)]
    await seen.simulator.story.advance(120)
    return ids


async def opened(seen: Seen, call_id: str, kind: str) -> Any:
    """The bytes of one notification of a call."""
    await seen.open(f"calls/{call_id}")
    await seen.page.click(f"{ROW.format(kind)} .plain")
    await expect(seen.page.locator(".exchanges article").first).to_be_visible()
    return seen.page.locator(".exchanges")


async def test_the_exact_bytes_are_shown_on_demand(seen: Seen) -> None:
    (call_id,) = await played(seen)
    shown = await opened(seen, call_id, "callin")
    app = seen.simulator.exchange.app(KEY)
    assert app is not None
    row = next(
        row.as_json()
        for row in seen.simulator.exchange.journal.rows(after=0, limit=1000)
        if row.kind == "attempt_started" and row.call_id == call_id
    )
    assert str(row["body"]) not in await shown.locator("pre").first.inner_text()
    await seen.page.click("button:has-text('Exact bytes')")
    text = await shown.locator("pre").first.inner_text()
    head, _, body = text.partition("\n\n")
    assert body == row["body"]
    lines = head.splitlines()
    assert lines[0] == "POST /callin HTTP/1.1"
    assert lines[1].startswith("Host: 127.0.0.1:")
    assert lines[-1] == f"content-length: {len(str(row['body']).encode())}"


async def set_fault(seen: Seen, fault: str, **settings: str) -> None:
    """By the form."""
    await seen.open("faults")
    await seen.page.select_option("#fault", fault)
    for name, value in settings.items():
        await seen.page.fill(f"[name={name}]", value)
    await seen.page.click("#fault-button")
    await expect(seen.page.locator("tbody tr", has_text=fault)).to_be_visible()


async def test_a_body_that_a_fault_changed_is_shown_with_the_difference(seen: Seen) -> None:
    await set_fault(seen, "unknown_member", member="surplus", kinds="callin")
    (call_id,) = await played(seen)
    shown = await opened(seen, call_id, "callin")
    await expect(shown.locator("figure:has(.plus)")).to_contain_text('"surplus": "pnsim"')
    await expect(shown).to_contain_text("Fault: a member that no page knows")


async def test_a_fault_of_the_head_is_not_called_as_expected(seen: Seen) -> None:
    await set_fault(seen, "wrong_signature", count="1")
    (call_id,) = await played(seen)
    shown = await opened(seen, call_id, "callin")
    await expect(shown).to_contain_text("the fault is elsewhere")
    assert await shown.locator(".good-text").count() == 0


async def test_bytes_that_are_no_text_are_shown_in_hexadecimal(seen: Seen) -> None:
    await set_fault(seen, "gzip", count="1")
    (call_id,) = await played(seen)
    shown = await opened(seen, call_id, "callin")
    await expect(shown.locator("pre").first).to_contain_text("1f 8b 08")


async def test_setting_one_fault_does_not_begin_another_anew_and_each_is_cleared_alone(seen: Seen) -> None:
    await seen.open("faults")
    await seen.page.select_option("#fault", "header_case")
    await seen.page.select_option("select:near(:text('style'))", "title")
    await seen.page.fill("[name=count]", "3")
    await seen.page.fill("[name=kinds]", "callin callout")
    await seen.page.click("#fault-button")
    await expect(seen.page.locator("tbody tr")).to_have_count(1)
    await played(seen)
    await expect(seen.page.locator("tbody tr td").nth(2)).to_have_text("1")
    await set_fault(seen, "late", hours="5")
    app = seen.simulator.exchange.app(KEY)
    assert app is not None
    rules = seen.simulator.exchange.faults.of(app)
    assert [(one.rule.fault, one.left) for one in rules] == [("header_case", 1), ("late", 1)]
    await seen.page.click("tbody tr:has-text('header_case') button")
    await expect(seen.page.locator("tbody tr")).to_have_count(1)
    await expect(seen.page.locator("tbody tr")).to_contain_text("late")


async def test_a_wrong_setting_is_refused_where_it_was_typed(seen: Seen) -> None:
    await seen.open("faults")
    await seen.page.fill("[name=kinds]", "calling")
    await seen.page.click("#fault-button")
    await expect(seen.page.locator(".refused")).to_contain_text("no 'calling' is pushed in mode AXB")


async def test_a_cdr_message_about_several_calls_shows_its_bytes_with_each(seen: Seen) -> None:
    ids = await played(seen, 3)
    for call_id in ids:
        shown = await opened(seen, call_id, "fee")
        await expect(shown.locator("pre").first).to_contain_text("POST /fee")


async def test_two_thousand_numbers_are_counted_and_found(seen: Seen) -> None:
    numbers = [XNumber(f"+86170990{number:05d}", "0755") for number in range(2000)]
    seen.simulator.exchange.add_numbers(KEY, numbers)
    await seen.open("apps")
    await seen.page.click(".side button:has-text('axb-demo')")
    await expect(seen.page.locator("h3:has-text('X numbers')")).to_have_text("X numbers (2050)")
    await seen.page.fill("input[type=search]", "99001999")
    await expect(seen.page.locator("tbody tr")).to_have_count(1)
    await seen.page.select_option("tbody select", "frozen" if "frozen" in states() else states()[-1])
    await seen.page.fill("input[type=search]", "")
    await seen.page.click("button:has-text('More')")
    await expect(seen.page.locator("tbody tr")).to_have_count(600)


def states() -> list[str]:
    """What an X number may be in."""
    return [state.value for state in number_states()]


async def test_the_journal_is_searched_to_its_beginning(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    large = MemoryStore(max_rows=100_000, max_bytes=2**30)
    monkeypatch.setattr(seen.simulator.exchange.journal, "_store", large)
    journal, now = seen.simulator.exchange.journal, seen.simulator.exchange.now()
    journal.note("clock", now, None, what="needle", detail=orjson.dumps({"thread": "red"}).decode())
    for _ in range(51_000):
        journal.note("clock", now, None, what="hay")
    await seen.open("journal")
    await seen.page.fill("#search", "needle")
    older = seen.page.locator("button:has-text('Older')")
    await expect(seen.page.locator(".progress")).to_contain_text("Nothing fits so far", timeout=30_000)
    await older.click()
    await expect(seen.page.locator(".rows li")).to_have_count(1, timeout=30_000)
    await seen.page.fill("#search", '"thread":"red"')
    await older.click(timeout=30_000)
    await expect(seen.page.locator(".rows li")).to_contain_text("needle", timeout=30_000)
    await expect(older).to_be_disabled()


async def test_a_journal_that_made_room_says_where_it_begins(seen: Seen) -> None:
    journal, now = seen.simulator.exchange.journal, seen.simulator.exchange.now()
    for _ in range(20_500):
        journal.note("clock", now, None, what="hay")
    await seen.open("journal")
    await seen.page.fill("#search", "needle")
    await expect(seen.page.locator(".progress + .hint")).to_contain_text("had to make room and are gone")
    await expect(seen.page.locator(".progress")).to_have_text("Nothing fits.")


@pytest.mark.parametrize("key", [app.app_key for app in DEMO_APPS])
async def test_every_mode_plays_from_the_form(seen: Seen, key: str) -> None:
    await seen.open()
    await seen.page.select_option("#play-app", key)
    await expect(seen.page.locator("#play-dialled")).not_to_have_value("")
    await seen.page.click("#play-button")
    await expect(seen.page.locator(".ladder")).to_be_visible()
    await expect(seen.page.locator(".head .sub")).to_contain_text(key)
    causes = await seen.page.eval_on_selector_all("#play-cause option", "all => all.map(one => one.value)")
    assert len(causes) > 10
    assert seen.complaints == []
