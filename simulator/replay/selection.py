"""Which of the recorded requests are sent again.

Kind, time and attempt choose single requests; mode, cause, number and call choose whole calls: of a call that ended with
a cause, everything that was told of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from simulator.contract.reading import Reading, modes_of, read
from simulator.replay.recorded import Recorded
from simulator.replay.spool import Spool

ATTEMPTS = ("all", "first", "last")
HOME = "+86"
POST = "POST"
"""How notifications are sent; what else went to a receiver, such as a probe of its health, is none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; what is empty or None leaves nothing out."""

    modes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    causes: frozenset[int] = frozenset()
    numbers: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    attempts: str = "all"

    @property
    def chooses_calls(self) -> bool:
        """Whether it asks for something that only a part of what is told of a call says."""
        return bool(self.modes or self.causes or self.numbers)


def chosen(requests: Iterable[Recorded], wanted: Wanted, spool: Spool) -> Spool:
    """The requests that are wanted, sorted, in `spool`."""
    whole = Wanted(calls=wanted.calls) if wanted.chooses_calls else wanted
    judges = whole != Wanted(attempts=whole.attempts)
    for recorded in requests:
        if recorded.method != POST:
            continue
        if not judges or _is_wanted(recorded, read(recorded.body), whole):
            spool.add(recorded)
    spool.sort()
    if wanted.chooses_calls:
        spool.leave_only(_of_calls(spool, wanted))
    if wanted.attempts != "all":
        spool.leave_only(_of_attempts(spool, wanted.attempts))
    return spool


def _is_wanted(recorded: Recorded, told: Reading, wanted: Wanted) -> bool:
    """Whether a request is wanted by what it says itself."""
    return (
        (not wanted.events or told.event in wanted.events)
        and (not wanted.calls or not wanted.calls.isdisjoint(told.about_ids))
        and (wanted.since is None or recorded.at >= wanted.since)
        and (wanted.until is None or recorded.at <= wanted.until)
    )


def _of_calls(spool: Spool, wanted: Wanted) -> bytearray:
    """Which requests tell of a call, SMS or X number that something wanted is told of."""
    found = _Calls(wanted)
    for recorded in spool:
        found.note(read(recorded.body), recorded.body)
    flags = spool.flags()
    for number, recorded in spool.numbered():
        told = read(recorded.body)
        flags[number] = _is_wanted(recorded, told, wanted) and found.has(told)
    return flags


class _Calls:
    """What is known of every call: whether its cause and number are wanted, and which modes it may be of."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._numbers = {form for number in wanted.numbers for form in _forms(number)}
        self._causes: set[str] = set()
        self._with_number: set[str] = set()
        self._modes: dict[str, frozenset[str]] = {}

    def note(self, told: Reading, body: bytes) -> None:
        """One more notification."""
        if self._wanted.causes.intersection(told.causes):
            self._causes.update(told.about_ids)
        if self._numbers.intersection(told.numbers):
            self._with_number.update(told.about_ids)
        if self._wanted.modes and told.kind:
            modes = frozenset(modes_of(body))
            for about_id in told.about_ids:
                self._modes[about_id] = self._modes.get(about_id, modes) & modes or modes

    def has(self, told: Reading) -> bool:
        """Whether one of the calls that are told of is wanted."""
        return any(self._has(about_id) for about_id in told.about_ids)

    def _has(self, about_id: str) -> bool:
        wanted = self._wanted
        return (
            (not wanted.causes or about_id in self._causes)
            and (not wanted.numbers or about_id in self._with_number)
            and (not wanted.modes or not wanted.modes.isdisjoint(self._modes.get(about_id, ())))
        )


def _forms(number: str) -> Iterator[str]:
    """A number as it may be written: with its country code or without."""
    yield number
    yield number.removeprefix(HOME) if number.startswith(HOME) else f"{HOME}{number}"


def _of_attempts(spool: Spool, which: str) -> bytearray:
    """The first or the last attempt of each message."""
    kept: dict[bytes, int] = {}
    for number, recorded in spool.numbered():
        key = message_key(recorded)
        if which == "last" or key not in kept:
            kept[key] = number
    flags = spool.flags()
    for number in kept.values():
        flags[number] = 1
    return flags


def message_key(recorded: Recorded) -> bytes:
    """What the attempts of one message have in common: the id that the source has for it, else the very body."""
    known = recorded.notification_id
    return blake2b(known.encode() if known else recorded.body, digest_size=8).digest()
