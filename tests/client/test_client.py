"""The typed client against a whole simulator, and against what is none."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from simulator.app import Simulator, assemble
from simulator.client.client import ControlClient, ControlError, Unreachable
from simulator.config import DEMO_APP, load
from simulator.telephony.commands.axb import BindAxb

A, B = "+8613800000021", "+8613800000023"
KEY = "axb-demo"


@pytest.fixture
async def simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Simulator]:
    monkeypatch.chdir(tmp_path)
    config = load(None, {}, {"port": "0", "control_port": "0", "clock": "virtual"})
    one = assemble(replace(config, apps=(DEMO_APP,)), lanes=1)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[ControlClient]:
    assert simulator.ready is not None
    async with ControlClient(simulator.ready.control + "/", simulator.token) as one:
        yield one


def bind(simulator: Simulator) -> str:
    """X of a new binding of A and B."""
    app = simulator.exchange.app(KEY)
    assert app is not None
    return simulator.exchange.axb.bind(app, BindAxb(caller=A, callee=B, area_code="0755")).x_number


async def test_applications_and_numbers(client: ControlClient) -> None:
    spec = {"app_key": "a/b?c", "app_secret": "s", "numbers": [{"number": "+8613900000001", "area_code": "010"}]}
    assert (await client.add_app(spec))["numbers"] == 1
    assert (await client.app("a/b?c"))["app_key"] == "a/b?c"
    assert [app["app_key"] for app in await client.apps()] == [KEY, "a/b?c"]
    assert (await client.change_app("a/b?c", {"sms": False}))["sms"] is False
    (added,) = await client.add_numbers("a/b?c", [{"number": "+8613900000002", "area_code": "010"}])
    assert added in await client.numbers("a/b?c")
    await client.remove_app("a/b?c")
    assert [app["app_key"] for app in (await client.ready())["apps"]] == [KEY]


async def test_a_call_from_dial_to_reset(client: ControlClient, simulator: Simulator) -> None:
    x_number = bind(simulator)
    assert [one["x_number"] for one in await client.bindings(KEY)] == [x_number]
    dialled = await client.dial({"app_key": KEY, "caller": A, "dialled": x_number})
    advanced = await client.advance(1)
    assert (advanced["reached"], (await client.clock())["now"]) == (True, advanced["now"])
    released = await client.release(dialled["call_id"])
    assert released["state"] == "released"
    assert await client.call(dialled["call_id"]) == released
    assert await client.calls(KEY, limit=1) == [released]
    assert await client.notifications(call_id=dialled["call_id"]) == []
    await client.reset(KEY)
    assert await client.calls() == []
    assert await client.bindings(KEY, history=True) == []


async def test_the_clock(client: ControlClient) -> None:
    assert (await client.scale(2))["scale"] == 2
    assert (await client.freeze())["scale"] == 0


async def test_the_journal(client: ControlClient, simulator: Simulator) -> None:
    bind(simulator)
    page = await client.journal(kind="state_change", app_key=KEY)
    assert [row["what"] for row in page["rows"]] == ["app_added", "bound"]
    assert (await client.wait({"what": "bound"}, timeout_seconds=0.05))["reached"]
    assert not (await client.wait({"what": "bound"}, count=2, timeout_seconds=0.05))["reached"]
    assert (await client.verify({"match": {"what": "bound"}, "exactly": 1}))["passed"]


async def test_a_refusal_is_an_error_with_the_problem(client: ControlClient) -> None:
    with pytest.raises(ControlError) as refused:
        await client.call("call-1")
    assert (refused.value.status, refused.value.title) == (404, "no such call")
    assert str(refused.value).startswith("no such call: there is no call 'call-1'")
    assert refused.value.more == {"nearest": []}
    with pytest.raises(ControlError, match="no such notification"):
        await client.notification("n-1")
    with pytest.raises(ControlError, match="no such notification"):
        await client.redeliver("n-1")


async def test_a_wrong_token_is_an_error(simulator: Simulator) -> None:
    assert simulator.ready is not None
    async with ControlClient(simulator.ready.control, "wrong") as client:
        with pytest.raises(ControlError, match="unauthorized") as refused:
            await client.ready()
    assert refused.value.status == 401


async def test_nobody_there_is_said_in_a_sentence() -> None:
    async with ControlClient("http://127.0.0.1:1", "token") as client:
        with pytest.raises(
            Unreachable, match=r"^no simulator answers at http://127\.0\.0\.1:1 .*start one with `pnsim serve`$"
        ):
            await client.ready()


async def test_who_was_there_and_is_not_has_stopped(simulator: Simulator, client: ControlClient) -> None:
    await client.ready()
    await simulator.stop()
    with pytest.raises(Unreachable, match=r"^the simulator at http://127\.0\.0\.1:\d+ has stopped \("):
        await client.ready()


@pytest.mark.parametrize("url", ["nowhere", "http://", "http://127.0.0.1:99999"])
async def test_an_address_that_is_none_is_unreachable(url: str) -> None:
    async with ControlClient(url, "token") as client:
        with pytest.raises(Unreachable):
            await client.ready()


async def serving(answer: web.Response) -> tuple[web.ServerRunner, str]:
    """Something that gives this answer to everything."""

    async def handle(_: web.BaseRequest) -> web.Response:
        return answer

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def test_what_speaks_no_json_is_no_control_plane() -> None:
    runner, url = await serving(web.Response(text="<html>hello"))
    async with ControlClient(url, "token") as client:
        with pytest.raises(ControlError, match="is it the control port"):
            await client.ready()
    await runner.cleanup()


async def test_a_redirect_is_not_followed() -> None:
    runner, url = await serving(web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}))
    async with ControlClient(url, "token") as client:
        with pytest.raises(ControlError, match="HTTP 302"):
            await client.ready()
    await runner.cleanup()


async def test_a_proxy_of_the_environment_is_not_used(client: ControlClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert (await client.ready())["seed"] == 7


async def test_a_client_outside_its_context_says_how_it_is_used() -> None:
    with pytest.raises(RuntimeError, match="async with ControlClient"):
        await ControlClient("http://127.0.0.1:1", "token").ready()
