"""A first draft of a scenario from recorded notifications: who took part, what was bound, what happened, what was told.

What the notifications cannot tell (who hung up, why nobody was bound) stands beside it as a comment.
"""

from collections.abc import Iterable, Iterator, Mapping

from simulator.contract.messages import BLOCK
from simulator.contract.modes import mode_rows
from simulator.contract.network import call_tables
from simulator.contract.notifications import EVENT_TYPES, FEE
from simulator.contract.retelling import outcome_of
from simulator.replay.drafting.binding import AREA, Way, steps_for, way_of
from simulator.replay.drafting.cast import Cast
from simulator.replay.drafting.messages import NORMAL_STATUS, number_steps, sms_steps
from simulator.replay.drafting.sheet import Draft
from simulator.replay.drafting.subjects import CallTold, NumbersTold, SmsTold, Subject, Subjects, in_order
from simulator.replay.drafting.writing import Step, lines_of, value_of
from simulator.replay.recorded import Recorded
from simulator.telephony.events import CallEventKind
from simulator.telephony.release import (
    CALLEE_BUSY,
    CALLEE_REJECTED,
    NO_BINDING,
    NORMAL,
    PLATFORM_RING_TIMEOUT,
    RELEASED_BY_THE_CUSTOMER,
    Stage,
)

LONGEST_RING = 80
STAGES = {
    Stage.ARRIVAL: None,
    Stage.FORWARDED: CallEventKind.FORWARDED,
    Stage.RINGING: CallEventKind.ALERTED,
    Stage.TALKING: CallEventKind.ANSWERED,
}
UNTIL = {CallEventKind.FORWARDED: "forwarded", CallEventKind.ALERTED: "alerting", CallEventKind.ANSWERED: "answered"}
UNKNOWN_MODE = "AXB"
INSTEAD = {
    None: NO_BINDING,
    CallEventKind.FORWARDED: CALLEE_BUSY,
    CallEventKind.ALERTED: CALLEE_REJECTED,
    CallEventKind.ANSWERED: NORMAL,
}
"""What a call is released with, by how far it came, whose own cause pnsim does not have."""
LONGEST_TALK, LONGEST_PAUSE = 86_400, 31_536_000


class NothingToDraft(Exception):
    """The capture tells of nothing that a scenario could be made of; the sentence says what it has."""


def draft(
    requests: Iterable[Recorded], name: str, *, call: str | None = None, mode: str | None = None, keep: bool = False
) -> str:
    """The text of a scenario; raises NothingToDraft."""
    subjects = Subjects(call)
    subjects.read(requests)
    found = list(in_order(subjects.found.values()))
    if not found:
        wanted = f"no call {call!r} in it" if call else "no call, SMS or X-number status in it"
        known = [one.session_id for one in subjects.found.values() if isinstance(one, CallTold)][:3]
        raise NothingToDraft(wanted + (f"; there is {', '.join(known)}" if known else ""))
    written = Draft(mode or _mode(found), Cast(keep))
    if mode is None and not any(isinstance(one, CallTold) and one.mode for one in found):
        written.remarks.append(f"no CDR says which mode it was; {written.mode} is a guess, --mode says better")
    _tell(written, found)
    if not written.steps:
        raise NothingToDraft(f"nothing that a step could be made of in what it tells of {_who(found)}")
    if subjects.others:
        written.remarks.append(f"{subjects.others} notifications of other applications are left out")
    if subjects.left_out:
        written.remarks.append(f"only the first {len(found)} of what the capture tells; --call picks another")
    return "\n".join(_document(written, name, found)) + "\n"


def _who(found: list[Subject]) -> str:
    """The first call by its id, else how many things were told of."""
    first = next((one.session_id for one in found if isinstance(one, CallTold)), None)
    return f"call {first!r:.80}: no start, no numbers or no times" if first is not None else f"{len(found)} subjects"


def _mode(found: list[Subject]) -> str:
    """The mode of the CDRs, else one that has what was told."""
    named = next((one.mode for one in found if isinstance(one, CallTold) and one.mode), None)
    if named is None and any(isinstance(one, SmsTold) and BLOCK in one.kinds for one in found):
        return "X"
    return named or UNKNOWN_MODE


