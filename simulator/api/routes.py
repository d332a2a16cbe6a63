"""The menu: which method on which path is which operation of which mode. Everything else is the gateway's 404.

Methods and paths are rows of `schemas/codes/operations.json`; what runs for each is written here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from simulator.api import ax, axb, axe, axyb, calls, recordings
from simulator.api.desk import Desk
from simulator.api.incoming import Incoming
from simulator.contract.operations import Operation, operations
from simulator.contract.responses.common import WireAnswer
from simulator.exchange.apps import App

Run = Callable[[Desk, App, Incoming], WireAnswer]

RUNS: Mapping[tuple[str | None, str], Run] = {
    ("AX", "bind"): ax.bind,
    ("AX", "unbind"): ax.unbind,
    ("AX", "modify"): ax.modify,
    ("AX", "query"): ax.query,
    ("AX", "set_callee"): ax.set_callee,
    ("AXB", "bind"): axb.bind,
    ("AXB", "unbind"): axb.unbind,
    ("AXB", "modify"): axb.modify,
    ("AXB", "query"): axb.query,
    ("AXE", "bind"): axe.bind,
    ("AXE", "unbind"): axe.unbind,
    ("AXE", "modify"): axe.modify,
    ("AXE", "query"): axe.query,
    ("AXE", "list"): axe.list_bindings,
    ("AXE", "count"): axe.count,
    ("AXYB", "bind"): axyb.bind,
    ("AXYB", "unbind"): axyb.unbind,
    ("AXYB", "query"): axyb.query,
    (None, "recording_address"): recordings.address,
    (None, "terminate"): calls.terminate,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be asked for with one method on one path, and how it runs."""

    operation: Operation
    run: Run
    content_type: bytes
    """What its answers are said to be, refusals too."""


@dataclass(frozen=True, slots=True)
class Route:
    """A path and its offers by method."""

    path: str
    offers: Mapping[str, Offer]


def _routes() -> Iterator[Route]:
    for path in dict.fromkeys(row.path for row in operations()):
        at = (row for row in operations() if row.path == path)
        yield Route(path, {row.method: _offer(row) for row in at})


def _offer(row: Operation) -> Offer:
    return Offer(row, RUNS[(row.mode, row.operation)], row.answer_type.encode())


ROUTES: Mapping[str, Route] = {route.path: route for route in _routes()}
