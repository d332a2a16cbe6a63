"""Names in a scenario: those of the cast, also in a text, and the sentence for a name that stands for nobody."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulator.scenario.nearest import suggestion
from simulator.scenario.places import Place, Problem, of_value

NAMED = re.compile(r"(?<!\$)\{([A-Za-z][A-Za-z0-9_]{0,39})\}")
"""In the text of an SMS `{B}` stands for the number of B."""


def of_cast(body: Mapping[str, Any], key: str, cast: list[str], place: Place) -> Iterator[Problem]:
    """Whether the name under a key is one of the cast."""
    name = str(body[key])
    if name not in cast:
        what = nobody(f"{key} is {name!r}", cast, "a name of the cast", name)
        yield Problem(of_value(body, key, place), what)


def nobody(what: str, known: Iterable[str], wanted: str, name: str) -> str:
    """The sentence for a name that stands for nobody."""
    there = ", ".join(known)
    return f"{what}, instead of {wanted}" + (f" ({there})" if there else "; there is none") + suggestion(name, known)
