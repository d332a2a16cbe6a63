"""SMS and changes of X numbers as steps of a draft."""

from collections.abc import Iterator

from simulator.contract.messages import BLOCK
from simulator.contract.number_status import KIND as NUMBER_STATUS
from simulator.replay.drafting.binding import pair
from simulator.replay.drafting.sheet import Draft
from simulator.replay.drafting.subjects import NumbersTold, SmsTold
from simulator.replay.drafting.writing import Step

NORMAL_STATUS, PUSHES_STATUS = "normal", "push_number_status"
NOBODY_BOUND, DISCARDED = 2, 6


def sms_steps(written: Draft, told: SmsTold, name: str) -> Iterator[Step]:
    """An SMS, who must have been bound for it, and what was told."""
    sms, cast = told.sms, written.cast
    number, sender = cast.x_number(sms.x_number), cast.party(sms.sender)
    written.switches |= told.switches
    text = "what was written is not told"
    if sms.destination is not None and BLOCK not in told.kinds:
        receiver = cast.party(sms.destination)
        yield from _sms_binding(written, number, sender, receiver)
        if (number, sender) in written.bindings.made:
            text = f"{text}@{{{receiver}}}"
    keys: dict[str, object] = {"from": sender, "to": number, "text": text}
    if BLOCK in told.kinds:
        yield from _sms_asked(written, told, number, sender)
    if sms.result and not (BLOCK in told.kinds and sms.result == DISCARDED) and sms.result != NOBODY_BOUND:
        keys["send_result"] = sms.result
    if sms.result == NOBODY_BOUND:
        yield from written.bindings.ended(number, *([] if written.mode == "AX" else [sender]))
    yield Step("sms", {**keys, "as": name}, (f"first told of at {told.source}",))
    result = {} if sms.result is None else {"send_result": sms.result}
    yield Step("expect", {"of": name, "notifications": told.kinds, **result})


def _sms_binding(written: Draft, number: str, sender: str, receiver: str) -> Iterator[Step]:
    """Whoever gets an SMS from somebody is bound to him: as the pair of AXB, or as A of AX, whose X it is."""
    bindings = written.bindings
    if written.mode == "AXB":
        yield from pair(bindings, number, sender, receiver)
    elif written.mode == "AX" and not {(number, sender), (number, receiver)} & set(bindings.made):
        bindings.made[number, receiver] = bindings.name()
        yield Step("bind", {"user": receiver, "number": number, "as": bindings.made[number, receiver]})


def _sms_asked(written: Draft, told: SmsTold, number: str, sender: str) -> Iterator[Step]:
    """What was asked about is of A in AX; the answer shows in what became of it."""
    if written.mode == "AX" and (number, sender) not in written.bindings.made:
        written.bindings.made[number, sender] = written.bindings.name()
        yield Step("bind", {"user": sender, "number": number, "as": written.bindings.made[number, sender]})
    if told.sms.destination is not None:
        written.receiver.setdefault("decide_sms", {"route": written.cast.party(told.sms.destination)})
    elif told.sms.result in (None, DISCARDED):
        written.receiver.setdefault("decide_sms", {"discard": True})


def number_steps(written: Draft, told: NumbersTold) -> Iterator[Step]:
    """Numbers that change alike are one step; one that comes back was away before."""
    written.switches.add(PUSHES_STATUS)
    groups: dict[tuple[str, int | None], list[str]] = {}
    for number in told.numbers:
        name = written.cast.x_number(number.number)
        groups.setdefault((number.state, number.cause), []).append(name)
    for (state, cause), names in groups.items():
        fresh = [name for name in names if written.states.get(name, NORMAL_STATUS) == state]
        if state == NORMAL_STATUS and fresh:
            yield from _changed(fresh, "suspended", None, "it was out of order before, why is not told")
        yield from _changed(names, state, cause, f"first told of at {told.source}")
        written.states.update(dict.fromkeys(names, state))


def _changed(names: list[str], state: str, cause: int | None, remark: str) -> Iterator[Step]:
    why = {} if cause is None else {"cause": cause}
    number: object = names[0] if len(names) == 1 else names
    yield Step("number_status", {"number": number, "state": state, **why}, (remark,))
    yield Step("expect", {"of": names[0], "notifications": [NUMBER_STATUS]})
