"""A random but valid mix: strategies that draw it, the simplest first, so that it can be made small.

A mix is a mode and a list of elements, each a table with one key of `STEPS`. `stories.py` makes it a scenario.
Only this file and `shrinking.py` need Hypothesis, which is an extra.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from simulator.fuzz.tables import causes, modes, table

MOST_ELEMENTS = 10
SETS = (0, 1)
OFTEN = ("call", "call", "sms")
"""Elements that come more often than the others: they are what a receiver is told of."""


@dataclass(frozen=True, slots=True)
class Mix:
    """What happens in one mode, in order."""

    mode: str
    elements: Sequence[dict[str, Any]] = field(default_factory=list)


def mixes(wanted: Sequence[str] = ()) -> st.SearchStrategy[Mix]:
    """Mixes of these modes, else of every one."""
    return st.sampled_from(list(wanted) or modes()).flatmap(_of_mode)


def _of_mode(mode: str) -> st.SearchStrategy[Mix]:
    drawn = {
        "call": _calls(mode),
        "sms": _messages(mode),
        "advance": st.sampled_from(table()["advances"]),
        "faults": _faults(),
        "number_status": _states(),
        "arrears": st.booleans(),
        "unbind": st.sampled_from(SETS),
    }
    possible = [_named(key, drawn[key]) for key in (*OFTEN, *drawn) if _is_of(key, mode)]
    return st.lists(st.one_of(possible), min_size=1, max_size=MOST_ELEMENTS).map(lambda found: Mix(mode, found))


def _is_of(key: str, mode: str) -> bool:
    """Whether a mode has such elements."""
    first = table()["modes"][mode]["sets"][0]
    return bool(first["sms"]) if key == "sms" else bool(first["binds"]) if key == "unbind" else True


def _named(key: str, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return strategy.map(lambda value: {key: value})


def _calls(mode: str) -> st.SearchStrategy[dict[str, Any]]:
    """A call of one of the two sets: how it ends is an outcome or a cause."""
    rows = table()
    ends = st.one_of(
        st.just({"outcome": rows["outcomes"][0]}),
        st.sampled_from(rows["outcomes"]).map(lambda one: {"outcome": one}),
        st.sampled_from(causes(mode)).map(lambda one: {"hangup_cause": one}),
    )
    return st.fixed_dictionaries(
        {
            "set": st.sampled_from(SETS),
            "call": st.integers(0, len(rows["modes"][mode]["sets"][0]["calls"]) - 1),
            "end": ends,
            "rings": st.sampled_from(rows["rings"]),
            "talks": st.sampled_from(rows["talks"]),
            "released_by": st.sampled_from(rows["released_by"]),
        }
    )


def _messages(mode: str) -> st.SearchStrategy[dict[str, Any]]:
    most = len(table()["modes"][mode]["sets"][0]["sms"]) - 1
    return st.fixed_dictionaries({"set": st.sampled_from(SETS), "sms": st.integers(0, max(0, most))})


def _faults() -> st.SearchStrategy[list[dict[str, Any]]]:
    """No fault any more, or one or two from now on, each for so many messages."""
    one = st.tuples(st.sampled_from(table()["faults"]), st.integers(1, 3)).map(lambda two: {**two[0], "count": two[1]})
    return st.lists(one, max_size=2)


def _states() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"set": st.sampled_from(SETS), "state": st.sampled_from(table()["states"])})
