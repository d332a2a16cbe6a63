"""What holds for every test: nothing of the user's own is read or written."""

import os

import pytest
from hypothesis import HealthCheck, settings

# a busy machine is no reason to fail: how long drawing takes says nothing of what is tested
EXAMPLES = 100 if os.environ.get("PNSIM_LONG_TESTS") else 40
settings.register_profile("patient", deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("PNSIM_CACHE_DIR", "")
    monkeypatch.setenv("PNSIM_BUNDLE_DIR", str(tmp_path_factory.getbasetemp() / "bundles"))
