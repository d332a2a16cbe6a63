"""Reading the journal, waiting for it, judging it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from simulator.client import shapes
from simulator.clock import wall
from simulator.control.asked import Answer, Asked
from simulator.control.deps import ControlDeps
from simulator.control.verdict import judge
from simulator.exchange.journal import Journal
from simulator.exchange.matching import matches
from simulator.store.store import ANY, Only, Row

SPAN = 1000
"""Rows looked at without letting others go on."""

ROWS_SHOWN = 1000
"""A wait answers with at most so many of the rows that it found."""


class JournalRoutes:
    """Routes under /journal."""

    def __init__(self, deps: ControlDeps) -> None:
        self._journal = deps.exchange.journal

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
        return Answer({"reached": len(found) >= body["count"], "found": len(found), "rows": found[:ROWS_SHOWN]})

    async def verify(self, asked: Asked) -> Answer:
        """POST /journal/verify: counts, order, never."""
        journal, last = self._journal, self._journal.last_position

        async def rows() -> AsyncIterator[Sequence[shapes.Row]]:
            async for piece in pieces(journal, asked.body["after"], last=last):
                yield [row.as_json() for row in piece]

        return Answer(await judge(asked.body, rows))

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
