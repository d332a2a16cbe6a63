"""Requests that may last, such as an advance: they end when the simulator stops, so that nobody who waits holds it up."""

import asyncio
from collections.abc import AsyncGenerator

from aiohttp import web

from simulator.control.asked import Answer, Asked
from simulator.control.problems import Problem
from simulator.control.routes import Route

LOOK_SECONDS = 1.0
"""How often it is looked whether the reader of a stream is still there."""


class Lasting:
    """The answers that are still to come."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Future[Answer] | asyncio.Task[None]] = set()

    def stop(self) -> None:
        """End them."""
        for answer in self._under_way:
            answer.cancel()

    async def answer(self, route: Route, asked: Asked, request: web.Request | None = None) -> Answer:
        """What the route answers; raises Problem 503 when the simulator stops before one that may last has ended.

        One that only waits ends with a Problem, too, when who sent the `request` has gone.
        """
        if not route.may_last:
            return await route.answer(asked)
        coming = asyncio.ensure_future(route.answer(asked))
        self._under_way.add(coming)
        is_left = False
        try:
            while not coming.done() and not is_left:
                await asyncio.wait([coming], timeout=LOOK_SECONDS if route.only_waits else None)
                is_left = route.only_waits and request is not None and _has_gone(request)
        finally:
            self._under_way.discard(coming)
            coming.cancel()
        if is_left and not coming.done():
            raise Problem(400, "nobody waits", "whoever asked has closed the connection")
        if coming.cancelled():
            raise Problem(503, "stopping", "the simulator stops; it has not come to the end of this")
        return coming.result()

    async def streamed(
        self, request: web.Request, pieces: AsyncGenerator[bytes, None], response: web.StreamResponse
    ) -> web.StreamResponse:
        """Send pieces as they come, until they end, the reader goes, or the simulator stops."""
        sending = asyncio.ensure_future(_send(request, pieces, response))
        self._under_way.add(sending)
        try:
            while not sending.done() and not _has_gone(request):
                await asyncio.wait([sending], timeout=LOOK_SECONDS)
        finally:
            self._under_way.discard(sending)
            sending.cancel()
        return response


async def _send(request: web.Request, pieces: AsyncGenerator[bytes, None], response: web.StreamResponse) -> None:
    try:
        first = await anext(pieces)  # from here on what follows is ended, whatever becomes of the connection
        await response.prepare(request)
        await response.write(first)
        async for piece in pieces:
            await response.write(piece)
    except ConnectionError:
        return  # the reader has gone
    finally:
        await pieces.aclose()


def _has_gone(request: web.Request) -> bool:
    """Whether the reader has closed the connection; who is told nothing would otherwise be kept until there is news."""
    return request.transport is None or request.transport.is_closing()
