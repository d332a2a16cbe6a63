"""`pnsim profile`, `pnsim schemas`."""

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simulator.cli.main import pnsim
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


def test_the_control_plane_is_described_too() -> None:
    document = json.loads(invoke("schemas", "--control-openapi").stdout)
    assert document["openapi"] == "3.1.0"
    assert "/control/v1/journal/verify" in document["paths"]
    refused = invoke("schemas", "--openapi", "--control-openapi")
    assert refused.exit_code == 2
    assert "NAME, --openapi, --control-openapi and --operations are different things; give one" in refused.stderr
