"""What failed last time, for --failed-first: one small file in the user's cache, which no run depends on.

It names scenarios by their absolute file and name, so that it serves every project; a scenario stays in it until it was
played again and did not fail. Without a cache to write to nothing is remembered, and nothing is said of it.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import orjson

from simulator.scenario.language import Scenario
from simulator.scenario.results import QUIET, Result, Status

KEPT = 1_000
"""The latest failures that are remembered."""
LIMIT_BYTES = 1024 * 1024
FOLDER_VARIABLE = "PNSIM_CACHE_DIR"
FILE = "failed.json"


class Remembered:
    """The scenarios that failed when they were last played, the latest first."""

    def __init__(self, folder: Path | None) -> None:
        self._file = None if folder is None else folder / FILE
        self._failed = _read(self._file)

    def first(self, scenarios: Sequence[Scenario]) -> list[Scenario]:
        """Those that failed before the others; else the order stays."""
        failed = set(self._failed)
        return sorted(scenarios, key=lambda one: _key(one.file, one.name) not in failed)

    def note(self, results: Iterable[tuple[Scenario, Result]]) -> None:
        """What came of scenarios; those that were not played keep what is known of them."""
        before = list(self._failed)
        for scenario, result in results:
            if result.status in (Status.SKIPPED, Status.NOT_PLAYED):
                continue
            key = _key(scenario.file, scenario.name)
            if result.status not in QUIET and key not in self._failed:
                self._failed.insert(0, key)
            elif result.status in QUIET and scenario.repetition == 1 and key in self._failed:
                self._failed.remove(key)
        del self._failed[KEPT:]
        if self._failed != before:
            self._write()

    def _write(self) -> None:
        """The whole file at once, so that two runs never leave half of each."""
        if self._file is None:
            return
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._file.parent, prefix=".failed-", delete=False) as new:
                new.write(orjson.dumps({"failed": self._failed}))
            try:
                Path(new.name).replace(self._file)
            except OSError:
                Path(new.name).unlink(missing_ok=True)


def cache_folder() -> Path | None:
    """Where this user's programs keep what can be lost; PNSIM_CACHE_DIR names another place, empty none at all."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_cache_path  # noqa: PLC0415 - only where the environment names no folder

    with suppress(OSError, RuntimeError):  # a user without a home
        return user_cache_path("pnsim", appauthor=False)
    return None


def _read(file: Path | None) -> list[str]:
    """What the file says; nothing where it is not there, not readable, or not ours."""
    try:
        if file is None or file.stat().st_size > LIMIT_BYTES:
            return []
        known = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return []
    failed = known.get("failed") if isinstance(known, dict) else None
    return [key for key in failed if isinstance(key, str)][:KEPT] if isinstance(failed, list) else []


def _key(file: str, name: str) -> str:
    return f"{Path(file).resolve()}::{name}"
