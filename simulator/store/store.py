"""What every store promises; tests/store runs one suite over each of them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol


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


class Only(NamedTuple):
    """Which rows are wanted; None is any. A store with an index looks nowhere else."""

    kind: str | None = None
    app_key: str | None = None
    call_id: str | None = None
    message_id: str | None = None

    def has(self, row: Row) -> bool:
        """Whether a row is one of them."""
        return (
            self.kind in (None, row.kind)
            and self.app_key in (None, row.app_key)
            and self.call_id in (None, row.call_id)
            and self.message_id in (None, row.message_id)
        )


ANY = Only()


class Store(Protocol):
    """An append-only list of rows with an end: the oldest rows are dropped when it holds too many, and counted."""

    dropped: int
    last_position: int

    @property
    def committed(self) -> Callable[[], Awaitable[None]] | None:
        """Waits until everything appended so far survives the end of the process; None where nothing ever does."""

    @property
    def rows_kept(self) -> int:
        """How many rows are here, those included that were forgotten and are still to be tidied away."""

    @property
    def bytes_kept(self) -> int:
        """How many bytes they hold on to, roughly."""

    def append(self, row: Row) -> int:
        """Remember a row; its position, counted from 1, is set and returned."""

    def rows(
        self,
        *,
        after: int = 0,
        through: int | None = None,
        limit: int = 100,
        only: Only = ANY,
        where: Callable[[Row], bool] | None = None,
    ) -> Sequence[Row]:
        """Rows with a position greater than `after`, oldest first, at most `limit` of those that `where` likes.

        None beyond `through`: whoever must not keep others waiting asks for a piece at a time.
        """

    def forget(self, app_key: str | None = None) -> None:
        """Forget the rows of one application, or all; positions go on counting."""
