"""Recorded notifications against the contract: members, codes, the order of calls, retries, headers, settings of the profile.

One pass, bounded memory; nothing is sent (notifications.md, README.md Defaults).
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from simulator.contract.bodies import unreadable
from simulator.contract.differences import Difference, differences
from simulator.contract.evidence import Speaks, lost_user_data, speaks_of
from simulator.contract.notifications import EVENT_TYPES, FEE
from simulator.contract.profile import Profile
from simulator.contract.recognition import ABOUT_CALLS, Message, modes_with, recognised, what_it_says
from simulator.replay.drifting.calls import MOST_CALLS, MOST_WAITING, SeenCall, SeenCalls
from simulator.replay.drifting.finding import Finding, Findings, Group, Ignored
from simulator.replay.drifting.pushing import Pushes, batch
from simulator.replay.drifting.settings import Seen, Settings, Verdict
from simulator.replay.drifting.signing import app_key, judged
from simulator.replay.recorded import Recorded

MOST_APPS = 10_000
SPREAD, AWAY = timedelta(minutes=30), timedelta(days=1)
"""How much the time of sending may move against the time told, and how far away it may be, for one clock."""
OLD_CLOCK = "requests were sent by another clock than they tell of (a virtual one?), so gaps were not judged"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a comparison: findings, settings, and how much was read."""

    requests: int
    notifications: int
    findings: Sequence[Group]
    verdicts: Sequence[Verdict]
    remarks: Sequence[str]
    ignored: int

    @property
    def is_drift(self) -> bool:
        """Whether anything is other than the contract says."""
        return bool(self.findings) or any(verdict.is_drift for verdict in self.verdicts)


@dataclass(slots=True)
class Clocks:
    """Whether requests are sent by the clock that they tell of."""

    least: timedelta | None = None
    most: timedelta | None = None

    def see(self, sent: datetime, told: datetime | None) -> None:
        """One message, and the instant that it tells of."""
        if told is None:
            return
        apart = sent.replace(tzinfo=None) - told
        self.least = apart if self.least is None else min(self.least, apart)
        self.most = apart if self.most is None else max(self.most, apart)

    @property
    def agree(self) -> bool:
        """Whether gaps between requests mean anything."""
        if self.least is None or self.most is None:
            return True
        return self.most - self.least <= SPREAD and max(abs(self.least), abs(self.most)) <= AWAY


