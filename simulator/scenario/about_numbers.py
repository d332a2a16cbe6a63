"""What a schema cannot say of steps about X numbers: whose names they are, causes that fit, what is told of what."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.contract.number_states import WrongCause, cause_of
from simulator.contract.number_status import KIND
from simulator.scenario.nearest import suggestion
from simulator.scenario.places import Place, Problem, of_key, of_value
from simulator.telephony.numbering import NumberState

Tree = Mapping[str, Any]
PER_KIND = ("fields", "absent", "attempts", "acknowledged", "count", "by", "answers")
"""Keys of an expectation that may name kinds of notification."""


def x_names(cast: Tree) -> list[str]:
    """The names of the cast that are X numbers."""
    return [str(name) for name, entry in cast.items() if entry == "number" or isinstance(entry, dict)]


def number_status(body: Tree, x_numbers: Sequence[str], place: Place) -> Iterator[Problem]:
    """Faults of a number_status step."""
    named = body.get("number", ())
    names = [named] if isinstance(named, str) else named
    for index, name in enumerate(names):
        if str(name)[0].isalpha() and name not in x_numbers:
            at = of_value(body, "number", place) if isinstance(named, str) else of_value(named, index, place)
            there = f" ({', '.join(x_numbers)})" if x_numbers else "; there is none"
            what = f"number is {str(name)!r}, instead of an X number of the cast{there}{suggestion(name, x_numbers)}"
            yield Problem(at, what)
    try:
        cause_of(NumberState(str(body["state"])), body.get("cause"))
    except WrongCause as wrong:
        yield Problem(of_value(body, "cause", place), str(wrong))


def expectation(body: Tree, x_numbers: Sequence[str], place: Place) -> Iterator[Problem]:
    """Whether an expectation is about calls or about X numbers, and of what is told of those."""
    of = body.get("of", ())
    names = [of] if isinstance(of, str) else list(of)
    numbers = [name for name in names if name in x_numbers]
    if numbers and len(numbers) < len(names):
        other = next(name for name in names if name not in x_numbers)
        what = f"of is {numbers[0]} and {other}, instead of X numbers or calls: write two steps"
        yield Problem(of_value(body, "of", place), what)
        return
    told = _kinds(body)
    if numbers:
        wrong = next((kind for kind in told if kind != KIND), None)
        if wrong is not None:
            yield Problem(place, f"{wrong} is told of calls, and {numbers[0]} is an X number: only {KIND} is")
        if "hangup_cause" in body:
            what = f"hangup_cause stands in an expect of {numbers[0]}, instead of in one of a call"
            yield Problem(of_key(body, "hangup_cause", place), what)
    elif KIND in told:
        there = f": of: {x_numbers[0]}" if x_numbers else ""
        yield Problem(place, f"{KIND} is told of X numbers: say which one with 'of', by its name in the cast{there}")


def is_about_numbers(body: Tree, x_numbers: Sequence[str]) -> bool:
    """Whether an expectation names X numbers, or should."""
    of = body.get("of", ())
    return KIND in _kinds(body) or any(name in x_numbers for name in ([of] if isinstance(of, str) else of))


def _kinds(body: Tree) -> list[str]:
    named = (body.get(key) for key in PER_KIND)
    return [
        *body.get("notifications", ()),
        *body.get("never", ()),
        *(kind for each in named if isinstance(each, dict) for kind in each),
    ]
