"""The fixtures: a platform as if just started for every test, sync and async; and what the plugin costs who does not ask."""

import pytest

from tests.pytest_plugin.test_scenario_items import INI

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.timeout(200)

TESTS = """
import pytest

A, B = "+8613900000001", "+8613900000002"
PLACES, IDS = set(), set()


def bind(platform):
    x_number = platform.app("AXB").numbers[0]
    assert platform.request("bind", caller=A, callee=B, x_number=x_number).status == 200
    return x_number


@pytest.mark.parametrize("n", range(3))
def test_every_test_has_the_same_platform_as_if_just_started(privacy_platform, privacy_simulator, n):
    call = privacy_platform.call(A, bind(privacy_platform), outcome="busy")
    privacy_platform.control.change_app("axb-demo", {"state": "frozen"})
    PLACES.add(privacy_simulator.platform.api_url)
    IDS.add(call.session_id)
    assert (len(PLACES), len(IDS)) == (1, 1)


@pytest.mark.asyncio
async def test_the_same_methods_are_awaited(privacy_platform_async):
    platform = privacy_platform_async
    x_number = platform.app("AXB").numbers[0]
    await platform.request("bind", caller=A, callee=B, x_number=x_number)
    assert (await platform.call(A, x_number)).hangup_cause == 0


def test_that_demands_too_much(privacy_platform):
    privacy_platform.call(A, bind(privacy_platform), outcome="busy")
    privacy_platform.verify({"kind": "call_event", "event": "answered"})


def test_with_a_wrong_word(privacy_platform):
    privacy_platform.call(A, bind(privacy_platform), outcom="busy")
"""
NOTHING = """
import sys

def pytest_sessionfinish(session):
    heavy = [name for name in ("aiohttp", "orjson", "simulator.app", "simulator.testing", "ruamel.yaml") if name in sys.modules]
    print("HEAVY", heavy)
"""


def test_a_platform_for_every_test(pytester):
    pytester.makeini(INI)
    pytester.makepyfile(test_it=TESTS)
    ended = pytester.runpytest_subprocess("-W", "error")
    ended.assert_outcomes(passed=4, failed=2)
    ended.stdout.fnmatch_lines([
        '>       privacy_platform.verify({"kind": "call_event", "event": "answered"})',
        "E       simulator.testing.failing.Unmet: expected at least 1 of {'kind': 'call_event', 'event': 'answered'}, found 0 *",
        "E         nearest   row *, call_event at *",
        "E                   event: expected 'answered', got 'released'",
        "test_it.py:*: Unmet",
        "-* call ladder -*",
        "*caller*platform*callee*receiver",
        "*released 8102*",
        "E       simulator.testing.failing.WrongWord: call has no 'outcom'; did you mean 'outcome'? It has: *",
        "test_it.py:*: WrongWord",
    ])  # fmt: skip
    assert "run_coroutine_threadsafe" not in ended.stdout.str()


def test_the_platform_is_made_of_the_options_and_of_the_fixture(pytester):
    pytester.makeini(f"{INI}pnsim_config = own.toml\n")
    (pytester.path / "own.toml").write_text(
        '[[apps]]\napp_key = "mine"\napp_secret = "s"\n[profile]\nanswer_timeout_seconds = 4\n', encoding="utf-8"
    )
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def privacy_platform_options():
            return {"edition": "2019", "profile": {"merge_window_seconds": 9}}
        """
    )
    pytester.makepyfile(
        """
        def test_it(privacy_platform):
            app = privacy_platform.control.app("mine")
            assert app["edition"] == "2019"
            assert app["profile"] == {"merge_window_seconds": 9, "answer_timeout_seconds": 4}
            assert app["receivers"]["fee"] == "http://127.0.0.1:9/fee"
            assert privacy_platform.control.ready()["seed"] == 12
        """
    )
    ended = pytester.runpytest_inprocess("--pnsim-seed=12", "--pnsim-receiver=http://127.0.0.1:9")
    ended.assert_outcomes(passed=1)


def test_a_wrong_option_of_the_fixture_is_one_sentence(pytester):
    pytester.makeini(INI)
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def privacy_platform_options():
            return {"aps": []}
        """
    )
    pytester.makepyfile("def test_it(privacy_platform): pass")
    ended = pytester.runpytest_inprocess()
    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(
        ["Simulator has no 'aps'; did you mean 'apps'? It has: config, apps, profile, receiver, *"]
    )
    assert "Traceback" not in ended.stdout.str()


def test_a_simulator_that_is_wrong_fails_the_test_at_its_end(pytester):
    pytester.makeini(INI)
    pytester.makepyfile(
        """
        def test_it(privacy_platform, privacy_simulator):
            _, inside = privacy_simulator._parts()
            inside._simulator.exchange.core.violations = 1
        """
    )
    ended = pytester.runpytest_inprocess()
    ended.assert_outcomes(passed=1, errors=1)
    ended.stdout.fnmatch_lines(["the simulator would have sent what breaks the contract (please report it): *"])


def test_who_does_not_ask_for_it_does_not_pay_for_it(pytester):
    pytester.makeini(INI)
    pytester.makeconftest(NOTHING)
    pytester.makepyfile("def test_it(): pass")
    others = [f"-pno:{name}" for name in ("aiohttp", "schemathesis", "hypothesispytest", "asyncio", "faker")]
    ended = pytester.runpytest_subprocess(*others, "-s")
    ended.stdout.fnmatch_lines(["*HEAVY []*"])
