"""The demo applications are those of the modes that the exchange plays."""

from simulator.app import assemble, without_ports
from simulator.config import DEMO_APP, DEMO_APPS, load
from simulator.config.demo import PLAYED_MODES, demo_app
from simulator.contract.operations import MODES
from simulator.exchange.apps import BOOKS


def test_there_is_one_of_every_mode_that_is_played() -> None:
    assert set(PLAYED_MODES) == set(BOOKS)
    assert [app.mode for app in DEMO_APPS] == [mode for mode in MODES if mode in BOOKS]
    assert DEMO_APP in DEMO_APPS


def test_each_is_complete() -> None:
    for mode in MODES:
        app = demo_app(mode)
        assert (app.app_key, app.app_secret) == (f"{mode.lower()}-demo", f"{mode.lower()}-demo-secret")
        assert app.number_pool is not None
        assert (app.number_pool.count, app.sms) == (50, mode not in {"AXE", "AXYB"})
        assert app.voice_files


def test_together_they_are_a_platform() -> None:
    simulator = assemble(without_ports(load(None, {}, {})))
    assert [len(app.pool) for app in simulator.exchange.apps()] == [50] * len(DEMO_APPS)
    assert all(app.has_voice_file("callerHintTone.wav") for app in simulator.exchange.apps())
