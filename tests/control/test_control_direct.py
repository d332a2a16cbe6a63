"""The control plane past its wire: the same answers, the same refusals, the same rows of the journal."""

import asyncio
from dataclasses import replace

import orjson
import pytest

from simulator.app import assemble
from simulator.client.client import ControlClient
from simulator.client.errors import ControlError, Unreachable
from simulator.config import DEMO_APP, load
from simulator.exchange.rows import ControlExchange
from tests.control.conftest import KEY, Plane

REQUESTS = [
    ("GET", "/clock", None, None),
    ("GET", f"/apps/{KEY}", None, None),
    ("GET", "/apps/nobody", None, None),
    ("GET", f"/apps/{KEY}/numbers", None, None),
    ("GET", f"/apps/{KEY}/bindings", {"history": "true"}, None),
    ("GET", f"/apps/{KEY}/bindings", {"histry": "true"}, None),
    ("PATCH", f"/apps/{KEY}/numbers/%2B8613800000001", None, b'{"state": "sold"}'),
    ("PATCH", f"/apps/{KEY}/numbers/%2B8613800000001", None, b'{"state": "suspended"}'),
    ("POST", "/calls", None, b'{"app_key": "axb-demo", "caller": "+8613800000021", "dialled": "+8613800000999"}'),
    ("POST", "/calls", None, b'{"app_key": 7}'),
    ("POST", "/calls", None, b"no json"),
    ("POST", "/clock/advance", None, b'{"seconds": 1}'),
    ("POST", "/apps", None, b'{"app_key": "new-app", "app_secret": "a-secret-word", "mode": "AXB"}'),
    ("POST", "/reset", None, b"{}"),
]


@pytest.mark.parametrize(("method", "path", "query", "body"), REQUESTS, ids=range(len(REQUESTS)))
async def test_what_is_asked_directly_is_answered_and_journaled_as_over_the_wire(
    plane: Plane, method: str, path: str, query: dict[str, str] | None, body: bytes | None
):
    from yarl import URL

    url = URL(f"/control/v1{path}", encoded=True).with_query(query)
    wire_status, wire_answer, _ = await plane.raw(
        method, str(url), data=body, headers={"Content-Type": "application/json"}
    )
    other = assemble(replace(load(None, {}, {"port": "0", "control_port": "0", "clock": "virtual"}), apps=(DEMO_APP,)))
    await other.start()
    try:
        assert other.direct is not None
        status, answer = await other.direct(method, path, query or {}, body)
        row, wire_row = last_row(other), last_row(plane.simulator)
    finally:
        await other.stop()
    assert (status, orjson.loads(answer) if answer else None) == (wire_status, wire_answer)
    assert row == wire_row
    assert "a-secret-word" not in str(row)


def last_row(simulator) -> tuple[object, ...]:
    kept = simulator.exchange.journal.rows(after=0, limit=1000)
    row = [one for one in kept if isinstance(one, ControlExchange)][-1]
    return row.method, row.path, row.status, row.body, row.app_key, row.call_id


async def test_what_is_nowhere_is_no_such_route(plane: Plane):
    assert plane.simulator.direct is not None
    async with ControlClient("http://here", "", direct=plane.simulator.direct) as client:
        with pytest.raises(ControlError, match="there is no GET /control/v1/nowhere"):
            await client._wire.get("/nowhere")


async def test_a_direct_request_that_lasts_ends_with_its_time_and_with_the_simulator(plane: Plane):
    direct, match = plane.simulator.direct, {"kind": "never"}
    async with ControlClient("http://here", "", direct=direct, timeout_seconds=-1) as client:
        with pytest.raises(Unreachable, match="the simulator at http://here did not answer within"):
            await client.wait(match, timeout_seconds=0.9)
    async with ControlClient("http://here", "", direct=direct) as client:
        waiting = asyncio.ensure_future(client.wait(match))
        await client.clock()
        await plane.simulator.stop()
        with pytest.raises(ControlError, match="the simulator stops"):
            await waiting
