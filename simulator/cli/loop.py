"""The event loop of a command: uvloop where it is installed, plain asyncio elsewhere."""

import asyncio
import gc
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

COLLECT_AFTER = (50_000, 20, 50)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end.

    What is loaded at start stays for good, so the collector need not look at it again and again; and journal rows are many
    and free of cycles, so it may look more rarely (a tenth of the time per notification).
    """
    with forever() as runner:
        return runner.run(main)


def forever() -> asyncio.Runner:
    """What runs one coroutine after the other on one loop, as `run` does; a context manager."""
    if not gc.get_freeze_count():  # once: what a later start finds may be garbage that only waits to be found
        gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    return asyncio.Runner(loop_factory=_loop_factory())


def stop_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; where the system has no such thing Ctrl-C interrupts as ever."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            break
    return stop


def _loop_factory() -> Any:
    """A maker of event loops; None is asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415 - not installed on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