def _tell(written: Draft, found: list[Subject]) -> None:
    before: Subject | None = None
    for place, subject in enumerate(found, 1):
        written.steps += list(_pause(before, subject))
        if isinstance(subject, CallTold):
            written.steps += list(_call(written, subject, f"call_{place}"))
        elif isinstance(subject, SmsTold):
            written.steps += list(sms_steps(written, subject, f"sms_{place}"))
        else:
            written.steps += list(number_steps(written, subject))
        before = subject


def _pause(before: Subject | None, subject: Subject) -> Iterator[Step]:
    """The time between two things that were told."""
    if before is None or before.ended is None or subject.began is None:
        return
    seconds = int((subject.began - before.ended).total_seconds())
    if seconds > 0:
        yield Step("advance", f"{min(seconds, LONGEST_PAUSE)}s")
    elif seconds < 0:
        yield Step("advance", "1s", ("in the capture this began while the one before was still going on",))


def _call(written: Draft, call: CallTold, name: str) -> Iterator[Step]:
    way = way_of(call)
    if way is None or call.cause is None:
        written.remarks.append(f"the call first told of at {call.source} says too little to be played")
        return
    written.switches |= call.switches
    _know_cause(written, call)
    if call.keyed:
        written.extension_digits = written.extension_digits or (max(map(len, call.keyed)) or None)
    yield from _bound(written, steps_for(written.mode, call, way, written.bindings))
    if written.mode == "X":
        _decide(written, call, way)
    played = list(_played(written, call, way, name))
    yield from played
    yield Step("expect", {"of": name, "notifications": _kinds(written, call), "hangup_cause": call.cause})


def _know_cause(written: Draft, call: CallTold) -> None:
    """A cause that pnsim does not have is played as one that comes as far."""
    if call.cause in call_tables().releases:
        return
    instead = INSTEAD[_reached(call)]
    written.remarks.append(f"at {call.source} a call ends with {call.cause}, which pnsim does not have: {instead} here")
    call.cause = instead


def _bound(written: Draft, steps: Iterable[Step]) -> Iterator[Step]:
    """Bindings as they come, but for those of an X that is out of order: it was bound before that."""
    for step in steps:
        number = step.keys.get("number") if isinstance(step.keys, Mapping) else None
        if step.word == "bind" and written.states.get(str(number), NORMAL_STATUS) != NORMAL_STATUS:
            written.steps.insert(written.early, step)
            written.early += 1
        else:
            yield step


def _decide(written: Draft, call: CallTold, way: Way) -> None:
    """What the customer's server answered, as far as its effect shows it; one answer for the whole story."""
    if way.callee is not None:
        answer: dict[str, object] = {"connect": written.cast.party(way.callee)}
    elif call.cause == RELEASED_BY_THE_CUSTOMER:
        answer = {"close": True}
    else:
        return
    before = written.receiver.setdefault("decide", answer)
    if before != answer:
        written.remarks.append(f"at {call.source} the server answered {value_of(answer)}; a story has one answer")


def _played(written: Draft, call: CallTold, way: Way, name: str) -> Iterator[Step]:
    cause = call.cause if call.cause is not None else NORMAL
    keys: dict[str, object] = {"caller": written.cast.party(way.caller), "dialled": _dialled(written, way)}
    if call.keyed:
        keys["extension"] = call.keyed[0] if len(call.keyed) == 1 else list(call.keyed)
    rings = call.seconds(CallEventKind.ALERTED, CallEventKind.ANSWERED)
    rings = call.seconds(CallEventKind.ALERTED, CallEventKind.RELEASED) if rings is None else rings
    talks = call.seconds(CallEventKind.ANSWERED, CallEventKind.RELEASED)
    reached = _reached(call)
    remarks = [f"first told of at {call.source}"]
    if cause == RELEASED_BY_THE_CUSTOMER and reached in UNTIL:
        lasts = call.seconds(reached, CallEventKind.RELEASED) or 0
        longer = {"rings": f"{LONGEST_RING}s"} if reached is not CallEventKind.ANSWERED else {"talks": "1d"}
        yield Step("call", {**keys, **longer, "until": UNTIL[reached], "as": name}, remarks)
        if lasts:
            yield Step("advance", f"{lasts}s")
        yield Step("terminate", {"of": name})
        return
    keys |= _ending(call, cause, written)
    if rings is not None and cause != PLATFORM_RING_TIMEOUT:
        keys["rings"] = f"{min(rings, LONGEST_RING)}s"
    if talks is not None:
        keys["talks"] = f"{min(talks, LONGEST_TALK)}s"
    if cause == NORMAL:
        remarks.append("who hung up is not told: released_by may be caller or callee")
    if (
        cause in call_tables().releases
        and STAGES[call_tables().release(cause).stage] is not reached
        and reached is not None
    ):
        remarks.append(f"pnsim releases calls with {cause} at another stage, so its events differ from the capture's")
    yield Step("call", {**keys, "as": name}, remarks)


