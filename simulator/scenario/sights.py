"""What conditions and `${…}` see: the values that a scenario has by name, and what was seen so far.

`calls.NAME`, `sms.NAME`: `id`, `state`, `hangup_cause` or `send_result`, `kinds` (what was sent, in order), `told` (per
kind the members of the latest notification), `notifications` (each with `kind`, `state`, `attempts`, `fields`).
`notifications`: those of all calls and SMS. `answer`: the latest answer of the platform, `status`, `result_code` and
`body`. `bindings.NAME`: a subscription id. `elapsed`: the seconds since the scenario began.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.scenario.scene import SeenCall

SEEN = ("calls", "sms", "notifications", "answer", "bindings", "elapsed")
"""Names that are always there; nothing else may be called so."""


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

    async def names(self, wanted: Collection[str], rounds: Mapping[str, Any]) -> dict[str, Any]:
        """The values of these names, and all that is there by itself; `rounds` hold for the steps of a block."""
        things = self._things
        found: dict[str, Any] = {**things.cast, **things.values, **rounds}
        found |= {"bindings": dict(things.bindings), "answer": dict(things.answer)}
        if not {"calls", "sms", "notifications"}.isdisjoint(wanted):
            calls = {name: seen(await self._look(name)) for name in things.calls}
            sms = {name: seen(await self._look(name)) for name in things.messages}
            told = [one for thing in (*calls.values(), *sms.values()) for one in thing["notifications"]]
            found |= {"calls": calls, "sms": sms, "notifications": told}
        if "elapsed" in wanted:
            found["elapsed"] = await self._elapsed()
        return found

    async def thing(self, name: str) -> dict[str, Any]:
        """What is seen of one call or SMS."""
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
