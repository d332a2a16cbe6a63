"""What a test is told when something is not as it should be: each sentence says what, and what would be right."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from simulator.client.shapes import NearMiss

LINES_SHOWN = 40


class Unmet(AssertionError):
    """A demand on the journal is not met: what was expected, what was found, the nearest misses."""


class NotSettled(Exception):
    """The wall time that a method may take is over, and something is still under way."""


class SimulatorBroke(Exception):
    """A part of the simulator broke, or it would have sent what breaks the contract: not the test's fault."""


class WrongWord(TypeError):
    """A method has no such word, or a word no such value."""


def check_words(where: str, words: Mapping[str, object], valid: Sequence[str]) -> None:
    """Raises WrongWord for the first word that `where` does not have."""
    for word in words:
        if word not in valid:
            raise WrongWord(f"{where} has no {word!r}; {hint(word, valid)}It has: {', '.join(valid)}")


def hint(word: str, valid: Sequence[str]) -> str:
    """`did you mean 'outcome'? ` where a valid word is near."""
    near = get_close_matches(word, valid, 1)
    return f"did you mean {near[0]!r}? " if near else ""


def unmet(problem: str, nearest: Sequence[NearMiss]) -> Unmet:
    """The failure with its nearest misses; at most 40 lines."""
    lines = [problem]
    for miss in nearest:
        lines.append(f"  nearest   {_row(miss['row'])}")
        for one in miss["differences"]:
            got = "nothing" if one["missing"] else repr(one["got"])
            lines.append(f"            {one['path']}: expected {one['expected']!r}, got {got}")
    if len(lines) > LINES_SHOWN:
        lines = [*lines[: LINES_SHOWN - 1], f"  … and {len(lines) - LINES_SHOWN + 1} lines more"]
    return Unmet("\n".join(lines))


def _row(row: Mapping[str, Any]) -> str:
    """A journal row in one line."""
    return f"row {row['position']}, {row['kind']} at {row['at']}"
