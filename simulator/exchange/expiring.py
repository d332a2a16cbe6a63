"""Bindings that end by themselves: one owner an application, however many there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from simulator.exchange.apps import App
from simulator.exchange.deadlines import Deadlines, Expiring
from simulator.telephony.bindings.book import Binding


@dataclass(slots=True, eq=False)
class BindingExpiry:
    """Ends the bindings of one application when their time has come."""

    app: App
    end: Callable[[App, Binding, datetime], None]

    def is_current(self, key: str, at: datetime) -> bool:
        """Whether the binding is there and still ends then."""
        binding = self.app.bindings.by_id(key)
        return binding is not None and binding.expires_at == at

    def describe(self, key: str) -> str:
        """The binding and its X."""
        binding = self.app.bindings.by_id(key)
        return f"{key} on {binding.x_number}" if binding is not None else key

    def expire(self, key: str, at: datetime) -> None:
        """The binding ends now."""
        binding = self.app.bindings.by_id(key)
        if binding is not None:
            self.end(self.app, binding, at)


class Expiries:
    """What a mode asks: that a binding ends when its lifetime is over, and no longer does when it changed or went."""

    def __init__(self, deadlines: Deadlines, end: Callable[[App, Binding, datetime], None]) -> None:
        self._deadlines = deadlines
        self._end = end

    def begin(self, app: App, binding: Binding) -> None:
        """The binding ends when its lifetime is over; one without a lifetime never does."""
        if binding.expires_at is not None:
            self._deadlines.expire(binding.expires_at, self._owner(app), binding.subscription_id)

    def changed(self, app: App, old: Binding, new: Binding) -> None:
        """A binding was given another lifetime."""
        if old.expires_at != new.expires_at:
            self.gone(old)
            self.begin(app, new)

    def early(self, binding: Binding) -> None:
        """A binding whose time has come ends before its turn, since somebody asks for it."""
        if binding.expires_at is not None:
            self._deadlines.early()

    def gone(self, binding: Binding) -> None:
        """A binding was taken away, or changed, before its time had come."""
        if binding.expires_at is not None:
            self._deadlines.outdated()

    def _owner(self, app: App) -> Expiring:
        if app.expiry is None:
            app.expiry = BindingExpiry(app, self._end)
        return app.expiry
