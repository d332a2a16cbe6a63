"""What the receivers are told about calls: every event at once, every CDR when its merge window closes.

Obeys notifications.md 2 and 3; the bodies are written by `contract/notifications.py`.
"""

from datetime import datetime

from simulator.contract import notifications as wire
from simulator.contract.encoding import encoded
from simulator.delivery.delivery import Delivery
from simulator.delivery.notification import Notification, Slot
from simulator.exchange.apps import App
from simulator.exchange.calls import Calls, PlayedCall
from simulator.exchange.core import Core
from simulator.exchange.outbox import Outbox
from simulator.exchange.posting import may_leave, notification
from simulator.telephony.cdr import Cdr
from simulator.telephony.events import CallEvent


class Telling:
    """Turns what happens to calls into deliveries; the days of a recording begin when its CDR is pushed."""

    def __init__(self, core: Core, outbox: Outbox, calls: Calls) -> None:
        self._core = core
        self._outbox = outbox
        self._calls = calls
        calls.on_event, calls.on_cdr = self._tell_event, self._tell_cdr
        outbox.on_first_attempt, outbox.on_unsent = self._first_attempt, self._announce

    def _tell_event(self, played: PlayedCall, event: CallEvent) -> None:
        call = played.call
        app = self._core.apps[call.app_key]
        slot = wire.slot_of(event.kind)
        if app.receiver(slot) is None:
            return
        body = wire.call_event(call, event, app.profile, app.mode, app.spec.features)
        kind = wire.EVENT_TYPES[event.kind]
        told = notification(self._core, call.app_key, call.call_id, kind, event.at, encoded(body))
        violations = wire.violations(kind, body, app.mode)
        if not violations or may_leave(self._core, told, violations):
            delivery = self._outbox.push(app, slot, told, asks=wire.asks(kind, app.mode))
            if delivery is not None:
                played.delivery_ids.append(delivery.delivery_id)

    def _tell_cdr(self, played: PlayedCall, cdr: Cdr) -> None:
        app = self._core.apps[played.call.app_key]
        call_id, at = played.call.call_id, cdr.released_at
        if app.receiver(Slot.FEE) is None:
            self._recording_announced(app, call_id, at)
            return
        record = wire.fee(cdr, app.profile, app.mode, app.spec.features)
        told = notification(self._core, app.app_key, call_id, wire.FEE, at, encoded(record))
        if may_leave(self._core, told, wire.fee_violations(record, app.mode)):
            self._outbox.push_later(app, told)
        else:
            self._announce(told, at)

    def _first_attempt(self, delivery: Delivery, at: datetime) -> None:
        """A CDR is pushed: the days of its recording begin."""
        if delivery.slot is not Slot.FEE:
            return
        for told in delivery.notifications:
            played = self._calls.get(told.about_id)
            if played is not None:
                played.delivery_ids.append(delivery.delivery_id)
            self._announce(told, at)

    def _announce(self, told: Notification, at: datetime) -> None:
        app = self._core.apps.get(told.app_key)
        if app is not None:
            self._recording_announced(app, told.about_id, at)

    def _recording_announced(self, app: App, call_id: str, at: datetime) -> None:
        self._calls.recordings.announced(call_id, at, app.profile.recording_retention_seconds)
