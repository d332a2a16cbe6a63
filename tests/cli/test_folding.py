"""Folding texts in two languages."""

import pytest

from simulator.cli.folding import fold, width_of


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("the callee is busy", 10, ["the callee", "is busy"]),
        ("被叫用户正忙", 5, ["被叫", "用户", "正忙"]),
        ("被叫用户正忙,请稍后", 12, ["被叫用户正", "忙,请稍后"]),
        ("Q.850 用户忙 486", 12, ["Q.850 用户忙", "486"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("one\ntwo", 10, ["one", "two"]),
        ("", 10, [""]),
        ("  led by blanks", 20, ["led by blanks"]),
    ],
)
def test_a_text_is_folded_at_blanks_and_between_chinese_characters(text: str, width: int, lines: list[str]) -> None:
    assert fold(text, width) == lines
    assert all(width_of(line) <= width for line in lines)


def test_a_line_never_begins_with_closing_punctuation() -> None:
    lines = fold("业务异常,通话即将挂断,请稍后重试。" * 5, 13)
    assert not [line for line in lines if line[0] in ",。;:)"]
