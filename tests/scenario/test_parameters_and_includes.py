"""One file for many cases, and steps that several files share."""

from pathlib import Path

import jsonschema
import pytest

from simulator.scenario.blocks import Later
from simulator.scenario.language import Advance, Ask, PlayCall, Scenario
from simulator.scenario.loader import check_steps, files, language, load, load_all, parse_all
from simulator.scenario.places import Place, ScenarioError
from simulator.scenario.results import Status
from simulator.scenario.variables import Literal, fill, problems
from tests.scenario.stages import lines, played

STORY = """\
scenario: story
title: "A reaches B, who is ${outcome}"
cast: {A: mobile, B: mobile, X: number}
parameters: PARAMETERS
steps:
  - bind: {caller: A, callee: B, number: X}
  - call: {caller: A, dialled: X, outcome: "${outcome}"}
"""


def all_of(parameters: str, more: str = "") -> list[Scenario]:
    return parse_all(STORY.replace("PARAMETERS", parameters) + more, "story.yaml")


def test_every_combination_is_a_case_and_the_last_name_changes_fastest():
    found = all_of(
        "{outcome: [busy, refused], record: [true, false]}",
        '  - bind: {caller: A, callee: B, number: X, record: "${record}"}\n',
    )
    assert [one.name for one in found] == [
        "story[busy-true]",
        "story[busy-false]",
        "story[refused-true]",
        "story[refused-false]",
    ]
    assert found[2].title == "A reaches B, who is refused"
    last = found[1].steps[-1]
    assert isinstance(last, Ask)
    assert last.words["record"] is False


def test_a_row_is_called_by_its_case_and_its_values_are_there_for_conditions():
    found = all_of("[{case: one, outcome: busy}, {case: two, outcome: refused}]")
    assert [one.name for one in found] == ["story[one]", "story[two]"]
    assert found[1].values == {"case": "two", "outcome": "refused"}


def test_a_table_beside_the_scenario_has_the_rows_and_values_are_read_as_what_is_wanted(tmp_path: Path):
    more = '  - call: {caller: A, dialled: X, hangup_cause: "${cause}"}\n'
    more += "  - request: {operation: query, number: X}\n"
    more += '    expect: {resultcode: "${code}", fields: {n: "${n}", m: "${code}x"}}\n'
    text = STORY.replace("PARAMETERS", "table.csv") + more
    (tmp_path / "story.yaml").write_text(text)
    (tmp_path / "table.csv").write_text("\ufeffoutcome,cause,code,n\nbusy,8102,1012007,007\n\nrefused,7504,0,7\n")
    found = load_all(tmp_path / "story.yaml")
    assert [one.name for one in found] == ["story[busy-8102-1012007-007]", "story[refused-7504-0-7]"]
    call, query = found[0].steps[2:]
    assert isinstance(call, PlayCall)
    assert call.hangup_cause == 8102
    assert isinstance(query, Ask)
    assert query.expected is not None
    assert (query.expected.result_code, query.expected.fields) == ("1012007", {"n": "007", "m": "1012007x"})
    assert found[1].values == {"outcome": "refused", "cause": 7504, "code": 0, "n": 7}


async def test_each_case_is_played_with_a_cast_of_its_own_and_the_same_again():
    first, again = [await played(*all_of("{outcome: [busy, refused]}")) for _ in range(2)]
    assert [result.name for result in first.ended] == ["story[busy]", "story[refused]"]
    assert all(result.status is Status.PASSED for result in first.ended), [lines(one) for one in first.ended]
    assert first.openings[0].cast != first.openings[1].cast
    assert [one.cast for one in first.openings] == [one.cast for one in again.openings]


