"""A platform inside somebody's own tests: `Simulator` for any framework; `simulator/pytest_plugin/` builds on it.

One async core (`inside.py`) runs in an event loop of its own thread, and two facades (`platform.py`) with the same methods
ask it: `Platform` blocks, `AsyncPlatform` is awaited. So a test that blocks never keeps the platform from answering the
server under test, an async test may run in any loop, and no method returns "a value or an awaitable".
"""

from simulator.client.errors import ControlError
from simulator.scenario.asking import Reply
from simulator.testing.applications import App
from simulator.testing.failing import NotSettled, SimulatorBroke, Unmet, WrongWord
from simulator.testing.platform import AsyncPlatform, Platform
from simulator.testing.seen import Attempt, Cdr, Event, PlayedCall, Told, Verdict
from simulator.testing.simulator import Simulator

__all__ = [
    "App",
    "AsyncPlatform",
    "Attempt",
    "Cdr",
    "ControlError",
    "Event",
    "NotSettled",
    "Platform",
    "PlayedCall",
    "Reply",
    "Simulator",
    "SimulatorBroke",
    "Told",
    "Unmet",
    "Verdict",
    "WrongWord",
]
