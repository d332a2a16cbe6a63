"""The casts of a load: each bound, each with numbers of its own, in every mode."""

import pytest

from simulator.app import assemble
from simulator.load.rehearsal import rehearse
from simulator.load.stage import Stage, config_of, draw_casts
from simulator.scenario.places import ScenarioError
from tests.load.plans import BUSY, plan

MODES = {
    "AX": "  - bind: {user: A, number: X}\n  - call: {caller: B, dialled: X, outcome: busy}\n",
    "AXB": "  - bind: {caller: A, callee: B, number: X}\n  - call: {caller: A, dialled: X, outcome: busy}\n",
    "AXE": "  - bind: {user: A, number: X, extension: '0001'}\n"
           "  - call: {caller: B, dialled: X, extension: '0001', outcome: busy}\n",
    "X": "  - call: {caller: A, dialled: X, outcome: busy}\n",
}  # fmt: skip


def story(mode: str) -> str:
    return f"scenario: busy\ntitle: t\napp: {{mode: {mode}}}\ncast: {{A: mobile, B: mobile, X: number}}\nsteps:\n{MODES[mode]}"


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_can_be_rehearsed(mode):
    rehearse(plan(story(mode), mode=mode))


def test_no_two_casts_share_a_number_and_processes_draw_others():
    simulator = assemble(config_of(plan(), "virtual"))
    stage = Stage(simulator.exchange, simulator.spec, plan(casts=20))
    numbers = [number for cast in draw_casts(stage.script, plan(casts=20)) for number in cast.values()]
    others = [number for cast in draw_casts(stage.script, plan(casts=20).share(1)) for number in cast.values()]
    assert len(set(numbers)) == len(numbers) == 60
    assert not set(numbers) & set(others)
    assert len(stage.app.pool) == 20


def test_a_failed_notification_is_not_tried_again():
    simulator = assemble(config_of(plan(), "virtual"))
    assert Stage(simulator.exchange, simulator.spec, plan()).app.profile.retry_minutes == ()


def test_numbers_in_quotes_that_cannot_be_bound_twice_are_refused_with_what_to_do():
    text = BUSY.replace(
        "{A: mobile, B: mobile, X: number}", '{A: "+8613800000021", B: "+8613800000023", X: "+8613800000001"}'
    )
    text = text.replace('X: "+8613800000001"', 'X: {number: "+8613800000001"}')
    with pytest.raises(ScenarioError) as refused:
        rehearse(plan(text, casts=2))
    said = str(refused.value)
    assert said.startswith("busy.yaml:6:5: a bind that the platform refuses for the 2. cast: ")
    assert said.endswith("; leave the numbers that must differ to the seed, or play with --casts 1")
    rehearse(plan(text, casts=1))


def test_a_call_that_cannot_be_dialled_is_refused_with_its_place():
    text = BUSY.replace("dialled: X", "dialled: B")
    with pytest.raises(
        ScenarioError, match=r"busy.yaml:7:5: a call that cannot be dialled: \+86\d+ is nobody's X number"
    ):
        rehearse(plan(text))


def test_an_application_that_cannot_be_made_is_refused():
    given = plan()
    with pytest.raises(ScenarioError, match=r"busy.yaml:1:1: its application cannot be made: .*nonsense"):
        rehearse(given.changed(app={**given.app, "nonsense": 1}))
