"""A suite in which one scenario passes, one fails, one breaks the simulator and one is skipped: code, terminal, JUnit."""

import re
from pathlib import Path

import pytest
from lxml import etree

from simulator.cli.main import main
from simulator.contract import notifications
from tests.cli.test_cli_run import BUSY, NEEDY, receiver

PASSES = BUSY
FAILS = BUSY.replace("scenario: busy", "scenario: fails").replace(
    "of: call}", "of: call, hangup_cause: 8103, within: 5s}"
)
BREAKS = BUSY.replace("scenario: busy", "scenario: breaks").replace("outcome: busy", "outcome: rejected")
SUITE = {"busy": PASSES, "fails": FAILS, "breaks": BREAKS, "needy": NEEDY}
SCHEMA = Path(__file__).parents[1] / "scenario" / "junit.xsd"

TOLD = """\
 ! breaks broken  2 of 3 steps
   breaks.yaml: the simulator sent, or would have sent, what breaks the contract (please report it): disconnect: …
 ✓ busy passed  3 of 3 steps
 ✗ fails failed  2 of 3 steps
   fails.yaml:7:5: step 3 of 3, expect
     expected  call released with 8103
     got       released with 8102
 – needy skipped  0 of 3 steps
   needy.yaml: it needs the sample receiver, which must misbehave, and --receiver names another
1 passed, 1 failed, 1 skipped, 1 broken
"""


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files, and a simulator that writes one kind of disconnect wrongly."""
    whole = notifications.call_event

    def wrong(call, event, profile, mode, features):
        body = whole(call, event, profile, mode, features)
        if body["statusInfo"].get("stateCode") == 7503:
            body["statusInfo"]["timestamp"] = 7
        return body

    monkeypatch.setattr(notifications, "call_event", wrong)
    monkeypatch.setenv("PNSIM_CACHE_DIR", "")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    folder = tmp_path / "suite"
    folder.mkdir()
    for name, text in SUITE.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def test_a_suite_with_one_of_each_ends_with_the_gravest_code_and_says_all_of_it(suite: Path, capsys):
    with receiver() as listening:
        code = main(["run", ".", "--receiver", listening.url, "-q", "--junit", "junit.xml"])
    said = capsys.readouterr().out
    assert code == 5
    kept = [
        line for line in said.splitlines() if re.match(r" [✓✗!–] |   (?!A |B |app)\S*\w+\.yaml|     |\d+ passed", line)
    ]
    text = re.sub(r"(report it\): disconnect: ).*", r"\1…", "\n".join(kept)) + "\n"
    assert text == TOLD


def test_its_junit_is_valid_and_has_each_where_it_belongs(suite: Path):
    with receiver() as listening:
        main(["run", ".", "--receiver", listening.url, "-q", "--junit", "junit.xml"])
    document = etree.parse(str(suite / "junit.xml"))
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(document)
    counts = ("tests", "failures", "errors", "skipped")
    assert [document.getroot().get(name) for name in counts] == ["4", "1", "1", "1"]
    outcomes = {
        case.get("name"): [one.tag for one in case if one.tag != "system-out"] for case in document.iter("testcase")
    }
    assert outcomes == {"breaks": ["error"], "busy": [], "fails": ["failure"], "needy": ["skipped"]}
    (failure,) = document.iter("failure")
    assert failure.get("message") == "fails.yaml:7:5: step 3 of 3, expect"
    assert "expected  call released with 8103" in (failure.text or "")
