"""Mode X under random commands, against a plain model: every call is asked about once, ends once, and leaves one CDR."""

import json
from dataclasses import dataclass
from datetime import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from simulator.delivery.delivery import Delivery
from simulator.delivery.outcome import Answered, Result, Unanswered
from simulator.exchange.calls import PlayedCall
from simulator.telephony.calls import CallState
from simulator.telephony.commands.calls import Party, Terminate
from simulator.telephony.errors import NotPossible, Reason, Refused
from tests.exchange.stage import OK, A, B, Stage


def answered(body: object) -> Result:
    content = json.dumps(body).encode()
    return Answered(200, "", (), content, len(content))


CONNECTED = {"operation": "connect", "connectInfo": {"calleeNum": B}}
BRIEF = {"operation": "connect", "connectInfo": [{"calleeNum": B, "maxDuration": 1, "userData": "u"}]}
ANSWERS: dict[str, tuple[Result, int | None]] = {
    "connect": (answered(CONNECTED), None),
    "briefly": (answered(BRIEF), None),
    "close": (answered({"operation": "close"}), 8017),
    "nothing": (OK, 8014),
    "wrong": (answered({"operation": "connect"}), 8014),
    "no file": (answered({"operation": "close", "closeInfo": {"closeHintTone": "none.wav"}}), 8006),
    "late": (Unanswered("timeout", "no answer"), 8014),
}
"""What the customer answers, and the cause that it releases the call with."""
wishes = st.fixed_dictionaries(
    {},
    optional={
        "outcome": st.sampled_from(["answered", "busy", "no_answer", "abandoned"]),
        "talks_seconds": st.sampled_from([1, 59, 60, 600]),
    },
)


@dataclass
class Expected:
    """What the model knows of a call: when it must have ended and why, None while that is open."""

    call: PlayedCall
    question: Delivery
    forced: int | None = None
    cause: int | None = None
    at: datetime | None = None


