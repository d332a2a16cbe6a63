"""The log of an exchange: every command as an entry, entered before it is carried out, and how one is carried out again.

An entry is a line of JSON: name, instant, wall time, arguments, named arguments. An application is named by its key, a
delivery by its id; a secret is not in it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from simulator.delivery.delivery import Delivery
from simulator.delivery.outcome import Answered
from simulator.exchange.apps import App
from simulator.exchange.codec import Json, Reader, Unreadable, Writer
from simulator.exchange.core import Core
from simulator.exchange.entering import BRIEFS, COMMANDS
from simulator.exchange.exchange import Exchange
from simulator.exchange.members import parts_of, register
from simulator.exchange.snapshots import GO_ON, BadState
from simulator.exchange.snapshotting import Snapshotting
from simulator.store.log import Log
from simulator.telephony.errors import NotPossible

APP_SECRET = "app_secret"  # noqa: S105 - the name of a member
DOWNLOADS_KEY = "*downloads*"
"""Under this name the log keeps what download addresses are made from; no application has it."""

APP, DELIVERY = "app ", "delivery "

ANSWERS_KEPT = 64
"""Answers of receivers that are remembered as they are entered."""


class Kept(Enum):
    """Stands where a secret was given."""

    SECRET = "secret"  # noqa: S105 - it says that there was one


class Entry(NamedTuple):
    """A command that was carried out."""

    name: str
    at: datetime
    wall: datetime
    arguments: Sequence[Json]
    named: Mapping[str, Json]


class Tokens:
    """The secret parts of download addresses: from a key that the log keeps, so that they can be made again."""

    def __init__(self, core: Core, key: str) -> None:
        self._core = core
        self._key = blake2b(key.encode()).digest()

    def __call__(self) -> str:
        """The next one."""
        self._core.tokens_drawn += 1
        return blake2b(b"%d" % self._core.tokens_drawn, key=self._key, digest_size=16).hexdigest()

    def sign(self, text: str) -> str:
        """A fingerprint that says nothing to who has not the key."""
        return blake2b(text.encode(), key=self._key, digest_size=16).hexdigest()


class Recording:
    """Enters the commands of an exchange in a log; only one at a time is carried out."""

    def __init__(
        self, exchange: Exchange, log: Log, wall_now: Callable[[], datetime], snapshotting: Snapshotting
    ) -> None:
        self._core = exchange.core
        self._log = log
        self._wall_now = wall_now
        self._snapshotting = snapshotting
        self._writer = Writer(register(), self._name_of, keep_secret=self._keep_secret)
        self._answers: dict[Answered, Json] = {}
        self.is_busy = False
        self.sequence = 0
        """That of the last command."""

    def carry_out(
        self, name: str, run: Callable[..., Any], arguments: Sequence[object], named: Mapping[str, object]
    ) -> Any:
        """Enter a command at one instant, then `run` it."""
        self._look_at_address()
        self.is_busy = True
        at = self._core.clock.hold()
        try:
            self._enter(name, at, arguments, named)
            return run(*arguments, **named)
        finally:
            self._core.clock.let_go()
            self.is_busy = False
            self._snapshotting.after(self.sequence)

    def forget_secret(self, app_key: str) -> None:
        """An application is no more."""
        self._log.keep_secret(app_key, None)

    def keep_state(self) -> None:
        """The state was replaced as a whole: it stands for everything entered so far."""
        self._snapshotting.stop(self.sequence)

    def _enter(self, name: str, at: datetime, arguments: Sequence[object], named: Mapping[str, object]) -> None:
        if name in BRIEFS:
            arguments, named = BRIEFS[name](*arguments, **named), {}
        if APP_SECRET in named:
            self._log.keep_secret(str(arguments[0]), str(named[APP_SECRET]))
            named = {**named, APP_SECRET: Kept.SECRET}
        put = self._put
        line = [
            name,
            at,
            self._wall_now(),
            [put(one) for one in arguments],
            {key: [] if one is Kept.SECRET else put(one) for key, one in named.items()},
        ]
        self.sequence = self._log.record(orjson.dumps(line))

    def _put(self, thing: object) -> Json:
        """A thing as JSON; what a receiver answers is the same again and again, and spelled once."""
        if type(thing) is not Answered:
            return self._writer.put(thing, in_value=True)
        known = self._answers.get(thing)
        if known is None:
            if len(self._answers) >= ANSWERS_KEPT:
                self._answers.clear()
            known = self._answers[thing] = self._writer.put(thing, in_value=True)
        return known

    def _look_at_address(self) -> None:
        """The address that downloads begin with is another in every process: a command may hang on it."""
        downloads = self._core.downloads_at()
        if downloads and downloads != self._core.downloads:
            self._core.downloads = downloads
            self.is_busy = True
            self._enter("core.download_at", self._core.clock.now(), (downloads,), {})
            self.is_busy = False

    def _keep_secret(self, spec: object, secret: str) -> None:
        self._log.keep_secret(getattr(spec, "app_key", ""), secret)

    def _name_of(self, thing: object) -> str | None:
        if isinstance(thing, App):
            if self._core.app(thing.app_key) is not thing:
                raise NotPossible(f"application {thing.app_key!r} was removed; there is another one with its key")
            return f"{APP}{thing.app_key}"
        return f"{DELIVERY}{thing.delivery_id}" if isinstance(thing, Delivery) else None


class Replaying:
    """Stands in for a recorder while commands are carried out again: none of them is entered."""

    is_busy = True

    def carry_out(
        self, name: str, run: Callable[..., Any], arguments: Sequence[object], named: Mapping[str, object]
    ) -> Any:
        """Only run it."""
        del name
        return run(*arguments, **named)

    def forget_secret(self, app_key: str) -> None:
        """It was forgotten the first time."""

    def keep_state(self) -> None:
        """It was kept the first time."""


class Replay:
    """Carries entries out again, in a new exchange whose clock is held and whose journal is muted."""

    def __init__(self, exchange: Exchange, secrets: Mapping[str, str]) -> None:
        self._exchange = exchange
        self._secrets = secrets
        self._parts = parts_of(exchange)
        self._reader = Reader(register(), self._named, secret_of=self._secret_of)

    def carry_out(self, entry: Entry) -> None:
        """The same command at the same instant: what it was refused then it is refused again."""
        part, _, _ = entry.name.rpartition(".")
        method = COMMANDS.get(entry.name)
        if method is None or part not in self._parts:
            raise BadState(f"the log has a command {entry.name!r:.60}, which this version does not know. {GO_ON}")
        arguments, named = self._arguments(entry)
        self._exchange.clock.replay_at(entry.at)
        with suppress(Exception):
            method(self._parts[part], *arguments, **named)

    def _arguments(self, entry: Entry) -> tuple[list[object], dict[str, object]]:
        try:
            arguments = [self._reader.get(one) for one in entry.arguments]
            named = {name: self._reader.get(one) for name, one in entry.named.items() if one != []}
        except (Unreadable, LookupError, TypeError, ValueError, AttributeError) as wrong:
            raise BadState(f"what the log gives {entry.name} cannot be read: {wrong!s:.200}. {GO_ON}") from None
        if APP_SECRET in entry.named:
            named[APP_SECRET] = self._secrets.get(str(arguments[0]), "")
        return arguments, named

    def _named(self, name: str) -> object:
        if name.startswith(APP):
            return self._exchange.core.apps[name.removeprefix(APP)]
        delivery = self._exchange.outbox.take(name.removeprefix(DELIVERY))
        if delivery is None:
            raise Unreadable(f"there is no {name}")
        return delivery

    def _secret_of(self, spec: object) -> str:
        return self._secrets.get(str(spec["app_key"]), "") if isinstance(spec, Mapping) else ""


def read_entry(line: bytes) -> Entry:
    """An entry as it stands in a log; raises BadState."""
    try:
        name, at, wall, arguments, named = orjson.loads(line)
        return Entry(str(name), datetime.fromisoformat(at), datetime.fromisoformat(wall), list(arguments), dict(named))
    except (TypeError, ValueError) as wrong:
        raise BadState(f"the log has an entry that is none: {wrong!s:.200}. {GO_ON}") from None
