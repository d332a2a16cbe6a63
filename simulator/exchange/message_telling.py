"""What the receivers are told about SMS: Block, which asks what becomes of one, and Notify (notifications.md 4)."""

from datetime import datetime

from simulator.contract import messages as wire
from simulator.contract.encoding import encoded
from simulator.delivery.notification import Slot
from simulator.exchange.apps import App
from simulator.exchange.core import Core
from simulator.exchange.messages import Messages, PlayedMessage
from simulator.exchange.outbox import Outbox
from simulator.exchange.posting import may_leave, notification
from simulator.telephony.messages import SendResult

SLOTS = {wire.NOTIFY: Slot.SMS, wire.BLOCK: Slot.SMS_BLOCK}
ARRIVED = "arrived"


class MessageTelling:
    """Turns SMS into deliveries."""

    def __init__(self, core: Core, outbox: Outbox, messages: Messages) -> None:
        self._core = core
        self._outbox = outbox
        messages.on_asked, messages.on_ended = self._ask, self._tell

    def _ask(self, played: PlayedMessage) -> None:
        self._push(wire.BLOCK, played, played.arrived_at)

    def _tell(self, played: PlayedMessage) -> None:
        self._push(wire.NOTIFY, played, played.ended_at or played.arrived_at)

    def _push(self, kind: str, played: PlayedMessage, at: datetime) -> None:
        app, slot = self._core.apps[played.app_key], SLOTS[kind]
        if app.receiver(slot) is None:
            return
        body = wire.body(kind, _notice(kind, played, app), app.profile, _switches(app))
        told = notification(self._core, app.app_key, played.message_id, kind, at, encoded(body))
        violations = wire.violations(kind, body, app.mode)
        if not violations or may_leave(self._core, told, violations):
            delivery = self._outbox.push(app, slot, told, asks=kind == wire.BLOCK)
            if delivery is not None:
                played.delivery_ids.append(delivery.delivery_id)


def _switches(app: App) -> wire.Switches:
    return wire.Switches(app.has("sms_content"), app.has("area_code"))


def _notice(kind: str, played: PlayedMessage, app: App) -> wire.SmsNotice:
    asks, way = kind == wire.BLOCK, played.way
    told_at = played.arrived_at if asks or app.profile.sms_notify_time == ARRIVED else played.ended_at
    return wire.SmsNotice(
        app_key=played.app_key,
        sms_id=played.sms_id,
        sender=played.wish.sender,
        x_number=played.wish.x_number,
        at=told_at or played.arrived_at,
        direction=way.direction,
        parts=played.parts if asks else played.parts_sent,
        result=played.result or SendResult.SENT,
        destination=played.destination,
        subscription_id=way.subscription_id,
        user_data=way.user_data,
        text=way.delivered if app.profile.sms_content_text == "delivered" else played.wish.text,
        area_code=played.area_code,
    )
