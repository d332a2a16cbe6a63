"""Which X numbers nobody has: any of them is found, taken and given back without a search, however many there are."""

from collections.abc import Callable, Iterator, Sequence

from simulator.telephony.numbering import XNumber

City = tuple[str, Sequence[XNumber]]
"""An area code with the pool's numbers there, oldest first; the pool only adds to them."""


class IdleInCity:
    """The idle numbers of one city; of the pool's list the first `known` were looked at."""

    __slots__ = ("known", "numbers", "places")

    def __init__(self) -> None:
        self.known = 0
        self.numbers: list[XNumber] = []
        self.places: dict[str, int] = {}

    def add(self, x_number: XNumber) -> None:
        """Nobody has it."""
        if x_number.number not in self.places:
            self.places[x_number.number] = len(self.numbers)
            self.numbers.append(x_number)

    def discard(self, x_number: XNumber) -> None:
        """Somebody has it: the last one moves into its place."""
        place = self.places.pop(x_number.number, None)
        if place is None:
            return
        last = self.numbers.pop()
        if last is not x_number:
            self.numbers[place] = last
            self.places[last.number] = place


class IdleNumbers:
    """The idle X numbers of one application, by city; a city is looked through when it is first asked for."""

    __slots__ = ("_cities", "_is_taken")

    def __init__(self, is_taken: Callable[[XNumber], bool]) -> None:
        self._cities: dict[str, IdleInCity] = {}
        self._is_taken = is_taken

    def choose(
        self, cities: Sequence[City], fits: Callable[[XNumber], bool], dice: Callable[[int], int]
    ) -> XNumber | None:
        """Any idle number of these cities that fits; `dice(n)` is one of 0 to n-1, thrown only where one can be chosen."""
        idle = [self._city(area_code, numbers).numbers for area_code, numbers in cities]
        if not any(fits(x_number) for numbers in idle for x_number in numbers):
            return None
        many = sum(map(len, idle))
        start = dice(many) if many > 1 else 0
        return next(filter(fits, _round_from(idle, start)))

    def take(self, x_number: XNumber) -> None:
        """Somebody has it now."""
        city = self._cities.get(x_number.area_code)
        if city is not None:
            city.discard(x_number)

    def give_back(self, x_number: XNumber) -> None:
        """Nobody has it any more."""
        city = self._cities.get(x_number.area_code)
        if city is not None:
            city.add(x_number)

    def _city(self, area_code: str, numbers: Sequence[XNumber]) -> IdleInCity:
        city = self._cities.get(area_code)
        if city is None:
            city = self._cities[area_code] = IdleInCity()
        while city.known < len(numbers):
            x_number = numbers[city.known]
            city.known += 1
            if not self._is_taken(x_number):
                city.add(x_number)
        return city


def _round_from(lists: Sequence[Sequence[XNumber]], start: int) -> Iterator[XNumber]:
    """Every number of the lists once, from the one at `start` of all of them on."""
    first = 0
    while start >= len(lists[first]):
        start -= len(lists[first])
        first += 1
    for turn in range(len(lists[first])):
        yield lists[first][(start + turn) % len(lists[first])]
    for other in (*lists[first + 1 :], *lists[:first]):
        yield from other
