"""Whether somebody is still to be told of a call: through its chain of first attempts and its CDR's merge window."""

from tests.exchange.stage import Stage


def test_a_call_is_being_told_of_until_the_first_attempt_of_its_cdr_has_ended():
    stage = Stage(profile={"merge_window_seconds": 10})
    stage.bind()
    call_id = stage.dial(outcome="busy").call.call_id
    outbox = stage.exchange.outbox
    assert outbox.is_telling(call_id)
    assert not outbox.is_telling("call-of-nobody")
    stage.work()
    assert not outbox.is_telling(call_id), "nothing happens to it at this moment"
    stage.pass_by(5)
    assert outbox.is_telling(call_id), "its CDR waits for the merge window"
    stage.pass_by(60)
    assert not outbox.is_telling(call_id)
    assert stage.kinds() == ["callin", "callout", "disconnect", "fee"]
