"""What conditions and `${…}` see: the values that a scenario has by name, and what was seen so far.

`calls.NAME`, `sms.NAME`: `id`, `state`, `hangup_cause` or `send_result`, `kinds` (what was sent, in order), `told` (per
kind the members of the latest notification), `notifications` (each with `kind`, `state`, `attempts`, `fields`).
`notifications`: those of all calls and SMS. `answer`: the latest answer of the platform, `status`, `result_code` and
`body`. `bindings.NAME`: a subscription id. `elapsed`: the seconds since the scenario began.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.scenario.scene import SeenCall

SEEN = ("calls", "sms", "notifications", "answer", "bindings", "elapsed")
"""Names that are always there; nothing else may be called so."""


THING = re.compile(r"(?<![\w.])(calls|sms|bindings)\.([A-Za-z]\w*)(?!\w*\s*\()")
"""A call, an SMS or a binding by its name, in a condition or a path."""

ALL = re.compile(r"(?<![\w.])(calls|sms|notifications)\b")
ELAPSED = re.compile(r"(?<![\w.])elapsed\b")


@dataclass(slots=True)
class Things:
    """What a scenario's names stand for so far; `values` are captured, or stand for an item or a round."""

    cast: dict[str, str]
    calls: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    bindings: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)


class Sights:
    """Looks at `things` in a world, and only at what is asked for."""

    def __init__(
        self, things: Things, look: Callable[[str], Awaitable[SeenCall]], now: Callable[[], Awaitable[datetime]]
    ) -> None:
        self._things = things
        self._look = look
        self._now = now
        self._since: datetime | None = None

    async def begin(self) -> None:
        """The scenario begins now."""
        self._since = await self._now()

    async def names(self, wanted: str, rounds: Mapping[str, Any]) -> dict[str, Any]:
        """The values of all names in a text; `rounds` hold for the steps of a block."""
        things = self._things
        found: dict[str, Any] = {**things.cast, **things.values, **rounds}
        found |= {"bindings": dict(things.bindings), "answer": dict(things.answer)}
        found |= await self._seen(wanted)
        if ELAPSED.search(wanted):
            found["elapsed"] = await self._elapsed()
        return found

    async def _seen(self, wanted: str) -> dict[str, Any]:
        """Calls and SMS: where only some are named, only those are looked at."""
        named = {name for _, name in THING.findall(wanted)}
        everything = ALL.search(THING.sub("", wanted)) is not None
        if not everything and not named:
            return {}
        of = (self._things.calls, self._things.messages)
        calls, sms = [{name: await self._thing(name) for name in names if everything or name in named} for names in of]
        told = [one for thing in (*calls.values(), *sms.values()) for one in thing["notifications"]]
        return {"calls": calls, "sms": sms, "notifications": told}

    async def _thing(self, name: str) -> dict[str, Any]:
        return seen(await self._look(name))

    async def _elapsed(self) -> float:
        """Whole where it is: CEL takes a whole number for equal to 3 and to 3.0, and 3.0 for equal to 3.0 only."""
        now = await self._now()
        seconds = (now - (self._since or now)).total_seconds()
        return int(seconds) if seconds.is_integer() else seconds


def seen(thing: SeenCall) -> dict[str, Any]:
    """A call or SMS as conditions see it."""
    notices = [
        {"kind": one.kind, "state": one.state, "attempts": len(one.tries), "fields": dict(one.record)}
        for one in thing.notices
    ]
    return {
        "id": thing.session_id,
        "state": thing.state,
        "hangup_cause": thing.hangup_cause,
        "send_result": thing.send_result,
        "kinds": list(thing.kinds),
        "told": {one["kind"]: one["fields"] for one in notices},
        "notifications": notices,
    }
