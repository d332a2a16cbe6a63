"""What a bundle holds of a story that failed, and what it never holds."""

import os
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import orjson
import pytest

from simulator.bundles.folder import DEFAULT, KEPT, Folder
from simulator.bundles.keeping import FIRST, LAST, Events, Keeping, Stand
from simulator.bundles.stand import config_of, derived_secret, is_loopback, without_credentials
from simulator.bundles.withholding import Secret, Withholding, scrubbed
from simulator.config import ConfigError, load
from simulator.config.demo import demo_app
from simulator.config.values import CustomerConfig
from simulator.replay.bundle import Bundle
from simulator.replay.bundle_reading import read
from simulator.scenario import loader
from simulator.scenario.customer_api import CustomerOptions
from simulator.scenario.performance import Options
from simulator.scenario.runner import Runner
from simulator.scenario.sources import kept
from tests.replay.zips import CONFIG, MANIFEST
from tests.scenario.stages import Theatre, clocks

WRONG = """\
scenario: wrong
title: A calls B, and one notification too many is expected
cast: {A: mobile, B: mobile, X: number}
customer: {url: "http://127.0.0.1:9", headers: {Authorization: Bearer of-the-scenario}}
steps:
  - include: bound.steps.yaml
  - call: {caller: A, dialled: X, outcome: busy}
  - expect: {notifications: [callin, callout, alerting, disconnect, fee], of: call}
"""
STEPS = "- bind: {caller: A, callee: B, number: X}\n"
FLAGS = {"clock": "virtual", "port": "0", "control_port": "0"}


async def played(tmp_path: Path, options: Options | None = None, **customer: object) -> Path:
    """The bundle of WRONG, played to its failure."""
    (tmp_path / "bound.steps.yaml").write_text(STEPS, encoding="utf-8")
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG, encoding="utf-8")
    with kept() as shelf:
        scenarios = loader.load_all(file)
    app = replace(demo_app("AXB"), app_secret="a-secret-of-ours", profile={"answer_timeout_seconds": 3})
    config = load(None, {}, FLAGS)
    config = replace(config, apps=(app,), customer=CustomerConfig(**customer))  # type: ignore[arg-type]  # each test names members of it
    config = replace(config, server=replace(config.server, control_token="control-token-of-ours"))
    options = options or Options()
    stand = Stand(
        config, lambda _: app, options, ("seed=7",), {str(file): shelf.files}, (Secret("a token", "tok-en-1"),)
    )
    keeping = Keeping(Folder(tmp_path / "bundles"), stand, scenarios)
    await Runner(Theatre().stage, options, clocks(), keeping).run(scenarios)
    assert not keeping.problem
    (path,) = keeping.kept
    return path


async def test_it_has_everything_that_plays_it_again(tmp_path: Path) -> None:
    path = await played(tmp_path)
    bundle = read(path)
    manifest = bundle.manifest
    assert path.name == "wrong.pnsim.zip"
    assert set(bundle.scenario) == {"wrong.yaml", "bound.steps.yaml"}
    assert (manifest.scenario, manifest.file, manifest.seed, manifest.sample) == ("wrong", "wrong.yaml", 7, True)
    assert (manifest.edition, manifest.clock_start) == ("2026", "2026-01-01T00:00:00.000000Z")
    assert manifest.settings == ("seed=7",)
    assert (manifest.result.status, manifest.result.steps_done) == ("failed", 2)
    assert "expected  callin → callout → alerting" in "\n".join(manifest.result.failure)
    assert manifest.rows == len(list(bundle.rows())) > 5
    assert {row["kind"] for row in bundle.rows()} >= {"api_request", "call_event", "attempt_started", "attempt_ended"}
    assert b"expected  callin" in bundle.reports["report.txt"]
    assert b"caller" in bundle.reports["ladder.txt"]
    events = [orjson.loads(line)["type"] for line in bundle.reports["events.ndjson"].splitlines()]
    assert events[0] == "scenario_started"
    assert events[-1] == "scenario_ended"
    config = config_of(bundle.config, "b", FLAGS)
    assert config.apps[0].profile == {"answer_timeout_seconds": 3}
    assert not config.apps[0].receivers


async def test_no_secret_is_in_it(tmp_path: Path) -> None:
    url = "http://user:pass-word@127.0.0.1:9/status?token=que-ry"
    options = Options(customer=CustomerOptions(headers={"X-Api-Key": "key-of-ours", "X-Tenant": "blue"}))
    path = await played(tmp_path, options, headers={"X-Api-Key": "key-of-ours", "X-Tenant": "blue"}, url=url)
    with ZipFile(path) as file:
        everything = b"".join(file.read(name) for name in file.namelist())
    for secret in (
        "a-secret-of-ours",
        "control-token-of-ours",
        "key-of-ours",
        "tok-en-1",
        "of-the-scenario",
        "pass-word",
        "que-ry",
    ):
        assert secret.encode() not in everything, secret
    assert b"blue" in everything
    assert everything.count(b"PasswordDigest") == everything.count(b'PasswordDigest=\\"***\\"')
    assert derived_secret("axb-demo").encode() in everything
    assert read(path).manifest.withheld == (
        "a token", "control token", "header Authorization of the scenario's customer", "header X-Api-Key of the customer's API",
        "secret of axb-demo",
    )  # fmt: skip


