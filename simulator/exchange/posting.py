"""Notifications on their way into the outbox: an id for each, and none that breaks its schema gets any further."""

from collections.abc import Sequence
from datetime import datetime

from simulator.delivery.notification import Notification
from simulator.exchange.core import Core


def notification(core: Core, app_key: str, about_id: str, kind: str, at: datetime, fragment: bytes) -> Notification:
    """A notification with an id of its own; `about_id` is the call, SMS or X number that it tells of."""
    notification_id = f"n-{core.ids.next(app_key, 'notification') >> 64:016x}"
    return Notification(notification_id, app_key, kind, about_id, at, fragment)


def may_leave(core: Core, told: Notification, violations: Sequence[str]) -> bool:
    """A notification that breaks its schema is our bug: journaled, counted, and never sent."""
    if violations:
        core.violations += 1
        core.journal.note(
            "contract_violation",
            told.created_at,
            told.app_key,
            told.about_id,
            notification_kind=told.kind,
            violations=list(violations),
        )
    return not violations
