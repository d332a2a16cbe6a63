"""Applications and bindings of mode AX over the control plane."""

from typing import TYPE_CHECKING

import pytest

from simulator.telephony.commands.ax import BindAx, UnbindAx

if TYPE_CHECKING:
    from conftest import Plane

A, B, X = "+8613800000021", "+8613800000023", "+8613900000001"
AX = {
    "app_key": "cab",
    "app_secret": "cab-secret",
    "mode": "AX",
    "numbers": [{"number": X, "area_code": "010"}],
    "profile": {"ax_temporary_callee_use": "until_expiry", "ax_binds_per_day": 3},
}


async def bound(plane: "Plane") -> str:
    exchange = plane.simulator.exchange
    app = exchange.app("cab")
    assert app is not None
    return exchange.ax.bind(app, BindAx(A, X, power="on")).subscription_id


async def test_a_binding_is_shown_with_every_member_and_after_its_end_with_history(plane: "Plane") -> None:
    await plane.raw("POST", "/apps", json=AX)
    subscription = await bound(plane)
    (shown,) = (await plane.raw("GET", "/apps/cab/bindings"))[1]["bindings"]
    assert (shown["subscription_id"], shown["x_number"], shown["user"], shown["power"]) == (subscription, X, A, "on")
    assert (shown["expires_at"], shown["direction"]) == (None, None)
    assert (await plane.raw("GET", "/apps/cab/numbers"))[1]["numbers"][0]["pairs"] == 1
    assert (await plane.raw("GET", "/apps/cab"))[1]["bindings"] == 1
    exchange = plane.simulator.exchange
    exchange.ax.unbind(exchange.apps()[-1], UnbindAx(subscription))
    assert (await plane.raw("GET", "/apps/cab/bindings"))[1]["bindings"] == []
    (ended,) = (await plane.raw("GET", "/apps/cab/bindings?history=true"))[1]["bindings"]
    assert (ended["subscription_id"], ended["ended_by"]) == (subscription, "unbound")


async def test_a_call_through_an_x_of_ax(plane: "Plane") -> None:
    await plane.raw("POST", "/apps", json=AX)
    await bound(plane)
    wish = {"app_key": "cab", "caller": B, "dialled": X, "talks_seconds": 5}
    call_id = (await plane.raw("POST", "/calls", json=wish))[1]["call_id"]
    await plane.raw("POST", "/clock/advance", json={"seconds": 60})
    call = (await plane.raw("GET", f"/calls/{call_id}"))[1]
    assert (call["cdr"]["hangup_cause"], call["cdr"]["destination"]) == (0, A)


@pytest.mark.parametrize(
    ("profile", "sentence"),
    [
        ({"ax_temporary_callee_use": "two_calls"}, "must be one of 'one_call', 'until_expiry', not 'two_calls'"),
        ({"ax_modify_orig_num": "new"}, "must be one of 'new_number', 'locator', not 'new'"),
        ({"ax_binds_per_day": -1}, "must be from 0 to 1000000, not -1"),
        ({"ax_unreached_cdr": "2"}, "must be one of 'actual', 'abnormal', not '2'"),
        ({"ax_temporary_callee_seconds": 0}, "must be from 1 to 259200, not 0"),
    ],
)
async def test_a_wrong_setting_is_refused_in_words(plane: "Plane", profile: dict[str, object], sentence: str) -> None:
    status, problem, _ = await plane.raw("POST", "/apps", json={**AX, "profile": profile})
    assert status == 422
    assert f"{next(iter(profile))} {sentence}" in problem["detail"]
