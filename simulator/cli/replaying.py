"""What `pnsim replay` does with what it is asked: sources read, requests chosen, signed again, sent, answers compared."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from tempfile import gettempdir

import click

from simulator.app import nonces
from simulator.cli.endings import UNLOADABLE
from simulator.cli.staging import chosen_app
from simulator.clock import wall
from simulator.config import Config
from simulator.config.demo import DEMO_APPS, demo_app
from simulator.config.values import AppOptions
from simulator.contract.profile import Profile
from simulator.contract.reading import Reading, read
from simulator.contract.renewing import Renewal
from simulator.delivery.outcome import Answered, Result, Unanswered
from simulator.emitter.signing import Headers, Signer
from simulator.exchange.apps import App
from simulator.load.ceiling import ON_LOOPBACK, TooMuch, ceiling_of, check
from simulator.outbound.answer import Answer
from simulator.outbound.gate import Gate
from simulator.outbound.target import Target, parse_target
from simulator.outbound.transport import Transport
from simulator.replay import importers
from simulator.replay.addressing import Addresses, Unaddressed, kept_headers, signed_again, signer_key
from simulator.replay.comparing import Difference, differences, recorded_result, verdict
from simulator.replay.recorded import Recorded
from simulator.replay.replacing import Replacing
from simulator.replay.selection import Wanted, chosen, message_key
from simulator.replay.sending import Course, Parcel, Sender
from simulator.replay.spool import Spool
from simulator.replay.timing import RATE, Pace, Timing
from simulator.scenario.judging import PATHS
from simulator.specs import make_spec, profile_in_force

TARGETS_KEPT = 256
MOST_APPLICATIONS = 1000
DEFAULT_MODE = "AXB"


class Unloadable(click.ClickException):
    """A source that cannot be replayed; the sentence says where and why."""

    exit_code = UNLOADABLE


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says, beside what is chosen and how fast."""

    source: Path
    receiver: str | None
    app: str | None
    secret: str | None
    mode: str | None
    keep_signature: bool
    renew: bool
    lanes: int
    timeout: float | None
    allow_more: bool
    replacements: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Counts:
    """What became of the requests."""

    answered: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    compared: int = 0
    different: int = 0


class Seen:
    """How many requests a source had, counted while they are read."""

    def __init__(self) -> None:
        self.count = 0

    def counted(self, requests: Iterable[Recorded]) -> Iterator[Recorded]:
        """The same requests."""
        for recorded in requests:
            self.count += 1
            yield recorded


@contextmanager
def chosen_of(source: Path, wanted: Wanted, seen: Seen) -> Iterator[Spool]:
    """The wanted requests of a source, in their order. Raises Unloadable."""
    with Spool() as spool:
        _fill(spool, source, wanted, seen)
        yield spool


def _fill(spool: Spool, source: Path, wanted: Wanted, seen: Seen) -> None:
    try:
        chosen(seen.counted(importers.read(source)), wanted, spool)
    except importers.BadSource as bad:
        raise Unloadable(str(bad)) from None
    except OSError as full:
        where = f"the sorted copy of {source} cannot be kept in {gettempdir()}"
        raise Unloadable(f"{where}: {full.strerror}; TMPDIR names another folder") from None


class Signers:
    """Whose secret signs a request: that of `--app`, else of the application that the recording names."""

    def __init__(self, asked: Asked, config: Config) -> None:
        self._asked, self._config = asked, config
        self._signer = Signer(wall.utc_now, nonces().__next__)
        self._apps: dict[str | None, App | None] = {}
        self._unnamed: str | None = None
        self._default = profile_in_force(config)

    @property
    def names(self) -> list[str]:
        """The applications that sign, once they are known."""
        return sorted({app.app_key for app in self._apps.values() if app is not None})

    def learn(self, keys: Mapping[str | None, str]) -> None:
        """Find every application by its key, before the first request goes; each with the place that names it.

        Raises UsageError for one without a secret.
        """
        self._unnamed = next((key for key in keys if key is not None), None)
        for key, source in keys.items():
            self._apps[key] = self._app(key if key is not None else self._unnamed, source)

    def profile(self, recorded: Recorded, told: Reading) -> Profile:
        """The profile by which answers are judged."""
        app = self._apps.get(signer_key(recorded, told))
        return app.profile if app else self._default

    def headers(self, recorded: Recorded, told: Reading) -> Headers:
        """The headers it is sent with."""
        app = self._apps.get(signer_key(recorded, told))
        if self._asked.keep_signature or app is None:
            return kept_headers(recorded)
        return signed_again(recorded, lambda: self._signer.headers(app)[0])

    def _app(self, recorded_key: str | None, source: str) -> App | None:
        options = self._options(recorded_key, source)
        return None if options is None else App(make_spec(options, self._config, "apps", lambda _: False))

    def _options(self, recorded_key: str | None, source: str) -> AppOptions | None:
        asked, known = self._asked, {app.app_key: app for app in (*DEMO_APPS, *self._config.apps)}
        key = asked.app or recorded_key
        if asked.secret is not None:
            base = known.get(key or "", demo_app(asked.mode or DEFAULT_MODE))
            return replace(base, app_key=key or base.app_key, app_secret=asked.secret)
        if key is None:
            return chosen_app(self._config, None, asked.mode or DEFAULT_MODE)
        if key not in known and not asked.keep_signature:
            raise click.UsageError(_no_secret(key, list(known), source, was_asked=asked.app is not None))
        return known.get(key)


