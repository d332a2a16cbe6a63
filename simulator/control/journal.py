"""Reading the journal, waiting for it, judging it."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator.client import shapes
from simulator.control.asked import Answer, Asked, Shape, checked
from simulator.control.deps import ControlDeps
from simulator.control.problems import Problem
from simulator.control.verdict import judge, judge_all, missed
from simulator.exchange.journal import Journal
from simulator.exchange.matching import matches
from simulator.store.store import Row

PAGE = 500
"""Rows read at a time."""

ROWS_SHOWN = 1000
"""A wait answers with at most so many of the rows that it found."""

FOUND: Mapping[str, object] = {"problem": "", "nearest": []}


class JournalRoutes:
    """Routes under /journal."""

    def __init__(self, deps: ControlDeps, demand: Shape) -> None:
        self._exchange = deps.exchange
        self._journal = deps.exchange.journal
        self._demand = demand

    async def rows(self, asked: Asked) -> Answer:
        """GET /journal: rows after a position, oldest first."""
        query, journal = asked.query, self._journal
        rows = journal.rows(after=query["after"], limit=query["limit"], where=_narrowed(query))
        shown = [row.as_json() for row in rows]
        return Answer({"rows": shown, "last_position": journal.last_position, "dropped": journal.dropped})

    async def wait(self, asked: Asked) -> Answer:
        """POST /journal/wait: answers when so many rows match, or when the wall seconds are over."""
        body = asked.body
        found: list[shapes.Row] = []
        try:
            async with asyncio.timeout(body["timeout_seconds"]):
                await self._collect(body["match"], body["count"], body["after"], found)
        except TimeoutError:
            pass
        reached = len(found) >= body["count"]
        why = missed({"at_least": body["count"], **body}, self._rows(body["after"])) if not reached else FOUND
        return Answer({"reached": reached, "found": len(found), "rows": found[:ROWS_SHOWN], **why})

    async def verify(self, asked: Asked) -> Answer:
        """POST /journal/verify: counts, order, never, of a window where one is named; several demands all at once."""
        now = self._exchange.now()
        if asked.body["demands"] is None:
            return Answer(judge(asked.body, self._rows(asked.body["after"]), now))
        return Answer(judge_all(self._demands(asked.body), list(self._rows(0)), now))

    def _demands(self, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Every demand of a list, checked as one alone is; raises Problem."""
        beside = [name for name, value in body.items() if name != "demands" and value]
        if beside:
            raise Problem(
                422, "contradiction", f"each of the demands has its own {beside[0]}; leave it out beside them"
            )
        for number, one in enumerate(body["demands"]):
            yield checked(one, self._demand, f"demands[{number}]")

    def _rows(self, after: int) -> Iterator[shapes.Row]:
        return (row.as_json() for row in pages(self._journal, after))

    async def _collect(self, match: Mapping[str, object], count: int, after: int, found: list[shapes.Row]) -> None:
        """Gather matching rows in `found` until there are `count`."""
        position = after
        while True:
            seen = self._journal.last_position
            for row in pages(self._journal, position):
                shown = row.as_json()
                if matches(match, shown):
                    found.append(shown)
                if len(found) >= count:
                    return
            position = max(position, seen)
            await self._journal.changed.next_change(position)


def pages(journal: Journal, after: int) -> Iterator[Row]:
    """Every row after a position, oldest first."""
    while True:
        rows = journal.rows(after=after, limit=PAGE)
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1].position


def _narrowed(query: Mapping[str, object]) -> Callable[[Row], bool] | None:
    """Only the rows of this kind, application, call and SMS, where the query names them."""
    wanted = {name: query[name] for name in ("kind", "app_key", "call_id", "message_id") if query[name] is not None}
    if not wanted:
        return None
    return lambda row: all(getattr(row, name) == value for name, value in wanted.items())
