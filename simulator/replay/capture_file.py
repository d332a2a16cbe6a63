"""The file of a capture: one line written at a time and whole, bounded, for its owner's eyes, one writer.

At its limit it is renamed to FILE.1 (what was FILE.1 before is dropped, and counted) and begun anew: so the newest half
of the limit is always there.
"""

import os
import stat
from pathlib import Path
from types import ModuleType

import orjson

from simulator.replay.recorded import FORMAT, HEADER, VERSION, Recorded

try:
    import fcntl as _fcntl
except ImportError:  # Windows has no such locks
    fcntl: ModuleType | None = None
else:
    fcntl = _fcntl

HEAD = orjson.dumps(HEADER) + b"\n"
LARGEST_HEAD = 1024


class UnusableFile(ValueError):
    """This file cannot be appended to; the sentence says why and what to do."""


class CaptureFile:
    """An open capture; `append` raises OSError where nothing can be written, and leaves no part of a line."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        """Open or create `path`; raises UnusableFile, OSError."""
        self.path = path
        self._half = max(max_bytes // 2, 1)
        self.lines = self.dropped = 0
        self._lines_here = self._lines_before = 0
        self._open()

    @property
    def size(self) -> int:
        """Bytes of the file now."""
        return self._size

    def append(self, recorded: Recorded) -> None:
        """Write one line; it is in the hands of the system when this returns."""
        line = orjson.dumps(recorded.as_json()) + b"\n"
        if self._is_file and self._size + len(line) > self._half and self._lines_here:
            self._turn_over()
        if not self._size:
            self._write(HEAD)
        self._write(line)
        self.lines += 1
        self._lines_here += 1

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _open(self) -> None:
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            self._is_file = stat.S_ISREG(os.fstat(self._descriptor).st_mode)
            self._size = 0
            if self._is_file:
                self._take_over()
        except BaseException:
            os.close(self._descriptor)
            raise

    def _take_over(self) -> None:
        """Lock it, see that it is a capture, and forget a line that a killed program left unfinished."""
        if fcntl is not None:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UnusableFile(f"{self.path} is being written by another capture: choose another file") from None
        size = os.fstat(self._descriptor).st_size
        if size:
            _check_head(self.path, os.pread(self._descriptor, LARGEST_HEAD, 0))
            self._size, self._lines_here = _whole_lines(self._descriptor, size)
            if self._size < size:
                os.ftruncate(self._descriptor, self._size)
        os.fchmod(self._descriptor, 0o600)

    def _write(self, line: bytes) -> None:
        written = 0
        try:
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
        except OSError:
            if self._is_file and written:
                os.ftruncate(self._descriptor, self._size)
            raise
        self._size += len(line)

    def _turn_over(self) -> None:
        older = self.path.with_name(f"{self.path.name}.1")
        dropped = self._lines_before if older.exists() else 0
        self.path.replace(older)
        os.close(self._descriptor)
        self.dropped += dropped
        self._lines_before, self._lines_here = self._lines_here, 0
        self._open()


def _check_head(path: Path, start: bytes) -> None:
    try:
        head = orjson.loads(start.split(b"\n", 1)[0])
    except orjson.JSONDecodeError:
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise UnusableFile(f"{path} is there and is no capture: choose another file, nothing was written to it")
    if head.get("version") != VERSION:
        raise UnusableFile(
            f"{path} is a capture of version {head.get('version')!r:.20}; this pnsim writes {VERSION}: choose another file"
        )


def _whole_lines(descriptor: int, size: int) -> tuple[int, int]:
    """Bytes and lines (without the head) up to the last line end."""
    end = lines = at = 0
    while at < size and (piece := os.pread(descriptor, 1 << 20, at)):
        if b"\n" in piece:
            end = at + piece.rindex(b"\n") + 1
            lines += piece.count(b"\n")
        at += len(piece)
    return end, max(lines - 1, 0)
