"""Text of a stranger in a table steers no terminal."""

import io
import re
import sys

import pytest
from rich.cells import cell_len

from simulator.cli.tables import print_table


def test_what_does_not_print_is_shown_by_its_escape(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "value"), [("接通 a\tb\n", "\x00\x1b[31m\u202e\ud800")])
    assert capsys.readouterr().out == "name\tvalue\n接通 a b\t\\x00\\x1b[31m\\u202e\\ud800\n"


def drawn(columns: tuple[str, ...], rows: list[tuple[object, ...]], width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The table on a terminal so wide."""
    screen = io.StringIO()
    screen.isatty = lambda: True  # type: ignore[method-assign]  # what a person looks at
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    print_table(columns, rows)
    return re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())


@pytest.mark.parametrize("width", [24, 40, 80])
def test_a_narrow_terminal_loses_nothing(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = ("call_id", "at", "caller", "dialled", "state", "acknowledged")
    row = ("call-0123456789abcdef", "2026-01-01T00:00:00.000000Z", "+8613800000021", "+8617001892574", "接通", "6/6")
    text = drawn(columns, [row], width, monkeypatch)
    assert max(map(cell_len, text.splitlines())) <= width
    joined = "".join(text.split())
    assert all(word in joined for word in (*columns[1:], *row))


def test_where_it_has_room_it_is_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    head = drawn(("number", "state"), [("+86", "normal")], 40, monkeypatch).splitlines()[1]
    assert head.split() == ["number", "state"]
