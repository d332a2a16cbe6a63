"""Text of a stranger in a table steers no terminal."""

import pytest

from simulator.cli.tables import print_table


def test_what_does_not_print_is_shown_by_its_escape(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "value"), [("接通 a\tb\n", "\x00\x1b[31m\u202e\ud800")])
    assert capsys.readouterr().out == "name\tvalue\n接通 a b\t\\x00\\x1b[31m\\u202e\\ud800\n"
