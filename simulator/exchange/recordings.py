"""What recorded calls leave behind, from the call's end to deletion (recording_auth_codes.md 1)."""

from datetime import datetime
from functools import partial

from simulator.contract.recordings import recording_of
from simulator.exchange.apps import RECORDING_URL, App
from simulator.exchange.core import Core
from simulator.exchange.deadlines import Deadline
from simulator.telephony.calls import Call
from simulator.telephony.recordings import Recording


class Recordings:
    """Every recording that can be downloaded, by its file name and by the secret part of its address."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._by_name: dict[str, Recording] = {}
        self._by_token: dict[str, Recording] = {}
        self._unannounced: dict[str, Recording] = {}
        self._deletions: dict[str, Deadline] = {}

    def __len__(self) -> int:
        return len(self._by_name)

    def named(self, name: str) -> Recording | None:
        """The recording with this file name."""
        return self._by_name.get(name)

    def behind(self, token: str) -> Recording | None:
        """The recording behind a download address."""
        return self._by_token.get(token)

    def record(self, app: App, call: Call, released_at: datetime) -> Recording | None:
        """The recording of a released call; None where nothing was recorded."""
        if not (call.route.record and app.spec.recording):
            return None
        next_id = partial(self._core.ids.next, app.app_key, "recording")
        recording = recording_of(call, released_at, app.profile, next_id, self._core.token)
        if recording is None:
            return None
        if app.has(RECORDING_URL):
            recording.address = self._core.address_of(recording.token, recording.name)
        self._by_name[recording.name] = self._by_token[recording.token] = recording
        self._unannounced[call.call_id] = recording
        return recording

    def announced(self, call_id: str, at: datetime, retention_seconds: float) -> None:
        """The CDR of a call was pushed: its recording, if there is one, will be deleted after its days."""
        recording = self._unannounced.pop(call_id, None)
        if recording is None:
            return
        recording.announced(at, retention_seconds)
        deleted_at = recording.deleted_at or at
        self._deletions[recording.name] = self._core.deadlines.add(
            deleted_at, "recording_deleted", recording.name, self._days_are_over, recording
        )

    def forget(self, app_key: str) -> None:
        """Delete the recordings of an application at once."""
        for recording in [one for one in self._by_name.values() if one.app_key == app_key]:
            self._delete(recording)

    def _days_are_over(self, recording: Recording, _: datetime) -> None:
        self._delete(recording)

    def _delete(self, recording: Recording) -> None:
        self._by_name.pop(recording.name, None)
        self._by_token.pop(recording.token, None)
        self._unannounced.pop(recording.call_id, None)
        deadline = self._deletions.pop(recording.name, None)
        if deadline is not None:
            self._core.deadlines.cancel(deadline)
