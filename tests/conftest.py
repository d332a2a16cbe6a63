"""What holds for every test: nothing of the user's own is read or written."""

import pytest


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PNSIM_CACHE_DIR", "")
