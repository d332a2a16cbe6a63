"""`--shard i/n`: which part of a suite one of n machines plays.

The scenarios are dealt by name like cards: every machine sees the same order, so that all shards together are everything
exactly once, and no two of them differ by more than one. An even deal was preferred to one that moves no scenario when a
file is added: the machines of one run see the same files, and the slowest of them is what a team waits for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.scenario.language import Scenario

FORM = re.compile(r"(\d{1,4})/(\d{1,4})")


class ShardError(ValueError):
    """What stands for a shard is none; the sentence says what would be one."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The `number`-th of `count` parts; both count from 1."""

    number: int
    count: int

    def of(self, scenarios: Sequence[Scenario]) -> list[Scenario]:
        """This part, in the order in which they came."""
        order = sorted(range(len(scenarios)), key=lambda place: (scenarios[place].name, scenarios[place].file, place))
        return [scenarios[place] for place in sorted(order[self.number - 1 :: self.count])]

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def shard(text: str) -> Shard:
    """The shard that `text` names; raises ShardError."""
    found = FORM.fullmatch(text.strip())
    if found is None:
        raise ShardError(f"{text!r} is not i/n, such as 1/4 for the first of four machines")
    number, count = int(found[1]), int(found[2])
    if not 1 <= number <= count:
        right = f"1/{count} to {count}/{count}" if count else "1/1 for a single machine"
        raise ShardError(f"{text!r} is no shard: they count from 1, so {right}")
    return Shard(number, count)
