"""What falls due happens in order of (instant, sequence), once, a cancelled one never; and what is kept is bounded."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.exchange.deadlines import COMPACT_ABOVE, Deadlines
from simulator.exchange.keeping import Kept
from tests.exchange.stage import START


def later(seconds: float):
    return START + timedelta(seconds=seconds)


class Fired(list):
    """Deadlines that note their name and instant when they fire."""

    def add(self, deadlines: Deadlines, seconds: float, name: object):
        return deadlines.add(later(seconds), "test", str(name), lambda at: self.append((name, at)))

    @property
    def names(self) -> list:
        return [name for name, _ in self]


def test_they_fire_by_instant_and_then_in_the_order_they_were_added() -> None:
    deadlines, fired = Deadlines(), Fired()
    for seconds, name in ((5, "e"), (1, "a"), (3, "c"), (1, "b"), (3, "d")):
        fired.add(deadlines, seconds, name)
    deadlines.fire_due(later(4))
    assert fired == [("a", later(1)), ("b", later(1)), ("c", later(3)), ("d", later(3))]
    assert (len(deadlines), deadlines.earliest()) == (1, later(5))


def test_what_a_deadline_adds_for_now_or_before_still_happens_in_its_turn() -> None:
    deadlines, fired = Deadlines(), Fired()
    deadlines.add(later(1), "test", "", lambda _: (fired.add(deadlines, 1, "now"), fired.add(deadlines, 0, "past")))
    fired.add(deadlines, 2, "after")
    deadlines.fire_due(later(2))
    assert fired.names == ["past", "now", "after"]


def test_a_cancelled_one_never_happens_and_cancelling_twice_or_late_is_harmless() -> None:
    deadlines, fired = Deadlines(), Fired()
    first, second = fired.add(deadlines, 1, "first"), fired.add(deadlines, 2, "second")
    deadlines.cancel(first)
    deadlines.cancel(first)
    assert (len(deadlines), deadlines.earliest()) == (1, later(2))
    deadlines.fire_due(later(9))
    deadlines.cancel(second)
    assert fired.names == ["second"]
    assert (len(deadlines), deadlines.earliest()) == (0, None)


def test_whoever_watches_hears_of_an_earlier_one_and_of_each_that_fires() -> None:
    deadlines, fired, heard, watched = Deadlines(), Fired(), [], []
    deadlines.on_earlier = lambda: heard.append(deadlines.earliest())
    deadlines.on_fired = watched.append
    for seconds in (5, 7, 3, 3):
        fired.add(deadlines, seconds, seconds)
    deadlines.fire_due(later(5))
    assert heard == [later(5), later(3)]
    assert [(deadline.what, deadline.detail, deadline.at) for deadline in watched] == [
        ("test", "3", later(3)),
        ("test", "3", later(3)),
        ("test", "5", later(5)),
    ]


def test_cancelled_deadlines_do_not_pile_up() -> None:
    deadlines, fired = Deadlines(), Fired()
    keep = fired.add(deadlines, 10**6, "kept")
    for n in range(20_000):
        deadlines.cancel(fired.add(deadlines, 10**5 - n, n))
        assert len(deadlines._heap) <= COMPACT_ABOVE + 2
    assert len(deadlines) == 1
    deadlines.fire_due(keep.at)
    assert fired.names == ["kept"]


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=60), st.integers(0, 20))
def test_any_mixture_fires_sorted_and_without_the_cancelled(asked: list[tuple[int, bool]], now: int) -> None:
    deadlines, fired = Deadlines(), Fired()
    added = [(fired.add(deadlines, seconds, n), is_cancelled) for n, (seconds, is_cancelled) in enumerate(asked)]
    for deadline, is_cancelled in added:
        if is_cancelled:
            deadlines.cancel(deadline)
    deadlines.fire_due(later(now))
    left = [(seconds, n) for n, (seconds, is_cancelled) in enumerate(asked) if not is_cancelled]
    assert fired.names == [n for seconds, n in sorted(left) if seconds <= now]
    assert len(deadlines) == len([seconds for seconds, _ in left if seconds > now])


# --- keeping ---


def kept_of(limit: int, count: int) -> tuple[Kept[str], list[str]]:
    forgotten: list[str] = []
    kept: Kept[str] = Kept(limit, forgotten.append)
    for n in range(count):
        kept.add(f"k{n}", f"thing {n}")
    return kept, forgotten


def test_the_living_are_never_forgotten() -> None:
    kept, forgotten = kept_of(2, 100)
    assert (len(kept), kept.living, forgotten) == (100, 100, [])


def test_of_the_finished_the_oldest_are_forgotten() -> None:
    kept, forgotten = kept_of(2, 4)
    for key in ("k2", "k0", "k1"):
        kept.finish(key)
    assert forgotten == ["thing 2"]
    assert (kept.get("k2"), kept.get("k0"), kept.get("k3")) == (None, "thing 0", "thing 3")
    assert (len(kept), kept.living) == (3, 1)


def test_newest_shows_the_living_first_and_each_the_newest_first() -> None:
    kept, _ = kept_of(9, 4)
    kept.finish("k3")
    kept.finish("k1")
    assert kept.newest(lambda _: True, 9) == ("thing 2", "thing 0", "thing 1", "thing 3")
    assert kept.newest(lambda thing: thing != "thing 0", 2) == ("thing 2", "thing 1")


def test_the_finished_may_live_again() -> None:
    kept, forgotten = kept_of(1, 2)
    kept.finish("k0")
    kept.add("k0", "thing 0")
    kept.finish("k1")
    assert (kept.living, forgotten, kept.get("k0")) == (1, [], "thing 0")


@pytest.mark.parametrize("finished", [True, False])
def test_what_is_removed_is_forgotten_at_once(finished: bool) -> None:
    kept, forgotten = kept_of(9, 1)
    if finished:
        kept.finish("k0")
    kept.remove("k0")
    kept.remove("k0")
    assert (len(kept), kept.get("k0"), forgotten) == (0, None, ["thing 0"])


class Things(dict):
    """Things with an end, by key; those that ended are noted."""

    __hash__ = object.__hash__  # an owner is one thing, however its keys change

    def __init__(self) -> None:
        self.ended: list[tuple[str, object]] = []

    def is_current(self, key: str, at: object) -> bool:
        return self.get(key) == at

    def describe(self, key: str) -> str:
        return f"thing {key}"

    def expire(self, key: str, at: object) -> None:
        del self[key]
        self.ended.append((key, at))


def test_a_thing_ends_at_its_end_and_not_at_an_older_one() -> None:
    deadlines, things = Deadlines(), Things()
    for seconds in (5, 3, 7):
        if things:
            deadlines.outdated()
        things["a"] = later(seconds)
        deadlines.expire(later(seconds), things, "a")
    assert len(deadlines) == 1
    assert deadlines.fire_due(later(6))
    assert things.ended == []
    assert deadlines.fire_due(later(8))
    assert things.ended == [("a", later(7))]
    assert (len(deadlines), deadlines.earliest()) == (0, None)


def test_a_great_many_expiries_happen_in_portions_and_the_rest_keeps_its_order() -> None:
    deadlines, things, fired = Deadlines(), Things(), Fired()
    for number in range(7):
        things[str(number)] = later(1)
        deadlines.expire(later(1), things, str(number))
    fired.add(deadlines, 2, "after")
    said = [deadlines.fire_due(later(3), 3) for _ in range(3)]
    assert said == [False, False, True]
    assert [key for key, _ in things.ended] == list("0123456")
    assert fired.names == ["after"]


def test_a_thing_that_is_given_its_old_end_back_ends_in_its_new_turn_whether_it_was_swept_out_or_not() -> None:
    for looked in (False, True):
        deadlines, things = Deadlines(), Things()
        for key, seconds in (("a", 1), ("b", 1), ("a", 9), ("a", 1)):
            if key in things:
                deadlines.outdated(things, key)
            things[key] = later(seconds)
            deadlines.expire(later(seconds), things, key)
            if looked:
                deadlines.earliest()
        deadlines.fire_due(later(10))
        assert [key for key, _ in things.ended] == ["b", "a"]


def test_outdated_ends_are_swept_out_of_the_heap() -> None:
    deadlines, things = Deadlines(), Things()
    things["a"] = later(10**6)
    deadlines.expire(later(10**6), things, "a")
    for number in range(4 * COMPACT_ABOVE):
        deadlines.outdated()
        things["a"] = later(10**6 + number % 2)
        deadlines.expire(things["a"], things, "a")
    assert len(deadlines._heap) < 3 * COMPACT_ABOVE
    deadlines.fire_due(later(2 * 10**6))
    assert len(things.ended) == 1
    assert deadlines.earliest() is None
