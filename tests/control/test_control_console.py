"""The console over the control plane: number states, voice files, limits, refusals on order, editions."""

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from conftest import Plane

APP = "/apps/axb-demo"
NAME_RULE = 'must be a file name of digits, letters and - _ . @ that ends with .wav, like "wait_voice1.wav"'
LIST_RULE = 'must be a list of names or { name = "….wav", state = "approved" }'
WAIT = {"name": "wait_voice1.wav", "bytes": 2048}


async def test_limits_and_state_are_set_shown_and_taken_back(plane: "Plane") -> None:
    change = {"state": "frozen", "arrears": True, "requests_per_minute": 5, "traffic_per_minute": 2}
    status, changed, _ = await plane.raw("PATCH", APP, json=change)
    assert (status, changed) == (200, changed | change)
    assert (await plane.raw("GET", APP))[1] == changed
    assert {one["state"] for one in (await plane.raw("GET", f"{APP}/numbers"))[1]["numbers"]} == {"suspended"}
    await plane.raw("PATCH", APP, json={"arrears": False, "requests_per_minute": None})
    assert (await plane.raw("GET", APP))[1] == changed | {"arrears": False, "requests_per_minute": None}
    assert {one["state"] for one in (await plane.raw("GET", f"{APP}/numbers"))[1]["numbers"]} == {"normal"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"requests_per_minute": 0}, 'requests_per_minute must be a whole number from 1 to 1000000, or "none", not 0'),
        ({"arrears": "yes"}, "arrears must be true or false, without quotes, not 'yes'"),
        ({"edition": "2020"}, 'edition must be "2019" or "2022" or "2026", not \'2020\''),
        ({"voice_files": ["a.mp3"]}, f"voice_files[0] {NAME_RULE}, not 'a.mp3'"),
        ({"voice_files": [{"name": "a.wav", "bytes": 2097153}]},
         "voice_files[0].bytes must be a whole number from 1 to 2097152, not 2097153"),
        ({"voice_files": [{"name": "a.wav", "state": "sent"}]},
         'voice_files[0].state must be "uploaded" or "approved" or "refused", not \'sent\''),
        ({"voice_files": ["a.wav", {"name": "a.wav"}]}, "voice_files[1] is a.wav again, as voice_files[0] is"),
        ({"voice_files": [{"state": "approved"}]}, "voice_files[0] lacks name"),
        ({"voice_files": "a.wav"}, f"voice_files {LIST_RULE}, not 'a.wav'"),
    ],
)  # fmt: skip
async def test_a_wrong_limit_or_file_is_refused_in_words(
    plane: "Plane", change: dict[str, object], sentence: str
) -> None:
    before = (await plane.raw("GET", APP))[1]
    status, problem, _ = await plane.raw("PATCH", APP, json=change)
    assert (status, problem["detail"]) == (422, f"PATCH {APP}: {sentence}")
    assert (await plane.raw("GET", APP))[1] == before


async def test_the_edition_of_an_application_changes_its_defaults_and_not_what_was_set(plane: "Plane") -> None:
    await plane.raw("PATCH", APP, json={"profile": {"merge_window_seconds": 5, "pairs_per_x": 7}})
    changed = (await plane.raw("PATCH", APP, json={"edition": "2019"}))[1]
    assert (changed["edition"], changed["profile"]) == ("2019", {"merge_window_seconds": 5, "pairs_per_x": 7})
    app = plane.simulator.exchange.app("axb-demo")
    assert app is not None
    assert (app.profile.push_scheme, app.profile.axb_duplicate_code, app.profile.pairs_per_x) == ("WSSE", "1013102", 7)
    changed = (await plane.raw("PATCH", APP, json={"profile": {}}))[1]
    assert (changed["edition"], changed["profile"], app.profile.pairs_per_x) == ("2019", {}, 1000)


async def test_the_state_of_a_number_is_set_and_journaled(plane: "Plane") -> None:
    number = plane.bind().x_number
    for path in (number, quote(number, safe="")):
        status, changed, _ = await plane.raw("PATCH", f"{APP}/numbers/{path}", json={"state": "suspended"})
        assert (status, changed["state"], changed["pairs"]) == (200, "suspended", 1)
    async with plane.client() as client:
        assert (await client.change_number("axb-demo", number, "returned"))["state"] == "returned"
        (row,) = (await client.journal(kind="state_change", limit=1000))["rows"][-1:]
    assert (row["what"], row["before"], row["state"]) == ("number_state", "suspended", "returned")


