"""Writes exchanges down in a thread of its own, after their answers have gone: a slow or full disk delays nobody."""

import contextlib
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

from simulator.replay.capture_file import CaptureFile
from simulator.replay.credentials import without_credentials
from simulator.replay.exchanged import Exchanged
from simulator.replay.recorded import Recorded

Judge = Callable[[Recorded], str]
Change = Callable[[Recorded], Recorded]
Show = Callable[[Recorded, str], None]


def no_remark(_: Recorded) -> str:
    """Nothing is known that could be said."""
    return ""


def as_it_is(recorded: Recorded) -> Recorded:
    """Nothing is masked beside credentials."""
    return recorded


class Recorder:
    """A bounded queue before the file.

    `judge` sees an exchange whole and makes a remark of it; what is written and shown has no credentials, and was
    `changed`. `complain` says once that nothing can be written, and once that it can again.
    """

    def __init__(
        self,
        file: CaptureFile,
        origin: str,
        *,
        show: Show,
        complain: Callable[[str], None],
        judge: Judge = no_remark,
        changed: Change = as_it_is,
    ) -> None:
        self._file = file
        self._origin = origin
        self._show, self._complain, self._judge, self._changed = show, complain, judge, changed
        self._queue: SimpleQueue[Exchanged | None] = SimpleQueue()
        self._put_bytes = self._done_bytes = 0
        self.unwritten = 0
        self._failing = 0
        self._thread = Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def held_bytes(self) -> int:
        """Bytes of bodies that wait to be written; each side of the queue counts its own."""
        return self._put_bytes - self._done_bytes

    @property
    def waiting(self) -> int:
        """Exchanges that wait."""
        return self._queue.qsize()

    def put(self, exchange: Exchanged) -> None:
        """Write it down soon."""
        self._put_bytes += exchange.kept
        self._queue.put(exchange)

    def close(self, seconds: float) -> None:
        """Write what waits, at most so long, then close the file."""
        self._queue.put(None)
        self._thread.join(seconds)
        if self._thread.is_alive():
            self._complain(f"the disk is too slow: {self.waiting} exchanges were not written")
        else:
            self._file.close()

    def _run(self) -> None:
        while (exchange := self._queue.get()) is not None:
            try:
                self._done(exchange)
            except Exception as error:  # noqa: BLE001 - one odd exchange must not end the recording of all others
                self.unwritten += 1
                self._complain(f"NOT RECORDED: one exchange, by a mistake of pnsim: {type(error).__name__}: {error}")
            self._done_bytes += exchange.kept

    def _done(self, exchange: Exchanged) -> None:
        whole = exchange.recorded(self._origin)
        remark = self._judge(whole)
        kept = self._changed(without_credentials(whole))
        if not exchange.is_too_large:
            self._write(kept)
        with contextlib.suppress(OSError):  # whoever watched has gone
            self._show(kept, remark)

    def _write(self, recorded: Recorded) -> None:
        try:
            self._file.append(recorded)
        except OSError as error:
            self.unwritten += 1
            self._failing += 1
            if self._failing == 1:
                why = error.strerror or str(error)
                self._complain(
                    f"NOT RECORDED: {self._file.path}: {why}; the proxy goes on, and every line is tried anew"
                )
            return
        if self._failing:
            self._complain(f"recording again after {self._failing} exchanges that are lost")
            self._failing = 0
