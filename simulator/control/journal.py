"""Reading the journal, waiting for it, judging it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from simulator.client import shapes
from simulator.clock import wall
from simulator.control.asked import Answer, Asked, Shape, checked
from simulator.control.deps import ControlDeps
from simulator.control.problems import Problem
from simulator.control.verdict import Rows, judge, judge_all, missed
from simulator.exchange.journal import Journal
from simulator.exchange.matching import matches
from simulator.store.store import ANY, Only, Row

SPAN = 1000
"""Rows looked at without letting others go on."""

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
        limit, rows = query["limit"], list[Row]()
        async for piece in pieces(journal, query["after"], only_of(query)):
            rows += piece
            if len(rows) >= limit:
                break
        shown = [row.as_json() for row in rows[:limit]]
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
        why = FOUND if reached else await missed({"at_least": body["count"], **body}, self._rows(body["after"]))
        return Answer({"reached": reached, "found": len(found), "rows": found[:ROWS_SHOWN], **why})

    async def verify(self, asked: Asked) -> Answer:
        """POST /journal/verify: counts, order, never, of a window where one is named; several demands all at once."""
        now = self._exchange.now()
        if asked.body["demands"] is None:
            return Answer(await judge(asked.body, self._rows(asked.body["after"]), now))
        demands = [(one, self._rows(one["after"])) for one in self._demands(asked.body)]
        return Answer(await judge_all(demands, now))

    def _demands(self, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Every demand of a list, checked as one alone is; raises Problem."""
        beside = [name for name, value in body.items() if name != "demands" and value]
        if beside:
            raise Problem(
                422, "contradiction", f"each of the demands has its own {beside[0]}; leave it out beside them"
            )
        for number, one in enumerate(body["demands"]):
            yield checked(one, self._demand, f"demands[{number}]")

    def _rows(self, after: int) -> Rows:
        """The rows that are there now, as often as they are asked for."""
        journal, last = self._journal, self._journal.last_position

        async def rows() -> AsyncIterator[Sequence[shapes.Row]]:
            async for piece in pieces(journal, after, last=last):
                yield [row.as_json() for row in piece]

        return rows

    async def _collect(self, match: Mapping[str, object], count: int, after: int, found: list[shapes.Row]) -> None:
        """Gather matching rows in `found` until there are `count`."""
        position = after
        while True:
            seen = self._journal.last_position
            async for piece in pieces(self._journal, position, only_of(match)):
                found += [shown for row in piece if matches(match, shown := row.as_json())]
                if len(found) >= count:
                    del found[count:]
                    return
            position = max(position, seen)
            await self._journal.changed.next_change(position)


async def pieces(
    journal: Journal, after: int, only: Only = ANY, *, last: int | None = None
) -> AsyncIterator[Sequence[Row]]:
    """The rows after a position that are there now, oldest first, a piece at a time: others go on between two pieces."""
    last = journal.last_position if last is None else last
    span = last if only.call_id or only.message_id else SPAN  # the rows of one call are few, and found by an index
    oldest = journal.rows(after=after, limit=1)
    after = oldest[0].position - 1 if oldest else last
    while after < last:
        through = min(last, after + span)
        if rows := journal.rows(after=after, through=through, limit=span, only=only):
            yield rows
        after = through
        await wall.sleep(0)


def only_of(wanted: Mapping[str, object]) -> Only:
    """What a query or a match says of kind, application, call and SMS; the rest of a match is not looked at."""
    said = {name: wanted.get(name) for name in Only._fields}
    return Only(**{name: value for name, value in said.items() if isinstance(value, str)})
