"""X-number status and what was given up, over the control plane: one number, several, all, arrears, by hand."""

from typing import TYPE_CHECKING

import orjson
import pytest

if TYPE_CHECKING:
    from conftest import Plane, Receiver

APP, KEY = "/apps/axb-demo", "axb-demo"


async def switch_on(plane: "Plane", receiver: "Receiver") -> list[str]:
    """X-number status to the call-status address; the first numbers of the demo application."""
    await plane.raw("PATCH", APP, json={"features": ["push_number_status"]})
    receiver.got.clear()
    return [one["number"] for one in (await plane.raw("GET", f"{APP}/numbers"))[1]["numbers"]]


def told(receiver: "Receiver") -> list[tuple[str, list[tuple]]]:
    got = [(path, orjson.loads(body)) for path, body in receiver.got]
    return [(path, [(one["number"], one["status"], one.get("cause")) for one in body["numInfo"]]) for path, body in got]


async def test_a_number_with_its_cause_is_changed_shown_pushed_and_found(plane: "Plane", receiver: "Receiver") -> None:
    first, *_ = await switch_on(plane, receiver)
    async with plane.client() as client:
        changed = await client.change_number(KEY, first, "suspended", 5)
        assert (changed["state"], changed["cause"]) == ("suspended", 5)
        await client.advance(0)
        assert told(receiver) == [("/status", [(first, "9", "5")])]
        (found,) = await client.notifications(number=first)
        assert (found["kind"], found["number"], found["call_id"], found["message_id"]) == (
            "numStatus", first, None, None,
        )  # fmt: skip
        assert found["state"] == "acknowledged"
        row = (await client.journal(kind="state_change", limit=1000))["rows"][-1]
    assert {name: row[name] for name in ("what", "number", "before", "state", "cause")} == {
        "what": "number_state", "number": first, "before": "normal", "state": "suspended", "cause": 5,
    }  # fmt: skip


async def test_several_numbers_or_all_of_them_are_one_command(plane: "Plane", receiver: "Receiver") -> None:
    first, second, *others = await switch_on(plane, receiver)
    async with plane.client() as client:
        changed = await client.change_numbers(KEY, [first, second], "unavailable", 7)
        assert [(one["number"], one["cause"]) for one in changed] == [(first, 7), (second, 7)]
        assert len(await client.change_numbers(KEY, None, "unavailable")) == 2 + len(others)
        await client.advance(0)
    messages = [message for _, message in told(receiver)]
    assert messages[0] == [(first, "10", "7"), (second, "10", "7")]
    assert sorted((one for message in messages[1:] for one in message), key=lambda one: one[0]) == [
        (number, "10", None) for number in (first, second, *others)
    ]


