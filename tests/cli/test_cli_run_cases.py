"""`pnsim run` and `pnsim check` with scenarios of many cases, and with lists of steps that are included."""

from pathlib import Path

import orjson
import pytest
from lxml import etree

from simulator.cli.main import main

STORY = """\
scenario: rides
title: "B is ${outcome}"
cast: {A: mobile, B: mobile, X: number}
parameters: {outcome: [busy, refused]}
steps:
  - include: common/pair.steps.yaml
  - call: {caller: A, dialled: X, outcome: "${outcome}"}
  - expect: {hangup_cause: 8102}
  - optional: {steps: [{expect: {hangup_cause: 0}}]}
  - advance: 1s
    when: elapsed > 100
"""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scenarios/common").mkdir(parents=True)
    Path("scenarios/rides.yaml").write_text(STORY)
    Path("scenarios/common/pair.steps.yaml").write_text("- bind: {caller: A, callee: B, number: X}\n")


def test_each_case_has_its_own_result_and_test_case(capsys):
    assert main(["run", "scenarios", "--junit", "junit.xml", "--ndjson", "run.ndjson"]) == 1
    said = capsys.readouterr().out
    assert " ✓ rides[busy] passed  3 of 3 steps" in said
    assert "   scenarios/rides.yaml:9:5: step 4, optional: 0 of 1 steps done; step 4.1, expect failed: expected" in said
    assert "   scenarios/rides.yaml:10:5: step 5, advance 1s: left out, since elapsed > 100 does not hold\n" in said
    assert " ✗ rides[refused] failed  2 of 5 steps" in said
    assert "   scenarios/rides.yaml:8:5: step 3 of 5, expect\n" in said
    cases = etree.parse("junit.xml").getroot().iter("testcase")
    assert [case.get("name") for case in cases] == ["rides[busy]", "rides[refused]"]
    ended = [
        row
        for row in map(orjson.loads, Path("run.ndjson").read_bytes().splitlines())
        if row["type"] == "scenario_ended"
    ]
    assert [(row["scenario"], row["steps_done"], len(row["remarks"])) for row in ended] == [
        ("rides[busy]", 3, 2),
        ("rides[refused]", 2, 0),
    ]


def test_one_case_is_chosen_by_its_name(capsys):
    assert main(["run", "scenarios", "-q", "-k", "[busy]"]) == 0
    assert capsys.readouterr().out.endswith("\n1 passed\n")


def test_a_story_that_leaves_everything_out_has_not_run(capsys):
    Path("none.yaml").write_text(
        "scenario: none\ntitle: Nothing happens here\nsteps:\n  - advance: 1s\n    when: 1 > 2\n"
    )
    assert main(["run", "none.yaml"]) == 4
    assert "none.yaml: 0 of 0 steps were played" in capsys.readouterr().out


def test_check_tells_what_is_wrong_in_scenarios_and_in_what_they_include(capsys):
    assert main(["check", "scenarios"]) == 0
    assert capsys.readouterr().out.splitlines() == ["scenarios/common/pair.steps.yaml: ok", "scenarios/rides.yaml: ok"]
    Path("scenarios/common/pair.steps.yaml").write_text(
        "- bind: {caller: A, callee: C, number: X, recrod: true}\n- wait: 5\n"
    )
    assert main(["check", "scenarios"]) == 3
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in said] == [
        *["scenarios/common/pair.steps.yaml:1:43", "scenarios/common/pair.steps.yaml:2:9"] * 2,
        "2 of 2 files cannot be used",
    ]
