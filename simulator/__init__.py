"""A privacy-call platform on your laptop: its API, its calls, its notifications."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.testing import Simulator

__version__ = "0.1.0"
__all__ = ["Simulator", "__version__"]


def __getattr__(name: str) -> object:
    """`from simulator import Simulator`, imported when somebody asks for it: `import simulator` alone costs nothing."""
    if name != "Simulator":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - as above

    return getattr(import_module("simulator.testing"), name)
