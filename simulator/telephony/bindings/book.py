"""What the bindings of every mode have in common."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol


class Binding(Protocol):
    """A lasting agreement that ties numbers together; a frozen dataclass in every mode."""

    @property
    def subscription_id(self) -> str:
        """The platform's id for it."""

    @property
    def x_number(self) -> str:
        """The privacy number it is on."""

    @property
    def expires_at(self) -> datetime | None:
        """When it ends by itself; None: never."""


class Book(Protocol):
    """The bindings of one application."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Binding]: ...

    def count_on(self, x_number: str) -> int:
        """How many bindings X carries."""

    def by_id(self, key: str, /) -> Binding | None:
        """The binding of this id, if there is one."""


class NoBindings:
    """The book of a mode without bindings (X)."""

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Binding]:
        return iter(())

    def count_on(self, x_number: str) -> int:
        """None, always."""
        del x_number
        return 0

    def by_id(self, key: str, /) -> None:
        """None, always."""
        del key
