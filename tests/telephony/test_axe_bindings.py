"""The book of AXE: extensions are found, given out and given back; lists go on from a place; callback records."""

from datetime import datetime, timedelta

import pytest

from simulator.clock.story import FIRST_INSTANT
from simulator.telephony.bindings.axe import AxeBindings, Grant, Lifetimes, check_extension, check_lifetimes
from simulator.telephony.commands.axe import BindAxe
from simulator.telephony.errors import Reason, Refused

X, Y = "+8613800000001", "+8613800000002"
A, B, C = "+8613900000001", "+8613900000002", "+8613900000003"
NOW = FIRST_INSTANT
FOR_EVER = Lifetimes(0)


def bind(
    book: AxeBindings, user: str, extension: str | None = None, *, x: str = X, digits: int = 2, at: datetime = NOW,
    lives: Lifetimes = FOR_EVER, **members,
) -> str:  # fmt: skip
    given = extension or book.free_extension(x, digits)
    subscription_id = f"s-{user[-2:]}-{x[-1]}"
    book.bind(BindAxe(user, **members), Grant(subscription_id, x, given, lives), at)
    return given


def user(number: int) -> str:
    return f"+86139{number:08d}"


def reason(refused: pytest.ExceptionInfo[Refused]) -> tuple[Reason, str]:
    return refused.value.reason, refused.value.detail


@pytest.mark.parametrize(("digits", "most", "last"), [(1, 9, "9"), (2, 99, "99"), (3, 999, "999")])
def test_an_x_number_has_so_many_extensions_and_all_zeros_is_none(digits: int, most: int, last: str) -> None:
    book = AxeBindings()
    given = [bind(book, user(number), digits=digits) for number in range(most)]
    assert given == [f"{number:0{digits}d}" for number in range(1, most + 1)]
    assert given[-1] == last
    assert not book.has_room(X, C, digits)
    assert book.has_room(Y, C, digits)
    with pytest.raises(Refused, match=f"all {most} extensions of") as refused:
        book.check_room(X, digits)
    assert reason(refused) == (Reason.X_IS_FULL, "")


def test_the_lowest_free_extension_is_given_again_once_it_is_unbound() -> None:
    book = AxeBindings()
    assert [bind(book, A), bind(book, B, "02"), bind(book, C)] == ["01", "02", "03"]
    book.remove("s-01-1")
    book.remove("s-02-1")
    assert (bind(book, user(7)), bind(book, user(8)), bind(book, user(9))) == ("01", "02", "04")


@pytest.mark.parametrize(("at_least", "given"), [(1, "02"), (3, "03"), (50, "50"), (99, "02")])
def test_a_free_extension_is_looked_for_from_anywhere(at_least: int, given: str) -> None:
    book = AxeBindings()
    for number, taken in enumerate(("01", "99")):
        bind(book, user(number), taken)
    assert book.free_extension(X, 2, at_least) == given


def test_binding_and_unbinding_the_same_extension_for_ever_costs_no_memory() -> None:
    book = AxeBindings()
    bind(book, B)
    before = book._on_x[X].free.bit_length()
    for _ in range(1000):
        bind(book, A, "42")
        book.remove("s-01-1")
    assert (book._on_x[X].free.bit_length(), len(book._on_x[X].in_order), len(book)) == (before, 1, 1)


def test_an_extension_and_an_a_are_taken_once_on_x_and_free_on_another() -> None:
    book = AxeBindings()
    bind(book, A, "07")
    with pytest.raises(Refused, match=rf"extension 07 of \{X} is \{A}'s, in binding s-01-1") as refused:
        book.check_free(X, A, "07")
    assert reason(refused) == (Reason.EXTENSION_TAKEN, "")
    with pytest.raises(Refused, match="already, with extension 07 in binding s-01-1; one A has one") as refused:
        book.check_free(X, A, "08")
    assert reason(refused) == (Reason.NUMBER_ALREADY_BOUND, A)
    book.check_free(X, B, "08")
    book.check_free(X, B, None)
    book.check_free(Y, A, "07")
    assert (book.has_room(X, A, 2), book.has_room(Y, A, 2)) == (False, True)


def test_who_is_behind_an_extension_and_which_extension_somebody_has() -> None:
    book = AxeBindings()
    bind(book, A, "07")
    bind(book, A, "08", x=Y)
    found = book.find(X, "07")
    assert found is book.of_user(X, A) is book.get("s-01-1")
    assert book.find(X, "08") is book.find("+86", "07") is book.of_user(X, B) is book.of_user("+86", A) is None
    assert (book.count_on(X), book.count_on(Y), book.count_on("+86"), len(book)) == (1, 1, 0, 2)


