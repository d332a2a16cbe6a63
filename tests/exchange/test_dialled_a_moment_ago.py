"""A call that is dialled late: what should have happened since happens now, with the instants it should have had."""

from datetime import timedelta

from simulator.telephony.commands.calls import Dial
from tests.exchange.stage import KEY, START, A, Stage, X


def dialled(stage: Stage, seconds_ago: float, **wish):
    stage.bind()
    stage.pass_by(30)
    return stage.exchange.dial(KEY, Dial(A, X, **wish), stage.now - timedelta(seconds=seconds_ago))


def test_its_instants_are_those_of_a_call_that_was_dialled_in_time():
    late, punctual = Stage(), Stage()
    played = dialled(late, 10, rings_seconds=1, talks_seconds=2)
    punctual.bind()
    punctual.pass_by(20)
    punctual.dial(rings_seconds=1, talks_seconds=2)
    punctual.pass_by(60)
    assert played.cdr is not None
    late.pass_by(60)
    assert played.dialled_at == START + timedelta(seconds=20)
    assert [body["statusInfo"]["timestamp"] for body in late.bodies("disconnect")] == [
        body["statusInfo"]["timestamp"] for body in punctual.bodies("disconnect")
    ]
    assert late.kinds() == punctual.kinds()


def test_what_has_yet_to_happen_happens_at_its_instant():
    stage = Stage()
    played = dialled(stage, 10, rings_seconds=5, talks_seconds=20)
    stage.pass_by(60)
    assert played.cdr.released_at == played.ends_at
    assert played.ends_at > START + timedelta(seconds=30)


def test_nothing_is_dialled_in_the_future():
    stage = Stage()
    stage.bind()
    assert stage.exchange.dial(KEY, Dial(A, X), stage.now + timedelta(hours=1)).dialled_at == START


def test_whoever_listens_hears_of_every_attempt_once_it_is_judged():
    stage, heard = Stage(), []
    stage.exchange.outbox.on_ended = lambda delivery, attempt: heard.append(
        (delivery.kind, attempt.verdict.acknowledged)
    )
    stage.bind()
    stage.dial(outcome="busy")
    stage.pass_by(60)
    assert heard == [("callin", True), ("callout", True), ("disconnect", True), ("fee", True)]
