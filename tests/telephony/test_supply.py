"""Which number is given out next: never one that is taken, and without a look at all that are."""

from simulator.telephony.bindings.supply import SHARED_TRIES, Supply
from simulator.telephony.numbering import NumberPool, NumberState, XNumber


class Town:
    """Numbers of one city, with what is taken; `looked_at` counts the questions."""

    def __init__(self, count: int) -> None:
        self.numbers = [XNumber(f"+86170{n:08}", "0755") for n in range(count)]
        self.taken: set[str] = set()
        self.looked_at = 0
        self.supply = Supply(self.is_taken)
        self.cities = [("0755", self.numbers)]

    def is_taken(self, number: XNumber) -> bool:
        self.looked_at += 1
        return number.number in self.taken

    def fits(self, number: XNumber) -> bool:
        self.looked_at += 1
        return number.state is NumberState.NORMAL

    def take(self) -> XNumber | None:
        number = self.supply.free(self.cities, self.fits)
        if number is not None:
            self.taken.add(number.number)
            self.supply.take(number)
        return number

    def give_back(self, number: XNumber) -> None:
        self.taken.discard(number.number)
        self.supply.give_back(number)


def test_every_number_is_given_out_once_and_again_when_it_came_back() -> None:
    town = Town(5)
    first = [town.take() for _ in range(6)]
    assert first == [*town.numbers, None]
    for number in (town.numbers[3], town.numbers[1]):
        town.give_back(number)
    assert [town.take(), town.take(), town.take()] == [town.numbers[3], town.numbers[1], None]


def test_looking_takes_nothing() -> None:
    town = Town(2)
    assert {town.supply.free(town.cities, town.fits).number for _ in range(3)} == {town.numbers[0].number}


def test_a_number_out_of_order_is_found_when_it_is_normal_again() -> None:
    town = Town(2)
    town.numbers[0].state = NumberState.SUSPENDED
    assert town.take() is town.numbers[1]
    assert town.take() is None
    town.numbers[0].state = NumberState.NORMAL
    assert town.take() is town.numbers[0]


def test_numbers_that_are_added_later_are_found() -> None:
    town = Town(1)
    town.take()
    added = XNumber("+8617099999999", "0755")
    town.numbers.append(added)
    assert town.take() is added


def test_the_cost_does_not_grow_with_what_is_taken() -> None:
    town = Town(5000)
    costs = []
    for _ in town.numbers:
        before = town.looked_at
        town.take()
        costs.append(town.looked_at - before)
    for number in town.numbers[::7]:
        town.give_back(number)
        before = town.looked_at
        town.take()
        costs.append(town.looked_at - before)
    assert max(costs) <= 3


def test_a_shared_number_comes_before_a_free_one_and_the_least_lately_used_first() -> None:
    town = Town(4)
    for number in town.numbers[:2]:
        town.taken.add(number.number)
        town.supply.share(number)
    found = town.supply.shared_or_free(town.cities, lambda _: True, town.fits)
    assert found is town.numbers[0]
    town.supply.share(town.numbers[0])
    assert town.supply.shared_or_free(town.cities, lambda _: True, town.fits) is town.numbers[1]
    assert town.supply.shared_or_free(town.cities, lambda _: False, town.fits) is town.numbers[2]
    town.supply.fill(town.numbers[1])
    assert (
        town.supply.shared_or_free(town.cities, lambda number: number is town.numbers[1], town.fits) is town.numbers[2]
    )


def test_after_some_tries_a_free_number_is_taken_before_the_other_shared_ones() -> None:
    town = Town(SHARED_TRIES + 2)
    for number in town.numbers[:-1]:
        town.taken.add(number.number)
        town.supply.share(number)
    last_shared, free = town.numbers[-2], town.numbers[-1]

    def has_room(number: XNumber) -> bool:
        return number is last_shared

    assert town.supply.shared_or_free(town.cities, has_room, town.fits) is free
    town.taken.add(free.number)
    assert town.supply.shared_or_free(town.cities, has_room, town.fits) is last_shared


def test_cities_come_in_the_order_of_the_match() -> None:
    pool = NumberPool({"0755": "广东", "020": "广东", "010": "北京", "021": "上海"})
    for n, area_code in enumerate(("010", "020", "0755", "021")):
        pool.add(f"+8617000000{n:03}", area_code)
    assert [area for area, _ in pool.cities("0755", loose=False)] == ["0755"]
    assert [area for area, _ in pool.cities("0755", loose=True)] == ["0755", "020", "010", "021"]
    assert [len(numbers) for _, numbers in pool.cities("0898", loose=True)] == [0, 1, 1, 1, 1]
