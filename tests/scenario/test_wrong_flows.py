"""The sentences for wrong blocks, names, conditions, parameters and includes."""

from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from simulator.scenario.building import plain
from simulator.scenario.loader import language, load_all, parse
from simulator.scenario.places import Place, ScenarioError
from simulator.scenario.shapes import Shapes
from tests.scenario.wrong_flows import GOOD, WRONG
from tests.scenario.wrong_scenarios import OUTCOMES

IDS = [f"{number}-{new[:24]}" for number, (_, new, _) in enumerate(WRONG)]


def said_of(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse(text, "story.yaml")
    return str(caught.value)


def test_the_right_file_is_right():
    assert parse(GOOD, "story.yaml").values["many"] == 2


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG, ids=IDS)
def test_a_wrong_file_is_refused_with_place_and_what_would_be_right(old: str, new: str, sentence: str):
    assert old in GOOD
    assert said_of(GOOD.replace(old, new, 1)) == sentence


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG, ids=IDS)
def test_an_editor_with_the_schema_judges_shapes_as_the_loader_does(old: str, new: str, sentence: str):
    tree = YAML(typ="rt", pure=True).load(GOOD.replace(old, new, 1))
    walker = not list(Shapes(language()).problems(tree, language(), "a scenario", Place("story.yaml", 1, 1)))
    assert jsonschema.Draft202012Validator(language()).is_valid(plain(tree)) == walker


def folder(tmp_path: Path, **files: str) -> Path:
    """A scenario `story.yaml` with files beside it: `_` in a name stands for a dot."""
    for name, text in files.items():
        (tmp_path / name.replace("__", "/").replace("_", ".")).write_text(text)
    return tmp_path / "story.yaml"


STORY = "scenario: story\ntitle: A reaches B\ncast: {A: mobile, B: mobile, X: number}\nsteps:\n"


def problems(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_all(path)
    return str(caught.value).replace(f"{path.parent}/", "")


@pytest.mark.parametrize(
    ("included", "sentence"),
    [
        ("- advence: 1s\n", "one.steps.yaml:1:3: a step has no key 'advence'; did you mean 'advance'? It knows: "),
        ("- call: {caller: C, dialled: X}\n", "one.steps.yaml:1:18: caller is 'C', instead of a name of the cast (A, B, X)"),
        ('- wait: "${x}s"\n', "one.steps.yaml:1:9: ${x} stands for nothing, instead of a name that is known here (A, B, X, "),
        ("advance: 1s\n", "one.steps.yaml:1:1: an included file is a mapping, instead of a list of steps"),
        ("- &a {wait: 1s}\n", "one.steps.yaml:1:3: an anchor or alias (& or *), instead of the value itself"),
        ("- include: one.steps.yaml\n",
         "one.steps.yaml:1:12: include goes in a circle, instead of to another file: story.yaml → one.steps.yaml → one."),
        ("- include: on.steps.yaml\n",
         "one.steps.yaml:1:12: include is 'on.steps.yaml', which is no file, instead of one that is there; did"),
        ("", "one.steps.yaml:1:1: an included file is empty, instead of a list of steps"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_included_file_is_told_with_its_place_there(tmp_path: Path, included: str, sentence: str):
    path = folder(tmp_path, story_yaml=STORY + "  - include: one.steps.yaml\n", one_steps_yaml=included)
    assert problems(path).startswith(sentence)


def test_nothing_outside_the_folder_is_included_by_a_link(tmp_path: Path):
    (tmp_path / "outside.steps.yaml").write_text("- wait: 1s\n")
    (tmp_path / "in").mkdir()
    path = folder(tmp_path / "in", story_yaml=STORY + "  - include: link.steps.yaml\n")
    (tmp_path / "in" / "link.steps.yaml").symlink_to(tmp_path / "outside.steps.yaml")
    assert (
        problems(path) == "story.yaml:5:14: include is 'link.steps.yaml', instead of a file below the scenario's folder"
    )


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("", "cases.csv:1:1: the first line has no names, instead of names of letters, digits and _, each once"),
        ("a b,c\n1,2\n", "cases.csv:1:1: the first line has 'a b', instead of names of letters, digits and _, each once"),
        ("case;c\n1;2\n",
         ("cases.csv:1:1: the first line has 'case;c', instead of names of letters, digits and _, each once; "
         "between them stands a comma")),
        ("c,c\n1,2\n", "cases.csv:1:1: the first line has a name twice, instead of names of letters, digits and _, each once"),
        ("outcome,talks\nbusy\n", "cases.csv:2:1: a row has 1 value, instead of 2: outcome, talks"),
        ("outcome\n", "cases.csv:1:1: no rows stand under the names, instead of 1 to 1000"),
        ('outcome\n"busy"x\n', "cases.csv:2:1: no CSV: ',' expected after '\"'"),
        ("outcome\nbusy\nbusi\n",
         f"story.yaml:6:44: call.outcome is 'busi', instead of one of: {OUTCOMES}; did you mean 'busy'? (in the case busi)"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_table_is_told_with_its_line(tmp_path: Path, table: str, sentence: str):
    steps = '  - call: {caller: A, dialled: X, outcome: "${outcome}"}\n'
    text = STORY.replace("steps:", "parameters: cases.csv\nsteps:") + steps
    assert problems(folder(tmp_path, story_yaml=text, cases_csv=table)) == sentence


@pytest.mark.parametrize(
    ("first", "again", "sentence"),
    [
        ("aaaaaaaaaa", '"${%s}${%s}"', "'${v12}${v12}' grows to more than 65536 characters, instead of a value that fits"),
        ("[1, 2]", '["${%s}", "${%s}"]', "a variable grows to more than 65536 characters and items, instead of a value"),
    ],
)  # fmt: skip
def test_variables_that_name_each_other_do_not_grow_without_end(first: str, again: str, sentence: str):
    rows = "".join(f"  v{n + 1}: {again % (f'v{n}', f'v{n}')}\n" for n in range(60))
    text = STORY.replace("steps:\n", f"variables:\n  v0: {first}\n{rows}steps:\n  - wait: 1s\n")
    assert said_of(text).partition(": ")[2].startswith(sentence)
