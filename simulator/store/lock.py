"""One process a journal: a lock that the system takes away from whoever dies."""

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl


HELD: set[Path] = set()
"""What this process has: its locks do not keep itself out, and are gone when it closes the file a second time."""


class Locked(Exception):
    """Somebody else has it; `pid` is who, where that can be read."""

    def __init__(self, pid: str) -> None:
        super().__init__(pid)
        self.pid = pid


class FileLock:
    """A lock on a file beside the journal (not on the journal itself, whose locks are SQLite's).

    It is the process': a child that writes a snapshot does not keep it when its parent dies.
    """

    def __init__(self, journal: Path) -> None:
        """Take the lock; raises Locked, OSError."""
        journal = journal.resolve()  # by whatever name it is called, it is one file with one lock
        self._path = journal.with_name(f"{journal.name}.lock")
        if self._path in HELD:
            raise Locked(str(os.getpid()))
        while True:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                self._take()
            except OSError:
                pid = os.pread(self._file, 20, 0).decode("ascii", "replace").strip()
                os.close(self._file)
                raise Locked(pid) from None
            if self._is_ours():
                break
            os.close(self._file)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        HELD.add(self._path)

    def release(self) -> None:
        """Let others have it."""
        if self._file >= 0:
            HELD.discard(self._path)
            self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = -1

    def _take(self) -> None:
        if sys.platform != "win32":
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _is_ours(self) -> bool:
        """Whether the file is still there: who had it may have taken it away between our opening it and its lock."""
        try:
            there = os.stat(self._path)  # noqa: PTH116 - compared with what the descriptor says
        except FileNotFoundError:
            return False
        return os.path.samestat(there, os.fstat(self._file))
