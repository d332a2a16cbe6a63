"""Judges an expectation: met, no longer possible, or not decided yet. Pure: what was seen in, findings out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from simulator.contract.send_results import send_results
from simulator.scenario.language import Expect, span
from simulator.scenario.nearest import first_difference, members_near
from simulator.scenario.scene import MISSING, Notice, SeenCall, member


class Standing(Enum):
    """How an expectation stands."""

    MET = "met"
    OPEN = "open"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One demand that is not met: what was expected, what was got, and the nearest miss (empty when there is none)."""

    standing: Standing
    expected: str
    got: str
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an expectation stands, and what is not met."""

    standing: Standing
    findings: tuple[Finding, ...] = ()


Resolve = Callable[[object], object]
"""Turns a name of the cast, a binding or a call into its number or id."""


def judge(
    expect: Expect,
    calls: Sequence[SeenCall],
    resolve: Resolve,
    *,
    final: bool,
    strict: bool = False,
    more: Sequence[Finding] = (),
) -> Verdict:
    """How `expect` stands; `final` when no more time will pass, `strict` when remarks count as failures.

    `more` is what its demands found.
    """
    findings = [finding for call in calls for finding in _about_call(expect, call, resolve)]
    findings += _batch(expect, calls)
    findings += more
    if expect.notifications == () and not final:
        findings.append(Finding(Standing.OPEN, "nothing sent", "nothing so far"))
    if strict:
        findings += [finding for call in calls for finding in _remarks(call)]
    if not findings:
        return Verdict(Standing.MET)
    broken = [finding for finding in findings if finding.standing is Standing.BROKEN]
    return Verdict(Standing.BROKEN if broken else Standing.OPEN, tuple(broken or findings))


def _about_call(expect: Expect, call: SeenCall, resolve: Resolve) -> Iterator[Finding]:
    yield from _sequence(expect, call)
    if expect.hangup_cause is not None:
        yield from _cause(expect.hangup_cause, call)
    if expect.send_result is not None:
        yield from _result(expect.send_result, call)
    yield from _delivered(expect, call)
    for notice in call.notices:
        yield from _attempts(expect, notice)
    yield from _members(expect, call, resolve)


def _sequence(expect: Expect, call: SeenCall) -> Iterator[Finding]:
    wanted, sent = expect.notifications, call.kinds
    if wanted is None or sent == wanted:
        return
    standing = Standing.OPEN if wanted[: len(sent)] == sent else Standing.BROKEN
    within = f" within {span(expect.within_seconds)}" if standing is Standing.OPEN else ""
    yield Finding(
        standing, f"{_chain(wanted)} about {call.name}{within}", _chain(sent), _sequence_miss(wanted, call, standing)
    )


def _sequence_miss(wanted: tuple[str, ...], call: SeenCall, standing: Standing) -> str:
    sent = call.kinds
    if standing is Standing.OPEN:
        return f"{wanted[len(sent)]} was not sent; {call.name} is {call.state}"
    same = next((n for n, (one, other) in enumerate(zip(wanted, sent, strict=False)) if one != other), len(wanted))
    instead = f"instead of {wanted[same]}" if same < len(wanted) else "after all that was expected"
    return f"notification {same + 1} is {sent[same]}, {instead}" if same < len(sent) else ""


def _chain(kinds: Sequence[str]) -> str:
    return " → ".join(kinds) or "nothing"


def _cause(wanted: int, call: SeenCall) -> Iterator[Finding]:
    if call.hangup_cause is None:
        yield Finding(Standing.OPEN, f"{call.name} released with {wanted}", f"{call.name} is {call.state}")
    elif call.hangup_cause != wanted:
        yield Finding(Standing.BROKEN, f"{call.name} released with {wanted}", f"released with {call.hangup_cause}")


def _result(wanted: int, sms: SeenCall) -> Iterator[Finding]:
    """What became of an SMS; while the customer is asked it may still come to what is wanted."""
    expected = f"{sms.name} ended with sendResult {_result_text(wanted)}"
    if sms.send_result is None:
        yield Finding(Standing.OPEN, expected, f"{sms.name} is {sms.state}")
    elif sms.send_result != wanted:
        got = f"ended with {_result_text(sms.send_result)}"
        yield Finding(Standing.BROKEN, expected, got)


def _result_text(code: int) -> str:
    row = send_results().get(code)
    return f"{code}, {row.en}" if row else str(code)


def _delivered(expect: Expect, call: SeenCall) -> Iterator[Finding]:
    if expect.exhausted:
        yield from _all_in(call, "exhausted", "given up after the whole schedule")
    elif isinstance(expect.acknowledged, Mapping):
        yield from _by_kind(expect.acknowledged, call)
    elif isinstance(expect.acknowledged, Sequence):
        yield from _by_kind(dict.fromkeys(expect.acknowledged, True), call, others=False)
    elif expect.acknowledged is True:
        yield from _all_in(call, "acknowledged", "acknowledged")
    elif expect.acknowledged is False:
        for notice in call.notices:
            yield from _unacknowledged(notice)


def _all_in(call: SeenCall, state: str, words: str) -> Iterator[Finding]:
    """One finding for all notifications of the call whose delivery is not in this state."""
    others = [notice for notice in call.notices if notice.state != state]
    if others:
        standing = Standing.BROKEN if any(notice.finished for notice in others) else Standing.OPEN
        got = f"{len(call.notices) - len(others)} of {len(call.notices)} {words}"
        worst = next((notice for notice in others if notice.finished), others[0])
        yield Finding(standing, f"{_chain(call.kinds)} about {call.name}, each {words}", got, worst.story)


def _by_kind(wanted: Mapping[str, bool], call: SeenCall, *, others: bool = True) -> Iterator[Finding]:
    """Acknowledged or not as it is said for each kind; what is not named must be acknowledged where `others` count."""
    for notice in call.notices:
        if not wanted.get(notice.kind, True):
            yield from _unacknowledged(notice)
        elif (others or notice.kind in wanted) and notice.state != "acknowledged":
            standing = Standing.BROKEN if notice.finished else Standing.OPEN
            yield Finding(standing, f"{notice.kind} acknowledged", notice.state, notice.story)


def _unacknowledged(notice: Notice) -> Iterator[Finding]:
    expected = f"{notice.kind} not acknowledged"
    if notice.state == "acknowledged":
        yield Finding(Standing.BROKEN, expected, "acknowledged", notice.story)
    elif not notice.tries:
        yield Finding(Standing.OPEN, expected, "no attempt has ended")


def _attempts(expect: Expect, notice: Notice) -> Iterator[Finding]:
    wanted = expect.attempts if isinstance(expect.attempts, int | None) else expect.attempts.get(notice.kind)
    if wanted is None or len(notice.tries) == wanted:
        return
    over = notice.finished or len(notice.tries) > wanted
    standing = Standing.BROKEN if over else Standing.OPEN
    yield Finding(standing, f"{notice.kind} sent {times(wanted)}", times(len(notice.tries)), notice.story)


def times(count: int) -> str:
    """So often, in words."""
    return "once" if count == 1 else f"{count} times"


def _members(expect: Expect, call: SeenCall, resolve: Resolve) -> Iterator[Finding]:
    for kind in dict.fromkeys([*expect.fields, *expect.absent]):
        notices = [notice for notice in call.notices if notice.kind == kind]
        if not notices:
            yield Finding(Standing.OPEN, f"a {kind} about {call.name}", _chain(call.kinds))
        for notice in notices:
            yield from _fields(expect, notice, resolve)
            yield from _absent(expect, notice)


def _fields(expect: Expect, notice: Notice, resolve: Resolve) -> Iterator[Finding]:
    for path, wanted in expect.fields.get(notice.kind, {}).items():
        value, got = resolve(wanted), member(notice, path)
        if not same(value, got):
            near = members_near(path, notice.record) if got is MISSING else first_difference(value, got)
            yield Finding(Standing.BROKEN, f"{notice.kind}.{path} = {value!r}", repr(got), near)


def _absent(expect: Expect, notice: Notice) -> Iterator[Finding]:
    for path in expect.absent.get(notice.kind, ()):
        got = member(notice, path)
        if got is not MISSING:
            yield Finding(Standing.BROKEN, f"{notice.kind} without {path}", f"{path} = {got!r}")


def same(wanted: Any, got: Any) -> bool:
    """Equal in value and, where it is a truth value, in type: 1 is not true."""
    return isinstance(wanted, bool) == isinstance(got, bool) and bool(wanted == got)


def _batch(expect: Expect, calls: Sequence[SeenCall]) -> Iterator[Finding]:
    kind = expect.one_batch
    if kind is None:
        return
    messages = {call.name: [n.delivery_id for n in call.notices if n.kind == kind] for call in calls}
    without = [name for name, ids in messages.items() if not ids]
    if without:
        got = f"no {kind} about {', '.join(without)}"
        yield Finding(Standing.OPEN, f"one message with the {kind} of all calls", got)
    elif len({one for ids in messages.values() for one in ids}) > 1:
        shown = ", ".join(f"{name} in message {ids[0]}" for name, ids in messages.items())
        yield Finding(Standing.BROKEN, f"one message with the {kind} of all calls", shown)


def _remarks(call: SeenCall) -> Iterator[Finding]:
    for notice in call.notices:
        for one in notice.tries:
            if one.remark:
                yield Finding(Standing.BROKEN, f"{notice.kind} answered without remark (--strict)", one.remark)
