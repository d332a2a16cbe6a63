"""The store in a file keeps the laws of every store, whether what is read is still in memory or not."""

import pytest

from simulator.store import room
from simulator.store.sqlite import SqliteStore
from tests.store.suite import StoreLaws


class TestSqliteStore(StoreLaws):
    @pytest.fixture(autouse=True)
    def _file(self, tmp_path):
        self.path, self.made = tmp_path / "pnsim.db", []
        yield
        for store in self.made:
            store.close()

    def make(self, max_rows: int = 100, max_bytes: int = 10_000) -> SqliteStore:
        store = SqliteStore(self.path, max_rows, max_bytes)
        self.made.append(store)
        return store

    def settle(self, store: SqliteStore) -> None:
        store.tidy()


class Eager(SqliteStore):
    """Commits after every row."""

    def append(self, row) -> int:
        position = super().append(row)
        self.flush()
        return position


class TestSqliteStoreReadFromItsFile(TestSqliteStore):
    """With everything committed at once, and next to nothing kept in memory."""

    @pytest.fixture(autouse=True)
    def _nothing_in_memory(self, monkeypatch):
        monkeypatch.setattr(room, "KEPT_ROWS", 1)
        monkeypatch.setattr(room, "SIZES_AT_ONCE", 2)
        monkeypatch.setattr("simulator.store.sqlite.PAGE", 2)

    def make(self, max_rows: int = 100, max_bytes: int = 10_000) -> SqliteStore:
        store = Eager(self.path, max_rows, max_bytes)
        self.made.append(store)
        return store
