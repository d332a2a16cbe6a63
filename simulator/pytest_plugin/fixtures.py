"""The fixtures: one simulator a session, begun anew for every test that asks for it.

Two fixtures and not one object for both uses: so every method has one return type, and a forgotten `await` is found by
the type checker and not by a test that passes.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from simulator.pytest_plugin.options import SETTINGS

if TYPE_CHECKING:
    from simulator.testing import AsyncPlatform, Platform, Simulator

PLATFORM: "pytest.StashKey[Platform]" = pytest.StashKey()
"""Where a test's platform is found when the test fails."""


@pytest.fixture(scope="session")
def privacy_platform_options() -> Mapping[str, Any]:
    """Arguments of `Simulator` for this session's platform; override it in conftest.py: `return {"apps": [...]}`."""
    return {}


@pytest.fixture(scope="session")
def privacy_simulator(
    pytestconfig: pytest.Config, privacy_platform_options: Mapping[str, Any]
) -> "Iterator[Simulator]":
    """The session's simulator; its addresses stay as they are from test to test: `privacy_simulator.platform.api_url`."""
    from simulator.config import ConfigError  # noqa: PLC0415 - only where a platform is asked for
    from simulator.contract.profile import ProfileError  # noqa: PLC0415 - as above
    from simulator.testing import Simulator, WrongWord  # noqa: PLC0415 - as above

    asked = pytestconfig.stash[SETTINGS]
    told: dict[str, Any] = {"config": asked.config, "receiver": asked.receiver, "seed": asked.seed}
    given = {name: value for name, value in told.items() if value is not None}
    try:
        simulator = Simulator(**{"wall_seconds": asked.timeout, **privacy_platform_options, **given})
        simulator.start()
    except (ConfigError, ProfileError, WrongWord) as error:
        pytest.fail(str(error), pytrace=False)
    yield simulator
    simulator.stop()


@pytest.fixture
def privacy_platform(request: pytest.FixtureRequest, privacy_simulator: "Simulator") -> "Iterator[Platform]":
    """A privacy-call platform as if just started, for this test alone; its methods block."""
    from simulator.testing import SimulatorBroke  # noqa: PLC0415 - as above

    platform = privacy_simulator.platform
    platform.reset()
    request.node.stash[PLATFORM] = platform
    yield platform
    try:
        platform.check()
    except SimulatorBroke as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def privacy_platform_async(privacy_platform: "Platform", privacy_simulator: "Simulator") -> "AsyncPlatform":
    """The same platform with the same methods to await, in whichever loop the test runs."""
    del privacy_platform  # it began anew
    return privacy_simulator.async_platform
