"""Notifications with the attempts to deliver them."""

import sys

from simulator.control import shapes
from simulator.control.apps import known_app
from simulator.control.asked import Answer, Asked
from simulator.control.calls import known_call
from simulator.control.deps import ControlDeps
from simulator.control.messages import known_message
from simulator.control.paging import Place, page
from simulator.control.problems import Problem, unknown
from simulator.delivery.delivery import Delivery, DeliveryState
from simulator.delivery.notification import Notification
from simulator.exchange.exchange import Exchange


class NotificationRoutes:
    """Routes under /notifications."""

    def __init__(self, deps: ControlDeps) -> None:
        self._exchange = deps.exchange

    async def listed(self, asked: Asked) -> Answer:
        """GET /notifications: about one thing, of an application, in a state; the newest first, in pages."""
        app_key, state = asked.query["app_key"], asked.query["state"]
        if app_key is not None:
            known_app(self._exchange, app_key)
        about_id = self._about(asked)
        self._exchange.now()
        wanted = DeliveryState(state) if state else None
        told = (
            (delivery, index)
            for delivery in self._exchange.deliveries(about_id, app_key, sys.maxsize, state=wanted)
            for index, one in enumerate(delivery.notifications)
            if about_id in (None, one.about_id)
        )
        found, following = page(told, _place, asked.query["cursor"], asked.query["limit"])
        shown = [shapes.notification(delivery.notifications[index], delivery) for delivery, index in found]
        return Answer({"notifications": shown, "next": following})

    def _about(self, asked: Asked) -> str | None:
        """The call, SMS or X number that is asked about; raises Problem for one that is unknown, and for two."""
        given = {
            name: asked.query[name] for name in ("call_id", "message_id", "number") if asked.query[name] is not None
        }
        if len(given) > 1:
            what = " and ".join(given)
            raise Problem(422, "contradiction", f"a notification is about one call, SMS or X number; {what} name two")
        if "call_id" in given:
            known_call(self._exchange, given["call_id"])
        if "message_id" in given:
            known_message(self._exchange, given["message_id"])
        return next(iter(given.values()), None)

    async def one(self, asked: Asked) -> Answer:
        """GET /notifications/{notification_id}."""
        return Answer(shapes.notification(*_known(self._exchange, asked.path["notification_id"])))

    async def redeliver(self, asked: Asked) -> Answer:
        """POST /notifications/{notification_id}/redeliver: its whole message is sent once more."""
        notification, _ = _known(self._exchange, asked.path["notification_id"])
        delivery = self._exchange.redeliver(notification.notification_id)
        return Answer(shapes.notification(notification, delivery))


def _place(told: tuple[Delivery, int]) -> Place:
    """Of one message its notifications stand in the order in which it has them."""
    delivery, index = told
    return delivery.made, -index


def _known(exchange: Exchange, notification_id: str) -> tuple[Notification, Delivery]:
    """The notification and its delivery; raises Problem 404."""
    exchange.now()
    delivery = exchange.delivery_of(notification_id)
    for one in delivery.notifications if delivery is not None else ():
        if delivery is not None and one.notification_id == notification_id:
            return one, delivery
    recent = [one.notification_id for other in exchange.deliveries(limit=100) for one in other.notifications]
    raise unknown("notification", notification_id, recent, "GET /control/v1/notifications lists the latest")
