"""The simulator around a test: how it is made, started, stopped; several at once; async use; what it refuses."""

import asyncio
import signal
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.request import urlopen

import pytest

import simulator as package
from simulator import Simulator
from simulator.app import PortInUse
from simulator.client.client import ControlClient, ControlError
from simulator.config import ConfigError
from simulator.contract.profile import ProfileError
from simulator.testing import AsyncPlatform, NotSettled, Platform, SimulatorBroke, WrongWord
from tests.testing.customer import customer
from tests.testing.test_platform import A, B, bound

CONFIG = """
[server]
port = 8080
clock = "real"
seed = 11
[[apps]]
app_key = "mine"
app_secret = "secret"
numbers = [{ number = "+8613800000001", area_code = "0755" }]
receivers = { status = "http://127.0.0.1:9/status" }
[profile]
answer_timeout_seconds = 5
"""
APP = {"app_key": "k", "app_secret": "s", "numbers": [{"number": "+8613800000001", "area_code": "0755"}]}


def threads() -> int:
    return sum(thread.name == "pnsim" for thread in threading.enumerate())


# --- start and stop ---


def test_a_with_block_has_a_platform_and_leaves_nothing_behind():
    before = threads()
    with Simulator(apps=[APP]) as platform:
        assert isinstance(platform, Platform)
        assert threads() == before + 1
        url = platform.control_url
    assert threads() == before
    with pytest.raises(OSError, match="refused"):
        urlopen(url)


def test_set_up_and_tear_down_of_other_frameworks():
    simulator = Simulator(apps=[APP])
    simulator.stop()
    platform = simulator.start()
    assert platform.api_url == simulator.platform.api_url
    with pytest.raises(RuntimeError, match="runs already; make another one"):
        simulator.start()
    simulator.stop()
    with pytest.raises(RuntimeError, match=r"does not run: use it as `with Simulator\(\) as platform:`"):
        _ = simulator.platform
    with simulator as again:
        assert again.app().app_key == "k"


def test_a_port_that_is_taken_leaves_nothing_running():
    before = threads()
    with Simulator(apps=[APP]) as platform:
        taken = int(platform.api_url.rpartition(":")[2])
        with pytest.raises(PortInUse, match=f"cannot listen on 127.0.0.1:{taken}"):
            Simulator(apps=[APP], control_port=taken).start()
    assert threads() == before


def test_importing_the_package_costs_nothing():
    code = "import simulator, sys; assert 'asyncio' not in sys.modules and 'aiohttp' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="has no attribute 'Simulatr'"):
        _ = package.Simulatr


# --- side by side ---


def test_two_simulators_tell_the_same_story_and_do_not_disturb_each_other():
    def story(_: int) -> object:
        with customer() as server, Simulator(receiver=server.url) as platform:
            call = platform.call(A, bound(platform))
            told = [told.body for told in call.notifications]
            return call.call_id, told, platform.verify({"kind": "api_request"}, exactly=1), len(server.paths)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(story, range(2))
    assert first == second


def test_two_calls_at_once_are_played_one_after_the_other(platform, server):
    platform.receiver(server.url)
    x_number = bound(platform)
    with ThreadPoolExecutor(2) as pool:
        calls = list(pool.map(lambda caller: platform.call(caller, x_number), (A, B)))
    assert [len(call.kinds) for call in calls] == [6, 6]


# --- async ---


async def test_the_same_methods_are_awaited():
    with customer() as server:
        async with Simulator(receiver=server.url) as platform:
            assert isinstance(platform, AsyncPlatform)
            x_number = platform.app().numbers[0]
            reply = await platform.request("bind", caller=A, callee=B, x_number=x_number)
            assert reply.status == 200
            call = await platform.call(A, x_number, outcome="no_answer")
            assert (call.hangup_cause, call.acknowledged) == (8101, True)
            assert await platform.verify({"kind": "call_event", "event": "released"}, exactly=1) == 1
            await platform.control.change_app("axb-demo", {"state": "frozen"})
            await platform.reset()
            assert (await platform.control.app("axb-demo"))["state"] == "normal"


async def test_an_async_wait_can_be_given_up_and_the_platform_goes_on(platform, simulator):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await simulator.async_platform.wait({"kind": "nothing"}, timeout=30)
    assert await simulator.async_platform.now() == datetime(2026, 1, 1, tzinfo=UTC)


async def test_the_control_plane_is_reached_with_the_token(platform):
    async with ControlClient(platform.control_url, platform.token) as control:
        assert (await control.ready())["api"] == platform.api_url


# --- what it is made of ---


