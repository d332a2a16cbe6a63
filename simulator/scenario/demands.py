"""Judges what an expectation demands beyond what was sent about one call: how often, never, by when, in which order. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from simulator.contract.operations import Operation
from simulator.scenario.customer_language import Demands, Wanted
from simulator.scenario.language import span
from simulator.scenario.scene import Notice, SeenCall
from simulator.scenario.verdict import Finding, Resolve, Standing, times
from simulator.scenario.wanting import Came, answer_findings, count_finding
from simulator.scenario.witness import Reaction, Request

ONLY_AT_THE_END = "nothing so far"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen besides the calls: the instants, what the customer did, and every call that is named."""

    step_at: datetime
    now: datetime
    resolve: Resolve
    reaction: Callable[[str, int], Reaction | None]
    requests: Sequence[Request]
    operations: Mapping[str, Operation]
    named: Mapping[str, SeenCall]


def demand_findings(demands: Demands, calls: Sequence[SeenCall], sight: Sight, *, final: bool) -> list[Finding]:
    """What is not met; `final` when no more time will pass."""
    findings: list[Finding] = []
    for call in calls:
        findings += _count(demands, call, final=final)
        findings += _never(demands, call, final=final)
        findings += _by(demands, call, sight)
        findings += _answers(demands, call, sight)
    findings += _in_order(demands, sight)
    for asking in demands.asked:
        operation = sight.operations[asking.operation]
        findings += count_finding(asking, operation, sight.requests, sight.resolve)
        if asking.count == 0 and not final:
            findings.append(Finding(Standing.OPEN, f"no {asking.operation}", ONLY_AT_THE_END))
    return findings


def _count(demands: Demands, call: SeenCall, *, final: bool) -> Iterator[Finding]:
    for kind, wanted in demands.count.items():
        got = call.kinds.count(kind)
        if got != wanted or (wanted == 0 and not final):
            often = "never" if wanted == 0 else times(wanted)
            standing = Standing.BROKEN if got > wanted else Standing.OPEN
            yield Finding(standing, f"{kind} about {call.name} {often}", _often(got), _all_sent(call))


def _never(demands: Demands, call: SeenCall, *, final: bool) -> Iterator[Finding]:
    for kind in demands.never:
        sent = next((notice for notice in call.notices if notice.kind == kind), None)
        if sent is not None:
            got = f"sent at {_clock(sent.sent_at)}"
            yield Finding(Standing.BROKEN, f"no {kind} about {call.name}", got, sent.story)
        elif not final:
            yield Finding(Standing.OPEN, f"no {kind} about {call.name}", ONLY_AT_THE_END)


def _by(demands: Demands, call: SeenCall, sight: Sight) -> Iterator[Finding]:
    since = sight.step_at if demands.since_step else call.began_at or sight.step_at
    what = "this step" if demands.since_step else call.name
    for kind, seconds in demands.by.items():
        limit = since + timedelta(seconds=seconds)
        expected = f"{kind} sent at most {span(seconds)} after {what} began, by {_clock(limit)}"
        sent = next((notice for notice in call.notices if notice.kind == kind), None)
        if sent is None:
            standing = Standing.BROKEN if sight.now > limit else Standing.OPEN
            yield Finding(standing, expected, f"no {kind} until {_clock(sight.now)}", _all_sent(call))
        elif sent.sent_at is not None and sent.sent_at > limit:
            late = span(round((sent.sent_at - since).total_seconds(), 3))
            yield Finding(Standing.BROKEN, expected, f"sent at {_clock(sent.sent_at)}, after {late}", sent.story)


def _answers(demands: Demands, call: SeenCall, sight: Sight) -> Iterator[Finding]:
    for kind, wanted in demands.answers.items():
        told = [notice for notice in call.notices if notice.kind == kind]
        if not told:
            yield Finding(Standing.OPEN, f"an answer to {kind} about {call.name}", f"no {kind}", _all_sent(call))
        for notice in told:
            yield from _answer(wanted, notice, sight)


def _answer(wanted: Wanted, notice: Notice, sight: Sight) -> Iterator[Finding]:
    number = wanted.attempt or (notice.tries[-1].number if notice.tries else 1)
    reaction = sight.reaction(notice.delivery_id, number)
    open_still = Standing.BROKEN if notice.finished else Standing.OPEN
    if reaction is None:
        yield Finding(open_still, f"an answer to attempt {number} of {notice.kind}", "no such attempt", notice.story)
        return
    what = f"{notice.kind}, attempt {number}," if wanted.attempt else notice.kind
    failure = "" if reaction.status is not None else reaction.reason
    came = Came(what, reaction.status, reaction.body, reaction.wall_seconds, failure)
    findings = answer_findings(wanted, came, sight.resolve)
    if wanted.acknowledged is not None and wanted.acknowledged != reaction.acknowledged:
        word = "acknowledged" if wanted.acknowledged else "not acknowledged"
        findings.append(Finding(Standing.BROKEN, f"{what} {word}", reaction.reason))
    standing = Standing.BROKEN if wanted.attempt else open_still
    yield from (replace(one, standing=standing) for one in findings)


def _in_order(demands: Demands, sight: Sight) -> Iterator[Finding]:
    if not demands.in_order:
        return
    places = [(f"{name}.{kind}", _place(sight.named[name], kind)) for name, kind in demands.in_order]
    expected = " before ".join(name for name, _ in places)
    missing = [name for name, place in places if place is None]
    known = sorted((place, name) for name, place in places if place is not None)
    got = " before ".join(name for _, name in known) or "none of them"
    if [name for _, name in known] != [name for name, place in places if place is not None]:
        yield Finding(Standing.BROKEN, expected, got, f"without {', '.join(missing)}" if missing else "")
    elif missing:
        standing = Standing.BROKEN if places[-1][1] is not None else Standing.OPEN
        yield Finding(standing, expected, got, f"not sent: {', '.join(missing)}")


def _place(call: SeenCall, kind: str) -> int | None:
    return next((notice.order for notice in call.notices if notice.kind == kind), None)


def _often(count: int) -> str:
    return times(count) if count else "never"


def _all_sent(call: SeenCall) -> str:
    """Everything that was sent about a call with its instants; long ones are cut in the middle."""
    sent = [f"{notice.kind} {_clock(notice.sent_at)}" for notice in call.notices]
    shown = sent if len(sent) <= 12 else [*sent[:6], f"… {len(sent) - 12} more …", *sent[-6:]]
    return f"about {call.name} were sent: {', '.join(shown)}" if sent else f"nothing was sent about {call.name}"


def _clock(at: datetime | None) -> str:
    return "no time" if at is None else f"{at:%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"
