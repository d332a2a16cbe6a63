"""The platform that the tests of this folder ask."""

from collections.abc import AsyncIterator

import pytest

from tests.api.served import Platform, platform_with


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    """Two applications behind the real API server, with the default profile."""
    async with platform_with() as running:
        yield running