async def test_an_unknown_number_or_state_is_refused(plane: "Plane") -> None:
    status, problem, _ = await plane.raw("PATCH", f"{APP}/numbers/13800000000", json={"state": "normal"})
    assert (status, problem["title"]) == (404, "no such number")
    number = plane.bind().x_number
    status, problem, _ = await plane.raw("PATCH", f"{APP}/numbers/{number}", json={"state": "asleep"})
    assert status == 422
    assert problem["detail"].startswith('the body: state must be "normal" or "suspended" or "binding_frozen" or ')


async def test_a_voice_file_is_uploaded_approved_and_taken_away(plane: "Plane") -> None:
    status, added, _ = await plane.raw("POST", f"{APP}/voice-files", json=WAIT)
    assert (status, added) == (201, {**WAIT, "state": "uploaded"})
    assert WAIT["name"] not in (await plane.raw("GET", APP))[1]["voice_files"]
    status, taken, _ = await plane.raw("POST", f"{APP}/voice-files", json=WAIT)
    assert (status, taken["title"]) == (409, "taken")
    path = f"{APP}/voice-files/{WAIT['name']}"
    assert (await plane.raw("PATCH", path, json={"state": "approved"}))[1] == {**WAIT, "state": "approved"}
    assert WAIT["name"] in (await plane.raw("GET", APP))[1]["voice_files"]
    assert (await plane.raw("PATCH", path, json={"name": "b.wav"}))[0] == 422
    assert (await plane.raw("PATCH", path, json={"bytes": 0}))[0] == 422
    assert (await plane.raw("DELETE", path))[0] == 204
    assert (await plane.raw("DELETE", path))[0] == 404
    async with plane.client() as client:
        await client.add_voice_file("axb-demo", {"name": "b.wav", "state": "refused"})
        assert (await client.change_voice_file("axb-demo", "b.wav", {"state": "approved"}))["state"] == "approved"
        await client.remove_voice_file("axb-demo", "b.wav")
        assert [file["name"] for file in await client.voice_files("axb-demo")] == [
            "callerHintTone.wav", "calleeHintTone.wav", "lastMinVoice.wav", "recordHintTone.wav",
        ]  # fmt: skip


async def test_refusals_are_ordered_listed_and_taken_back(plane: "Plane") -> None:
    status, ordered, _ = await plane.raw("POST", f"{APP}/refusals", json={"code": "1010001", "times": 3})
    expected = {"code": "1010001", "http_status": 500, "sentence": "Internal system error.", "left": 3}
    assert (status, ordered) == (201, expected)
    async with plane.client() as client:
        await client.provoke("axb-demo", "1010010", times=None, http_status=403)
        assert [one["left"] for one in await client.refusals("axb-demo")] == [3, None]
        await client.stop_provoking("axb-demo")
        assert await client.refusals("axb-demo") == []
    assert (await plane.raw("GET", f"{APP}/refusals"))[1] == {"refusals": []}


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({}, "the body lacks 'code'"),
        (
            {"code": "1010010"},
            "the body: result code 1010010 has several rows: ask for it with its HTTP status, 401 and 403",
        ),
        ({"code": "1010005"}, "the body: no result code '1010005'; the nearest is "),
        ({"code": "0"}, "the body: code '0' is success"),
        ({"code": "1010021"}, "the body: code '1010021' is listed for the sister product only"),
        ({"code": "1010001", "times": 0}, "the body: times must be a whole number from 1 to 1000000, not 0"),
    ],
)
async def test_an_order_that_is_none_is_refused(plane: "Plane", order: dict[str, object], sentence: str) -> None:
    status, problem, _ = await plane.raw("POST", f"{APP}/refusals", json=order)
    assert status == 422
    assert problem["detail"].startswith(sentence)
    assert (await plane.raw("GET", f"{APP}/refusals"))[1] == {"refusals": []}
