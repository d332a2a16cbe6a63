"""`pnsim run`: shards, repetition, failing fast, what failed first, and the line that says how far it is."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from simulator.cli.main import main
from simulator.cli.progress import CLEAR, NoProgress, ProgressLine, progress
from simulator.cli.remembered import FILE, Remembered, cache_folder
from simulator.scenario.language import Scenario
from simulator.scenario.results import Result, Status
from simulator.scenario.sharding import Shard, ShardError, shard

BUSY = """\
scenario: busy
title: A calls B, who is on the phone
cast: {A: mobile, B: mobile, X: number}
steps:
  - bind: {caller: A, callee: B, number: X}
  - call: {caller: A, dialled: X, outcome: busy}
  - expect: {notifications: [callin, callout, disconnect, fee], of: call}
"""
BIND_ONLY = BUSY[: BUSY.index("  - call")]
WRONG = BIND_ONLY.replace("number: X}\n", "number: X, expect: {status: 500}}\n")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PNSIM_CACHE_DIR", str(tmp_path / "cache"))


def write(*names: str, text: str = BIND_ONLY) -> None:
    for name in names:
        Path(f"{name}.yaml").write_text(text.replace("scenario: busy", f"scenario: {name}"), encoding="utf-8")


def played(*args: str) -> list[tuple[str, str]]:
    """The scenarios of a run with how they ended, in the order in which the run tells of them."""
    main(["run", ".", "-q", "--ndjson", "run.ndjson", *args])
    lines = [json.loads(line) for line in Path("run.ndjson").read_bytes().splitlines()]
    return [(line["scenario"], line["status"]) for line in lines if line["type"] == "scenario_ended"]


def scenario(name: str, file: str = "") -> Scenario:
    return Scenario(name, "t", file or f"{name}.yaml", ())


def result(status: Status) -> Result:
    return Result("n", "f", "t", status, 1)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20])
def test_all_shards_together_are_everything_exactly_once_and_none_is_longer_than_another_by_two(count: int):
    suite = [scenario(name) for name in "hgadbfce"]
    parts = [Shard(number, count).of(suite) for number in range(1, count + 1)]
    assert sorted(one.name for part in parts for one in part) == list("abcdefgh")
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    other_order = [Shard(number, count).of(suite[::-1]) for number in range(1, count + 1)]
    assert [{one.name for one in part} for part in parts] == [{one.name for one in part} for part in other_order]
    for part in parts:  # in the order in which they came
        assert [one for one in suite if one in part] == part


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1", "'1' is not i/n, such as 1/4 for the first of four machines"),
        ("a/4", "'a/4' is not i/n, such as 1/4 for the first of four machines"),
        ("0/4", "'0/4' is no shard: they count from 1, so 1/4 to 4/4"),
        ("5/4", "'5/4' is no shard: they count from 1, so 1/4 to 4/4"),
        ("1/0", "'1/0' is no shard: they count from 1, so 1/1 for a single machine"),
    ],
)
def test_a_shard_that_is_none_is_refused(text: str, sentence: str, capsys):
    with pytest.raises(ShardError) as caught:
        shard(text)
    assert str(caught.value) == sentence
    write("a")
    assert main(["run", "a.yaml", "--shard", text]) == 2
    assert f"Invalid value for '--shard': {sentence}" in capsys.readouterr().err


def test_the_shards_of_a_run_are_the_run():
    write("a", "b", "c")
    assert [name for name, _ in played("--shard", "1/2")] == ["a", "c"]
    assert [name for name, _ in played("--shard", "2/2")] == ["b"]


def test_an_empty_shard_of_something_is_no_failure_but_said(capsys):
    write("a")
    assert main(["run", ".", "--shard", "2/2", "--junit", "junit.xml"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "shard 2/2 has nothing to play: 1 scenario, dealt to the shards before it\n"
    assert captured.out == "nothing ran: 0 scenarios\n"
    assert b"<testsuite" in Path("junit.xml").read_bytes()
    assert main(["run", ".", "--shard", "2/2", "-k", "nobody"]) == 4


def test_a_repetition_is_the_same_story_with_a_number(capsys):
    write("a", "b")
    assert main(["run", ".", "--repeat", "2", "--ndjson", "run.ndjson", "-q"]) == 0
    assert capsys.readouterr().out.endswith("\n4 passed\n")
    lines = [json.loads(line) for line in Path("run.ndjson").read_bytes().splitlines()]
    begun = [line for line in lines if line["type"] == "scenario_started"]
    assert [line["scenario"] for line in begun] == ["a", "b", "a #2", "b #2"]
    assert begun[0]["cast"] == begun[2]["cast"] != begun[1]["cast"]


def test_fail_fast_ends_with_the_first_failure_and_counts_the_rest(capsys):
    write("a", "c")
    write("b", text=WRONG)
    assert main(["run", ".", "--fail-fast", "-q", "--repeat", "2", "--github"]) == 1
    said = capsys.readouterr().out
    assert "\n1 passed, 1 failed, 4 not played\n" in said
    assert said.count("::error") == 1


def test_what_comes_after_a_receiver_that_is_down_is_counted(capsys):
    write("a", "b", "c")
    assert main(["run", ".", "--receiver", "http://127.0.0.1:1"]) == 6
    assert capsys.readouterr().out.endswith("\n1 unreachable, 2 not played\n")


def test_what_failed_last_time_is_played_first(capsys):
    write("a", "b", "c")
    write("d", text=WRONG)
    assert [name for name, _ in played("--failed-first")] == ["a", "b", "c", "d"]
    assert [name for name, _ in played("--failed-first")] == ["d", "a", "b", "c"]
    assert [name for name, _ in played("-k", "not d", "--failed-first")] == ["a", "b", "c"]
    assert played("--failed-first", "--fail-fast")[:2] == [("d", "failed"), ("a", "not played")]
    write("d")
    assert [name for name, _ in played("--failed-first")] == ["d", "a", "b", "c"]
    assert [name for name, _ in played("--failed-first")] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b'{"failed": 3}', b'{"failed": [3, null]}', b"x" * 2**21])
def test_a_memory_that_cannot_be_read_breaks_no_run(content: bytes, tmp_path: Path):
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / FILE).write_bytes(content)
    write("a")
    assert played("--failed-first") == [("a", "passed")]


def test_a_memory_that_cannot_be_written_breaks_no_run(tmp_path: Path):
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    write("a", text=WRONG)
    assert played("--failed-first") == [("a", "failed")]


def test_the_memory_is_bounded_and_written_only_when_something_changed(tmp_path: Path):
    folder = tmp_path / "cache"
    Remembered(folder).note([(scenario("a"), result(Status.PASSED))])
    assert not folder.exists()
    remembered = Remembered(folder)
    remembered.note([(scenario(f"s{number}"), result(Status.FAILED)) for number in range(1500)])
    failed = json.loads((folder / FILE).read_bytes())["failed"]
    assert len(failed) == 1000
    assert failed[0].endswith("s1499.yaml::s1499")
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_a_scenario_is_forgotten_when_all_its_repetitions_passed(tmp_path: Path):
    first, second = scenario("a"), Scenario("a", "t", "a.yaml", (), repetition=2)
    remembered = Remembered(tmp_path / "cache")
    remembered.note([(first, result(Status.FAILED)), (second, result(Status.PASSED))])
    assert remembered.first([scenario("b"), scenario("a")])[0].name == "a"
    remembered.note([(first, result(Status.NOT_PLAYED)), (second, result(Status.SKIPPED))])
    assert remembered.first([scenario("b"), scenario("a")])[0].name == "a"
    remembered.note([(first, result(Status.PASSED)), (second, result(Status.PASSED))])
    assert remembered.first([scenario("b"), scenario("a")])[0].name == "b"


def test_the_cache_is_where_the_environment_says_else_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.setenv("PNSIM_CACHE_DIR", "")
    assert cache_folder() is None
    monkeypatch.delenv("PNSIM_CACHE_DIR")
    found = cache_folder()
    assert found is not None
    assert "pnsim" in found.parts


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_how_far_a_run_is_stands_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch):
    assert isinstance(progress(3, io.StringIO()), NoProgress)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(progress(3, Terminal()), NoProgress)
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(progress(3, Terminal()), ProgressLine)


def test_the_line_says_how_many_of_how_many_and_which_are_played():
    stream = Terminal()
    line = ProgressLine(Console(file=stream, force_terminal=True, no_color=True, width=60), 9)
    line.playing(["a", "b"])
    line.ended(Result("a", "f", "t", Status.FAILED, 1))
    line.show()
    line.playing(["b", *"cdefg"])
    line.playing(["a_scenario_with_a_name_that_is_longer_than_the_terminal"])
    line.close()
    shown = [plain(part) for part in stream.getvalue().split(CLEAR)[1:]]
    assert shown == [
        " 0 of 9 · playing a, b",
        " 1 of 9 · 1 not passed · playing b",
        " 1 of 9 · 1 not passed · playing b, c, d, e and 2 more",
        " 1 of 9 · 1 not passed · playing a_scenario_with_a_name_th…",
        "",
    ]


def plain(text: str) -> str:
    """Without the codes of bold and dim."""
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m"):
        text = text.replace(code, "")
    return text


def test_a_run_on_a_terminal_shows_the_line_on_stderr_and_takes_it_away(monkeypatch: pytest.MonkeyPatch, capsys):
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", terminal)
    write("a", "b")
    assert main(["run", "."]) == 0
    assert " of 2" in terminal.getvalue()
    assert terminal.getvalue().endswith(CLEAR)
    assert "playing" not in capsys.readouterr().out
