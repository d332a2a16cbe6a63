"""`pnsim run` leaves a bundle of what fails, and plays one again on another machine to the same bytes."""

import base64
import gzip
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

import simulator
from simulator.cli.main import main
from simulator.replay.bundle import Bundle
from simulator.replay.bundle_reading import read
from tests.cli.wires import Wire, listening
from tests.replay.zips import STORY, members, zipped

ROWS = """\
scenario: rides
title: A calls B in every way
cast: {A: mobile, B: mobile, X: number}
variables: {again: 2}
parameters: rides.csv
steps:
  - include: parts/bound.steps.yaml
  - repeat:
      times: "${again}"
      steps:
        - call: {caller: A, dialled: X, outcome: "${outcome}"}
  - sms: {from: A, to: X, text: "on my way, {B}"}
  - advance: 2h
  - customer: {method: GET, path: /state, expect: {schema: parts/state.json}}
  - expect: {of: call, notifications: [callin, callout, disconnect, fee], acknowledged: true}
"""
FILES = {
    "rides.yaml": ROWS,
    "rides.csv": "case,outcome\nbusy,busy\noff,powered_off\n",
    "parts/bound.steps.yaml": "- bind: {caller: A, callee: B, number: X}\n",
    "parts/state.json": '{"type": "object", "required": ["open"]}',
}


def every_second_cdr_fails(wire: Wire, path: str, _: bytes) -> int:
    return 500 if path == "/fee" and sum(where == "/fee" for where, _ in wire.told) % 2 else 200


def clean(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """`pnsim` in a process that has nothing of this one."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PNSIM_")}
    environment |= {"PNSIM_CACHE_DIR": "", "PYTHONPATH": str(Path(simulator.__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-m", "simulator", *map(str, words)],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def failure(stdout: str) -> list[str]:
    """What is said from the failed scenario's line on, without the file's folder."""
    lines = stdout.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(" ✗ "))
    return [line.replace("rides-off.pnsim.zip/", "") for line in lines[start:]]


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A folder with a scenario of several files and a configuration with a secret."""
    folder = tmp_path / "there"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    config = '[server]\nseed = 11\nedition = "2022"\n[profile]\nretry_minutes = [1, 5]\n'
    config += (
        '[[apps]]\napp_key = "shop"\napp_secret = "a-secret-of-the-shop"\nmode = "AXB"\nfeatures = ["area_code"]\n'
    )
    (folder / "pnsim.toml").write_text(config, encoding="utf-8")
    return folder


def test_a_bundle_plays_to_the_same_bytes_elsewhere(there: Path, tmp_path: Path) -> None:
    with listening(every_second_cdr_fails) as wire:
        first = clean(there, "run", "rides.yaml", "--receiver", wire.url, "--customer", wire.url,
                      "-k", "off", "--set", "variables.again=3", "--start-at", "2026-03-01T00:00:00Z")  # fmt: skip
        told = wire.told
    assert first.returncode == 1, first.stdout + first.stderr
    assert "-- to play it again: pnsim run .pnsim/bundles/rides-off.pnsim.zip" in first.stderr
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    there.joinpath(".pnsim/bundles/rides-off.pnsim.zip").replace(elsewhere / "rides-off.pnsim.zip")
    with listening(every_second_cdr_fails) as wire:
        again = clean(elsewhere, "run", "rides-off.pnsim.zip", "--receiver", wire.url, "--customer", wire.url)
    assert again.returncode == 1, again.stdout + again.stderr
    assert len(told) > 12
    assert wire.told == told
    assert failure(again.stdout) == failure(first.stdout)
    assert f"as recorded: {len(told)} requests with the same bodies in the same order" in again.stderr
    assert not (elsewhere / ".pnsim").exists()


def test_a_receiver_that_behaves_otherwise_is_seen(there: Path, tmp_path: Path) -> None:
    with listening(every_second_cdr_fails) as wire:
        clean(there, "run", "rides.yaml", "--receiver", wire.url, "--customer", wire.url, "-k", "off")
    with listening(every_second_cdr_fails) as wire:
        wire.told.append(("/fee", b""))
        path = there / ".pnsim/bundles/rides-off.pnsim.zip"
        again = clean(tmp_path, "run", path, "--receiver", wire.url, "--customer", wire.url)
    assert "-- differs from the record: " in again.stderr


BUSY = STORY.replace("callout, disconnect", "callout, alerting, disconnect")


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PNSIM_BUNDLE_DIR")
    Path("busy.yaml").write_text(BUSY, encoding="utf-8")


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("more", [(), ("--workers", "2"), ("--shard", "1/1"), ("--repeat", "2")])
def test_every_way_of_running_leaves_bundles(capfd: pytest.CaptureFixture[str], more: tuple[str, ...]) -> None:
    Path("other.yaml").write_text(BUSY.replace("busy\n", "other\n", 1), encoding="utf-8")
    assert main(["run", "busy.yaml", "other.yaml", "--bundle-dir", "kept", "-q", *more]) == 1
    names = {path.name for path in Path("kept").iterdir()}
    assert names >= {"busy.pnsim.zip", "other.pnsim.zip"}
    assert len(names) == (4 if "--repeat" in more else 2)
    assert "-- to play it again: pnsim run kept/busy.pnsim.zip" in capfd.readouterr().err
    assert main(["run", "kept/other.pnsim.zip"]) == 1
    said = capfd.readouterr()
    assert "as recorded: 3 requests with the same bodies in the same order" in said.err
    assert "receiver: the built-in sample receiver" in said.out
    assert "other.pnsim.zip/other.yaml:7:5" in said.out


@pytest.mark.usefixtures("_here")
def test_the_bundle_of_workers_is_that_of_one_process() -> None:
    for folder, more in (("one", ()), ("many", ("--workers", "2"))):
        assert main(["run", "busy.yaml", "--bundle-dir", folder, "-q", *more]) == 1
    one, many = (read(Path(folder, "busy.pnsim.zip")) for folder in ("one", "many"))
    assert (one.manifest, one.config, one.scenario) == (many.manifest, many.config, many.scenario)
    assert [row["kind"] for row in one.rows()] == [row["kind"] for row in many.rows()]


@pytest.mark.usefixtures("_here")
def test_no_bundle(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "busy.yaml", "--no-bundle"]) == 1
    assert "play it again" not in capfd.readouterr().err
    assert not Path(".pnsim").exists()
    Path("busy.yaml").write_text(STORY, encoding="utf-8")
    assert main(["run", "busy.yaml"]) == 0
    assert not Path(".pnsim").exists()


