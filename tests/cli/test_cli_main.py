"""The command line as a whole: names, endings, exit codes."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import simulator
from simulator.cli.endings import exit_code
from simulator.cli.main import COMMANDS, main, pnsim
from simulator.client.errors import Unreachable
from simulator.config import ConfigError, FlagError
from simulator.contract.settings import ProfileError
from simulator.resources import MissingResource
from simulator.telephony.errors import NotPossible

ENVIRON = {**os.environ, "PYTHONPATH": str(Path(simulator.__file__).parents[1])}


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (FlagError("--port is wrong"), 2, "--port is wrong\n"),
        (ConfigError("c.toml:1: wrong"), 3, "c.toml:1: wrong\n"),
        (ProfileError("c.toml:1", "x", "is no setting"), 3, "c.toml:1: [profile] x is no setting\n"),
        (NotPossible("two of one"), 3, "two of one\n"),
        (MissingResource("no schemas"), 3, "no schemas\n"),
        (Unreachable("nobody there"), 6, "nobody there\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (click.Abort(), 130, "interrupted\n"),
        (click.FileError("f", "gone"), 3, "Error: Could not open file 'f': gone\n"),
    ],
)
def test_every_ending_has_its_exit_code_and_sentence(
    error: BaseException, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(error) == code
    assert capsys.readouterr().err == sentence


def test_a_bug_is_one_line_that_says_where_to_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exit_code(ValueError("a\nb")) == 5
    said = capsys.readouterr().err
    assert said.startswith("pnsim has a bug: ValueError: a b; please report it")
    assert said.count("\n") == 1
    monkeypatch.setenv("PNSIM_TRACEBACK", "1")
    exit_code(ValueError("a\nb"))
    assert capsys.readouterr().err.startswith("ValueError: a\nb")


def test_a_wrong_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["srve"]) == 2
    assert "no command 'srve'; did you mean 'serve'? There are: serve, run," in capsys.readouterr().err


def test_version_and_help_end_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "pnsim 0.1.0\n"
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {name} " in listed for name in COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_says_what_it_does_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = pnsim.get_command(click.Context(pnsim), name)
    assert command is not None
    assert command.help
    assert main([name, "--help"]) == 0
    assert f"pnsim {name}" in capsys.readouterr().out.split("Options:")[0].split("\n", 1)[1]


def test_starting_imports_only_what_the_command_needs(tmp_path: Path) -> None:
    code = (
        "import sys; from simulator.cli.main import main; main(['--version']); main(['causes', '8102']); "
        "heavy = {'aiohttp', 'faker', 'jsonschema', 'rich', 'ruamel', 'trustme', 'uvloop'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or None)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=ENVIRON, capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_reader_that_had_enough_is_no_error(tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m simulator causes --json | head -c 10; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=ENVIRON, capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