def test_arguments_have_the_names_of_the_configuration():
    app = {**APP, "app_key": "ax", "mode": "AX"}
    start = datetime(2027, 5, 1, tzinfo=UTC)
    with Simulator(
        seed=3, edition="2019", apps=[app], profile={"merge_window_seconds": 9}, start_at=start, tls="self-signed",
        control_token="a-token-of-my-own", host="localhost",
    ) as platform:  # fmt: skip
        ready = platform.control.ready()
        assert (ready["seed"], ready["clock"]["scale"], platform.now()) == (3, 0, start)
        shown = platform.control.app("ax")
        assert (shown["edition"], shown["profile"]["merge_window_seconds"]) == ("2019", 9)
        assert platform.token == "a-token-of-my-own"
        assert platform.api_url.startswith("https://localhost:")
        assert platform.request("bind", user=A, x_number="+8613800000001").status == 200
        platform.reset()
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            urlopen(platform.api_url, context=ssl.create_default_context())


def test_a_configuration_file_is_read_where_it_is_named_and_only_there(tmp_path, monkeypatch):
    (tmp_path / "pnsim.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PNSIM_SEED", "99")
    with Simulator() as platform:
        assert platform.app().app_key == "axb-demo"
        assert platform.control.ready()["seed"] == 7
    with Simulator(config="pnsim.toml", profile={"merge_window_seconds": 9}, receiver="http://127.0.0.1:8") as platform:
        assert platform.app().numbers == ("+8613800000001",)
        ready, app = platform.control.ready(), platform.control.app("mine")
        assert (ready["seed"], ready["clock"]["scale"], platform.api_url.endswith(":8080")) == (11, 0, False)
        assert app["receivers"]["number_status"] == "http://127.0.0.1:8/number-status"
        assert (app["profile"]["merge_window_seconds"], app["profile"]["answer_timeout_seconds"]) == (9, 5)


def test_a_clock_may_run():
    with Simulator(apps=[APP], clock="real") as platform:
        assert platform.control.clock()["scale"] == 1


# --- what goes wrong ---


def test_a_server_that_does_not_answer_is_named(server):
    server.stuck = threading.Event()
    with Simulator(receiver=server.url, wall_seconds=0.3) as platform:
        with pytest.raises(NotSettled) as raised:
            platform.call(A, bound(platform))
        assert str(raised.value) == (
            "after 0.3 s of wall time the clock stands at 2026-01-01 00:00:00, short of where it was to go: no answer yet "
            f"to callin to {server.url}/callin. Simulator(wall_seconds=…) gives it longer"
        )


def test_a_reset_waits_for_nobody(server):
    server.stuck = threading.Event()
    with Simulator(receiver=server.url) as platform, ThreadPoolExecutor(2) as pool:
        x_number = bound(platform)
        hung = [pool.submit(platform.call, caller, x_number) for caller in (A, B)]
        platform.wait({"kind": "attempt_started"})
        platform.reset()
        for call in hung:
            with pytest.raises(NotSettled, match=r"^the platform was reset before this came to its end$"):
                call.result(timeout=10)
        assert platform.notifications() == ()


def test_who_stops_waiting_gives_it_up(server):
    server.stuck = threading.Event()
    with Simulator(receiver=server.url) as platform:
        x_number = bound(platform)
        # a process of pytest-xdist ignores SIGINT
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        interrupt = threading.Timer(0.3, lambda: signal.pthread_kill(main.ident, signal.SIGINT))
        main = threading.main_thread()
        interrupt.start()
        with pytest.raises(KeyboardInterrupt):
            platform.call(A, x_number)
        signal.signal(signal.SIGINT, before)
        server.stuck.set()
        platform.advance(0)  # its turn was given up, and nobody goes on with the call
        assert platform.now() == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_platform_whose_simulator_was_stopped_says_so():
    with Simulator(apps=[APP]) as platform:
        pass
    with pytest.raises(RuntimeError, match=r"^this simulator was stopped; what it was can no longer be asked$"):
        platform.now()


def test_a_simulator_that_is_wrong_says_so(simulator, platform):
    _, inside = simulator._parts()
    inside._simulator.exchange.core.violations = 1
    with pytest.raises(
        SimulatorBroke, match=r"^the simulator would have sent what breaks the contract \(please report"
    ):
        platform.advance(1)
    platform.reset()
    simulator._running[0].submit(_break(inside._simulator)).result()
    for asked in (platform.check, lambda: platform.advance(1)):
        with pytest.raises(
            SimulatorBroke, match=r"^a part of the simulator broke \(please report it\): ZeroDivisionError"
        ):
            asked()


async def _break(broken) -> None:
    broken.failed.set_exception(ZeroDivisionError("x"))