@pytest.mark.usefixtures("_here")
def test_many_bundles_are_counted(capfd: pytest.CaptureFixture[str]) -> None:
    main(["run", "busy.yaml", "--repeat", "7", "-q"])
    said = capfd.readouterr().err
    assert said.count("to play it again") == 5
    assert "-- and 2 more bundles in .pnsim/bundles" in said


@pytest.mark.usefixtures("_here")
def test_a_folder_that_cannot_be_written(capfd: pytest.CaptureFixture[str]) -> None:
    Path("file").write_text("", encoding="utf-8")
    assert main(["run", "busy.yaml", "--bundle-dir", "file/below"]) == 1
    assert "-- no bundle could be written: file/below: Not a directory; see --bundle-dir" in capfd.readouterr().err


REFUSED = {
    ("--seed", "3"): "--seed would tell another story: a bundle is played as it was recorded",
    (
        "--start-at",
        "2026-01-01T00:00:00Z",
    ): "--start-at would tell another story: a bundle is played as it was recorded",
    ("--app", "a"): "--app would tell another story: a bundle is played as it was recorded",
    ("--set", "seed=3"): "--set would tell another story: a bundle is played as it was recorded",
    ("-k", "busy"): "-k would tell another story: a bundle is played as it was recorded",
    ("--workers", "2"): "a bundle is one story that does not change: leave out --workers and --watch",
    ("--watch",): "a bundle is one story that does not change: leave out --workers and --watch",
    ("--simulator", "http://127.0.0.1:1"): "a bundle is played in a simulator of its own: leave out --simulator",
    ("busy.yaml",): "a bundle is played alone: name one NAME.pnsim.zip, and nothing beside it",
}


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("more", REFUSED)
def test_a_bundle_is_played_as_it_is(capfd: pytest.CaptureFixture[str], more: tuple[str, ...]) -> None:
    zipped(Path("b.pnsim.zip"), members())
    assert main(["run", "b.pnsim.zip", *more]) == 2
    assert capfd.readouterr().err.splitlines()[-1] == f"Error: {REFUSED[more]}"


