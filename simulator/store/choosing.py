"""Which store it is: memory, or a file."""

from pathlib import Path

from simulator.store.memory import MemoryStore
from simulator.store.sqlite import SqliteStore


def chosen(where: str | Path, max_rows: int | None = None, max_bytes: int | None = None) -> MemoryStore | SqliteStore:
    """The store in memory, or that of a file, with its own limits where none are given; raises CannotOpen."""
    given = {"max_rows": max_rows, "max_bytes": max_bytes}
    limits = {name: limit for name, limit in given.items() if limit is not None}
    return SqliteStore(where, **limits) if isinstance(where, Path) else MemoryStore(**limits)
