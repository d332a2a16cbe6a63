"""The control plane of a running simulator, typed: `ControlClient` is awaited, `SyncControlClient` blocks."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.client.client import ControlClient
    from simulator.client.errors import ControlError, Unreachable
    from simulator.client.sync import SyncControlClient

__all__ = ["ControlClient", "ControlError", "SyncControlClient", "Unreachable"]

MODULES = {"ControlClient": "client", "ControlError": "errors", "SyncControlClient": "sync", "Unreachable": "errors"}


def __getattr__(name: str) -> object:
    """Imported when somebody asks for it: those who need only the shapes or the errors pay for no HTTP client."""
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - as above

    return getattr(import_module(f"simulator.client.{MODULES[name]}"), name)
