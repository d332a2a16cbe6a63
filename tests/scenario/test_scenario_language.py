"""The scenario language: what it takes, and the sentences for what it does not."""

import json
from pathlib import Path

import jsonschema
import orjson
import pytest
from ruamel.yaml import YAML

from simulator.contract.codes import hangup_causes
from simulator.resources import folder, read_bytes
from simulator.scenario.building import plain, seconds
from simulator.scenario.language import Advance, Answer, Ask, Behaviour, Expect, Member, PlayCall, Scenario, span
from simulator.scenario.loader import LIMIT_BYTES, files, language, load, load_all, parse
from simulator.scenario.places import Place, ScenarioError
from simulator.scenario.shapes import Shapes, unknown_key
from tests.scenario.wrong_scenarios import GOOD, WRONG

FILE = "story.yaml"
ANCHORS = "an anchor or alias (& or *), instead of the value itself: the language has none"
INTERFACES_EXAMPLE = """\
scenario: axb_answered_and_recorded        # = the file's name
title: A reaches B through X; the call is recorded and B hangs up
app: {mode: AXB, recording: true}
cast: {A: mobile, B: mobile, X: number}    # generated from the seed, or quoted: A: "+8613800000021"
steps:
  - bind: {caller: A, callee: B, number: X, record: true}
  - call: {caller: A, dialled: X, rings: 2s, talks: 16s, released_by: callee, as: call}
  - expect:
      notifications: [callin, callout, alerting, answer, disconnect, fee]
      of: call
      acknowledged: true
      within: 30s
  - advance: 7d
  - request: {operation: recording_address, of: call}
    expect: {status: 403, resultcode: "1012007"}
"""


def said_of(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse(text, FILE)
    return str(caught.value)


def step(text: str) -> object:
    return parse(GOOD + text, FILE).steps[-1]


def test_the_documented_example_is_read_as_it_stands():
    scenario = parse(INTERFACES_EXAMPLE, "axb_answered_and_recorded.yaml")
    bind, call, expect, advance, request = scenario.steps
    assert scenario.cast == {"A": Member("mobile"), "B": Member("mobile"), "X": Member("number")}
    assert scenario.app == {"mode": "AXB", "recording": True}
    assert isinstance(bind, Ask)
    assert bind.words == {"caller": "A", "callee": "B", "x_number": "X", "record": True}
    assert isinstance(call, PlayCall)
    assert (call.rings_seconds, call.talks_seconds, call.released_by) == (2, 16, "callee")
    assert isinstance(expect, Expect)
    assert (expect.of, expect.acknowledged, expect.within_seconds) == (("call",), True, 30)
    assert isinstance(advance, Advance)
    assert advance.seconds == 7 * 86400
    assert isinstance(request, Ask)
    assert request.expected == Answer(403, "1012007")
    assert request.place == Place("axb_answered_and_recorded.yaml", 14, 5)


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_a_wrong_file_is_refused_with_place_and_what_would_be_right(old: str, new: str, sentence: str):
    assert old in GOOD
    assert said_of(GOOD.replace(old, new, 1)) == sentence


def test_every_fault_of_a_file_is_told_in_its_order():
    text = GOOD.replace("rings: 2s", "rings: 2").replace("mode: AXB", "mode: AY").replace("within: 30s", "within: 3")
    assert [line.split(":")[1] for line in said_of(text).splitlines()] == ["3", "7", "11"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "story.yaml:1:1: a scenario is empty, instead of a mapping"),
        ("just words", "story.yaml:1:1: a scenario is 'just words', instead of a mapping"),
        ("a: " + "[" * 40 + "]" * 40, "story.yaml:1:23: more than 20 levels deep, instead of a story"),
        ("a: [*b, *b]", f"story.yaml:1:5: {ANCHORS}"),
        ("a: 'open", "story.yaml:1:9: no YAML: found unexpected end of stream"),
    ],
)  # fmt: skip
def test_what_is_no_story_at_all_is_refused(text: str, sentence: str):
    assert said_of(text) == sentence


def test_a_huge_file_is_not_read(tmp_path: Path):
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"#" * (LIMIT_BYTES + 1))
    with pytest.raises(ScenarioError, match=r"huge\.yaml:1:1: more than 256 KiB, instead of a story"):
        load(path)


def test_bytes_that_are_no_utf_8_are_refused_with_their_line(tmp_path: Path):
    path = tmp_path / "story.yaml"
    path.write_bytes(b"scenario: story\ntitle: \xff\n")
    with pytest.raises(ScenarioError, match=r"story\.yaml:2:8: bytes that are no UTF-8, instead of text"):
        load(path)


def test_a_character_that_yaml_does_not_have_is_refused_at_its_place(tmp_path: Path):
    path = tmp_path / "story.yaml"
    path.write_text("scenario: story\ntitle: a\x00b\n")
    with pytest.raises(ScenarioError, match=r"story\.yaml:2:9: no YAML: unacceptable character #x0000"):
        load(path)


def test_a_file_that_is_not_there_and_a_folder_without_scenarios_are_refused(tmp_path: Path):
    with pytest.raises(ScenarioError, match=r"none\.yaml:1:1: cannot be read: No such file"):
        load(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError, match=r":1:1: a folder without a \*\.yaml file, instead of scenarios"):
        files([tmp_path])


