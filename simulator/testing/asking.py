"""Methods of the simulator's own loop as methods that block, or that are awaited in any other loop."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from simulator.client.errors import ControlError, Unreachable
from simulator.client.loop_thread import LoopThread
from simulator.testing.failing import NotSettled, SimulatorBroke, Unmet, WrongWord
from simulator.testing.inside import Inside

P = ParamSpec("P")
T = TypeVar("T")
Target = TypeVar("Target")
Target_co = TypeVar("Target_co", covariant=True)

TAUGHT = (ControlError, NotSettled, SimulatorBroke, Unmet, Unreachable, WrongWord)
"""Errors whose sentence says everything: where inside the simulator they were raised says nothing more."""


class Face(Generic[Target_co]):
    """Something outside that asks a `target` inside."""

    def __init__(self, thread: LoopThread, inside: Inside) -> None:
        self._thread = thread
        self._inside = inside

    def _target(self) -> Target_co:
        raise NotImplementedError

    def _ask(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        return self._thread.submit(coroutine)

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What it comes to; who stops waiting (Ctrl-C, a test out of time) gives it up."""
        asked = self._ask(coroutine)
        try:
            return asked.result()
        except BaseException:
            asked.cancel()
            raise


def blocking(
    method: Callable[Concatenate[Target, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Face[Target], P], T]:
    """A method of the target as one that returns when it has ended."""

    @wraps(method)
    def wait(face: Face[Target], /, *args: P.args, **words: P.kwargs) -> T:
        __tracebackhide__ = True  # what a test did wrong is in the test, not in here
        try:
            return face._wait(method(face._target(), *args, **words))  # noqa: SLF001 - it becomes the face's own method
        except TAUGHT as error:
            raise error.with_traceback(None) from None

    return wait


def awaited(
    method: Callable[Concatenate[Target, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Face[Target], P], Coroutine[Any, Any, T]]:
    """A method of the target as one that is awaited in the caller's loop, whichever that is."""

    @wraps(method)
    async def wait(face: Face[Target], /, *args: P.args, **words: P.kwargs) -> T:
        __tracebackhide__ = True  # as above
        try:
            return await asyncio.wrap_future(face._ask(method(face._target(), *args, **words)))  # noqa: SLF001 - as above
        except TAUGHT as error:
            raise error.with_traceback(None) from None

    return wait
