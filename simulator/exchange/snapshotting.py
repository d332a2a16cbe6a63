"""When the state is written, and by whom: a process beside this one, so that nobody waits for it.

A child that the system makes has everything as it is at that moment; it writes the state into a pipe while this one goes on.
Where there are no such children the state is written at once.
"""

import gc
import os
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from threading import Thread

EVERY = 20_000
"""Commands after which the state is written anew: some seconds' worth of playing them again."""

LOOKS_EVERY = 64
"""Commands after which somebody looks whether the child has finished."""

ENDING = {signal.SIGINT, signal.SIGTERM}
DIGEST = 16
FIRST_OWN_FILE, FILES = 3, 65_536


class Snapshotting:
    """Has the state written after `every` commands, and when the exchange stops; `keep` is given it with its sequence.

    `in_child` False: at once, also where children could be made.
    """

    def __init__(
        self,
        take: Callable[[], bytes],
        keep: Callable[[int, bytes], None],
        *,
        every: int = EVERY,
        in_child: bool = True,
    ) -> None:
        self._take = take
        self._keep = keep
        self._every = every
        self._in_child = in_child and hasattr(os, "fork")
        self._last = 0
        self._child: Child | None = None
        self.failures = 0
        """How many children ended without a state; the next one has it."""

    def begin(self, sequence: int) -> None:
        """The state up to this command is kept already."""
        self._last = sequence

    def after(self, sequence: int) -> None:
        """A command was carried out."""
        if self._child is not None:
            if sequence % LOOKS_EVERY == 0:
                self.look()
        elif sequence - self._last >= self._every:
            self._last = sequence
            if self._in_child:
                self._child = Child(sequence, self._take)
            else:
                self._keep(sequence, self._take())

    def look(self, *, wait: bool = False) -> None:
        """Keep what the child has written, if it has finished; `wait` until it has."""
        child = self._child
        if child is None or not child.has_ended(wait=wait):
            return
        self._child = None
        state = child.state()
        if state is None:
            self.failures += 1
        else:
            self._keep(child.sequence, state)

    def stop(self, sequence: int) -> None:
        """The exchange stops: nothing is left to be played again."""
        self.look(wait=True)
        if sequence > self._last:
            self._last = sequence
            self._keep(sequence, self._take())


class Child:
    """One process that writes one state, and the thread that reads it."""

    def __init__(self, sequence: int, take: Callable[[], bytes]) -> None:
        self.sequence = sequence
        self._parts: list[bytes] = []
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # the child starts no thread and takes no lock of another
            with _undisturbed():
                self._pid = os.fork()
                if not self._pid:
                    _write_and_end(writing, take)
        os.close(writing)
        self._thread = Thread(target=self._read, args=(reading,), name="snapshot", daemon=True)
        self._thread.start()

    def has_ended(self, *, wait: bool = False) -> bool:
        """Whether everything that it wrote is there."""
        if wait:
            self._thread.join()
        return not self._thread.is_alive()

    def state(self) -> bytes | None:
        """What it wrote; None when it ended before it had."""
        whole = b"".join(self._parts)
        digest, state = whole[:DIGEST], whole[DIGEST:]
        return state if state and blake2b(state, digest_size=DIGEST).digest() == digest else None

    def _read(self, reading: int) -> None:
        with os.fdopen(reading, "rb") as pipe:
            while part := pipe.read(1 << 20):
                self._parts.append(part)
        os.waitpid(self._pid, 0)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """What ends the parent is not for the child: Ctrl-C goes to both, and the child ends when nobody reads it any more."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _write_and_end(writing: int, take: Callable[[], bytes]) -> None:
    """What the child does; it never comes back."""
    status = 1
    try:
        gc.disable()  # looking for cycles would copy the memory that both share
        _let_go_of_all_but(writing)
        state = take()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(blake2b(state, digest_size=DIGEST).digest())
            pipe.write(state)
        status = 0
    finally:
        os._exit(status)


def _let_go_of_all_but(writing: int) -> None:
    """Ports and files are the parent's: where that is killed, the child must not keep them taken."""
    os.closerange(FIRST_OWN_FILE, writing)
    os.closerange(writing + 1, FILES)
