"""A started simulator for a file of tests, begun anew for each; a customer's server."""

from collections.abc import Iterator

import pytest

from simulator import Simulator
from simulator.testing import Platform
from tests.testing.customer import Customer, customer


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    simulator = Simulator()
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def platform(simulator: Simulator) -> Platform:
    simulator.platform.reset()
    return simulator.platform


@pytest.fixture
def server() -> Iterator[Customer]:
    with customer() as told:
        yield told
