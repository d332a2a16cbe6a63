"""How a journal is judged, as the control plane answers it: what was found, what is wrong, what comes nearest."""

from collections.abc import Mapping
from typing import TypedDict

Row = Mapping[str, object]
"""A journal row: `position`, `at`, `kind`, `app_key`, `call_id`, `message_id` of an SMS, and the members of its kind."""


class Difference(TypedDict):
    """A member that is not as expected; `got` is None and `missing` true where there is none."""

    path: str
    expected: object
    got: object
    missing: bool


class NearMiss(TypedDict):
    """A row that nearly matched; without differences it did, and is one too many."""

    row: Row
    differences: list[Difference]


class Verified(TypedDict):
    """Whether the journal is as demanded; `problem` says what was demanded and found when it is not."""

    passed: bool
    found: int
    problem: str
    nearest: list[NearMiss]


class VerifiedTogether(TypedDict):
    """Several demands judged at once: `problems` names those that are not met, by their place in the list."""

    passed: bool
    problems: list[str]
    verdicts: list[Verified]


class Waited(TypedDict):
    """What a wait ended with: the first `count` matching rows, or those there were when the time was up.

    Then `problem` says what was waited for, and `nearest` has the rows that come nearest to it.
    """

    reached: bool
    found: int
    rows: list[Row]
    problem: str
    nearest: list[NearMiss]
