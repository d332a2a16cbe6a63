"""GET, PUT and DELETE /faults, and what a call and its notifications then say."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Plane, Receiver

A = "+8613800000021"
KEY = "axb-demo"
GZIP = {"fault": "gzip", "kinds": ["callin"], "count": 2}
SHOWN = {"app_key": KEY, **GZIP, "probability": 1.0, "attempts": 1, "hits": 0, "left": 2}


async def test_faults_are_set_shown_used_up_and_taken_away(plane: "Plane", receiver: "Receiver") -> None:
    async with plane.client() as control:
        assert await control.faults() == []
        assert await control.set_faults(KEY, [GZIP]) == [SHOWN]
        binding = plane.bind()
        dialled = await control.dial({"app_key": KEY, "caller": A, "dialled": binding.x_number, "outcome": "busy"})
        await control.advance(60)
        assert await control.faults() == await control.faults(KEY) == [{**SHOWN, "hits": 1, "left": 1}]
        call = await control.call(dialled["call_id"])
        assert [one.get("fault") for one in call["notifications"]] == ["gzip", None, None, None]
        told = await control.notification(call["notifications"][0]["notification_id"])
        assert (told["fault"], told["attempts"][0]["fault"]) == ("gzip", "gzip")
        assert isinstance(told["body"], dict)
        assert told["body"]["eventType"] == "callin", "what should have been sent, in plain"
        await control.clear_faults(KEY)
        assert await control.faults() == []
        await control.set_faults(KEY, [GZIP])
        await control.clear_faults()
        assert await control.faults() == []
        await control.set_faults(KEY, [GZIP])
        assert await control.set_faults(KEY, []) == []
    assert len(receiver.got) == 4


async def test_reset_takes_them_away(plane: "Plane") -> None:
    async with plane.client() as control:
        await control.set_faults(KEY, [GZIP])
        await control.reset(KEY)
        assert await control.faults() == []


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"app_key": KEY, "faults": [{"fault": "zip"}]}, 422,
         "the body: faults[1]: no fault 'zip'; did you mean 'gzip'? `pnsim faults --list` lists all 17"),
        ({"app_key": KEY, "faults": {}}, 422, "the body: faults must be a list of at most 100 objects, not {}"),
        ({"app_key": KEY}, 422, "the body lacks 'faults'"),
        ({"faults": []}, 422, "the body lacks 'app_key'"),
        ({"app_key": KEY, "fault": [], "faults": []}, 422,
         "the body has no member 'fault'; did you mean 'faults'? It takes: app_key, faults"),
        ({"app_key": "axb-dmo", "faults": []}, 404, "there is no application 'axb-dmo'; did you mean 'axb-demo'?"),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused_and_changes_nothing(
    plane: "Plane", body: dict[str, object], status: int, detail: str
) -> None:
    async with plane.client() as control:
        await control.set_faults(KEY, [GZIP])
        got, problem, _ = await plane.raw("PUT", "/faults", json=body)
        assert (got, problem["detail"]) == (status, detail)
        assert await control.faults() == [SHOWN]


async def test_faults_of_nobody_are_none(plane: "Plane") -> None:
    for method in ("GET", "DELETE"):
        status, problem, _ = await plane.raw(method, "/faults?app_key=nobody")
        assert (status, problem["title"]) == (404, "no such application")
