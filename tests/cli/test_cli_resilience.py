"""`pnsim run scenarios/resilience`: a receiver is scored by property, in every report, from outside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lxml import etree

from simulator.cli.main import main
from simulator.clock.wall import utc_now
from simulator.config import load
from simulator.config.origins import ConfigError
from simulator.resources import folder
from simulator.scenario.asking import Credentials
from simulator.scenario.counting import NAIVE
from simulator.scenario.language import Behaviour
from simulator.scenario.loader import files
from simulator.scenario.loader import load as load_scenario
from simulator.scenario.receiver import SampleReceiver
from simulator.scenario.reports.scoring import properties
from tests.cli.test_cli_run import in_a_thread

SUITE = folder("scenarios") / "resilience"
XSD = Path(__file__).parents[1] / "scenario" / "junit.xsd"
HELD = {
    "signatures": "rejects_bad_signatures",
    "old_requests": "rejects_old_requests",
    "garbage": "refuses_garbage",
    "duplicates": "idempotent",
    "order": "order_tolerant",
    "members": "ignores_unknown_members",
}
"""The property that each naivety costs."""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@contextmanager
def receiver(*naive: str, careful: bool = True) -> Iterator[str]:
    behaviour = Behaviour(careful=careful, naive=naive)
    credentials = Credentials("axb-demo", "axb-demo-secret")
    with in_a_thread(lambda: SampleReceiver(credentials, utc_now, behaviour)) as listening:
        assert isinstance(listening, SampleReceiver)
        yield listening.url


def suite(*words: str, only: str = "") -> int:
    chosen = ["-k", only] if only else []
    return main(["run", str(SUITE), "-q", *chosen, *words])


def scores(path: Path) -> dict[str, dict[str, object]]:
    last = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
    return last["scores"]


def test_every_property_is_scored_by_the_suite():
    scored = {load_scenario(path).customer.scored for path in files([SUITE])}
    assert scored == set(properties())
    assert set(HELD) == set(NAIVE)


def test_a_careful_receiver_has_every_property(capsys: pytest.CaptureFixture[str]):
    assert suite("--ndjson", "run.ndjson") == 0
    assert "the receiver has 11 of 11 properties\n" in capsys.readouterr().out
    told = scores(Path("run.ndjson"))
    assert all(one["passed"] == one["played"] and not one["unprobed"] for one in told.values())


@pytest.mark.parametrize("naive", NAIVE)
def test_each_naivety_costs_its_property(naive: str, capsys: pytest.CaptureFixture[str]):
    words = {
        "order": "disconnect",
        "duplicates": "thrice",
        "members": "unknown",
        "garbage": "half",
        "signatures": "forged",
    }
    with receiver(naive) as url:
        code = suite(
            "--receiver", url, "--customer", url, "--probe", "/probe/{session_id}", "--ndjson", "run.ndjson",
            only=words.get(naive, "two_days"),
        )  # fmt: skip
    assert code == 1
    lost = [name for name, one in scores(Path("run.ndjson")).items() if one["passed"] != one["played"]]
    assert lost == [HELD[naive]]
    assert f" ✗ {HELD[naive]}" in capsys.readouterr().out


@pytest.mark.parametrize("mode", ["AX", "AXE", "AXYB"])
def test_the_suite_is_played_in_another_mode(mode: str, capsys: pytest.CaptureFixture[str]):
    assert suite("--set", f"variables.mode={mode}", "--ndjson", "run.ndjson") == 0
    assert "the receiver has 11 of 11 properties" in capsys.readouterr().out
    started = [json.loads(line) for line in Path("run.ndjson").read_text(encoding="utf-8").splitlines()]
    keys = {one["app_key"] for one in started if one["type"] == "scenario_started"}
    assert keys == {f"{mode.lower()}-demo"}


def test_a_mode_in_which_the_receiver_decides_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]):
    assert suite("--set", "variables.mode=X", only="forged") == 3
    assert (
        "include is 'common/X/pair.steps.yaml', which is no file, instead of one that is there"
        in capsys.readouterr().err
    )


def test_a_receiver_that_accepts_everything_scores_badly_in_every_report(capsys: pytest.CaptureFixture[str]):
    only = "forged or half or unknown or thrice"
    with receiver(careful=False) as url:
        code = suite("--receiver", url, "--junit", "run.xml", "--html", "run.html", "--ndjson", "run.ndjson", only=only)
    said = capsys.readouterr().out
    assert code == 1
    assert " ✓ idempotent                100 % (1 of 1, answers only)" in said
    assert " ✗ rejects_bad_signatures    0 % (0 of 1)" in said
    assert "     resilience_forged_cdr: expected fee not acknowledged, got acknowledged\n" in said
    assert "the receiver has 2 of 4 properties; what it counted was not asked: --customer URL" in said
    document = etree.parse("run.xml")
    etree.XMLSchema(etree.parse(XSD)).assertValid(document)
    found = {one.get("name"): one.get("value") for one in document.iter("property")}
    assert found["score.refuses_garbage"] == "0 % (0 of 1)"
    page = Path("run.html").read_text(encoding="utf-8")
    assert '<td class="bad">0 % (0 of 1)</td>' in page
    assert "a wrong signature is refused 拒绝错误签名" in page
    why = scores(Path("run.ndjson"))["refuses_garbage"]["why"]
    assert why == ["resilience_half_a_body: expected callin, attempt 1, not acknowledged, got answered 200"]


def test_a_probe_of_ones_own_is_mapped_by_the_configuration():
    config = """\
