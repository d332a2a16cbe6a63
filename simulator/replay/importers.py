"""Recorded requests from whatever a user has: what a source is, its content says, never its name.

Sources come from strangers: every length is limited, nothing in them is an address to fetch from or a path to open.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from simulator.contract.reading import is_notification
from simulator.replay import from_bodies, from_capture, from_har, from_journal
from simulator.replay.lines import BadSource, Lines
from simulator.replay.recorded import Recorded

__all__ = ["BadSource", "read"]

SQLITE = b"SQLite format 3\0"
STANDARD_INPUT = Path("-")
WHAT_IS_READ = (
    "a journal of pnsim (its file or its rows as JSON), a capture, a HAR, or NDJSON with a notification's body a line"
)


def read(path: Path) -> Iterator[Recorded]:
    """The requests of a source in its order, one at a time; `-` is the standard input. Raises BadSource."""
    if path == STANDARD_INPUT:
        yield from _text(Lines("standard input", sys.stdin.buffer))
        return
    try:
        with path.open("rb") as stream:
            if stream.read(len(SQLITE)) != SQLITE:
                stream.seek(0)
                yield from _text(Lines(str(path).encode("utf-8", "replace").decode(), stream))
                return
    except OSError as error:
        raise BadSource(f"{path} cannot be read: {error.strerror}") from None
    yield from from_journal.read_file(path)


def _text(lines: Lines) -> Iterator[Recorded]:
    """The requests of a source that is no database."""
    if not lines.first:
        raise BadSource(f"{lines.name} is empty, instead of {WHAT_IS_READ}")
    try:
        first = orjson.loads(lines.first)
    except orjson.JSONDecodeError:
        return _document(_parsed(lines), lines.name)
    if from_capture.is_header(first):
        return from_capture.read(lines)
    if from_journal.is_row(first):
        return from_journal.read_lines(lines)
    if is_notification(first):
        return from_bodies.read(lines)
    return _document(first, lines.name)


def _parsed(lines: Lines) -> Any:
    try:
        return orjson.loads(lines.whole())
    except orjson.JSONDecodeError as error:
        raise BadSource(
            f"{lines.name}:{error.lineno}:{error.colno}: no JSON ({error.msg}), instead of {WHAT_IS_READ}"
        ) from None


def _document(value: Any, name: str) -> Iterator[Recorded]:
    """The requests of a source that is one JSON document."""
    if from_har.is_har(value):
        return from_har.read(value, name)
    if from_journal.is_page(value):
        return from_journal.read_page(value, name)
    if is_notification(value):
        return from_bodies.read(Lines(name, _as_line(value)))
    shown = orjson.dumps(value).decode("utf-8", "replace")
    raise BadSource(f"{name}: {shown:.60}, instead of {WHAT_IS_READ}")


def _as_line(value: Any) -> BinaryIO:
    """One document over several lines as the one line that it stands for."""
    return BytesIO(orjson.dumps(value) + b"\n")