def test_included_steps_stand_in_their_place_and_know_their_own_lines(tmp_path: Path):
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "pair.steps.yaml").write_text(
        "# two steps\n- bind: {caller: A, callee: B, number: X}\n- include: more.steps.yaml\n"
    )
    (tmp_path / "more.steps.yaml").write_text('- advance: "${pause}"\n')
    text = STORY.replace("parameters: PARAMETERS", "variables: {outcome: busy, pause: 3s}")
    text = text.replace("  - bind: {caller: A, callee: B, number: X}\n", "  - include: common/pair.steps.yaml\n")
    (tmp_path / "story.yaml").write_text(text + "  - repeat: {times: 2, steps: [{include: more.steps.yaml}]}\n")
    scenario = load(tmp_path / "story.yaml")
    bind, advance, call, _ = scenario.steps
    assert bind.place == Place(str(tmp_path / "common" / "pair.steps.yaml"), 2, 3)
    assert isinstance(advance, Advance)
    assert (advance.seconds, advance.place.file) == (3, str(tmp_path / "more.steps.yaml"))
    assert isinstance(call, PlayCall)
    assert files([tmp_path]) == [tmp_path / "story.yaml"]


async def test_a_pool_of_numbers_has_what_the_language_says_by_default():
    text = STORY.replace("parameters: PARAMETERS\n", "variables: {outcome: busy}\napp: {number_pool: {count: 2}}\n")
    text = text.replace("number: X}", 'area: "0755", number_as: Y}')
    watcher = await played(*parse_all(text, "story.yaml"))
    assert watcher.ended[0].steps_done >= 1, lines(watcher.ended[0])


WITH_VALUES = """\
scenario: story
title: A reaches B
cast: {A: mobile, B: mobile, X: number}
variables: {way: both, tail: "_${way}"}
steps:
  - include: pair${tail}.steps.yaml
    with: {who: A, other: B, order: 17}
  - call: {caller: A, dialled: X, outcome: busy, as: first}
    capture: {why: hangup_cause}
  - include: seen.steps.yaml
    with: {name: first, cause: "${why}"}
"""
PAIR = """\
- bind: {caller: "${with.who}", callee: "${with.other}", number: X, user_data: "${with.order}"}
  when: with.order == 17
- include: seen.steps.yaml
  with: {name: "", cause: 0}
"""
SEEN_STEPS = """\
- expect: {of: "${with.name}", hangup_cause: "${with.cause}"}
  when: with.name != ''
"""


def shared(folder: Path, **files_of: str) -> Path:
    for name, text in {"story": WITH_VALUES, "pair_both": PAIR, "seen": SEEN_STEPS, **files_of}.items():
        (folder / f"{name}{'' if name == 'story' else '.steps'}.yaml").write_text(text)
    return folder / "story.yaml"


