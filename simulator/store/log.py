"""What brings an exchange back after its process ended: the commands it was given, in order, and now and then its state.

State = the last snapshot + the commands after it, played again on a held clock. Entries and snapshots are bytes whose
meaning is the exchange's; the store keeps them, in the same order and the same commits as the rows beside them.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol


class Log(Protocol):
    """A durable store's second half; a store without one keeps nothing over the end of the process."""

    def record(self, entry: bytes) -> int:
        """Remember a command before it is carried out; its sequence, counted from 1 without a gap."""

    async def committed(self) -> None:
        """Wait until everything recorded and appended so far survives the end of the process; raises StoreFailed."""

    def entries(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Commands with a sequence greater than `after`, oldest first; only for a store that was just opened."""

    def snapshot(self) -> tuple[int, bytes] | None:
        """The newest snapshot with the sequence of the last command that it has in it."""

    def keep_snapshot(self, sequence: int, state: bytes) -> None:
        """Remember the state after a command; commands up to it, and older snapshots, may go."""

    def secrets(self) -> Mapping[str, str]:
        """The secrets of applications, by their key; they stand in no entry, snapshot or row."""

    def keep_secret(self, app_key: str, secret: str | None) -> None:
        """Remember an application's secret; None: forget it."""


class StoreFailed(Exception):
    """The store can keep nothing more; the sentence says why and what to do. Nothing that was acknowledged is lost."""
