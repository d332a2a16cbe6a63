"""Requests that may last, such as an advance: they end when the simulator stops, so that nobody who waits holds it up."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from simulator.control.asked import Answer, Asked
from simulator.control.problems import Problem
from simulator.control.routes import Route


class Lasting:
    """The answers that are still to come."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Future[Answer] | asyncio.Task[None]] = set()

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

    async def streamed(
        self, request: web.Request, pieces: AsyncIterator[bytes], response: web.StreamResponse
    ) -> web.StreamResponse:
        """Send pieces as they come, until they end, the reader goes, or the simulator stops."""
        sending = asyncio.ensure_future(_send(request, pieces, response))
        self._under_way.add(sending)
        try:
            await asyncio.wait([sending])
        finally:
            self._under_way.discard(sending)
            sending.cancel()
        return response


async def _send(request: web.Request, pieces: AsyncIterator[bytes], response: web.StreamResponse) -> None:
    try:
        await response.prepare(request)
        async for piece in pieces:
            await response.write(piece)
    except ConnectionError:
        return  # the reader has gone
