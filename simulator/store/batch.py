"""What passes between the event loop and the writer's thread: batches down, reports up."""

from dataclasses import dataclass, field
from typing import NamedTuple

Line = tuple[int, str, str, str | None, str | None, str | None, int, bytes]
"""A row as the table has it: position, at, kind, app_key, call_id, message_id, size, row."""


class Marks(NamedTuple):
    """What is true of the store after a batch."""

    first_position: int = 1
    last_position: int = 0
    dropped: int = 0
    last_sequence: int = 0


NOTHING = Marks()


@dataclass(slots=True)
class Batch:
    """What was written in one turn of the loop: it is kept whole, or not at all."""

    number: int = 0
    rows: list[Line] = field(default_factory=list)
    entries: list[tuple[int, bytes]] = field(default_factory=list)
    snapshot: tuple[int, bytes] | None = None
    secrets: list[tuple[str, str | None]] = field(default_factory=list)
    forgotten: dict[str, int] = field(default_factory=dict)
    """Applications whose rows up to a position are to go."""
    forgets_all: bool = False
    marks: Marks = NOTHING
    weight: int = 0
    """Bytes it holds on to, roughly."""

    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not (self.rows or self.entries or self.snapshot or self.secrets or self.forgotten or self.forgets_all)


class Freed(NamedTuple):
    """An application's rows are gone: how many, how many bytes, and up to where."""

    app_key: str
    through: int
    rows: int
    bytes: int
    epoch: int
    """How often all rows had been forgotten before: what is older is no news."""


class Report(NamedTuple):
    """Batches up to `done`, and rows up to `position`, are committed; or nothing will be any more, and why."""

    done: int
    position: int = 0
    weight: int = 0
    freed: tuple[Freed, ...] = ()
    is_tidy: bool = False
    """Whether nothing is left to do beside."""
    failure: Exception | None = None