def test_a_list_goes_on_behind_a_place_also_when_that_binding_has_gone() -> None:
    book = AxeBindings()
    for number in range(6):
        bind(book, user(number), at=NOW + timedelta(seconds=number // 2))
    first = book.page(X, (0, 0), 3)
    assert [one.extension for one in first] == ["01", "02", "03"]
    book.remove(first[-1].subscription_id)
    assert [one.extension for one in book.page(X, first[-1].place, 2)] == ["04", "05"]
    assert [one.extension for one in book.page(X, (first[-1].place[0], 0), 9)] == ["04", "05", "06"]
    assert book.page(X, (10**13, 0), 3) == []
    assert book.page(Y, (0, 0), 3) == ()


def test_a_modification_keeps_what_the_bind_said_of_its_lifetime_and_its_place() -> None:
    book = AxeBindings()
    for number in range(3):
        bind(book, user(number), lives=Lifetimes(7200), time_unit="0", lifetime=2)
    later = NOW + timedelta(hours=1)
    changes = {"lifetime": 30, "callback_lifetime": 10, "callback_number": C, "callback_tone": None}
    new = book.modify("s-01-1", changes, Lifetimes(1800, 600), later)
    assert (new.time_unit, new.lifetime, new.callback_lifetime, new.callback_number) == ("0", 2, 10, C)
    assert (new.expires_at, new.changed_at, new.bound_at) == (later + timedelta(minutes=30), later, NOW)
    assert new is book.get("s-01-1") is book.find(X, "02") is book.of_user(X, user(1)) is book.page(X, (0, 0), 9)[1]
    unchanged = book.modify("s-01-1", {"record": True}, new.lives, later + timedelta(minutes=1))
    assert (unchanged.expires_at, unchanged.record) == (new.expires_at, True)


def test_unbound_is_gone_with_its_callback_record() -> None:
    book = AxeBindings()
    bind(book, A)
    book.remember("s-01-1", B, NOW)
    book.remove("s-01-1")
    assert (len(book), list(book), book._on_x, book._callbacks) == (0, [], {}, {})
    book.remember("s-01-1", B, NOW)
    assert book.last_caller("s-01-1", NOW) is None
    for asked in (book.get, book.remove):
        with pytest.raises(Refused, match="no binding 's-01-1': never bound here, unbound, or expired") as refused:
            asked("s-01-1")
        assert reason(refused) == (Reason.NO_SUCH_BINDING, "")


@pytest.mark.parametrize(("life", "lasts"), [(60, 60), (0, None), (None, None)])
def test_the_last_caller_is_called_back_until_the_record_is_over(life: int | None, lasts: int | None) -> None:
    book = AxeBindings()
    bind(book, A, lives=Lifetimes(0, life))
    assert book.last_caller("s-01-1", NOW) is None
    book.remember("s-01-1", B, NOW - timedelta(seconds=30))
    book.remember("s-01-1", C, NOW)
    end = NOW + timedelta(seconds=60)
    assert book.last_caller("s-01-1", end - timedelta(microseconds=1)) == C
    assert book.last_caller("s-01-1", end) == (C if lasts is None else None)


@pytest.mark.parametrize("lives", [(0, 0), (0, 60), (60, 60), (61, 60), (60, None), (0, None)])
def test_a_binding_lives_as_long_as_its_callback_records_or_longer(lives: tuple[int, int | None]) -> None:
    check_lifetimes(Lifetimes(*lives))


@pytest.mark.parametrize(
    ("lives", "said"), [((60, 61), "60 s and its callback records 61 s; "), ((60, 0), "60 s and its callback records for ever; ")]
)  # fmt: skip
def test_a_binding_that_would_end_before_its_callback_records_is_refused(lives: tuple[int, int], said: str) -> None:
    with pytest.raises(Refused, match=f"the binding would live {said}the binding must") as refused:
        check_lifetimes(Lifetimes(*lives))
    assert reason(refused) == (Reason.WRONG_VALUE, "lifetime")


@pytest.mark.parametrize("extension", ["0", "00", "000", "0000", "1", "001", "1\n", "\u0661\u0661", "a1"])
def test_what_is_no_extension_of_two_digits(extension: str) -> None:
    with pytest.raises(Refused, match="is no extension here: the application's have 2 digits, 01 to 99") as refused:
        check_extension(extension, 2)
    assert reason(refused) == (Reason.WRONG_VALUE, "extension")


def test_what_is_an_extension() -> None:
    for extension in ("1", "01", "99", "010", "9999"):
        check_extension(extension, len(extension))