@dataclass(slots=True)
class Drift:
    """One comparison; `mode` where all of the capture is of one mode, `ignored` what is accepted."""

    profile: Profile
    mode: str | None = None
    ignored: Ignored = field(default_factory=lambda: Ignored(()))
    calls_limit: int = MOST_CALLS
    requests: int = 0
    notifications: int = 0
    modes: OrderedDict[str, str] = field(default_factory=OrderedDict)
    """The mode of each application, learned from its CDRs."""
    findings: Findings = field(default_factory=Findings)
    settings: Settings = field(init=False)
    pushes: Pushes = field(init=False)
    calls: SeenCalls = field(init=False)
    clocks: Clocks = field(default_factory=Clocks)

    def __post_init__(self) -> None:
        """The parts that need the others."""
        self.settings = Settings(self.profile)
        self.pushes = Pushes(self.profile)
        self.calls = SeenCalls(self._found, self._over, self.calls_limit)

    def see(self, recorded: Recorded) -> None:
        """One more request of the capture."""
        self.requests += 1
        for found in judged(recorded, self.profile.push_scheme):
            self._add(found, recorded.source)
        try:
            body = orjson.loads(recorded.body)
        except orjson.JSONDecodeError as error:
            words = unreadable(recorded.body, error)
            self._found(Finding("no_json", "body", f"{recorded.body[:60]!r}", words), recorded.source)
            return
        message = recognised(body)
        if message is None:
            words = "no notification that the contract has"
            self._found(Finding("unknown_kind", "body", what_it_says(body), words), recorded.source)
            return
        self.notifications += 1
        self._message(recorded, message)

    def result(self) -> Result:
        """What came of it all; nothing more may be seen after it."""
        self.calls.end()
        for found, source in self.pushes.end():
            self._add(found, source)
        timing = self.clocks.agree
        remarks = [] if timing or not self._has_timing() else [OLD_CLOCK]
        groups = [group for group in self.findings.groups.values() if timing or not group.finding.timing]
        verdicts = list(self.settings.verdicts(timing=timing))
        kept = [group for group in groups if not self.ignored.covers(group.finding.name, group.finding.path)]
        spoken = [
            one
            for one in verdicts
            if not (one.is_drift and self.ignored.covers("setting", f"profile.{one.setting.name}"))
        ]
        hidden = len(groups) - len(kept) + len(verdicts) - len(spoken)
        kept.sort(key=lambda group: (group.finding.name, group.finding.path))
        return Result(self.requests, self.notifications, kept, spoken, remarks, hidden)

    def _has_timing(self) -> bool:
        rows = (row.seen.timing for row in self.settings.rows.values())
        return any(rows) or any(group.finding.timing for group in self.findings.groups.values())

    def _message(self, recorded: Recorded, message: Message) -> None:
        is_new, found = self.pushes.attempt(recorded, message)
        for one in found:
            self._add(one, recorded.source)
        if not is_new:
            return
        app = app_key(recorded) or message.app_key
        for told in message.told:
            self.clocks.see(recorded.at, told.at)
        if message.mode is not None and app is not None:
            self._learn(app, message.mode)
        for seen in batch(message, self.profile):
            self._add(seen, recorded.source)
        if message.kind not in ABOUT_CALLS:
            self._content(message, self._mode_of(message, app), recorded.source)
        elif message.kind == FEE:
            self._cdrs(message, app, recorded.source)
        else:
            self._event(message, app, recorded.source)

    def _event(self, message: Message, app: str | None, source: str) -> None:
        """An event; of which mode it is says the CDR of its call, so its members wait for that."""
        session_id = message.told[0].session_id
        if session_id is None:
            self._content(message, self._mode_of(message, app), source)
            return
        call = self.calls.call(session_id, app)
        self.calls.event(call, message, source)
        if self.mode or call.mode or len(call.waiting) >= MOST_WAITING:
            self._content(message, self.mode or call.mode or self._mode_of(message, app), source)
        else:
            call.waiting.append((message, source))

    def _cdrs(self, message: Message, app: str | None, source: str) -> None:
        mode = self._mode_of(message, app)
        self._content(message, mode, source)
        for told in message.told:
            if told.session_id is None:
                continue
            call = self.calls.call(told.session_id, app)
            call.mode = call.mode or message.mode or mode
            self._judge_waiting(call)
            self.calls.finish(call, told, source)

    def _over(self, call: SeenCall) -> None:
        """Nothing more can be learned of a call: its events are judged by the mode that fits them best."""
        self._judge_waiting(call)
        carried = call.cdr.user_data if call.cdr is not None else None
        if carried is not None and call.mode is not None:
            events = {EVENT_TYPES[kind]: told for kind, told in call.events.items()}
            for speaks in lost_user_data(carried, call.mode, events, self.profile):
                self._add(Seen(*speaks), call.cdr_source)

    def _judge_waiting(self, call: SeenCall) -> None:
        for message, source in call.waiting:
            self._content(message, call.mode or self._mode_of(message, call.app_key), source)
        call.waiting.clear()

    def _content(self, message: Message, mode: str, source: str) -> None:
        """The members of a message, and what each thing in it says of settings."""
        for row in differences(message.kind, mode, message.body):
            self._found(_as_finding(row, mode), source)
        for told in message.told:
            for speaks in speaks_of(message.kind, mode, told, self.profile):
                self._add(_as_seen(speaks), source)

    def _mode_of(self, message: Message, app: str | None) -> str:
        """The mode that a message is judged by: the one asked for, its own, its application's, else the best fitting."""
        known = self.mode or message.mode or (self.modes.get(app) if app is not None else None)
        possible = modes_with(message.kind)
        if known in possible:
            return str(known)
        return min(possible, key=lambda mode: len(differences(message.kind, mode, message.body)))

    def _learn(self, app: str, mode: str) -> None:
        self.modes[app] = mode
        while len(self.modes) > MOST_APPS:
            self.modes.popitem(last=False)

    def _found(self, finding: Finding, source: str) -> None:
        self.findings.add(finding, source)

    def _add(self, found: Finding | Seen, source: str) -> None:
        if isinstance(found, Finding):
            self.findings.add(found, source)
        else:
            self.settings.add(found, source)


def compare(requests: Iterable[Recorded], drift: Drift) -> Result:
    """What a capture and the contract differ in."""
    for recorded in requests:
        drift.see(recorded)
    return drift.result()


def _as_finding(row: Difference, mode: str) -> Finding:
    return Finding(row.name, row.path, row.example, f"{row.words} [{mode}]")


def _as_seen(speaks: Speaks) -> Seen:
    return Seen(speaks.setting, speaks.value, speaks.fits, speaks.example, speaks.known)


def rows_of(result: Result) -> Iterator[dict[str, object]]:
    """Every finding, then every setting, as a program reads them."""
    yield from (group.as_json() for group in result.findings)
    yield from (
        {"finding": "setting", "path": f"profile.{one.setting.name}", **one.as_json()} for one in result.verdicts
    )
