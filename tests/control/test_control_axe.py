"""Applications and calls of mode AXE over the control plane."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Plane

AXE = {
    "app_key": "desk",
    "app_secret": "desk-secret",
    "mode": "AXE",
    "extension_digits": 2,
    "numbers": [{"number": "+8613900000001", "area_code": "010"}],
}


async def test_an_application_says_how_many_digits_its_extensions_have_and_keeps_them(plane: "Plane") -> None:
    status, added, _ = await plane.raw("POST", "/apps", json=AXE)
    assert (status, added["extension_digits"]) == (201, 2)
    assert "extension_digits" not in (await plane.raw("GET", "/apps/axb-demo"))[1]
    status, problem, _ = await plane.raw("PATCH", "/apps/desk", json={"extension_digits": 3})
    assert (status, problem["detail"]) == (
        422, "extension_digits is fixed for an application's life; add another application instead",
    )  # fmt: skip
    assert (await plane.raw("PATCH", "/apps/desk", json={"recording": False}))[1]["extension_digits"] == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"extension_digits": 5}, "extension_digits must be a whole number from 1 to 4, not 5"),
        ({"mode": "AXB"}, "extension_digits is only for an application of mode AXE; take the key out"),
    ],
)
async def test_wrong_digits_are_refused(plane: "Plane", change: dict[str, object], sentence: str) -> None:
    status, problem, _ = await plane.raw("POST", "/apps", json={**AXE, **change})
    assert (status, problem["detail"]) == (422, f"POST /apps: {sentence}")


async def test_a_call_shows_what_was_keyed(plane: "Plane") -> None:
    await plane.raw("POST", "/apps", json=AXE)
    wish = {"app_key": "desk", "caller": "+8613900000009", "dialled": "+8613900000001", "extension": ["1", "22"]}
    call_id = (await plane.raw("POST", "/calls", json=wish))[1]["call_id"]
    await plane.raw("POST", "/clock/advance", json={"seconds": 60})
    call = (await plane.raw("GET", f"/calls/{call_id}"))[1]
    assert [(event["event"], event.get("digits")) for event in call["events"]] == [
        ("dialled", None), ("collected", "1"), ("collected", "22"), ("released", None),
    ]  # fmt: skip
    assert call["cdr"]["hangup_cause"] == 8022
