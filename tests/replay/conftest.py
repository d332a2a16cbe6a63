"""Both event loops for every test of this room."""

import asyncio
import sys


def pytest_asyncio_loop_factories(config, item):
    """Plain asyncio passes every test that uvloop passes."""
    factories = {"asyncio": asyncio.new_event_loop}
    if sys.platform != "win32":
        import uvloop

        factories["uvloop"] = uvloop.new_event_loop
    return factories
