"""Calls, the clock and notifications over the control plane."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Plane, Receiver

A, B, C = "+8613800000021", "+8613800000023", "+8613800000025"
KEY = "axb-demo"


async def dialled(plane: "Plane", x_number: str, **members: Any) -> dict[str, Any]:
    status, answer, _ = await plane.raw(
        "POST", "/calls", json={"app_key": KEY, "caller": A, "dialled": x_number, **members}
    )
    assert status == 201, answer
    return answer


async def played(plane: "Plane", **members: Any) -> dict[str, Any]:
    """A call to its end, as GET /calls/{call_id} shows it."""
    answer = await dialled(plane, plane.bind(record=True).x_number, **members)
    await plane.raw("POST", "/clock/advance", json={"seconds": 120})
    return (await plane.raw("GET", f"/calls/{answer['call_id']}"))[1]


async def test_a_call_is_told_with_everything_that_came_of_it(plane: "Plane", receiver: "Receiver") -> None:
    call = await played(plane, rings_seconds=2, talks_seconds=16)
    assert (call["state"], call["outcome"], call["caller"], call["destination"]) == ("released", "answered", A, B)
    assert [event["event"] for event in call["events"]] == ["dialled", "forwarded", "alerted", "answered", "released"]
    end = {"event": "released", "at": call["ends_at"], "hangup_cause": 0, "released_by": "callee"}
    assert call["events"][-1] == end
    cdr = call["cdr"]
    assert (cdr["hangup_cause"], cdr["q850"], cdr["released_at"]) == (0, 0, call["ends_at"])
    assert call["recording"]["seconds"] == 16
    assert call["recording"]["deleted_at"] is not None
    assert [one["kind"] for one in call["notifications"]] == [
        "callin",
        "callout",
        "alerting",
        "answer",
        "disconnect",
        "fee",
    ]
    for one in call["notifications"]:
        assert (one["state"], one["attempts"], one["acknowledged"]) == ("acknowledged", 1, True)
    assert len(receiver.got) == 6


async def test_an_answer_to_a_dial_names_the_call_and_its_planned_end(plane: "Plane") -> None:
    answer = await dialled(plane, plane.bind().x_number, rings_seconds=2, talks_seconds=10)
    assert set(answer) == {"call_id", "session_id", "ends_at"}
    call = (await plane.raw("GET", f"/calls/{answer['call_id']}"))[1]
    assert (call["state"], call["cdr"], call["recording"]) == ("forwarded", None, None)
    assert (call["session_id"], call["ends_at"]) == (answer["session_id"], answer["ends_at"])


async def test_a_running_call_can_be_hung_up(plane: "Plane") -> None:
    answer = await dialled(plane, plane.bind().x_number)
    await plane.raw("POST", "/clock/advance", json={"seconds": 5})
    status, call, _ = await plane.raw("POST", f"/calls/{answer['call_id']}/release", json={"released_by": "caller"})
    assert (status, call["state"], call["ends_at"]) == (200, "released", "2026-01-01T00:00:05.000000Z")
    status, problem, _ = await plane.raw("POST", f"/calls/{answer['call_id']}/release")
    assert (status, problem["title"]) == (422, "not possible")


async def test_calls_are_listed_newest_first(plane: "Plane") -> None:
    x_number = plane.bind().x_number
    ids = [(await dialled(plane, x_number))["call_id"] for _ in range(3)]
    listed = (await plane.raw("GET", f"/calls?app_key={KEY}&limit=2"))[1]["calls"]
    assert [call["call_id"] for call in listed] == [ids[2], ids[1]]


@pytest.mark.parametrize(
    ("members", "status", "detail"),
    [
        ({"dialled": "+8613911111111"}, 404, "+8613911111111 is nobody's X number; axb-demo has 50: "),
        ({"app_key": "axb-dmo"}, 404, "there is no application 'axb-dmo'; did you mean 'axb-demo'?"),
        ({"outcome": "bussy"}, 422, "no outcome 'bussy'; did you mean busy?"),
        ({"hangup_cause": 8999}, 422, "no hangup cause 8999"),
        ({"outcome": "busy", "hangup_cause": 8102}, 422, "hangup_cause says how the call ends, and so does outcome; "),
        ({"extension": "12#4"}, 422, 'the body: extension must be digits like "0001", or a list of such'),
        ({"rings_seconds": 100}, 422, "the platform gives up after 90 s of ringing"),
    ],
)
async def test_a_call_that_cannot_be_played_is_refused_in_words(
    plane: "Plane", members: dict[str, Any], status: int, detail: str
) -> None:
    body = {"app_key": KEY, "caller": A, "dialled": plane.bind().x_number, **members}
    got, problem, _ = await plane.raw("POST", "/calls", json=body)
    assert got == status
    assert problem["detail"].startswith(detail)
    assert (await plane.raw("GET", "/calls"))[1]["calls"] == []


async def test_a_call_for_a_full_outbox_is_503(plane: "Plane", monkeypatch: pytest.MonkeyPatch) -> None:
    x_number = plane.bind().x_number
    monkeypatch.setattr(plane.simulator.exchange.outbox, "is_full", lambda _: True)
    status, problem, _ = await plane.raw("POST", "/calls", json={"app_key": KEY, "caller": A, "dialled": x_number})
    assert (status, problem["title"]) == (503, "busy")


async def test_an_unknown_call_is_404(plane: "Plane") -> None:
    for method, path in (
        ("GET", "/calls/call-1"),
        ("POST", "/calls/call-1/release"),
        ("GET", "/notifications?call_id=call-1"),
    ):
        status, problem, _ = await plane.raw(method, path)
        assert (status, problem["title"]) == (404, "no such call")


async def test_a_failed_notification_is_told_with_its_attempts(plane: "Plane", receiver: "Receiver") -> None:
    receiver.status = 500
    call = await played(plane, outcome="busy")
    first = call["notifications"][0]
    one = (await plane.raw("GET", f"/notifications/{first['notification_id']}"))[1]
    assert (one["kind"], one["state"], one["call_id"]) == ("callin", "waiting", call["call_id"])
    assert one["body"]["eventType"] == "callin"
    assert [(attempt["number"], attempt["status"], attempt["acknowledged"]) for attempt in one["attempts"]] == [
        (1, 500, False),
        (2, 500, False),
    ]
    assert one["attempts"][0]["reason"].startswith("answered 500")
    listed = (await plane.raw("GET", f"/notifications?call_id={call['call_id']}"))[1]["notifications"]
    assert {note["notification_id"] for note in listed} == {note["notification_id"] for note in call["notifications"]}


async def test_an_unanswered_attempt_has_a_failure_and_no_status(plane: "Plane") -> None:
    await plane.raw("PATCH", f"/apps/{KEY}", json={"receivers": {"status": "http://127.0.0.1:1/"}})
    call = await played(plane, outcome="busy")
    one = (await plane.raw("GET", f"/notifications/{call['notifications'][0]['notification_id']}"))[1]
    assert "status" not in one["attempts"][0]
    assert one["attempts"][0]["failure"] == "connect"


async def test_a_finished_notification_can_be_sent_again(plane: "Plane", receiver: "Receiver") -> None:
    call = await played(plane, outcome="busy")
    notification_id = call["notifications"][-1]["notification_id"]
    sent = len(receiver.got)
    status, one, _ = await plane.raw("POST", f"/notifications/{notification_id}/redeliver")
    assert (status, one["notification_id"]) == (200, notification_id)
    await plane.raw("POST", "/clock/advance", json={"seconds": 0})
    assert len(receiver.got) == sent + 1
    assert receiver.got[-1] == receiver.got[sent - 1]


async def test_a_notification_on_its_way_is_not_sent_a_second_time(plane: "Plane", receiver: "Receiver") -> None:
    call = await played(plane, outcome="busy")
    receiver.hold = asyncio.Event()
    path = f"/notifications/{call['notifications'][0]['notification_id']}/redeliver"
    assert (await plane.raw("POST", path))[0] == 200
    status, problem, _ = await plane.raw("POST", path)
    receiver.hold.set()
    assert (status, problem["title"]) == (409, "on its way")


async def test_an_unknown_notification_is_404(plane: "Plane") -> None:
    for method, path in (("GET", "/notifications/n-1"), ("POST", "/notifications/n-1/redeliver")):
        status, problem, _ = await plane.raw(method, path)
        assert (status, problem["title"]) == (404, "no such notification")


async def test_an_advance_tells_what_it_fired_in_order(plane: "Plane") -> None:
    plane.bind(lifetime_seconds=30)
    plane.bind(caller=C, callee="+8613800000027", lifetime_seconds=20)
    status, result, _ = await plane.raw("POST", "/clock/advance", json={"seconds": 25})
    assert (status, result["reached"], result["more"]) == (200, True, 0)
    assert [(one["at"], one["what"]) for one in result["fired"]] == [("2026-01-01T00:00:20.000000Z", "expiry")]
    clock = (await plane.raw("GET", "/clock"))[1]
    assert clock == {
        "now": "2026-01-01T00:00:25.000000Z",
        "scale": 0,
        "next_deadline_at": "2026-01-01T00:00:30.000000Z",
    }


async def test_a_second_advance_meanwhile_is_409(plane: "Plane", monkeypatch: pytest.MonkeyPatch) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def held() -> None:
        entered.set()
        await go_on.wait()

    monkeypatch.setattr(plane.simulator.exchange.outbox, "settled", held)
    first = asyncio.create_task(plane.raw("POST", "/clock/advance", json={"seconds": 1}))
    async with asyncio.timeout(10):
        await entered.wait()
        for path, body in (("/clock/advance", {"seconds": 1}), ("/clock/scale", {"scale": 2}), ("/clock/freeze", {})):
            status, problem, _ = await plane.raw("POST", path, json=body)
            assert (status, problem["title"]) == (409, "advance running")
        go_on.set()
        assert (await first)[1]["reached"]


async def test_an_advance_that_is_held_up_stops_after_its_wall_seconds(
    plane: "Plane", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plane.simulator.exchange.outbox, "settled", asyncio.Event().wait)
    _, result, _ = await plane.raw("POST", "/clock/advance", json={"seconds": 9, "wall_seconds": 0.05})
    assert (result["reached"], result["now"]) == (False, "2026-01-01T00:00:00.000000Z")


async def test_the_clock_runs_at_a_scale_and_freezes(plane: "Plane") -> None:
    assert (await plane.raw("POST", "/clock/scale", json={"scale": 1000}))[1]["scale"] == 1000
    frozen = (await plane.raw("POST", "/clock/freeze"))[1]
    assert frozen["scale"] == 0
    assert frozen["now"] > "2026-01-01T00:00:00.000000Z"
    assert (await plane.raw("GET", "/clock"))[1]["now"] == frozen["now"]


@pytest.mark.parametrize("seconds", [-1, 1e12, "1", None, True])
async def test_time_goes_forward_by_a_number_of_seconds(plane: "Plane", seconds: object) -> None:
    status, problem, _ = await plane.raw("POST", "/clock/advance", json={"seconds": seconds})
    assert (status, problem["title"]) == (422, "wrong value")


async def test_ready_tells_what_runs(plane: "Plane") -> None:
    status, ready, _ = await plane.raw("GET", "/ready")
    assert (status, ready["version"], ready["control"]) == (200, "0.1.0", plane.url)
    assert ready["apps"] == [{"app_key": KEY, "mode": "AXB"}]
    assert ready["clock"]["scale"] == 0
    assert plane.token not in str(ready)
