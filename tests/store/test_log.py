"""What brings an exchange back: commands, snapshots and secrets, in the same commits as the rows beside them."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from simulator.clock import wall
from simulator.store import writer
from simulator.store.log import Log, StoreFailed
from simulator.store.sqlite import SqliteStore
from tests.store.suite import Thing, fill, positions


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pnsim.db"


def reopened(store: SqliteStore, **limits: int) -> SqliteStore:
    store.close()
    return SqliteStore(store.path, **limits)


def test_a_store_in_a_file_is_a_log(path: Path) -> None:
    store = SqliteStore(path)
    log: Log = store
    assert (list(log.entries()), log.snapshot(), log.secrets()) == ([], None, {})
    store.close()


def test_commands_come_back_in_their_order(path: Path) -> None:
    store = SqliteStore(path)
    assert [store.record(entry) for entry in (b"a", b"\x00\xff", b"")] == [1, 2, 3]
    store = reopened(store)
    assert list(store.entries()) == [(1, b"a"), (2, b"\x00\xff"), (3, b"")]
    assert list(store.entries(2)) == [(3, b"")]
    assert store.record(b"d") == 4
    store = reopened(store)
    assert list(store.entries(3)) == [(4, b"d")]
    store.close()


def test_more_commands_than_are_read_at_once(path: Path) -> None:
    store = SqliteStore(path)
    for number in range(1300):
        store.record(str(number).encode())
    store = reopened(store)
    assert [entry for _, entry in store.entries()] == [str(number).encode() for number in range(1300)]
    store.close()


def test_the_newest_snapshot_lets_older_ones_and_its_commands_go(path: Path) -> None:
    store = SqliteStore(path)
    for number in range(1, 2501):
        store.record(b"%d" % number)
    store.keep_snapshot(2000, b"then")
    store.record(b"2501")
    store.keep_snapshot(2400, b"now")
    store = reopened(store)
    assert store.snapshot() == (2400, b"now")
    assert [sequence for sequence, _ in store.entries(2400)] == list(range(2401, 2502))
    store.record(b"2502")
    store = reopened(store)
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*), min(sequence) FROM log").fetchone() == (102, 2401)
        assert raw.execute("SELECT sequence FROM snapshots").fetchall() == [(2400,)]
    raw.close()
    store.close()


def test_counting_goes_on_where_every_command_is_gone(path: Path) -> None:
    store = SqliteStore(path)
    store.keep_snapshot(store.record(b"a"), b"state")
    store = reopened(store)
    assert (list(store.entries()), store.record(b"b")) == ([], 2)
    store.close()


def test_secrets_are_kept_changed_and_forgotten(path: Path) -> None:
    store = SqliteStore(path)
    store.keep_secret("a", "one")
    store.keep_secret("b", "two")
    store.keep_secret("a", "three")
    store.keep_secret("b", None)
    store = reopened(store)
    assert store.secrets() == {"a": "three"}
    store.close()


def test_rows_positions_and_drops_come_back(path: Path) -> None:
    store = SqliteStore(path, max_rows=5)
    fill(store, 8, app_key="a")
    store = reopened(store, max_rows=5)
    assert (positions(store), store.last_position, store.dropped) == ([4, 5, 6, 7, 8], 8, 3)
    assert [row.as_json() for row in store.rows(limit=1)] == [{"name": "4"}]
    assert {(row.kind, row.app_key, row.size) for row in store.rows()} == {("thing", "a", 12)}
    store.append(Thing())
    assert (positions(store), store.dropped) == ([5, 6, 7, 8, 9], 4)
    store = reopened(store, max_rows=2)
    store.append(Thing())
    assert (positions(store), store.dropped) == ([9, 10], 8)
    store.close()


def test_what_was_forgotten_stays_forgotten(path: Path) -> None:
    store = SqliteStore(path)
    for app_key in ("a", "b", "a"):
        store.append(Thing(app_key=app_key))
    store.forget("a")
    store.append(Thing(app_key="a"))
    store = reopened(store)
    assert positions(store) == [2, 4]
    store.forget()
    store = reopened(store)
    assert (positions(store), store.last_position) == ([], 4)
    store.close()


class TestInALoop:
    async def test_committed_returns_when_another_process_could_read_it(self, path: Path) -> None:
        store = SqliteStore(path)
        store.append(Thing("seen"))
        store.record(b"asked")
        await store.committed()
        other = sqlite3.connect(path)
        assert other.execute("SELECT row FROM rows").fetchall() == [(b'{"name":"seen"}',)]
        assert other.execute("SELECT entry FROM log").fetchall() == [(b"asked",)]
        other.close()
        await store.committed()
        store.close()

    async def test_one_turn_is_one_transaction(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        handed = []
        original = writer.Writer.hand
        monkeypatch.setattr(writer.Writer, "hand", lambda self, batch: (handed.append(batch), original(self, batch)))
        store = SqliteStore(path)
        for number in range(50):
            store.record(b"x")
            store.append(Thing(str(number)))
        await store.committed()
        assert [(len(batch.rows), len(batch.entries)) for batch in handed] == [(50, 50)]
        store.close()

    async def test_who_gives_up_waiting_takes_nobody_along(self, path: Path) -> None:
        store = SqliteStore(path)
        store.append(Thing())
        waiting = [asyncio.ensure_future(store.committed()) for _ in range(3)]
        asyncio.get_running_loop().call_soon(waiting[1].cancel)
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(one) for one in done] == [type(None), asyncio.CancelledError, type(None)]
        store.close()

    async def test_a_full_disk_is_said_once_and_loses_nothing_that_was_kept(self, path: Path) -> None:
        store, told = SqliteStore(path), []
        store.on_failed = told.append
        store.append(Thing("kept"))
        await store.committed()
        store._connection.execute("PRAGMA max_page_count = 14").fetchone()
        acknowledged = 1
        with pytest.raises(StoreFailed) as failed:  # noqa: PT012 - which of them fails is the disk's choice
            for number in range(1000):
                store.append(Thing("x" * 500, call_id=str(number)))
                await store.committed()
                acknowledged += 1
        assert str(failed.value) == (
            f"{path}: the disk is full, the journal can hold nothing more; make room and start again: "
            "everything that was answered so far is in it"
        )
        assert told == [failed.value]
        for attempt in (lambda: store.append(Thing()), lambda: store.record(b"x"), store.flush):
            with pytest.raises(StoreFailed, match="the disk is full"):
                attempt()
        with pytest.raises(StoreFailed, match="the disk is full"):
            await store.committed()
        store = reopened(store)
        assert acknowledged > 3
        assert [row.position for row in store.rows(limit=1000)] == list(range(1, acknowledged + 1))
        store.close()

    async def test_appending_without_end_waits_for_the_disk(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("simulator.store.sqlite.WAITING_BYTES", 5_000)
        store, most = SqliteStore(path), 0
        for number in range(300):
            store.append(Thing(str(number), size=1000))
            await wall.sleep(0)
            most = max(most, store._waiting)
        assert most <= 7_000
        await store.committed()
        assert store._waiting == 0
        store.close()
