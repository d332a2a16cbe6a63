"""Opening a journal in a file: made where there is none, brought up to date where it is old, refused where it is not ours."""

import os
import sqlite3
import sys
from pathlib import Path

from simulator.store import schema
from simulator.store.lock import FileLock, Locked
from simulator.store.log import StoreFailed

LONGEST_VALUE = 256 * 1024 * 1024
"""Bytes of one value that a reader takes at most, whoever wrote the file."""

ELSEWHERE = "name another file with --store"


class CannotOpen(Exception):
    """A file is no journal that can be used; the sentence says why and what to do."""


def open_for_writing(path: Path) -> tuple[sqlite3.Connection, FileLock, str]:
    """The file's connection, its tables there and of today, and what is to be said of it; raises CannotOpen."""
    if sys.platform == "win32":
        raise CannotOpen(f"{path}: a journal in a file needs a system with file locks, which Windows lacks; use memory")
    lock = _locked(path)
    try:
        _make(path)
        was_at_rest = is_at_rest(path)  # SQLite lays files beside it as soon as it looks into it
        connection = _connected(f"{path.absolute().as_uri()}?mode=rw", path)
        try:
            is_half = _prepare(connection, path, was_at_rest=was_at_rest)
        except BaseException:
            connection.close()
            raise
    except BaseException:
        lock.release()
        raise
    return connection, lock, why_half(path) if is_half else ""


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing, also beside a process that writes; raises CannotOpen."""
    if not path.is_file():
        raise CannotOpen(f"{path}: there is no such file")
    # at rest nothing is laid beside the file, and nothing need be: it may lie in a folder that nobody may write
    was_at_rest = is_at_rest(path)
    how = "immutable=1" if was_at_rest else "mode=ro"
    connection = _connected(f"{path.absolute().as_uri()}?{how}", path)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    try:
        try:
            _check_kind(connection, path, is_new_fine=False)
            _check_version(connection, path, oldest=schema.VERSION)
            _check_table(connection, path)
            _is_half(connection, path, was_at_rest=was_at_rest)
        except sqlite3.Error as error:
            raise CannotOpen(why_unreadable(path, error)) from None
        connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def is_at_rest(path: Path) -> bool:
    """Whether nobody writes a journal, so that all of it is in the one file."""
    file = path.resolve()  # SQLite follows links, and lays what it writes beside the file itself
    return not file.with_name(f"{file.name}-wal").exists()


def why_unreadable(path: Path, error: sqlite3.Error) -> str:
    """Why a file cannot be read, and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_NOTADB:
        return f"{path}: is no journal of pnsim (it is no SQLite file, or it is encrypted); {ELSEWHERE}"
    if code == sqlite3.SQLITE_CORRUPT:
        how = f"`sqlite3 {path.name} .recover` saves what can be read"
        return f"{path}: the file is damaged ({error}); {how}, or {ELSEWHERE}"
    if code == sqlite3.SQLITE_FULL:
        return f"{path}: cannot be opened, since the disk is full; make room and start again, or {ELSEWHERE}"
    return f"{path}: cannot be opened: {error}; {ELSEWHERE}"


def why_unwritable(path: Path, error: Exception) -> StoreFailed:
    """Why nothing more can be written, and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    kept = "everything that was answered so far is in it"
    if code == sqlite3.SQLITE_FULL:
        return StoreFailed(
            f"{path}: the disk is full, the journal can hold nothing more; make room and start again: {kept}"
        )
    if code == sqlite3.SQLITE_CORRUPT:
        return StoreFailed(f"{why_unreadable(path, error)}")  # type: ignore[arg-type]  # the code says whose error it is
    return StoreFailed(
        f"{path}: the journal cannot be written ({error}); look at the disk and its rights and start again: {kept}"
    )


def _locked(path: Path) -> FileLock:
    if path.is_dir():
        raise CannotOpen(f"{path}: is a folder; a journal is a file, like {path / 'pnsim.db'}")
    if path.exists() and not path.is_file():
        raise CannotOpen(f"{path}: is no file but a device, a pipe or a socket; {ELSEWHERE}")
    if not path.absolute().parent.is_dir():
        raise CannotOpen(f"{path}: there is no folder {path.absolute().parent}; make it, or {ELSEWHERE}")
    try:
        return FileLock(path)
    except Locked as locked:
        who = f"process {locked.pid}" if locked.pid else "another process"
        raise CannotOpen(f"{path}: {who} has this journal open; stop it, or {ELSEWHERE}") from None
    except OSError as error:
        raise CannotOpen(f"{path}: cannot be opened: {error.strerror}; {ELSEWHERE}") from None


def _make(path: Path) -> None:
    """The file, readable for its owner alone: the secrets of applications stand in it."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise CannotOpen(f"{path}: cannot be made: {error.strerror}; {ELSEWHERE}") from None


