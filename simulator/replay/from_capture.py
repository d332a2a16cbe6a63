"""A capture: HEADER, then one request a line (`recorded.py`)."""

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.replay.lines import BadSource, Lines
from simulator.replay.recorded import FORMAT, VERSION, Recorded, from_json

WANTED = "a line as `pnsim capture` writes it"


def is_header(value: object) -> bool:
    """Whether a first line says that a capture follows."""
    return isinstance(value, dict) and value.get("format") == FORMAT


def read(lines: Lines) -> Iterator[Recorded]:
    """Its requests in their order. Raises BadSource."""
    values = lines.values(WANTED)
    number, header = next(values)
    if header.get("version") != VERSION:
        raise BadSource(
            f"{lines.name}:{number}: a capture of version {header.get('version')!r:.20}, and this pnsim reads {VERSION}"
        )
    for number, value in values:
        yield _recorded(value, f"{lines.name}:{number}")


def _recorded(value: Any, where: str) -> Recorded:
    if not isinstance(value, Mapping):
        raise BadSource(f"{where}: {type(value).__name__} {value!r:.40}, instead of {WANTED}")
    try:
        recorded = from_json(value, where)
    except KeyError as missing:
        raise BadSource(f"{where}: {missing.args[0]!r} is missing, instead of {WANTED}") from None
    except (TypeError, ValueError) as wrong:
        raise BadSource(f"{where}: {wrong}, instead of {WANTED}") from None
    if recorded.at.tzinfo is None:
        raise BadSource(f"{where}: the instant {value['at']!r:.40} names no zone; write it with Z at its end")
    return recorded
