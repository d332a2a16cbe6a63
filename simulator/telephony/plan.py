"""What will happen to a call, step by step, unless something comes between: a function of route, wish and timing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from difflib import get_close_matches
from typing import NamedTuple

from simulator.telephony.commands.calls import Dial
from simulator.telephony.errors import NotPossible
from simulator.telephony.events import CallEventKind
from simulator.telephony.numbering import NumberKind, kind_of
from simulator.telephony.release import (
    CALLER_HUNG_UP_BEFORE_RINGING,
    CALLER_HUNG_UP_WHILE_RINGING,
    CARRIER_INTERCEPTION,
    MAXIMUM_DURATION,
    PLATFORM_RING_TIMEOUT,
    Release,
    Stage,
)
from simulator.telephony.routing import Route

LONGEST_SECONDS = 30 * 86400
"""No call is played longer: the simulator's own limit."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row of schemas/codes/outcomes.json: how far the call comes, its cause, and how long things take by default."""

    name: str
    cause: int
    rings_seconds: float = 0
    talks_seconds: float = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the network takes, in seconds, and what it does to numbers that are none; from the profile."""

    forward_delay: float
    alerting_delay: float
    ring_limit: float
    malformed_callee_cause: int
    carrier_interception_cause: int | None = None
    collect_seconds: float = 0.0
    """How long one try at keying an extension takes (AXE)."""
    silent_tries_told: bool = False
    """Whether a try at which nothing was keyed counts as an event (AXE)."""


class Step(NamedTuple):
    """After so long from the dialling, this happens."""

    after: timedelta
    kind: CallEventKind
    release: Release | None = None
    digits: str | None = None


@dataclass(frozen=True, slots=True)
class Tables:
    """The data that plans follow: outcomes by name, releases by hangup cause."""

    outcomes: Mapping[str, Outcome]
    releases: Mapping[int, Release]

    def outcome(self, name: str) -> Outcome:
        """The outcome of this name; raises NotPossible with the nearest ones."""
        if name in self.outcomes:
            return self.outcomes[name]
        near = get_close_matches(name, self.outcomes, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise NotPossible(f"no outcome {name!r}; {hint}possible: {', '.join(self.outcomes)}")

    def release(self, cause: int) -> Release:
        """The codes that go with a hangup cause; raises NotPossible."""
        if cause in self.releases:
            return self.releases[cause]
        near = get_close_matches(str(cause), [str(known) for known in self.releases], 1)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise NotPossible(f"no hangup cause {cause}{hint}")


def plan_call(dial: Dial, route: Route, timing: Timing, tables: Tables) -> tuple[Step, ...]:
    """The steps of a call from its dialling to its release; raises NotPossible where the wish contradicts itself.

    A forced hangup cause beats routing; a route that goes nowhere beats the outcome.
    """
    release, rings, talks = _wish(dial, route, timing, tables)
    if release.stage in (Stage.RINGING, Stage.TALKING) and rings >= timing.ring_limit:
        release = _too_long(dial, rings, timing, tables)
    return _steps(release, route, timing, rings, talks)


def _wish(dial: Dial, route: Route, timing: Timing, tables: Tables) -> tuple[Release, float, float]:
    """The release, and how long it rings and is talked."""
    outcome = tables.outcome(dial.outcome)
    rings = outcome.rings_seconds if dial.rings_seconds is None else dial.rings_seconds
    talks = outcome.talks_seconds if dial.talks_seconds is None else dial.talks_seconds
    if not (0 <= rings <= LONGEST_SECONDS and 0 <= talks <= LONGEST_SECONDS):
        raise NotPossible(f"a call cannot ring {rings:g} s and talk {talks:g} s; each is from 0 to {LONGEST_SECONDS}")
    if dial.hangup_cause is not None:
        return tables.release(dial.hangup_cause), rings, talks
    if route.refusal is not None:
        release = tables.release(route.refusal)
        return release if route.destination else replace(release, stage=Stage.ARRIVAL), rings, talks
    if timing.carrier_interception_cause is not None and _offends_carriers(route):
        release = tables.release(timing.carrier_interception_cause)
        return replace(release, disconnect_point=CARRIER_INTERCEPTION), rings, talks
    if route.destination is not None and kind_of(route.destination) is NumberKind.MALFORMED:
        return tables.release(timing.malformed_callee_cause), rings, talks
    if outcome.cause == CALLER_HUNG_UP_WHILE_RINGING and rings == 0:
        return tables.release(CALLER_HUNG_UP_BEFORE_RINGING), rings, talks
    if outcome.name == "answered" and route.max_seconds is not None and talks >= route.max_seconds:
        return tables.release(MAXIMUM_DURATION), rings, route.max_seconds
    return tables.release(outcome.cause), rings, talks


def _offends_carriers(route: Route) -> bool:
    """Recorded without saying so, or showing a number that it must not (notifications.md 3.4, 8059)."""
    return route.foreign_display or (route.record and route.record_tone is None)


def _too_long(dial: Dial, rings: float, timing: Timing, tables: Tables) -> Release:
    """The platform gives a ringing call up after its limit: only an unanswered call can ring that long."""
    if dial.outcome != "no_answer" and dial.hangup_cause != PLATFORM_RING_TIMEOUT:
        raise NotPossible(
            f"the platform gives up after {timing.ring_limit:g} s of ringing, so a call that rings {rings:g} s "
            f"cannot be {dial.outcome if dial.hangup_cause is None else f'released with {dial.hangup_cause}'}; "
            "let it ring less, or play outcome no_answer"
        )
    return tables.release(PLATFORM_RING_TIMEOUT)


def _steps(release: Release, route: Route, timing: Timing, rings: float, talks: float) -> tuple[Step, ...]:
    arrived = len(route.collected) * timing.collect_seconds + route.prompt_seconds
    forwarded = arrived + timing.forward_delay
    alerting = forwarded + timing.alerting_delay
    ringing_ends = alerting + rings
    if release.cause == PLATFORM_RING_TIMEOUT:
        ringing_ends = max(alerting, forwarded + timing.ring_limit)
    reached = {
        Stage.ARRIVAL: arrived,
        Stage.FORWARDED: alerting,
        Stage.RINGING: ringing_ends,
        Stage.TALKING: ringing_ends + talks,
    }
    marks = ((CallEventKind.DIALLED, 0.0), (CallEventKind.FORWARDED, forwarded), (CallEventKind.ALERTED, alerting),
             (CallEventKind.ANSWERED, ringing_ends))  # fmt: skip
    passed = marks[: 1 + list(Stage).index(release.stage)]
    dialled, *steps = (Step(timedelta(seconds=after), kind) for kind, after in passed)
    keyed = _keyed(route, timing)
    return (dialled, *keyed, *steps, Step(timedelta(seconds=reached[release.stage]), CallEventKind.RELEASED, release))


def _keyed(route: Route, timing: Timing) -> list[Step]:
    """The tries at keying an extension, one after the other (notifications.md 2.3)."""
    return [
        Step(timedelta(seconds=count * timing.collect_seconds), CallEventKind.COLLECTED, digits=digits)
        for count, digits in enumerate(route.collected, 1)
        if digits or timing.silent_tries_told
    ]
