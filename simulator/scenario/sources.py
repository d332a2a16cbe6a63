"""The files that scenarios are read from: the disk's, or those of a shelf that somebody else gave, and then no other.

Everything that reads a scenario, what it includes, its rows and its schemas comes here. `kept` notes what was read, so
that a bundle can hold it; `only` puts a stranger's files in the place of the disk, which is then out of reach.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from os.path import normpath
from pathlib import Path, PurePosixPath

MISSING = "no such file in the bundle"


@dataclass(slots=True)
class Shelf:
    """Files by their path; `is_all` says that there are no others."""

    files: dict[Path, bytes] = field(default_factory=dict)
    is_all: bool = False


SHELF: ContextVar[Shelf | None] = ContextVar("shelf", default=None)


@contextmanager
def kept() -> Iterator[Shelf]:
    """Notes every file that is read meanwhile."""
    shelf = Shelf()
    before = SHELF.set(shelf)
    try:
        yield shelf
    finally:
        SHELF.reset(before)


@contextmanager
def only(root: Path, files: Mapping[str, bytes]) -> Iterator[None]:
    """Meanwhile there are these files below `root`, which need not be on the disk, and nothing else."""
    named = {_plain(root.joinpath(*PurePosixPath(name).parts)): content for name, content in files.items()}
    shelf = Shelf(named, is_all=True)
    before = SHELF.set(shelf)
    try:
        yield
    finally:
        SHELF.reset(before)


def read(path: Path, limit: int) -> bytes:
    """The first `limit` bytes of a file; raises OSError."""
    shelf = SHELF.get()
    if shelf is not None and shelf.is_all:
        content = shelf.files.get(_plain(path))
        if content is None:
            raise FileNotFoundError(2, MISSING, str(path))
        return content[:limit]
    with path.open("rb") as file:
        content = file.read(limit)
    if shelf is not None:
        shelf.files[_plain(path)] = content
    return content


def is_file(path: Path) -> bool:
    """Whether there is such a file."""
    shelf = SHELF.get()
    return _plain(path) in shelf.files if shelf is not None and shelf.is_all else path.is_file()


def below(folder: Path, ending: str) -> Iterator[Path]:
    """The files in and below a folder whose name ends so."""
    shelf = SHELF.get()
    if shelf is None or not shelf.is_all:
        yield from folder.rglob(f"*{ending}")
        return
    yield from (path for path in shelf.files if path.name.endswith(ending) and path.is_relative_to(folder))


def _plain(path: Path) -> Path:
    """One name a file, however it was written; links are not followed."""
    return Path(normpath(path))
