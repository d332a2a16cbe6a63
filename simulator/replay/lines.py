"""The lines of a source from a stranger: counted, limited in length, each parsed as JSON, told of by file and line."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

LONGEST_LINE = 16 * 1024 * 1024
WHOLE_LIMIT = 64 * 1024 * 1024
"""Bytes of a source that is one JSON document, and has to be held whole."""
MIB = 1024 * 1024


class BadSource(ValueError):
    """A source that cannot be read; the sentence says where, what is wrong and what would be right."""


class Lines:
    """A stream of lines, whose first was looked at already."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self.name = name
        self._stream = stream
        self._number = 0
        self.first = self._next()
        """The first line that is not blank; empty where there is none."""

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Number and content of every line that is not blank, the first one included; once only."""
        line = self.first
        while line:
            yield self._number, line
            line = self._next()

    def values(self, wanted: str) -> Iterator[tuple[int, Any]]:
        """Number and JSON of every line; a line that was cut by the end of its program is the last one, and left out."""
        for number, line in self:
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                if not line.endswith(b"\n"):
                    return
                raise BadSource(f"{self.name}:{number}: no JSON ({error.msg}), instead of {wanted}") from None
            yield number, value

    def whole(self) -> bytes:
        """Everything, for a source that is one document. Raises BadSource where it is too long."""
        text = self.first + self._stream.read(max(WHOLE_LIMIT + 1 - len(self.first), 0))
        if len(text) > WHOLE_LIMIT:
            raise BadSource(
                f"{self.name} is one JSON document of more than {WHOLE_LIMIT // MIB} MiB, and would have to be held whole; "
                "give it in parts, or as NDJSON: one request a line"
            )
        return text

    def _next(self) -> bytes:
        while True:
            self._number += 1
            # a whole document may stand on the first line
            most = WHOLE_LIMIT if self._number == 1 else LONGEST_LINE
            line = self._stream.readline(most + 1)
            if self._number == 1:
                line = line.removeprefix(BOM_UTF8)
            if len(line) > most:
                what = f"a line of more than {most // MIB} MiB, instead of one request"
                raise BadSource(f"{self.name}:{self._number}: {what}")
            if not line or line.strip():
                return line
