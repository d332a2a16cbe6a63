"""Scenario files as test items: one item a scenario, played in a simulator of its own."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.config import ConfigError
from simulator.pytest_plugin.options import SETTINGS
from simulator.pytest_plugin.playing import Ended, Stagehand
from simulator.scenario import loader
from simulator.scenario.language import Scenario
from simulator.scenario.places import ScenarioError
from simulator.scenario.results import Status, known_lines
from simulator.scenario.sources import kept

HERE = {"--timeout": "--pnsim-timeout", "--receiver": "--pnsim-receiver", ", or see --wait-for": ""}
"""What the sentences of `pnsim run` call its options, and what they are called here."""

STAGEHAND: pytest.StashKey[Stagehand] = pytest.StashKey()


class ScenarioFailed(Exception):
    """A scenario that did not pass; the text is the scenario's own failure, with file, line, expected and got."""


class ScenarioFile(pytest.File):
    """A file of scenarios."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """Its scenarios; a file that is wrong says where and what would be right."""
        try:
            stagehand = stagehand_of(self.config)
            with kept() as shelf:
                scenarios = scenarios_in(shown(self.path))
            stagehand.sources[str(shown(self.path))] = shelf.files
        except (ScenarioError, ConfigError) as error:
            raise self.CollectError(str(error)) from None
        for scenario in scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario, stagehand=stagehand)


class ScenarioItem(pytest.Item):
    """One scenario."""

    def __init__(self, *, scenario: Scenario, stagehand: Stagehand, **words: Any) -> None:
        super().__init__(**words)
        self._scenario = scenario
        self._stagehand = stagehand
        self.add_marker("pnsim_scenario")
        self.extra_keyword_matches.update((scenario.title, scenario.mode))
        self.user_properties += [("title", scenario.title), ("mode", scenario.mode)]

    def runtest(self) -> None:
        """Play it; raises ScenarioFailed, or skips."""
        ended = self._stagehand.play(self._scenario)
        if ended.ladder:
            self.add_report_section("call", "ladder", ended.ladder)
        if ended.bundle:
            self.add_report_section("call", "bundle", f"to play it again: pnsim run {ended.bundle}")
        if ended.seed is not None:
            self.user_properties.append(("seed", ended.seed))
        if ended.result.status is Status.SKIPPED:
            pytest.skip(reason(ended))
        if ended.result.status is Status.KNOWN:
            pytest.xfail("\n".join(known_lines(ended.result)))
        if ended.result.status is not Status.PASSED:
            raise ScenarioFailed(reason(ended))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The scenario's failure as it is; a traceback only where the plugin itself is wrong."""
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands, and its title."""
        return self.path, 0, f"scenario: {self._scenario.title}"


def reason(ended: Ended) -> str:
    """Why it did not pass, in at most 40 lines."""
    failure = ended.result.failure
    text = "\n".join(failure.lines()) if failure else ended.result.status.value
    for said, here in HERE.items():
        text = text.replace(said, here)
    return text


def scenarios_in(path: Path) -> list[Scenario]:
    """What a file holds: one scenario, or one for each row of its parameters; raises ScenarioError."""
    return list(loader.load_all(path))


def shown(path: Path) -> Path:
    """A path as a person at this prompt writes it."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else Path(relative)


def stagehand_of(config: pytest.Config) -> Stagehand:
    """The session's stagehand, who begins with the first scenario file. Raises ConfigError."""
    if STAGEHAND not in config.stash:
        stagehand = Stagehand(config.stash[SETTINGS])
        config.add_cleanup(stagehand.close)
        config.stash[STAGEHAND] = stagehand
    return config.stash[STAGEHAND]
