"""The control plane on aiohttp: guard, read, answer, journal, in that order for every request."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from simulator.contract.secret_members import without_token
from simulator.control.asked import Answer, Asked
from simulator.control.broadcast import Broadcast
from simulator.control.deps import ControlDeps
from simulator.control.direct import Direct
from simulator.control.guard import CHALLENGE, check_host, check_origin, check_token
from simulator.control.hearing import asked_of, named_in
from simulator.control.lasting import Lasting
from simulator.control.live import alive
from simulator.control.page import add_page
from simulator.control.problems import Problem
from simulator.control.refusals import as_problem
from simulator.control.routes import BODY_LIMIT, PREFIX, Route, menu
from simulator.exchange.rows import ControlExchange
from simulator.exchange.tally import OTHER
from simulator.store.log import StoreFailed

NO_STORE = {"Cache-Control": "no-store"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


DIRECT = web.AppKey("direct", Direct)
"""Under this key the application has the way that leads past its wire."""


def make_app(deps: ControlDeps) -> web.Application:
    """The control plane as an application for a runner; it answers once `deps.ready` knows its address."""
    broadcast, lasting = Broadcast(deps.exchange.journal), Lasting()
    routes = menu(deps, broadcast)
    plane = ControlPlane(deps, routes, lasting, broadcast)
    app = web.Application(middlewares=[_routed(plane.serving(None))])
    app[DIRECT] = Direct(deps, routes, lasting)
    app.on_shutdown.append(plane.stop)
    for route in routes:
        app.router.add_route(route.method, PREFIX + route.path, plane.serving(route), expect_handler=plane.expect)
    add_page(app)
    app.router.add_get("/live", alive(deps))
    app.router.add_route("*", "/{elsewhere:.*}", plane.serving(None), expect_handler=plane.expect)
    return app


def _routed(elsewhere: Handler) -> Any:
    """What the router itself refuses, such as `OPTIONS *`, is answered as every other path that is nowhere."""

    @web.middleware
    async def serve(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await (handler if request.match_info.http_exception is None else elsewhere)(request)

    return serve


class ControlPlane:
    """Serves the routes; every request becomes a row of the journal before its answer leaves."""

    def __init__(self, deps: ControlDeps, routes: Sequence[Route], lasting: Lasting, broadcast: Broadcast) -> None:
        self._deps = deps
        self._routes = routes
        self._lasting = lasting
        self._broadcast = broadcast

    def serving(self, route: Route | None) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The aiohttp handler of a route, None for everywhere else."""

        async def serve(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, route)

        return serve

    async def stop(self, _: web.Application) -> None:
        """End what may last, so that nobody who waits holds the simulator up."""
        self._broadcast.stop()
        self._lasting.stop()

    async def expect(self, request: web.Request) -> None:
        """Ask for a body that its sender holds back, once it is known who sends it."""
        is_bearer = self._refusal(request) is None
        if is_bearer and request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(CONTINUE)
            request.writer.output_size = 0  # the answer itself has not begun

    async def _serve(self, request: web.Request, route: Route | None) -> web.StreamResponse:
        at = self._deps.exchange.clock.now()
        path = without_token(request.path_qs, self._deps.token)
        row = ControlExchange(at=at, method=request.method, path=path, status=0)
        answer = None
        try:
            answer = await self._answer(request, route, row)
            response = _response(answer)
        except StoreFailed:
            return _unanswered(request)
        except Exception as error:  # noqa: BLE001 - whatever breaks is answered as a problem, never as a traceback
            problem = as_problem(error)
            response = problem.response({**NO_STORE, **(CHALLENGE if problem.status == 401 else {}), **problem.headers})
        row.status = response.status
        self._count(route, response.status)
        try:
            await self._keep(row, is_kept=route is None or (route.is_journaled and not self._is_looking(request)))
        except StoreFailed:
            return _unanswered(request)
        if answer is not None and answer.stream is not None:
            return await self._lasting.streamed(request, answer.stream, response)
        return response

    async def _keep(self, row: ControlExchange, *, is_kept: bool) -> None:
        """Journal what was asked; return once that, and what the answer tells of, outlives this process."""
        journal = self._deps.exchange.journal
        if is_kept:
            journal.append(row)
        if journal.committed is not None:
            await journal.committed()

    def _count(self, route: Route | None, status: int) -> None:
        """By the route's pattern, never by what was asked: nobody makes the table grow."""
        method, path = (route.method, route.path) if route is not None else (OTHER, OTHER)
        self._deps.requests[method, path, str(status)] += 1

    async def _answer(self, request: web.Request, route: Route | None, row: ControlExchange) -> Answer:
        refusal = self._refusal(request)
        if refusal is not None:
            raise refusal
        if route is None:
            raise await self._nowhere(request)
        asked = await _read(request, route, row)
        return await self._lasting.answer(route, asked, request)

    def _is_looking(self, request: web.Request) -> bool:
        """Whether a page that is signed in reads: it does so with every change, and would tell itself of its reading."""
        sessions = self._deps.sessions
        is_page = sessions is not None and "Authorization" not in request.headers and sessions.has(request.headers)
        return request.method == "GET" and is_page

    def _refusal(self, request: web.Request) -> Problem | None:
        """Why this request may not ask anything; None when it may."""
        try:
            check_token(request.headers, self._deps.token, self._deps.sessions)
            bound = urlsplit(str(self._deps.ready()["control"])).hostname or ""
            check_host(request.headers, bound)
            check_origin(request.method, request.headers)
        except Problem as problem:
            return problem
        return None

    async def _nowhere(self, request: web.Request) -> Problem:
        """404 with the nearest path, or 405 with the methods of the one that is there."""
        resolved = [await resource.resolve(request) for resource in request.app.router.resources()]
        methods = sorted(set().union(*(allowed for _, allowed in resolved)) - {"*"})
        if methods:
            detail = f"{request.method} is not possible at {request.path}; there is {' and '.join(methods)}"
            refusal = Problem(405, "method not allowed", detail, valid=methods)
            refusal.headers = {"Allow": ", ".join(methods)}
            return refusal
        paths = list(dict.fromkeys(PREFIX + route.path for route in self._routes))
        near = get_close_matches(request.path, paths, 1)
        hint = f"did you mean {near[0]}?" if near else f"every route begins with {PREFIX}"
        return Problem(404, "no such route", f"there is no {request.path}; {hint}", valid=near or paths)