def scenario(steps: str, header: str = "", app: str = "") -> dict[str, str]:
    text = STORY.partition("steps:")[0] + header + "steps:\n  - bind: {caller: A, callee: B, number: X}\n" + steps
    return {"busy.yaml": text + app}


FAR = "an address in a bundle is dialled on this machine only"
TELLS = {"apps": [{"app_key": "a", "app_secret": "b", "receivers": {"status": "http://198.51.100.7/status"}}]}
HOSTILE = {
    "receiver": (
        members(config=TELLS),
        f"b.pnsim.zip: it was told 'http://198.51.100.7/status': {FAR}; name your server with --receiver URL",
    ),
    "customer of config": (
        members(config={"customer": {"url": "http://evil.example"}}),
        f"b.pnsim.zip: its customer's API is 'http://evil.example': {FAR}; name yours with --customer URL",
    ),
    "customer of scenario": (
        members(scenario=scenario("  - advance: 1s\n", 'customer: {url: "http://127.0.0.1.evil.example"}\n')),
        f"b.pnsim.zip: its customer's API is 'http://127.0.0.1.evil.example': {FAR}; name yours with --customer URL",
    ),
    "a step's own address": (
        members(
            scenario=scenario('  - customer: {method: GET, url: "http://198.51.100.7/x", expect: {status: 200}}\n')
        ),
        (
            f"b.pnsim.zip: its scenario asks 'http://198.51.100.7/x': {FAR}; "
            "unpack it, and write that step with path: and --customer URL"
        ),
    ),
    "include": (
        members(scenario=scenario("  - include: ../../secret.steps.yaml\n")),
        "b.pnsim.zip/busy.yaml:6:14: include is '../../secret.steps.yaml', instead of a file below the scenario's folder",
    ),
    "absolute include": (
        members(scenario=scenario("  - include: /etc/secret.steps.yaml\n")),
        "b.pnsim.zip/busy.yaml:6:14: include is '/etc/secret.steps.yaml', instead of a file below the scenario's folder",
    ),
    "include of what is only on the disk": (
        members(scenario=scenario("  - include: here.steps.yaml\n")),
        "b.pnsim.zip/busy.yaml:6:14: include is 'here.steps.yaml', which is no file, instead of one that is there",
    ),
    "rows": (
        members(scenario=scenario("  - advance: 1s\n", "parameters: ../rows.csv\n")),
        "b.pnsim.zip/busy.yaml:4:13: parameters is '../rows.csv', instead of a file below the scenario's folder",
    ),
    "schema outside": (
        members(
            scenario=scenario("  - customer: {method: GET, path: /x, expect: {schema: ../../../etc/secret.json}}\n")
        ),
        "schema is '../../../etc/secret.json', instead of a JSON Schema, or the name of a .json file beside the scenario",
    ),
    "absolute schema": (
        members(scenario=scenario("  - customer: {method: GET, path: /x, expect: {schema: /etc/secret.json}}\n")),
        "schema is '/etc/secret.json', instead of a JSON Schema, or the name of a .json file beside the scenario",
    ),
    "remote $ref": (
        members(
            scenario=scenario(
                '  - customer: {method: GET, path: /x, expect: {schema: {$ref: "http://198.51.100.7/s.json"}}}\n'
            )
        ),
        "schema is none that can be used: ",
    ),
    "another name": (
        members({"scenario": "other"}),
        "b.pnsim.zip: its manifest plays 'other', which 'busy.yaml' does not tell",
    ),
    "settings": (members({"settings": ["\x1b[2J"]}), "b.pnsim.zip: its settings cannot be used: --set "),
    "profile": (members(config={"profile": {"exec": 1}}), "[profile] exec is no setting; did you mean state_desc?"),
    "a tag": (
        members(scenario={"busy.yaml": STORY + "x: !!python/object/apply:os.system [ls]\n"}),
        "the tag tag:yaml.org,2002:python/object/apply:os.system, instead of a plain value: the language has none",
    ),
    "escape sequences": (
        members(scenario={"busy.yaml": STORY.replace("title:", 'title: "\\e[2J"\nt\\x1b:', 1)}),
        "b.pnsim.zip/busy.yaml",
    ),
}


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("case", HOSTILE)
def test_a_strangers_story_reaches_nothing(capfd: pytest.CaptureFixture[str], case: str) -> None:
    inside, sentence = HOSTILE[case]
    Path("here.steps.yaml").write_text("- advance: 1s\n", encoding="utf-8")
    zipped(Path("b.pnsim.zip"), inside)
    assert main(["run", "b.pnsim.zip"]) == 3
    said = capfd.readouterr()
    assert sentence in said.err
    assert "\x1b" not in said.err + said.out
    assert not said.out


