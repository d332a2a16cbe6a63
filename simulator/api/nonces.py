"""Nonces that were used, for a profile that refuses them a second time (recording_auth_codes.md 2.3)."""

from weakref import WeakKeyDictionary

from simulator.exchange.apps import App

NONCES_KEPT = 10_000
"""Nonces that are remembered per application; of more, the oldest is forgotten."""


class UsedNonces:
    """Remembers the nonces of each application; bounded, and gone with the application."""

    def __init__(self) -> None:
        self._used: WeakKeyDictionary[App, dict[str, None]] = WeakKeyDictionary()

    def use(self, app: App, nonce: str) -> bool:
        """Remember a nonce; False when it was used before."""
        used = self._used.setdefault(app, {})
        if nonce in used:
            return False
        used[nonce] = None
        if len(used) > NONCES_KEPT:
            del used[next(iter(used))]
        return True

    def clear(self) -> None:
        """Forget everything."""
        self._used.clear()


def is_well_formed(nonce: str) -> bool:
    """Whether a nonce is 1 to 128 digits and letters."""
    return 1 <= len(nonce) <= 128 and nonce.isascii() and nonce.isalnum()
