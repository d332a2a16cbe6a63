"""NDJSON of bare bodies: each line one notification, as it came out of somebody's log or database.

Nothing is known but the body: no address, no signature, no answer; its time is the one it tells, or that of the line before.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson

from simulator.contract.reading import is_notification, reading
from simulator.replay.lines import BadSource, Lines
from simulator.replay.recorded import Recorded

WANTED = "a notification's body, as the platform posts it"
UNTIMED = datetime(1970, 1, 1, tzinfo=UTC)


def read(lines: Lines) -> Iterator[Recorded]:
    """Its requests; `url` is empty. Raises BadSource."""
    at = None
    for number, line in lines:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise BadSource(f"{lines.name}:{number}: no JSON ({error.msg}), instead of {WANTED}") from None
        if not is_notification(value):
            raise BadSource(
                f"{lines.name}:{number}: {line.decode('utf-8', 'replace').strip():.60}, instead of {WANTED}"
            )
        told = reading(value)
        at = told.at or at or UNTIMED
        yield Recorded(
            at=at,
            source=f"{lines.name}:{number}",
            method="POST",
            url="",
            headers=(),
            body=line.strip(),
            app_key=told.app_key,
        )
