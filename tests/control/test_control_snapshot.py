"""A snapshot put back: everything as it was, refused whole or taken whole."""

from typing import TYPE_CHECKING

import pytest

from simulator.client.errors import ControlError
from simulator.exchange.snapshots import snapshot
from simulator.telephony.commands.calls import Dial

if TYPE_CHECKING:
    from conftest import Plane, Receiver

KEY, A = "axb-demo", "+8613800000021"


async def test_what_was_put_back_is_what_was_taken_and_goes_on_alike(plane: "Plane", receiver: "Receiver") -> None:
    exchange, story = plane.simulator.exchange, plane.simulator.story
    x_number = plane.bind(record=True).x_number
    exchange.dial(KEY, Dial(A, x_number))
    await story.advance(2)
    async with plane.client() as client:
        taken, before = await client.snapshot(), snapshot(exchange)
        ends = []
        for _ in range(2):
            receiver.got.clear()
            await story.advance(3600)
            ends.append(list(receiver.got))
            await client.put_snapshot(taken)
            assert snapshot(exchange) == before
    assert ends[0] == ends[1]
    assert ends[0]


async def test_a_snapshot_holds_no_secret(plane: "Plane") -> None:
    async with plane.client() as client:
        assert "axb-demo-secret" not in str(await client.snapshot())


@pytest.mark.parametrize("wrong", [{}, {"pnsim state": 99}, {"pnsim state": 1, "classes": {"os.system": []}}])
async def test_what_is_no_snapshot_is_refused_and_changes_nothing(plane: "Plane", wrong: dict[str, object]) -> None:
    plane.bind()
    before = snapshot(plane.simulator.exchange)
    status, problem, _ = await plane.raw("PUT", "/snapshot", json=wrong)
    assert (status, problem["title"]) == (422, "no snapshot")
    assert snapshot(plane.simulator.exchange) == before


async def test_an_application_whose_secret_nobody_knows_is_refused(plane: "Plane") -> None:
    async with plane.client() as client:
        await client.add_app({"app_key": "other", "app_secret": "hush", "mode": "AX"})
        taken = await client.snapshot()
        await client.remove_app("other")
        before = snapshot(plane.simulator.exchange)
        with pytest.raises(
            ControlError, match=r"'other', whose secret is in no snapshot; add it first. There is axb-demo"
        ):
            await client.put_snapshot(taken)
        assert snapshot(plane.simulator.exchange) == before
        await client.add_app({"app_key": "other", "app_secret": "hush", "mode": "AX"})
        await client.put_snapshot(taken)
