"""The journal: every request received, every change, every attempt sent; what watchers follow and matching reads."""

from collections.abc import Callable, Sequence
from datetime import datetime

from simulator.exchange.feed import Feed
from simulator.exchange.rows import Noted
from simulator.store.store import ANY, Only, Row, Store


class Journal:
    """Appends to a store and tells the feed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_muted = False
        """While commands are played again: their rows are in the store already."""
        self.changed = Feed()
        self.committed = store.committed
        """Waits until all that was written is kept, for a store that outlives the process; None for memory."""
        self.listeners: list[Callable[[Row], None]] = []
        """Are told of every row once it is written; they are many times a call, so they do little."""

    @property
    def dropped(self) -> int:
        """How many rows had to make room for newer ones."""
        return self._store.dropped

    @property
    def rows_kept(self) -> int:
        """How many rows the store has."""
        return self._store.rows_kept

    @property
    def bytes_kept(self) -> int:
        """How many bytes they hold on to, roughly."""
        return self._store.bytes_kept

    @property
    def last_position(self) -> int:
        """The position of the newest row."""
        return self._store.last_position

    def measures(self) -> dict[str, int]:
        """How long it is, and what is kept of it."""
        kept = {"rows": self.rows_kept, "bytes": self.bytes_kept}
        return {"last_position": self.last_position, "dropped": self.dropped, **kept}

    def append(self, row: Row) -> int:
        """Write a row; its position, counted from 1."""
        if self.is_muted:
            return self._store.last_position
        position = self._store.append(row)
        for listener in self.listeners:
            listener(row)
        self.changed.grew(position)
        return position

    def note(self, kind: str, at: datetime, app_key: str | None, call_id: str | None = None, **detail: object) -> None:
        """Write a row of a few members."""
        self.append(Noted(kind=kind, at=at, app_key=app_key, call_id=call_id, detail=detail))

    def rows(
        self,
        *,
        after: int = 0,
        through: int | None = None,
        limit: int = 100,
        only: Only = ANY,
        where: Callable[[Row], bool] | None = None,
    ) -> Sequence[Row]:
        """Rows after a position, oldest first, up to `through`."""
        return self._store.rows(after=after, through=through, limit=limit, only=only, where=where)

    def forget(self, app_key: str | None = None) -> None:
        """Forget the rows of one application, or all."""
        if not self.is_muted:
            self._store.forget(app_key)
