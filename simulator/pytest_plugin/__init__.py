"""A pytest plugin: a platform as a fixture, and scenario files as test items.

pytest loads this file at every start of whoever has the package installed: it imports nothing of the simulator until a
fixture is asked for or a scenario file is found.
"""

from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.pytest_plugin.fixtures import (
    PLATFORM,
    privacy_platform,
    privacy_platform_async,
    privacy_platform_options,
    privacy_simulator,
)
from simulator.pytest_plugin.options import SCENARIOS, SETTINGS, add_options, is_scenario, settings

if TYPE_CHECKING:
    from simulator.pytest_plugin.items import ScenarioFile

__all__ = ["privacy_platform", "privacy_platform_async", "privacy_platform_options", "privacy_simulator"]

MARKER = "pnsim_scenario"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plugin's options, each on the command line and in the ini file."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Reads the options (UsageError), and declares the marker of scenarios: `-m "not pnsim_scenario"` leaves them out."""
    config.stash[SETTINGS] = settings(config)
    config.addinivalue_line("markers", f"{MARKER}: a scenario file of pnsim")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    """`*.pnsim.yaml` anywhere, and `*.yaml` in the folders that the ini option pnsim_scenarios names."""
    if not is_scenario(file_path, parent.config.getini(SCENARIOS)):
        return None
    from simulator.pytest_plugin.items import ScenarioFile  # noqa: PLC0415 - only where there is one

    collected: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
    return collected


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails with a platform shows what passed between its server and the platform."""
    del call
    report = yield
    platform = item.stash.get(PLATFORM, None)
    if platform is not None and report.failed and report.when == "call":
        with suppress(Exception):  # a report on a failure must not become the failure
            add_ladder(report.sections, platform.ladder())
    return report


def add_ladder(sections: list[tuple[str, str]], ladder: str) -> None:
    """A section with a ladder, where there is anything on it."""
    if ladder:
        sections.append(("call ladder", ladder))


def pytest_report_header(config: pytest.Config) -> str | None:
    """Who is told, where somebody is named: a run against a server says so."""
    receiver = config.getoption("pnsim_receiver") or config.getini("pnsim_receiver")
    return f"pnsim: receiver {receiver}" if receiver else None
