"""Where this installation keeps its shipped folders: `schemas/` and `scenarios/`."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
FOLDERS = ("schemas", "scenarios")


class MissingResource(Exception):
    """The installation lacks a shipped folder or file; the sentence names it and where it was looked for."""


@cache
def folder(name: str) -> Path:
    """The folder `name` ("schemas" or "scenarios") of the wheel, or else of the checkout.

    Raises MissingResource when neither has it. The folder beside the package counts only where a pyproject.toml
    stands next to it: an unrelated `schemas/` in site-packages is not ours.
    """
    return find(name, PACKAGE)


def find(name: str, package: Path) -> Path:
    """The folder `name` as seen from the package directory `package`; raises MissingResource."""
    if name not in FOLDERS:
        raise MissingResource(f"{name!r} is no shipped folder; there are: {', '.join(FOLDERS)}")
    installed, checkout = package / "_data" / name, package.parent / name
    if installed.is_dir():
        return installed
    if checkout.is_dir() and (package.parent / "pyproject.toml").is_file():
        return checkout
    raise MissingResource(
        f"this installation lacks the folder {name!r}: neither {installed} nor {checkout} beside a pyproject.toml "
        "is there; install the wheel again, or run from a complete checkout"
    )


def read_bytes(relative: str) -> bytes:
    """The bytes of a shipped file, e.g. "schemas/profile.json"; raises MissingResource when it is not there."""
    name, _, rest = relative.partition("/")
    path = folder(name) / rest
    if not path.is_file():
        raise MissingResource(f"this installation lacks the file {relative!r}: {path} is not there")
    return path.read_bytes()
