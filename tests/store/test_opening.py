"""Opening a journal: what is refused, in which words, and what a crash or an older pnsim left."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.store import chores, schema
from simulator.store.opening import CannotOpen, why_unreadable
from simulator.store.reading import read_rows
from simulator.store.sqlite import SqliteStore
from tests.store.suite import Thing, fill, positions


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pnsim.db"


def made(path: Path, rows: int = 3) -> Path:
    store = SqliteStore(path)
    fill(store, rows)
    store.close()
    return path


def refusal(path: Path) -> str:
    with pytest.raises(CannotOpen) as refused:
        SqliteStore(path)
    assert not path.with_name(f"{path.name}.lock").exists()
    return str(refused.value)


def test_the_file_is_its_owners_alone_and_nothing_stays_beside_it(path: Path) -> None:
    store = SqliteStore(path)
    store.append(Thing())
    store.flush()
    beside = sorted(path.parent.iterdir())
    assert [one.name for one in beside] == ["pnsim.db", "pnsim.db-shm", "pnsim.db-wal", "pnsim.db.lock"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in beside} == {0o600}
    store.close()
    assert list(path.parent.iterdir()) == [path]
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA application_id").fetchone() == (0x706E7369,)
        assert raw.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    raw.close()


def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    path.touch()
    made(path)
    assert [row["name"] for row in read_rows(path)] == ["1", "2", "3"]


def test_a_file_of_a_name_that_sqlite_knows_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made(Path(":memory:"))
    store = SqliteStore(Path(":memory:"))
    assert positions(store) == [1, 2, 3]
    store.close()


def test_what_is_no_journal_is_left_alone(path: Path) -> None:
    path.write_text("something else, and rather long, since SQLite looks at a hundred bytes " * 9, encoding="utf-8")
    said = refusal(path)
    assert said == (
        f"{path}: is no journal of pnsim (it is no SQLite file, or it is encrypted); name another file with --store"
    )
    assert path.read_text(encoding="utf-8").startswith("something else")


def test_another_programs_file_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE theirs (a)")
    raw.close()
    before = path.read_bytes()
    assert refusal(path) == (
        f"{path}: is no journal of pnsim: it is an SQLite file of another program; name another file with --store"
    )
    assert path.read_bytes() == before


def test_a_newer_journal_is_refused(path: Path) -> None:
    made(path)
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    sentence = (
        f"{path}: was written by a newer pnsim (format 99, this one reads up to {schema.VERSION}); "
        "upgrade pnsim, or name another file with --store"
    )
    assert refusal(path) == sentence
    with pytest.raises(CannotOpen) as refused:
        list(read_rows(path))
    assert str(refused.value) == sentence


def test_an_older_journal_is_brought_up_to_date_or_left_as_it_was(path: Path) -> None:
    made(path)
    raw = sqlite3.connect(path, isolation_level=None)

    def add_colour(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE rows ADD COLUMN colour TEXT")

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE rows")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        schema.migrate(raw, 1, to=3, steps={1: add_colour, 2: fail})
    assert raw.execute("PRAGMA user_version").fetchone() == (1,)
    assert raw.execute("SELECT count(*) FROM rows").fetchone() == (3,)
    schema.migrate(raw, 1, to=2, steps={1: add_colour})
    assert raw.execute("PRAGMA user_version").fetchone() == (2,)
    assert raw.execute("SELECT colour FROM rows").fetchall() == [(None,)] * 3
    raw.close()


def test_every_older_version_has_its_step() -> None:
    assert sorted(schema.MIGRATIONS) == list(range(1, schema.VERSION))


def test_opening_migrates(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(path)
    monkeypatch.setattr(schema, "VERSION", 2)
    monkeypatch.setattr(
        schema.migrate, "__defaults__", (2, {1: lambda raw: raw.execute("CREATE INDEX of_kind ON rows (kind)")})
    )
    with pytest.raises(CannotOpen, match=r"was written by an older pnsim .* brings it up to date"):
        list(read_rows(path))
    store = SqliteStore(path)
    assert positions(store) == [1, 2, 3]
    store.close()
    assert len(list(read_rows(path))) == 3


def test_a_damaged_file_says_so(path: Path) -> None:
    made(path, rows=900)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    path.write_bytes(content)
    said = refusal(path)
    assert said.startswith(f"{path}: the file is damaged (")
    assert said.endswith("`sqlite3 pnsim.db .recover` saves what can be read, or name another file with --store")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "{path}: is a folder; a journal is a file, like {path}/pnsim.db"),
        ("no/pnsim.db", "{path}: there is no folder {path.parent}; make it, or name another file with --store"),
    ],
)
def test_places_where_no_file_can_be(tmp_path: Path, name: str, sentence: str) -> None:
    path = tmp_path / name
    assert refusal(path) == sentence.format(path=path)


def test_a_pipe_is_no_place_for_a_journal(path: Path) -> None:
    os.mkfifo(path)
    assert refusal(path) == f"{path}: is no file but a device, a pipe or a socket; name another file with --store"
    assert list(path.parent.iterdir()) == [path]


def test_the_second_process_is_told_who_the_first_one_is(path: Path) -> None:
    store = SqliteStore(path)
    script = "import pathlib, sys, simulator.store.sqlite as s; s.SqliteStore(pathlib.Path(sys.argv[1]))"
    second = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False)
    assert second.stderr.splitlines()[-1] == (
        f"simulator.store.opening.CannotOpen: {path}: process {os.getpid()} has this journal open; stop it, or "
        "name another file with --store"
    )
    with pytest.raises(CannotOpen, match=f"process {os.getpid()} has this journal open"):
        SqliteStore(path)
    store.append(Thing())
    store.close()
    made(path)


def test_by_whatever_name_a_journal_is_one_journal(path: Path) -> None:
    store = SqliteStore(path)
    fill(store, 3)
    store.flush()
    link = path.with_name("link.db")
    link.symlink_to(path)
    with pytest.raises(CannotOpen, match=f"process {os.getpid()} has this journal open"):
        SqliteStore(link)
    assert [row["name"] for row in read_rows(link)] == ["1", "2", "3"]  # they are in what lies beside the file itself
    store.close()


KILLED = """
import os, sys
from pathlib import Path
from simulator.store.sqlite import SqliteStore
from tests.store.suite import Thing
store = SqliteStore(Path(sys.argv[1]))
store.append(Thing("the last"))
store.record(b"the last")
store.flush()
os.kill(os.getpid(), 9)
"""


def test_a_killed_journal_whose_wal_was_deleted_is_not_taken_for_a_new_one(path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    path.with_name("pnsim.db-wal").unlink()
    sentence = (
        f"{path}: holds nothing without pnsim.db-wal, which is not there: the journal was in use when its process was killed, "
        "or when it was copied. Put pnsim.db-wal beside it again; if it is lost, delete pnsim.db to start over, "
        "or name another file with --store"
    )
    assert refusal(path) == sentence
    assert refusal(path) == sentence, "looking into it changes nothing"
    with pytest.raises(CannotOpen) as refused:
        list(read_rows(path))
    assert str(refused.value) == sentence


def test_a_wal_that_was_deleted_later_is_said(path: Path) -> None:
    made(path)
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    path.with_name("pnsim.db-wal").unlink()
    store = SqliteStore(path)
    assert store.remark == (
        f"{path}: was in use when its process was killed, or when it was copied, and pnsim.db-wal is not there: unless another "
        "program has put that into the file, what was written last is lost"
    )
    assert positions(store) == [1, 2, 3]
    store.close()
    store = SqliteStore(path)
    assert store.remark == "", "it is whole again"
    store.close()


def test_a_killed_journal_that_another_program_looked_into_is_whole(path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    with sqlite3.connect(path) as other:
        other.execute("SELECT count(*) FROM rows").fetchone()
    other.close()
    assert not path.with_name("pnsim.db-wal").exists()
    store = SqliteStore(path)
    assert [row.as_json()["name"] for row in store.rows()] == ["the last"]
    store.close()


def test_a_disk_that_is_full_at_the_start_says_what_to_do(path: Path) -> None:
    made(path)
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA max_page_count = {raw.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(sqlite3.OperationalError) as full:
        raw.execute("CREATE TABLE one_more AS SELECT zeroblob(100000)")
    raw.close()
    assert why_unreadable(path, full.value) == (
        f"{path}: cannot be opened, since the disk is full; make room and start again, or name another file with --store"
    )


@pytest.mark.parametrize("statement", ["DELETE FROM state", "UPDATE state SET last_sequence = 'many'"])
def test_damaged_counts_say_so(path: Path, statement: str) -> None:
    made(path)
    with sqlite3.connect(path) as raw:
        raw.execute(statement)
    raw.close()
    assert refusal(path) == (
        f"{path}: the file is damaged (its counts of rows and commands are none); name another file with --store"
    )


def test_a_killed_process_leaves_all_that_was_committed_and_no_lock(path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from simulator.store.sqlite import SqliteStore
from tests.store.suite import Thing
store = SqliteStore(Path(sys.argv[1]))
for number in range(100):
    store.append(Thing(str(number)))
    store.record(b"%d" % number)
store.flush()
store.append(Thing("not committed"))
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert path.with_name("pnsim.db-wal").exists()
    store = SqliteStore(path)
    assert [row.as_json()["name"] for row in store.rows()] == [str(number) for number in range(100)]
    assert len(list(store.entries())) == 100
    store.close()


def test_what_a_crash_left_of_dropped_and_forgotten_rows_goes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("drop_before", "a_bit"):
        monkeypatch.setattr(chores.Chores, name, lambda *_: None)
    store = SqliteStore(path, max_rows=6)
    for number in range(9):
        store.append(Thing(str(number), app_key="ab"[number % 2]))
    store.forget("a")
    store.flush()
    assert positions(store) == [4, 6, 8]
    monkeypatch.setattr(chores.Chores, "has_rows", lambda _: False)
    store.close()
    monkeypatch.undo()
    store = SqliteStore(path, max_rows=6)
    assert positions(store) == [4, 6, 8]
    store.tidy()
    assert (positions(store), store.dropped) == ([4, 6, 8], 3)
    store.close()
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM rows").fetchone() == (3,)
        assert raw.execute("SELECT rows, bytes FROM state").fetchone() == (3, 36)
    raw.close()


def test_the_file_gives_back_what_it_no_longer_needs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "FREE_PAGES", 8)
    store = SqliteStore(path)
    fill(store, 3000, size=1000)
    for thing in range(200):
        store.append(Thing("x" * 5000, call_id=str(thing)))
    store.flush()
    store.close()
    large = path.stat().st_size
    store = SqliteStore(path, max_rows=10)
    store.append(Thing())
    store.tidy()
    assert (len(positions(store)), store.dropped) == (10, 3191)
    store.close()
    assert path.stat().st_size < large / 4


def test_rows_are_read_beside_a_process_that_writes(path: Path) -> None:
    store = SqliteStore(path)
    fill(store, 1200)
    store.flush()
    reading = read_rows(path)
    assert next(reading)["name"] == "1"
    fill(store, 3)
    store.flush()
    assert len(list(reading)) == 1202
    assert [row["name"] for row in read_rows(path, after=1201)] == ["2", "3"]
    store.close()


def test_somebody_begins_to_write_while_it_is_read(path: Path) -> None:
    made(path, rows=1200)
    reading = read_rows(path)
    assert next(reading)["name"] == "1"
    store = SqliteStore(path)
    store.append(Thing("new"))
    store.flush()
    names = [row["name"] for row in reading]
    assert (len(names), names[-1]) == (1200, "new")
    store.close()


def test_reading_makes_and_changes_nothing(path: Path) -> None:
    made(path)
    before = path.read_bytes()
    assert len(list(read_rows(path))) == 3
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE rows SET row = 'no json' WHERE position = 2", "is no journal of pnsim: a row in it is no JSON object"),
        ("UPDATE rows SET row = 7 WHERE position = 2", "is no journal of pnsim: a row in it is no JSON object"),
        ("UPDATE rows SET row = '[]' WHERE position = 2", "is no journal of pnsim: a row in it is no JSON object"),
        ("DROP TABLE rows", "is no journal of pnsim: it has no table of rows"),
        (
            "ALTER TABLE rows RENAME TO others; CREATE VIEW rows AS SELECT * FROM others",
            "is no journal of pnsim: it has no table of rows",
        ),
    ],
)
def test_a_strangers_file_is_read_with_care(path: Path, statement: str, sentence: str) -> None:
    made(path)
    raw = sqlite3.connect(path)
    raw.executescript(statement)
    raw.close()
    with pytest.raises(CannotOpen) as refused:
        list(read_rows(path))
    assert str(refused.value) == f"{path}: {sentence}"


def test_reading_what_is_not_there(path: Path) -> None:
    with pytest.raises(CannotOpen) as refused:
        list(read_rows(path))
    assert str(refused.value) == f"{path}: there is no such file"
    assert not path.exists()