class Questions(RuleBasedStateMachine):
    """`asked` are calls that wait, with the attempt that asks; `going` and `ended` the others."""

    @initialize()
    def begin(self) -> None:
        self.stage = Stage(mode="X", profile={"x_decision_voice_file_cause": 8006})
        self.asked: list[Expected] = []
        self.going: list[Expected] = []
        self.ended: list[Expected] = []

    @rule(wish=wishes)
    def dial(self, wish) -> None:
        self.ask(None, **wish)

    @rule(cause=st.sampled_from([7001, 8102, 0]))
    def dial_with_a_forced_cause(self, cause) -> None:
        self.ask(cause, hangup_cause=cause)

    def ask(self, forced, **wish) -> None:
        call = self.stage.dial(**wish)
        question = self.stage.start()
        assert (question.kind, question.call_id) == ("callin", call.call.call_id)
        self.asked.append(Expected(call, question, forced))

    @rule(data=st.data(), answer=st.sampled_from(sorted(ANSWERS)))
    def answer_a_question(self, data, answer) -> None:
        if not self.asked:
            return
        one = self.take(data, self.asked)
        result, cause = ANSWERS[answer]
        gone = one.call.call.state is CallState.RELEASED
        self.stage.end(one.question, result)
        if gone:
            assert one.call.cdr is not None
        elif cause is not None and one.forced is None:
            self.over(one, cause)
        else:
            one.cause = one.forced
            self.going.append(one)
        self.stage.work()

    @rule(data=st.data())
    def hang_up_before_an_answer(self, data) -> None:
        waiting = [one for one in self.asked if one.call.call.state is CallState.DIALLED]
        if waiting:
            one = data.draw(st.sampled_from(waiting))
            self.stage.exchange.release(one.call.call.call_id, Party.CALLER)
            self.over(one, 7516)

    @rule(data=st.data())
    def terminate(self, data) -> None:
        living = [one for one in (*self.asked, *self.going) if one not in self.ended]
        if not living:
            return
        one = data.draw(st.sampled_from(living))
        command = Terminate(one.call.call.session_id, "call_stop")
        if one.call.call.state is CallState.RELEASED:
            before = self.everything()
            with pytest.raises(Refused) as refused:
                self.stage.exchange.terminate(self.stage.app, command)
            assert refused.value.reason is Reason.CALL_HAS_ENDED
            assert self.everything() == before
        else:
            self.stage.exchange.terminate(self.stage.app, command)
            self.going = [other for other in self.going if other is not one]
            self.over(one, 8017)
        self.work()

    @rule(seconds=st.sampled_from([1, 3, 10, 61, 600]))
    def let_time_pass(self, seconds) -> None:
        waiting = [one.question for one in self.asked]
        self.stage.pass_by(seconds)
        assert all(question.state.value == "in_flight" for question in waiting)
        for one in [one for one in self.going if one.call.call.state is CallState.RELEASED]:
            self.going.remove(one)
            assert one.call.call.release is not None
            self.over(one, one.call.call.release.cause if one.cause is None else one.cause)

    @rule()
    def an_unknown_call_is_refused(self) -> None:
        before = self.everything()
        with pytest.raises(Refused):
            self.stage.exchange.terminate(self.stage.app, Terminate("never", "call_stop"))
        with pytest.raises(NotPossible):
            self.stage.exchange.release("never", Party.CALLER)
        assert self.everything() == before

    # --- the model ---

    def take(self, data, those: list[Expected]) -> Expected:
        one = data.draw(st.sampled_from(those))
        those.remove(one)
        return one

    def over(self, one: Expected, cause: int) -> None:
        one.cause, one.at = cause, one.call.ends_at
        self.ended.append(one)

    def work(self) -> None:
        """Everything that may go goes, but no question is answered."""
        self.stage.work()

    def everything(self) -> tuple:
        core = self.stage.exchange.core
        calls = [(one.call.call.state, len(one.call.call.events)) for one in (*self.asked, *self.going, *self.ended)]
        return calls, dict(core.ids.counters), self.stage.exchange.journal.last_position, len(core.deadlines)

    @invariant()
    def a_call_goes_on_only_when_it_was_decided(self) -> None:
        for one in self.asked:
            kinds = [event.kind.value for event in one.call.call.events]
            assert kinds in (["dialled"], ["dialled", "released"])
            assert one.call.waits == (kinds == ["dialled"])

    @invariant()
    def who_is_connected_reaches_b(self) -> None:
        for one in self.going:
            assert one.call.asked
            assert not one.call.waits
            assert one.call.call.route.destination in (B, None)

    @invariant()
    def what_ended_has_one_cdr_with_its_cause(self) -> None:
        for one in self.ended:
            assert one.call.cdr is not None
            assert one.call.cdr.release.cause == one.cause
            assert one.call.cdr.released_at == one.at

    @invariant()
    def x_counts_the_calls_that_live(self) -> None:
        living = [one for one in (*self.asked, *self.going) if one.call.call.state is not CallState.RELEASED]
        assert sum(self.stage.exchange._calls._under_way.values()) == len(living)
        by_session = self.stage.exchange._calls._by_session
        assert all(by_session[one.call.call.session_id] is one.call for one in living)

    @invariant()
    def every_question_is_asked_once_and_every_decision_noted_once(self) -> None:
        asked = [delivery.call_id for _, delivery in self.stage.sent if delivery.kind == "callin"]
        assert len(asked) == len(set(asked))
        noted = [row.call_id for row in self.stage.rows("decided")]
        assert len(noted) == len(set(noted)) == len(asked) - len(self.asked)

    def teardown(self) -> None:
        """Everybody decides at last: nothing is left over."""
        if not hasattr(self, "stage"):
            return
        for one in self.asked:
            self.stage.end(one.question, ANSWERS["connect"][0])
        self.asked = []
        self.stage.pass_by(3600)
        sessions = [cdr["sessionId"] for cdr in self.stage.cdrs()]
        assert len(sessions) == len(set(sessions)) == len([1 for _, sent in self.stage.sent if sent.kind == "callin"])
        assert self.stage.exchange.violations == 0
        assert not self.stage.exchange._calls._under_way
        assert {one["callerNum"] for one in self.stage.cdrs()} <= {A}


TestQuestions = Questions.TestCase
TestQuestions.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
