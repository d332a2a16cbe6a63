"""What the receiver is told about X numbers: those whose status changed in one command, up to 100 a message.

Obeys notifications.md 5; the bodies are written by `contract/number_status.py`.
"""

from collections.abc import Iterable, Mapping, Sequence

from simulator.contract import number_status as wire
from simulator.contract.encoding import encoded
from simulator.delivery.batch import batches
from simulator.delivery.notification import Notification, Slot
from simulator.exchange.apps import App
from simulator.exchange.core import Core
from simulator.exchange.outbox import Outbox
from simulator.exchange.posting import may_leave, notification
from simulator.telephony.numbering import NumberState, XNumber

Before = Sequence[tuple[XNumber, Mapping[str, object]]]
"""X numbers with what would have been told of them before a change."""


class NumberTelling:
    """Compares X numbers before and after a command and pushes what changed; nothing when nothing did."""

    def __init__(self, core: Core, outbox: Outbox) -> None:
        self._core = core
        self._outbox = outbox

    def before(self, app: App, x_numbers: Iterable[XNumber]) -> Before:
        """How these stand now; `tell` follows when they were changed. Raises Busy when the outbox is full."""
        self._outbox.check_room(app.app_key)
        return [(x_number, wire.number_status(x_number, app.profile)) for x_number in x_numbers]

    def tell(self, app: App, before: Before) -> Sequence[XNumber]:
        """Push what changed; answers the X numbers that it is told of, or would be with a receiver."""
        changed = [x_number for x_number, was in before if wire.differs(x_number, was, app.profile)]
        if app.receiver(Slot.NUMBER_STATUS) is not None:
            told = [each for each in (self._told(app, x_number) for x_number in changed) if each is not None]
            for batch in batches(told, wire.AT_ONCE):
                body = wire.message([each.fragment for each in batch])
                self._outbox.push_together(app, Slot.NUMBER_STATUS, batch, body)
        for x_number, _ in before:
            if x_number.state is NumberState.NORMAL:
                x_number.cause = None  # why it is usable again is told once, and of what was usable anyway never
        return changed

    def _told(self, app: App, x_number: XNumber) -> Notification | None:
        status = wire.number_status(x_number, app.profile)
        at = self._core.clock.now()
        told = notification(self._core, app.app_key, x_number.number, wire.KIND, at, encoded(status))
        return told if may_leave(self._core, told, wire.violations(status, app.mode)) else None
