"""What holds for every test: nothing of the user's own is read or written."""

import pytest


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("PNSIM_CACHE_DIR", "")
    monkeypatch.setenv("PNSIM_BUNDLE_DIR", str(tmp_path_factory.getbasetemp() / "bundles"))
