"""Draws mixes until one breaks or the time is over, then makes that one smaller for as long as it still breaks."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, reject, settings
from hypothesis import seed as seeded
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import HypothesisException
from hypothesis.internal.conjecture import providers

from simulator.fuzz.mixes import Mix, mixes

MOST_EXAMPLES = 10**9
READS_CODE = "_get_local_constants"


class Came(Enum):
    """What came of a mix; GONE: nobody is there to be told any more; INVALID: the mix itself could not be played."""

    RIGHT = "right"
    BROKEN = "broken"
    INVALID = "invalid"
    GONE = "gone"


class _Broken(Exception):
    """What Hypothesis looks for."""


class _Over(BaseException):
    """The time is over, or nobody is there: no exception that Hypothesis takes for a find."""


@dataclass(slots=True)
class Tally:
    """How far it is."""

    played: int = 0
    invalid: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Sought:
    """What came of a search: the smallest mix that broke with the number of its play, and whether it broke every time."""

    tally: Tally
    smallest: Mix | None = None
    play: int = 0
    is_gone: bool = False
    is_steady: bool = True


class Search:
    """One search; `play` plays a mix and says its number among what was played, `time_left` are wall seconds."""

    def __init__(self, play: Callable[[Mix], tuple[Came, int]], time_left: Callable[[], float]) -> None:
        self.tally = Tally()
        self._play = play
        self._time_left = time_left
        self._smallest: tuple[tuple[int, int], Mix, int] | None = None
        self._is_gone = False

    def run(self, modes: Sequence[str], seed: int, examples: int | None = None) -> Sought:
        """Until the time, or `examples`, is over; one that breaks is made small in what is left of the time."""
        chosen = settings(
            max_examples=examples or MOST_EXAMPLES, database=None, deadline=None, phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet, print_blob=False,
            report_multiple_bugs=False,
        )  # fmt: skip
        is_steady = True
        with TemporaryDirectory() as home, _drawn_from_tables_alone():
            set_hypothesis_home_dir(home)
            try:
                seeded(seed)(chosen(given(mixes(modes))(self._one)))()
            except (_Broken, _Over):
                pass
            except (HypothesisException, BaseExceptionGroup):  # it broke once, and not when it was played again
                is_steady = False
        if self._smallest is None:
            return Sought(self.tally, is_gone=self._is_gone)
        _, mix, play = self._smallest
        return Sought(self.tally, mix, play, self._is_gone, is_steady)

    def _one(self, mix: Mix) -> None:
        if self._time_left() <= 0:
            raise _Over
        came, number = self._play(mix)
        self.tally.played = max(self.tally.played, number + 1)
        if came is Came.GONE:
            self._is_gone = True
            raise _Over
        if came is Came.INVALID:
            self.tally.invalid += 1
            reject()
        if came is Came.BROKEN:
            is_first = self._smallest is None
            self._note(mix, number)
            if is_first:
                self._leave_out(mix)
            raise _Broken

    def _leave_out(self, mix: Mix) -> None:
        """Element after element that is not needed, last ones first: so that a long mix is short before values get simpler."""
        left, place = list(mix.elements), len(list(mix.elements)) - 1
        while place >= 0 and self._time_left() > 0:
            fewer = Mix(mix.mode, [*left[:place], *left[place + 1 :]])
            came, number = self._play(fewer) if fewer.elements else (Came.RIGHT, 0)
            if came is Came.BROKEN:
                left = list(fewer.elements)
                self._note(fewer, number)
            place -= 1

    def _note(self, mix: Mix, number: int) -> None:
        """One that broke."""
        self.tally.broken += 1
        self.tally.played = max(self.tally.played, number + 1)
        size = _size(mix)
        if self._smallest is None or size <= self._smallest[0]:
            self._smallest = (size, mix, number)


@contextmanager
def _drawn_from_tables_alone() -> Iterator[None]:
    """Hypothesis reads every loaded module for numbers to try: that takes seconds, and draws would depend on what is loaded.

    Where another version of it has no such thing, nothing is changed.
    """
    known = getattr(providers, READS_CODE, None)
    nothing = getattr(providers, "Constants", None)
    if known is not None and nothing is not None:
        setattr(providers, READS_CODE, nothing)
    try:
        yield
    finally:
        if known is not None:
            setattr(providers, READS_CODE, known)


def _size(mix: Mix) -> tuple[int, int]:
    """Fewer elements first, then simpler ones."""
    return len(list(mix.elements)), sum(map(_weight, mix.elements))


def _weight(value: Any) -> int:
    """How far from the simplest a value is, roughly: what is said in as few words as can be."""
    if isinstance(value, dict):
        return sum(_weight(one) for one in value.values())
    if isinstance(value, list):
        return sum(1 + _weight(one) for one in value)
    return 0 if value in (None, 0, False, "answered", "callee") else 1
