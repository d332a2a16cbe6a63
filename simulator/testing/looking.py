"""What a test can see of a running platform: notifications, the journal, the ladder. It changes nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, TypedDict, Unpack

from simulator import app as house
from simulator.client.client import ControlClient
from simulator.client.shapes import Row
from simulator.control import shapes
from simulator.delivery.notification import Notification
from simulator.exchange.rows import AttemptStarted
from simulator.testing.applications import App, chosen
from simulator.testing.drawing import drawn
from simulator.testing.failing import SimulatorBroke, check_words, unmet
from simulator.testing.seen import PlayedCall, Told, told_seen

PAGE = 1000


class Demand(TypedDict, total=False):
    """How often rows must match, or which must come in which order; one of them. Without any: at least once."""

    exactly: int
    at_least: int
    at_most: int
    never: Literal[True]
    in_order: Sequence[Mapping[str, object]]
    after: int
    since: str
    until: str


class Looking:
    """The half of the core that reads; `inside.py` has the other half and sets these three."""

    apps: tuple[App, ...]
    control: ControlClient
    _simulator: house.Simulator

    async def now(self) -> datetime:
        """The story's instant."""
        return self._simulator.exchange.now()

    async def notifications(self, call: PlayedCall | str | None = None) -> tuple[Told, ...]:
        """What the receivers were told, of one call or of all, in the order of first attempts; queued ones last."""
        call_id = call.call_id if isinstance(call, PlayedCall) else call
        exchange = self._simulator.exchange
        order = await self._first_attempts()
        deliveries = exchange.deliveries(call_id, None, exchange.limits.deliveries_kept + len(order))
        found = [
            (told, one)
            for one in reversed(deliveries)
            for told in one.notifications
            if call_id in (None, told.about_id)
        ]
        found.sort(key=lambda pair: order.get(pair[1].delivery_id, len(order)))
        return tuple(told_seen(shapes.notification(told, one), self._session(told)) for told, one in found)

    async def failed_deliveries(self) -> tuple[Told, ...]:
        """Notifications whose last attempt was not acknowledged: given up, or waiting for a retry."""
        return tuple(told for told in await self.notifications() if told.failed)

    async def journal(
        self, *, kind: str | None = None, app: App | str | None = None, call: PlayedCall | str | None = None
    ) -> list[Row]:
        """The rows of the journal, oldest first: `api_request`, `call_event`, `attempt_started`, `attempt_ended`…"""
        where = {
            "kind": kind,
            "app_key": None if app is None else chosen(self.apps, app).app_key,
            "call_id": call.call_id if isinstance(call, PlayedCall) else call,
        }
        rows: list[Row] = []
        while True:
            after = int(str(rows[-1]["position"])) if rows else 0
            page = (await self.control.journal(after=after, limit=PAGE, **where))["rows"]
            rows += page
            if len(page) < PAGE:
                return rows

    async def wait(self, match: Mapping[str, object], *, count: int = 1, timeout: float = 10) -> list[Row]:  # noqa: ASYNC109 - the control plane's word
        """Wait (in wall time: for what your server does by itself) until `count` journal rows match; they are answered.

        `match` is dotted paths and values: `{"kind": "api_request", "operation": "bind"}`. Raises Unmet.
        """
        waited = await self.control.wait(match, count=count, timeout_seconds=timeout)
        if not waited["reached"]:
            raise unmet(f"after {timeout:g} s: {waited['problem']}", waited["nearest"])
        return list(waited["rows"])

    async def verify(self, match: Mapping[str, object] | None = None, **demand: Unpack[Demand]) -> int:
        """Judge the journal as it is: how many rows match is answered; raises Unmet with the nearest misses.

        `verify(match, exactly=2)`, `at_least=`, `at_most=`, `never=True`, or `verify(in_order=[match, match])`; only rows
        behind the position `after`, or from the instant `since` until `until` of the story, where they are given.
        """
        check_words("verify", demand, tuple(Demand.__annotations__))
        given = {} if match is None else {"match": dict(match)}
        judged = await self.control.verify({**given, **demand})
        if not judged["passed"]:
            raise unmet(judged["problem"], judged["nearest"])
        return judged["found"]

    async def ladder(self) -> str:
        """What passed between caller, platform, callee and receiver since the last reset, arrow by arrow; for a failing test."""
        return drawn(await self.journal())

    async def check(self) -> None:
        """Raises SimulatorBroke when the simulator itself did something wrong."""
        failed = self._simulator.failed
        if failed is not None and failed.done() and not failed.cancelled():
            raise SimulatorBroke(f"a part of the simulator broke (please report it): {failed.exception()!r}")
        if self._simulator.exchange.violations:
            rows = await self.journal(kind="contract_violation")
            told = "; ".join(f"{row.get('notification_kind')}: {row.get('violations')}" for row in rows[:5])
            raise SimulatorBroke(f"the simulator would have sent what breaks the contract (please report it): {told}")

    async def _first_attempts(self) -> dict[str, int]:
        """Deliveries by the order in which they were tried first."""
        journal, order, after = self._simulator.exchange.journal, dict[str, int](), 0
        while True:
            rows = journal.rows(after=after, limit=PAGE, where=lambda row: isinstance(row, AttemptStarted))
            for row in rows:
                if isinstance(row, AttemptStarted):
                    order.setdefault(row.delivery.delivery_id, len(order))
            if len(rows) < PAGE:
                return order
            after = rows[-1].position

    def _session(self, told: Notification) -> str | None:
        played = self._simulator.exchange.call(told.about_id)
        return None if played is None else played.call.session_id
