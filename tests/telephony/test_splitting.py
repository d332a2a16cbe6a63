"""Long SMS in parts: nothing is lost, no part is too long, no part too many (notifications.md 4.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.telephony.splitting import CHINESE, ENGLISH, parts, room_for

ASCII = st.text(st.characters(max_codepoint=127), max_size=800)
ANYTHING = st.text(max_size=400)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1), ("a", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 308, 2), ("a" * 309, 3),
        ("长", 1), ("长" * 70, 1), ("长" * 71, 2), ("长" * 134, 2), ("长" * 135, 3), ("a" * 70 + "长", 2), ("é" * 71, 2),
    ],
)  # fmt: skip
def test_the_documented_lengths(text: str, count: int) -> None:
    assert len(parts(text)) == count


@given(st.one_of(ASCII, ANYTHING))
def test_the_parts_are_the_text(text: str) -> None:
    assert "".join(parts(text)) == text


@given(st.one_of(ASCII, ANYTHING))
def test_no_part_is_too_long_and_none_too_many(text: str) -> None:
    room, split = room_for(text), parts(text)
    if len(split) == 1:
        assert len(text) <= room.alone
    else:
        assert len(text) > room.alone
        assert all(len(part) == room.each for part in split[:-1])
        assert 0 < len(split[-1]) <= room.each


@given(ASCII, st.characters(min_codepoint=128, exclude_categories=["Cs"]))
def test_one_character_that_is_not_english_makes_all_of_it_chinese(text: str, character: str) -> None:
    assert (room_for(text), room_for(text + character)) == (ENGLISH, CHINESE)
    assert len(parts(text + character)) >= len(parts(text))
