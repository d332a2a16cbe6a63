"""Which scenarios are meant, what is set for a run, and who is cast."""

import pytest

from simulator.scenario.cast import draw, x_numbers
from simulator.scenario.language import Member
from simulator.scenario.loader import parse
from simulator.scenario.overriding import OverrideError, Overrides
from simulator.scenario.places import ScenarioError
from simulator.scenario.selection import ExpressionError, selection
from simulator.telephony.numbering import NumberKind, kind_of
from tests.scenario.wrong_scenarios import GOOD

NAMES = ("axb_busy", "axb_no_answer", "axb_landline_caller")


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("busy", [0]),
        ("BUSY", [0]),
        ("axb", [0, 1, 2]),
        ("busy or answer", [0, 1]),
        ("axb and not busy", [1, 2]),
        ("not (busy or answer)", [2]),
        ("not not busy", [0]),
        ("busy and answer", []),
    ],
)
def test_an_expression_chooses_by_parts_of_names(expression: str, chosen: list[int]):
    assert [n for n, name in enumerate(NAMES) if selection(expression)(name)] == chosen


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("", "-k '': the end stands where part of a name should"),
        ("busy or", "-k 'busy or': the end stands where part of a name should"),
        ("and busy", "-k 'and busy': 'and' stands where part of a name should"),
        ("(busy", "-k '(busy': a bracket is opened and never closed"),
        ("busy answer", "-k 'busy answer': 'answer' stands where 'and', 'or' or the end should"),
        ("busy)", "-k 'busy)': ')' stands where 'and', 'or' or the end should"),
    ],
)
def test_an_expression_that_is_none_is_refused(expression: str, sentence: str):
    with pytest.raises(ExpressionError) as caught:
        selection(expression)
    assert str(caught.value) == sentence


def test_a_member_of_the_cast_and_the_header_can_be_set_for_a_run():
    overrides = Overrides(
        ["A=+8613800000021", "B=13800000022", "seed=3", "app.recording=false", "app.profile.retry_minutes=[1, 2]"]
    )
    scenario = parse(GOOD, "story.yaml", overrides.apply)
    overrides.check_all_used()
    assert scenario.cast["A"] == Member("given", "+8613800000021")
    assert scenario.cast["B"] == Member("given", "13800000022")
    assert scenario.seed == 3
    assert scenario.app == {"mode": "AXB", "recording": False, "profile": {"retry_minutes": [1, 2]}}


def test_what_is_set_is_checked_like_what_is_written():
    with pytest.raises(ScenarioError, match=r"app\.recording is 'maybe', instead of true or false"):
        parse(GOOD, "story.yaml", Overrides(["app.recording=maybe"]).apply)
    with pytest.raises(ScenarioError, match="app has no key 'recroding'; did you mean 'recording'"):
        parse(GOOD, "story.yaml", Overrides(["app.recroding=true"]).apply)


def test_a_setting_that_fits_no_scenario_is_refused_with_the_nearest():
    overrides = Overrides(["sed=3"])
    parse(GOOD, "story.yaml", overrides.apply)
    with pytest.raises(OverrideError) as caught:
        overrides.check_all_used()
    assert str(caught.value) == (
        "--set sed: no scenario of this run casts 'sed'; did you mean 'seed'? "
        "Cast: A, B, X; of the header: seed, app.<key>, receiver.<key>, variables.<name>"
    )
    with pytest.raises(OverrideError, match="--set 'A' is not name=value"):
        Overrides(["A"])


def test_the_same_seed_casts_the_same_people_and_nobody_twice():
    members = {
        **{f"P{n}": Member("mobile") for n in range(200)},
        "L": Member("landline"),
        "X": Member("number", None, "0571"),
        "G": Member("given", "+8613800000021"),
    }
    cast = draw(members, 7)
    assert cast == draw(members, 7)
    assert cast != draw(members, 8)
    assert len(set(cast.values())) == len(members)
    assert cast["G"] == "+8613800000021"
    assert kind_of(cast["L"]) is NumberKind.LANDLINE
    assert {kind_of(cast[f"P{n}"]) for n in range(200)} == {NumberKind.MOBILE}
    assert x_numbers(members, cast) == [{"number": cast["X"], "area_code": "0571"}]


def test_a_cast_that_is_given_is_not_drawn():
    assert draw({"A": Member("given", "+8613800000021")}, 7) == {"A": "+8613800000021"}
