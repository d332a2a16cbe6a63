"""GET /metrics as a scraper sees it: what is counted, who may ask, and that strangers make no new series."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from simulator import __version__
from simulator.telephony.commands.calls import Dial

if TYPE_CHECKING:
    from conftest import Plane, Receiver

KEY = "axb-demo"
A = "+8613800000021"
BIND = "/rest/caas/relationnumber/partners/v1.0"
Samples = dict[tuple[str, tuple[str, ...]], float]


async def scraped(plane: "Plane") -> Samples:
    """Every sample by its name and the values of its labels, those in the order of their names."""
    headers = {"Authorization": f"Bearer {plane.token}"}
    async with plane.session.get(f"{plane.url}/control/v1/metrics", headers=headers) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        families = text_string_to_metric_families(await answer.text())
        return {
            (sample.name, tuple(sample.labels.values())): sample.value
            for family in families
            for sample in family.samples
        }


async def test_nobody_scrapes_without_the_token_and_a_scrape_is_no_row(plane: "Plane") -> None:
    assert (await plane.raw("GET", "/metrics", token=None))[0] == 401
    before = plane.simulator.exchange.journal.last_position
    first, second = await scraped(plane), await scraped(plane)
    assert plane.simulator.exchange.journal.last_position == before
    key = ("pnsim_control_requests_total", ("GET", "/metrics", "200"))
    assert (first.get(key), second[key]) == (None, 1)
    assert second["pnsim_control_requests_total", ("GET", "/metrics", "401")] == 1


async def test_a_call_its_notifications_and_their_attempts(plane: "Plane", receiver: "Receiver") -> None:
    x_number = plane.bind().x_number
    plane.simulator.exchange.dial(KEY, Dial(A, x_number, talks_seconds=10))
    seen = await scraped(plane)
    assert (seen["pnsim_calls_under_way", ()], seen["pnsim_bindings", (KEY,)]) == (1, 1)
    await plane.simulator.story.advance(60)
    seen = await scraped(plane)
    assert seen["pnsim_calls_under_way", ()] == 0
    assert seen["pnsim_notifications_total", ("fee", "acknowledged")] == 1
    assert seen["pnsim_attempts_total", ("answer", "2xx")] == 1
    assert seen["pnsim_attempt_seconds_count", ()] == len(receiver.got)
    assert seen["pnsim_outbox_deliveries", ()] == seen["pnsim_retry_queue", ()] == 0


async def test_failures_wait_for_their_retry_and_are_exhausted(plane: "Plane", receiver: "Receiver") -> None:
    receiver.status = 500
    plane.simulator.exchange.dial(KEY, Dial(A, plane.bind().x_number, talks_seconds=10))
    await plane.simulator.story.advance(59)
    seen = await scraped(plane)
    assert seen["pnsim_attempts_total", ("callin", "5xx")] == 1
    assert seen["pnsim_retry_queue", ()] == seen["pnsim_outbox_deliveries", ()] > 0
    await plane.simulator.story.advance(7 * 86_400)
    seen = await scraped(plane)
    assert seen["pnsim_notifications_total", ("callin", "exhausted")] == 1
    assert seen["pnsim_retry_queue", ()] == 0


async def test_requests_of_the_api_by_operation_code_and_status_and_no_series_of_strangers(plane: "Plane") -> None:
    assert plane.simulator.ready is not None
    for number in range(50):
        headers = {"X-AKSK": f'UsernameToken Username="stranger-{number}"'}
        async with plane.session.post(f"{plane.simulator.ready.api}{BIND}", headers=headers, data=b"{}") as answer:
            assert answer.status == 400
        async with plane.session.get(f"{plane.simulator.ready.api}/of/a/stranger/{number}") as answer:
            assert answer.status == 404
        await plane.raw("GET", f"/of-a-stranger/{number}")
    seen = await scraped(plane)
    api = {labels: count for (name, labels), count in seen.items() if name == "pnsim_api_requests_total"}
    assert sum(api.values()) == seen["pnsim_api_request_seconds_count", ()] == 100
    assert len(api) == 2
    assert ("none", "other", "404") in api
    assert seen["pnsim_control_requests_total", ("other", "other", "404")] == 50
    assert not any("stranger" in label for _, labels in seen for label in labels)


async def test_journal_clock_feed_and_build(plane: "Plane", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.control.broadcast.QUIET_SECONDS", 0.01)
    headers = {"Authorization": f"Bearer {plane.token}"}
    async with plane.session.get(f"{plane.url}/control/v1/events", headers=headers) as feed:
        await feed.content.readline()
        await feed.content.readuntil(b"\n\n")
        await feed.content.readuntil(b"\n\n")
        seen = await scraped(plane)
    journal = plane.simulator.exchange.journal
    assert seen["pnsim_feed_watchers", ()] == 1
    assert seen["pnsim_journal_rows", ()] == seen["pnsim_journal_appended_total", ()] == journal.last_position
    assert (seen["pnsim_journal_dropped_total", ()], seen["pnsim_contract_violations_total", ()]) == (0, 0)
    assert seen["pnsim_clock_scale", ()] == 0
    assert seen["pnsim_story_time_seconds", ()] == plane.simulator.exchange.clock.now().timestamp()
    assert any(name == "pnsim_build_info" and labels[1] == __version__ for name, labels in seen)


async def test_a_running_clock_tells_how_late_its_ticker_wakes(plane: "Plane", receiver: "Receiver") -> None:
    del receiver
    plane.simulator.exchange.dial(KEY, Dial(A, plane.bind().x_number, talks_seconds=10))
    plane.simulator.story.set_scale(100)
    await plane.raw("POST", "/journal/wait", json={"match": {"kind": "attempt_ended"}, "count": 5})
    assert (await scraped(plane))["pnsim_scheduler_lag_seconds_count", ()] > 0


async def test_an_app_key_full_of_quotes_is_only_a_label(plane: "Plane") -> None:
    exchange = plane.simulator.exchange
    app = exchange.app(KEY)
    assert app is not None
    key = 'a"} 1\npnsim_forged{x="\\'
    exchange.add_app(replace(app.spec, app_key=key, numbers=()))
    seen = await scraped(plane)
    assert seen["pnsim_bindings", (key,)] == 0
    assert not any("forged" in name for name, _ in seen)
