"""Mode X: nothing is bound; the customer is asked about every call, and answers connect or close (axe_axyb_x.md 3)."""

from collections.abc import Iterator
from datetime import datetime

from simulator.contract.decisions import BadDecision, check_numbers
from simulator.exchange.apps import App
from simulator.exchange.modes.checks import check_voice_files
from simulator.exchange.modes.mode import Arrival
from simulator.telephony.calls import Call
from simulator.telephony.commands.x import Connect, Decision
from simulator.telephony.errors import Refused
from simulator.telephony.events import CallEvent
from simulator.telephony.messages import Sms, SmsRules, SmsWay, through_x
from simulator.telephony.routing import CallDirection, Route, barred, limit_seconds


class MissingVoiceFile(BadDecision):
    """A decision names a voice file that was not uploaded and approved."""


class XMode:
    """Who is reached: whom the customer says."""

    def route(self, app: App, arrival: Arrival) -> Route | None:
        """None, the customer is asked, unless no call gets through to it at all."""
        return barred(arrival.x_number, arrival.caller, app.routing_rules)

    def way(self, app: App, sms: Sms, at: datetime, rules: SmsRules) -> SmsWay:
        """Of an SMS: whom the customer says (notifications.md 4)."""
        del app, at  # nothing is bound
        return through_x(sms, rules)

    def happened(self, app: App, call: Call, event: CallEvent) -> None:
        """Nothing is kept of a call."""


def undecided(app: App) -> Route:
    """The route of a call while the customer is asked."""
    return Route(CallDirection(app.profile.x_cdr_direction))


def no_decision(cause: int) -> Route:
    """The route of a call about which the customer decided nothing."""
    return Route(CallDirection.ABNORMAL, refusal=cause)


def route_of(app: App, x_number: str, decided: Decision) -> Route:
    """The route that a decision means; raises BadDecision where the application cannot have it."""
    try:
        check_voice_files(app, decided.tones)
    except Refused as refused:
        raise MissingVoiceFile(f"the decision cannot be carried out: {refused.explanation}") from None
    direction = CallDirection(app.profile.x_cdr_direction)
    if not isinstance(decided, Connect):
        return Route(direction, refusal=app.profile.x_close_cause, user_data=decided.user_data)
    check_numbers(decided)
    foreign = decided.display not in (None, x_number)
    if foreign and app.profile.x_foreign_display == "invalid":
        raise BadDecision(f"the decision shows {decided.display} instead of the dialled {x_number}")
    if decided.record and not app.spec.recording and app.profile.x_record_without_app_recording == "invalid":
        raise BadDecision("the decision has the call recorded, but the application was made without recording")
    return Route(
        direction,
        decided.callee,
        user_data=decided.user_data,
        max_seconds=limit_seconds(decided.max_minutes),
        record=bool(decided.record),
        record_tone=decided.record_tone,
        shown=decided.display,
        foreign_display=foreign,
    )


def remarks(app: App, x_number: str, decided: Decision) -> Iterator[str]:
    """What has no effect in a valid decision, or not the one that was meant."""
    if not isinstance(decided, Connect):
        return
    if decided.display not in (None, x_number):
        yield f"carriers intercept a call that shows {decided.display} instead of the dialled {x_number}"
    if decided.record and not app.spec.recording:
        yield "the call is not recorded: the application was made without recording"
    elif decided.record and decided.record_tone is None:
        yield "carriers intercept a recorded call without its prompt tone"
    if decided.last_minute_tone is not None and not decided.max_minutes:
        yield "the last minute's voice is never played: there is no maximum duration"
