"""What a scenario may say beside: the ids of its bindings, who hangs up, which notifications must be acknowledged."""

import pytest

from simulator.scenario.loader import parse
from simulator.scenario.places import ScenarioError
from simulator.scenario.results import Status
from tests.scenario.stages import BOUND, lines, result_of, story

BINDS = {
    "AX": "{user: A, number: X}",
    "AXB": "{caller: A, callee: B, number: X}",
    "AXE": "{user: A, number: X}",
    "AXYB": '{user: A, area: "0755"}',
}


@pytest.mark.parametrize("mode", BINDS)
async def test_the_first_bindings_get_the_ids_that_the_application_was_given(mode: str) -> None:
    header = f"app: {{mode: {mode}, subscription_ids: [from-production]}}\n"
    expect = "expect: {fields: {subscriptionId: from-production}}"
    bind, absent = BINDS[mode], "expect: {fields: {subscriptionId: from-production}}"
    again = f"  - unbind: {{}}\n  - bind: {bind}\n    {absent}\n"
    assert (await result_of(story(f"  - bind: {bind}\n    {expect}\n", header))).status is Status.PASSED
    second = await result_of(story(f"  - bind: {bind}\n    {expect}\n{again}", header))
    assert (second.status, second.steps_done) == (Status.FAILED, 2)
    assert "expected  subscriptionId = 'from-production'" in lines(second)


def test_an_id_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(ScenarioError, match=r"story.yaml:4:\d+: app.subscription_ids\[1\] is 'a b', instead of a text"):
        story(BOUND, "app: {subscription_ids: [a b]}\n")


@pytest.mark.parametrize(("by", "cause"), [("", 7503), ("by: callee", 7503), ("by: caller", 7502)])
async def test_a_release_says_who_hangs_up(by: str, cause: int) -> None:
    steps = f"  - call: {{caller: A, dialled: X, rings: 30s, until: alerting}}\n  - release: {{{by}}}\n"
    result = await result_of(story(f"{BOUND}{steps}  - expect: {{hangup_cause: {cause}}}\n"))
    assert result.status is Status.PASSED, lines(result)


def test_nobody_else_hangs_up() -> None:
    with pytest.raises(ScenarioError, match=r"release.by is 'nobody', instead of one of: caller, callee"):
        story(f"{BOUND}  - call: {{caller: A, dialled: X, until: alerting}}\n  - release: {{by: nobody}}\n")


@pytest.mark.parametrize(
    ("kinds", "status"),
    [("[disconnect, fee]", Status.PASSED), ("[callin]", Status.FAILED), ("[callin, fee]", Status.FAILED)],
)
async def test_a_list_names_what_must_have_been_acknowledged(kinds: str, status: Status) -> None:
    text = f"""\
scenario: story
title: A callin without a decision is not acknowledged, what follows is
app: {{mode: X}}
cast: {{A: mobile, X: number}}
needs: sample_receiver
receiver: {{decide: {{answer: none}}}}
steps:
  - call: {{caller: A, dialled: X}}
  - expect: {{notifications: [callin, disconnect, fee], acknowledged: {kinds}}}
"""
    result = await result_of(parse(text, "story.yaml"))
    assert result.status is status, lines(result)
    assert ("callin acknowledged" in lines(result)) == (status is Status.FAILED)
