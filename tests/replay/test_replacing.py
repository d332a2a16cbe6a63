"""Whole texts are replaced, all at once, and nothing else."""

import pytest

from simulator.replay.replacing import Replacing


@pytest.mark.parametrize(
    ("body", "new"),
    [
        (b'{"caller": "a", "called":"b"}', b'{"caller": "b", "called":"a"}'),
        (b'{"x":"aa","a":["a"]}', b'{"x":"aa","b":["b"]}'),
        (b'{"x":"say \\"a\\""}', b'{"x":"say \\"a\\""}'),
        (b'{"x":"a"', b'{"x":"b"'),
        (b"\xff", b"\xff"),
    ],
)
def test_texts_change_places(body, new):
    assert Replacing([("a", "b"), ("b", "a")]).body(body) == new


def test_what_was_in_nothing_is_known():
    replacing = Replacing([("a", "1"), ("b", "2"), ('q"', "3")])
    replacing.body(b'["a", "q\\""]')
    assert replacing.unused == {"b"}
