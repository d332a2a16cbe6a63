"""What one process of a load is to do, as one line of JSON that it reads from its standard input."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import orjson

SEED_STEP = 7_919
"""Seeds of the processes lie so far apart: no two of them draw the same numbers and ids."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A load, or one process' share of it: every `workers`-th call beginning with the `index`-th.

    `text` is the scenario's file; `app` its application as POST /apps of the control plane takes it, secret included.
    """

    file: str
    text: str
    app: Mapping[str, Any] = field(repr=False)
    seed: int
    rate: float = 1.0
    seconds: float = 1.0
    arrivals: str = "even"
    casts: int = 50
    connections: int = 100
    stop_after: int = 50
    workers: int = 1
    index: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    """`[profile]` of the configuration, under what the application itself says."""
    edition: str = "2026"

    def share(self, index: int) -> "Plan":
        """What the `index`-th process does."""
        return replace(self, index=index)

    @property
    def own_seed(self) -> int:
        """The seed of this process' numbers and ids."""
        return (self.seed + self.index * SEED_STEP) % 2**31

    def changed(self, **members: object) -> "Plan":
        """The same plan with some members changed."""
        return replace(self, **members)  # type: ignore[arg-type]  # callers name members of Plan

    def line(self) -> bytes:
        """For the process' standard input."""
        return orjson.dumps(asdict(self)) + b"\n"


def read_plan(line: bytes) -> Plan:
    """The plan of such a line."""
    return Plan(**orjson.loads(line))
