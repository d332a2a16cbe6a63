"""Which scenarios a run plays, and in which order: files, -k, --shard, --failed-first, --repeat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from simulator.cli.asked import Asked
from simulator.cli.remembered import Remembered
from simulator.scenario import loader
from simulator.scenario.language import Scenario
from simulator.scenario.overriding import OverrideError, Overrides
from simulator.scenario.selection import ExpressionError, selection
from simulator.scenario.shipped import shipped
from simulator.scenario.sources import kept


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played, in its order; `remark` says why it is nothing, and `is_share` that others play the rest."""

    scenarios: Sequence[Scenario]
    remark: str = ""
    is_share: bool = False
    sources: Mapping[str, Mapping[Path, bytes]] = field(default_factory=dict)
    """What each scenario file was read from, for bundles."""

    @property
    def is_empty_on_purpose(self) -> bool:
        """Whether there was something to play, all of it on other machines."""
        return self.is_share and not self.scenarios


def planned(asked: Asked, remembered: Remembered | None = None) -> Plan:
    """The plan of the files as they are now; raises ScenarioError, UsageError."""
    sources: dict[str, Mapping[Path, bytes]] = {}
    loaded = _loaded(asked, sources)
    try:
        chosen = selection(asked.expression) if asked.expression is not None else lambda _: True
    except ExpressionError as error:
        raise click.UsageError(str(error)) from None
    meant = [one for one in loaded if chosen(f"{one.name} {one.title}")]
    if not meant:
        return Plan((), f"-k {asked.expression!r} matches none of: {', '.join(one.name for one in loaded)}")
    share = asked.shard.of(meant) if asked.shard else meant
    if not share:
        remark = f"shard {asked.shard} has nothing to play: {_scenarios(len(meant))}, dealt to the shards before it"
        return Plan((), remark, is_share=True)
    if asked.failed_first and remembered is not None:
        share = remembered.first(share)
    repeated = [replace(one, repetition=time) for time in range(1, asked.repeat + 1) for one in share]
    return Plan(repeated, sources=sources)


def _loaded(asked: Asked, sources: dict[str, Mapping[Path, bytes]]) -> list[Scenario]:
    try:
        overrides = Overrides(asked.settings)
        files = loader.files(map(shipped, asked.scenarios))
        loaded = []
        for path in files:
            with kept() as shelf:
                loaded += loader.load_all(path, overrides.apply)
            sources[str(path)] = shelf.files
        overrides.check_all_used()
    except OverrideError as error:
        raise click.UsageError(str(error)) from None
    return loaded


def _scenarios(count: int) -> str:
    return "1 scenario" if count == 1 else f"{count} scenarios"
