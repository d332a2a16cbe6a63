"""The menu: which method on which path is which operation. Everything else is the gateway's 404.

The paths of modes that this version does not play are known too: an application of another mode gets 1010040 there,
as on the platform, and not a 404 (ax_axb.md 0).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.api import axb, recordings
from simulator.api.desk import Desk
from simulator.api.incoming import Incoming
from simulator.contract.responses import WireAnswer
from simulator.exchange.apps import App

AXB = "/rest/caas/relationnumber/partners/v1.0"
RECORDING = "/rest/provision/voice/record/v1.0"
AX = "/rest/provision/caas/privatenumber/v1.0"
AX_CALLEE = "/rest/caas/privatenumber/calleenumber/v1.0"
AXE = "/rest/caas/extendnumber/v1.0"
AXYB = "/rest/omp/xyrelationnumber/v1.0"

Run = Callable[[Desk, App, Incoming], WireAnswer]


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be asked for: its name in the journal, the mode it belongs to (None: every mode), and how it runs."""

    name: str
    mode: str | None
    run: Run | None


@dataclass(frozen=True, slots=True)
class Route:
    """A path and its operations by method."""

    path: str
    operations: Mapping[str, Operation]


MENU = (
    ("POST", AXB, Operation("bind", "AXB", axb.bind)),
    ("DELETE", AXB, Operation("unbind", "AXB", axb.unbind)),
    ("PUT", AXB, Operation("modify", "AXB", axb.modify)),
    ("GET", AXB, Operation("query", "AXB", axb.query)),
    ("GET", RECORDING, Operation("recording_address", None, recordings.address)),
    *((method, AX, Operation("ax", "AX", None)) for method in ("POST", "DELETE", "PUT", "GET")),
    ("PUT", AX_CALLEE, Operation("ax_callee", "AX", None)),
    *((method, AXE, Operation("axe", "AXE", None)) for method in ("POST", "DELETE", "PUT", "GET")),
    *((method, AXYB, Operation("axyb", "AXYB", None)) for method in ("POST", "DELETE", "GET")),
)

ROUTES: Mapping[str, Route] = {
    path: Route(path, {method: operation for method, at, operation in MENU if at == path}) for _, path, _ in MENU
}
