"""The two faces of a platform in a test: the same methods, blocking or awaited."""

from simulator.testing.applications import App, chosen
from simulator.testing.asking import Face, awaited, blocking
from simulator.testing.control import AsyncControl, Control
from simulator.testing.inside import Inside


class Premises(Face[Inside]):
    """What both have and nobody need wait for: addresses, token, applications."""

    @property
    def api_url(self) -> str:
        """Where the platform's API listens: the address that your code is given."""
        return self._inside.ready.api

    @property
    def control_url(self) -> str:
        """Where the control plane listens."""
        return self._inside.ready.control

    @property
    def token(self) -> str:
        """The control plane's bearer token."""
        return self._inside.ready.token

    @property
    def apps(self) -> tuple[App, ...]:
        """Every application."""
        return self._inside.apps

    def app(self, wanted: str | None = None) -> App:
        """The first application of a mode, or the one of this key; by itself that of mode AXB. Raises WrongWord."""
        return chosen(self._inside.apps, wanted)

    def _target(self) -> Inside:
        return self._inside


class Platform(Premises):
    """A running platform for tests that block; its methods are those of `AsyncPlatform`.

    In an async test take that one: a method that blocks also blocks a server which runs in the test's own loop.
    """

    @property
    def control(self) -> Control:
        """Everything else that the control plane can do: `platform.control.provoke("axb-demo", "1023002")`."""
        return Control(self._thread, self._inside)

    call = blocking(Inside.call)
    release = blocking(Inside.release)
    advance = blocking(Inside.advance)
    now = blocking(Inside.now)
    receiver = blocking(Inside.receiver)
    request = blocking(Inside.request)
    notifications = blocking(Inside.notifications)
    failed_deliveries = blocking(Inside.failed_deliveries)
    journal = blocking(Inside.journal)
    wait = blocking(Inside.wait)
    verify = blocking(Inside.verify)
    ladder = blocking(Inside.ladder)
    reset = blocking(Inside.reset)
    check = blocking(Inside.check)


class AsyncPlatform(Premises):
    """A running platform for tests that await; its methods are those of `Platform`."""

    @property
    def control(self) -> AsyncControl:
        """Everything else that the control plane can do: `await platform.control.provoke("axb-demo", "1023002")`."""
        return AsyncControl(self._thread, self._inside)

    call = awaited(Inside.call)
    release = awaited(Inside.release)
    advance = awaited(Inside.advance)
    now = awaited(Inside.now)
    receiver = awaited(Inside.receiver)
    request = awaited(Inside.request)
    notifications = awaited(Inside.notifications)
    failed_deliveries = awaited(Inside.failed_deliveries)
    journal = awaited(Inside.journal)
    wait = awaited(Inside.wait)
    verify = awaited(Inside.verify)
    ladder = awaited(Inside.ladder)
    reset = awaited(Inside.reset)
    check = awaited(Inside.check)
