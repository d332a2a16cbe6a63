"""What a replay holds does not grow with its source: the same after a tenth of it and at its end."""

import tracemalloc

from simulator.clock import wall
from simulator.contract.reading import read
from simulator.delivery.outcome import Answered
from simulator.replay import importers
from simulator.replay.selection import Wanted, chosen
from simulator.replay.sending import Parcel, Sender
from simulator.replay.spool import Spool
from simulator.replay.timing import ASAP, Pace, Timing
from tests.replay.recordings import event, ndjson, request, rows

COUNT = 2_000
ALLOWED = 120_000
"""Bytes: a small part of what the requests themselves would take."""


async def test_memory_stays_flat_while_a_journal_is_read_and_sent(tmp_path):
    path = tmp_path / "journal"
    requests = [request(event("callin", f"s-{number}"), number) for number in range(COUNT)]
    path.write_bytes(ndjson(rows(requests)))
    del requests
    held: list[int] = []

    def ended(*_: object) -> None:
        if sender.count in (COUNT // 10, COUNT - 1):
            held.append(tracemalloc.get_traced_memory()[0])
        sender.count += 1

    async def post(_: Parcel) -> Answered:
        return Answered(200)

    class Counting(Sender):
        count = 0

    sender = Counting(post, ended, wall.monotonic, wall.sleep)
    tracemalloc.start()
    try:
        with Spool() as spool:
            chosen(importers.read(path), Wanted(), spool)
            parcels = (Parcel(one, told := read(one.body), one.url, tuple, one.body, told.about_ids) for one in spool)
            await sender.send(parcels, Timing(ASAP), Pace(Timing(ASAP)), 50)
    finally:
        tracemalloc.stop()
    assert len(held) == 2
    assert held[1] - held[0] < ALLOWED