async def test_an_included_file_is_given_values_and_one_further_in_has_its_own(tmp_path: Path):
    path = shared(tmp_path, pair_both=PAIR.partition("- include")[0])
    watcher = await played(load(path))
    (result,) = watcher.ended
    assert (result.status, result.steps_done) == (Status.PASSED, 3), lines(result)
    (bound,) = [row for row in watcher.of_kind("api_request") if row["operation"] == "bind"]
    assert '"userData":"17"' in str(bound["body"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("${tail}", "${tial}"),
         "include is 'pair${tial}.steps.yaml', instead of a file, or one that variables name (way, tail)"),
        (("way: both", "way: ../x"), "story.yaml:6:14: include is 'pair_../x.steps.yaml', which is no file"),
        (("who: A", "whom: A"), "both.steps.yaml:1:18: ${with.who} stands for nothing: with has no member 'who'; did you mean"),
        (("with: {who: A, other: B, order: 17}", "with: {}"),
         "story.yaml:7:11: with is an empty mapping, instead of a mapping of 1 or more members"),
        (("with: {who", "wit: {who"), "story.yaml:7:5: a step has no key 'wit'; did you mean 'with'? It knows: include, with"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_values_of_an_included_file_is_told(
    tmp_path: Path, change: tuple[str, str], sentence: str
):
    path = shared(tmp_path, story=WITH_VALUES.replace(*change), pair_both=PAIR.partition("- include")[0])
    with pytest.raises(ScenarioError) as wrong:
        load(path)
    assert sentence in str(wrong.value).replace(f"{tmp_path}/", "")


def test_a_list_of_steps_is_checked_as_far_as_it_can_be_alone(tmp_path: Path):
    (tmp_path / "right.steps.yaml").write_text('- advance: "${pause}"\n')
    (tmp_path / "wrong.steps.yaml").write_text("- advance: 3\n")
    check_steps(tmp_path / "right.steps.yaml")
    with pytest.raises(ScenarioError, match=r"wrong\.steps\.yaml:1:12: advance is the number 3, instead of a duration"):
        check_steps(tmp_path / "wrong.steps.yaml")


def test_a_value_is_put_in_with_its_type_and_what_it_holds_is_only_text():
    names = {"n": 3, "flag": True, "list": [1, {"a": "deep"}], "hostile": "${n} and $${n}", "none": None}
    tree = {
        "a": "${n}",
        "b": "${flag}",
        "c": "${list.1.a}",
        "d": "n=${n} ${flag} ${none}.",
        "e": "${hostile}",
        "f": "$${n}",
        "g": "${later}",
    }
    filled = fill(tree, names)
    assert filled == {
        "a": 3,
        "b": True,
        "c": "deep",
        "d": "n=3 true .",
        "e": "${n} and $${n}",
        "f": "${n}",
        "g": "${later}",
    }
    assert isinstance(filled["e"], Literal)
    assert fill(filled, {**names, "later": "x"}) == {**filled, "g": "x"}
    assert not list(problems(filled, names, ["later"], Place("f", 1, 1)))


def test_what_is_known_only_while_it_is_played_is_built_then():
    text = STORY.replace("parameters: PARAMETERS", "variables: {outcome: busy}").replace(
        "X}\n  - call", "X}\n    capture: {id: subscriptionId}\n  - call"
    )
    scenario = parse_all(text + '  - advance: "${id}"\n', "story.yaml")[0]
    assert isinstance(scenario.steps[-1], Later)


# --- the language's schema ---


def leaves(schema: dict, where: str, fixed: frozenset[str] = frozenset({"hole", "name", "condition", "capture"})):
    """Every place of a step's schema where one value stands, with whether a `${…}` may stand there."""
    reference = schema.get("$ref", "").rpartition("/")[2]
    if reference in {"step", "steps", "variables", "parameters", "label", "include"} | fixed:
        return
    if reference:
        yield from leaves(language()["$defs"][reference], where)
        return
    choices = schema.get("anyOf", [schema])
    takes = any(choice.get("$ref") == "#/$defs/hole" for choice in choices)
    for choice in choices:
        if choice.get("type") in ("integer", "number", "boolean") or "enum" in choice or "pattern" in choice:
            yield where, takes
        for key, inner in choice.get("properties", {}).items():
            yield from leaves(inner, f"{where}.{key}")
        for key in ("items", "additionalProperties"):
            if isinstance(choice.get(key), dict):
                yield from leaves(choice[key], f"{where}[]")


OWN = ("repeat", "for_each", "optional", "parallel", "if", "go_to", "include")


@pytest.mark.parametrize("alternative", language()["$defs"]["step"]["oneOf"], ids=lambda one: one["required"][0])
def test_every_value_of_a_step_may_be_a_name_and_every_step_may_have_a_condition(alternative: dict):
    kind = alternative["required"][0]
    beside = {"when", "label"} if kind in OWN else {"when", "label", "capture"}
    if kind != "include":
        assert beside <= set(alternative["properties"])
    shape = alternative["properties"] if kind not in OWN else {}
    missing = [where for key, inner in shape.items() for where, takes in leaves(inner, key) if not takes]
    assert missing == []


def test_an_editor_takes_a_name_where_a_number_stands():
    tree = {
        "scenario": "s",
        "title": "t",
        "steps": [{"call": {"caller": "A", "dialled": "X", "hangup_cause": "${cause}"}, "when": "cause > 1"}],
    }
    jsonschema.Draft202012Validator(language()).validate(tree)
