"""What a page needs beside the other routes: the session that stands for its token, the live feed; and who is alive."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from simulator.control.asked import Answer, Asked
from simulator.control.broadcast import Broadcast
from simulator.control.deps import ControlDeps
from simulator.control.problems import Problem

EVENT_STREAM = "text/event-stream"


def alive(deps: ControlDeps) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """GET /live, for probes that know no token: 204, or 503 when a part of the simulator broke; never a byte of data."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=503 if deps.is_broken() else 204, headers={"Cache-Control": "no-store"})

    return answer


class LiveRoutes:
    """Routes /session and /events."""

    def __init__(self, deps: ControlDeps, broadcast: Broadcast) -> None:
        self._sessions = deps.sessions
        self._broadcast = broadcast

    async def begin_session(self, asked: Asked) -> Answer:
        """POST /session: a cookie for the bearer of the token."""
        if self._sessions is None or "Authorization" not in asked.headers:
            raise Problem(403, "no session", "a session begins with the token: `Authorization: Bearer TOKEN`")
        return Answer(status=204, headers={"Set-Cookie": self._sessions.begin()})

    async def end_session(self, asked: Asked) -> Answer:
        """DELETE /session: the cookie is worth nothing any more."""
        return Answer(status=204, headers={"Set-Cookie": self._sessions.end(asked.headers)} if self._sessions else {})

    async def events(self, asked: Asked) -> Answer:
        """GET /events: server-sent events, after the last one that a reconnecting reader has, or from now on."""
        last = asked.headers.get("Last-Event-ID", "")
        after = int(last) if last.isascii() and last.isdigit() and len(last) < 20 else asked.query["after"]
        return Answer(stream=self._broadcast.join(after), content_type=EVENT_STREAM)
