"""Applications, numbers and bindings over the control plane."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Plane

NEW = {
    "app_key": "shop",
    "app_secret": "shop-secret",
    "recording": False,
    "numbers": [{"number": "+8613900000001", "area_code": "010"}],
    "number_pool": {"count": 2, "area_code": "0755"},
    "receivers": {"status": "http://127.0.0.1:9000/status"},
    "profile": {"retry_minutes": [1, 2]},
}


async def test_an_application_is_added_told_without_its_secret_and_removed(plane: "Plane") -> None:
    status, added, _ = await plane.raw("POST", "/apps", json=NEW)
    assert status == 201
    assert added == {
        "app_key": "shop",
        "mode": "AXB",
        "edition": "2026",
        "state": "normal",
        "arrears": False,
        "requests_per_minute": None,
        "traffic_per_minute": None,
        "recording": False,
        "sms": True,
        "voice_files": [],
        "receivers": {"status": "http://127.0.0.1:9000/status"},
        "allowed_ips": [],
        "profile": {"retry_minutes": [1, 2]},
        "features": [],
        "numbers": 3,
        "bindings": 0,
    }
    assert (await plane.raw("GET", "/apps/shop"))[1] == added
    assert [app["app_key"] for app in (await plane.raw("GET", "/apps"))[1]["apps"]] == ["axb-demo", "shop"]
    assert (await plane.raw("DELETE", "/apps/shop"))[0] == 204
    status, problem, _ = await plane.raw("GET", "/apps/shop")
    assert (status, problem["detail"]) == (404, "there is no application 'shop'; there is axb-demo")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"receiver": {}}, "POST /apps: this has no key 'receiver'; did you mean 'receivers'? Valid: "),
        ({"mode": "Y"}, 'POST /apps: mode must be "AX" or "AXB" or "AXE" or "AXYB" or "X", not \'Y\''),
        ({"features": ["sms_text"]}, 'POST /apps: features must be "area_code" or "call_duration" or '),
        (
            {"profile": {"retry_minute": []}},
            "POST /apps: [profile] retry_minute is no setting; did you mean retry_minutes?",
        ),
        ({"app_key": "axb-demo"}, "there is an application 'axb-demo' already; "),
    ],
)
async def test_a_wrong_application_is_refused_and_not_added(
    plane: "Plane", change: dict[str, object], sentence: str
) -> None:
    status, problem, _ = await plane.raw("POST", "/apps", json={**NEW, **change})
    assert status == 422
    assert problem["detail"].startswith(sentence)
    assert len((await plane.raw("GET", "/apps"))[1]["apps"]) == 1


async def test_a_change_replaces_what_is_given_and_keeps_the_rest(plane: "Plane") -> None:
    await plane.raw("POST", "/apps", json=NEW)
    status, changed, _ = await plane.raw("PATCH", "/apps/shop", json={"state": "frozen", "receivers": {}})
    assert (status, changed["state"], changed["receivers"]) == (200, "frozen", {})
    assert (changed["recording"], changed["profile"], changed["numbers"]) == (False, {"retry_minutes": [1, 2]}, 3)
    app = plane.simulator.exchange.app("shop")
    assert app is not None
    assert app.secret == "shop-secret"


async def test_a_new_secret_signs_from_then_on(plane: "Plane") -> None:
    assert (await plane.raw("PATCH", "/apps/axb-demo", json={"app_secret": "another"}))[0] == 200
    app = plane.simulator.exchange.app("axb-demo")
    assert app is not None
    assert app.secret == "another"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mode": "AXB"}, "mode is fixed for an application's life; add another application instead"),
        ({"numbers": []}, "numbers are added with POST /control/v1/apps/{app_key}/numbers"),
        ({"state": "asleep"}, 'state must be "normal" or "frozen" or "unavailable", not \'asleep\''),
    ],
)
async def test_what_cannot_be_changed_is_refused_and_changes_nothing(
    plane: "Plane", change: dict[str, object], sentence: str
) -> None:
    before = (await plane.raw("GET", "/apps/axb-demo"))[1]
    status, problem, _ = await plane.raw("PATCH", "/apps/axb-demo", json={"sms": False, **change})
    assert status == 422
    assert problem["detail"].endswith(sentence)
    assert (await plane.raw("GET", "/apps/axb-demo"))[1] == before


async def test_numbers_are_listed_and_added(plane: "Plane") -> None:
    binding = plane.bind()
    more = [{"number": "+8613900000002", "area_code": "0531"}]
    status, added, _ = await plane.raw("POST", "/apps/axb-demo/numbers", json={"numbers": more})
    assert (status, added) == (201, {"numbers": [{**more[0], "state": "normal", "cause": None, "pairs": 0}]})
    numbers = (await plane.raw("GET", "/apps/axb-demo/numbers"))[1]["numbers"]
    assert len(numbers) == 51
    assert [one["number"] for one in numbers if one["pairs"]] == [binding.x_number]


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (
            [{"number": "13800000001", "area_code": "010"}],
            "the body: numbers[0].number must be a number in global format",
        ),
        ([{"number": "+8613800000001"}], "the body: numbers[0] lacks area_code"),
        ([], "the body: numbers must be a list of at least one object, not []"),
        ("x", "the body: numbers must be a list of at least one object, not 'x'"),
    ],
)
async def test_wrong_numbers_are_refused(plane: "Plane", numbers: object, sentence: str) -> None:
    status, problem, _ = await plane.raw("POST", "/apps/axb-demo/numbers", json={"numbers": numbers})
    assert status == 422
    assert problem["detail"].startswith(sentence)


async def test_bindings_are_listed_and_with_history_the_ended_ones_too(plane: "Plane") -> None:
    first = plane.bind(lifetime_seconds=60, user_data="order 17")
    await plane.raw("POST", "/clock/advance", json={"seconds": 61})
    second = plane.bind()
    (alive,) = (await plane.raw("GET", "/apps/axb-demo/bindings"))[1]["bindings"]
    assert (alive["subscription_id"], alive["expires_at"]) == (second.subscription_id, None)
    same, ended = (await plane.raw("GET", "/apps/axb-demo/bindings?history=true"))[1]["bindings"]
    assert same == alive
    assert ended["subscription_id"] == first.subscription_id
    assert (ended["ended_by"], ended["ended_at"]) == ("expired", "2026-01-01T00:01:00.000000Z")
    assert (ended["user_data"], ended["lifetime_seconds"]) == ("order 17", 60)


async def test_reset_forgets_what_an_application_has_and_keeps_it(plane: "Plane") -> None:
    plane.bind()
    assert (await plane.raw("POST", "/reset", json={"app_key": "axb-demo"}))[0] == 204
    assert (await plane.raw("GET", "/apps/axb-demo"))[1]["bindings"] == 0
    assert (await plane.raw("POST", "/reset"))[0] == 204
    status, problem, _ = await plane.raw("POST", "/reset", json={"app_key": "axb-dmo"})
    assert (status, problem["nearest"]) == (404, ["axb-demo"])


async def test_the_ids_of_the_first_bindings_are_given_to_new_applications_only(plane: "Plane") -> None:
    numbers = [{"number": "+8613900000001", "area_code": "010"}]
    body = {"app_key": "own-ids", "app_secret": "own-secret", "subscription_ids": ["id/1"], "numbers": numbers}
    assert (await plane.raw("POST", "/apps", json=body))[0] == 201
    status, problem, _ = await plane.raw("PATCH", "/apps/own-ids", json={"subscription_ids": ["id/2"]})
    assert (status, problem["detail"]) == (
        422, "subscription_ids are only for new applications; add another application instead",
    )  # fmt: skip
    status, problem, _ = await plane.raw("POST", "/apps", json={**body, "app_key": "b", "subscription_ids": ["a b"]})
    assert (status, problem["detail"]) == (
        422, "POST /apps: subscription_ids must be a text of 1 to 64 characters without blanks, not 'a b'",
    )  # fmt: skip


async def test_what_is_wrong_with_a_change_is_said_of_the_change(plane: "Plane") -> None:
    status, problem, _ = await plane.raw("PATCH", "/apps/axb-demo", json={"features": ["release_direction"]})
    assert (status, problem["detail"]) == (
        422, "PATCH /apps/axb-demo: features: release_direction is only for mode X, not AXB; take it out",
    )  # fmt: skip
