"""Calls on the simulated network."""

import sys

from simulator.control import shapes
from simulator.control.apps import known_app
from simulator.control.asked import Answer, Asked
from simulator.control.deps import ControlDeps
from simulator.control.paging import Place, page
from simulator.control.problems import Problem, unknown
from simulator.exchange.calls import PlayedCall
from simulator.exchange.exchange import Exchange
from simulator.exchange.rows import instant
from simulator.telephony.commands.calls import Dial, Party


def known_call(exchange: Exchange, call_id: str) -> PlayedCall:
    """The call; raises Problem 404 with the nearest one."""
    exchange.now()
    played = exchange.call(call_id)
    if played is None:
        recent = [other.call.call_id for other in exchange.calls(limit=100)]
        raise unknown("call", call_id, recent, "GET /control/v1/calls lists the latest")
    return played


class CallRoutes:
    """Routes under /calls."""

    def __init__(self, deps: ControlDeps) -> None:
        self._exchange = deps.exchange

    async def listed(self, asked: Asked) -> Answer:
        """GET /calls: the newest first, in pages."""
        app_key = asked.query["app_key"]
        if app_key is not None:
            known_app(self._exchange, app_key)
        self._exchange.now()
        everything = self._exchange.calls(app_key, sys.maxsize)
        calls, following = page(everything, _place, asked.query["cursor"], asked.query["limit"])
        return Answer({"calls": [shapes.call(played, self._exchange) for played in calls], "next": following})

    async def one(self, asked: Asked) -> Answer:
        """GET /calls/{call_id}."""
        return Answer(shapes.call(known_call(self._exchange, asked.path["call_id"]), self._exchange))

    async def dial(self, asked: Asked) -> Answer:
        """POST /calls: plays one."""
        app = known_app(self._exchange, asked.body["app_key"])
        members = {name: value for name, value in asked.body.items() if value is not None and name != "app_key"}
        if "outcome" in members and "hangup_cause" in members:
            raise Problem(
                422, "contradiction", "hangup_cause says how the call ends, and so does outcome; give one of them"
            )
        if "released_by" in members:
            members["released_by"] = Party(members["released_by"])
        members["extensions"] = members.pop("extension", ())
        played = self._exchange.dial(app.app_key, Dial(**members))
        call = played.call
        dialled = {"call_id": call.call_id, "session_id": call.session_id, "ends_at": instant(played.ends_at)}
        return Answer(dialled, status=201)

    async def release(self, asked: Asked) -> Answer:
        """POST /calls/{call_id}/release: one party hangs up now."""
        played = known_call(self._exchange, asked.path["call_id"])
        released = self._exchange.release(played.call.call_id, Party(asked.body["released_by"]))
        return Answer(shapes.call(released, self._exchange))


def _place(played: PlayedCall) -> Place:
    return (played.number,)
