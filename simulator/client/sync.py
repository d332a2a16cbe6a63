"""The control plane's client for programs without an event loop: the methods of ControlClient, each one blocks."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from simulator.client.client import ControlClient
from simulator.client.loop_thread import LoopThread

P = ParamSpec("P")
T = TypeVar("T")


def _blocking(
    method: Callable[Concatenate[ControlClient, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate["SyncControlClient", P], T]:
    """A method of ControlClient as one that returns when it has ended."""

    @wraps(method)
    def wait(client: "SyncControlClient", /, *args: P.args, **words: P.kwargs) -> T:
        return client.wait_for(method(client.awaited, *args, **words))

    return wait


async def _next(coming: AsyncGenerator[T, None]) -> T:
    return await anext(coming)


class SyncControlClient:
    """The control plane at `url`, used as a context manager; errors are those of ControlClient.

    It keeps its connections in one thread of its own; several threads may use it at once.
    """

    def __init__(self, url: str, token: str, *, timeout_seconds: float = 30) -> None:
        self.awaited = ControlClient(url, token, timeout_seconds=timeout_seconds)
        """The client that is asked; it belongs to the thread."""
        self._thread: LoopThread | None = None

    def __enter__(self) -> Self:
        self._thread = LoopThread("pnsim control client")
        self.wait_for(self.awaited.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is not None:
            self.wait_for(self.awaited.__aexit__())
            self._thread.stop()
        self._thread = None

    def events(self, after: int | None = None) -> Iterator[Mapping[str, object]]:
        """Follow the journal from a position, None: from now on; each step blocks until something happened."""
        coming = self.awaited.events(after)
        try:
            while True:
                yield self.wait_for(_next(coming))
        except StopAsyncIteration:
            return
        finally:
            if self._thread is not None:
                self.wait_for(coming.aclose())

    def wait_for(self, coming: Coroutine[Any, Any, T]) -> T:
        """What the coroutine comes to, in the client's thread; whoever is interrupted ends it."""
        if self._thread is None:
            coming.close()
            raise RuntimeError("use the client as `with SyncControlClient(…) as client`")
        future = self._thread.submit(coming)
        try:
            return future.result()
        finally:
            future.cancel()

    ready = _blocking(ControlClient.ready)
    apps = _blocking(ControlClient.apps)
    app = _blocking(ControlClient.app)
    add_app = _blocking(ControlClient.add_app)
    change_app = _blocking(ControlClient.change_app)
    remove_app = _blocking(ControlClient.remove_app)
    numbers = _blocking(ControlClient.numbers)
    add_numbers = _blocking(ControlClient.add_numbers)
    change_number = _blocking(ControlClient.change_number)
    voice_files = _blocking(ControlClient.voice_files)
    add_voice_file = _blocking(ControlClient.add_voice_file)
    change_voice_file = _blocking(ControlClient.change_voice_file)
    remove_voice_file = _blocking(ControlClient.remove_voice_file)
    refusals = _blocking(ControlClient.refusals)
    provoke = _blocking(ControlClient.provoke)
    stop_provoking = _blocking(ControlClient.stop_provoking)
    bindings = _blocking(ControlClient.bindings)
    dial = _blocking(ControlClient.dial)
    call = _blocking(ControlClient.call)
    calls = _blocking(ControlClient.calls)
    release = _blocking(ControlClient.release)
    clock = _blocking(ControlClient.clock)
    advance = _blocking(ControlClient.advance)
    snapshot = _blocking(ControlClient.snapshot)
    put_snapshot = _blocking(ControlClient.put_snapshot)
    scale = _blocking(ControlClient.scale)
    freeze = _blocking(ControlClient.freeze)
    journal = _blocking(ControlClient.journal)
    wait = _blocking(ControlClient.wait)
    verify = _blocking(ControlClient.verify)
    verify_all = _blocking(ControlClient.verify_all)
    notifications = _blocking(ControlClient.notifications)
    notification = _blocking(ControlClient.notification)
    redeliver = _blocking(ControlClient.redeliver)
    change_numbers = _blocking(ControlClient.change_numbers)
    change_arrears = _blocking(ControlClient.change_arrears)
    send_sms = _blocking(ControlClient.send_sms)
    message = _blocking(ControlClient.message)
    messages = _blocking(ControlClient.messages)
    faults = _blocking(ControlClient.faults)
    set_faults = _blocking(ControlClient.set_faults)
    clear_faults = _blocking(ControlClient.clear_faults)
    reset = _blocking(ControlClient.reset)
    numbers_page = _blocking(ControlClient.numbers_page)
    bindings_page = _blocking(ControlClient.bindings_page)
    calls_page = _blocking(ControlClient.calls_page)
    messages_page = _blocking(ControlClient.messages_page)
    notifications_page = _blocking(ControlClient.notifications_page)
    catalogue = _blocking(ControlClient.catalogue)
    metrics = _blocking(ControlClient.metrics)
    openapi = _blocking(ControlClient.openapi)
