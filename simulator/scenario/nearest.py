"""The nearest valid name, for sentences."""

from collections.abc import Iterable
from difflib import get_close_matches


def suggestion(name: object, known: Iterable[object]) -> str:
    """`; did you mean 'x'?` for a name that resembles a known one, else nothing."""
    near = get_close_matches(str(name), [str(one) for one in known], 1)
    return f"; did you mean {near[0]!r}?" if near else ""
