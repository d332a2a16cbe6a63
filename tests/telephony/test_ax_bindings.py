"""The book of AX bindings: one A an X, so many X an A, temporary callees, binds of a day (ax_axb.md 1 to 5)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from simulator.telephony.bindings.ax import AxBinding, AxBindings, TemporaryCallee
from simulator.telephony.commands.ax import BindAx
from simulator.telephony.errors import Reason, Refused

AT = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2026, 1, 1)
A, B, C = "+8613900000001", "+8613900000002", "+8613900000003"
XS = [f"+861380000000{n}" for n in range(6)]


def bind(book: AxBindings, x_number: str, user: str = A, **members: object) -> AxBinding:
    return book.bind(BindAx(user, **members), x_number, f"s-{x_number[-1]}", AT)  # type: ignore[arg-type]


def refused(check: Callable[[], object]) -> Reason:
    with pytest.raises(Refused) as told:
        check()
    assert told.value.explanation
    return told.value.reason


def test_a_binding_keeps_what_was_set_and_never_ends() -> None:
    book = AxBindings()
    binding = bind(book, XS[0], record=True, display="0", power="on", direction=1, user_data="mine")
    assert binding == AxBinding(
        "s-0", XS[0], A, 1, AT, record=True, display="0", power="on", direction=1, user_data="mine"
    )
    assert binding.expires_at is None
    assert (list(book), len(book), book.by_id("s-0"), book.on_x(XS[0])) == ([binding], 1, binding, binding)
    assert (book.count_on(XS[0]), book.count_on(XS[1]), book.on_x(XS[1]), book.by_id("s-1")) == (1, 0, None, None)


def test_the_bindings_of_an_a_are_newest_first_also_after_one_came_from_another_a() -> None:
    book = AxBindings()
    from_b = bind(book, XS[0], B)
    for x_number in XS[1:4]:
        bind(book, x_number)
    book.modify(from_b, {"user": A})
    assert [one.x_number for one in book.of_user(A)] == [XS[3], XS[2], XS[1], XS[0]]
    assert book.of_user(B) == ()


def test_a_modified_binding_stays_as_old_as_it_was() -> None:
    book = AxBindings()
    old = bind(book, XS[0], max_minutes=3)
    bind(book, XS[1])
    new = book.modify(old, {"max_minutes": 5})
    assert (new.bound_at, new.sequence, new.max_minutes) == (AT, 1, 5)
    assert [one.x_number for one in book.of_user(A)] == [XS[1], XS[0]]
    assert book.of_user(A)[1] is book.on_x(XS[0]) is book.by_id("s-0") is new


def test_an_x_has_one_a() -> None:
    book = AxBindings()
    bind(book, XS[0])
    assert refused(lambda: book.check_not_together(XS[0], A)) is Reason.ALREADY_BOUND_TOGETHER
    book.check_not_together(XS[0], B)
    assert refused(lambda: book.check_free(XS[0])) is Reason.X_BOUND_TO_ANOTHER
    book.check_free(XS[1])
    book.check_not_together(XS[1], A)


def test_an_a_has_so_many_x_and_one_more_after_one_was_taken_away() -> None:
    book = AxBindings()
    for x_number in XS[:5]:
        book.check_user(A, 5)
        bind(book, x_number)
    assert refused(lambda: book.check_user(A, 5)) is Reason.TOO_MANY_X
    book.check_user(A, 6)
    book.check_user(B, 5)
    book.remove("s-2")
    book.check_user(A, 5)


def test_what_is_removed_is_nowhere_and_took_its_temporary_callee_along() -> None:
    book = AxBindings()
    binding = bind(book, XS[0])
    book.set_callee(XS[0], TemporaryCallee(B, AT + timedelta(seconds=60)))
    assert book.remove("s-0") == binding
    assert (len(book), book.of_user(A), book.on_x(XS[0]), book.callee(XS[0], AT)) == (0, (), None, None)
    assert refused(lambda: book.remove("s-0")) is Reason.NO_SUCH_BINDING
    assert refused(lambda: book.get("s-0")) is Reason.NO_SUCH_BINDING
    bind(book, XS[0], B)
    assert book.callee(XS[0], AT) is None


@pytest.mark.parametrize(("seconds", "reached"), [(0, True), (59.9, True), (60, False), (61, False)])
def test_a_temporary_callee_lives_until_its_instant(seconds: float, reached: bool) -> None:
    book = AxBindings()
    bind(book, XS[0])
    book.set_callee(XS[0], TemporaryCallee(B, AT + timedelta(seconds=60), "trip 8"))
    found = book.callee(XS[0], AT + timedelta(seconds=seconds))
    assert found == (TemporaryCallee(B, AT + timedelta(seconds=60), "trip 8") if reached else None)
    book.set_callee(XS[0], TemporaryCallee(C, AT + timedelta(seconds=1)))
    assert book.callee(XS[0], AT) == TemporaryCallee(C, AT + timedelta(seconds=1))
    book.forget_callee(XS[0])
    book.forget_callee(XS[0])
    assert book.callee(XS[0], AT) is None


def test_the_binds_of_an_x_are_counted_by_day() -> None:
    book = AxBindings()
    for _ in range(2):
        book.check_day(XS[0], DAY, 2)
        book.count_bind(XS[0], DAY)
    assert refused(lambda: book.check_day(XS[0], DAY, 2)) is Reason.DAILY_LIMIT
    assert not book.has_day(XS[0], DAY, 2)
    for free in ((XS[0], DAY, 3), (XS[0], DAY, None), (XS[1], DAY, 2), (XS[0], DAY + timedelta(days=1), 2)):
        book.check_day(*free)
    assert refused(lambda: book.check_day(XS[1], DAY, 0)) is Reason.DAILY_LIMIT
    book.count_bind(XS[0], DAY + timedelta(days=1))
    assert book.has_day(XS[0], DAY + timedelta(days=1), 2)
