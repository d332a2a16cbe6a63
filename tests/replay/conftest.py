"""Both event loops for the tests of the proxy, which has connections; the rest of this room has none."""

import asyncio
import sys

CONNECTED = "test_capture_proxy"


def pytest_asyncio_loop_factories(config, item):
    """Plain asyncio passes every test that uvloop passes."""
    factories = {"asyncio": asyncio.new_event_loop}
    if sys.platform != "win32" and item.path.stem == CONNECTED:
        import uvloop

        factories["uvloop"] = uvloop.new_event_loop
    return factories
