"""One well-formed notification of any kind without a played call, made by the code of real ones (notifications.md 2 to 5).

`schemas/codes/samples.json` is the table of the kinds. A notification that is about no call starts from the first example
of its schema, with time and ids put in.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import orjson

from simulator.contract import notifications as wire
from simulator.contract.modes import mode_rows
from simulator.contract.sample_calls import SampleCalls, Whose
from simulator.contract.schemas import load, names
from simulator.delivery.notification import Slot
from simulator.resources import read_bytes
from simulator.telephony.errors import NotPossible
from simulator.telephony.ids import Ids, uuid_text
from simulator.telephony.release import NORMAL

__all__ = ["MOST_RECORDS", "Kind", "NoSample", "Whose", "Wish", "kind_named", "kind_of", "kinds", "sample"]

Json = dict[str, Any]
CALL_EVENTS = {event_type: kind for kind, event_type in wire.EVENT_TYPES.items()}
SHOWN = 40
MOST_RECORDS = 50
"""CDRs in one message (notifications.md 3)."""


class NoSample(ValueError):
    """There is no such notification, or the mode has none; the sentence says what there is."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of samples.json: one kind of notification that can be sent alone."""

    event: str
    kind: str
    slot: str
    has_cause: bool
    page: str
    zh: str
    en: str
    lacking: str

    @property
    def goes_to(self) -> Slot:
        """Which of the receiver's addresses it goes to."""
        return Slot(self.slot)

    def schema(self, mode: str) -> str:
        """The name of its schema, which is there for the modes that have it."""
        return f"notifications/{mode.lower()}/{self.kind}"

    def modes(self) -> Sequence[str]:
        """The modes that have it."""
        return [row.mode for row in mode_rows() if self.schema(row.mode) in names()]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a sample is to tell: a hangup cause where one belongs, and of how many calls."""

    cause: int | None = None
    count: int = 1


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of notification by its word, in the order of the table."""
    return {row["event"]: Kind(**row) for row in orjson.loads(read_bytes("schemas/codes/samples.json"))["rows"]}


def kind_named(event: str) -> Kind:
    """The kind of this word; raises NoSample with the nearest."""
    row = kinds().get(event)
    if row is None:
        near = difflib.get_close_matches(event[:SHOWN], kinds(), 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise NoSample(f"no notification {event[:SHOWN]!r}; {hint}There are: {', '.join(kinds())}")
    return row


def kind_of(event: str, mode: str) -> Kind:
    """The kind of this word, which the mode has; raises NoSample."""
    row = kind_named(event)
    if mode not in row.modes():
        if not row.modes():
            raise NoSample(f"mode {mode} has no {event}: this version has no schema of it for any mode")
        raise NoSample(
            f"mode {mode} has no {event}: {row.lacking} ({row.page}); modes with it: {', '.join(row.modes())}"
        )
    return row


def sample(event: str, whose: Whose, at: datetime, ids: Ids, wish: Wish = Wish()) -> Json:
    """The body of a notification that is told at `at`, with ids of its own; raises NoSample."""
    kind = kind_of(event, whose.mode)
    _check(kind, wish)
    cause, calls = wish.cause or NORMAL, SampleCalls(whose, ids)
    try:
        if kind.kind == wire.FEE:
            return _fee(calls, at, cause, wish.count)
        if kind.kind in CALL_EVENTS:
            call = calls.until(CALL_EVENTS[kind.kind], at, cause)
            return wire.call_event(call, call.events[-1], whose.profile, whose.mode)
    except NotPossible as unknown:
        raise NoSample(f"{unknown}; `pnsim causes` lists all") from None
    return _from_example(load(kind.schema(whose.mode))["examples"][0], whose, at, ids)


def _check(kind: Kind, wish: Wish) -> None:
    if wish.cause is not None and not kind.has_cause:
        having = " and ".join(row.event for row in kinds().values() if row.has_cause)
        raise NoSample(f"{kind.event} tells no hangup cause; {having} do")
    if wish.count != 1 and kind.kind != wire.FEE:
        raise NoSample(f"{kind.event} tells of one thing a message; only {wire.FEE} holds up to {MOST_RECORDS}")
    if not 1 <= wish.count <= MOST_RECORDS:
        raise NoSample(f"a message holds 1 to {MOST_RECORDS} CDRs, not {wish.count} ({kind.page})")


def _fee(calls: SampleCalls, at: datetime, cause: int, count: int) -> Json:
    profile, mode = calls.whose.profile, calls.whose.mode
    records = [orjson.dumps(wire.fee(calls.finished(at, cause), profile, mode)) for _ in range(count)]
    body: Json = orjson.loads(wire.fee_body(records))
    return body


def _from_example(body: Json, whose: Whose, at: datetime, ids: Ids) -> Json:
    now = {
        "appKey": whose.app_key,
        "smsIdentifier": uuid_text(ids.next(whose.app_key, "message")),
        "subscriptionId": uuid_text(ids.next(whose.app_key, "subscription")),
        "timeStamp": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
        "virtualNumber": whose.x_number,
        "number": whose.x_number,
    }
    for part in _objects(body):
        part.update({name: value for name, value in now.items() if name in part})
    return body


def _objects(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)
