"""`pnsim drift` from outside: what it prints, its exit codes, what it accepts, and how it refuses."""

import copy
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.replay.shows import capture, pushed
from tests.replay.test_drift_findings import ANSWER, CALLIN, FEE, STORY


def drift(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator", "drift", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=cwd)


@pytest.fixture
def right(tmp_path: Path) -> Path:
    path = tmp_path / "night.ndjson"
    path.write_bytes(capture(pushed(STORY)))
    return path


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    bodies = copy.deepcopy(STORY)
    bodies[FEE]["feeLst"][0] |= {"voiceCheckType": 0, "cost": 3}
    path = tmp_path / "other.ndjson"
    path.write_bytes(capture(pushed(bodies)))
    return path


def test_a_capture_without_drift_ends_with_0(right):
    done = drift(right.name, cwd=right.parent)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "6 notifications in 6 requests: no drift\n"
    assert "session_id_shape\tconfirmed\tclassic\t1\tnight.ndjson:2" in done.stdout


def test_drift_is_a_table_with_place_and_example_and_ends_with_1(wrong):
    done = drift(wrong.name, cwd=wrong.parent)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "finding\twhere\tcount\tfirst\texample\tmeaning"
    assert lines[1].startswith("unknown_member\tfee.feeLst.cost\t1\tother.ndjson:7\t3\tthe schema has no cost")
    assert any(
        line.startswith("voice_check_type\tcontradicted\tNone\t1\tother.ndjson:7\t0\tvoice_check_type = 0")
        for line in lines
    )
    assert done.stderr == "6 notifications in 6 requests: 1 finding, 1 setting contradicted\n"


def test_json_is_one_array_and_ndjson_a_file_of_objects(wrong, tmp_path):
    done = drift(wrong.name, "--json", "--ndjson", tmp_path / "rows.ndjson", cwd=wrong.parent)
    rows = orjson.loads(done.stdout)
    assert rows[0] == {
        "finding": "unknown_member",
        "path": "fee.feeLst.cost",
        "count": 1,
        "first": "other.ndjson:7",
        "example": "3",
        "meaning": "the schema has no cost; it is a JSON integer here [AXB]",
    }
    contradicted = [row for row in rows if row.get("verdict") == "contradicted"]
    assert [(row["setting"], row["set"], row["provenance"]) for row in contradicted] == [
        ("voice_check_type", "voice_check_type = 0", "documented")
    ]
    assert [orjson.loads(line) for line in (tmp_path / "rows.ndjson").read_bytes().splitlines()] == rows


def test_known_drift_is_accepted_by_path_or_by_a_file_that_was_written(wrong, right, tmp_path):
    assert drift(wrong, "--ignore", "fee.feeLst.cost", "--ignore", "profile.voice_check_type").returncode == 0
    known = tmp_path / "known.txt"
    written = drift(wrong, "--update-ignore", known)
    assert written.returncode == 0
    assert known.read_text().splitlines()[1:] == ["setting:profile.voice_check_type", "unknown_member:fee.feeLst.cost"]
    done = drift(wrong, "--ignore-file", known)
    assert done.returncode == 0
    assert done.stderr.endswith("no drift, 2 accepted\n")
    assert (
        "'unknown_member:fee.feeLst.cost' is to be ignored, but there is no such drift any more"
        in drift(right, "--ignore-file", known).stderr
    )


def test_no_number_is_shown_with_mask(tmp_path):
    bodies = copy.deepcopy(STORY)
    bodies[FEE]["feeLst"][0]["spare"] = "+8613800000021"
    path = tmp_path / "night.ndjson"
    path.write_bytes(capture(pushed(bodies)))
    shown = drift(path)
    masked = drift(path, "--mask", "--mask-key", "long enough")
    assert (shown.returncode, masked.returncode) == (1, 1)
    assert "+8613800000021" in shown.stdout
    assert "unknown_member" in masked.stdout
    assert "13800000021" not in masked.stdout
    assert masked.stderr == shown.stderr
    assert "--mask-sms says how to mask: add --mask" in drift(path, "--mask-sms").stderr


def test_the_profile_is_that_of_the_configuration(wrong, tmp_path):
    (tmp_path / "pnsim.toml").write_text("[profile]\nvoice_check_type = 0\n")
    done = drift(wrong, "--config", tmp_path / "pnsim.toml", "--ignore", "unknown_member:*")
    assert done.returncode == 0, done.stdout


def test_the_edition_decides_what_is_right(right):
    done = drift(right, "--edition", "2022")
    assert done.returncode == 1
    assert 'session_id_shape = "2022"' not in done.stdout
    assert 'session_id_shape = "classic"' in done.stdout


def test_two_captures_are_read_one_after_the_other(tmp_path):
    parts = []
    requests = list(pushed(STORY))
    for name, some in (("a.ndjson", requests[:ANSWER]), ("b.ndjson", requests[ANSWER:])):
        parts.append(tmp_path / name)
        parts[-1].write_bytes(capture(some))
    assert drift(*parts).returncode == 0


def test_a_cut_last_line_is_no_reason_to_refuse_the_rest(right):
    right.write_bytes(right.read_bytes()[:-40])
    assert drift(right).stderr == "5 notifications in 5 requests: no drift\n"


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"", 3, " is empty, instead of a journal of pnsim (its file or its rows as JSON), a capture, a HAR, or"),
        (b"{}\n", 3, ": {}, instead of a journal of pnsim"),
        (b'{"format":"pnsim.capture","version":9}\n', 3, ":1: a capture of version 9, and this pnsim reads 1"),
        (
            b'{"format":"pnsim.capture","version":1}\n{}\n',
            3,
            ":2: 'at' is missing, instead of a line as `pnsim capture` writes it",
        ),
        (b'{"format":"pnsim.capture","version":1}\n', 4, "no notification in "),
    ],
)
def test_what_is_no_capture_is_refused_with_place_and_reason(tmp_path, content, code, sentence):
    path = tmp_path / "x.ndjson"
    path.write_bytes(content)
    done = drift(path)
    assert done.returncode == code, done.stderr
    assert sentence in done.stderr


def test_a_file_that_is_not_there_is_said(tmp_path):
    done = drift(tmp_path / "none.ndjson")
    assert done.returncode == 3
    assert done.stderr.endswith("none.ndjson cannot be read: No such file or directory\n")


def test_hostile_names_are_text(tmp_path):
    bodies = copy.deepcopy(STORY)
    bodies[CALLIN]["statusInfo"]["\x1b[31m\n|x"] = "\x1b[31m\n"
    path = tmp_path / "h.ndjson"
    path.write_bytes(capture(pushed(bodies)))
    done = drift(path)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout


def test_help_says_how_to_read_it():
    done = drift("--help")
    assert "0 no drift, 1 drift, 2 usage, 3 no capture, 4 no notification in it" in done.stdout
