"""When a failed delivery is tried again: a list of minutes that is also its documentation (notifications.md 1.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Schedule:
    """Re-push `after_minutes` of the first failure, or of the failure before when `successive`."""

    after_minutes: tuple[float, ...]
    successive: bool = False

    def next_after(self, failures: int, first_failed_at: datetime, last_failed_at: datetime) -> datetime | None:
        """The instant of the attempt that follows so many failures; None when the schedule is used up."""
        if failures > len(self.after_minutes):
            return None
        since = last_failed_at if self.successive else first_failed_at
        return max(since + timedelta(minutes=self.after_minutes[failures - 1]), last_failed_at)


NEVER = Schedule(())
"""What failed is not tried again."""
