"""What the rooms below refuse, as problems of the control plane; anything else is a bug of ours."""

import logging

from aiohttp import web

from simulator.control.problems import Problem
from simulator.delivery.delivery import ImpossibleStep
from simulator.exchange.core import Busy, UnknownNumber
from simulator.exchange.story import AdvanceRunning
from simulator.telephony.errors import NotPossible

REFUSALS: dict[type[Exception], tuple[int, str]] = {
    NotPossible: (422, "not possible"),
    UnknownNumber: (404, "no such number"),
    Busy: (503, "busy"),
    AdvanceRunning: (409, "advance running"),
    ImpossibleStep: (409, "on its way"),
}

log = logging.getLogger(__name__)


def as_problem(error: Exception) -> Problem:
    """The problem that answers this error; a bug is logged with its traceback and answered without."""
    if isinstance(error, Problem):
        return error
    for kind, (status, title) in REFUSALS.items():
        if isinstance(error, kind):
            return Problem(status, title, str(error))
    if isinstance(error, web.RequestPayloadError):
        return Problem(400, "broken body", "the body ended before it was complete")
    log.error("a bug of the simulator in its control plane", exc_info=error)
    return Problem(500, "bug", f"the simulator has a bug here ({type(error).__name__}); its log has the traceback")
