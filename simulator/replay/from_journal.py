"""Our own journal: the rows of attempts, each start joined with its end, in the order of their starts.

The rows come from the SQLite file (`from_sqlite.py`), from NDJSON with one row a line, or from one answer of
`GET /control/v1/journal`.
"""

import sqlite3
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from simulator.replay.lines import LONGEST_LINE, BadSource, Lines
from simulator.replay.recorded import Recorded, seconds, utc, whole

STARTED, ENDED = "attempt_started", "attempt_ended"
APPLICATION_ID, USER_VERSION = 0x706E7369, 1
OPEN_MOST = 10_000
"""Attempts that wait for their end; beyond it the oldest is taken for one that never ended."""
UNFINISHED = "the journal has no end of this attempt"
DROPPED = "dropped"
"""The failure of an attempt that a fault kept from being sent at all."""
WANTED = "a row of the journal as the control plane shows it"
QUERY = "SELECT position, row FROM rows WHERE kind IN (?, ?) ORDER BY position"

Row = Mapping[str, Any]


def is_row(value: object) -> bool:
    """Whether a value is a row of the journal."""
    return isinstance(value, dict) and {"position", "kind", "at"} <= value.keys()


def is_page(value: object) -> bool:
    """Whether a value is an answer of `GET /control/v1/journal`."""
    return isinstance(value, dict) and "last_position" in value and isinstance(value.get("rows"), list)


def read_lines(lines: Lines) -> Iterator[Recorded]:
    """From NDJSON. Raises BadSource."""
    return joined((f"{lines.name}:{number}", value) for number, value in lines.values(WANTED))


def read_page(page: Row, name: str) -> Iterator[Recorded]:
    """From an answer of the control plane. Raises BadSource."""
    return joined((f"{name}: row {number}", row) for number, row in enumerate(page["rows"], 1))


def read_file(path: Path) -> Iterator[Recorded]:
    """From the SQLite file, which is opened for reading only. Raises BadSource."""
    connection = _opened(path)
    try:
        yield from joined(_rows(connection, path))
    except sqlite3.Error as error:
        raise BadSource(f"{path}: the journal is damaged or locked: {error}") from None
    finally:
        connection.close()


def joined(rows: Iterable[tuple[str, Any]]) -> Iterator[Recorded]:
    """Requests in the order of their starts, from rows with their places; other rows are passed over."""
    waiting: OrderedDict[tuple[str, int], tuple[str, Row, Row | None]] = OrderedDict()
    for where, row in rows:
        if not is_row(row):
            raise BadSource(f"{where}: {row!r:.60}, instead of {WANTED}")
        if row["kind"] not in (STARTED, ENDED):
            continue
        key = _key(where, row)
        if row["kind"] == STARTED:
            waiting[key] = (where, row, None)
        elif key in waiting:
            waiting[key] = (*waiting[key][:2], row)
        while waiting and (_is_over(waiting) or len(waiting) > OPEN_MOST):
            yield from _recorded(*waiting.popitem(last=False)[1])
    for found in waiting.values():
        yield from _recorded(*found)


def _key(where: str, row: Row) -> tuple[str, int]:
    """What start and end of an attempt have in common. Raises BadSource."""
    try:
        return str(row.get("delivery_id")), whole(row.get("number") or 1)
    except ValueError as wrong:
        raise BadSource(f"{where}: {wrong}, instead of {WANTED}") from None


def _is_over(waiting: "OrderedDict[tuple[str, int], tuple[str, Row, Row | None]]") -> bool:
    return next(iter(waiting.values()))[2] is not None


def _recorded(where: str, start: Row, end: Row | None) -> Iterator[Recorded]:
    if end is not None and end.get("failure") == DROPPED:
        return
    try:
        yield _request(where, start, end or {"failure": UNFINISHED})
    except KeyError as missing:
        raise BadSource(f"{where}: {missing.args[0]!r} is missing, instead of {WANTED}") from None
    except (TypeError, ValueError) as wrong:
        raise BadSource(f"{where}: {wrong}, instead of {WANTED}") from None


def _request(where: str, start: Row, end: Row) -> Recorded:
    ids = start.get("notification_ids") or [None]
    return Recorded(
        at=_instant(start["at"]),
        source=where,
        method="POST",
        url=str(start["url"]),
        headers=tuple((str(name), str(value)) for name, value in start["headers"]),
        body=_bytes(start, "body"),
        status=None if end.get("status") is None else whole(end["status"]),
        answer=_bytes(end, "answer"),
        failure="" if end.get("status") is not None else str(end.get("reason") or end.get("failure") or UNFINISHED),
        wall_seconds=None if end.get("wall_seconds") is None else seconds(end["wall_seconds"]),
        app_key=_name(start.get("app_key")),
        notification_id=str(start.get("delivery_id") or ids[0]),
        attempt=whole(start.get("number") or 1),
    )


def _name(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"app_key is {value!r:.40} and no text")
    return value


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"the instant {text!r:.40} names no zone")
    return utc(at)


def _bytes(row: Row, name: str) -> bytes:
    encoded = row.get(f"{name}_base64")
    return b64decode(encoded, validate=True) if encoded is not None else str(row.get(name) or "").encode()


def _opened(path: Path) -> sqlite3.Connection:
    """A connection that can change nothing, and runs no code that the file brings along."""
    standing = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro{standing}", uri=True)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_LINE)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        _check(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise BadSource(f"{path}: the journal cannot be read: {error}") from None
    except BadSource:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    found = connection.execute("SELECT type FROM sqlite_master WHERE name = 'rows'").fetchone()
    if application != APPLICATION_ID or found != ("table",):
        raise BadSource(f"{path}: a database, but no journal of pnsim")
    if version != USER_VERSION:
        raise BadSource(f"{path}: a journal of version {version}, and this pnsim reads {USER_VERSION}")


def _rows(connection: sqlite3.Connection, path: Path) -> Iterator[tuple[str, Any]]:
    for position, row in connection.execute(QUERY, (STARTED, ENDED)):
        try:
            yield f"{path}:{position}", orjson.loads(row)
        except (orjson.JSONDecodeError, TypeError) as error:
            raise BadSource(f"{path}:{position}: no JSON ({error}), instead of {WANTED}") from None
