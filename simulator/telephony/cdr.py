"""The call detail record: a pure fold over what happened to one finished call (notifications.md 3)."""

from dataclasses import dataclass
from datetime import datetime

from simulator.telephony.calls import Call
from simulator.telephony.commands.calls import Party
from simulator.telephony.events import CallEventKind
from simulator.telephony.recordings import Recording
from simulator.telephony.release import NORMAL, Release
from simulator.telephony.routing import CallDirection


@dataclass(frozen=True, slots=True)
class Cdr:
    """One finished call in the core's words; instants that never came are None."""

    direction: CallDirection
    app_key: str
    icid: str
    session_id: str
    x_number: str
    caller: str
    destination: str | None
    dialled_at: datetime
    forwarded_at: datetime | None
    alerted_at: datetime | None
    answered_at: datetime | None
    released_at: datetime
    release: Release
    recording: Recording | None
    subscription_id: str | None
    user_data: str | None
    shown: str
    """The number that the callee saw."""
    extension: str | None
    bound_number: str
    """The privacy number that the call is counted for."""
    area_code: str | None = None
    """The city of that number."""
    released_by: Party | None = None
    """Who hung up; None: the platform."""

    @property
    def talk_seconds(self) -> int | None:
        """Whole seconds from answer to release; None for a call that was never answered."""
        if self.answered_at is None:
            return None
        # the times of the CDR are whole seconds, and the talk time is their difference (notifications.md 3.1)
        return int((self.released_at.replace(microsecond=0) - self.answered_at.replace(microsecond=0)).total_seconds())

    @property
    def failed_at(self) -> datetime | None:
        """When it failed; None for a call that was answered or ended normally (notifications.md 3.1, failTime)."""
        answered = self.answered_at is not None or self.release.cause == NORMAL
        return None if answered else self.released_at


def cdr(call: Call, recording: Recording | None, area_code: str | None = None) -> Cdr:
    """The CDR of a released call, `area_code` is that of its X; raises ValueError while it is still alive."""
    times = {event.kind: event.at for event in call.events}
    if call.release is None:
        raise ValueError(f"call {call.call_id} has not been released")
    forwarded_at = times.get(CallEventKind.FORWARDED)
    return Cdr(
        direction=call.route.direction,
        app_key=call.app_key,
        icid=call.icid,
        session_id=call.session_id,
        x_number=call.x_number,
        caller=call.caller,
        destination=call.route.destination if forwarded_at else None,
        dialled_at=times[CallEventKind.DIALLED],
        forwarded_at=forwarded_at,
        alerted_at=times.get(CallEventKind.ALERTED),
        answered_at=times.get(CallEventKind.ANSWERED),
        released_at=times[CallEventKind.RELEASED],
        release=call.release,
        recording=recording,
        subscription_id=call.route.subscription_id,
        user_data=call.route.user_data,
        shown=call.route.shown or call.x_number,
        extension=call.route.extension,
        bound_number=call.route.bound_number or call.x_number,
        area_code=area_code,
        released_by=call.events[-1].by,
    )
