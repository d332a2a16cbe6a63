"""Which numbers are left to give out: as X, which belongs to one A alone, or as Y, which many relations share.

A choice does not look at what is given out already: numbers that came back are kept by city, those never given out lie
behind a mark in the pool's own list. Looking takes nothing away.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from simulator.telephony.numbering import XNumber

Cities = Iterable[tuple[str, Sequence[XNumber]]]
"""Area codes with their numbers, the best city first."""

Fits = Callable[[XNumber], bool]

SHARED_TRIES = 32
"""So many shared numbers are tried before one that nobody has yet; then the other shared ones."""


class City:
    """The numbers of one city: `returned` are free again, `shared` have room for more, those from `mark` on are untouched."""

    __slots__ = ("mark", "returned", "shared")

    def __init__(self) -> None:
        self.mark = 0
        self.returned: OrderedDict[str, XNumber] = OrderedDict()
        self.shared: OrderedDict[str, XNumber] = OrderedDict()

    def free(self, numbers: Sequence[XNumber], is_taken: Fits, fits: Fits) -> XNumber | None:
        """A number that nobody has; those that do not fit now are kept for later."""
        found = next((number for number in self.returned.values() if fits(number)), None)
        if found is not None:
            return found
        while self.mark < len(numbers):
            number = numbers[self.mark]
            if not is_taken(number):
                if fits(number):
                    return number
                self.returned[number.number] = number
            self.mark += 1
        return None


class Supply:
    """The numbers of one application by city; `is_taken` says of a number whether anybody has it."""

    __slots__ = ("_cities", "_is_taken")

    def __init__(self, is_taken: Fits) -> None:
        self._cities: dict[str, City] = {}
        self._is_taken = is_taken

    def free(self, cities: Cities, fits: Fits) -> XNumber | None:
        """A number that nobody has, from the best city that has one."""
        found = (self._city(area).free(numbers, self._is_taken, fits) for area, numbers in cities)
        return next((number for number in found if number is not None), None)

    def shared_or_free(self, cities: Cities, has_room: Fits, fits: Fits) -> XNumber | None:
        """A number that is shared already and has room for this one, or one that nobody has, from the best city."""
        return next(
            (number for area, numbers in cities for number in self._either(area, numbers, has_room, fits)), None
        )

    def share(self, number: XNumber) -> None:
        """One more relation shares a number: the others come first next time."""
        city = self._city(number.area_code)
        city.returned.pop(number.number, None)
        city.shared[number.number] = number
        city.shared.move_to_end(number.number)

    def fill(self, number: XNumber) -> None:
        """A shared number has no room any more."""
        self._city(number.area_code).shared.pop(number.number, None)

    def take(self, number: XNumber) -> None:
        """Somebody has a number for himself."""
        self._city(number.area_code).returned.pop(number.number, None)

    def give_back(self, number: XNumber) -> None:
        """Nobody has a number any more."""
        city = self._city(number.area_code)
        city.shared.pop(number.number, None)
        city.returned[number.number] = number

    def _either(self, area: str, numbers: Sequence[XNumber], has_room: Fits, fits: Fits) -> Iterator[XNumber]:
        city = self._city(area)
        yield from (
            number for number in islice(city.shared.values(), SHARED_TRIES) if fits(number) and has_room(number)
        )
        free = city.free(numbers, self._is_taken, fits)
        if free is not None:
            yield free
        others = islice(city.shared.values(), SHARED_TRIES, None)
        yield from (number for number in others if fits(number) and has_room(number))

    def _city(self, area_code: str) -> City:
        city = self._cities.get(area_code)
        if city is None:
            city = self._cities[area_code] = City()
        return city
