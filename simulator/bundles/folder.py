"""Where bundles are kept: one a story, the latest so many, the oldest go."""

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from simulator.replay.bundle import ENDING, Bundle, write

DEFAULT = Path(".pnsim") / "bundles"
KEPT = 50
"""Bundles in a folder; the oldest make room."""
UNUSUAL = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST = 80
IGNORE = Path(".gitignore")


class Folder:
    """A folder of bundles."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._taken: set[str] = set()

    def keep(self, label: str, bundle: Bundle) -> Path:
        """Write a story's bundle over the one of its last failure; answers where. Raises OSError."""
        is_own = not self.path.exists()
        path = self.path / f"{self._free(_plain(label))}{ENDING}"
        write(bundle, path)
        if is_own and self.path == DEFAULT:
            (self.path.parent / IGNORE).write_text("*\n", encoding="utf-8")
        self._make_room(path)
        return path

    def _free(self, name: str) -> str:
        """A name that no other story of this run has: two files may hold scenarios of one name."""
        free, count = name, 1
        while free.casefold() in self._taken:
            count += 1
            free = f"{name}-{count}"
        self._taken.add(free.casefold())
        return free

    def _make_room(self, latest: Path) -> None:
        ages: Mapping[Path, float] = {one: _age(one) for one in self.path.glob(f"*{ENDING}") if one != latest}
        for path in sorted(ages, key=lambda one: ages[one])[: max(0, len(ages) + 1 - KEPT)]:
            with suppress(OSError):
                path.unlink()


def _age(path: Path) -> float:
    with suppress(OSError):
        return path.stat(follow_symlinks=False).st_mtime_ns
    return 0


def _plain(label: str) -> str:
    """A label as a file's name on every system."""
    return UNUSUAL.sub("-", label).strip("-.")[:LONGEST] or "story"
