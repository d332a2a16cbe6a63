"""SMS over the control plane."""

from typing import TYPE_CHECKING, Any

import orjson
import pytest

if TYPE_CHECKING:
    from conftest import Plane, Receiver

A, B = "+8613800000021", "+8613800000023"
KEY = "axb-demo"


async def sent(plane: "Plane", **members: Any) -> dict[str, Any]:
    wish = {"app_key": KEY, "sender": A, "text": "I am at the door", **members}
    status, answer, _ = await plane.raw("POST", "/messages", json=wish)
    assert status == 201, answer
    return answer


async def test_an_sms_is_told_with_everything_that_came_of_it(plane: "Plane", receiver: "Receiver") -> None:
    async with plane.client() as client:
        await client.change_app(KEY, {"receivers": {"sms": f"{receiver.url}/sms"}, "features": ["sms_content"]})
    x_number = plane.bind(user_data="order 17").x_number
    answer = await sent(plane, x_number=x_number.removeprefix("+86"))
    await plane.raw("POST", "/clock/advance", json={"seconds": 0})
    message = (await plane.raw("GET", f"/messages/{answer['message_id']}"))[1]
    (notification,) = message.pop("notifications")
    assert message == {
        "message_id": answer["message_id"],
        "sms_id": answer["sms_id"],
        "app_key": KEY,
        "sender": A,
        "x_number": x_number,
        "text": "I am at the door",
        "state": "ended",
        "asked": False,
        "send_result": 0,
        "arrived_at": "2026-01-01T00:00:00.000000Z",
        "ended_at": "2026-01-01T00:00:00.000000Z",
        "direction": 1,
        "destination": B,
        "delivered_text": "I am at the door",
        "parts": 1,
        "parts_sent": 1,
        "subscription_id": message["subscription_id"],
        "user_data": "order 17",
    }
    assert (notification["kind"], notification["acknowledged"]) == ("sms", True)
    ((path, body),) = receiver.got
    assert (path, orjson.loads(body)["smsEvent"]["smsContent"]) == ("/sms", "I am at the door")


async def test_sms_are_listed_and_narrow_notifications_and_journal(plane: "Plane", receiver: "Receiver") -> None:
    async with plane.client() as client:
        await client.change_app(KEY, {"receivers": {"sms": f"{receiver.url}/sms"}})
    x_number = plane.bind().x_number
    ids = [(await sent(plane, x_number=x_number))["message_id"] for _ in range(3)]
    await plane.raw("POST", "/clock/advance", json={"seconds": 0})
    listed = (await plane.raw("GET", f"/messages?app_key={KEY}&limit=2"))[1]["messages"]
    assert [one["message_id"] for one in listed] == [ids[2], ids[1]]
    (told,) = (await plane.raw("GET", f"/notifications?message_id={ids[0]}"))[1]["notifications"]
    assert (told["kind"], told["call_id"], told["message_id"]) == ("sms", None, ids[0])
    rows = (await plane.raw("GET", f"/journal?message_id={ids[1]}"))[1]["rows"]
    assert [row["kind"] for row in rows] == ["message_event", "message_event", "attempt_started", "attempt_ended"]


async def test_a_result_is_forced(plane: "Plane") -> None:
    message = await sent(plane, x_number=plane.bind().x_number, send_result=13)
    assert (message["send_result"], message["destination"], message["parts_sent"]) == (13, None, 0)


@pytest.mark.parametrize(
    ("members", "status", "detail"),
    [
        ({"x_number": "+8613911111111"}, 404, "+8613911111111 is nobody's X number; axb-demo has 50: "),
        ({"app_key": "axb-dmo"}, 404, "there is no application 'axb-dmo'; did you mean 'axb-demo'?"),
        ({"text": ""}, 422, "the body: text must be a text of 1 to 2000 characters, not one of 0"),
        ({"text": "x" * 2001}, 422, "the body: text must be a text of 1 to 2000 characters, not one of 2001"),
        ({"sender": "1" * 33}, 422, "the body: sender must be a text of 1 to 32 characters, not one of 33"),
        ({"send_result": 14}, 422, "the body: send_result must be a whole number from 0 to 13, not 14"),
        ({"send_result": 9}, 422, "send_result 9 says that the SMS was sent in part, but this one has one part only; "),
        ({"send_result": 6}, 422, "send_result 6 is none of mode AXB; it has: 0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13"),
        ({"caller": A}, 422, "the body has no member 'caller'; it takes: app_key, sender, x_number, text, send_"),
    ],
)
async def test_what_cannot_be_sent_is_refused(
    plane: "Plane", members: dict[str, Any], status: int, detail: str
) -> None:
    wish = {"app_key": KEY, "sender": A, "x_number": plane.bind().x_number, "text": "hello", **members}
    got, problem, _ = await plane.raw("POST", "/messages", json=wish)
    assert (got, problem["detail"][: len(detail)]) == (status, detail)
    assert (await plane.raw("GET", "/messages"))[1] == {"messages": [], "next": None}


@pytest.mark.parametrize("mode", ["AXE", "AXYB"])
async def test_a_mode_without_sms_is_told_which_have_it(plane: "Plane", mode: str) -> None:
    async with plane.client() as client:
        await client.add_app(
            {"app_key": "k", "app_secret": "s", "mode": mode, "number_pool": {"count": 1, "area_code": "0755"}}
        )
        (x_number,) = await client.numbers("k")
    wish = {"app_key": "k", "sender": A, "x_number": x_number["number"], "text": "hello"}
    status, problem, _ = await plane.raw("POST", "/messages", json=wish)
    assert (status, problem["title"]) == (422, "not possible")
    assert problem["detail"] == f"k is of mode {mode}, which has no SMS; the modes that have are: AX, AXB, X"


async def test_a_full_outbox_is_busy(plane: "Plane", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plane.simulator.exchange.outbox, "is_full", lambda _: True)
    wish = {"app_key": KEY, "sender": A, "x_number": plane.bind().x_number, "text": "hello"}
    assert (await plane.raw("POST", "/messages", json=wish))[0] == 503


async def test_unknown_sms_are_404_with_the_nearest(plane: "Plane") -> None:
    message_id = (await sent(plane, x_number=plane.bind().x_number))["message_id"]
    status, problem, _ = await plane.raw("GET", f"/messages/{message_id}x")
    assert (status, problem["nearest"]) == (404, [message_id])
    status, problem, _ = await plane.raw("GET", "/notifications?message_id=nobody")
    assert (status, problem["title"]) == (404, "no such message")
    call_id = (
        await plane.raw(
            "POST",
            "/calls",
            json={"app_key": KEY, "caller": A, "dialled": plane.bind(caller=B, callee="+8613800000031").x_number},
        )
    )[1]["call_id"]
    status, problem, _ = await plane.raw("GET", f"/notifications?message_id={message_id}&call_id={call_id}")
    assert (status, problem["title"]) == (422, "contradiction")


async def test_the_typed_client_plays_sms(plane: "Plane") -> None:
    async with plane.client() as client:
        wish = {"app_key": KEY, "sender": B, "x_number": plane.bind().x_number, "text": "hello"}
        message = await client.send_sms(wish)
        assert (message["destination"], message["direction"]) == (A, 0)
        assert await client.message(message["message_id"]) == message
        assert await client.messages(KEY) == await client.messages() == [message]
        assert await client.notifications(message_id=message["message_id"]) == []
