"""Recordings: what a call leaves behind, from the CDR that announces it to deletion (recording_auth_codes.md 1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Recording:
    """A recorded call. `deleted_at` is known once the CDR was pushed; before that the file is simply there."""

    name: str
    domain: str
    bucket: str
    app_key: str
    call_id: str
    started_at: datetime
    seconds: float
    token: str
    deleted_at: datetime | None = None
    address: str | None = None
    """Where it opens at once, when its CDR says so; such an address works as long as the recording is there."""

    def announced(self, at: datetime, retention_seconds: float) -> None:
        """Its CDR was pushed at `at`: the days of keeping it begin; later pushes of the same CDR change nothing."""
        if self.deleted_at is None:
            self.deleted_at = at + timedelta(seconds=retention_seconds)

    def is_there(self, at: datetime) -> bool:
        """Whether it can still be downloaded."""
        return self.deleted_at is None or at < self.deleted_at
