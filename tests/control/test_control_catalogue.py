"""What a form offers: every row of the tables, in both languages."""

from typing import TYPE_CHECKING

import pytest

from simulator.contract.codes import hangup_causes
from simulator.contract.faults import fault_rows
from simulator.contract.number_states import number_states
from simulator.contract.send_results import send_results
from simulator.telephony.commands.calls import Dial

if TYPE_CHECKING:
    from conftest import Plane


async def test_every_table_is_there_in_chinese_and_english(plane: "Plane") -> None:
    _, tables, _ = await plane.raw("GET", "/catalogue")
    assert [row["code"] for row in tables["hangup_causes"]] == list(hangup_causes())
    assert [row["code"] for row in tables["send_results"]] == list(send_results())
    assert [row["fault"] for row in tables["faults"]] == list(fault_rows())
    assert len(tables["number_states"]) == len(number_states())
    for rows in tables.values():
        assert all(row["zh"] and row["en"] for row in rows)


@pytest.mark.parametrize("of", ["outcome"])
async def test_every_outcome_that_is_offered_can_be_played(plane: "Plane", of: str) -> None:
    _, tables, _ = await plane.raw("GET", "/catalogue")
    plane.bind()
    x_number = next(iter(plane.simulator.exchange.app("axb-demo").bindings)).x_number
    for row in tables["outcomes"]:
        played = plane.simulator.exchange.dial("axb-demo", Dial("+8613800000021", x_number, outcome=row[of]))
        assert played.call.call_id


async def test_what_a_signed_in_page_reads_leaves_no_row(plane: "Plane") -> None:
    _, _, headers = await plane.raw("POST", "/session")
    cookie = {"Cookie": headers["Set-Cookie"].split(";")[0], "Origin": plane.url}
    before = plane.simulator.exchange.journal.last_position
    await plane.raw("GET", "/calls", token=None, headers=cookie)
    assert plane.simulator.exchange.journal.last_position == before
    await plane.raw("GET", "/calls")
    assert plane.simulator.exchange.journal.last_position == before + 1
