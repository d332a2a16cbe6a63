"""The scenarios that come with the installation, wherever the caller stands: `scenarios/resilience` is a folder of them."""

from pathlib import Path

from simulator.resources import MissingResource, folder

NAME = "scenarios"


def shipped(path: Path) -> Path:
    """`path`, or where it is not there and begins with `scenarios/`, what is shipped under that name."""
    if path.exists() or path.is_absolute() or path.parts[:1] != (NAME,) or ".." in path.parts:
        return path
    try:
        found = folder(NAME).joinpath(*path.parts[1:])
    except MissingResource:
        return path
    return found if found.exists() else path
