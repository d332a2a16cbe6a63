"""Choosing an X number by area: the city, when loose its province, then any of the application (ax_axb.md 1, 6)."""

from collections.abc import Callable, Sequence
from itertools import chain, islice

from simulator.exchange.apps import App
from simulator.exchange.core import Core
from simulator.exchange.modes.checks import may_be_bound
from simulator.telephony.numbering import XNumber

LOOSE = "1"


def choose_x(
    core: Core, app: App, area_code: str, area_match: str | None, fits: Callable[[XNumber], bool]
) -> XNumber | None:
    """An X number that takes bindings and fits, of the best group that has one; None when none has."""

    def can_be_taken(x_number: XNumber) -> bool:
        return may_be_bound(x_number) and fits(x_number)

    groups = app.pool.candidates(area_code, loose=area_match == LOOSE)
    found = (first_fitting(core, group, can_be_taken) for group in groups)
    return next((x_number for x_number in found if x_number is not None), None)


def first_fitting(core: Core, group: Sequence[XNumber], fits: Callable[[XNumber], bool]) -> XNumber | None:
    """Round the group from a seeded start; the dice are thrown only where somebody can be chosen."""
    if not any(map(fits, group)):
        return None
    start = core.dice.randrange(len(group)) if len(group) > 1 else 0
    return next(filter(fits, chain(islice(group, start, None), islice(group, start))))