@pytest.mark.parametrize(("text", "expected"), [("2s", 2), ("500ms", 0.5), ("3m", 180), ("1.5h", 5400), ("7d", 604800)])
def test_durations_are_seconds(text: str, expected: float):
    assert seconds(text) == expected


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5s"), (0, "0s"), (2, "2s"), (90, "1m 30s"), (604800, "7d"), (5400, "1h 30m")]
)
def test_spans_are_said_as_people_say_them(value: float, text: str):
    assert span(value) == text


def test_words_of_a_binding_are_turned_into_the_cores():
    words = "direction: callee_to_caller, duration: 10m, area_match: loose, user_data: order-17, sms: false"
    asked = step(f'  - bind: {{caller: A, callee: B, area: "0755", {words}}}\n')
    assert isinstance(asked, Ask)
    assert asked.words == {
        "caller": "A", "callee": "B", "area_code": "0755", "area_match": "1", "direction": 2,
        "lifetime_seconds": 600, "user_data": "order-17", "sms": False,
    }  # fmt: skip
    assert asked.save_as == "binding"


def test_an_answer_is_expected_inside_a_bind_or_beside_it():
    inside = step('  - bind: {caller: A, callee: B, number: X, expect: {resultcode: "1012010"}}\n')
    beside = step('  - bind: {caller: A, callee: B, number: X}\n    expect: {resultcode: "1012010"}\n')
    assert isinstance(inside, Ask)
    assert isinstance(beside, Ask)
    assert inside.expected == beside.expected == Answer(None, "1012010")


def test_notifications_are_to_be_acknowledged_unless_said_otherwise():
    listed, silent, given_up = (
        step("  - expect: {notifications: [callin]}\n"),
        step("  - expect: {hangup_cause: 8102}\n"),
        step("  - expect: {notifications: [callin], exhausted: true}\n"),
    )
    assert isinstance(listed, Expect)
    assert isinstance(silent, Expect)
    assert isinstance(given_up, Expect)
    assert (listed.acknowledged, silent.acknowledged, given_up.acknowledged) == (True, None, None)


def test_a_quoted_number_and_an_x_number_with_its_city_are_members_of_the_cast():
    text = GOOD.replace("A: mobile", 'A: "+8613800000021"').replace("X: number", 'X: {area: "0571"}')
    cast = parse(text, FILE).cast
    assert cast["A"] == Member("given", "+8613800000021")
    assert cast["X"] == Member("number", None, "0571")


def test_a_sample_receiver_is_told_how_to_misbehave():
    text = GOOD.replace("cast:", "needs: sample_receiver\nreceiver: {delay: 100ms, fail_first: 2}\ncast:")
    assert parse(text, FILE).behaviour == Behaviour(delay_seconds=0.1, fail_first=2)


def test_the_schema_is_valid_and_its_example_is_a_scenario():
    jsonschema.Draft202012Validator.check_schema(language())
    example = language()["examples"][0]
    jsonschema.Draft202012Validator(language()).validate(example)
    assert isinstance(parse(json.dumps(example), "axb_answered_and_recorded.yaml"), Scenario)


def test_the_schemas_outcomes_are_those_of_the_catalogue():
    rows = orjson.loads(read_bytes("schemas/codes/outcomes.json"))["rows"]
    outcome = language()["$defs"]["call"]["properties"]["outcome"]["anyOf"][0]
    assert outcome["enum"] == [row["outcome"] for row in rows]


def test_every_cause_of_the_catalogue_can_be_forced():
    for cause in hangup_causes():
        played = step(f"  - call: {{caller: A, dialled: X, hangup_cause: {cause}}}\n")
        assert isinstance(played, PlayCall)
        assert played.hangup_cause == cause


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_an_editor_with_the_schema_judges_shapes_as_the_loader_does(old: str, new: str, sentence: str):
    """The walker against the reference library: every file whose YAML can be read gets the same verdict from both."""
    text = GOOD.replace(old, new, 1)
    unreadable = ("a second time", "an anchor", "the tag", "no YAML", "a second document")
    if any(word in sentence for word in unreadable):
        assert said_of(text)
        return
    tree = YAML(typ="rt", pure=True).load(text)
    walker = not list(Shapes(language()).problems(tree, language(), "a scenario", Place(FILE, 1, 1)))
    assert jsonschema.Draft202012Validator(language()).is_valid(plain(tree)) == walker


def test_every_shipped_scenario_loads_and_says_its_story_in_a_sentence():
    shipped = [scenario for path in files([folder("scenarios")]) for scenario in load_all(path)]
    assert len(shipped) >= 9
    assert all(len(scenario.title.split()) >= 5 for scenario in shipped)
    assert len({scenario.name for scenario in shipped}) == len(shipped)


def test_the_nearest_key_is_rather_one_that_is_not_given_yet():
    known = ["caller", "callee", "number"]
    assert "no key 'calle'; did you mean 'callee'? It knows: caller, callee" in unknown_key(
        "bind", "calle", known, ["caller"]
    )
    assert "did you mean 'number'?" in unknown_key("bind", "numbr", known, known)
