"""A draft while it is written."""

from dataclasses import dataclass, field

from simulator.replay.drafting.binding import Bindings
from simulator.replay.drafting.cast import Cast
from simulator.replay.drafting.writing import Step


@dataclass(slots=True)
class Draft:
    """A draft while it is written."""

    mode: str
    cast: Cast
    steps: list[Step] = field(default_factory=list)
    switches: set[str] = field(default_factory=set)
    receiver: dict[str, object] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    extension_digits: int | None = None
    states: dict[str, str] = field(default_factory=dict)
    early: int = 0
    """How many steps were put before all others."""
    bindings: Bindings = field(init=False)

    def __post_init__(self) -> None:
        """The bindings speak of the same cast."""
        self.bindings = Bindings(self.cast)
