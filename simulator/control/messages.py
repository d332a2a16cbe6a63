"""SMS on the simulated network."""

import sys

from simulator.client import shapes as told
from simulator.control import shapes
from simulator.control.apps import known_app
from simulator.control.asked import Answer, Asked
from simulator.control.deps import ControlDeps
from simulator.control.paging import Place, page
from simulator.control.problems import unknown
from simulator.exchange.exchange import Exchange
from simulator.exchange.messages import PlayedMessage
from simulator.exchange.rows import instant
from simulator.telephony.commands.messages import SendSms


def known_message(exchange: Exchange, message_id: str) -> PlayedMessage:
    """The SMS; raises Problem 404 with the nearest one."""
    exchange.now()
    played = exchange.message(message_id)
    if played is None:
        recent = [other.message_id for other in exchange.messages(limit=100)]
        raise unknown("message", message_id, recent, "GET /control/v1/messages lists the latest")
    return played


class MessageRoutes:
    """Routes under /messages."""

    def __init__(self, deps: ControlDeps) -> None:
        self._exchange = deps.exchange

    async def listed(self, asked: Asked) -> Answer:
        """GET /messages: the newest first, in pages."""
        app_key = asked.query["app_key"]
        if app_key is not None:
            known_app(self._exchange, app_key)
        self._exchange.now()
        everything = self._exchange.messages(app_key, sys.maxsize)
        found, following = page(everything, _place, asked.query["cursor"], asked.query["limit"])
        return Answer({"messages": [message(played, self._exchange) for played in found], "next": following})

    async def one(self, asked: Asked) -> Answer:
        """GET /messages/{message_id}."""
        return Answer(message(known_message(self._exchange, asked.path["message_id"]), self._exchange))

    async def send(self, asked: Asked) -> Answer:
        """POST /messages: plays one."""
        app = known_app(self._exchange, asked.body["app_key"])
        members = {name: value for name, value in asked.body.items() if name != "app_key"}
        played = self._exchange.send_sms(app.app_key, SendSms(**members))
        return Answer(message(played, self._exchange), status=201)


def _place(played: PlayedMessage) -> Place:
    return (played.number,)


def message(played: PlayedMessage, exchange: Exchange) -> told.Message:
    """An SMS with everything that came of it."""
    way = played.way
    return {
        "message_id": played.message_id,
        "sms_id": played.sms_id,
        "app_key": played.app_key,
        "sender": played.wish.sender,
        "x_number": played.wish.x_number,
        "text": played.wish.text,
        "state": "asking" if played.waits else "ended",
        "asked": played.asked,
        "send_result": None if played.result is None else int(played.result),
        "arrived_at": instant(played.arrived_at),
        "ended_at": shapes.maybe(played.ended_at),
        "direction": way.direction.value,
        "destination": played.destination,
        "delivered_text": way.delivered if played.destination else None,
        "parts": played.parts,
        "parts_sent": played.parts_sent,
        "subscription_id": way.subscription_id,
        "user_data": way.user_data,
        "notifications": shapes.told_about(played.message_id, played.delivery_ids, exchange),
    }
