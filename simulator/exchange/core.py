"""What the parts of the exchange share: one clock, one heap of deadlines, one journal, the ids and the dice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random  # noqa: TID251 - the type of the dice that app.py makes; none are made here
from urllib.parse import quote

from simulator.clock.story import StoryClock
from simulator.exchange.apps import App
from simulator.exchange.deadlines import Deadlines
from simulator.exchange.entering import COMMANDS, Recorder
from simulator.exchange.journal import Journal
from simulator.telephony.errors import NotPossible
from simulator.telephony.ids import Ids, uuid_text
from simulator.telephony.plan import Tables

EXPIRIES_AT_ONCE = 200
"""Bindings that may end while one request waits: some milliseconds' worth."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept; every one of them bounds memory."""

    outbox_per_app: int = 20_000
    calls_kept: int = 2_000
    deliveries_kept: int = 4_000
    messages_kept: int = 2_000


class UnknownNumber(Exception):
    """A number was dialled that is nobody's X."""


class Busy(Exception):
    """An application's outbox is full: its new calls and SMS wait until deliveries have ended."""


@dataclass(slots=True)
class Core:
    """Shared by the parts of one exchange."""

    clock: StoryClock
    journal: Journal
    ids: Ids
    dice: Random
    tables: Tables
    limits: Limits
    token: Callable[[], str]
    """Makes the secret part of a download address."""
    deadlines: Deadlines = field(default_factory=Deadlines)
    apps: dict[str, App] = field(default_factory=dict)
    downloads_at: Callable[[], str] = lambda: ""
    """What every download address begins with, as this process knows it; empty while it does not."""
    downloads: str = "/"
    """What the last download address began with."""
    is_behind: bool = False
    """Whether bindings that are over are still there, so many ended together: who looks one up looks at its end too."""
    violations: int = 0
    """Notifications of ours that broke their schema: a bug of the simulator, and a failed run."""
    recorder: Recorder | None = None
    """Enters commands in the store's log; None: nothing outlives the process."""
    tokens_drawn: int = 0
    """How many download addresses were made from the log's key."""
    resumes: float | None = None
    """The scale that the clock goes back to when it has been moved by hand; None: it is not being moved."""
    until: datetime | None = None
    """Where the clock is being moved to after a restart."""
    configured: dict[str, str] = field(default_factory=dict)
    """What the configuration said of applications when it was last applied, by their key, as a fingerprint."""

    def now(self) -> datetime:
        """Let everything due happen, then the story's instant; of a great many expiries only the first."""
        recorder = self.recorder
        if recorder is None or recorder.is_busy:
            now = self.clock.now()
            self.is_behind = not self.deadlines.fire_due(now, EXPIRIES_AT_ONCE)
            return now
        if self.is_something_due():
            recorder.carry_out("core.fire", self.fire, (EXPIRIES_AT_ONCE,), {})
        else:
            self.is_behind = False
        return self.clock.now()

    def fire(self, expiries: int) -> None:
        """Let everything due happen, of a great many expiries only so many."""
        self.is_behind = not self.deadlines.fire_due(self.clock.now(), expiries)

    def is_something_due(self) -> bool:
        """Whether something would happen now."""
        earliest = self.deadlines.earliest()
        return earliest is not None and earliest <= self.clock.now()

    def download_at(self, beginning: str) -> None:
        """Download addresses begin with this from now on."""
        self.downloads = beginning

    def address_of(self, token: str, name: str) -> str:
        """The download address of a recording, from the secret part and the file's name."""
        if self.recorder is None:
            self.downloads = self.downloads_at() or self.downloads
        return f"{self.downloads}{token}/{quote(name)}"

    def subscription_id(self, app: App) -> str:
        """The id of a new binding: the next that the application was given, else one that it never had."""
        while app.subscription_ids:
            given = app.subscription_ids.popleft()
            if app.bindings.by_id(given) is None:
                return given
        return uuid_text(self.ids.next(app.app_key, "subscription"))

    def app(self, app_key: str) -> App:
        """The application; raises NotPossible with those that exist."""
        if app_key in self.apps:
            return self.apps[app_key]
        known = ", ".join(self.apps) or "none: add one with POST /control/v1/apps or [[apps]] in pnsim.toml"
        raise NotPossible(f"no application {app_key!r}; there is {known}")


COMMANDS["core.fire"] = Core.fire
COMMANDS["core.download_at"] = Core.download_at
