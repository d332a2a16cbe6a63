"""Scenario files as test items: chosen, played, reported by pytest, also over several processes."""

import xml.etree.ElementTree as ET

import pytest

from tests.testing.customer import customer

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.timeout(200)

STORY = """\
scenario: {name}
title: {title}
{more}cast: {{A: mobile, B: mobile, X: number}}
steps:
  - bind: {{caller: A, callee: B, number: X}}
  - call: {{caller: A, dialled: X, outcome: {outcome}, as: first}}
  - expect: {{notifications: [callin, callout, {last}, fee], of: first, within: 30s}}
"""
NEEDS = "needs: sample_receiver\nreceiver: {answer: 200}\n"
INI = "[pytest]\naddopts = -p no:cacheprovider\nasyncio_default_fixture_loop_scope = function\n"


def story(
    name: str, *, title: str = "B is busy", outcome: str = "busy", last: str = "disconnect", more: str = ""
) -> str:
    return STORY.format(name=name, title=title, outcome=outcome, last=last, more=more)


@pytest.fixture
def folder(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with four stories: one passes, one fails, one needs the sample receiver, one is elsewhere."""
    pytester.makeini(INI)
    files = {
        "busy.pnsim.yaml": story("busy"),
        "failing.pnsim.yaml": story("failing", title="What does not happen", last="answer"),
        "flaky.pnsim.yaml": story("flaky", more=NEEDS),
        "stories/refused.yaml": story("refused", outcome="refused"),
        "data/other.yaml": "nothing: of ours\n",
    }
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return pytester


def names(result: pytest.RunResult) -> list[str]:
    """What `--collect-only -q` lists."""
    return [line for line in result.outlines if "::" in line]


def test_a_run_reports_scenarios_as_tests_with_their_own_failure_text(folder):
    with customer() as server:
        ended = folder.runpytest_subprocess("-v", "-rs", "--junitxml=junit.xml", "--pnsim-receiver", server.url)
    assert ended.ret == 1
    ended.assert_outcomes(passed=1, failed=1, skipped=1)
    ended.stdout.fnmatch_lines([
        f"pnsim: receiver {server.url}",
        "busy.pnsim.yaml::busy PASSED*",
        "failing.pnsim.yaml::failing FAILED*",
        "flaky.pnsim.yaml::flaky SKIPPED*",
        "_* scenario: What does not happen _*",
        "failing.pnsim.yaml:7:5: step 3 of 3, expect",
        "  expected  callin → callout → answer → fee about first",
        "  got       callin → callout → disconnect",
        "  nearest   notification 3 is disconnect, instead of answer",
        "-* Captured ladder call -*",
        "*caller*platform*callee*receiver",
        "*disconnect  200*",
        "SKIPPED*it needs the sample receiver, which must misbehave, and --pnsim-receiver names another",
    ])  # fmt: skip
    assert "Traceback" not in ended.stdout.str()
    assert "runtest" not in ended.stdout.str()
    suite = ET.parse(folder.path / "junit.xml").getroot()[0]
    assert {case.get("name"): [child.tag for child in case] for case in suite} == {
        "busy": ["properties"],
        "failing": ["properties", "failure"],
        "flaky": ["properties", "skipped"],
    }
    (failure,) = suite.iter("failure")
    assert failure.get("message").startswith("failing.pnsim.yaml:7:5: step 3 of 3, expect\n  expected  callin")
    told = {one.get("name"): one.get("value") for one in suite[0].iter("property")}
    assert told == {"title": "B is busy", "mode": "AXB", "seed": "7"}
    assert [one.get("name") for one in suite[2].iter("property")] == [
        "title",
        "mode",
    ]  # what was not played has no seed


def test_scenarios_run_over_several_processes(folder):
    folder.makefile(".pnsim.yaml", **{f"busy{n}": story(f"busy{n}") for n in range(3)})
    folder.makepyfile(
        test_it="""
        import pytest

        @pytest.mark.parametrize("n", range(4))
        def test_each_has_a_platform_of_its_own(privacy_platform, n):
            assert privacy_platform.journal(kind="api_request") == []
            privacy_platform.request("query", x_number=privacy_platform.app().numbers[0])
        """
    )
    ended = folder.runpytest_subprocess("-n", "2", "--pnsim-seed", "3", "--junitxml=junit.xml")
    ended.assert_outcomes(passed=9, failed=1)
    ended.stdout.fnmatch_lines(["failing.pnsim.yaml:7:5: step 3 of 3, expect", "-* Captured ladder call -*"])
    seeds = ET.parse(folder.path / "junit.xml").getroot().iter("property")
    assert {one.get("value") for one in seeds if one.get("name") == "seed"} == {"3"}


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ((), ["busy", "failing", "flaky"]),
        (("-k", "happen"), ["failing"]),
        (("-k", "busy and not happen and AXB"), ["busy", "flaky"]),
        (("-m", "not pnsim_scenario"), []),
        (("-m", "pnsim_scenario", "--strict-markers"), ["busy", "failing", "flaky"]),
        (("busy.pnsim.yaml::busy",), ["busy"]),
        (("-o", "pnsim_scenarios=stories"), ["busy", "failing", "flaky", "refused"]),
    ],
)
def test_scenarios_are_chosen_as_tests_are(folder, words, chosen):
    ended = folder.runpytest_inprocess("--collect-only", "-q", *words)
    assert [name.rpartition("::")[2] for name in names(ended)] == chosen


def test_the_first_failure_may_end_it(folder):
    ended = folder.runpytest_inprocess("-x")
    ended.assert_outcomes(passed=1, failed=1)


def test_a_file_that_is_wrong_says_where_and_what_would_be_right(folder):
    folder.makefile(".pnsim.yaml", wrong=story("wrong").replace("dialled", "diald"), other=story("another"))
    ended = folder.runpytest_inprocess()
    assert ended.ret == 2
    ended.stdout.fnmatch_lines([
        "_* ERROR collecting other.pnsim.yaml _*",
        "other.pnsim.yaml:1:11: scenario is 'another', instead of 'other', the file's name",
        "_* ERROR collecting wrong.pnsim.yaml _*",
        "wrong.pnsim.yaml:6:11: call lacks 'dialled': what is dialled: usually X",
        "wrong.pnsim.yaml:6:23: call has no key 'diald'; did you mean 'dialled'? It knows: caller, dialled, *",
    ])  # fmt: skip
    assert "Traceback" not in ended.stdout.str()


def test_a_receiver_that_is_not_there_is_a_failure_that_names_it(folder):
    ended = folder.runpytest_inprocess("busy.pnsim.yaml", "--pnsim-receiver", "http://127.0.0.1:1/")
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines([
        "busy.pnsim.yaml: nobody listens at http://127.0.0.1:1/status (*); start the receiver there",
    ])  # fmt: skip


def test_the_configuration_is_that_of_pnsim_toml(folder):
    config = '[[apps]]\napp_key = "mine"\napp_secret = "s"\n[apps.receivers]\nstatus = "http://127.0.0.1:1/status"\n'
    (folder.path / "own.toml").write_text(config, encoding="utf-8")
    ended = folder.runpytest_inprocess("busy.pnsim.yaml", "-o", "pnsim_config=own.toml")
    ended.stdout.fnmatch_lines(["busy.pnsim.yaml: nobody listens at http://127.0.0.1:1/status*"])
    (folder.path / "own.toml").write_text("[servr]\n", encoding="utf-8")
    ended = folder.runpytest_inprocess("busy.pnsim.yaml", "--pnsim-config", "own.toml")
    ended.stdout.fnmatch_lines(
        ["*own.toml:1: this has no key 'servr'; did you mean 'server'? Valid: server, apps, profile, customer"]
    )


def test_time_and_strictness_can_be_set(folder):
    remarkable = story("talkative", more="needs: sample_receiver\nreceiver: {hang: true}\n")
    folder.makefile(".pnsim.yaml", talkative=remarkable)
    ended = folder.runpytest_inprocess("talkative.pnsim.yaml", "--pnsim-timeout", "0.3", "--pnsim-strict", "true")
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["talkative.pnsim.yaml: the time of --pnsim-timeout was over"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("--pnsim-seed", "many"),
            "--pnsim-seed is 'many', instead of N: seed of every scenario and of the fixtures, a whole *",
        ),
        (("-o", "pnsim_timeout=0"), "pnsim_timeout is '0', instead of SECONDS: wall time of a scenario or of a *"),
        (
            ("--pnsim-receiver", "localhost"),
            "--pnsim-receiver is 'localhost', instead of URL: base address of your server*",
        ),
        (("-o", "pnsim_strict=maybe"), "pnsim_strict is 'maybe', instead of BOOL: true: remarks, such as *"),
    ],
)
def test_a_wrong_option_says_what_it_is_for(folder, words, sentence):
    ended = folder.runpytest_inprocess("busy.pnsim.yaml", *words)
    assert ended.ret == 4
    ended.stderr.fnmatch_lines([f"ERROR: {sentence}"])


def test_help_explains_every_option(pytester):
    pytester.makeini(INI)
    ended = pytester.runpytest_inprocess("--help")
    for name in ("config", "receiver", "seed", "timeout", "strict"):
        assert f"--pnsim-{name}=" in ended.stdout.str()
        assert f"pnsim_{name} (string):" in ended.stdout.str()
    ended.stdout.fnmatch_lines(["*pnsim_scenarios (paths):*", "*@pytest.mark.pnsim_scenario*"][:1])


def test_what_fails_is_kept_where_a_folder_is_named(folder):
    with customer() as server:
        ended = folder.runpytest_subprocess("--pnsim-receiver", server.url, "--pnsim-bundle-dir", "kept")
    assert ended.ret == 1
    assert [path.name for path in (folder.path / "kept").iterdir()] == ["failing.pnsim.zip"]
    ended.stdout.fnmatch_lines(["*to play it again: pnsim run *kept/failing.pnsim.zip"])
