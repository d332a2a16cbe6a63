"""Which bindings must have existed for what a capture tells, mode by mode (notifications.md 2.2, 3.1)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from simulator.replay.drafting.cast import Cast
from simulator.replay.drafting.subjects import CallTold
from simulator.replay.drafting.writing import Step
from simulator.telephony.events import CallEventKind
from simulator.telephony.release import NO_CALLBACK_RECORD, NO_CALLEE
from simulator.telephony.routing import CallDirection

AREA = "0755"
"""The city of numbers that the platform hands out in a draft: which it was, no notification says."""


@dataclass(frozen=True, slots=True)
class Way:
    """Who dialled what, and whom that reached or would have, as far as a capture says."""

    caller: str
    dialled: str
    callee: str | None
    shown: str | None
    direction: int | None
    is_bound: bool
    extension: str | None
    recorded: bool


@dataclass(slots=True)
class Bindings:
    """The bindings that the steps so far have made, by X and who stands behind it."""

    cast: Cast
    made: dict[tuple[str, ...], str] = field(default_factory=dict)
    callbacks: dict[tuple[str, ...], str | None] = field(default_factory=dict)
    """Whom A reaches who dials X itself, where a binding was made for that (AXE)."""
    count: int = 0

    def name(self) -> str:
        """The name of the next binding."""
        self.count += 1
        return f"binding_{self.count}"

    def ended(self, number: str, *people: str) -> Iterator[Step]:
        """Unbind whatever these, or without names all, have on X: what comes next was not so any more."""
        for key in [key for key in self.made if key[0] == number and (not people or set(key[1:]) & set(people))]:
            yield Step("unbind", {"of": self.made.pop(key)}, ("the binding was another one by now",))


def way_of(call: CallTold) -> Way | None:
    """The way of a call; None where not even the first leg is known."""
    first, second = call.events.get(CallEventKind.DIALLED), call.events.get(CallEventKind.FORWARDED)
    cdr = call.cdr
    legs = first.parties if first is not None else (None, None)
    caller, dialled = (cdr.caller, cdr.x_number) if cdr is not None else legs
    caller, dialled = caller or legs[0], dialled or legs[1]
    if caller is None or dialled is None:
        return None
    told = second.parties if second is not None else (None, None)
    ids = [told.subscription_id for told in call.events.values()]
    return Way(
        caller,
        dialled,
        (cdr.callee if cdr is not None else None) or told[1],
        (cdr.shown if cdr is not None else None) or told[0],
        cdr.direction if cdr is not None else None,
        any(ids) or (cdr is not None and cdr.subscription_id is not None),
        (cdr.extension if cdr is not None else None)
        or next((digits for digits in reversed(call.keyed) if digits), None),
        recorded=bool(cdr is not None and cdr.recorded),
    )


def steps_for(mode: str, call: CallTold, way: Way, bindings: Bindings) -> Iterator[Step]:
    """What must be bound before a call, and is not yet."""
    if mode in MODES:
        yield from MODES[mode](call, way, bindings)


def _ax(call: CallTold, way: Way, bindings: Bindings) -> Iterator[Step]:
    cast, number = bindings.cast, bindings.cast.x_number(way.dialled)
    caller = cast.party(way.caller)
    if not way.is_bound:
        yield from bindings.ended(number)
        return
    is_a = way.direction == CallDirection.CALLER_TO_CALLEE.value or call.cause == NO_CALLEE
    other = cast.party(way.callee or f"callee of {call.session_id}")
    user = caller if is_a else other
    if (number, user) not in bindings.made:
        yield from bindings.ended(number)
        yield _bind(bindings, (number, user), {"user": user, "number": number}, way)
    if is_a and call.cause != NO_CALLEE:
        yield Step("set_callee", {"of": bindings.made[number, user], "callee": other})


def _axb(call: CallTold, way: Way, bindings: Bindings) -> Iterator[Step]:
    cast, number = bindings.cast, bindings.cast.x_number(way.dialled)
    caller = cast.party(way.caller)
    if not way.is_bound:
        yield from bindings.ended(number, caller)
        return
    callee = cast.party(way.callee or f"callee of {call.session_id}")
    yield from pair(bindings, number, caller, callee, way)


def pair(bindings: Bindings, number: str, caller: str, callee: str, way: Way | None = None) -> Iterator[Step]:
    """The pair that AXB binds on X, unless it is."""
    if (number, caller, callee) in bindings.made or (number, callee, caller) in bindings.made:
        return
    yield from bindings.ended(number, caller, callee)
    calls_back = way is not None and way.direction == CallDirection.CALLEE_TO_CALLER.value
    first, second = (callee, caller) if calls_back else (caller, callee)
    yield _bind(bindings, (number, first, second), {"caller": first, "callee": second, "number": number}, way)


def _axe(call: CallTold, way: Way, bindings: Bindings) -> Iterator[Step]:
    cast, number = bindings.cast, bindings.cast.x_number(way.dialled)
    caller = cast.party(way.caller)
    if not way.is_bound:
        yield from bindings.ended(number, f"extension {way.extension}")
        return
    if call.keyed:
        user = cast.party(way.callee or f"callee of {call.session_id}")
        keys: dict[str, str] = {
            "user": user,
            "number": number,
            **({"extension": way.extension} if way.extension else {}),
        }
    else:
        user, keys = caller, {"user": caller, "number": number}
        keys |= {"extension": way.extension} if way.extension else {}
        if way.callee is not None and call.cause != NO_CALLBACK_RECORD:
            keys["callback_number"] = cast.party(way.callee)
    key = (number, user, f"extension {way.extension}")
    callback = keys.get("callback_number")
    is_other = callback is not None and bindings.callbacks.get(key, callback) != callback
    if key not in bindings.made or is_other:
        yield from bindings.ended(number, user, f"extension {way.extension}")
        remark = (
            () if call.keyed or way.callee is None else ("A called back: the last caller, or the binding's own number",)
        )
        yield _bind(bindings, key, keys, way, *remark)
        if not call.keyed:
            bindings.callbacks[key] = callback


def _axyb(call: CallTold, way: Way, bindings: Bindings) -> Iterator[Step]:
    cast = bindings.cast
    if not way.is_bound:
        cast.party(way.caller)
        return
    calls = way.direction == CallDirection.CALLER_TO_CALLEE.value
    other = way.callee or f"callee of {call.session_id}"
    user, peer = (way.caller, other) if calls else (other, way.caller)
    x_number, y_number = (way.shown, way.dialled) if calls else (way.dialled, way.shown)
    a, b = cast.party(user), cast.party(peer)
    number = cast.x_number(x_number or f"X of {user}", given=False)
    if (number, a) not in bindings.made:
        keys = {"user": a, "area": AREA}
        yield _bind(bindings, (number, a), keys, way, "which city it was, no notification says", number_as=number)
    if (number, a, b) not in bindings.made:
        keys = {"of": bindings.made[number, a], "user": b}
        y_name = cast.y_number(y_number or f"Y of {peer}")
        yield _bind(bindings, (number, a, b), keys, None, number_as=y_name)


def _bind(
    bindings: Bindings, key: tuple[str, ...], keys: Mapping[str, object], way: Way | None, *remarks: str, **more: str
) -> Step:
    name = bindings.made[key] = bindings.name()
    record = {"record": True} if way is not None and way.recorded else {}
    return Step("bind", {**keys, **record, **more, "as": name}, remarks)


MODES: Mapping[str, Callable[[CallTold, Way, Bindings], Iterator[Step]]] = {
    "AX": _ax,
    "AXB": _axb,
    "AXE": _axe,
    "AXYB": _axyb,
}
"""Mode X has no bindings: the customer's server decides."""
