"""`pnsim check` and `pnsim init`: what is wrong with files, and files that are right."""

from pathlib import Path

import pytest

from simulator.cli.main import main
from simulator.resources import folder


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PNSIM_CONFIG", raising=False)


def test_what_init_writes_passes_check_and_runs(capsys):
    assert main(["init"]) == 0
    assert capsys.readouterr().out == "wrote pnsim.toml\nwrote scenarios/first_call.yaml\n"
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "pnsim.toml: ok\nscenarios/first_call.yaml: ok\n"
    assert main(["run", "scenarios", "-q"]) == 0


def test_every_commented_line_of_the_configuration_is_right_too():
    main(["init"])
    text = Path("pnsim.toml").read_text(encoding="utf-8")
    told = ("[apps.receivers]", "status =", "callin =", "fee =", "retry_minutes =", "push_scheme =")
    active = [line[2:] if line.removeprefix("# ").startswith(told) else line for line in text.splitlines()]
    Path("pnsim.toml").write_text("\n".join(active), encoding="utf-8")
    assert sum(line.startswith(told) for line in active) == len(told)
    assert main(["check", "pnsim.toml"]) == 0


def test_init_writes_over_nothing_unless_forced(capsys):
    Path("pnsim.toml").write_text("# mine\n", encoding="utf-8")
    assert main(["init"]) == 2
    assert "pnsim.toml would be written over; --force does it" in capsys.readouterr().err
    assert Path("pnsim.toml").read_text(encoding="utf-8") == "# mine\n"
    assert not Path("scenarios").exists()
    assert main(["init", "--force"]) == 0
    assert "app_key" in Path("pnsim.toml").read_text(encoding="utf-8")


def test_init_makes_the_folder_it_is_given(capsys):
    assert main(["init", "new/folder"]) == 0
    assert main(["check", "new/folder/pnsim.toml", "new/folder/scenarios"]) == 0


def test_every_fault_of_every_file_is_told_and_the_exit_code_is_3(capsys):
    main(["init"])
    scenario = Path("scenarios/first_call.yaml")
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("rings: 2s", "rings: 2"), encoding="utf-8")
    Path("pnsim.toml").write_text("[server]\nport = 70000\n", encoding="utf-8")
    Path("profile.toml").write_text("[profile]\npush_sceme = 'AKSK'\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "pnsim.toml", "profile.toml", "scenarios", "notes.txt", "none.yaml"]) == 3
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("pnsim.toml:2: ")
    assert said[1].startswith("profile.toml:2: [profile] push_sceme is no setting; did you mean push_scheme?")
    rings = "call.rings is the number 2, instead of a duration such as 500ms, 2s, 3m, 1h or 7d"
    assert said[2:] == [
        f"scenarios/first_call.yaml:9:42: {rings}",
        "notes.txt:1:1: a file of another kind, instead of a configuration (*.toml) or a scenario (*.yaml)",
        "none.yaml:1:1: cannot be read: No such file or directory",
        "5 of 5 files cannot be used",
    ]


def test_an_empty_folder_and_nothing_at_all_are_told(capsys):
    Path("empty").mkdir()
    assert main(["check", "empty"]) == 3
    assert "empty:1:1: a folder without a *.yaml file, instead of scenarios" in capsys.readouterr().err
    assert main(["check"]) == 4
    assert capsys.readouterr().err == "nothing to check: neither pnsim.toml nor scenarios/ is here\n"


def test_the_shipped_scenarios_pass_and_quiet_says_nothing(capsys):
    assert main(["check", str(folder("scenarios"))]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 9
    assert main(["check", "-q", str(folder("scenarios"))]) == 0
    assert capsys.readouterr().out == ""
