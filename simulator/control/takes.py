"""Checks of members that only the control plane takes; each raises WrongValueError."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from simulator.config import checks
from simulator.config.checks import Check, WrongValueError, shown
from simulator.control.described import Described, schema_of, takes

DEMANDS_AT_MOST = 100
KEYED = {"type": "string", "maxLength": 32, "pattern": "^[0-9]*$"}
FIRST_YEAR, LAST_YEAR = 1, 9999
"""Beyond them an instant cannot be said in UTC."""


def optional(check: Check[object]) -> Check[object]:
    """Also null, which says the same as leaving the member out."""

    def maybe(value: object) -> object:
        return None if value is None else check(value)

    return Described(maybe, {"anyOf": [schema_of(check), {"type": "null"}]})


word = takes(type="string", minLength=1, maxLength=256)(checks.text)
flag = takes(type="boolean")(checks.flag)


def whole(low: int, high: int) -> Check[int]:
    """A whole number within limits."""
    return takes(type="integer", minimum=low, maximum=high)(checks.whole(low, high))


def one_of(words: Collection[str]) -> Check[str]:
    """A word of a list."""
    return takes(enum=list(words))(checks.one_of(words))


def number(low: float, high: float) -> Check[float]:
    """A number within limits."""

    @takes(type="number", minimum=low, maximum=high)
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise WrongValueError(f"must be a number from {low:.12g} to {high:.12g}, not {shown(value)}")
        return float(value)

    return check


def whole_text(low: int, high: int) -> Check[int]:
    """A whole number written in a query."""
    check = checks.whole(low, high)

    @takes(type="integer", minimum=low, maximum=high)
    def read(value: object) -> int:
        is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20
        return check(int(value) if is_number else value)  # type: ignore[call-overload]  # a text of digits by then

    return read


@takes(type="boolean")
def flag_text(value: object) -> bool:
    """true or false written in a query."""
    if value not in ("true", "false"):
        raise WrongValueError(f"must be true or false, not {shown(value)}")
    return value == "true"


def text(low: int, high: int) -> Check[str]:
    """A text of so many characters."""

    @takes(type="string", minLength=low, maxLength=high)
    def check(value: object) -> str:
        if not isinstance(value, str) or not low <= len(value) <= high:
            given = f"one of {len(value)}" if isinstance(value, str) else shown(value)
            raise WrongValueError(f"must be a text of {low} to {high} characters, not {given}")
        return value

    return check


@takes(anyOf=[KEYED, {"type": "array", "items": KEYED}])
def digits(value: object) -> tuple[str, ...]:
    """What a caller keys when asked for an extension: digits, or a list of them, try after try."""
    tries = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and len(one) <= 32 and (one.isdecimal() or not one) for one in tries):
        raise WrongValueError(f'must be digits like "0001", or a list of such, not {shown(value)}')
    return tuple(str(one) for one in tries)


@takes(type="object")
def match(value: object) -> Mapping[str, object]:
    """An expectation: dotted paths and values."""
    if not isinstance(value, Mapping):
        raise WrongValueError(
            f'must be an object of dotted paths and values like {{"status": 200}}, not {shown(value)}'
        )
    return value


@takes(type="array", minItems=1, items={"type": "object"})
def matches(value: object) -> list[Mapping[str, object]]:
    """Expectations in order, at least one."""
    if not isinstance(value, list) or not value:
        raise WrongValueError(f"must be a list of at least one object of dotted paths and values, not {shown(value)}")
    for number, item in enumerate(value):
        if not isinstance(item, Mapping):
            raise WrongValueError(
                f"must be objects of dotted paths and values, not {shown(item)} as number {number + 1}"
            )
    return value


@takes(type="string", format="date-time")
def instant(value: object) -> datetime:
    """An instant of the story with its offset from UTC."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not FIRST_YEAR < found.year < LAST_YEAR:
        raise WrongValueError(f'must be an instant like "2026-01-01T08:00:00Z", not {shown(value)}')
    return found.astimezone(UTC)


@takes(type="array", minItems=1, maxItems=DEMANDS_AT_MOST, items={"type": "object"})
def demands(value: object) -> list[Mapping[str, object]]:
    """Demands on the journal, so many that one request can have them judged."""
    found = objects(value)
    if len(found) > DEMANDS_AT_MOST:
        raise WrongValueError(f"must be at most {DEMANDS_AT_MOST} demands, not {len(found)}")
    return found


@takes(type="array", minItems=1, items={"type": "string", "minLength": 1})
def words(value: object) -> list[str]:
    """A list of texts, at least one."""
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise WrongValueError(f"must be a list of at least one text, not {shown(value)}")
    return value


@takes(type="array", minItems=1, items={"type": "object"})
def objects(value: object) -> list[Mapping[str, object]]:
    """A list of objects, at least one."""
    if not isinstance(value, list) or not value or not all(isinstance(item, Mapping) for item in value):
        raise WrongValueError(f"must be a list of at least one object, not {shown(value)}")
    return value


def anything(value: object) -> object:
    """Checked further in."""
    return value


@takes(const=True)
def only_true(value: object) -> bool:
    """true: the member is there or it is not."""
    if value is not True:
        raise WrongValueError(f"must be true or be left out, not {shown(value)}")
    return True
