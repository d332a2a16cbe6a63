"""`pnsim causes`, `pnsim profile`, `pnsim schemas`."""

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simulator.cli.main import pnsim
from simulator.contract.codes import hangup_causes
from simulator.contract.profile import Profile
from simulator.contract.schemas import names
from simulator.contract.settings import settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def invoke(*args: str) -> Result:
    return CliRunner().invoke(pnsim, args)


def listed(*args: str) -> list[dict[str, Any]]:
    result = invoke(*args, "--json")
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def test_every_hangup_cause_is_in_the_array_with_what_belongs_to_it() -> None:
    rows = listed("causes")
    assert [row["code"] for row in rows] == list(hangup_causes())
    for row in rows:
        assert {"category", "modes", "disconnect_point", "q850", "sip_status", "reproduce", "provenance"} <= set(row)


def test_a_cause_is_found_by_its_code() -> None:
    (busy,) = listed("causes", "8102")
    assert (busy["category"], busy["q850"], busy["sip_status"], busy["outcome"]) == ("callee", 17, 486, "busy")
    assert busy["reproduce"] == "outcome busy"


@pytest.mark.parametrize(
    ("words", "codes"), [(["被叫", "关机"], [8104]), (["Powered", "OFF"], [8104]), (["no_answer"], [8101])]
)
def test_causes_are_found_by_words_of_both_languages(words: list[str], codes: list[int]) -> None:
    assert [row["code"] for row in listed("causes", *words)] == codes


@pytest.mark.parametrize(
    ("code", "modes"),
    [("8013", ["AX"]), ("8014", ["AXB", "X"]), ("8019", ["AXE", "AX"]), ("8030", ["AXYB"]), ("7516", [])],
)
def test_modes_are_those_that_the_platform_names(code: str, modes: list[str]) -> None:
    assert listed("causes", code)[0]["modes"] == modes


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["8105x"], "no hangup cause speaks of 8105x; `pnsim causes` lists all 68"),
        (["8106"], "no hangup cause 8106; the nearest is 810"),
        (["1012010"], "1012010 is no hangup cause; it is a result code of the API: "),
        (["8002"], "8002 is no hangup cause; it is a disconnect point of CDRs (ulFailReason): "),
        (["8" * 30], f"no hangup cause {'8' * 30}; the nearest is "),
    ],
)
def test_what_is_no_cause_is_answered_with_what_it_is(words: list[str], sentence: str) -> None:
    result = invoke("causes", *words)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""


def test_lists_are_tab_separated_where_no_person_looks() -> None:
    head, *lines = invoke("causes").stdout.splitlines()
    assert head.split("\t")[0] == "code"
    assert len(lines) == 68
    assert {line.count("\t") for line in lines} == {head.count("\t")}


def test_the_profile_lists_every_setting_with_its_provenance() -> None:
    rows = listed("profile")
    assert [row["name"] for row in rows] == [setting.name for setting in settings()]
    assert {row["provenance"] for row in rows} <= {"documented", "observed", "inferred"}
    assert not any(row["changed"] for row in rows)


def test_an_edition_shows_its_values_and_where_they_come_from() -> None:
    Path("pnsim.toml").write_text("[profile]\n\npairs_per_x = 7\n", encoding="utf-8")
    rows = {row["name"]: row for row in listed("profile", "--edition", "2019")}
    scheme = rows["push_scheme"]
    assert (scheme["value"], scheme["default"], scheme["from"]) == ("WSSE", "AKSK", "edition 2019")
    assert scheme["why"] == "WSSE in both directions from 2018 to about 2022."
    assert (rows["pairs_per_x"]["value"], rows["pairs_per_x"]["from"]) == (7, "pnsim.toml:3")
    assert rows["nonce_reuse"]["from"] == "default"
    assert {row["from"] for row in listed("profile", "--edition", "2026")} == {"default", "pnsim.toml:3"}
    assert invoke("profile", "--edition", "2021").exit_code == 2


def test_a_changed_setting_is_marked() -> None:
    Path("pnsim.toml").write_text("[profile]\nretry_minutes = [1, 2]\n", encoding="utf-8")
    (row,) = [row for row in listed("profile") if row["changed"]]
    assert (row["name"], row["value"], row["default"]) == (
        "retry_minutes",
        [1, 2],
        list(Profile.default().retry_minutes),
    )
    assert re.search(r"^\* retry_minutes\t1, 2\t1, 4, 9", invoke("profile", "retry").stdout, re.MULTILINE)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, *args: str) -> list[str]:
    """The lines of a command on a terminal of 80 columns, without colour."""
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stdout", terminal)
    pnsim.main(args, standalone_mode=False)
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()]


def test_a_person_reads_settings_beneath_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pnsim.toml").write_text("[profile]\nretry_minutes = [1, 2]\n", encoding="utf-8")
    assert on_a_terminal(monkeypatch, "profile", "retry_m")[:10] == [
        "* retry_minutes  1, 2",
        "    When a failed push is sent again; empty: never.",
        "    default 1, 4, 9, 106, 203, 300, changed by pnsim.toml:2 · documented ·",
        "    notifications.md 1.3",
        "",
        "retry_measured_from  first_failure",
        "    Whether retry_minutes count from the first failed attempt or from the",
        "    previous one.",
        "    inferred · notifications.md 1.3",
        "",
    ]


def test_a_person_reads_causes_beneath_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_a_terminal(monkeypatch, "causes", "8102") == [
        "8102  Callee busy (in a call, ringing, ...)",
        "    被叫用户正忙(被叫正在通话、振铃等)",
        "    callee · point 8102 · Q.850 17 · SIP 486 · play it with: outcome busy",
        "",
    ]


def test_a_wrong_setting_is_refused_with_its_line() -> None:
    Path("c.toml").write_text("[profile]\n\nretry_minute = [1, 2]\n", encoding="utf-8")
    result = invoke("profile", "--config", "c.toml")
    assert str(result.exception).startswith(
        "c.toml:3: [profile] retry_minute is no setting; did you mean retry_minutes?"
    )


def test_a_setting_that_is_not_there_is_wrong_usage() -> None:
    result = invoke("profile", "nonsense")
    assert result.exit_code == 2
    assert "no setting holds nonsense; `pnsim profile` lists all" in result.stderr


def test_every_schema_is_listed_and_printed() -> None:
    assert [row["name"] for row in listed("schemas")] == list(names())
    printed = json.loads(invoke("schemas", "notifications/axb/fee.json").stdout)
    assert printed["$id"] == "https://pnsim.dev/schemas/notifications/axb/fee.json"


def test_an_unknown_schema_is_answered_with_the_nearest() -> None:
    result = invoke("schemas", "notifications/axb/fees")
    assert result.exit_code == 2
    assert "no schema 'notifications/axb/fees'; the nearest is 'notifications/axb/fee'" in result.stderr
