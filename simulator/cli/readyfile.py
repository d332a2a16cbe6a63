"""The file that tells other programs where a simulator listens: there only while it is true."""

import os
from pathlib import Path

import orjson


class ReadyFile:
    """A file for its owner's eyes (it holds the token); written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._content = b""

    def clear(self) -> None:
        """Take away what an earlier run left behind, so that nobody reads it as ours."""
        self._path.unlink(missing_ok=True)

    def write(self, content: dict[str, object]) -> None:
        """Appear at once with all of it; raises OSError."""
        self._content = orjson.dumps(content) + b"\n"
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self._content)
        beside.replace(self._path)

    def remove(self) -> None:
        """Disappear, unless another simulator wrote its own meanwhile."""
        if self._content and self._path.is_file() and self._path.read_bytes() == self._content:
            self._path.unlink()
