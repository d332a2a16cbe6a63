"""The nearest miss of a value: where texts differ, what an object has instead."""

from simulator.scenario.customer_language import Wanted
from simulator.scenario.nearest import first_difference, members_near
from simulator.scenario.wanting import Came, answer_findings

LONG = "x" * 40


def test_two_long_texts_are_told_apart_at_their_first_difference():
    assert first_difference(LONG + "yes", LONG + "no") == (
        "different from character 41 on: 'xxxxxxxxxxno', instead of 'xxxxxxxxxxyes'"
    )
    assert first_difference(LONG, LONG + "more") == "44 characters, instead of 40"
    assert first_difference("short", LONG) == ""
    assert first_difference(3, LONG) == ""


def test_a_missing_member_is_answered_with_those_that_are_there():
    assert members_near("colour", {"color": 1, "size": 2}) == "did you mean 'color'?"
    assert members_near("zz", {"color": 1, "size": 2}) == "it has: color, size"
    assert members_near("zz", {}) == "it has no members"
    assert members_near("zz", [1]) == ""
    assert members_near("zz", {f"m{n}": n for n in range(23)}).endswith(", m19 … and 3 more")


def test_a_time_is_shown_with_as_many_digits_as_it_takes_to_see_that_it_is_too_long():
    came = Came("GET /", 200, "{}", 0.00104)
    (finding,) = answer_findings(Wanted(within_seconds=0.001), came, lambda value: value)
    assert finding.got == "it took 0.00104 s"
