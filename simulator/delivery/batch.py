"""Which notifications go out together: at most so many a message, in their order (notifications.md 3)."""

from collections.abc import Iterator, Sequence

from simulator.delivery.notification import Notification


def batches(notifications: Sequence[Notification], limit: int) -> Iterator[Sequence[Notification]]:
    """Cut into runs of at most `limit`."""
    for start in range(0, len(notifications), limit):
        yield notifications[start : start + limit]
