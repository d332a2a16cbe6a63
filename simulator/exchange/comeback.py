"""An exchange comes back after its process ended: the last state, the commands after it, then the time that passed.

Played again, commands give the same exchange, for they are all that changes it: the clock stands at the instant of each,
ids and dice come from counters that are state, secrets from the log. Then semantics 8: what was on its way has failed as of
its start, of overdue retries one attempt is made, what fell due meanwhile happens at its own instant.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.exchange.apps import App, AppSpec
from simulator.exchange.entries import DOWNLOADS_KEY, Recording, Replay, Replaying, Tokens, read_entry
from simulator.exchange.exchange import Exchange
from simulator.exchange.snapshots import FORM, GO_ON, BadState, check_form, restore, snapshot
from simulator.exchange.snapshotting import EVERY, Snapshotting
from simulator.store.log import Log
from simulator.telephony.errors import NotPossible

BEGINNINGS = ("clockwork.begin", "clockwork.come_back")
"""Commands whose last argument is the form of what follows."""

NUMBERS = "numbers"
FIXED = ("app_key", "mode", NUMBERS)
"""Members of an application that a change of its configuration does not change: numbers are added."""


@dataclass(frozen=True, slots=True)
class Configured:
    """An application as the configuration has it: what that says of each member, and what makes a spec when one is needed."""

    app_key: str
    table: Mapping[str, str]
    spec: Callable[[], AppSpec]


@dataclass(frozen=True, slots=True)
class Applied:
    """What the configuration changed of an application that a journal brought back; without members: it is new there."""

    app_key: str
    members: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back: how many commands were played again, and from which instant to which the clock has gone.

    `applied` is what the configuration changed of it; `left` are applications that a configuration once had, and this has not.
    """

    recording: Recording
    snapshotting: Snapshotting
    is_new: bool
    played: int
    since: datetime
    until: datetime
    applied: Sequence[Applied] = ()
    left: Sequence[str] = ()

    def stop(self) -> None:
        """The exchange stops: its state is kept, so that nothing is left to be played again."""
        self.snapshotting.stop(self.recording.sequence)


def bring_back(
    exchange: Exchange,
    log: Log,
    wall_now: Callable[[], datetime],
    configured: Sequence[Configured] = (),
    *,
    every: int = EVERY,
    in_child: bool = True,
) -> Returned:
    """Make a new exchange what the log says, let pass what has passed, and enter its commands from now on.

    Raises BadState where the log is of another form, NotPossible where the configuration contradicts it.
    """
    tokens = exchange.core.token = Tokens(exchange.core, _key(exchange, log))
    sequence, played, wall = _play(exchange, log)
    taking = Snapshotting(lambda: snapshot(exchange, wall_now()), log.keep_snapshot, every=every, in_child=in_child)
    taking.begin(sequence - played)
    recording = Recording(exchange, log, wall_now, taking)
    recording.sequence = sequence
    exchange.core.recorder = recording
    since = exchange.clock.now()
    if wall is None:
        exchange.clockwork.begin(exchange.core.ids.seed, since, exchange.clock.scale, FORM)
    else:
        _catch_up(exchange, since, max(wall_now() - wall, timedelta()))
    had = tuple(exchange.core.configured)
    applied = [done for one in configured if (done := _apply(exchange, one, tokens.sign)) is not None]
    left = sorted({*had} - {one.app_key for one in configured})
    return Returned(recording, taking, wall is None, played, since, exchange.clock.now(), applied, left)


def _key(exchange: Exchange, log: Log) -> str:
    """What download addresses and fingerprints are made from: drawn once, a secret of the log."""
    key = log.secrets().get(DOWNLOADS_KEY)
    if key is None:
        key = exchange.core.token()
        log.keep_secret(DOWNLOADS_KEY, key)
    return key


def _play(exchange: Exchange, log: Log) -> tuple[int, int, datetime | None]:
    """The last state and what came after it: the last sequence, how many were played, and the wall time of the last."""
    secrets, kept, wall = log.secrets(), log.snapshot(), None
    sequence = played = 0
    if kept is not None:
        sequence = kept[0]
        wall = restore(exchange, kept[1], secrets)
    replay = Replay(exchange, secrets)
    exchange.core.recorder, exchange.journal.is_muted = Replaying(), True
    try:
        for number, line in log.entries(sequence):
            if number != sequence + 1:
                raise BadState(
                    f"the log goes from command {sequence} to {number}: what is between them is missing. {GO_ON}"
                )
            entry = read_entry(line)
            if entry.name in BEGINNINGS:
                check_form(entry.arguments[-1])
            replay.carry_out(entry)
            sequence, played, wall = number, played + 1, entry.wall
    finally:
        exchange.core.recorder, exchange.journal.is_muted = None, False
        exchange.clock.restart(exchange.clock.now(), exchange.clock.scale)
    return sequence, played, wall


def _catch_up(exchange: Exchange, since: datetime, passed: timedelta) -> None:
    """A running clock has gone on at scale 1, a standing one has stood; what fell due happens at its own instant."""
    core, clockwork = exchange.core, exchange.clockwork
    scale = exchange.clock.scale if core.resumes is None else core.resumes
    until = max(since, core.until or since) + (passed if scale else timedelta())
    clockwork.come_back(until, FORM)
    while (earliest := exchange.deadlines.earliest()) is not None and earliest <= until:
        clockwork.jump(max(earliest, exchange.clock.now()))
        exchange.now()
    clockwork.jump(until)
    clockwork.go_on()


def _apply(exchange: Exchange, one: Configured, sign: Callable[[str], str]) -> Applied | None:
    """An application of the configuration: new, unchanged since it was applied, or changed in some members.

    What was changed at run time stays where the configuration says of that what it said before. The fingerprints are of
    every member, the secret too; nobody can try secrets out on them without the log's key.
    """
    app, known = exchange.app(one.app_key), exchange.core.configured.get(one.app_key, "").split()
    said = {name: f"{name}:{sign(f'{name} {text}')}" for name, text in one.table.items()}
    members = [name for name, fingerprint in said.items() if fingerprint not in known]
    if app is not None and not members:
        return None
    spec = one.spec()
    if app is None:
        exchange.add_app(spec)
    else:
        _change(exchange, app, spec, members)
    exchange.clockwork.apply_configuration(one.app_key, " ".join(said.values()))
    return Applied(one.app_key, () if app is None else members)


def _change(exchange: Exchange, app: App, spec: AppSpec, members: Sequence[str]) -> None:
    if app.mode != spec.mode:
        raise NotPossible(
            f"application {app.app_key!r} is of mode {app.mode} in the journal and of mode {spec.mode} in the configuration; "
            "the mode of an application cannot change: give it another app key, or start with another journal"
        )
    if NUMBERS in members:
        exchange.add_numbers(app.app_key, spec.numbers)
    exchange.change_app(app.app_key, **{name: getattr(spec, name) for name in members if name not in FIXED})