X_OF_NOBODY = (
    "+861 is no application's X number, so nobody knows whose call this is; dial one of platform.app(…).numbers, such as "
    "+8617080154513, or name the application: call(…, app=…)"
)
WRONG = [
    (lambda p: p.call(A, B, outcom="busy"), WrongWord, ("call has no 'outcom'; did you mean 'outcome'? It has: app, outcome,"
     " hangup_cause, rings, talks, released_by, extension, until")),
    (lambda p: p.call(A, "+861"), WrongWord, X_OF_NOBODY),
    (lambda p: p.call(A, p.app().numbers[0], until="anwsered"), WrongWord, ("call: until is no state 'anwsered'; did you mean"
     " 'answered'? States: dialled, collecting, forwarded, alerting, answered, released")),
    (lambda p: p.call(A, p.app().numbers[0], outcome="bussy"), ControlError, ("not possible: no outcome 'bussy'; did you mean"
     " busy? possible: answered, no_answer, rejected, refused, busy, unreachable, powered_off, suspended, nonexistent,"
     " abandoned")),
    (lambda p: p.app("axb-demmo"), WrongWord, ("there is no application 'axb-demmo', by key or mode; did you mean 'axb-demo'?"
     " There are: ax-demo (AX), axb-demo (AXB), axe-demo (AXE), axyb-demo (AXYB), x-demo (X)")),
    (lambda p: p.request("bnd"), WrongWord, ("axb-demo has no operation 'bnd'; did you mean 'bind'? Mode AXB has: bind, unbind,"
     " modify, query, recording_address, terminate")),
    (lambda p: p.request("unbind", number="+861"), WrongWord, ("unbind carries no 'number'; it carries: x_number,"
     " subscription_id")),
    (lambda p: p.request("query", scheme="HMAC"), WrongWord, "there is no signature 'HMAC'; there are: AKSK, WSSE"),
    (lambda p: p.receiver({"statuss": "http://x"}), WrongWord, ("a receiver has no address 'statuss'; did you mean 'status'? It"
     " has: status, callin, fee, sms, sms_block, number_status")),
    (lambda p: p.receiver("nowhere"), WrongWord, ('receiver must be an address like "http://127.0.0.1:9000/status", not'
     " 'nowhere'")),
    (lambda p: p.verify({}, exact=1), WrongWord, ("verify has no 'exact'; did you mean 'exactly'? It has: exactly, at_least,"
     " at_most, never, in_order, after, since, until")),
    (lambda p: p.verify(), ControlError, "missing member: the body lacks 'match', or 'in_order' with a list of matches"),
    (lambda p: Simulator(sead=1), WrongWord, ("Simulator has no 'sead'; did you mean 'seed'? It has: config, apps, profile,"
     " receiver, wall_seconds, host, port, control_port, store, clock, tls, edition, seed, start_at, control_token,"
     " store_max_rows, store_max_bytes")),
    (lambda p: Simulator(clock="fast"), ConfigError, 'Simulator: clock must be "real" or "virtual", not \'fast\''),
    (lambda p: Simulator(apps=[{**APP, "mode": "AYB"}]), ConfigError, ('Simulator: apps[0].mode must be "AX" or "AXB" or "AXE" or'
     " \"AXYB\" or \"X\", not 'AYB'")),
    (lambda p: Simulator(apps=[APP, APP]), ConfigError, "Simulator: apps[1] has 'k', which apps[0] has already"),
    (lambda p: Simulator(profile={"merge_window": 1}).start(), ProfileError, ("profile: [profile] merge_window is no"
     " setting; did you mean merge_window_seconds? `pnsim profile` lists all")),
    (lambda p: Simulator(config="no.toml"), ConfigError, "no.toml: cannot be read: No such file or directory"),
    (lambda p: p.advance("7d"), WrongWord, "a span of time is a number of seconds or a timedelta, not '7d'"),
    (lambda p: p.call(A, p.app().numbers[0], rings="2s"), WrongWord, ("a span of time is a number of seconds or a timedelta, not"
     " '2s'")),
    (lambda p: Simulator(wall_seconds=-1), ConfigError, ("Simulator: wall_seconds must be a number above 0, at most 86400, not"
     " -1")),
    (lambda p: without_apps(), WrongWord, "this simulator has no applications; give it some: Simulator(apps=[{...}])"),
]  # fmt: skip


def without_apps() -> None:
    with Simulator(apps=[]) as platform:
        platform.app()


@pytest.mark.parametrize(("wrong", "kind", "sentence"), WRONG)
def test_what_is_wrong_is_said_with_what_would_be_right(platform, wrong, kind, sentence):
    with pytest.raises(kind) as raised:
        wrong(platform)
    assert str(raised.value) == sentence