[[apps]]
app_key = "axb-demo"
app_secret = "axb-demo-secret"

[customer]
url = "{url}"
headers = {{ X-Test = "1" }}

[customer.probe]
path = "/probe/{{session_id}}"
cdrs = "events.fee"
"""
    with receiver() as url:
        Path("pnsim.toml").write_text(config.format(url=url), encoding="utf-8")
        assert suite("--receiver", url, "--ndjson", "run.ndjson", only="ten_times") == 0
    assert scores(Path("run.ndjson"))["idempotent"] == {"passed": 1, "played": 1, "unprobed": 0, "why": []}


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ("[customer]\nulr = 'x'", "c.toml:2: customer has no key 'ulr'; did you mean 'url'? Valid: url, headers, probe"),
        ("[customer]\nurl = 'shop:80'",
         "c.toml:2: customer.url must be an address like \"http://127.0.0.1:9000/status\", not 'shop:80'"),
        ("[customer]\nheaders = 'x'",
         "c.toml:2: customer.headers must be a table like { Authorization = \"Bearer …\" }, not 'x'"),
        ("[customer.probe]\npath = '/x'",
         "c.toml:2: customer.probe.path must be a path like \"/probe/{session_id}\", with {session_id} in it, not '/x'"),
        ("[customer.probe]\nfees = 'x'",
         "c.toml:2: customer.probe has no key 'fees'; did you mean 'events'? Valid: path, events, cdrs, state, hangup_cause"),
    ],
)  # fmt: skip
def test_a_wrong_customer_in_the_configuration_is_refused(section: str, sentence: str):
    Path("c.toml").write_text(f"{section}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(Path("c.toml"), {}, {})
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--probe", "/x"], "Invalid value for '--probe': must be a path like \"/probe/{session_id}\""),
        (["--customer", "shop"], "Invalid value for '--customer': must be an address like"),
        (["--simulator", "http://127.0.0.1:1", "--token", "t", "--api-port", "80"],
         "--api-port is for a simulator of our own, not that of --simulator"),
    ],
)  # fmt: skip
def test_wrong_words_are_refused(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]):
    assert suite(*words) == 2
    assert sentence in capsys.readouterr().err


def test_known_failures_end_with_0_and_stand_in_every_report(capsys: pytest.CaptureFixture[str]):
    Path("known.yaml").write_text(
        "scenario: known\ntitle: A cause that is not told yet\ncast: {A: mobile, B: mobile, X: number}\nsteps:\n"
        "  - bind: {caller: A, callee: B, number: X}\n  - call: {caller: A, dialled: X, outcome: busy}\n"
        "  - expect: {hangup_cause: 8101}\n    known_failure: told as busy\n",
        encoding="utf-8",
    )
    code = main(["run", "known.yaml", "--junit", "k.xml", "--ndjson", "k.ndjson", "--html", "k.html", "--github"])
    said = capsys.readouterr().out
    assert code == 0
    assert (
        " ✓ known failed as known  3 of 3 steps\n   known.yaml:7:5: step 3 of 3, expect: known failure: told as busy\n"
        in said
    )
    assert said.endswith("1 failed as known\n")
    document = etree.parse("k.xml")
    etree.XMLSchema(etree.parse(XSD)).assertValid(document)
    (skipped,) = document.iter("skipped")
    assert "known failure: told as busy" in skipped.get("message")
    ended = [json.loads(line) for line in Path("k.ndjson").read_text(encoding="utf-8").splitlines()][-2]
    assert (ended["status"], ended["failure"]) == ("failed as known", [])
    assert ended["known"][0].endswith("known failure: told as busy")
    assert "known failure: told as busy" in Path("k.html").read_text(encoding="utf-8")


def test_shipped_scenarios_are_found_wherever_one_stands(capsys: pytest.CaptureFixture[str]):
    assert main(["run", "scenarios/customer", "-q", "-k", "two_calls"]) == 0
    assert main(["run", "scenarios/custmer", "-q"]) == 3
    assert "custmer:1:1: cannot be read: No such file" in capsys.readouterr().err