def _no_secret(key: str, known: list[str], source: str, *, was_asked: bool) -> str:
    near = get_close_matches(key, known, 1)
    hint = f" did you mean {near[0]!r}?" if near else ""
    if was_asked:
        return f"no application {key!r} has a secret here;{hint} give --secret, or configure it under [[apps]]"
    return (
        f"{source} is of application {key!r}, whose secret is not known here;{hint} configure it under [[apps]], "
        "sign with another by --app KEY --secret SECRET, or send what was recorded with --keep-signature"
    )


class Replay:
    """One replay, ready to go."""

    def __init__(self, asked: Asked, config: Config, spool: Spool, timing: Timing) -> None:
        self._asked, self._config, self._spool, self._timing = asked, config, spool, timing
        self.signers = Signers(asked, config)
        self.addresses = Addresses(asked.receiver, PATHS)
        self._replacing = Replacing(asked.replacements)
        self.signers.learn(self._keys())
        self.pace = Pace(timing)
        self.counts = Counts()
        shift = wall.utc_now() - spool.first_at()
        self.renewal = Renewal(shift, bytes.fromhex(next(nonces()))) if asked.renew else None
        self._targets: OrderedDict[str, Target] = OrderedDict()

    def _keys(self) -> Mapping[str | None, str]:
        """Whose the requests are, each with a place that says so. Raises Unloadable where one has nowhere to go."""
        keys: dict[str | None, str] = {}
        for recorded in self._spool:
            told = read(self._replacing.body(recorded.body))
            keys.setdefault(signer_key(recorded, told), recorded.source)
            if len(keys) > MOST_APPLICATIONS:
                raise click.UsageError(f"more than {MOST_APPLICATIONS} applications in one source; choose some of it")
            try:
                self.addresses.of(recorded, told)
            except Unaddressed as nowhere:
                raise Unloadable(str(nowhere)) from None
        for text in self._replacing.unused:
            raise click.UsageError(
                f"--replace: no text in these requests is {text!r:.60}, so there is nothing to replace"
            )
        return keys

    def parcels(self) -> Iterator[Parcel]:
        """The requests in their order."""
        for recorded in self._spool:
            body = self._replacing.body(recorded.body)
            told = read(body)
            url = self.addresses.of(recorded, told)
            body = self.renewal.body(body) if self.renewal else body
            chains = (*told.about_ids, message_key(recorded))
            yield Parcel(recorded, told, url, lambda r=recorded, t=told: self.signers.headers(r, t), body, chains)  # type: ignore[misc]  # bound now

    async def send(self, differs: Callable[[Difference], None]) -> Course:
        """Send them all; `differs` is told of every answer that is another one."""
        gate = self._gate()
        await self._check_ceiling()
        transport = Transport(gate, connections_per_receiver=self._asked.lanes)

        async def post(parcel: Parcel) -> Result:
            return await self._post(transport, parcel)

        try:
            sender = Sender(
                post, lambda parcel, result: self._ended(parcel, result, differs), wall.monotonic, wall.sleep
            )
            return await sender.send(self.parcels(), self._timing, self.pace, self._asked.lanes)
        finally:
            await transport.close()

    def _gate(self) -> Gate:
        gate = Gate()
        for url in self._declared():
            gate.declare(url)
        return gate

    def _declared(self) -> list[str]:
        """The receivers that somebody named: here, or in the configuration."""
        if self._asked.receiver is not None:
            return [self._asked.receiver]
        return [url for app in self._config.apps for url in app.receivers.values()]

    async def _check_ceiling(self) -> None:
        """Raises UsageError where another machine would get more than its owner may want."""
        if self._asked.allow_more:
            return
        for url in self._declared():
            try:
                ceiling = await ceiling_of(url)
                if self._timing.kind == RATE:
                    check(ceiling, url, self._timing.per_second, len(self._spool) / self._timing.per_second)
            except TooMuch as much:
                raise click.UsageError(str(much)) from None
            except OSError:
                continue  # the first request says so
            if ceiling is not ON_LOOPBACK and not (self._timing.waits and self._timing.speed <= 1):
                raise click.UsageError(
                    f"this is faster than it was recorded, and {url} is on another machine: say with --allow-more that it "
                    "is yours and may get it, or give --rate"
                )

    async def _post(self, transport: Transport, parcel: Parcel) -> Result:
        seconds = self._asked.timeout or self.signers.profile(parcel.recorded, parcel.told).answer_timeout_seconds
        try:
            answer = await transport.post(self._target(parcel.url), parcel.headers(), parcel.body, timeout=seconds)
        except ValueError as unsendable:
            return Unanswered("unsendable", str(unsendable))
        return Answered(*answer) if isinstance(answer, Answer) else Unanswered(answer.kind.value, answer.detail)

    def _target(self, url: str) -> Target:
        target = self._targets.get(url)
        if target is None:
            if len(self._targets) >= TARGETS_KEPT:
                self._targets.popitem(last=False)
            # what a recording names is declared only where its host was: the gate knows those
            target = self._targets[url] = parse_target(url, declared=self._asked.receiver is not None)
        return target

    def _ended(self, parcel: Parcel, result: Result, differs: Callable[[Difference], None]) -> None:
        counts, told = self.counts, parcel.told
        profile = self.signers.profile(parcel.recorded, told)
        counts.answered += isinstance(result, Answered)
        counts.unanswered += isinstance(result, Unanswered)
        counts.acknowledged += verdict(told, result, profile).acknowledged
        then = recorded_result(replace(parcel.recorded, answer=self._replacing.body(parcel.recorded.answer)))
        if then is None:
            return
        counts.compared += 1
        what = differences(told, then, result, profile)
        if what:
            counts.different += 1
            about = ", ".join(told.about_ids[:3]) or "-"
            differs(Difference(parcel.recorded.source, told.event, about, parcel.url, what))