def _connected(uri: str, path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise CannotOpen(why_unreadable(path, error)) from None
    connection.execute(
        "PRAGMA trusted_schema = OFF"
    )  # a file may come from a stranger: nothing that stands in it is run
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, *, was_at_rest: bool) -> bool:
    """Make or migrate; whether a half of it is missing. Raises CannotOpen."""
    try:
        if _check_kind(connection, path, is_new_fine=True):
            schema.create(connection)
        version = _check_version(connection, path, oldest=1)
        is_half = _is_half(connection, path, was_at_rest=was_at_rest)
        if version < schema.VERSION:
            schema.migrate(connection, version)
        connection.execute("PRAGMA journal_mode = WAL")
        _check_state(connection, path)
        connection.execute("SELECT max(position) FROM rows").fetchone()
        schema.begin_use(connection)
    except sqlite3.Error as error:
        raise CannotOpen(why_unreadable(path, error)) from None
    return is_half


def _check_kind(connection: sqlite3.Connection, path: Path, *, is_new_fine: bool) -> bool:
    """Whether the file is empty; raises CannotOpen for one that is not ours."""
    (found,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if is_new_fine and found == 0 and tables == 0:
        return True
    if found != schema.APPLICATION_ID:
        what = "it is an SQLite file of another program" if tables else "it is empty"
        raise CannotOpen(f"{path}: is no journal of pnsim: {what}; {ELSEWHERE}")
    return False


def _check_version(connection: sqlite3.Connection, path: Path, *, oldest: int) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > schema.VERSION:
        raise CannotOpen(
            f"{path}: was written by a newer pnsim (format {version}, this one reads up to {schema.VERSION}); "
            f"upgrade pnsim, or {ELSEWHERE}"
        )
    if version < oldest:
        raise CannotOpen(
            f"{path}: was written by an older pnsim (format {version}, this one has {schema.VERSION}); "
            "`pnsim serve --store` with this file brings it up to date"
        )
    return int(version)


def _check_table(connection: sqlite3.Connection, path: Path) -> None:
    """Raises CannotOpen where `rows` is something else than a table, such as a view that computes."""
    found = connection.execute("SELECT type FROM sqlite_master WHERE name = 'rows'").fetchone()
    if found != ("table",):
        raise CannotOpen(f"{path}: is no journal of pnsim: it has no table of rows")


def _is_half(connection: sqlite3.Connection, path: Path, *, was_at_rest: bool) -> bool:
    """Whether somebody wrote and what stood beside the file is gone; raises CannotOpen where nothing is left in the file."""
    if not was_at_rest or not schema.is_in_use(connection):
        return False
    if not schema.is_empty(connection):
        return True
    beside = f"{path.name}-wal"
    raise CannotOpen(
        f"{path}: holds nothing without {beside}, which is not there: the journal was in use when its process was killed, or "
        f"when it was copied. Put {beside} beside it again; if it is lost, delete {path.name} to start over, or {ELSEWHERE}"
    )


def why_half(path: Path) -> str:
    """What is to be said of a journal that somebody was writing, where what stood beside it is gone."""
    beside = f"{path.name}-wal"
    return (
        f"{path}: was in use when its process was killed, or when it was copied, and {beside} is not there: unless another "
        f"program has put that into the file, what was written last is lost"
    )


def _check_state(connection: sqlite3.Connection, path: Path) -> None:
    """Raises CannotOpen where the one line that counts rows and commands is none."""
    found = connection.execute("SELECT * FROM state").fetchall()
    if len(found) != 1 or not all(isinstance(number, int) for number in found[0]):
        raise CannotOpen(f"{path}: the file is damaged (its counts of rows and commands are none); {ELSEWHERE}")
