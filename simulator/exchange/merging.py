"""CDRs that wait to go out together: one merge window an application (notifications.md 3)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from simulator.delivery.notification import Notification
from simulator.exchange.deadlines import Deadline, Deadlines


@dataclass(slots=True)
class MergeWindow:
    """An open window: what has come so far, and when it closes."""

    closing: Deadline
    waiting: list[Notification] = field(default_factory=list)


class MergeWindows:
    """Opens a window at the first CDR and hands over what came when it closes."""

    def __init__(
        self, deadlines: Deadlines, on_closed: Callable[[str, Sequence[Notification], datetime], None]
    ) -> None:
        self._deadlines = deadlines
        self._on_closed = on_closed
        self._open: dict[str, MergeWindow] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, notification: Notification, closes_at: datetime) -> None:
        """Wait in the application's open window, or in a new one that closes at `closes_at`."""
        app_key = notification.app_key
        if app_key not in self._open:
            closing = self._deadlines.add(closes_at, "merge_window", app_key, self._close, app_key)
            self._open[app_key] = MergeWindow(closing)
        self._open[app_key].waiting.append(notification)

    def has(self, about_id: str) -> bool:
        """Whether a CDR of this call waits in a window."""
        return any(one.about_id == about_id for window in self._open.values() for one in window.waiting)

    def forget(self, app_key: str) -> None:
        """What waits for this application goes nowhere."""
        window = self._open.pop(app_key, None)
        if window is not None:
            self._deadlines.cancel(window.closing)

    def _close(self, app_key: str, at: datetime) -> None:
        self._on_closed(app_key, self._open.pop(app_key).waiting, at)
