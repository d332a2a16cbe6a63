"""The client that blocks: every method of the awaited one, with its arguments, over the wire, from any thread."""

import asyncio
import inspect
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import simulator.client
from simulator.app import assemble
from simulator.client import ControlClient, ControlError, SyncControlClient, Unreachable
from simulator.config import DEMO_APP, load
from simulator.control.answers import ANSWERS
from simulator.testing.control import AsyncControl, Control

KEY = "axb-demo"
CALL = {"app_key": KEY, "caller": "+8613800000021", "dialled": "x"}


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """Where a simulator in a thread of its own listens, and its token."""
    monkeypatch.chdir(tmp_path)
    config = load(None, {}, {"port": "0", "control_port": "0", "clock": "virtual"})
    found: list[tuple[str, str]] = []
    ready, loop, over = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def live() -> None:
        one = assemble(replace(config, apps=(DEMO_APP,)), lanes=1)
        found.append(((await one.start()).control, one.token))
        ready.set()
        await over.wait()
        await one.stop()

    thread = threading.Thread(target=loop.run_until_complete, args=(live(),))
    thread.start()
    assert ready.wait(20)
    yield found[0]
    loop.call_soon_threadsafe(over.set)
    thread.join(20)
    loop.close()


def methods(kind: type) -> dict[str, inspect.Signature]:
    """The public methods of a class with their arguments, self left out."""
    found = inspect.getmembers(kind, callable)
    mine = {name: inspect.signature(member) for name, member in found if not name.startswith("_")}
    return {
        name: signature.replace(parameters=list(signature.parameters.values())[1:]) for name, signature in mine.items()
    }


@pytest.mark.parametrize("face", [SyncControlClient, Control, AsyncControl])
def test_every_method_is_there_with_the_same_arguments_and_answer(face: type) -> None:
    own = methods(face)
    own.pop("wait_for", None)
    theirs = methods(ControlClient)
    for one in (own, theirs):
        one.pop("events", None)  # followed, not asked: an iterator of its own kind each
    assert own == theirs


def test_a_call_from_dial_to_its_journal(address: tuple[str, str]) -> None:
    with SyncControlClient(*address) as control:
        (app,) = control.apps()
        numbers = control.numbers(app["app_key"])
        dialled = control.dial({**CALL, "dialled": numbers[0]["number"]})
        assert control.advance(60)["reached"]
        assert control.call(dialled["call_id"])["cdr"]["hangup_cause"] == 8014
        assert control.verify({"match": {"event": "released"}, "exactly": 1})["passed"]
        with pytest.raises(ControlError, match="there is no application 'x'"):
            control.app("x")


def test_what_there_is_to_know_beside_the_story(address: tuple[str, str]) -> None:
    with SyncControlClient(*address) as control:
        assert {"outcomes", "hangup_causes", "faults"} <= control.catalogue().keys()
        assert "\npnsim_journal_rows " in control.metrics()
        assert control.openapi()["openapi"] == "3.1.0"
    with SyncControlClient(address[0], "wrong-token") as control, pytest.raises(ControlError, match="unauthorized"):
        control.metrics()


def test_every_route_but_the_pages_session_has_a_method() -> None:
    asked = "".join(inspect.getsource(kind) for kind in ControlClient.__mro__[:-1])
    for route in ANSWERS:
        *_, last = (part for part in route.split("/") if not part.startswith("{"))
        assert last == "session" or f'"{last}"' in asked or f'/{last}"' in asked, route


def test_what_happens_is_followed(address: tuple[str, str]) -> None:
    with SyncControlClient(*address) as control:
        following = control.events(0)
        assert next(following)["what"] == "app_added"
        following.close()
        with pytest.raises(ControlError, match="must be a whole number"):
            next(control.events(-1))


def test_several_threads_share_one_client(address: tuple[str, str]) -> None:
    with SyncControlClient(*address) as control, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: control.ready()["version"], range(12)))
    assert len(set(found)) == 1


def test_who_is_not_there_is_unreachable_and_who_was_not_entered_says_so() -> None:
    client = SyncControlClient("http://127.0.0.1:1", "token")
    with client, pytest.raises(Unreachable, match="start one with `pnsim serve`"):
        client.clock()
    with pytest.raises(RuntimeError, match="use the client as `with SyncControlClient"):
        client.clock()


def test_the_room_has_both_clients_and_no_other_name() -> None:
    assert simulator.client.SyncControlClient is SyncControlClient
    with pytest.raises(AttributeError, match="has no attribute 'Client'"):
        _ = simulator.client.Client
