"""Idle numbers: what is chosen is idle and fits, whatever was taken and given back, and choosing needs no search."""

from random import Random  # noqa: TID251 - a seeded die of the test

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.telephony.bindings.idle import City, IdleNumbers
from simulator.telephony.numbering import NumberPool, XNumber

PROVINCES = {"0755": "广东", "020": "广东", "010": "北京"}


def pool_of(*, count: int = 3) -> NumberPool:
    pool = NumberPool(PROVINCES)
    for place, area_code in enumerate(PROVINCES):
        for n in range(count):
            pool.add(f"+86138{place}{n:07}", area_code)
    return pool


def everything(_: XNumber) -> bool:
    return True


def test_the_city_comes_first_then_its_province_then_every_city() -> None:
    pool = pool_of(count=1)
    groups = [[code for code, _ in group] for group in pool.groups("0755", loose=True)]
    assert groups == [["0755"], ["0755", "020"], ["0755", "020", "010"]]
    assert [[code for code, _ in group] for group in pool.groups("0755", loose=False)] == [["0755"]]
    assert list(pool.groups("021", loose=False)) == [(("021", ()),)]


def test_every_idle_number_of_several_cities_can_be_chosen_and_nothing_is_taken_by_looking() -> None:
    pool, idle = pool_of(), IdleNumbers(lambda _: False)
    (_, province, _) = pool.groups("0755", loose=True)
    chosen = [idle.choose(province, everything, lambda n, throw=throw: throw % n) for throw in range(6)]
    assert [one.number for one in chosen if one] == [one.number for one in list(pool)[:6]]


def test_who_does_not_fit_is_passed_over_and_the_dice_rest_where_nobody_does() -> None:
    pool, idle = pool_of(), IdleNumbers(lambda _: False)
    (city,) = pool.groups("010", loose=False)
    last = list(pool)[-1]
    assert idle.choose(city, lambda one: one is last, lambda _: 0) is last
    assert idle.choose(city, lambda _: False, lambda _: pytest.fail("the dice were thrown")) is None
    assert idle.choose((("021", ()),), everything, lambda _: pytest.fail("the dice were thrown")) is None


def test_numbers_that_the_pool_gets_later_are_idle_too_but_none_twice() -> None:
    pool = pool_of(count=1)
    taken: set[str] = set()
    idle = IdleNumbers(lambda one: one.number in taken)
    (city,) = pool.groups("010", loose=False)
    first = idle.choose(city, everything, lambda _: 0)
    assert first is not None
    idle.take(first)
    later = pool.add("+8613900000001", "010")
    idle.give_back(later)  # it was bound by its name and unbound before anybody looked here
    assert idle.choose(city, everything, lambda _: pytest.fail("there is but one")) is later
    idle.take(later)
    assert idle.choose(city, everything, lambda _: 0) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8)), max_size=60), st.integers(0, 2**32))
def test_what_is_idle_is_what_was_not_taken(steps: list[tuple[bool, int]], seed: int) -> None:
    pool = pool_of()
    numbers, taken, dice = list(pool), set[str](), Random(seed)
    idle = IdleNumbers(lambda one: one.number in taken)
    (*_, whole) = pool.groups("0755", loose=True)
    for takes, place in steps:
        x_number = numbers[place]
        if takes:
            taken.add(x_number.number)
            idle.take(x_number)
        else:
            taken.discard(x_number.number)
            idle.give_back(x_number)
        chosen = idle.choose(whole, everything, dice.randrange)
        assert (chosen is None) == (len(taken) == len(numbers))
        assert chosen is None or chosen.number not in taken
        turns = (turned(idle, whole, throw) for throw in range(len(numbers)))
        reachable = {one.number for one in turns if one}
        assert reachable == {one.number for one in numbers} - taken


def turned(idle: IdleNumbers, cities: tuple[City, ...], throw: int) -> XNumber | None:
    return idle.choose(cities, everything, lambda n: throw % n)
