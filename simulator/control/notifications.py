"""Notifications with the attempts to deliver them."""

from simulator.control import shapes
from simulator.control.apps import known_app
from simulator.control.asked import Answer, Asked
from simulator.control.calls import known_call
from simulator.control.deps import ControlDeps
from simulator.control.problems import Problem, unknown
from simulator.delivery.delivery import Delivery, DeliveryState
from simulator.delivery.notification import Notification
from simulator.exchange.exchange import Exchange


class NotificationRoutes:
    """Routes under /notifications."""

    def __init__(self, deps: ControlDeps) -> None:
        self._exchange = deps.exchange

    async def listed(self, asked: Asked) -> Answer:
        """GET /notifications: of a call, an X number, an application, in a state; those on their way first, the newest first."""
        call_id, app_key, number = (asked.query[name] for name in ("call_id", "app_key", "number"))
        state, limit = asked.query["state"], asked.query["limit"]
        if app_key is not None:
            known_app(self._exchange, app_key)
        if call_id is not None:
            known_call(self._exchange, call_id)
        if call_id is not None and number is not None:
            raise Problem(422, "contradiction", "a notification is about a call_id or about a number; give one of them")
        self._exchange.now()
        about_id, wanted = call_id or number, DeliveryState(state) if state else None
        found = [
            shapes.notification(one, delivery)
            for delivery in self._exchange.deliveries(about_id, app_key, limit, state=wanted)
            for one in delivery.notifications
            if about_id in (None, one.about_id)
        ]
        return Answer({"notifications": found[:limit]})

    async def one(self, asked: Asked) -> Answer:
        """GET /notifications/{notification_id}."""
        return Answer(shapes.notification(*_known(self._exchange, asked.path["notification_id"])))

    async def redeliver(self, asked: Asked) -> Answer:
        """POST /notifications/{notification_id}/redeliver: its whole message is sent once more."""
        notification, _ = _known(self._exchange, asked.path["notification_id"])
        delivery = self._exchange.redeliver(notification.notification_id)
        return Answer(shapes.notification(notification, delivery))


def _known(exchange: Exchange, notification_id: str) -> tuple[Notification, Delivery]:
    """The notification and its delivery; raises Problem 404."""
    exchange.now()
    delivery = exchange.delivery_of(notification_id)
    for one in delivery.notifications if delivery is not None else ():
        if delivery is not None and one.notification_id == notification_id:
            return one, delivery
    recent = [one.notification_id for other in exchange.deliveries(limit=100) for one in other.notifications]
    raise unknown("notification", notification_id, recent, "GET /control/v1/notifications lists the latest")