async def test_arrears_and_recovery_are_one_command_each(plane: "Plane", receiver: "Receiver") -> None:
    numbers = await switch_on(plane, receiver)
    async with plane.client() as client:
        fallen = await client.change_arrears(KEY, arrears=True)
        assert (fallen["arrears"], sorted(one["number"] for one in fallen["numbers"])) == (True, numbers)
        assert {(one["state"], one["cause"]) for one in fallen["numbers"]} == {("suspended", 2)}
        assert (await client.app(KEY))["arrears"] is True
        assert (await client.change_arrears(KEY, arrears=True))["numbers"] == []
        await client.advance(0)
        assert len((await client.change_arrears(KEY, arrears=False))["numbers"]) == len(numbers)
        await client.advance(0)
    assert [one[1:] for _, message in told(receiver) for one in message] == [
        *[("9", "2")] * len(numbers), *[("5", None)] * len(numbers),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "sentence"),
    [
        ("PATCH", "numbers/{x}", {"state": "suspended", "cause": 7},
         ("the body: cause is 7 (unconditional forwarding active); state suspended goes with 2 (arrears), 3 (stopped), "
         "5 (call-restricted by the carrier), or none")),
        ("PATCH", "numbers/{x}", {"state": "binding_frozen", "cause": 2},
         "the body: cause is 2 (arrears); state binding_frozen has none: leave it out"),
        ("PATCH", "numbers/{x}", {"state": "normal", "cause": "6"},
         "the body: cause must be a whole number from 0 to 99, not '6'"),
        ("PATCH", "numbers", {"state": "normal", "numbers": []},
         "the body: numbers must be a list of at least one text, not []"),
        ("PATCH", "numbers", {"numbers": ["{x}"]}, "the body lacks 'state'"),
        ("POST", "arrears", {"arrears": 1}, "the body: arrears must be true or false, without quotes, not 1"),
        ("POST", "arrears", {}, "the body lacks 'arrears'"),
        ("POST", "arrears", {"areas": True},
         "the body has no member 'areas'; did you mean 'arrears'? It takes: arrears"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_and_changes_nothing(
    plane: "Plane", method: str, path: str, body: dict, sentence: str
) -> None:
    before = (await plane.raw("GET", f"{APP}/numbers"))[1]
    x_number = before["numbers"][0]["number"]
    status, problem, _ = await plane.raw(method, f"{APP}/{path.format(x=x_number)}", json=body)
    assert (status, problem["detail"]) == (422, sentence)
    assert (await plane.raw("GET", f"{APP}/numbers"))[1] == before


async def test_an_unknown_number_among_several_is_named_with_the_nearest(plane: "Plane") -> None:
    first = (await plane.raw("GET", f"{APP}/numbers"))[1]["numbers"][0]["number"]
    asked = {"numbers": [first, first[:-1]], "state": "suspended"}
    status, problem, _ = await plane.raw("PATCH", f"{APP}/numbers", json=asked)
    assert (status, problem["detail"]) == (404, f"there is no number {first[:-1]!r}; did you mean {first!r}?")


# --- given up, and sent again by hand ---


async def test_what_was_given_up_is_listed_counted_and_sent_again(plane: "Plane", receiver: "Receiver") -> None:
    first, *_ = await switch_on(plane, receiver)
    receiver.status = 500
    async with plane.client() as client:
        assert (await client.ready())["exhausted"] == 0
        await client.change_number(KEY, first, "suspended", 3)
        await client.advance(24 * 3600)
        (given_up,) = await client.notifications(state="exhausted")
        assert (given_up["state"], len(given_up["attempts"]), given_up["redeliveries"]) == ("exhausted", 7, 0)
        assert (await client.ready())["exhausted"] == 1
        ends = (await client.journal(kind="attempt_ended", limit=1000))["rows"]
        assert [row["state"] for row in ends] == [*["waiting"] * 6, "exhausted"]
        assert ["retry_at" in row for row in ends] == [*[True] * 6, False]

        again = await client.redeliver(given_up["notification_id"])
        assert (again["state"], again["redeliveries"]) == ("queued", 1)
        assert (await client.ready())["exhausted"] == 0
        await client.advance(0)
        assert (await client.notification(given_up["notification_id"]))["state"] == "waiting"
        await client.redeliver(given_up["notification_id"])
        await client.advance(60)
        receiver.status = 200
        await client.advance(24 * 3600)
        taken = await client.notification(given_up["notification_id"])
        assert (taken["state"], taken["redeliveries"], len(taken["attempts"])) == ("acknowledged", 2, 11)
        assert await client.notifications(state="exhausted") == []
        await client.redeliver(given_up["notification_id"])
        await client.advance(0)
        taken = await client.notification(given_up["notification_id"])
        assert (taken["state"], taken["redeliveries"], len(taken["attempts"])) == ("acknowledged", 3, 12)


async def test_a_state_that_is_none_and_two_things_at_once_are_refused(plane: "Plane") -> None:
    status, problem, _ = await plane.raw("GET", "/notifications?state=exausted")
    assert status == 422
    assert problem["detail"] == (
        'the query: state must be "queued" or "in_flight" or "waiting" or "acknowledged" or "exhausted", '
        "not 'exausted'"
    )
    call = await plane.raw(
        "POST", "/calls", json={"app_key": KEY, "caller": "+8613800000021", "dialled": plane.bind().x_number}
    )
    status, problem, _ = await plane.raw("GET", f"/notifications?number=1&call_id={call[1]['call_id']}")
    assert (status, problem["detail"]) == (
        422, "a notification is about one call, SMS or X number; call_id and number name two",
    )  # fmt: skip
