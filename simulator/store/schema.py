"""The tables of a journal in a file, and how an older file becomes one of today."""

import sqlite3
from collections.abc import Callable, Mapping

APPLICATION_ID = 0x706E7369
"""`pnsi`: what says in an SQLite file that it is ours."""

VERSION = 1

TABLES = (
    # size stands before the row: whoever adds sizes up need not read the rows themselves
    """CREATE TABLE rows (
        position INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, app_key TEXT, call_id TEXT, message_id TEXT,
        size INTEGER NOT NULL, row BLOB NOT NULL)""",
    "CREATE INDEX rows_of_call ON rows (call_id) WHERE call_id IS NOT NULL",
    "CREATE INDEX rows_of_message ON rows (message_id) WHERE message_id IS NOT NULL",
    "CREATE TABLE log (sequence INTEGER PRIMARY KEY, entry BLOB NOT NULL)",
    "CREATE TABLE snapshots (sequence INTEGER PRIMARY KEY, state BLOB NOT NULL)",
    "CREATE TABLE secrets (app_key TEXT PRIMARY KEY, secret TEXT NOT NULL) WITHOUT ROWID",
    # rows of applications that are to go, and how far: whatever is left of them at a crash goes later
    "CREATE TABLE forgetting (app_key TEXT PRIMARY KEY, through INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TABLE state (
        id INTEGER PRIMARY KEY CHECK (id = 1), first_position INTEGER NOT NULL, last_position INTEGER NOT NULL,
        dropped INTEGER NOT NULL, last_sequence INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL)""",
    "INSERT INTO state VALUES (1, 1, 0, 0, 0, 0, 0)",
)

IN_USE = "CREATE TABLE IF NOT EXISTS in_use (id INTEGER PRIMARY KEY CHECK (id = 1))"
"""Has a row while a process writes: where it has one, the file alone is not the whole journal."""

Migration = Callable[[sqlite3.Connection], None]

MIGRATIONS: Mapping[int, Migration] = {}
"""By the version that a file has: what makes it one of the next version, inside a transaction."""


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty file."""
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # has to come before the first table
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    for statement in TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def begin_use(connection: sqlite3.Connection) -> None:
    """Say in the file itself, not only beside it, that somebody writes."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(IN_USE)
    connection.execute("INSERT OR IGNORE INTO in_use VALUES (1)")
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def end_use(connection: sqlite3.Connection) -> None:
    """Everything is in the file itself."""
    connection.execute("DELETE FROM in_use")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def is_in_use(connection: sqlite3.Connection) -> bool:
    """Whether somebody writes, or ended without having everything in the file."""
    (is_there,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'in_use'").fetchone()
    return bool(is_there and connection.execute("SELECT count(*) FROM in_use").fetchone() != (0,))


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing was ever written into the file itself."""
    return bool(connection.execute("SELECT last_sequence + last_position FROM state").fetchone() == (0,))


def migrate(
    connection: sqlite3.Connection, version: int, to: int = VERSION, steps: Mapping[int, Migration] = MIGRATIONS
) -> None:
    """Bring a file of an older version to this one, all or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in range(version, to):
            steps[step](connection)
        connection.execute(f"PRAGMA user_version = {to}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
