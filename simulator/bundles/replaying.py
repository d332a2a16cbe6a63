"""A bundle becomes what a run plays: its configuration, its scenario read from its own files alone, and whom it may dial."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from simulator import __version__
from simulator.bundles.stand import config_of, is_loopback
from simulator.bundles.withholding import scrubbed
from simulator.client.shapes import Row
from simulator.config.values import Config
from simulator.replay.bundle import Bundle
from simulator.replay.bundle_reading import BundleError
from simulator.scenario import loader, sources
from simulator.scenario.blocks import inside
from simulator.scenario.customer_language import AskCustomer
from simulator.scenario.language import Scenario
from simulator.scenario.overriding import Overrides
from simulator.scenario.results import Result
from simulator.scenario.watching import Opening

BYTES = ("body", "body_base64")


@contextmanager
def opened(bundle: Bundle, path: Path) -> Iterator[Scenario]:
    """The scenario of a bundle; while it is open nothing of a scenario is read from the disk. Raises ScenarioError."""
    with sources.only(path, bundle.scenario):
        overrides = Overrides(bundle.manifest.settings)
        file = path / bundle.manifest.file
        found = {one.name: one for one in loader.load_all(file, overrides.apply)}
        if bundle.manifest.scenario not in found:
            said = (
                f"its manifest plays {bundle.manifest.scenario!r:.90}, which {bundle.manifest.file!r:.80} does not tell"
            )
            raise BundleError(f"{path}: {said}")
        yield found[bundle.manifest.scenario]


def configured(bundle: Bundle, path: Path, flags: Mapping[str, object], local: Config) -> Config:
    """The bundle's configuration with what is this machine's own: the secret of the application, the customer's headers.

    Raises ConfigError.
    """
    config = config_of(bundle.config, str(path), flags)
    known = {app.app_key: app.app_secret for app in local.apps}
    apps = tuple(replace(app, app_secret=known.get(app.app_key, app.app_secret)) for app in config.apps)
    headers = {**config.customer.headers, **local.customer.headers}
    return replace(config, apps=apps, customer=replace(config.customer, headers=headers))


def check_dialled(config: Config, scenario: Scenario, path: Path, *, receiver: bool, customer: bool) -> None:
    """Raises BundleError where a stranger's address would be dialled; the two say what the command line names itself."""
    asking = [step.url for step in inside(scenario.steps) if isinstance(step, AskCustomer) and step.url is not None]
    base = scenario.customer.url or config.customer.url
    far = [url for url in asking if not is_loopback(url)]
    if far:
        raise BundleError(
            f"{path}: its scenario asks {far[0]!r:.90}: an address in a bundle is dialled on this machine only; "
            "unpack it, and write that step with path: and --customer URL"
        )
    if base is not None and not customer and not is_loopback(base):
        raise BundleError(
            f"{path}: its customer's API is {base!r:.90}: an address in a bundle is dialled on this machine only; "
            "name yours with --customer URL"
        )
    told = [url for app in config.apps for url in app.receivers.values() if not is_loopback(url)]
    if told and not receiver:
        raise BundleError(
            f"{path}: it was told {told[0]!r:.90}: an address in a bundle is dialled on this machine only; "
            "name your server with --receiver URL"
        )


def other_version(bundle: Bundle) -> str:
    """What to say where another pnsim made it; empty where this one did."""
    made = bundle.manifest.made_with.pnsim
    if made == __version__:
        return ""
    return f"made with pnsim {made!r:.40}, this is {__version__!r}: what is sent may differ from what was recorded"


class Comparing:
    """A watcher that compares what is sent with what a bundle recorded: `sentence` says how far it was the same."""

    def __init__(self, bundle: Bundle) -> None:
        self._recorded = [_sent(row) for row in bundle.rows() if row.get("kind") == "attempt_started"]
        self._is_whole = not bundle.manifest.rows_left_out
        self._sent = 0
        self._differs_at = 0

    def begin(self, opening: Opening) -> None:
        """Compare from the beginning."""
        del opening  # one story is played, however often
        self._sent = self._differs_at = 0

    def named(self, name: str, number: str) -> None:
        """Nothing to compare."""

    def row(self, row: Row) -> None:
        """Compare the body of an attempt."""
        if row["kind"] != "attempt_started":
            return
        self._sent += 1
        known = self._recorded[self._sent - 1] if self._sent <= len(self._recorded) else None
        if _sent(scrubbed(row)) != known and not self._differs_at:
            self._differs_at = self._sent

    def jump(self, before: datetime, after: datetime) -> None:
        """Nothing to compare."""

    def end(self, result: Result) -> None:
        """Nothing to compare."""

    def finish(self, results: object) -> None:
        """Nothing to compare."""

    def sentence(self) -> str:
        """For a person; empty where nothing can be said."""
        if not self._is_whole or not self._recorded:
            return ""
        if self._differs_at:
            return f"differs from the record: request {self._differs_at} of {len(self._recorded)} has another body"
        if self._sent < len(self._recorded):
            return f"differs from the record: {self._sent} requests were sent, {len(self._recorded)} are recorded"
        return f"as recorded: {self._sent} requests with the same bodies in the same order"


def _sent(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in BYTES)