def _ending(call: CallTold, cause: int, written: Draft) -> dict[str, object]:
    """The outcome that ends so, else the cause itself; in X a closed call needs neither."""
    if written.mode == "X" and written.receiver.get("decide") == {"close": True} and cause == RELEASED_BY_THE_CUSTOMER:
        return {}
    outcome = outcome_of(cause)
    stage = STAGES[call_tables().release(cause).stage] if cause in call_tables().releases else None
    if outcome is None or stage is not _reached(call):
        return {"hangup_cause": cause}
    return {} if cause == NORMAL else {"outcome": outcome}


def _reached(call: CallTold) -> CallEventKind | None:
    """How far it came."""
    return next((kind for kind in reversed(UNTIL) if kind in call.events), None)


def _dialled(written: Draft, way: Way) -> str:
    names = written.cast.names
    if ("Y", way.dialled) in names:
        return names["Y", way.dialled]
    return written.cast.x_number(way.dialled)


def _kinds(written: Draft, call: CallTold) -> list[str]:
    """What was told, in its order; what the capture lacks of the frame of every call is put in."""
    kinds = list(call.kinds)
    first, last = EVENT_TYPES[CallEventKind.DIALLED], EVENT_TYPES[CallEventKind.RELEASED]
    lacking = [kind for kind in (first, last, FEE) if kind not in kinds]
    if lacking:
        written.remarks.append(f"of the call first told of at {call.source} the capture lacks {', '.join(lacking)}")
        middle = [kind for kind in kinds if kind not in (first, last, FEE)]
        kinds = [first, *middle, last, FEE]
    return kinds


def _document(written: Draft, name: str, found: list[Subject]) -> Iterator[str]:
    yield "# A draft, made from recorded notifications by `pnsim scenario from`: read it, and change what you know better."
    yield from (f"# {remark}" for remark in written.remarks)
    yield f"scenario: {name}"
    yield f"title: What a capture tells of {_many(found)}"
    yield f"app: {value_of(_app(written))}"
    if written.cast.entries:
        yield "cast: {" + ", ".join(f"{one}: {entry}" for one, entry in written.cast.entries.items()) + "}"
    if written.receiver:
        yield "needs: sample_receiver"
        yield f"receiver: {value_of(written.receiver)}"
    yield "steps:"
    for step in written.steps:
        yield from lines_of(step)


def _app(written: Draft) -> dict[str, object]:
    app: dict[str, object] = {"mode": written.mode}
    order = [row.mode for row in mode_rows()]
    if written.mode not in order:
        return app
    if written.switches:
        app["features"] = sorted(written.switches)
    if written.extension_digits is not None and written.mode == "AXE":
        app["extension_digits"] = written.extension_digits
    if written.mode == "AXYB":
        app["number_pool"] = {"count": 2 * len(written.bindings.made) + 2, "area_code": AREA}
    return app


def _many(found: list[Subject]) -> str:
    kinds = {("call", "calls"): CallTold, ("SMS", "SMS"): SmsTold, ("change", "changes"): NumbersTold}
    counts = {words: sum(isinstance(one, kind) for one in found) for words, kind in kinds.items()}
    return ", ".join(f"{count} {words[count > 1]}" for words, count in counts.items() if count)
