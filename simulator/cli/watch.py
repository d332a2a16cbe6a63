"""`pnsim run --watch`: plays, then plays again what changes; a file that breaks leaves the last good set in force.

Everything is loaded before anything is taken over: what is played is one whole, valid set, the one before or the one after.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from simulator.cli.asked import Asked
from simulator.cli.performing import Company
from simulator.cli.plan import Plan, planned
from simulator.cli.remembered import Remembered
from simulator.config import Config, ConfigError, load
from simulator.contract.settings import ProfileError
from simulator.scenario.language import Scenario
from simulator.scenario.places import ScenarioError

SUFFIXES = (".yaml", ".yml", ".csv", ".toml", ".json")
"""What scenarios and configurations are made of."""
QUIET_MILLISECONDS = 250
"""How long one look for changes lasts."""
MISSING = "--watch needs watchfiles: pip install 'privatenumber-simulator[watch]'"
ENDED = 0
"""Ctrl-C is how watching ends; while something is played it is an interruption like any other (130)."""

Key = tuple[str, str, int]


class Watch:
    """The last good set, and who plays it."""

    def __init__(self, asked: Asked, config: Config, flags: Mapping[str, str | None], remembered: Remembered) -> None:
        self._asked = asked
        self._flags = flags
        self._config = config
        self._remembered = remembered
        self._company = Company(asked, config, remembered)
        self._good: Plan | None = None
        self._is_broken = False
        self.is_playing = False

    def close(self) -> None:
        """End what was started."""
        self._company.close()

    def look(self) -> None:
        """Load what there is; where all of it is right it is taken over, and what is new in it is played."""
        try:
            config = load(self._asked.config, os.environ, self._flags)
            plan = planned(self._asked, self._remembered)
            is_new = config != self._config
            company = Company(self._asked, config, self._remembered) if is_new else self._company
        except (ScenarioError, ConfigError, ProfileError) as error:
            self._keep(str(error))
            return
        except click.UsageError as error:
            self._keep(error.format_message())
            return
        changed, gone = _changed(plan, None if is_new else self._good), _gone(plan, self._good)
        if is_new:
            self._company.close()
        self._company, self._config, self._good = company, config, plan
        self._play(changed, gone)

    def _play(self, changed: Plan, gone: int) -> None:
        was_broken, self._is_broken = self._is_broken, False
        if changed.scenarios or changed.remark:
            self.is_playing = True
            self._company.perform(changed)
            self.is_playing = False
        elif not was_broken and not gone:
            return
        self._say(f"{f'{_scenarios(gone)} gone; ' if gone else ''}watching {self._there_is()}; Ctrl-C ends")

    def _keep(self, problem: str) -> None:
        self._is_broken = True
        click.echo(problem, err=True)
        self._say(f"not taken over; the last good set stays: {self._there_is()}")

    def _there_is(self) -> str:
        return _scenarios(len(self._good.scenarios)) if self._good else "nothing yet"

    def _say(self, sentence: str) -> None:
        click.echo(f"-- {sentence}", err=True)


def watch(asked: Asked, config: Config, flags: Mapping[str, str | None], remembered: Remembered) -> int:
    """Until Ctrl-C; the exit code. Raises UsageError where the extra `watch` is not installed."""
    looks = _looks(asked, config.source)
    with closing(Watch(asked, config, flags, remembered)) as watching:
        try:
            for _ in looks:
                watching.look()
        except KeyboardInterrupt:
            if watching.is_playing:
                raise
        return ENDED


def _looks(asked: Asked, config: Path | None) -> Iterator[None]:
    """One look at once, then one after every change; changes while something is played are not missed."""
    try:
        from watchfiles import watch as changes  # noqa: PLC0415 - an extra
    except ImportError:
        raise click.UsageError(MISSING) from None
    given = [*asked.scenarios, *([config] if config else [])]
    around = {path if path.is_dir() else path.parent for path in given}
    folders = [folder for folder in sorted(around) if folder.is_dir()]
    if not folders:
        raise click.UsageError(f"--watch: there is no folder {min(around)} to watch")
    return _turns(
        changes(
            *folders,
            watch_filter=lambda _, path: path.endswith(SUFFIXES),
            recursive=any(path.is_dir() for path in asked.scenarios),
            rust_timeout=QUIET_MILLISECONDS,
            yield_on_timeout=True,
        )
    )


def _turns(changes: Iterator[object]) -> Iterator[None]:
    """The first time at once: who watches has begun to then."""
    is_first = True
    for changed in changes:
        if changed or is_first:
            is_first = False
            yield


def _changed(plan: Plan, before: Plan | None) -> Plan:
    known = {_key(one): one for one in before.scenarios} if before else {}
    return replace(plan, scenarios=[one for one in plan.scenarios if known.get(_key(one)) != one])


def _gone(plan: Plan, before: Plan | None) -> int:
    """How many scenarios are there no more."""
    return len({_key(one) for one in before.scenarios} - {_key(one) for one in plan.scenarios}) if before else 0


def _key(scenario: Scenario) -> Key:
    return scenario.file, scenario.name, scenario.repetition


def _scenarios(count: int) -> str:
    return "1 scenario" if count == 1 else f"{count} scenarios"