def test_secrets_are_found_however_they_are_written() -> None:
    withholding = Withholding([Secret("s", 'a"b/c d'), Secret("short", "abc")])
    for form in ('a"b/c d', r"a\"b/c d", "a%22b%2Fc%20d"):
        assert withholding.of(f"<{form}>".encode()) == b"<withheld>"
    assert withholding.of(b"abc") == b"abc"
    assert withholding.names() == ("s",)


def test_a_secret_within_a_secret_does_not_save_it() -> None:
    withholding = Withholding([Secret("inner", "secret"), Secret("outer", "my-secret-word")])
    assert withholding.of(b"my-secret-word secret") == b"withheld withheld"


def test_headers_of_rows_lose_credentials_but_the_platforms_own_form() -> None:
    ours = 'AKSK realm="SDP",profile="UsernameToken",type="Appkey"'
    row = {"headers": [["Authorization", ours], ["Cookie", "a=b"], ["authorization", "Bearer x"], ["Accept", "*/*"]]}
    assert scrubbed(row)["headers"] == [
        ["Authorization", ours], ["Cookie", "withheld"], ["authorization", "withheld"], ["Accept", "*/*"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("http://127.0.0.1:9000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:9000/x", True),
        ("http://localhost:9", True),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1@evil.example", False),
        ("http://127.0.0.1.nip.io", False),
        ("http://0x7f000001", False),
        ("http://10.0.0.1", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_which_addresses_are_this_machines(url: str, *, is_ours: bool) -> None:
    assert is_loopback(url) is is_ours


def test_addresses_without_credentials() -> None:
    assert without_credentials("http://u:p@h.example:9/status?token=1") == "http://h.example:9/status"


TABLES = {
    "unknown section": (
        {"plugins": {}},
        "b/config.json: this has no key 'plugins'; Valid: server, profile, apps, customer",
    ),
    "server key": (
        {"server": {"host": "0.0.0.0"}},
        "b/config.json: server has no key 'host'; Valid: edition, seed, start_at, tls",
    ),
    "tls files": (
        {"server": {"tls": {"cert": "/etc/a", "key": "/etc/b"}}},
        "b/config.json: server.tls names files, instead of off or self-signed",
    ),
    "no apps": (
        {"apps": []},
        "b/config.json: apps is not one application, instead of the one that the story is played with",
    ),
    "app": (
        {"apps": [{"app_key": "a", "app_secret": "b", "run": "rm"}]},
        "b/config.json: apps[0] has no key 'run'; Valid: ",
    ),
    "server": ({"server": []}, "b/config.json: server must be a table, not []"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_strangers_configuration_is_checked(case: str) -> None:
    table, sentence = TABLES[case]
    with pytest.raises(ConfigError) as wrong:
        config_of({**CONFIG, **table}, "b", FLAGS)
    assert str(wrong.value).startswith(sentence)


def test_a_long_story_keeps_its_beginning_and_its_end() -> None:
    events = Events()
    for number in range(FIRST + LAST + 10):
        events.add(("row", (number,)))
    told = [given[0] for _, given in events]
    assert told[:FIRST] == list(range(FIRST))
    assert told[FIRST:] == list(range(FIRST + 10, FIRST + LAST + 10))
    assert events.left_out == 10
    assert events.opening is None


def bundle() -> Bundle:
    return Bundle(MANIFEST, CONFIG, {"busy.yaml": b"x"})


def test_the_oldest_bundles_make_room(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for number in range(KEPT + 3):
        path = folder.keep(f"story{number}", bundle())
        os.utime(path, (number, number))
    last = folder.keep("the last", bundle())
    left = sorted(one.name for one in tmp_path.glob("*.pnsim.zip"))
    assert len(left) == KEPT
    assert last.name == "the-last.pnsim.zip"
    assert last.exists()
    assert not {f"story{number}.pnsim.zip" for number in range(4)} & set(left)


def test_one_bundle_a_story_but_two_stories_of_one_name_have_two(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.keep("rides[busy A/../B]", bundle()).name == "rides-busy-A-..-B.pnsim.zip"
    assert folder.keep("Story", bundle()).name == "Story.pnsim.zip"
    assert folder.keep("story", bundle()).name == "story-2.pnsim.zip"
    assert Folder(tmp_path).keep("Story", bundle()).name == "Story.pnsim.zip"
    assert folder.keep("...", bundle()).name == "story-3.pnsim.zip"


def test_the_default_folder_is_nothing_to_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Folder(DEFAULT).keep("story", bundle())
    assert (tmp_path / ".pnsim" / ".gitignore").read_text() == "*\n"


async def test_a_folder_that_cannot_be_written_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "bundles").write_text("a file", encoding="utf-8")
    (tmp_path / "bound.steps.yaml").write_text(STEPS, encoding="utf-8")
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG, encoding="utf-8")
    config = load(None, {}, FLAGS)
    keeping = Keeping(Folder(tmp_path / "bundles"), Stand(config, demo_app, Options()), loader.load_all(file))
    await Runner(Theatre().stage, Options(), clocks(), keeping).run(loader.load_all(file))
    assert keeping.problem == f"{tmp_path / 'bundles'}: File exists"
    assert not keeping.kept
