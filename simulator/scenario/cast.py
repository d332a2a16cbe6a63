"""Who and what there is in a scenario: numbers drawn from the seed, or given."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from simulator.scenario.language import Member
from simulator.telephony.numbering import NumberKind, kind_of

if TYPE_CHECKING:
    from faker import Faker

Cast = Mapping[str, str]


def draw(members: Mapping[str, Member], seed: int) -> Cast:
    """A number for each member, no number twice; the same seed draws the same numbers."""
    given = {name: member.given for name, member in members.items() if member.given is not None}
    if len(given) == len(members):
        return given
    taken = set(given.values())
    mobiles, landlines = (_unused(stream, taken) for stream in _streams(seed))
    return {
        name: given.get(name) or next(landlines if member.kind == "landline" else mobiles)
        for name, member in members.items()
    }


def x_numbers(members: Mapping[str, Member], cast: Cast) -> list[dict[str, object]]:
    """The X numbers among the cast, as `[[apps]]` of pnsim.toml writes them."""
    return [
        {"number": cast[name], "area_code": member.area_code}
        for name, member in members.items()
        if member.kind == "number"
    ]


def _streams(seed: int) -> tuple[Iterator[str], Iterator[str]]:
    """Endless mobile and landline numbers in global format (ax_axb.md 0)."""
    people = _people()
    people.seed_instance(seed)
    mobiles = (f"+86{people.phone_number()}" for _ in iter(int, 1))
    landlines = (f"+86755{people.numerify('%#######')}" for _ in iter(int, 1))
    return (number for number in mobiles if kind_of(number) is NumberKind.MOBILE), landlines


@cache
def _people() -> "Faker":
    """Whoever makes up people; one will do, since each cast begins with a seed."""
    from faker import Faker  # noqa: PLC0415 - 100 ms, paid only where a cast is drawn

    return Faker("zh_CN")


def _unused(numbers: Iterator[str], taken: set[str]) -> Iterator[str]:
    for number in numbers:
        if number not in taken:
            taken.add(number)
            yield number
