"""The store in memory keeps the laws of every store."""

from simulator.store.memory import MemoryStore
from tests.store.suite import StoreLaws


class TestMemoryStore(StoreLaws):
    def make(self, max_rows: int = 100, max_bytes: int = 10_000) -> MemoryStore:
        return MemoryStore(max_rows, max_bytes)
