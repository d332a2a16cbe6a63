"""The laws of a store. A store's own test module subclasses `StoreLaws` and says how one of given limits is made."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime

from simulator.store.store import Only, Store

AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Thing:
    """A row that weighs what it is told to weigh."""

    name: str = ""
    size: int = 10
    app_key: str | None = None
    kind: str = "thing"
    at: datetime = AT
    call_id: str | None = None
    message_id: str | None = None
    position: int = 0

    def as_json(self) -> dict[str, object]:
        return {"name": self.name}


def fill(store: Store, count: int, **members) -> list[Thing]:
    things = [Thing(str(n), **members) for n in range(1, count + 1)]
    for thing in things:
        store.append(thing)
    return things


def positions(store: Store, **asked) -> list[int]:
    return [row.position for row in store.rows(**asked)]


class StoreLaws(ABC):
    @abstractmethod
    def make(self, max_rows: int = 100, max_bytes: int = 10_000) -> Store:
        """An empty store with these limits."""

    def settle(self, store: Store) -> None:  # noqa: B027 - most stores have nothing to do by themselves
        """Let the store do what it does by itself, where it does."""

    def test_an_empty_store_has_nothing(self):
        store = self.make()
        assert (store.rows(), store.last_position, store.dropped) == ((), 0, 0)

    def test_positions_count_from_one_without_a_gap(self):
        store, things = self.make(), [Thing(), Thing(), Thing()]
        assert [store.append(thing) for thing in things] == [1, 2, 3]
        assert [thing.position for thing in things] == [1, 2, 3]
        assert store.last_position == 3

    def test_rows_come_oldest_first_and_are_the_ones_appended(self):
        store = self.make()
        things = fill(store, 5)
        assert [(row.position, row.as_json()) for row in store.rows()] == [
            (thing.position, thing.as_json()) for thing in things
        ]

    def test_after_leaves_out_what_was_read_already(self):
        store = self.make()
        fill(store, 5)
        assert positions(store, after=3) == [4, 5]
        assert positions(store, after=5) == []
        assert positions(store, after=99) == []

    def test_limit_counts_the_rows_that_where_likes(self):
        store = self.make()
        fill(store, 9)
        assert positions(store, limit=2) == [1, 2]
        assert positions(store, limit=0) == []
        assert positions(store, limit=3, where=lambda row: row.position % 2 == 0) == [2, 4, 6]

    def test_through_ends_a_piece(self):
        store = self.make()
        fill(store, 9)
        assert positions(store, after=2, through=5) == [3, 4, 5]
        assert positions(store, after=7, through=99) == [8, 9]
        assert positions(store, after=5, through=3) == []
        assert positions(store, through=8, limit=2, where=lambda row: row.position > 4) == [5, 6]

    def test_only_narrows_by_what_every_row_has(self):
        store = self.make()
        for number in range(12):
            store.append(
                Thing(
                    kind="ab"[number % 2],
                    app_key=("x", "y", None)[number % 3],
                    call_id=f"c{number // 4}",
                    message_id="m" if number == 7 else None,
                )
            )
        assert positions(store, only=Only(kind="a")) == [1, 3, 5, 7, 9, 11]
        assert positions(store, only=Only(app_key="y")) == [2, 5, 8, 11]
        assert positions(store, only=Only(call_id="c1"), after=5) == [6, 7, 8]
        assert positions(store, only=Only(message_id="m")) == [8]
        assert positions(store, only=Only(kind="a", app_key="y")) == [5, 11]
        assert positions(store, only=Only(kind="nothing")) == []
        assert positions(store, only=Only(kind="a"), where=lambda row: row.position > 5, limit=2) == [7, 9]

    def test_rows_and_bytes_that_are_kept_are_counted(self):
        store = self.make(max_rows=4)
        assert (store.rows_kept, store.bytes_kept) == (0, 0)
        for app_key in ("a", "b", "a", "b", "b"):
            store.append(Thing(size=30, app_key=app_key))
        assert (store.rows_kept, store.bytes_kept) == (4, 120)
        store.forget("a")
        self.settle(store)
        assert (store.rows_kept, store.bytes_kept) == (3, 90)
        store.forget()
        self.settle(store)
        assert (store.rows_kept, store.bytes_kept) == (0, 0)

    def test_the_oldest_rows_make_room_for_the_newest_and_are_counted(self):
        store = self.make(max_rows=3)
        fill(store, 3)
        assert (positions(store), store.dropped) == ([1, 2, 3], 0)
        store.append(Thing())
        assert (positions(store), store.dropped, store.last_position) == ([2, 3, 4], 1, 4)

    def test_a_store_holds_no_more_bytes_than_it_may(self):
        store = self.make(max_bytes=100)
        fill(store, 4, size=30)
        assert (positions(store), store.dropped) == ([2, 3, 4], 1)
        store.append(Thing(size=90))
        assert (positions(store), store.dropped) == ([5], 4)

    def test_a_row_heavier_than_the_store_is_kept_alone(self):
        store = self.make(max_bytes=100)
        fill(store, 2)
        store.append(Thing(size=500))
        assert (positions(store), store.dropped) == ([3], 2)
        store.append(Thing())
        assert (positions(store), store.dropped) == ([4], 3)

    def test_reading_on_from_a_dropped_position_goes_to_the_oldest_there_is(self):
        store = self.make(max_rows=3)
        fill(store, 10)
        assert positions(store, after=2) == [8, 9, 10]

    def test_forgetting_one_application_leaves_the_others_and_those_of_nobody(self):
        store = self.make()
        for app_key in ("a", "b", None, "a", "b"):
            store.append(Thing(app_key=app_key))
        store.forget("a")
        assert positions(store) == [2, 3, 5]
        self.settle(store)
        assert positions(store) == [2, 3, 5]
        assert store.append(Thing(app_key="a")) == 6
        assert positions(store, only=Only(app_key="a")) == [6]
        assert store.dropped == 0

    def test_forgetting_twice_gives_back_once(self):
        store = self.make(max_bytes=70)
        for app_key in ("a", "b", "a"):
            store.append(Thing(size=20, app_key=app_key))
        store.forget("a")
        store.append(Thing(size=20, app_key="a"))
        store.forget("a")
        self.settle(store)
        fill(store, 2, size=25)
        assert (positions(store), store.dropped) == ([2, 5, 6], 0)
        fill(store, 1, size=20)
        assert (positions(store), store.dropped) == ([5, 6, 7], 1)

    def test_forgetting_all_leaves_nothing_but_the_counting(self):
        store = self.make()
        fill(store, 4)
        store.forget()
        assert (positions(store), store.last_position, store.dropped) == ([], 4, 0)
        assert store.append(Thing()) == 5
        assert positions(store) == [5]

    def test_what_was_forgotten_gives_its_room_back(self):
        store = self.make(max_rows=4, max_bytes=100)
        store.append(Thing(size=40, app_key="a"))
        store.append(Thing(size=40))
        store.forget("a")
        self.settle(store)
        fill(store, 2, size=30)
        assert (positions(store), store.dropped) == ([2, 3, 4], 0)
        store.forget()
        fill(store, 3, size=33)
        assert (positions(store), store.dropped) == ([5, 6, 7], 0)
        fill(store, 9, size=1)
        assert (len(positions(store)), store.dropped) == (4, 8)
