"""Requests that may last, such as an advance: they end when the simulator stops, so that nobody who waits holds it up."""

import asyncio

from simulator.control.asked import Answer, Asked
from simulator.control.problems import Problem
from simulator.control.routes import Route


class Lasting:
    """The answers that are still to come."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Future[Answer]] = set()

    def stop(self) -> None:
        """End them."""
        for answer in self._under_way:
            answer.cancel()

    async def answer(self, route: Route, asked: Asked) -> Answer:
        """What the route answers; raises Problem 503 when the simulator stops before one that may last has ended."""
        if not route.may_last:
            return await route.answer(asked)
        coming = asyncio.ensure_future(route.answer(asked))
        self._under_way.add(coming)
        try:
            await asyncio.wait([coming])
        finally:
            self._under_way.discard(coming)
            coming.cancel()
        if coming.cancelled():
            raise Problem(503, "stopping", "the simulator stops; it has not come to the end of this")
        return coming.result()
