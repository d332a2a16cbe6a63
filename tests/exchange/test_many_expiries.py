"""A great many bindings end together: nothing waits for them, and nobody sees one that is over."""

import pytest

from simulator.exchange.core import EXPIRIES_AT_ONCE
from simulator.telephony.commands.axb import QueryAxb, UnbindAxb
from simulator.telephony.errors import Reason, Refused
from tests.exchange.stage import Stage, X, seconds_of

PAIRS = 2 * EXPIRIES_AT_ONCE + 10


def party(number: int) -> str:
    return f"+861390{number:07d}"


@pytest.fixture
def crowd() -> Stage:
    """More pairs on X than may end at once, all with the same end, and one that ends a second later."""
    stage = Stage()
    for number in range(PAIRS):
        stage.bind(party(2 * number), party(2 * number + 1), lifetime_seconds=60)
    stage.bind(party(2 * PAIRS), party(2 * PAIRS + 1), lifetime_seconds=61)
    return stage


def to_the_end(stage: Stage) -> None:
    earliest = stage.exchange.deadlines.earliest()
    assert earliest is not None
    stage.exchange.clock.jump(earliest)


def test_one_look_at_the_time_ends_only_so_many(crowd: Stage) -> None:
    to_the_end(crowd)
    crowd.exchange.now()
    assert len(crowd.app.bindings) == PAIRS + 1 - EXPIRIES_AT_ONCE
    for _ in range(3):
        crowd.exchange.now()
    assert len(crowd.app.bindings) == 1
    assert {(one.why, seconds_of(one.at)) for one in crowd.app.ended} == {("expired", 60)}


def test_a_query_of_x_does_not_count_what_is_over(crowd: Stage) -> None:
    to_the_end(crowd)
    assert crowd.exchange.axb.query(crowd.app, QueryAxb(x_number=X)).total_count == 1


def test_a_binding_that_is_over_cannot_be_unbound(crowd: Stage) -> None:
    last = list(crowd.app.bindings)[-2]
    to_the_end(crowd)
    with pytest.raises(Refused) as refused:
        crowd.exchange.axb.unbind(crowd.app, UnbindAxb(last.subscription_id))
    assert refused.value.reason is Reason.NO_SUCH_BINDING


def test_a_call_through_a_binding_that_is_over_has_no_binding(crowd: Stage) -> None:
    last = list(crowd.app.bindings)[-2]
    to_the_end(crowd)
    assert crowd.dial(last.caller).call.route.refusal == 8014


def test_a_number_whose_binding_is_over_can_be_bound_again(crowd: Stage) -> None:
    last = list(crowd.app.bindings)[-2]
    to_the_end(crowd)
    bound = crowd.bind(last.caller, last.callee)
    crowd.pass_by(100)
    assert list(crowd.app.bindings) == [bound]
    assert len(crowd.exchange.deadlines) == 0


async def test_an_advance_ends_all_of_them_at_their_instant(crowd: Stage) -> None:
    advanced = await crowd.story.advance(120)
    assert (advanced.reached, len(advanced.fired) + advanced.more) == (True, PAIRS + 1)
    assert {seconds_of(one.at) for one in advanced.fired} == {60, 61}
    assert [seconds_of(one.at) for one in crowd.app.ended][-2:] == [60, 61]
    assert len(crowd.app.bindings) == 0
