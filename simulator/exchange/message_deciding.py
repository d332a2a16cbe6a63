"""SMS that wait for their customer's decision: the answer to the Block says who gets one (notifications.md 4.3).

No connection or another status than 200: pushed again on the schedule of SMS, and discarded after the last time. A late
answer, or a 200 that decides nothing, discards at once (sendResult 7).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from simulator.contract import sms_decisions
from simulator.contract.decisions import BadDecision
from simulator.delivery.delivery import Delivery, DeliveryState
from simulator.delivery.outcome import TIMEOUT, Answered, Result, Unanswered, Verdict
from simulator.exchange.apps import App
from simulator.exchange.core import Core
from simulator.exchange.deciding import whole
from simulator.exchange.messages import Messages, PlayedMessage, forwarded
from simulator.exchange.rows import Noted
from simulator.telephony.commands.messages import Forward, SmsDecision
from simulator.telephony.messages import SendResult, SmsWay

NO_BLOCK_ADDRESS = "the application has no address for SMS that ask what becomes of them"


@dataclass(frozen=True, slots=True)
class SmsReading:
    """What an answer means for its SMS; without a decision `problem` says why, and `again` whether it is asked again."""

    decision: SmsDecision | None = None
    problem: str = ""
    remark: str = ""
    again: bool = False


class MessageDeciding:
    """Judges the answers to Blocks, and carries out what they decide."""

    def __init__(self, core: Core, messages: Messages) -> None:
        self._core = core
        self._messages = messages
        messages.on_unasked = self._unasked

    def answered(self, delivery: Delivery, result: Result, verdict: Verdict) -> tuple[Verdict, Callable[[], None]]:
        """The verdict on an attempt that asked, and what is done once it is in the journal."""
        app, played = self._core.app(delivery.app_key), self._messages.get(delivery.about_id)
        sender = played.wish.sender if played else ""
        reading = _read(app, result, verdict, sender)
        forced = played is not None and played.wish.send_result is not None

        def carry_out() -> None:
            if played is not None and (not reading.again or delivery.state is DeliveryState.EXHAUSTED):
                self._carry_out(app, played, reading)

        return _judged(verdict, reading, forced=forced), carry_out

    def _unasked(self, played: PlayedMessage) -> None:
        """There is nobody to ask about an SMS."""
        self._carry_out(self._core.app(played.app_key), played, SmsReading(problem=NO_BLOCK_ADDRESS))

    def _carry_out(self, app: App, played: PlayedMessage, reading: SmsReading) -> None:
        at = self._core.clock.now()
        ignored = _why_ignored(played)
        self._note(app, played, reading, ignored, at)
        if played.waits:
            self._messages.decided(played, _way(app, played, reading), at)

    def _note(self, app: App, played: PlayedMessage, reading: SmsReading, ignored: str, at: datetime) -> None:
        given = reading.decision
        told = {
            "destination": given.destination if isinstance(given, Forward) else None,
            "user_data": given.user_data if given else None,
            "problem": reading.problem,
            "ignored": ignored,
        }
        shown = {name: value for name, value in told.items() if value not in (None, "")}
        detail = {"decision": _word(given), **shown}
        self._core.journal.append(
            Noted(kind="decided", at=at, app_key=app.app_key, message_id=played.message_id, detail=detail)
        )


def _read(app: App, result: Result, verdict: Verdict, sender: str) -> SmsReading:
    if not isinstance(result, Answered) or not verdict.acknowledged:
        late = isinstance(result, Unanswered) and result.kind == TIMEOUT
        return SmsReading(problem=verdict.reason, again=not late)
    try:
        decided = sms_decisions.decision(whole(result), app.profile, sender)
    except BadDecision as bad:
        return SmsReading(problem=str(bad))
    return SmsReading(decided, remark="; ".join(sms_decisions.remarks(result.body, sender)))


def _way(app: App, played: PlayedMessage, reading: SmsReading) -> SmsWay:
    if isinstance(reading.decision, Forward):
        return forwarded(app, played.way, reading.decision.destination, reading.decision.user_data)
    refusal = SendResult.UNDECIDED if reading.decision is None else SendResult.DISCARDED
    return replace(played.way, refusal=refusal, user_data=_said(app, played, reading))


def _said(app: App, played: PlayedMessage, reading: SmsReading) -> str | None:
    """The userData of the Notify about an SMS that is thrown away."""
    given = reading.decision.user_data if reading.decision else None
    return given if given and app.mode in app.profile.sms_decision_user_data else played.way.user_data


def _word(decision: SmsDecision | None) -> str | None:
    if decision is None:
        return None
    return "forward" if isinstance(decision, Forward) else "discard"


def _why_ignored(played: PlayedMessage) -> str:
    if not played.waits:
        return "the SMS had its end already"
    forced = played.wish.send_result
    return "" if forced is None else f"send_result {forced} was forced"


def _judged(verdict: Verdict, reading: SmsReading, *, forced: bool) -> Verdict:
    """Only a decision acknowledges, unless the SMS's end does not hang on it: then a missing one is a remark."""
    if not verdict.acknowledged:
        return verdict._replace(final=not reading.again)
    if reading.problem and not forced:
        return Verdict(acknowledged=False, reason=f"{verdict.reason}, but {reading.problem}", final=True)
    undecided = f"no decision: {reading.problem}" if reading.problem else ""
    return Verdict(acknowledged=True, reason=verdict.reason, remark=reading.remark or undecided)