@pytest.mark.usefixtures("_here")
def test_a_strangers_receiver_gives_way_to_ones_own(capfd: pytest.CaptureFixture[str]) -> None:
    zipped(Path("b.pnsim.zip"), members({"app_key": "a"}, config=TELLS))
    with listening(every_second_cdr_fails) as wire:
        assert main(["run", "b.pnsim.zip", "--receiver", wire.url]) == 1
    assert {path for path, _ in wire.told} == {"/callin", "/status", "/fee"}
    assert wire.url in capfd.readouterr().out


@pytest.mark.usefixtures("_here")
def test_hostile_text_is_text(capfd: pytest.CaptureFixture[str]) -> None:
    title = '"\\e]0;owned\\a\\e[31mred\\u202e"'
    story = STORY.replace("title: A calls B, who is on the phone", f"title: {title}")
    inside = members({"title": "\x1b[2J", "receiver": "\x1b[31m"}, scenario={"busy.yaml": story})
    inside += [("report/report.txt", b"\x1b[2J\x07"), ("report/ladder.txt", b"\xff\x1b"), ("scenario/z.txt", b"\x9b2J")]
    zipped(Path("b.pnsim.zip"), inside)
    assert main(["bundle", "show", "b.pnsim.zip"]) == 0
    assert main(["run", "b.pnsim.zip"]) == 0
    said = capfd.readouterr()
    for letter in "\x1b\x07\x9b\u202e":
        assert letter not in said.out + said.err
    assert r"\x1b[2J\x07" in said.out


@pytest.mark.usefixtures("_here")
def test_another_version_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    made = {"pnsim": "0.0.1", "python": "3.11.7", "platform": "Linux"}
    zipped(Path("b.pnsim.zip"), members({"made_with": made}))
    assert main(["run", "b.pnsim.zip"]) == 0
    here = (
        f"-- made with pnsim '0.0.1', this is {simulator.__version__!r}: what is sent may differ from what was recorded"
    )
    assert here in capfd.readouterr().err.splitlines()
    assert main(["bundle", "show", "b.pnsim.zip"]) == 0
    assert here.removeprefix("-- ") in capfd.readouterr().out


@pytest.mark.usefixtures("_here")
def test_what_is_in_it_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    main(["run", "busy.yaml", "--strict", "--set", "seed=5"])
    capfd.readouterr()
    assert main(["bundle", "show", ".pnsim/bundles/busy.pnsim.zip"]) == 0
    said = capfd.readouterr().out
    for line in (
        "scenario   busy: A calls B, who is on the phone",
        "ended      failed, 2 of 3 steps",
        "played     AXB, edition 2026, seed 5, from 2026-01-01T00:00:00.000000Z",
        "told       the built-in sample receiver, as app axb-demo",
        "options    --strict --set seed=5",
        "withheld   nothing",
        "── failure ──",
        "── busy.yaml ──",
        "── ladder ──",
    ):
        assert line in said.splitlines()
    assert main(["bundle", "show", "--json", ".pnsim/bundles/busy.pnsim.zip"]) == 0
    assert orjson.loads(capfd.readouterr().out)["seed"] == 5


@pytest.mark.usefixtures("_here")
def test_unpacking_goes_into_a_new_folder_only(capfd: pytest.CaptureFixture[str]) -> None:
    zipped(Path("b.pnsim.zip"), [*members(), ("scenario/sub/a.steps.yaml", b"- advance: 1s\n")])
    assert main(["bundle", "unpack", "b.pnsim.zip", "new"]) == 0
    assert capfd.readouterr().out == "pnsim run new/busy.yaml --seed 7\n"
    assert Path("new/busy.yaml").read_text(encoding="utf-8") == STORY
    assert Path("new/sub/a.steps.yaml").exists()
    assert main(["bundle", "unpack", "b.pnsim.zip", "new"]) == 2
    assert "new is there already; name a folder that is not" in capfd.readouterr().err
    assert main(["bundle", "show", "nobody.pnsim.zip"]) == 3
    assert capfd.readouterr().err == "nobody.pnsim.zip: cannot be read: No such file or directory\n"


