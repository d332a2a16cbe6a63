"""A capture as requests, one line after the other: NDJSON as `recorded.py` writes it."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from simulator.replay.recorded import FORMAT, VERSION, Recorded, from_json

LONGEST_LINE = 8 * 1024 * 1024


class UnreadableCapture(Exception):
    """A file that is no capture; the sentence says where and what would be one."""


def read(path: Path) -> Iterator[Recorded]:
    """The requests of a capture in their order; raises UnreadableCapture. A last line that was cut is passed over."""
    try:
        with path.open("rb") as stream:
            _header(stream.readline(LONGEST_LINE), path)
            number, held = 1, None
            while line := stream.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise UnreadableCapture(f"{path}:{number}: a line of more than {LONGEST_LINE} bytes")
                if held is not None:
                    raise held
                if not line.strip():
                    continue
                recorded, held = _line(line, f"{path.name}:{number}")
                if recorded is not None:
                    yield recorded
            if held is not None and line_is_whole(path):
                raise held
    except OSError as error:
        raise UnreadableCapture(f"{path}: cannot be read: {error.strerror}") from None


def line_is_whole(path: Path) -> bool:
    """Whether a file ends with the end of a line, so that its last line was not cut."""
    with path.open("rb") as stream:
        stream.seek(-1, 2)
        return stream.read(1) == b"\n"


def _header(line: bytes, path: Path) -> None:
    try:
        header = orjson.loads(line)
    except orjson.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise UnreadableCapture(f'{path}:1: no capture: its first line is {{"format":"{FORMAT}","version":{VERSION}}}')
    if header.get("version") != VERSION:
        raise UnreadableCapture(f"{path}:1: a capture of version {header.get('version')!r}; this pnsim reads {VERSION}")


def _line(line: bytes, source: str) -> tuple[Recorded | None, UnreadableCapture | None]:
    """The request of a line, or why it is none."""
    try:
        value = orjson.loads(line)
        return from_json(value, source), None
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        return None, UnreadableCapture(f"{source}: no line of a capture: {type(error).__name__} {error}")
