"""A fault that a message was hit by: its name, what it takes, and what it does to order and time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.delivery.notification import Slot

Parameters = Mapping[str, Any]
"""What a fault takes, by the names of schemas/faults.json; every one has its value."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a fault of order and time does; nothing where it is one of the bytes."""

    copies: int = 0
    """So many times more the message is sent, one after the other."""
    overtaken_by: int = 0
    """So many later messages about the same thing go first."""
    overtaken_in: Slot | None = None
    """Only messages of this slot overtake."""
    held_seconds: float = 0
    """How long it is held back at most; 0: not at all."""
    is_dropped: bool = False
    """Whether its attempts are never sent."""
    answers_too_late: bool = False
    """Whether an answer counts as none."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A fault on its way with one delivery."""

    fault: str
    parameters: Parameters
    plan: Plan = Plan()

    def shows_in(self, number: int) -> bool:
        """Whether the `number`-th attempt is a faulty one."""
        if self.plan.copies:
            return self.is_copy(number)
        return number <= int(self.parameters.get("attempts", 1))

    def is_copy(self, number: int) -> bool:
        """Whether the `number`-th attempt only repeats the one before."""
        return 1 < number <= 1 + self.plan.copies
