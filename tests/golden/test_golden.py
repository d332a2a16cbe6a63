"""The golden timelines: what is pushed for every outcome, sendResult and hangup cause in every mode, byte for byte.

A difference is either a mistake or a decision; `make golden` writes the files anew.
"""

import pytest

from tests.golden.playing import HERE, MODES, in_words, written


@pytest.mark.parametrize("mode", MODES)
async def test_every_push_of_every_story_is_as_it_was_written_down(mode: str):
    expected = (HERE / f"{mode.lower()}.txt").read_text(encoding="utf-8").split("\n")
    got = (await written(mode)).split("\n")
    wrong = [(number, *pair) for number, pair in enumerate(zip(expected, got, strict=False), 1) if pair[0] != pair[1]]
    assert not wrong, "line {}: expected\n{}\ngot\n{}".format(*wrong[0])
    assert len(got) == len(expected)


def test_ids_and_times_become_words_and_the_rest_stays():
    body = '{"sessionId":"1_2@h","timestamp":"2026-01-01 00:01:05","subscriptionId":"u-1","mptyId":"u-1","x":"1_2@h2"}'
    told = list(in_words([("http://127.0.0.1:9/status", body), ("http://h/fee", '{"sessionId":"3@h"}')]))
    assert told == [
        (
            'POST /status {"sessionId":"<session 1>","timestamp":"T+65s","subscriptionId":"<binding 1>",'
            '"mptyId":"<binding 1>","x":"1_2@h2"}'
        ),
        'POST /fee {"sessionId":"<session 2>"}',
    ]
