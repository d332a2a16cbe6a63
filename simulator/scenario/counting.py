"""The sample receiver as a customer that thinks: what it refuses, and what it has counted about every call.

How it says what it counted is the probe contract of the README: `GET /probe/{session_id}`.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.scenario.judging import Judged, Told
from simulator.scenario.language import Behaviour

NAIVE = ("signatures", "old_requests", "garbage", "duplicates", "order", "members")
"""What a careful receiver may be told to do wrongly: accept bad signatures, old requests, garbage; count twice; believe the
latest message; refuse members that it does not know."""

FRESH = timedelta(minutes=5)
"""How old a Created may be (and how far ahead)."""
REMEMBERED = 10_000
FEE = "fee"
STATES = {
    "callin": "dialled",
    "callout": "forwarded",
    "alerting": "alerting",
    "answer": "answered",
    "disconnect": "released",
}
"""The state of a call after each event, in the order in which a call goes through them."""
ORDER = tuple(STATES)
CREATED = re.compile(r'Created="([^"]*)"')
UNKNOWN = "Additional properties"


@dataclass(slots=True)
class Count:
    """What was counted about one call."""

    events: dict[str, int] = field(default_factory=dict)
    state: str | None = None
    hangup_cause: int | None = None

    def as_json(self) -> Mapping[str, Any]:
        """What a probe is answered."""
        cdrs = self.events.get(FEE, 0)
        return {"events": self.events, "cdrs": cdrs, "state": self.state, "hangup_cause": self.hangup_cause}


class Counting:
    """The books of a careful receiver, however naive it is."""

    def __init__(self, behaviour: Behaviour, wall_now: Callable[[], datetime]) -> None:
        self._naive = frozenset(behaviour.naive)
        self._wall_now = wall_now
        self._counts: OrderedDict[str, Count] = OrderedDict()

    def refusal(self, judged: Judged, headers: Mapping[str, str]) -> int | None:
        """The status with which a request is refused; None when it is taken."""
        if "signatures" not in self._naive and not judged.signed:
            return 401
        if "old_requests" not in self._naive and self._is_old(headers):
            return 401
        if "garbage" not in self._naive and not judged.told:
            return 400
        if "members" in self._naive and any(UNKNOWN in one for one in judged.complaints):
            return 400
        return None

    def take(self, judged: Judged) -> None:
        """Count what a notification tells, each thing once."""
        for told in judged.told:
            if told.session_id is not None:
                self._count(told.session_id, told)

    def of(self, session_id: str) -> Count | None:
        """What was counted about a call; None for one of which nothing came."""
        return self._counts.get(session_id)

    def _count(self, session_id: str, told: Told) -> None:
        count = self._counts.setdefault(session_id, Count())
        if len(self._counts) > REMEMBERED:
            self._counts.popitem(last=False)
        known = told.kind in count.events
        if known and "duplicates" not in self._naive:
            return
        count.events[told.kind] = count.events.get(told.kind, 0) + 1
        self._believe(count, told)

    def _believe(self, count: Count, told: Told) -> None:
        """Where the call is now: the furthest that was told, unless the latest is believed."""
        if told.kind in STATES and ("order" in self._naive or _further(told.kind, count.state)):
            count.state = STATES[told.kind]
        if told.cause is not None and told.kind != FEE:
            count.hangup_cause = told.cause

    def _is_old(self, headers: Mapping[str, str]) -> bool:
        found = (CREATED.search(value) for name, value in headers.items() if name.lower().startswith("x-"))
        created = next((one[1] for one in found if one), None)
        if created is None:
            return False
        try:
            at = datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return True
        return abs(self._wall_now() - at) > FRESH


def _further(kind: str, state: str | None) -> bool:
    states = [STATES[one] for one in ORDER]
    return state is None or ORDER.index(kind) > states.index(state)
