"""Calls that wait for their customer's decision: the answer to their callin becomes a route (mode X; axe_axyb_x.md 3.2).

Only a valid decision acknowledges the callin. A call whose end is forced or came meanwhile takes no notice of it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain

from simulator.contract import decisions
from simulator.contract.decisions import BadDecision
from simulator.delivery.delivery import Delivery
from simulator.delivery.outcome import Answered, Result, Verdict
from simulator.exchange.apps import App
from simulator.exchange.calls import Calls, PlayedCall
from simulator.exchange.core import Core
from simulator.exchange.modes.x import MissingVoiceFile, no_decision, remarks, route_of
from simulator.telephony.commands.x import Connect, Decision
from simulator.telephony.routing import Route

NO_CALLIN_ADDRESS = "the application has no address for its callin"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer means for its call; without a decision `problem` says why, and the route is a refusal."""

    route: Route
    decision: Decision | None = None
    problem: str = ""
    remark: str = ""


class Deciding:
    """Judges the answers to callins that ask, and carries out what they decide."""

    def __init__(self, core: Core, calls: Calls) -> None:
        self._core = core
        self._calls = calls

    def answered(self, delivery: Delivery, result: Result, verdict: Verdict) -> tuple[Verdict, Callable[[], None]]:
        """The verdict on an attempt that asked, and what is done once it is in the journal."""
        app, played = self._core.app(delivery.app_key), self._calls.get(delivery.about_id)
        reading = self.read(app, played.call.x_number if played else "", result, verdict)
        binding = played is None or not played.is_forced
        return judged(verdict, reading, binding=binding), lambda: self._carry_out(app, delivery.about_id, reading)

    def unasked(self, played: PlayedCall) -> None:
        """There is nobody to ask about a call."""
        app = self._core.app(played.call.app_key)
        late = no_decision(app.profile.x_decision_late_cause)
        self._carry_out(app, played.call.call_id, Reading(late, problem=NO_CALLIN_ADDRESS))

    @staticmethod
    def read(app: App, x_number: str, result: Result, verdict: Verdict) -> Reading:
        """What the answer to the callin of a call to `x_number` means, by the profile of its application."""
        profile = app.profile
        if not isinstance(result, Answered) or not verdict.acknowledged:
            return Reading(no_decision(profile.x_decision_late_cause), problem=verdict.reason)
        try:
            decided = decisions.decision(whole(result), profile)
            route = route_of(app, x_number, decided)
        except MissingVoiceFile as missing:
            return Reading(no_decision(profile.x_decision_voice_file_cause), problem=str(missing))
        except BadDecision as bad:
            return Reading(no_decision(profile.x_decision_invalid_cause), problem=str(bad))
        said = "; ".join(chain(remarks(app, x_number, decided), decisions.remarks(result.body)))
        return Reading(route, decided, remark=said)

    def _carry_out(self, app: App, call_id: str, reading: Reading) -> None:
        at, played = self._core.clock.now(), self._calls.get(call_id)
        if played is None:
            return
        ignored = _why_ignored(played)
        self._note(app, played, reading, ignored, at)
        if played.waits:
            self._calls.decided(played, reading.route, at)

    def _note(self, app: App, played: PlayedCall, reading: Reading, ignored: str, at: datetime) -> None:
        given = asdict(reading.decision) if reading.decision else {}
        told = {
            "decision": _word(reading.decision),
            **given,
            "problem": reading.problem,
            "ignored": ignored,
            "hangup_cause": reading.route.refusal,
        }
        shown = {name: value for name, value in told.items() if value not in (None, "") or name == "decision"}
        self._core.journal.note("decided", at, app.app_key, played.call.call_id, **shown)


def whole(result: Answered) -> bytes:
    """The body of an answer that decides; raises BadDecision for one of which the end is not read."""
    if result.body_length > len(result.body):
        raise BadDecision(f"the decision has {result.body_length} bytes, of which {len(result.body)} are read")
    return result.body


def _word(decision: Decision | None) -> str | None:
    if decision is None:
        return None
    return decisions.CONNECT if isinstance(decision, Connect) else decisions.CLOSE


def _why_ignored(played: PlayedCall) -> str:
    if not played.waits:
        return "the call had its end already" if played.cdr is not None else "it was decided already"
    forced = played.dial.hangup_cause
    return "" if forced is None else f"hangup cause {forced} was forced"


def judged(verdict: Verdict, reading: Reading, *, binding: bool) -> Verdict:
    """Only a decision acknowledges, unless the call's end does not hang on it: then a missing one is a remark."""
    if not verdict.acknowledged:
        return verdict
    if reading.problem and binding:
        return Verdict(acknowledged=False, reason=f"{verdict.reason}, but {reading.problem}")
    undecided = f"no decision: {reading.problem}" if reading.problem else ""
    return Verdict(acknowledged=True, reason=verdict.reason, remark=reading.remark or undecided)
