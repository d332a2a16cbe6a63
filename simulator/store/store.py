"""What every store promises; tests/store runs one suite over each of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol


class Row(Protocol):
    """One thing that happened, ready to be shown as JSON; `size` is roughly what it weighs in bytes."""

    position: int
    at: datetime
    kind: str
    app_key: str | None
    call_id: str | None
    message_id: str | None

    @property
    def size(self) -> int:
        """Bytes it holds on to, roughly."""

    def as_json(self) -> dict[str, object]:
        """The row for a reader, secrets left out."""


class Store(Protocol):
    """An append-only list of rows with an end: the oldest rows are dropped when it holds too many, and counted."""

    dropped: int
    last_position: int

    def append(self, row: Row) -> int:
        """Remember a row; its position, counted from 1, is set and returned."""

    def rows(self, *, after: int = 0, limit: int = 100, where: Callable[[Row], bool] | None = None) -> Sequence[Row]:
        """Rows with a position greater than `after`, oldest first, at most `limit` of those that `where` likes."""

    def forget(self, app_key: str | None = None) -> None:
        """Forget the rows of one application, or all; positions go on counting."""