MASKED = """\
scenario: night
title: "+86 138 0013 8000 calls 13912345678"
cast: {A: "+8613800138000", B: "+8613912345678", C: mobile, X: number}
faults: [{fault: gzip, kinds: [fee]}, {fault: truncated_body, kinds: [callin], count: 1, bytes: 112}]
steps:
  - bind: {caller: A, callee: B, number: X}
  - call: {caller: "${who}", dialled: X, outcome: busy}
  - sms: {from: C, to: X, text: "ask +8613800138000"}
  - advance: 1h
  - expect: {notifications: [callin, fee], of: call}
variables: {who: A}
"""
NUMBERS = (b"13800138000", b"13912345678", b"138 0013 8000")


@pytest.mark.usefixtures("_here")
def test_a_masked_bundle_has_none_of_its_numbers_and_plays_to_its_own_bytes(capfd: pytest.CaptureFixture[str]) -> None:
    Path("night.yaml").write_text(MASKED, encoding="utf-8")
    assert main(["run", "night.yaml", "-q", "--set", "A=+8613912345678", "--set", "B=+8613800138000"]) == 1
    assert (
        main(["mask", ".pnsim/bundles/night.pnsim.zip", "-o", "masked.pnsim.zip", "--mask-key", "key-of-this-test"])
        == 0
    )
    assert "phone numbers (2 are masked): masked.pnsim.zip" in capfd.readouterr().err
    whole, masked = read(Path(".pnsim/bundles/night.pnsim.zip")), read(Path("masked.pnsim.zip"))
    assert all(number in everything(whole) for number in NUMBERS)
    assert not [number for number in NUMBERS if number in everything(masked)]
    assert len(everything(masked)) > len(everything(whole)) - 100
    assert main(["run", "masked.pnsim.zip", "-q"]) == 1
    assert "requests with the same bodies in the same order" in capfd.readouterr().err
    assert main(["mask", "masked.pnsim.zip", "-o", "again.pnsim.zip", "--mask-sms"]) == 2
    assert "--mask-sms is for captures" in capfd.readouterr().err
    assert main(["mask", "masked.pnsim.zip", "-o", "again.zip"]) == 2
    assert "again.zip would be no bundle by its name: end it with .pnsim.zip" in capfd.readouterr().err
    assert main(["mask", "night.yaml", "-o", "again.ndjson"]) == 3


def everything(bundle: Bundle) -> bytes:
    """Whatever stands in it, bodies that are no text opened."""
    encoded = [base64.b64decode(row["body_base64"]) for row in bundle.rows() if row.get("body_base64")]
    opened = [gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body for body in encoded]
    told = (orjson.dumps(bundle.manifest.as_json()), orjson.dumps(bundle.config), bundle.journal)
    return b"".join((*told, *bundle.scenario.values(), *bundle.reports.values(), *opened))


@pytest.mark.usefixtures("_here")
def test_what_a_strangers_bundle_hides_in_a_body_is_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    bomb = base64.b64encode(gzip.compress(bytes(64 * 1024 * 1024))).decode()
    rows = [
        {"body_base64": bomb},
        {"body_base64": "no base64"},
        {"body_base64": 7, "fault": "x", "body": 8},
        ["body_base64"],
    ]
    lines = b"\n".join([*map(orjson.dumps, rows), b"body_base64 is no JSON"])
    content = [(name, lines if name == "journal.ndjson" else content) for name, content in members()]
    zipped(Path("b.pnsim.zip"), content)
    assert main(["mask", "b.pnsim.zip", "-o", "m.pnsim.zip"]) == 0
    assert read(Path("m.pnsim.zip")).journal.splitlines()[0] == b'{"body_base64":"","body":""}'
    Path("b.pnsim.zip").write_bytes(b"rubbish")
    capfd.readouterr()
    assert main(["mask", "b.pnsim.zip", "-o", "n.pnsim.zip"]) == 3
    assert capfd.readouterr().err == "b.pnsim.zip: no zip file that can be read: 'File is not a zip file'\n"
