"""Bindings that end by themselves: one owner an application, however many there are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from simulator.exchange.apps import App
from simulator.exchange.core import Core
from simulator.exchange.deadlines import Expiring
from simulator.telephony.bindings.book import Binding


@dataclass(slots=True, eq=False)
class BindingExpiry:
    """Ends the bindings of one application when their time has come."""

    app: App
    end: Callable[[App, Binding, datetime], None]

    def is_current(self, key: str, at: datetime) -> bool:
        """Whether the binding is there and still ends then."""
        binding = self.app.bindings.by_id(key)
        return binding is not None and binding.expires_at == at and self.app.expiry is self

    def describe(self, key: str) -> str:
        """The binding and its X."""
        binding = self.app.bindings.by_id(key)
        return f"{binding.subscription_id} on {binding.x_number}" if binding is not None else key

    def expire(self, key: str, at: datetime) -> None:
        """The binding ends now."""
        binding = self.app.bindings.by_id(key)
        if binding is not None:
            self.end(self.app, binding, at)


class Expiries:
    """What a mode asks: that a binding ends when its lifetime is over, and no longer does when it changed or went.

    `end` takes a binding out of its book and says so; `key` is what the book knows a binding by.
    """

    def __init__(
        self,
        core: Core,
        end: Callable[[App, Binding, datetime], None],
        key: Callable[[Binding], str] = lambda binding: binding.subscription_id,
    ) -> None:
        self._core = core
        self._key = key
        self._deadlines = core.deadlines
        self._end = end

    def begin(self, app: App, binding: Binding) -> None:
        """The binding ends when its lifetime is over; one without a lifetime never does."""
        if binding.expires_at is not None:
            self._deadlines.expire(binding.expires_at, self._owner(app), self._key(binding))

    def changed(self, app: App, old: Binding, new: Binding) -> None:
        """A binding was given another lifetime."""
        if old.expires_at != new.expires_at:
            self.gone(app, old)
            self.begin(app, new)

    def catch_up(self, app: App, asked_for: Callable[[], Iterable[Binding]], at: datetime) -> None:
        """Let those that somebody asks for end, if their time has come and so many end together that they wait."""
        if not self._core.is_behind:
            return
        for binding in [one for one in asked_for() if one.expires_at is not None and one.expires_at <= at]:
            if app.bindings.by_id(self._key(binding)) is binding:
                self._deadlines.early(self._owner(app), self._key(binding))
                self._end(app, binding, binding.expires_at or at)

    def gone(self, app: App, binding: Binding) -> None:
        """A binding was taken away, or changed, before its time had come."""
        if binding.expires_at is not None:
            self._deadlines.outdated(self._owner(app), self._key(binding))

    def _owner(self, app: App) -> Expiring:
        if app.expiry is None:
            app.expiry = BindingExpiry(app, self._end)
        return app.expiry
