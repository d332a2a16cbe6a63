"""Conditions: what they may say, what they come to, and that none can hurt."""

import pytest

from simulator.scenario.conditions import LIMIT_LENGTH, ConditionError, holds, problems

NAMES = {"n": 3, "who": "A", "calls": {"call": {"hangup_cause": 8102, "kinds": ["callin", "fee"]}}, "elapsed": 2.5}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("n == 3 && who == 'A'", True),
        ("calls.call.hangup_cause in [8102, 8103]", True),
        ("'fee' in calls.call.kinds || n > 5", True),
        ("calls.call.kinds.exists(kind, kind == 'sms')", False),
        ("has(calls.call.send_result)", False),
        ("size(calls.call.kinds) == 2", True),
        ("elapsed < 3 && elapsed >= 2.5", True),
        ("!who.startsWith('B')", True),
        ("n == 3 ? true : false", True),
    ],
)
def test_a_condition_is_true_or_false_of_what_was_seen(condition: str, expected: bool):
    assert not list(problems(condition, list(NAMES)))
    assert holds(condition, NAMES) is expected


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("n / 0 == 1", "cannot be decided: "),
        ("who > 1", "cannot be decided: No such overload"),
        ("calls.other.state == 'released'", "cannot be decided: there is no other yet"),
        ("n", "is the number 3, instead of true or false: compare it with something"),
        ("'" + "a" * LIMIT_LENGTH + "' == who", f"has {LIMIT_LENGTH + 9} characters, instead of at most {LIMIT_LENGTH}"),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_decided_says_why(condition: str, sentence: str):
    with pytest.raises(ConditionError) as caught:
        holds(condition, NAMES)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("open_bracket", ["(", "[", "!", "-", "{1:", "who.a("])
def test_nothing_that_is_nested_without_end_hurts(open_bracket: str):
    condition = open_bracket * (LIMIT_LENGTH // len(open_bracket))
    assert list(problems(condition, list(NAMES)))


def test_a_pattern_takes_no_longer_than_its_text():
    assert holds("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')", {}) is False
