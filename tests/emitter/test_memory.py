"""A receiver that hangs costs no memory: what was played is forgotten, and everything that is kept has its limit."""

from simulator.delivery.notification import Slot
from simulator.exchange.core import Limits
from simulator.exchange.deadlines import COMPACT_ABOVE
from tests.emitter.customers import emitting, raw_customer
from tests.exchange.stage import KEY, Stage

CALLS, AT_ONCE, HOURS = 2000, 500, 6
LIMITS = Limits(calls_kept=100, deliveries_kept=150)


def growing(stage: Stage) -> dict[str, int]:
    """Everything in the exchange that could grow with the number of calls."""
    outbox, calls = stage.exchange.outbox, stage.exchange._calls
    return {
        "ready": len(outbox.ready), "in flight": outbox.in_flight, "chains": len(outbox._chains),
        "late": len(outbox._late), "windows": len(outbox._windows), "open": outbox.open_deliveries(KEY),
        "retries": len(outbox.retries), "living deliveries": outbox._kept.living, "living calls": calls._kept.living,
        "deadlines": len(stage.exchange.deadlines), "unannounced": len(calls.recordings._unannounced),
        "waiters": len(outbox._settled._waiters) + len(stage.story._changed._waiters),
        "watchers": len(stage.exchange.journal.changed._waiters),
    }  # fmt: skip


async def test_two_thousand_calls_against_a_hung_receiver_leave_only_what_is_kept() -> None:
    async with raw_customer(None) as it:
        stage = Stage(receivers=it.urls(), limits=LIMITS)
        stage.bind(record=True)
        async with emitting(stage, lanes=200, answer_timeout=0.02) as emitter:
            await play_and_check(stage, 100)
            # the other events follow the same ways; without them the test takes seconds, not a minute
            stage.change_receivers({Slot.CALLIN: it.urls()[Slot.STATUS], Slot.FEE: it.urls()[Slot.FEE]})
            for _ in range(CALLS // AT_ONCE):
                await play_and_check(stage, AT_ONCE)
            assert (len(emitter._targets), emitter._running) == (2, 0)
            await stage.story.advance(7 * 86400)
    recordings = stage.exchange._calls.recordings
    assert (len(recordings), len(recordings._by_token), len(recordings._deletions)) == (0, 0, 0)
    assert len(stage.exchange.deadlines._heap) == 0
    assert {row.attempt.number for row in stage.ends()} == set(range(1, 8))


async def play_and_check(stage: Stage, calls: int) -> None:
    """So many recorded calls, and six hours: every retry was tried, and nothing is left but what is kept."""
    for _ in range(calls):
        stage.dial(talks_seconds=5)
    assert (await stage.story.advance(HOURS * 3600, wall_seconds=60)).reached
    exchange = stage.exchange
    recordings = exchange._calls.recordings
    assert growing(stage) == dict.fromkeys(growing(stage), 0) | {"deadlines": len(recordings)}
    assert len(exchange._calls._kept) == LIMITS.calls_kept
    assert len(exchange.outbox._kept) <= LIMITS.deliveries_kept
    kept = exchange.deliveries(limit=10**6)
    assert len(exchange.outbox._by_notification) <= sum(len(delivery.notifications) for delivery in kept)
    assert len(exchange.deadlines._heap) <= len(recordings) + 2 * COMPACT_ABOVE