async def _read(request: web.Request, route: Route, row: ControlExchange) -> Asked:
    """What the route is asked; what the journal may keep of it goes to `row`."""
    path = named_in(row, request.match_info)
    if len(set(request.query)) < len(request.query):
        raise Problem(422, "member given twice", "a member of the query stands there more than once")
    if "Content-Encoding" in request.headers:
        raise Problem(415, "unsupported media type", "a body must be sent as it is, without Content-Encoding")
    content = await _content(request, route.body_limit)
    asked = asked_of(route, row, path, request.query, request.content_type, content)
    return replace(asked, headers=request.headers) if route.reads_headers else asked


async def _content(request: web.Request, limit: int) -> bytes:
    """The body; raises Problem 413 as soon as it is longer than it may be."""
    pieces: list[bytes] = []
    length = 0
    try:
        async for piece in request.content.iter_any():
            length += len(piece)
            if length > limit:
                raise Problem(413, "body too large", f"a body may have at most {limit // BODY_LIMIT} MiB")
            pieces.append(piece)
    except ConnectionError:
        raise Problem(400, "broken body", "the body ended before it was complete") from None
    return b"".join(pieces)


def _response(answer: Answer) -> web.StreamResponse:
    headers = {**NO_STORE, **answer.headers}
    if answer.stream is not None:
        return web.StreamResponse(status=answer.status, headers={**headers, "Content-Type": answer.content_type})
    if answer.json is None and answer.text is None:
        return web.Response(status=answer.status, headers=headers)
    body = orjson.dumps(answer.json) if answer.text is None else answer.text
    return web.Response(status=answer.status, body=body, headers={**headers, "Content-Type": answer.content_type})


def _unanswered(request: web.Request) -> web.Response:
    """What cannot be kept is not answered: the connection ends, and the program with it."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500, headers=NO_STORE)
